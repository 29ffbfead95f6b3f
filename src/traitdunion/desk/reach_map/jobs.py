"""How many jobs each commune has, as a room above the desk knows it (the observatory)."""

from collections.abc import Callable, Mapping

Source = Callable[[], Mapping[str, int]]


class _Jobs:
    """The source registered, none until a room gives one."""

    source: Source | None = None


def register(source: Source) -> None:
    """Take the jobs of communes from `source`, which reads them when the map is drawn."""
    _Jobs.source = source


def jobs_by_commune() -> Mapping[str, int]:
    """Return the jobs of each commune by its code; a commune of unknown number is absent."""
    return _Jobs.source() if _Jobs.source else {}

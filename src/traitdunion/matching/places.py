"""Where one lives and works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A home or a place of work; `lat` and `lon` in WGS 84 degrees."""

    label: str
    lat: float
    lon: float
    code_insee: str | None = None

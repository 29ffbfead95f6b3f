"""Files that run a site: systemd units, samples of proxies, container recipe, from one source."""

import re
from collections.abc import Mapping
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "data" / "deployment"
MARK = re.compile(r"@([A-Z_]+)@")
# What a value may hold without changing the meaning of a unit or of a proxy's configuration.
PLAIN = re.compile(r"[A-Za-z0-9À-ÿ._:/\[\]-]*")


class UnitsError(Exception):
    """What keeps the files from being written, in French."""


def rendered(values: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each file by name; `values` by the names that templates mark."""
    wrong = [f"« {value} »" for value in values.values() if not PLAIN.fullmatch(value)]
    if wrong:
        raise UnitsError(
            f"{', '.join(wrong)} : ces fichiers n'admettent ni espace ni signe particulier."
        )
    return {
        path.name: MARK.sub(lambda mark: values[mark[1]], path.read_text("utf-8"))
        for path in sorted(TEMPLATES.iterdir())
    }


def write(folder: Path, values: Mapping[str, str]) -> list[Path]:
    """Write the files in a folder; raises UnitsError, and writes nothing, where one differs."""
    texts = rendered(values)
    others = [
        name
        for name, text in texts.items()
        if (folder / name).exists() and (folder / name).read_text("utf-8") != text
    ]
    if others:
        raise UnitsError(
            f"{', '.join(others)} : déjà là, et différents. Choisissez un dossier vide, puis "
            "comparez."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]

"""Faults of rule files, gathered: file, line, field, why, and what to do."""

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from .marked_yaml import Marked


@dataclass
class Faults:
    """Faults of one file, in the order they are found."""

    file: str
    messages: list[str] = field(default_factory=list)

    def add(self, line: int, name: str, why: str, advice: str = "") -> None:
        """Record a fault of a field."""
        where = [self.file, f"ligne {line}" if line else "", f"champ « {name} »" if name else ""]
        place = ", ".join(filter(None, where))
        self.messages.append(f"{place} : {why} {advice}".rstrip())

    def unknown_keys(self, entry: Marked, accepted: Collection[str]) -> None:
        """Record the fields that do not exist."""
        for key in entry:
            if key not in accepted:
                self.add(entry.lines[key], key, "ce champ n'existe pas.", meant(key, accepted))

    def text(self, entry: Marked, key: str, *, needed: bool = True) -> str:
        """Return the text of a field.

        A fault is recorded where it is needed and absent, or is no text.
        """
        given = entry.get(key)
        if given is None or given == "":
            if needed:
                self.add(entry.line, key, "il manque.", "Écrivez-le.")
            return ""
        if not isinstance(given, str):
            self.add(entry.lines[key], key, "ce n'est pas un texte.", "Mettez des guillemets.")
            return ""
        return " ".join(given.split())

    def entry(self, given: Any, line: int, name: str) -> Marked | None:
        """Return a mapping; a fault is recorded where it is none."""
        if isinstance(given, Marked):
            return given
        self.add(line, name, "ce n'est pas une suite de champs.", "Écrivez « champ: valeur ».")
        return None

    def entries(self, entry: Marked, key: str) -> list[Marked]:
        """Return a list of mappings, empty where the field is absent."""
        given = entry.get(key)
        if given is None:
            return []
        if not isinstance(given, list):
            self.add(entry.lines[key], key, "ce n'est pas une liste.", "Commencez par « - ».")
            return []
        marked = [self.entry(value, entry.lines[key], key) for value in given]
        return [value for value in marked if value is not None]

    def texts(self, entry: Marked, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where the field is absent."""
        given = entry.get(key)
        if given is None:
            return ()
        if not isinstance(given, list) or not all(isinstance(value, str) for value in given):
            self.add(
                entry.lines[key], key, "ce n'est pas une liste de textes.", "Commencez par « - »."
            )
            return ()
        return tuple(" ".join(value.split()) for value in given)

    def boolean(self, entry: Marked, key: str, default: bool) -> bool:
        """Return whether a field is oui or non."""
        given = entry.get(key, default)
        if isinstance(given, bool):
            return given
        if given in ("oui", "non"):
            return bool(given == "oui")
        self.add(entry.lines[key], key, f"« {given} » n'est ni oui ni non.", "Écrivez oui ou non.")
        return default

    def one_of(self, entry: Marked, key: str, accepted: Collection[str], default: str = "") -> str:
        """Return one code among several.

        A fault is recorded where it is another, or absent without a default.
        """
        given = entry.get(key, default)
        if given in accepted:
            return str(given)
        why = f"« {given} » n'est pas une valeur possible." if given else "il manque."
        self.add(entry.line_of(key), key, why, meant(str(given), accepted))
        return next(iter(accepted))


def meant(name: str, accepted: Collection[str]) -> str:
    """Return the name that was probably meant, else all of them."""
    close = get_close_matches(name, accepted, n=1)
    if close:
        return f"Vouliez-vous dire « {close[0]} » ?"
    return f"Au choix : {', '.join(accepted)}."

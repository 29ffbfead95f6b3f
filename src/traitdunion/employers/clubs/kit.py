"""The kit « intégration » for a meeting of employers: agenda block, question, printable sheet.

Its texts are the data of `data/employers/kit.yaml`, with a variant by sector and by size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ..enums import Secteur, Taille

DUREES_MIN = (10, 20, 45)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the time: how long, and what is done."""

    minutes: int
    what: str


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit ready to use. `agenda`: the block to paste in an agenda, line by line."""

    minutes: int
    agenda: tuple[str, ...]
    question: str
    steps: tuple[Step, ...]
    leads: tuple[str, ...]
    advice: str
    before: tuple[str, ...]


def kit_of(minutes: int, secteur: Secteur = Secteur.TOUS, taille: Taille = Taille.TOUTES) -> Kit:
    """Return the kit of a length (10, 20 or 45 minutes); KeyError for another length."""
    texts = _texts()
    of_length, of_sector = texts["durees"][minutes], texts["secteurs"][secteur.value]
    return Kit(
        minutes=minutes,
        agenda=tuple(line.format(minutes=minutes) for line in of_length["ordre_du_jour"]),
        question=of_sector["question"],
        steps=tuple(Step(step["minutes"], step["quoi"]) for step in of_length["deroule"]),
        leads=tuple(of_sector["pistes"]),
        advice=texts["tailles"][taille.value],
        before=tuple(of_length["avant"]),
    )


@cache
def _texts() -> Mapping[str, Any]:
    text = files("traitdunion.data").joinpath("employers/kit.yaml").read_text("utf-8")
    texts: Mapping[str, Any] = yaml.safe_load(text)
    return texts

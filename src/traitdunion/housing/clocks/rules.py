"""Read the rules of the legal clocks."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml


class Kind(StrEnum):
    """What a clock bounds."""

    AUTHORITY = "decision_autorite"
    FIXED_DATE = "date_fixe"
    DUTY = "devoir"
    MINIMUM = "duree_minimale"
    NOT_BEFORE = "pas_avant"
    RIGHT = "droit"
    TERM = "terme"


class Confidence(StrEnum):
    """How the text was known; under `READ`, pages write « à vérifier »."""

    READ = "lu"
    SECONDARY = "secondaire"
    MEMORY = "memoire"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A delay of law. `count` is in days or months (`in_months`); None where the lease fixes it.

    `parts`: months counted one after the other in a second reading of the same delay.
    """

    id: str
    label: str
    article: str
    kind: Kind
    starts: str
    confidence: Confidence
    text_read: str
    extended: bool
    count: int | None = None
    in_months: bool = False
    fixed_day: tuple[int, int] | None = None
    years_after: int = 0
    parts: tuple[int, ...] = ()
    silence: str = ""
    note: str = ""

    @property
    def to_check(self) -> bool:
        return self.confidence is not Confidence.READ

    @property
    def length(self) -> str:
        """Return the delay in French: « 30 jours », « 2 mois »."""
        if self.count is None:
            return ""
        return f"{self.count} {'mois' if self.in_months else 'jours'}"


@cache
def clock_rules() -> MappingProxyType[str, ClockRule]:
    """Return the rules by id."""
    text = files("traitdunion.data").joinpath("housing/delais.yaml").read_text("utf-8")
    return MappingProxyType({row["id"]: _rule(row) for row in yaml.safe_load(text)})


def _rule(row: dict[str, Any]) -> ClockRule:
    month, day = (int(part) for part in row.get("jour", "0-0").split("-"))
    return ClockRule(
        id=row["id"],
        label=row["libelle"],
        article=row["article"],
        kind=Kind(row["nature"]),
        starts=row["depart"],
        confidence=Confidence(row["confiance"]),
        text_read=row["texte"],
        extended=row["report"],
        count=row.get("nombre"),
        in_months=row.get("unite") == "mois",
        fixed_day=(month, day) if month else None,
        years_after=row.get("annees_apres", 0),
        parts=tuple(row.get("en_deux_fois", ())),
        silence=row.get("silence", ""),
        note=row.get("note", ""),
    )

"""Searches without identity, counted by shift and by what blocked them, as a reader may see them.

Everything counted comes from one table a period, whose hidden cells no subtraction gives back.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from traitdunion import french
from traitdunion.desk.enums import Horaire
from traitdunion.desk.unmet import (
    TO_CHECK,
    UNMET,
    asked_between,
    last_quarter,
    published_outcomes,
)
from traitdunion.disclosure import group_small
from traitdunion.disclosure.tables import TOTAL
from traitdunion.matching.answer import Filtre

ACTORS = {
    Filtre.ZONE: "EPCI, Région",
    Filtre.ALLER: "Région, EPCI, employeur",
    Filtre.RETOUR: "Région, EPCI, employeur",
    Filtre.PREAVIS: "le service",
    Filtre.BESOINS: "le service, Région",
    Filtre.ELIGIBILITE: "le service, la personne",
    Filtre.CAPACITE: "le service, Département",
    Filtre.COUT: "Département, employeur",
}
OTHER = "Autres raisons"


@dataclass(frozen=True)
class ShiftNeeds:
    """Questions of one shift: texts, « masqué » where the table hides the count."""

    nom: str
    asked: str
    unmet_strict: str
    unmet_wide: str


@dataclass(frozen=True)
class Reason:
    """What blocked questions without any answer: its share, to the percent."""

    nom: str
    actors: str
    percent: int
    count: int


@dataclass(frozen=True)
class Needs:
    """The questions of a quarter. `withheld`: how many counts are hidden."""

    first: date
    last: date
    total: int | None
    rows: list[ShiftNeeds]
    reasons: list[Reason] | None
    withheld: int

    @property
    def first_words(self) -> str:
        """Return the first day in words."""
        return french.day(self.first)

    @property
    def last_words(self) -> str:
        """Return the last day in words."""
        return french.day(self.last)


__all__ = ["Needs", "Reason", "ShiftNeeds", "last_quarter", "needs_of"]


def needs_of(first: date, last: date) -> Needs:
    """Return the questions asked from the weeks that begin between two days, demonstration aside.

    Only one quarter is published, once it has ended: no two tables overlap.
    """
    asked = asked_between(first, last)
    filters = asked.filter(n_sure=0, n_to_check=0).values_list("filtre", flat=True)
    blocked = Counter(filtre or OTHER for filtre in filters)
    shown = published_outcomes(asked)
    rows = [_row(Horaire(horaire), shown) for horaire in Horaire.values]
    whole = shown[TOTAL, TOTAL]
    return Needs(
        first,
        last,
        whole,
        rows,
        # The sum of the reasons would give back a total that is hidden.
        None if shown[TOTAL, UNMET] is None else _reasons(blocked),
        sum(1 for count in shown.values() if count is None),
    )


def _row(horaire: Horaire, shown: Mapping[tuple[str, str], int | None]) -> ShiftNeeds:
    total, check, unmet = (shown[horaire.value, what] for what in (TOTAL, TO_CHECK, UNMET))
    strict = None if check is None or unmet is None else check + unmet
    return ShiftNeeds(horaire.label, _text(total), _rate(strict, total), _rate(unmet, total))


def _reasons(blocked: Mapping[str, int]) -> list[Reason] | None:
    """Return the filters that blocked, small ones gathered; None where there are too few."""
    unnamed = blocked.get(OTHER, 0)
    grouped = group_small({**blocked, OTHER: unnamed}, other=OTHER)
    if not grouped:
        return None
    total = sum(grouped.values())
    rows = [
        Reason(
            Filtre(code).label if code != OTHER else OTHER,
            ACTORS[Filtre(code)] if code != OTHER else "",
            round(100 * n / total),
            n,
        )
        for code, n in grouped.items()
    ]
    return sorted(rows, key=lambda reason: (reason.nom == OTHER, -reason.count))


def _text(count: int | None) -> str:
    return "masqué" if count is None else french.number(count)


def _rate(part: int | None, whole: int | None) -> str:
    if part is None or whole is None:
        return "masqué"
    return f"{round(100 * part / whole)} %" if whole else "–"

"""Classes of the map: what colours a commune, and how many are of each."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from traitdunion import french
from traitdunion.matching.answer import Verdict
from traitdunion.matching.reach_map.reached import Reached, WayThere

BOUNDS_EUR = (20, 60, 100)
BOUNDS_MIN = (60, 120, 180)
"""Minutes of both ways in a day."""


class Colouring(StrEnum):
    """What communes are coloured by."""

    COST = "cout"
    MINUTES = "minutes"

    @property
    def label(self) -> str:
        """Return the French label."""
        return {Colouring.COST: "Coût", Colouring.MINUTES: "Minutes"}[self]

    @property
    def heading(self) -> str:
        """Return the heading of the legend."""
        return {
            Colouring.COST: "Coût par mois, aides sûres déduites",
            Colouring.MINUTES: "Aller et retour, par jour",
        }[self]

    def way_of(self, reached: Reached) -> WayThere | None:
        """Return the way that a commune is coloured by: the cheapest, or the fastest."""
        if self is Colouring.MINUTES:
            return reached.fastest
        return reached.cheapest or reached.fastest


HOME, UNPRICED, OUT, TO_CHECK = "domicile", "sans-prix", "hors", "a-verifier"


@dataclass(frozen=True)
class LegendLine:
    """One class of the legend and its number of communes."""

    code: str
    label: str
    count: int


def class_of(reached: Reached, colouring: Colouring) -> str:
    """Return the class of a commune: "c1" the best to "c4", or one of those named here."""
    if reached.is_home:
        return HOME
    if reached.verdict == Verdict.NON:
        return OUT
    if reached.verdict == Verdict.A_VERIFIER:
        return TO_CHECK
    if colouring is Colouring.MINUTES:
        minutes = reached.fastest.minutes if reached.fastest else None
        return UNPRICED if minutes is None else _ranked(minutes, BOUNDS_MIN)
    if reached.cheapest is None or reached.cheapest.monthly_cost_eur is None:
        return UNPRICED
    return _ranked(float(reached.cheapest.monthly_cost_eur), BOUNDS_EUR)


def _ranked(value: float, bounds: Sequence[int]) -> str:
    return f"c{1 + sum(value >= bound for bound in bounds)}"


def legend(codes: Iterable[str], colouring: Colouring) -> list[LegendLine]:
    """Return the classes in order, with their counts; those of no commune are left out of four."""
    counts = Counter(codes)
    lines = [
        *((f"c{n}", label) for n, label in enumerate(_range_labels(colouring), start=1)),
        (UNPRICED, "coût non renseigné" if colouring is Colouring.COST else "non mesuré"),
        (OUT, "hors de portée"),
        (TO_CHECK, "à vérifier"),
        (HOME, "domicile"),
    ]
    return [
        LegendLine(code, label, counts[code])
        for code, label in lines
        if counts[code] or code not in (UNPRICED, HOME)
    ]


def _range_labels(colouring: Colouring) -> list[str]:
    if colouring is Colouring.COST:
        low, middle, high = BOUNDS_EUR
        eur = f"{french.NBSP}€"
        return [
            f"moins de {low}{eur}", f"{low} à {middle}{eur}", f"{middle} à {high}{eur}",
            f"{high}{eur} et plus",
        ]  # fmt: skip
    first, second, third = (french.duration(minutes) for minutes in BOUNDS_MIN)
    return [f"moins de {first}", f"{first} à {second}", f"{second} à {third}", f"{third} et plus"]

"""What an action costs, year by year: what it takes, what was asked for, given and spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..enums import UniteBudget
from ..models import LigneBudget


@dataclass(frozen=True)
class Total:
    """Sums of a unit, for a year or for all (`annee` None).

    `demande`, `obtenu` and `reel` sum what is known; None where nothing of it is. `to_find` is what
    it takes less what was given, never under 0.
    """

    annee: int | None
    unite: UniteBudget
    prevu: Decimal
    demande: Decimal | None
    obtenu: Decimal | None
    reel: Decimal | None
    to_find: Decimal


def totals(lines: Iterable[LigneBudget]) -> list[Total]:
    """A total by unit and year, then one by unit where there are several years."""
    rows = list(lines)
    found = []
    for unite in UniteBudget:
        of_unit = [one for one in rows if one.unite == unite]
        years = sorted({one.annee for one in of_unit})
        found += [
            _total(year, unite, [one for one in of_unit if one.annee == year]) for year in years
        ]
        if len(years) > 1:
            found.append(_total(None, unite, of_unit))
    return found


def _total(annee: int | None, unite: UniteBudget, lines: list[LigneBudget]) -> Total:
    return Total(
        annee=annee,
        unite=unite,
        prevu=sum((one.prevu for one in lines), Decimal(0)),
        demande=_sum(one.demande for one in lines),
        obtenu=_sum(one.obtenu for one in lines),
        reel=_sum(one.reel for one in lines),
        to_find=sum((max(one.prevu - (one.obtenu or 0), Decimal(0)) for one in lines), Decimal(0)),
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in values if one is not None]
    return sum(known, Decimal(0)) if known else None

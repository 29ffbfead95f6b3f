"""What an action costs, year by year: what it takes, what was asked for, given and spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..enums import UniteBudget
from ..models import LigneBudget


@dataclass(frozen=True)
class Total:
    """Sums of a unit, for a year or for all (`annee` None).

    Each sums what is known; None where nothing of it is. `to_find` is what the lines whose plan is
    known take, less what was given, never under 0. `unknown`: lines whose plan is not known.
    """

    annee: int | None
    unite: UniteBudget
    prevu: Decimal | None
    demande: Decimal | None
    obtenu: Decimal | None
    reel: Decimal | None
    to_find: Decimal
    unknown: int = 0


def totals(lines: Iterable[LigneBudget]) -> list[Total]:
    """Return a total by unit and year, then one by unit where there are several years."""
    rows = list(lines)
    of_years = []
    for unite in UniteBudget:
        of_unit = [row for row in rows if row.unite == unite]
        years = sorted({line.annee for line in of_unit})
        of_years += [
            _total(year, unite, [line for line in of_unit if line.annee == year]) for year in years
        ]
        if len(years) > 1:
            of_years.append(_total(None, unite, of_unit))
    return of_years


def _total(annee: int | None, unite: UniteBudget, lines: list[LigneBudget]) -> Total:
    return Total(
        annee=annee,
        unite=unite,
        prevu=_sum(line.prevu for line in lines),
        demande=_sum(line.demande for line in lines),
        obtenu=_sum(line.obtenu for line in lines),
        reel=_sum(line.reel for line in lines),
        to_find=sum((_to_find(line) for line in lines), Decimal(0)),
        unknown=sum(line.prevu is None for line in lines),
    )


def _to_find(line: LigneBudget) -> Decimal:
    return Decimal(0) if line.prevu is None else max(line.prevu - (line.obtenu or 0), Decimal(0))


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None

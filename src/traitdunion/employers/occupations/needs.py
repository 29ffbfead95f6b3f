"""Projects of recruitment by basin for an occupation: hidden figures stay hidden, sums are « ≥ ».

A ROME code meets the families of the survey (FAP 2021) through our own reviewed, dated table only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import yaml

from traitdunion import french
from traitdunion.observatory.models import CommuneBassin
from traitdunion.sources.bounded.writing import BOM, csv_text
from traitdunion.territory.models import Commune
from traitdunion.territory.names import fold

from ..enums import FichierMetier
from ..models import FichierMetiers, ProjetsBassin

TABLE = files("traitdunion.data") / "employers/fap_rome.yaml"
HIDDEN = "secret"


@dataclass(frozen=True, slots=True)
class Families:
    """FAP families of a ROME code; `is_wider`: they hold other occupations too."""

    codes: tuple[str, ...]
    is_wider: bool


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of figures of which some may be hidden: then the truth is `at_least` or more."""

    at_least: Decimal
    n_hidden: int
    n: int

    @property
    def words(self) -> str:
        """Return « 98 », « ≥ 98 » where a figure is hidden, « secret » where all are."""
        if self.n_hidden == self.n:
            return HIDDEN if self.n else french.UNKNOWN
        return f"{'≥ ' if self.n_hidden else ''}{french.number(self.at_least)}"


@dataclass(frozen=True, slots=True)
class BasinTotals:
    """What the survey gives of some families in one basin."""

    code: str
    name: str
    projects: Total
    difficult: Total
    seasonal: Total

    @property
    def hidden(self) -> tuple[int, int]:
        """Return how many of the figures are hidden, and how many there are."""
        totals = self.projects, self.difficult, self.seasonal
        return sum(total.n_hidden for total in totals), sum(total.n for total in totals)


@cache
def _table() -> tuple[date, dict[str, Families]]:
    raw = yaml.safe_load(TABLE.read_text("utf-8"))
    families = {
        rome: Families(tuple(row["fap"]), bool(row["large"]))
        for rome, row in raw["rapprochements"].items()
    }
    return raw["relu_le"], families


def reviewed_on() -> date:
    """Return the day on which the table of ROME and FAP codes was last reviewed."""
    return _table()[0]


def families_of(rome: str) -> Families | None:
    """Return the FAP families of a ROME code; None where it is not matched (« non rapproché »)."""
    return _table()[1].get(rome)


def total(values: Iterable[Decimal | None]) -> Total:
    """Return the sum of what is known; a hidden figure is no zero and enters no average."""
    rows = list(values)
    known = [value for value in rows if value is not None]
    return Total(sum(known, Decimal(0)), len(rows) - len(known), len(rows))


def survey_file() -> FichierMetiers | None:
    """Return the file of the survey in use; None where none was loaded."""
    return FichierMetiers.objects.filter(nature=FichierMetier.PROJETS).first()


def projects_of(faps: Iterable[str] | None = None) -> list[ProjetsBassin]:
    """Return the rows of some families, or of all, by basin in the order of their names."""
    rows = ProjetsBassin.objects.order_by("bassin_nom", "bassin", "fap_nom", "fap")
    return list(rows if faps is None else rows.filter(fap__in=list(faps)))


def by_basin(rows: Iterable[ProjetsBassin]) -> list[BasinTotals]:
    """Return the totals of some rows by basin, in the order of the rows."""
    parted: dict[tuple[str, str], list[ProjetsBassin]] = {}
    for row in rows:
        parted.setdefault((row.bassin, row.bassin_nom), []).append(row)
    return [
        BasinTotals(
            code, name, total(row.projets for row in of_basin),
            total(row.difficiles for row in of_basin), total(row.saisonniers for row in of_basin),
        )
        for (code, name), of_basin in parted.items()
    ]  # fmt: skip


def projects_csv(rows: Iterable[ProjetsBassin]) -> str:
    """Return the rows for a French spreadsheet; a hidden figure is written « secret »."""
    columns = ("bassin", "nom_bassin", "fap", "famille", "projets", "difficiles", "saisonniers")
    return BOM + csv_text(
        columns,
        [
            [
                row.bassin, row.bassin_nom, row.fap, row.fap_nom,
                *map(_cell, (row.projets, row.difficiles, row.saisonniers)),
            ]
            for row in rows
        ],
    )  # fmt: skip


def _cell(value: Decimal | None) -> str:
    return HIDDEN if value is None else french.number(value)


def survey_basin_of(commune: Commune) -> str:
    """Return the code of the survey's basin of a commune; "" where no file in use gives it.

    The basins that the observatory holds may be of another kind with the same codes: their name
    must be that of the survey too.
    """
    held = CommuneBassin.objects.filter(code_insee=commune.pk).first()
    if held is None:
        return ""
    names = ProjetsBassin.objects.filter(bassin=held.bassin).values_list("bassin_nom", flat=True)
    name = names.first()
    return held.bassin if name is not None and fold(name) == fold(held.nom) else ""

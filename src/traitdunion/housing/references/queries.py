"""Find the reference in force on a day, and whether an administrator checked it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traitdunion.accounts.models import Organisation
from traitdunion.french import day

from ..enums import NatureReference
from ..models import Reference, Verification

# A ceiling serves its own year: where a year is absent, that of the year before is no ceiling.
OF_ITS_YEAR = frozenset({NatureReference.PLAFOND_PRIX, NatureReference.PLAFOND_RESSOURCES})


@dataclass(frozen=True, slots=True)
class Found:
    """A value in force, or none (`row` None: « non renseigné »)."""

    row: Reference | None
    verified: bool = False

    @property
    def figure(self) -> Decimal | None:
        return None if self.row is None else self.row.figure

    @property
    def state(self) -> str:
        """Return « non renseigné », « à vérifier » or « vérifié »."""
        if self.row is None:
            return "non renseigné"
        return "vérifié" if self.verified else "à vérifier"

    @property
    def source(self) -> str:
        if self.row is None:
            return ""
        return f"{self.row.source}, {day(self.row.depuis)}"


MISSING = Found(None)


def in_force(
    nature: NatureReference, key: str, *, on: date, organisation: Organisation | None
) -> Found:
    """Return the value of a key on a day; the row written last, of the latest day it serves."""
    rows = Reference.objects.filter(nature=nature, cle=key, depuis__lte=on)
    if nature in OF_ITS_YEAR:
        rows = rows.filter(depuis__year=on.year)
    row = rows.order_by("-depuis", "-pk").first()
    return MISSING if row is None else Found(row, is_verified(row, organisation))


def is_verified(row: Reference, organisation: Organisation | None) -> bool:
    if organisation is None:
        return False
    return Verification.objects.filter(reference=row, organisation=organisation).exists()


def series(nature: NatureReference, organisation: Organisation) -> dict[str, Found]:
    """Return every value of an index by quarter, the row written last for each."""
    checked = set(
        Verification.objects.filter(
            organisation=organisation, reference__nature=nature
        ).values_list("reference_id", flat=True)
    )
    rows = Reference.objects.filter(nature=nature).order_by("pk")
    return {row.cle: Found(row, row.pk in checked) for row in rows}


def ticks_of(organisation: Organisation, rows: Iterable[int]) -> dict[int, Verification]:
    """Return the ticks of an organisation on some rows, by row."""
    ticks = Verification.objects.filter(organisation=organisation, reference__in=list(rows))
    return {tick.reference_id: tick for tick in ticks}

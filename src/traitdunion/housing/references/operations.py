"""Write references: import files, type a row, tick a row that was checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..errors import HousingError
from ..models import Reference, Verification
from .files import ReferenceRow


@dataclass(frozen=True, slots=True)
class Imported:
    """Rows written, rows that stood already with the same value."""

    written: int
    same: int


@transaction.atomic
def import_rows(rows: Sequence[ReferenceRow], *, now: datetime) -> Imported:
    """Add the rows that are new or whose value changed; a second time, nothing is written.

    A changed value is a new row: the one it replaces stays, for what was decided on it.
    """
    natures = {row.nature for row in rows}
    standing = {
        (row.nature, row.cle, row.depuis): (row.valeur, row.source, row.confiance, row.note)
        for row in Reference.objects.filter(nature__in=natures).order_by("pk")
    }
    fresh = {}
    for row in rows:
        key = (row.nature.value, row.cle, row.depuis)
        if standing.get(key) != (row.valeur, row.source, row.confiance, row.note):
            fresh[key] = Reference(
                nature=row.nature,
                cle=row.cle,
                depuis=row.depuis,
                valeur=row.valeur,
                source=row.source,
                confiance=row.confiance,
                note=row.note,
                ecrite_le=now,
            )
    Reference.objects.bulk_create(fresh.values(), batch_size=1_000)
    return Imported(written=len(fresh), same=len(rows) - len(fresh))


@transaction.atomic
def verify(
    *, by: User, organisation: Organisation, reference: Reference, source: str, now: datetime
) -> Verification:
    """Tick a row as checked against a source that the administrator names."""
    check(by, Permission.CHECK_REFERENCES, organisation)
    if not source.strip():
        raise HousingError("Indiquez la source que vous avez lue : texte, article, date.")
    if Verification.objects.filter(reference=reference, organisation=organisation).exists():
        raise HousingError("Cette valeur est déjà vérifiée.")
    return _tick(by, organisation, reference, source, now)


def _tick(
    by: User, organisation: Organisation, row: Reference, source: str, now: datetime
) -> Verification:
    ticked = Verification.objects.create(
        reference=row, organisation=organisation, par=by, source=source.strip()[:300], le=now
    )
    record(by=by, organisation=organisation, action=Action.ACCEPTER, target=row, at=now)
    return ticked

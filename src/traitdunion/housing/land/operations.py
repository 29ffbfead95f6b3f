"""Writes of land, and what its money comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import EtatFinancement, EtatFoncier
from ..errors import HousingError
from ..leases.operations import clean
from ..ledger.accounts import euros_of
from ..models import FinancementFoncier, Parcelle


@dataclass(frozen=True, slots=True)
class Balance:
    """What a parcel costs and what pays for it; `price`, `missing`: None where it is unknown.

    `granted` counts what was granted or paid; `asked`, what still waits for an answer.
    """

    price: Decimal | None
    granted: Decimal
    asked: Decimal

    @property
    def missing(self) -> Decimal | None:
        """Return what no decision pays for yet; never below nothing."""
        return None if self.price is None else max(Decimal(0), self.price - self.granted)


def balance_of(parcelle: Parcelle) -> Balance:
    """Return the balance of a parcel."""
    lines = list(parcelle.financements.all())
    asked = sum(row.montant_centimes for row in lines if row.etat == EtatFinancement.DEMANDE)
    total = sum(row.montant_centimes for row in lines)
    price = parcelle.prix_centimes
    return Balance(
        None if price is None else euros_of(price), euros_of(total - asked), euros_of(asked)
    )


@transaction.atomic
def keep_parcel(
    *,
    by: User,
    organisation: Organisation,
    parcelle: Parcelle | None,
    values: Mapping[str, Any],
    now: datetime,
) -> Parcelle:
    """Keep a parcel; acquired, it has its day, its way of acquisition and its deed."""
    check(by, Permission.STUDY_OPERATIONS, organisation)
    row = parcelle or Parcelle(organisation=organisation)
    for name, value in values.items():
        setattr(row, name, value)
    if row.acquise_le is not None and row.acquise_le > timezone.localdate(now):
        raise HousingError("Le jour de l'acquisition n'est pas encore venu.")
    if row.etat == EtatFoncier.ACQUISE and not (row.acquise_le and row.mode and row.piece):
        raise HousingError("Acquise : donnez le jour, le mode d'acquisition et l'acte.")
    if row.operation is not None and row.operation.organisation_id != organisation.pk:
        raise HousingError("Cette opération est d'un autre organisme.")
    clean(row)
    row.save()
    did = Action.CREER if parcelle is None else Action.MODIFIER
    record(by=by, organisation=organisation, action=did, target=row, at=now)
    return row


@transaction.atomic
def add_funding(
    *, by: User, parcelle: Parcelle, values: Mapping[str, Any], now: datetime
) -> FinancementFoncier:
    """Add a line that pays for a parcel; granted or paid, it has its decision."""
    check(by, Permission.STUDY_OPERATIONS, parcelle.organisation)
    row = FinancementFoncier(parcelle=parcelle, **values)
    if row.etat != EtatFinancement.DEMANDE and not row.piece:
        raise HousingError("Obtenu ou versé : donnez la décision ou le contrat.")
    clean(row)
    row.save()
    record(by=by, organisation=parcelle.organisation, action=Action.CREER, target=row, at=now)
    return row

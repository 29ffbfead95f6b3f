"""Study operations: create them, keep versions of their balance, judge a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.territory.models import Commune

from ..enums import NatureOperation, NatureReference
from ..errors import HousingError
from ..leases.operations import clean
from ..models import Bilan, Operation
from ..money import OperationInputs
from ..references.queries import Found, in_force
from .verdict import Evidence, Market, Verdict, judge

# CGI 278 sexies III 4°, read at second hand in July 2023; after the finance law for 2026: unknown.
VAT = Decimal("0.055")
SHARES = ("fees", "other", "carry", "margin", "rate", "buyer_rate")
START = {
    "homes": "6", "su": "420", "sample_m2": "70", "works_per_m2": "1450", "fees": "12",
    "other": "6", "carry": "2.5", "subsidies": "0", "margin": "3", "land": "96000", "rate": "2.3",
    "term": "60", "management": "720", "buyer_rate": "3.5", "buyer_years": "25",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Study:
    """A judged version, with the rows it rests on."""

    inputs: OperationInputs
    market: Market
    verdict: Verdict
    zone: Found
    ceiling: Found
    price: Found
    rent: Found


def inputs_of(hypotheses: Mapping[str, str]) -> OperationInputs:
    """Return the inputs of a balance from its hypotheses: percent become shares."""
    figures: dict[str, Any] = {
        name: Decimal(value) / 100 if name in SHARES else Decimal(value)
        for name, value in hypotheses.items()
        if name not in ("market_price", "households", "management")
    }
    for name in ("homes", "term", "buyer_years"):
        figures[name] = int(figures[name])
    by_home = Decimal(hypotheses["management"]) / figures["homes"]
    return OperationInputs(**figures, vat=VAT, management_per_home_year=by_home)


def study(operation: Operation, hypotheses: Mapping[str, str], *, on: date) -> Study:
    """Judge a version on a day, against the references of its commune.

    A market price that was typed replaces the reference; nobody checked it, unless it is the same.
    """
    inputs = inputs_of(hypotheses)
    ask: dict[str, Any] = {"on": on, "organisation": operation.organisation}
    place = operation.commune_id
    zone = in_force(NatureReference.ZONE_ABC, place, **ask)
    ceiling = Found(None)
    if zone.row is not None:
        ceiling = in_force(NatureReference.PLAFOND_PRIX, zone.row.valeur, **ask)
    price = in_force(NatureReference.PRIX_APPARTEMENT, place, **ask)
    rent = in_force(NatureReference.LOYER_APPARTEMENT, place, **ask)
    evidence = _evidence(price)
    typed = hypotheses.get("market_price")
    if typed and Decimal(typed) != evidence.value:
        evidence = Evidence(Decimal(typed), False, "saisi dans l'étude")
    market = Market(
        price_m2=evidence,
        rent_m2=_evidence(rent),
        ceiling_ht_m2=_evidence(ceiling, also=zone),
        zone=zone.row.valeur if zone.row is not None else "",
        households=int(hypotheses["households"]) if "households" in hypotheses else None,
    )
    return Study(inputs, market, judge(inputs, market), zone, ceiling, price, rent)


def _evidence(reference: Found, also: Found | None = None) -> Evidence:
    """Return a row as evidence; `also`: a row it depends on, to be checked too."""
    verified = reference.verified and (also is None or also.verified)
    return Evidence(reference.figure, verified, reference.source)


@transaction.atomic
def create_operation(
    *,
    by: User,
    organisation: Organisation,
    nom: str,
    commune: Commune,
    nature: NatureOperation,
    now: datetime,
    demonstration: bool = False,
) -> Operation:
    """Create an operation, with a first version to be adapted."""
    check(by, Permission.STUDY_OPERATIONS, organisation)
    row = Operation(
        organisation=organisation, nom=nom.strip(), commune=commune, nature=nature,
        demonstration=demonstration, creee_le=now,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=organisation, action=Action.CREER, target=row, at=now)
    save_version(by=by, operation=row, hypotheses=START, now=now)
    return row


@transaction.atomic
def save_version(
    *, by: User, operation: Operation, hypotheses: Mapping[str, str], now: datetime
) -> Bilan:
    """Keep a version of the balance; the former ones stay."""
    check(by, Permission.STUDY_OPERATIONS, operation.organisation)
    Operation.objects.select_for_update(no_key=True).get(pk=operation.pk)
    last = operation.bilans.aggregate(n=Max("version"))["n"] or 0
    standing = operation.bilans.filter(version=last).first()
    if standing is not None and standing.hypotheses == dict(hypotheses):
        raise HousingError("Rien n'a changé depuis la dernière version.")
    row = Bilan(
        operation=operation, version=last + 1, hypotheses=dict(hypotheses), par=by, le=now
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    return row

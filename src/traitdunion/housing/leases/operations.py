"""Write leases: a new one, an amendment, works to be valued."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from traitdunion.accounts.checks import full_clean
from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.accounts.shared_words import check_shared_words
from traitdunion.rules.legal_days import add_months
from traitdunion.territory.models import Commune

from ..enums import NatureBail, NatureReference
from ..errors import HousingError
from ..ledger.accounts import cents
from ..models import Bail, TravauxValorises, VersionBail


def clean(row: models.Model) -> None:
    """Refuse what the columns or the constraints of a row refuse. Raises HousingError."""
    try:
        check_shared_words(row)
        full_clean(row)
    except ValidationError as wrong:
        raise HousingError(" ".join(wrong.messages)) from wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedHome:
    """What is let: its number among the leases, the home, where it stands, its useful area (m²)."""

    numero: str
    nature: NatureBail
    logement: str
    commune: Commune
    surface_utile: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTerms:
    """The terms of a lease from a day on: the price, then euros a month, and their index.

    `indice_base`: quarter from which the redevance is revised. `plancher`: below which it never
    falls.
    """

    duree_ans: int
    prix: Decimal
    redevance: Decimal
    indice_base: str
    indice: str = NatureReference.IRL
    plancher: Decimal | None = None


@transaction.atomic
def sign_lease(
    *,
    by: User,
    organisation: Organisation,
    home: LeasedHome,
    terms: LeaseTerms,
    preneur: str,
    signe_le: date,
    now: datetime,
    demonstration: bool = False,
) -> Bail:
    """Write a lease and its first version."""
    check(by, Permission.KEEP_LEASES, organisation)
    lease = Bail(
        organisation=organisation,
        numero=home.numero,
        nature=home.nature,
        logement=home.logement,
        commune=home.commune,
        surface_utile=home.surface_utile,
        preneur=preneur,
        demonstration=demonstration,
    )
    clean(lease)
    lease.save(force_insert=True)
    add_version(lease, terms, depuis=signe_le, motif="Signature", now=now)
    record(by=by, organisation=organisation, action=Action.CREER, target=lease, at=now)
    return lease


def add_version(
    lease: Bail,
    terms: LeaseTerms,
    *,
    depuis: date,
    motif: str,
    now: datetime,
    fin: date | None = None,
) -> VersionBail:
    """Add the terms of a lease from a day on; `fin` defaults to that day plus the whole term."""
    row = VersionBail(
        bail=lease,
        depuis=depuis,
        fin=fin or add_months(depuis, 12 * terms.duree_ans),
        duree_ans=terms.duree_ans,
        prix_centimes=cents(terms.prix),
        redevance_centimes=cents(terms.redevance),
        plancher_centimes=None if terms.plancher is None else cents(terms.plancher),
        indice=terms.indice,
        indice_base=terms.indice_base,
        motif=motif,
        ecrite_le=now,
    )
    clean(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def amend(
    *, by: User, bail: Bail, depuis: date, motif: str, now: datetime, **changes: Any
) -> VersionBail:
    """Amend a lease: its last version, duplicated, with what changes, from a later day.

    `changes`: `redevance_centimes`, `plancher_centimes`, `indice`, `indice_base`.
    """
    check(by, Permission.KEEP_LEASES, bail.organisation)
    allowed = {"redevance_centimes", "plancher_centimes", "indice", "indice_base"}
    if set(changes) - allowed:
        raise TypeError(f"not amended: {sorted(set(changes) - allowed)}")
    last = bail.versions.order_by("depuis").last()
    if last is None or depuis <= last.depuis:
        raise HousingError("Un avenant prend effet après la version en vigueur.")
    if not motif.strip():
        raise HousingError("Écrivez ce que change l'avenant.")
    last.pk, last._state.adding = None, True
    last.depuis, last.motif, last.ecrite_le = depuis, motif.strip()[:200], now
    for name, value in changes.items():
        setattr(last, name, value)
    clean(last)
    last.save(force_insert=True)
    record(by=by, organisation=bail.organisation, action=Action.MODIFIER, target=bail, at=now)
    return last


@transaction.atomic
def add_works(
    *, by: User, bail: Bail, libelle: str, montant: Decimal, faits_le: date, vie_ans: int,
    now: datetime,
) -> TravauxValorises:  # fmt: skip
    """Add improvement works that the lease values at its resale."""
    check(by, Permission.KEEP_LEASES, bail.organisation)
    row = TravauxValorises(
        bail=bail, libelle=libelle, montant_centimes=cents(montant), faits_le=faits_le,
        vie_ans=vie_ans,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=bail.organisation, action=Action.MODIFIER, target=bail, at=now)
    return row


@transaction.atomic
def draw_link(*, by: User, bail: Bail, is_open: bool, now: datetime) -> Bail:
    """Open another link to the page of a household, which closes the former, or close it."""
    check(by, Permission.KEEP_LEASES, bail.organisation)
    row = Bail.objects.select_for_update(no_key=True).get(pk=bail.pk)
    # A number never comes back: a former link stays closed for good.
    row.lien_dernier += is_open
    row.lien = row.lien_dernier if is_open else 0
    row.save(update_fields=["lien", "lien_dernier"])
    record(by=by, organisation=bail.organisation, action=Action.MODIFIER, target=row, at=now)
    return row

"""Write the ledger: an entry, its cancellation, a payment."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.french import day

from ..enums import NatureEcriture, Section
from ..errors import HousingError
from ..models import Bail, Ecriture, Ligne
from .accounts import BANQUE, PRENEURS, chart


@dataclass(frozen=True, slots=True)
class Line:
    """A line to write: cents owed (`debit`) or had (`credit`) by an account."""

    compte: str
    debit: int = 0
    credit: int = 0
    bail: Bail | None = None
    echeance: date | None = None
    mois: date | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What an entry is of, above its lines; `annule`: the entry that it cancels."""

    le: date
    nature: NatureEcriture
    section: Section
    libelle: str
    piece: str = ""
    annule: Ecriture | None = None


@transaction.atomic
def write_entry(
    *,
    by: User,
    organisation: Organisation,
    heading: Heading,
    lines: Sequence[Line],
    now: datetime,
) -> Ecriture:
    """Add a balanced entry under the next number; nothing can change it afterwards."""
    check(by, Permission.KEEP_LEASES, organisation)
    _refuse_unsound(organisation, lines)
    _alone_in_the_ledger(organisation)
    last = Ecriture.objects.filter(organisation=organisation).aggregate(n=Max("numero"))["n"]
    entry = Ecriture(
        id=uuid.uuid4(),
        organisation=organisation,
        numero=(last or 0) + 1,
        le=heading.le,
        nature=heading.nature,
        section=heading.section,
        libelle=heading.libelle[:200],
        piece=heading.piece[:100],
        annule=heading.annule,
        ecrite_le=now,
    )
    Ligne.objects.bulk_create(
        [
            Ligne(
                ecriture_id=entry.id,
                compte=line.compte,
                debit=line.debit,
                credit=line.credit,
                bail=line.bail,
                echeance=line.echeance,
                mois=line.mois,
            )
            for line in lines
        ],
        batch_size=500,
    )
    entry.save(force_insert=True)
    record(by=by, organisation=organisation, action=Action.CREER, target=entry, at=now)
    return entry


def _alone_in_the_ledger(organisation: Organisation) -> None:
    """Let one writer of an organisation write at a time, so that numbers follow each other."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _refuse_unsound(organisation: Organisation, lines: Sequence[Line]) -> None:
    if len(lines) < 2:
        raise HousingError("Une écriture a deux lignes au moins.")
    if any(line.debit < 0 or line.credit < 0 for line in lines):
        raise HousingError("Un montant n'est pas négatif : passez-le dans l'autre colonne.")
    if any(bool(line.debit) == bool(line.credit) for line in lines):
        raise HousingError("Chaque ligne porte un débit ou un crédit, pas les deux.")
    if sum(line.debit for line in lines) != sum(line.credit for line in lines):
        raise HousingError("L'écriture n'est pas équilibrée : débits et crédits diffèrent.")
    unknown = {line.compte for line in lines} - set(chart())
    if unknown:
        raise HousingError(f"Comptes inconnus : {', '.join(sorted(unknown))}.")
    if any(line.bail and line.bail.organisation_id != organisation.pk for line in lines):
        raise HousingError("Ce bail est d'un autre organisme.")


@transaction.atomic
def cancel_entry(*, by: User, entry: Ecriture, le: date, now: datetime) -> Ecriture:
    """Cancel an entry by another, its debits and credits exchanged.

    Raises `HousingError` where it is cancelled already, or before its own day.
    """
    _alone_in_the_ledger(entry.organisation)
    if le < entry.le:
        raise HousingError(f"L'annulation ne peut pas précéder l'écriture, du {day(entry.le)}.")
    if entry.annulations.exists() or entry.annule_id is not None:
        raise HousingError("Cette écriture est déjà annulée, ou en annule une autre.")
    lines = [
        Line(line.compte, line.credit, line.debit, line.bail, line.echeance, line.mois)
        for line in entry.lignes.select_related("bail").order_by("pk")
    ]
    heading = Heading(
        le,
        NatureEcriture.DIVERS,
        Section(entry.section),
        f"Annulation de l'écriture {entry.numero}",
        annule=entry,
    )
    return write_entry(
        by=by, organisation=entry.organisation, heading=heading, lines=lines, now=now
    )


def record_payment(
    *, by: User, bail: Bail, le: date, amount: int, now: datetime, piece: str = ""
) -> Ecriture:
    """Record cents received from the holder of a lease."""
    if amount <= 0:
        raise HousingError("Un paiement reçu est supérieur à zéro.")
    heading = Heading(
        le, NatureEcriture.PAIEMENT, bail.section, f"Paiement, bail {bail.numero}", piece
    )
    lines = [Line(BANQUE, debit=amount), Line(PRENEURS, credit=amount, bail=bail)]
    return write_entry(by=by, organisation=bail.organisation, heading=heading, lines=lines, now=now)

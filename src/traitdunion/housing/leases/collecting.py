"""What to take from the accounts of holders for a month, and what the accountant is given."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.accounts.sealing import seal, unseal
from traitdunion.french import month as month_in_words
from traitdunion.sources.bounded.writing import csv_text

from ..enums import SchemaSepa
from ..errors import HousingError
from ..ledger.accounts import PRENEURS, chart, euros_of
from ..models import Bail, Creancier, Ligne, Mandat
from .direct_debits import Creditor, Debit, iban_fault, ics_fault
from .operations import clean


@transaction.atomic
def keep_creditor(
    *,
    by: User,
    organisation: Organisation,
    nom: str,
    ics: str,
    iban: str,
    schema: SchemaSepa,
    now: datetime,
) -> Creancier:
    """Keep the creditor of an organisation. Raises HousingError where a key is wrong."""
    check(by, Permission.KEEP_LEASES, organisation)
    wrong = ics_fault(ics) or iban_fault(iban)
    if wrong:
        raise HousingError(wrong)
    row = Creancier(
        organisation=organisation, nom=nom.strip(), ics="".join(ics.split()).upper(),
        iban="".join(iban.split()).upper(), schema=schema,
    )  # fmt: skip
    try:
        Creancier.objects.get(pk=organisation.pk)
    except Creancier.DoesNotExist:
        clean(row)
    row.save()
    record(by=by, organisation=organisation, action=Action.MODIFIER, target=row, at=now)
    return row


@transaction.atomic
def sign_mandate(
    *, by: User, bail: Bail, rum: str, titulaire: str, iban: str, signe_le: date, now: datetime
) -> Mandat:
    """Keep a mandate, its IBAN sealed; the one before it ends that day."""
    check(by, Permission.KEEP_LEASES, bail.organisation)
    wrong = iban_fault(iban)
    if wrong:
        raise HousingError(wrong)
    if signe_le > timezone.localdate(now):
        raise HousingError("Cette date n'est pas encore venue.")
    bail.mandats.filter(revoque_le=None).update(revoque_le=signe_le)
    row = Mandat(
        bail=bail, rum=rum.strip(), titulaire=titulaire.strip(),
        iban=seal("".join(iban.split()).upper()), signe_le=signe_le,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=bail.organisation, action=Action.CREER, target=row, at=now)
    return row


def creditor_of(organisation: Organisation) -> Creditor | None:
    """Return the creditor of an organisation; None where it is not set."""
    row = Creancier.objects.filter(pk=organisation.pk).first()
    return None if row is None else Creditor(row.nom, row.ics, row.iban, SchemaSepa(row.schema))


def debits_of(organisation: Organisation, month: date) -> list[Debit]:
    """Return what is asked for a month and not yet paid, of leases with a mandate in force.

    Never more than what the holder owes in all: what was paid since is not taken twice.
    """
    first = month.replace(day=1)
    owed = Ligne.objects.filter(bail__organisation=organisation, compte=PRENEURS)
    asked = _net(owed.filter(mois=first))
    open_now = _net(owed)
    mandates = Mandat.objects.filter(
        bail__organisation=organisation, revoque_le=None
    ).select_related("bail")
    debits = []
    for row in mandates.order_by("bail__numero"):
        cents = min(asked.get(row.bail_id, 0), open_now.get(row.bail_id, 0))
        if cents > 0:
            debits.append(
                Debit(
                    lease=row.bail.numero,
                    name=row.titulaire,
                    iban=unseal(row.iban) if row.iban else "",
                    mandate=row.rum,
                    signed_on=row.signe_le,
                    cents=cents,
                    reference=f"{row.bail.numero}-{first:%Y%m}",
                    label=f"Redevance de {month_in_words(first)}, bail {row.bail.numero}",
                )
            )
    return debits


def _net(lines: QuerySet[Ligne]) -> dict[int, int]:
    rows = lines.values_list("bail").annotate(net=Sum("debit") - Sum("credit")).order_by()
    return dict(rows)


def entries_csv(organisation: Organisation, year: int) -> str:
    """Return the lines of the ledger of a year for an accountant, one a row."""
    names = chart()
    lines = (
        Ligne.objects.filter(ecriture__organisation=organisation, ecriture__le__year=year)
        .select_related("ecriture", "bail")
        .order_by("ecriture__numero", "pk")
    )
    head = (
        "numero", "date", "section", "libelle", "piece", "compte", "intitule", "debit", "credit",
        "bail", "echeance",
    )  # fmt: skip
    return csv_text(
        head,
        (
            (
                line.ecriture.numero,
                line.ecriture.le.isoformat(),
                line.ecriture.section,
                line.ecriture.libelle,
                line.ecriture.piece,
                line.compte,
                names.get(line.compte, ""),
                str(euros_of(line.debit)) if line.debit else "",
                str(euros_of(line.credit)) if line.credit else "",
                line.bail.numero if line.bail else "",
                line.echeance.isoformat() if line.echeance else "",
            )
            for line in lines
        ),
    )

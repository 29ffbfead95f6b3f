"""Read the ledger: balances, arrears of a lease, checks of the whole."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from traitdunion import french
from traitdunion.accounts.models import Organisation

from ..enums import NatureEcriture, Section
from ..models import Bail, Ecriture, Ligne
from ..money import Arrears, Bill, arrears
from .accounts import BANQUE, PRENEURS, REDEVANCES, chart, euros_of

MAX_PAYMENTS = 60
"""Payments offered to be cancelled: five years of months."""


def owed_lines(*, as_of: date) -> QuerySet[Ligne]:
    """Return the lines of what holders owe and paid until a day.

    An entry cancelled until then is left out with the one that cancels it: what a payment typed by
    mistake seemed to settle keeps its age.
    """
    return Ligne.objects.filter(
        compte=PRENEURS, ecriture__le__lte=as_of, ecriture__annule=None
    ).exclude(ecriture__annulations__le__lte=as_of)


def payments_to_cancel(bail: Bail) -> list[Ligne]:
    """Return the payments of a lease that stand, the last first, MAX_PAYMENTS at most."""
    lines = Ligne.objects.filter(
        bail=bail,
        compte=PRENEURS,
        ecriture__nature=NatureEcriture.PAIEMENT,
        ecriture__annulations=None,
    )
    return list(lines.select_related("ecriture").order_by("-ecriture__numero")[:MAX_PAYMENTS])


def arrears_of(bail: Bail, *, as_of: date, rate: Decimal | None = None) -> Arrears:
    """Return what the holder of a lease owes on a day, by age."""
    lines = owed_lines(as_of=as_of).filter(bail=bail).select_related("ecriture")
    bills, payments = [], []
    for line in lines:
        if line.debit:
            due = line.echeance or line.ecriture.le
            bills.append(Bill(due, euros_of(line.debit), line.ecriture.le))
        else:
            payments.append((line.ecriture.le, euros_of(line.credit)))
    return arrears(bills, payments, as_of=as_of, rate=rate)


@dataclass(frozen=True, slots=True)
class Balance:
    """An account over a period: cents debited and credited."""

    compte: str
    libelle: str
    debit: int
    credit: int

    @property
    def solde(self) -> Decimal:
        return euros_of(self.debit - self.credit)


def balances(
    organisation: Organisation,
    *,
    since: date | None = None,
    until: date,
    section: Section | None = None,
) -> list[Balance]:
    """Return each account that moved over a period, both days included."""
    lines = Ligne.objects.filter(ecriture__organisation=organisation, ecriture__le__lte=until)
    if since is not None:
        lines = lines.filter(ecriture__le__gte=since)
    if section is not None:
        lines = lines.filter(ecriture__section=section)
    rows = lines.values("compte").annotate(d=Sum("debit"), c=Sum("credit")).order_by("compte")
    return [Balance(row["compte"], chart()[row["compte"]], row["d"], row["c"]) for row in rows]


@dataclass(frozen=True, slots=True)
class SectionResult:
    """Cents billed and received over a year, and open at its end, in one section."""

    section: Section
    billed: int
    received: int
    open: int


def results_of(organisation: Organisation, year: int) -> list[SectionResult]:
    """Return the sections apart (R.329-3), in the order of the enumeration."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    results = []
    for section in Section:
        moved = {
            b.compte: b for b in balances(organisation, since=first, until=last, section=section)
        }
        stood = {b.compte: b for b in balances(organisation, until=last, section=section)}
        billed = moved.get(REDEVANCES)
        bank = moved.get(BANQUE)
        owed = stood.get(PRENEURS)
        results.append(
            SectionResult(
                section,
                billed.credit - billed.debit if billed else 0,
                bank.debit - bank.credit if bank else 0,
                owed.debit - owed.credit if owed else 0,
            )
        )
    return results


def faults_of(organisation: Organisation) -> list[str]:
    """Return what is wrong in the ledger, in French; nothing where it holds."""
    entries = Ecriture.objects.filter(organisation=organisation)
    faults = []
    unbalanced = (
        entries.annotate(d=Sum("lignes__debit"), c=Sum("lignes__credit"), n=Count("lignes"))
        .exclude(d=F("c"), n__gte=2)
        .values_list("numero", flat=True)
    )
    faults += [f"écriture {numero} : débits et crédits diffèrent" for numero in unbalanced]
    numbers = entries.aggregate(n=Count("pk"), low=Min("numero"), high=Max("numero"))
    if numbers["n"] and (numbers["low"], numbers["high"]) != (1, numbers["n"]):
        faults.append("la suite des numéros a un trou")
    lines = Ligne.objects.filter(ecriture__organisation=organisation)
    unknown = lines.exclude(compte__in=list(chart())).values_list("compte", flat=True).distinct()
    faults += [f"compte inconnu : {compte}" for compte in unknown]
    foreign = lines.filter(~Q(bail=None), ~Q(bail__organisation=organisation)).count()
    if foreign:
        lines_of_others = french.counted(foreign, "ligne")
        faults.append(f"{lines_of_others} d'un bail d'un autre organisme")
    return faults

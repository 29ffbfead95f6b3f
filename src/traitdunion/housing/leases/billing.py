"""Bill the redevances of a month; billed again, a month gives only the differences."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Prefetch, Sum
from django.utils import timezone

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.french import month as month_in_words

from ..enums import NatureEcriture, NatureReference, Section
from ..ledger.accounts import PRENEURS, REDEVANCES, cents
from ..ledger.operations import Heading, Line, write_entry
from ..models import Bail, Ligne, VersionBail
from ..money import bill
from ..references.queries import series
from .terms import terms_of

DUE_DAY = 5


@dataclass
class Billed:
    """What a billing wrote: leases and cents asked, cents of differences, leases that wait."""

    leases: int = 0
    asked: int = 0
    differences: int = 0
    waiting: dict[str, tuple[str, ...]] = field(default_factory=dict)


@transaction.atomic
def bill_month(*, by: User, organisation: Organisation, month: date, now: datetime) -> Billed:
    """Ask the redevance of a month to each lease, sections apart.

    What was asked already for that month is taken off: a second run writes nothing, and an index
    checked since gives an entry of the difference.
    """
    check(by, Permission.KEEP_LEASES, organisation)
    first = month.replace(day=1)
    # Two billings at once would ask twice: the second waits here for the end of the first.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    leases = Bail.objects.filter(organisation=organisation).prefetch_related(
        Prefetch("versions", VersionBail.objects.order_by("depuis"))
    )
    indices = {nature.value: series(nature, organisation) for nature in _natures(organisation)}
    before = dict(
        Ligne.objects.filter(bail__organisation=organisation, compte=PRENEURS, mois=first)
        .values_list("bail")
        .annotate(net=Sum("debit") - Sum("credit"))
        .order_by()
    )
    done = Billed()
    asked: dict[tuple[Section, NatureEcriture], list[Line]] = defaultdict(list)
    for lease in leases:
        versions = list(lease.versions.all())
        if not versions:
            continue
        terms = terms_of(versions, indices, until=_last(first))
        if terms.waiting:
            done.waiting[lease.numero] = terms.waiting
        total = sum((row.amount for row in bill(terms.segments, first)), Decimal(0))
        left = cents(total) - before.get(lease.pk, 0)
        if not left:
            continue
        again = lease.pk in before
        nature = NatureEcriture.REGULARISATION if again else NatureEcriture.APPEL
        due = (
            max(first.replace(day=DUE_DAY), timezone.localdate(now))
            if again
            else first.replace(day=DUE_DAY)
        )
        debit, credit = (left, 0) if left > 0 else (0, -left)
        asked[lease.section, nature].append(
            Line(PRENEURS, debit, credit, lease, echeance=due, mois=first)
        )
        done.leases += not again
        done.asked += 0 if again else left
        done.differences += left if again else 0
    for (section, nature), lines in sorted(asked.items()):
        again = nature == NatureEcriture.REGULARISATION
        le = max(first, timezone.localdate(now)) if again else first
        heading = Heading(le, nature, section, f"{nature.label} de {month_in_words(first)}")
        every_line = [*lines, *_counterpart(lines)]
        write_entry(by=by, organisation=organisation, heading=heading, lines=every_line, now=now)
    return done


def _natures(organisation: Organisation) -> list[NatureReference]:
    kinds = VersionBail.objects.filter(bail__organisation=organisation)
    return [NatureReference(kind) for kind in set(kinds.values_list("indice", flat=True))]


def _last(first: date) -> date:
    following = (first.replace(day=28).toordinal()) + 4
    return date.fromordinal(date.fromordinal(following).replace(day=1).toordinal() - 1)


def _counterpart(lines: list[Line]) -> list[Line]:
    debit, credit = sum(line.debit for line in lines), sum(line.credit for line in lines)
    rows = [Line(REDEVANCES, credit=debit), Line(REDEVANCES, debit=credit)]
    return [row for row in rows if row.debit or row.credit]

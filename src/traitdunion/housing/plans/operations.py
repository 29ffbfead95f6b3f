"""Write plans: open one, add a step, report a step, record housed and hired, close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, can, check
from traitdunion.territory.models import Commune

from ..enums import Volet
from ..errors import HousingError
from ..leases.operations import clean
from ..models import Demande, Etape, Plan

FORGOTTEN = "(effacé)"
"""What stands for the words of a step once its plan is forgotten: they may speak of a household."""


@dataclass(frozen=True)
class Household:
    """Who a plan is for: how many, where they would live, where and when one of them works."""

    communes: Sequence[Commune]
    personnes: int | None
    reference_siao: str = ""
    lieu_travail: Commune | None = None
    horaires: str = ""


@transaction.atomic
def open_plan(
    *,
    by: User,
    organisation: Organisation,
    household: Household,
    now: datetime,
    demande: Demande | None = None,
    demonstration: bool = False,
) -> Plan:
    """Open a plan, of which the person who opens it is the referent."""
    check(by, Permission.HANDLE_DEMANDS, organisation)
    row = Plan(
        organisation=organisation, referent=by, reference_siao=household.reference_siao.strip(),
        personnes=household.personnes, lieu_travail=household.lieu_travail,
        horaires=household.horaires.strip(), demande=demande, ouvert_le=now, touche_le=now,
        demonstration=demonstration,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    row.communes.set(household.communes)
    record(by=by, organisation=organisation, action=Action.CREER, target=row, at=now)
    return row


@transaction.atomic
def add_step(
    *,
    by: User,
    plan: Plan,
    volet: Volet,
    partenaire: Organisation,
    quoi: str,
    pour_le: date,
    now: datetime,
) -> Etape:
    """Give a dated step to a partner."""
    row = _open(by, plan)
    step = Etape(plan=row, volet=volet, partenaire=partenaire, quoi=quoi.strip(), pour_le=pour_le)
    clean(step)
    step.save(force_insert=True)
    _touch(row, now)
    record(by=by, organisation=row.organisation, action=Action.CREER, target=step, at=now)
    return step


@transaction.atomic
def report_step(*, by: User, step: Etape, faite_le: date, now: datetime) -> None:
    """Record that a step is done: by its partner, or by who handles the plan."""
    plan = step.plan
    if not can(by, Permission.FOLLOW_STEPS, step.partenaire):
        check(by, Permission.HANDLE_DEMANDS, plan.organisation)
    row = Etape.objects.select_for_update(no_key=True).get(pk=step.pk)
    if row.faite_le is not None:
        raise HousingError("Cette étape est déjà faite.")
    if faite_le > timezone.localdate(now):
        raise HousingError("Cette date n'est pas encore venue.")
    if plan.clos_le is not None:
        raise HousingError("Ce plan est clos.")
    row.faite_le = faite_le
    row.save()
    _touch(plan, now)
    record(by=by, organisation=step.partenaire, action=Action.MODIFIER, target=row, at=now)


@transaction.atomic
def record_outcome(
    *, by: User, plan: Plan, logee_le: date | None, en_emploi_le: date | None, now: datetime
) -> None:
    """Record since when the household is housed, and hired."""
    row = _open(by, plan)
    if any(on is not None and on > timezone.localdate(now) for on in (logee_le, en_emploi_le)):
        raise HousingError("Cette date n'est pas encore venue.")
    row.logee_le, row.en_emploi_le = logee_le, en_emploi_le
    _touch(row, now)
    record(by=by, organisation=row.organisation, action=Action.MODIFIER, target=row, at=now)


@transaction.atomic
def close_plan(*, by: User, plan: Plan, now: datetime) -> None:
    """Close a plan: what could lead to the household is emptied."""
    row = _open(by, plan)
    forget_plan(row, now)
    record(by=by, organisation=row.organisation, action=Action.ARCHIVER, target=row, at=now)


def forget_plan(row: Plan, now: datetime) -> None:
    """Close a plan, and keep of it only its dates and those of its steps."""
    row.clos_le = row.clos_le or now
    row.reference_siao = row.horaires = ""
    row.personnes = row.lieu_travail = row.demande = None
    row.save()
    row.communes.clear()
    row.etapes.update(quoi=FORGOTTEN)


def _open(by: User, plan: Plan) -> Plan:
    check(by, Permission.HANDLE_DEMANDS, plan.organisation)
    row = Plan.objects.select_for_update(no_key=True, of=("self",)).get(pk=plan.pk)
    if row.clos_le is not None:
        raise HousingError("Ce plan est clos.")
    return row


def _touch(row: Plan, now: datetime) -> None:
    row.touche_le = now
    row.save()

"""Which pages a person sees: of a session, its roadmap, a plan, a committee, by their state."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from traitdunion.accounts.access_decorators import seen_by
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import ROLES_OF, Permission, may_see

from .enums import Visibilite
from .models import Action, ImportPlan, Instance, Seance


def _session(slug: str, **_: object) -> tuple[str, Organisation]:
    row = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    return row.visibilite, row.organisation


def _roadmap(slug: str, **_: object) -> tuple[str, Organisation]:
    row = get_object_or_404(Seance.objects.select_related("organisation"), pk=slug)
    return row.visibilite_feuille, row.organisation


def _action(pk: int, **_: object) -> tuple[str, Organisation]:
    row = get_object_or_404(Action.objects.select_related("axe__seance__organisation"), pk=pk)
    return row.axe.seance.visibilite_feuille, row.axe.seance.organisation


def _committee(slug: str, **_: object) -> tuple[str, Organisation]:
    row = get_object_or_404(Instance.objects.select_related("organisation"), pk=slug)
    return row.visibilite, row.organisation


def _plan(pk: int, **_: object) -> tuple[str, Organisation]:
    row = get_object_or_404(ImportPlan.objects.select_related("seance__organisation"), pk=pk)
    return row.visibilite, row.seance.organisation


session_is_seen = seen_by(_session, runs=Permission.STEER)
roadmap_is_seen = seen_by(_roadmap, runs=Permission.STEER)
action_is_seen = seen_by(_action, runs=Permission.STEER)
committee_is_seen = seen_by(_committee, runs=Permission.STEER)
plan_is_seen = seen_by(_plan, runs=Permission.STEER)


def sees_roadmap(person: Any, seance: Seance) -> bool:
    """Return whether a person sees the roadmap of a session, as its other pages have to know."""
    return may_see(person, seance.visibilite_feuille, seance.organisation, Permission.STEER)


def sessions_seen_by(person: Any) -> QuerySet[Seance]:
    """Return the sessions that a person sees, their roadmap aside."""
    return Seance.objects.filter(_seen(person, "visibilite"))


def roadmaps_seen_by(person: Any) -> QuerySet[Seance]:
    """Return the sessions whose roadmap a person sees, rehearsals aside."""
    return Seance.objects.filter(_seen(person, "visibilite_feuille"), repete=None)


def committees_seen_by(person: Any) -> QuerySet[Instance]:
    """Return the committees that a person sees."""
    return Instance.objects.filter(_seen(person, "visibilite"))


def _seen(person: Any, column: str) -> Q:
    """Return in one query what `permissions.may_see` answers row by row."""
    seen = Q(**{column: Visibilite.PUBLIQUE})
    if not isinstance(person, User) or not person.is_active:
        return seen
    mine = person.memberships.all()
    steered = mine.filter(role__in=ROLES_OF[Permission.STEER]).values("organisation")
    return (
        seen
        | Q(**{column: Visibilite.MEMBRES})
        | Q(**{column: Visibilite.ORGANISATION}, organisation__in=mine.values("organisation"))
        | Q(organisation__in=steered)
    )

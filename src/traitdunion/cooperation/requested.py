"""What the address of a page names: its session, idea, action, organisation, day."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from traitdunion.accounts.models import Organisation

from .models import Action, Idee, Seance
from .roadmap.responsibility import pilots


def organisation_of_session(slug: str, **_: object) -> Organisation:
    """Return the organisation of the session a page names; 404 where there is none."""
    return get_object_or_404(Seance.objects.select_related("organisation"), pk=slug).organisation


def organisation_of_idea(pk: int) -> Organisation:
    """Return the organisation whose session an idea is of; 404 where there is none."""
    row = get_object_or_404(Idee.objects.select_related("axe__seance__organisation"), pk=pk)
    return row.axe.seance.organisation


def organisation_of_action(pk: int, **_: object) -> Organisation:
    """Return the organisation whose session an action is of; 404 where there is none."""
    row = get_object_or_404(Action.objects.select_related("axe__seance__organisation"), pk=pk)
    return row.axe.seance.organisation


def pilots_action(person: Any, pk: int, **_: object) -> bool:
    """Return whether a person pilots the action of a page."""
    return pilots(person, the_action(pk))


def the_action(pk: int) -> Action:
    """Return an action with its session and organisation; 404 where there is none."""
    return get_object_or_404(Action.objects.select_related("axe__seance__organisation"), pk=pk)


def day_asked(request: HttpRequest, name: str) -> date | None:
    """Return a day of the address; None where there is none, or where it is not one."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None

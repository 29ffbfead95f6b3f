"""Who may write the sheet of an action: those who steer, and those who pilot it with an account.

A right by responsibility: it follows the action, whatever the organisation of the pilot. What only
those who steer may do (naming pilots, removing an action) is checked where it is done.
"""

from typing import Any

from django.core.exceptions import PermissionDenied

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, can

from ..models import Action


def pilots(person: Any, action: Action) -> bool:
    """Return whether a person pilots an action, or the action of which this one is a step."""
    if not isinstance(person, User) or not person.is_active:
        return False
    led = [action.pk, action.parent_id] if action.parent_id else [action.pk]
    return Action.objects.filter(pk__in=led, pilotes__compte=person).exists()


def may_write(person: Any, action: Action) -> bool:
    """Return whether a person may follow an action and fill its sheet."""
    steers = can(person, Permission.STEER, action.axe.seance.organisation)
    return steers or pilots(person, action)


def check_may_write(person: Any, action: Action) -> None:
    """Raise PermissionDenied unless the person steers the roadmap or pilots the action."""
    if not may_write(person, action):
        raise PermissionDenied(
            "Seules les personnes qui pilotent cette action, ou la feuille de route, la modifient."
        )

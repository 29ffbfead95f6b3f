"""Writes of the phone desk: a call is written at its first search, or when it ends without any."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.reach.calendar_days import monday_of

from ..enums import Appelant, IssueAppel
from ..models import Call
from ..operations import forget_order


@dataclass
class Line:
    """A call under way: who calls, its row once there is one, the latest question asked."""

    organisation: str
    appelant: str
    call: str = ""
    question: str = ""

    @property
    def caller(self) -> str:
        """Return who calls, in words."""
        return Appelant(self.appelant).label


def take(*, by: User, organisation: Organisation, appelant: str) -> Line:
    """Begin a call; nothing is written until something is searched."""
    check(by, Permission.FOLLOW, organisation)
    if appelant not in Appelant.values:
        raise ValidationError("Dites qui appelle.")
    return Line(organisation.pk, appelant)


def count_search(line: Line, *, question: str, now: datetime) -> None:
    """Count a question asked during a call; a page read again counts nothing."""
    if question == line.question:
        return
    _written(line, now)
    Call.objects.filter(pk=UUID(line.call)).update(n_searches=F("n_searches") + 1)
    line.question = question


def end(*, by: User, line: Line, organisation: Organisation, issue: str, now: datetime) -> None:
    """Record the outcome of a call."""
    check(by, Permission.FOLLOW, organisation)
    if issue not in IssueAppel.values or line.organisation != organisation.pk:
        raise ValidationError("Dites ce que l'appel a donné.")
    _written(line, now)
    Call.objects.filter(pk=UUID(line.call)).update(issue=issue)


def _written(line: Line, now: datetime) -> None:
    if line.call:
        return
    day = timezone.localdate(now)
    with transaction.atomic():
        call = Call.objects.create(
            organisation_id=line.organisation,
            appelant=line.appelant,
            week=monday_of(day),
        )
        forget_order(call)
    line.call = str(call.pk)

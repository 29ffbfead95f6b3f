"""What becomes of the files that a person follows when they leave an organisation."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail
from traitdunion.accounts.permissions import Permission, can

from ..models import Follower, Parcours
from .operations import trace


def hand_over(*, user: User, organisation: Organisation, by: User, now: datetime, **_: Any) -> None:
    """End what a person follows in an organisation where they may no longer follow anybody.

    Files that are left without an adviser are handed over to the organisation, which is written to.
    Runs in the transaction that takes the role away.
    """
    if can(user, Permission.FOLLOW, organisation):
        return
    following = Follower.objects.filter(parcours__organisation=organisation, user=user, until=None)
    left = [follower.parcours for follower in following.select_related("parcours__organisation")]
    following.update(until=now)
    for parcours in left:
        trace(by, parcours, Action.RETIRER, now)
    orphans = (
        Parcours.objects.of(organisation)
        .without_adviser()
        .filter(pk__in=[parcours.pk for parcours in left], closed_at=None)
    )
    references = sorted(parcours.reference for parcours in orphans)
    if not references:
        return
    text = render_to_string(
        "desk/followup/mails/depart.txt", {"organisation": organisation, "references": references}
    )
    for to in addresses_of(organisation):
        queue_mail(
            key=f"departure:{organisation.pk}:{user.pk}:{now.isoformat()}",
            to=to,
            subject=f"{len(references)} parcours sans conseiller",
            text=text,
            now=now,
            sender=Sender(by=by, organisation=organisation),
        )

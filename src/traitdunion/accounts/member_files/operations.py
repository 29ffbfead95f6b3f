"""Writes of a table of people: invitations of one moment, and taking them back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from .. import operations
from ..mails import link_of, send_invitation
from ..models import Invitation, Membership, Organisation, User
from ..permissions import Permission, check
from ..site import site_address
from .reading import PersonRow


def already_there(organisation: Organisation, rows: Sequence[PersonRow]) -> set[tuple[str, str]]:
    """Return the address and role of those of the rows that are members already."""
    held = Membership.objects.filter(
        organisation=organisation, user__email__in={row.email for row in rows}
    )
    return set(held.values_list("user__email", "role"))


@transaction.atomic
def invite_all(
    *, by: User, organisation: Organisation, rows: Sequence[PersonRow], now: datetime
) -> tuple[int, int]:
    """Invite the people of a table; return how many were, and how many were there or just invited.

    All carry the same moment, by which they are taken back together.
    """
    check(by, Permission.MANAGE_MEMBERS, organisation)
    n_sent = 0
    for row in rows:
        try:
            sent = operations.invite(
                by=by, organisation=organisation, email=row.email, role=row.role, now=now
            )
        except operations.AccountsError:
            continue
        send_invitation(sent, f"{site_address()}{link_of(sent)}", now=now)
        n_sent += 1
    return n_sent, len(rows) - n_sent


@transaction.atomic
def take_back(*, by: User, organisation: Organisation, sent_at: datetime, now: datetime) -> int:
    """Withdraw the invitations of one moment that still wait; return how many."""
    check(by, Permission.MANAGE_MEMBERS, organisation)
    rows = Invitation.objects.open(now).filter(
        organisation=organisation, invited_by=by, created_at=sent_at
    )
    invitations = list(rows)
    for invitation in invitations:
        operations.revoke_invitation(by=by, invitation=invitation, now=now)
    return len(invitations)

"""Reads of the accounts."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q, QuerySet

from .enums import Role
from .models import Access, Invitation, Membership, Organisation, ProviderIdentity, User
from .operations import hash_of

LINES_SHOWN = 200


def members_of(organisation: Organisation) -> list[tuple[User, list[Membership]]]:
    """Return the people of an organisation, each with their roles there."""
    rows = organisation.memberships.select_related("user").order_by("user__email", "role")
    return [(user, list(held)) for user, held in groupby(rows, lambda row: row.user)]


def with_second_factor(organisation: Organisation) -> set[int]:
    """Return the keys of the members of an organisation who set up a second factor."""
    theirs = Authenticator.objects.filter(user__memberships__organisation=organisation)
    return set(theirs.values_list("user_id", flat=True))


def linked_to_a_provider(organisation: Organisation) -> set[int]:
    """Return the keys of the members of an organisation who are linked to a provider."""
    theirs = ProviderIdentity.objects.filter(user__memberships__organisation=organisation)
    return set(theirs.values_list("user_id", flat=True))


def pending_invitations(organisation: Organisation, *, now: datetime) -> Sequence[Invitation]:
    """Return the invitations that can still be used, the latest first."""
    return list(Invitation.objects.open(now).filter(organisation=organisation))


def invitation_named(token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation of a link, if it can still be used."""
    rows = Invitation.objects.open(now).filter(token_hash=hash_of(token))
    return rows.select_related("organisation", "invited_by").first()


def roles_of(user: User) -> list[tuple[Organisation, list[Role]]]:
    """Return the organisations of a person, each with their roles there."""
    rows = user.memberships.select_related("organisation").order_by("organisation__nom", "role")
    return [
        (organisation, [Role(row.role) for row in held])
        for organisation, held in groupby(rows, lambda row: row.organisation)
    ]


def journal_of(organisation: Organisation) -> Sequence[Access]:
    """Return the latest lines of the journal of an organisation."""
    return list(organisation.accesses.select_related("user")[:LINES_SHOWN])


def organisations_of_the_site() -> QuerySet[Organisation]:
    """Return every organisation, with `n_administrators`, how many people administer it."""
    administrators = Count(
        "memberships",
        filter=Q(memberships__role=Role.ADMINISTRATEUR, memberships__user__is_active=True),
    )
    return Organisation.objects.annotate(n_administrators=administrators).order_by("nom")

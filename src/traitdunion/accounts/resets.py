"""Take away a second factor, or a link to a provider, that a person lost.

A password or a mailbox then opens the account. An administrator may do so at once only where they
answer for every organisation whose files the person reads. Elsewhere it is a request: the person
and the other organisations are warned, each may refuse, and it takes effect once all agree or after
three days.
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q, QuerySet

from . import mails
from .enums import Action
from .models import Membership, Organisation, SecurityReset, User
from .operations import AccountsError, record
from .permissions import NEEDS_SECOND_FACTOR, ROLES_OF, Permission, can, check

DELAY = timedelta(days=3)
Kind = SecurityReset.Kind
ROLES_THAT_READ_FILES = {
    role for permission in NEEDS_SECOND_FACTOR for role in ROLES_OF[permission]
}
DONE = {Kind.SECOND_FACTOR: Action.REMETTRE, Kind.IDENTITY: Action.DETACHER}


@transaction.atomic
def ask_reset(*, by: User, membership: Membership, kind: Kind, now: datetime) -> SecurityReset:
    """Reset at once where `by` answers for all that the person reads, else ask and warn.

    Returns the request, `ended_at` set where it took effect. Raises AccountsError where the person
    is `by`, has nothing to reset, or already waits for the same.
    """
    check(by, Permission.MANAGE_MEMBERS, membership.organisation)
    person = User.objects.select_for_update().get(pk=membership.user_id)
    if person == by:
        raise AccountsError("Ce n'est pas à vous de le faire : demandez à un autre administrateur.")
    if not _has(person, kind):
        raise AccountsError(f"{person} n'a {kind.nothing} : il n'y a rien à faire.")
    if person.security_resets.filter(kind=kind, ended_at=None).exists():
        raise AccountsError(f"Une demande attend déjà pour {person}.")
    reset = SecurityReset.objects.create(
        person=person,
        kind=kind,
        asked_by=by,
        organisation=membership.organisation,
        asked_at=now,
        due_at=now + DELAY,
    )
    others = [each for each in organisations_of_files(person) if not _answers_for(by, each)]
    if not others:
        _apply(reset, by=by, now=now)
        return reset
    for organisation in {membership.organisation, *others}:
        record(by=by, organisation=organisation, action=Action.DEMANDER, target=person, at=now)
    mails.warn_of_reset(reset, administrators=_administrators(others), now=now)
    return reset


@transaction.atomic
def agree(*, by: User, reset: SecurityReset, organisation: Organisation, now: datetime) -> bool:
    """Agree for an organisation whose files the person reads; return whether it took effect."""
    check(by, Permission.MANAGE_MEMBERS, organisation)
    reset = _open(reset)
    if by == reset.person:
        raise AccountsError("Ce n'est pas à vous de le faire : demandez à un autre administrateur.")
    if organisation not in organisations_of_files(reset.person):
        raise AccountsError(f"{reset.person} ne lit pas de dossiers de {organisation}.")
    reset.agreements.add(organisation)
    record(by=by, organisation=organisation, action=Action.ACCEPTER, target=reset, at=now)
    if waiting_for(reset):
        return False
    _apply(reset, by=by, now=now)
    return True


@transaction.atomic
def refuse(*, by: User, reset: SecurityReset, now: datetime) -> None:
    """Refuse a request: the person themselves, or who answers for files that they read."""
    reset = _open(reset)
    concerned = {reset.organisation, *organisations_of_files(reset.person)}
    if by != reset.person and not any(_answers_for(by, each) for each in concerned):
        check(by, Permission.MANAGE_MEMBERS, reset.organisation)
    reset.ended_at, reset.outcome = now, SecurityReset.Outcome.REFUSED
    reset.save(update_fields=["ended_at", "outcome"])
    for organisation in concerned:
        record(by=by, organisation=organisation, action=Action.REFUSER, target=reset, at=now)


def apply_due(*, now: datetime) -> int:
    """Apply the requests that were not refused in time; return how many."""
    open_ones = SecurityReset.objects.filter(ended_at=None, due_at__lte=now)
    due = list(open_ones.select_related("person", "asked_by"))
    for reset in due:
        with transaction.atomic():
            _apply(_open(reset), by=reset.asked_by, now=now)
    return len(due)


def organisations_of_files(person: User) -> list[Organisation]:
    """Return the organisations whose files, members or exports the roles of a person open."""
    held = person.memberships.filter(role__in=ROLES_THAT_READ_FILES)
    return list(Organisation.objects.filter(pk__in=held.values("organisation")))


def waiting_for(reset: SecurityReset) -> list[Organisation]:
    """Return the organisations whose agreement is missing."""
    agreed = set(reset.agreements.all())
    return [
        each
        for each in organisations_of_files(reset.person)
        if each not in agreed and not _answers_for(reset.asked_by, each)
    ]


def open_resets_for(organisation: Organisation) -> list[SecurityReset]:
    """Open requests about a person who reads files of an organisation, or asked by it."""
    rows = SecurityReset.objects.filter(ended_at=None)
    rows = rows.filter(Q(organisation=organisation) | Q(person__in=_read_files_of(organisation)))
    return list(rows.select_related("person", "organisation", "asked_by").order_by("due_at"))


def awaited_from(organisation: Organisation) -> set[int]:
    """Return the keys of the open requests that wait for the agreement of an organisation."""
    administrators = organisation.memberships.filter(
        role__in=ROLES_OF[Permission.MANAGE_MEMBERS], user__is_active=True
    )
    rows = SecurityReset.objects.filter(ended_at=None, person__in=_read_files_of(organisation))
    rows = rows.exclude(agreements=organisation)
    rows = rows.exclude(asked_by__isnull=False, asked_by__in=administrators.values("user"))
    return set(rows.values_list("pk", flat=True))


def _read_files_of(organisation: Organisation) -> QuerySet[Membership, Any]:
    """Return the people whose roles open the files of an organisation."""
    return organisation.memberships.filter(role__in=ROLES_THAT_READ_FILES).values("user")


def _answers_for(person: User | None, organisation: Organisation) -> bool:
    return can(person, Permission.MANAGE_MEMBERS, organisation)


def _administrators(organisations: list[Organisation]) -> list[tuple[User, Organisation]]:
    roles = ROLES_OF[Permission.MANAGE_MEMBERS]
    held = Membership.objects.filter(organisation__in=organisations, role__in=roles)
    return [(row.user, row.organisation) for row in held.select_related("user", "organisation")]


def _open(reset: SecurityReset) -> SecurityReset:
    """Lock a request; AccountsError where it is over."""
    row = SecurityReset.objects.select_for_update(of=("self",)).select_related("person")
    reset = row.get(pk=reset.pk)
    if reset.ended_at is not None:
        raise AccountsError("Cette demande est close : il n'y a rien à faire.")
    return reset


def _has(person: User, kind: Kind) -> bool:
    if kind == Kind.IDENTITY:
        return person.identities.exists()
    return Authenticator.objects.filter(user=person).exists()


def _apply(reset: SecurityReset, *, by: User | None, now: datetime) -> None:
    person = reset.person
    if reset.kind == Kind.IDENTITY:
        person.identities.all().delete()
    else:
        Authenticator.objects.filter(user=person).delete()
    reset.ended_at, reset.outcome = now, SecurityReset.Outcome.DONE
    reset.save(update_fields=["ended_at", "outcome"])
    for organisation in person.organisations.distinct():
        action = DONE[Kind(reset.kind)]
        record(by=by, organisation=organisation, action=action, target=person, at=now)
    mails.announce_reset(reset, now=now)

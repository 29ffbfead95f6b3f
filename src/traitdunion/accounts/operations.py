"""Writes of the accounts: organisations, invitations, members, the journal."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.text import slugify

from .enums import Action, Role
from .models import Access, Invitation, Membership, Organisation, User
from .permissions import Permission, check
from .signals import role_removed

INVITATION_VALID = timedelta(days=7)
# A button pressed twice, or a page sent again, invites once.
INVITED_ONCE_WITHIN = timedelta(minutes=2)


class AccountsError(ValueError):
    """The request cannot be done; the French message explains why and what to do."""


class AlreadyInvited(AccountsError):
    """The same invitation was made a moment ago; the caller may ignore it."""


class InvitationNotValid(AccountsError):
    """The link of an invitation was used, withdrawn, is out of date, or never was."""


class LastAdministrator(AccountsError):
    """An organisation keeps one administrator at least."""


@dataclass(frozen=True)
class Sent:
    """An invitation and the secret of its link, which is kept nowhere else."""

    invitation: Invitation
    token: str


def record(
    *,
    by: User | None,
    organisation: Organisation | None,
    action: Action,
    target: models.Model,
    at: datetime,
) -> Access:
    """Add a line to the journal; what may be erased gives another label than its words."""
    (line,) = record_all(by=by, organisation=organisation, action=action, targets=[target], at=at)
    return line


def record_all(
    *,
    by: User | None,
    organisation: Organisation | None,
    action: Action,
    targets: Iterable[models.Model],
    at: datetime,
) -> list[Access]:
    """Add a line to the journal for each target, in one statement: a list shows many."""
    return Access.objects.bulk_create(
        Access(
            at=at,
            user=by,
            organisation=organisation,
            action=action,
            target_type=target._meta.model_name or "",
            target_id=str(target.pk),
            target_label=str(getattr(target, "journal_label", target))[:160],
        )
        for target in targets
    )


@transaction.atomic
def create_organisation(
    *, slug: str, nom: str, now: datetime, by: User | None = None
) -> Organisation:
    """Create an organisation without members; `by`: None for the operator of the machine."""
    organisation = Organisation(slug=slug, nom=nom)
    try:
        organisation.full_clean()
    except ValidationError as wrong:
        raise AccountsError(" ".join(wrong.messages)) from wrong
    organisation.save(force_insert=True)
    record(by=by, organisation=organisation, action=Action.CREER, target=organisation, at=now)
    return organisation


@transaction.atomic
def found_organisation(
    *, by: User, organisation: Organisation, nom: str, administrator: str, now: datetime
) -> Sent:
    """Create another organisation, for one's own, and invite its first administrator.

    Who creates it gets no role there: what it keeps is for its own people. Raises AccountsError
    where an organisation of that name is there.
    """
    check(by, Permission.CREATE_ORGANISATIONS, organisation)
    nom = " ".join(nom.split())
    slug = slugify(nom)[:60].strip("-")
    if Organisation.objects.filter(Q(pk=slug) | Q(nom__iexact=nom)).exists():
        raise AccountsError(f"« {nom} » est déjà là : demandez un rôle à son administrateur.")
    created = create_organisation(slug=slug, nom=nom, now=now, by=by)
    record(by=by, organisation=organisation, action=Action.CREER, target=created, at=now)
    return invite(
        by=None, organisation=created, email=administrator, role=Role.ADMINISTRATEUR, now=now
    )


@transaction.atomic
def invite(
    *,
    by: User | None,
    organisation: Organisation,
    email: str,
    role: Role,
    now: datetime,
    token: str | None = None,
) -> Sent:
    """Invite an address to a role; a former invitation to the same role is withdrawn.

    `by`: None for the operator of the machine. `token`: the secret, drawn at random if not given.
    Raises AccountsError where the person holds the role already, AlreadyInvited where the same
    invitation was made a moment ago.
    """
    if by is not None:
        check(by, Permission.MANAGE_MEMBERS, organisation)
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # of two at once, one waits
    email = email.strip().lower()
    if Membership.objects.filter(organisation=organisation, role=role, user__email=email).exists():
        raise AccountsError(f"{email} a déjà ce rôle : il n'y a rien à faire.")
    former = Invitation.objects.open(now).filter(organisation=organisation, email=email, role=role)
    if by is not None and former.filter(created_at__gt=now - INVITED_ONCE_WITHIN).exists():
        raise AlreadyInvited(f"{email} vient d'être invité : rien de plus n'est envoyé.")
    former.update(revoked_at=now)
    token = token or secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        role=role,
        token_hash=hash_of(token),
        invited_by=by,
        created_at=now,
        expires_at=now + INVITATION_VALID,
    )
    record(by=by, organisation=organisation, action=Action.INVITER, target=invitation, at=now)
    return Sent(invitation, token)


@transaction.atomic
def save_contact(*, by: User, row: User | Organisation, now: datetime, **fields: str) -> None:
    """Change the name and telephone of the person themselves, or the contact of an organisation."""
    if isinstance(row, User):
        if row.pk != by.pk:
            raise PermissionDenied("Chacun change ses propres coordonnées.")
    else:
        check(by, Permission.MANAGE_MEMBERS, row)
        record(by=by, organisation=row, action=Action.MODIFIER, target=row, at=now)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=[*fields])


def hash_of(token: str) -> str:
    """Return what is kept of a secret: it is long and random, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def revoke_invitation(*, by: User, invitation: Invitation, now: datetime) -> None:
    """Withdraw an invitation that was not used."""
    check(by, Permission.MANAGE_MEMBERS, invitation.organisation)
    if not Invitation.objects.open(now).filter(pk=invitation.pk).update(revoked_at=now):
        raise AccountsError("Cette invitation n'est plus en attente : il n'y a rien à retirer.")
    record(
        by=by,
        organisation=invitation.organisation,
        action=Action.RETIRER,
        target=invitation,
        at=now,
    )


@transaction.atomic
def accept_invitation(
    *, token: str, now: datetime, by: User | None = None, nom: str = "", password: str = ""
) -> User:
    """Use an invitation: by the person it names, signed in, else by creating their account.

    Raises InvitationNotValid; AccountsError when the address has an account and its owner is not
    the one signed in; ValidationError when the password is too weak.
    """
    open_ones = Invitation.objects.open(now).filter(token_hash=hash_of(token))
    invitation = open_ones.select_related("organisation").first()
    # The update alone decides: of two who use the link at once, one changes a row.
    if invitation is None or not open_ones.update(accepted_at=now):
        raise InvitationNotValid(
            "Cette invitation a déjà servi, a été retirée ou n'est plus valable. "
            "Demandez-en une nouvelle à votre organisation."
        )
    user = _invited(invitation, by, nom, password)
    give_role(user, invitation, now=now)
    return user


def give_role(user: User, invitation: Invitation, *, now: datetime) -> None:
    """Give the role that an invitation offers, and record that it is accepted."""
    organisation = invitation.organisation
    Membership.objects.get_or_create(user=user, organisation=organisation, role=invitation.role)
    record(by=user, organisation=organisation, action=Action.ACCEPTER, target=invitation, at=now)


def _invited(invitation: Invitation, by: User | None, nom: str, password: str) -> User:
    known = User.objects.filter(email=invitation.email).first()
    if known is not None:
        if by != known:
            raise AccountsError(
                f"{invitation.email} a déjà un compte : connectez-vous avec, puis ouvrez de "
                "nouveau le lien de l'invitation."
            )
        return known
    if by is not None:
        raise AccountsError(
            f"Cette invitation est pour {invitation.email} : déconnectez-vous d'abord."
        )
    user = User(email=invitation.email, nom=nom.strip())
    validate_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    # The link came by e-mail: who opens it reads that address.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def remove_member(*, by: User, membership: Membership, now: datetime) -> None:
    """Take a role away; LastAdministrator where no administrator would be left."""
    organisation = membership.organisation
    check(by, Permission.MANAGE_MEMBERS, organisation)
    administrators = Membership.objects.select_for_update().filter(
        organisation=organisation, role=Role.ADMINISTRATEUR
    )
    if membership.role == Role.ADMINISTRATEUR and len(administrators) == 1:
        raise LastAdministrator(
            "C'est le dernier administrateur : donnez d'abord ce rôle à quelqu'un d'autre."
        )
    record(by=by, organisation=organisation, action=Action.RETIRER, target=membership, at=now)
    membership.delete()
    role_removed.send(Membership, user=membership.user, organisation=organisation, by=by, now=now)


@transaction.atomic
def load_demonstration(content: dict[str, Any], *, password: str) -> None:
    """Load fictitious organisations and people, all with the same password, drawn at each set-up.

    The same content twice changes nothing but the password. A person who is not of demonstration
    is left alone.
    """
    for slug, nom in content["organisations"].items():
        Organisation.objects.update_or_create(
            slug=slug, defaults={"nom": nom, "demonstration": True}
        )
    hashed = ""
    for email, person in content["personnes"].items():
        user, _ = User.objects.get_or_create(
            email=email, defaults={"nom": person["nom"], "demonstration": True}
        )
        if not user.demonstration:
            continue
        if not hashed:
            user.set_password(password)
            hashed = user.password
        # One hash for all: it is meant to be slow, and these people are one fiction.
        User.objects.filter(pk=user.pk).update(password=hashed, nom=person["nom"])
        EmailAddress.objects.get_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
        for slug, roles in person["roles"].items():
            for role in roles:
                Membership.objects.get_or_create(user=user, organisation_id=slug, role=Role(role))

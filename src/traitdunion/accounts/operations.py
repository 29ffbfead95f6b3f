"""Writes of the accounts: organisations, invitations, members, the journal."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction

from .enums import Action, Role
from .models import Access, Invitation, Membership, Organisation, ProviderIdentity, User
from .openid import Identity
from .permissions import Permission, check

INVITATION_VALID = timedelta(days=7)


class AccountsError(ValueError):
    """What was asked cannot be done; the message says why and what to do, in French."""


class InvitationNotValid(AccountsError):
    """The link of an invitation was used, withdrawn, is out of date, or never was."""


class IdentityRefused(AccountsError):
    """Whoever comes back from the provider is nobody here; the message is the reason, one word."""


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
    """Add a line to the journal."""
    return Access.objects.create(
        at=at,
        user=by,
        organisation=organisation,
        action=action,
        target_type=target._meta.model_name or "",
        target_id=str(target.pk),
        target_label=str(target)[:160],
    )


@transaction.atomic
def create_organisation(*, slug: str, nom: str, now: datetime) -> Organisation:
    """A new organisation, by whoever runs the machine; it has no member yet."""
    organisation = Organisation(slug=slug, nom=nom)
    try:
        organisation.full_clean()
    except ValidationError as wrong:
        raise AccountsError(" ".join(wrong.messages)) from wrong
    organisation.save(force_insert=True)
    record(by=None, organisation=organisation, action=Action.CREER, target=organisation, at=now)
    return organisation


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

    `by`: None for whoever runs the machine. `token`: the secret, drawn at random if not given.
    Raises AccountsError where the person holds the role already.
    """
    if by is not None:
        check(by, Permission.MANAGE_MEMBERS, organisation)
    email = email.strip().lower()
    if Membership.objects.filter(organisation=organisation, role=role, user__email=email).exists():
        raise AccountsError(f"{email} a déjà ce rôle : il n'y a rien à faire.")
    former = Invitation.objects.open(now).filter(organisation=organisation, email=email, role=role)
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


def hash_of(token: str) -> str:
    """What is kept of a secret. It is long and random: a plain hash cannot be guessed back."""
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

    Raises InvitationNotValid; AccountsError when the address has an account and nobody or somebody
    else is signed in; ValidationError when the password is too weak.
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
    Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, role=invitation.role
    )
    record(
        by=user,
        organisation=invitation.organisation,
        action=Action.ACCEPTER,
        target=invitation,
        at=now,
    )
    return user


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
    # The link came by e-mail: whoever holds it reads that address.
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def remove_member(*, by: User, membership: Membership, now: datetime) -> None:
    """Take a role away; LastAdministrator where nobody would be left to give roles."""
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


@transaction.atomic
def reset_second_factor(*, by: User, membership: Membership, now: datetime) -> User:
    """Forget the application, the keys and the codes of somebody who lost them.

    An administrator vouches for the person, never for themselves. Each organisation of the person
    reads it in its journal. Raises AccountsError where there is nothing to forget.
    """
    check(by, Permission.MANAGE_MEMBERS, membership.organisation)
    person = membership.user
    if person == by:
        raise AccountsError(
            "Vous ne pouvez pas réinitialiser la vôtre : demandez à un autre administrateur."
        )
    if not Authenticator.objects.filter(user=person).delete()[0]:
        raise AccountsError(f"{person} n'a pas de double vérification : il n'y a rien à faire.")
    for organisation in person.organisations.distinct():
        record(
            by=by,
            organisation=organisation,
            action=Action.REMETTRE,
            target=person,
            at=now,
        )
    return person


@transaction.atomic
def person_of(identity: Identity, *, vouched: bool, now: datetime) -> User:
    """The person of an identity, linked the first time by the address the provider vouches for.

    Afterwards `sub` alone tells who it is. Whoever has no account gets one if they are invited,
    never otherwise. Raises IdentityRefused: `unknown`, `unverified`, `changed` (another identity
    came with an address already linked), `inactive`.
    """
    linked = ProviderIdentity.objects.filter(issuer=identity.issuer, sub=identity.sub)
    known = linked.select_related("user").first()
    user = known.user if known else _newly_linked(identity, vouched, now)
    if not user.is_active:
        raise IdentityRefused("inactive")
    return user


def _newly_linked(identity: Identity, vouched: bool, now: datetime) -> User:
    email = identity.email.strip().lower()
    # Other alphabets have letters that become ours in lower case: they are other addresses.
    if not vouched or not identity.email.isascii():
        raise IdentityRefused("unverified")
    user = User.objects.filter(email=email).first() or _welcomed(email, identity.nom, now)
    if user.identities.filter(issuer=identity.issuer).exists():
        raise IdentityRefused("changed")
    ProviderIdentity.objects.create(
        user=user, issuer=identity.issuer, sub=identity.sub, linked_at=now
    )
    for organisation in user.organisations.distinct():
        record(by=user, organisation=organisation, action=Action.RELIER, target=user, at=now)
    return user


def _welcomed(email: str, nom: str, now: datetime) -> User:
    """An account without a password, with the roles that this address is invited to."""
    invitations = list(Invitation.objects.open(now).filter(email=email))
    if not invitations:
        raise IdentityRefused("unknown")
    user = User.objects.create_user(email, nom=nom)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    for one in invitations:
        if Invitation.objects.open(now).filter(pk=one.pk).update(accepted_at=now):
            Membership.objects.create(user=user, organisation=one.organisation, role=one.role)
            record(
                by=user, organisation=one.organisation, action=Action.ACCEPTER, target=one, at=now
            )
    return user


@transaction.atomic
def forget_identity(*, by: User, membership: Membership, now: datetime) -> User:
    """Detach somebody from the provider, so that their next identity there is linked anew.

    An administrator vouches for the person, never for themselves. Each organisation of the person
    reads it in its journal. Raises AccountsError where nothing is linked.
    """
    check(by, Permission.MANAGE_MEMBERS, membership.organisation)
    person = membership.user
    if person == by:
        raise AccountsError(
            "Vous ne pouvez pas détacher votre propre compte : demandez à un autre administrateur."
        )
    if not person.identities.all().delete()[0]:
        raise AccountsError(
            f"Le compte de {person} n'est relié à aucun fournisseur : il n'y a rien à faire."
        )
    for organisation in person.organisations.distinct():
        record(by=by, organisation=organisation, action=Action.DETACHER, target=person, at=now)
    return person


@transaction.atomic
def load_demonstration(content: dict[str, Any], *, password: str) -> None:
    """Fictitious organisations and people, all with the same password, drawn at each set-up.

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

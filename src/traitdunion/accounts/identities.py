"""Link the identities of an OpenID Connect provider to accounts."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from .enums import Action
from .mails import announce_change
from .models import Invitation, ProviderIdentity, User
from .openid.protocol import Identity
from .operations import AccountsError, give_role, record


class IdentityRefused(AccountsError):
    """The identity that comes back from the provider has no account; the message is one word."""


@transaction.atomic
def person_of(identity: Identity, *, vouched: bool, device: str, now: datetime) -> User:
    """Return the person of an identity, linked first by the address the provider vouches for.

    Afterwards `sub` alone identifies them. An account is created for an invited address only.
    The link is announced to the address of the account; `device` is what signed in.

    Raises IdentityRefused: `unknown`, `unverified`, `changed` (another identity
    came with an address already linked), `inactive`.
    """
    linked = ProviderIdentity.objects.filter(issuer=identity.issuer, sub=identity.sub)
    known = linked.select_related("user").first()
    user = known.user if known else _newly_linked(identity, vouched, device, now)
    if not user.is_active:
        raise IdentityRefused("inactive")
    return user


def _newly_linked(identity: Identity, vouched: bool, device: str, now: datetime) -> User:
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
    announce_change(user, "openid/linked", device=device, now=now)
    return user


def _welcomed(email: str, nom: str, now: datetime) -> User:
    """Create an account without a password, with the roles that this address is invited to."""
    invitations = list(Invitation.objects.open(now).filter(email=email))
    if not invitations:
        raise IdentityRefused("unknown")
    user = User.objects.create_user(email, nom=nom)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    for invitation in invitations:
        if Invitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now):
            give_role(user, invitation, now=now)
    return user

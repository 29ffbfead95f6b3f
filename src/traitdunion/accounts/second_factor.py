"""The second factor: whether an account has one, and whether this session gave it.

An account that has one proves nothing of a session opened before it was set up, or by a provider:
what counts is how this session signed in, as django-allauth records it.
"""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from . import sealing
from .models import Membership, Organisation, User
from .permissions import NEEDS_SECOND_FACTOR, ROLES_OF, Permission

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SealingAdapter(DefaultMFAAdapter):
    """Encrypts the secrets of django-allauth."""

    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text)


def has_one(person: User) -> bool:
    """Return whether an application or a key is asked of this person at sign-in."""
    return is_mfa_enabled(person, FACTORS)


def given_in(request: HttpRequest) -> bool:
    """Return whether this session gave a second factor: its own, still there, or a provider's."""
    records = get_authentication_records(request, request.user)
    if any(row["method"] == "openid" and row.get("second_factor") for row in records):
        return True
    return any(row["method"] == "mfa" for row in records) and has_one(request.user)


def is_missing(request: HttpRequest, permission: Permission, organisation: Organisation) -> bool:
    """Return whether this session has to give a second factor before this permission is used.

    The fictitious people of the demonstration are exempt, among fictitious organisations only.
    """
    if not settings.TRAITDUNION_MFA_REQUIRED or permission not in NEEDS_SECOND_FACTOR:
        return False
    if request.user.demonstration and organisation.demonstration:
        return False
    return not given_in(request)


def must_be_set_up(request: HttpRequest) -> bool:
    """Return whether a role of this person asks for a second factor they have nowhere."""
    person = request.user
    roles = {role for permission in NEEDS_SECOND_FACTOR for role in ROLES_OF[permission]}
    held = Membership.objects.filter(user=person, role__in=roles)
    if person.demonstration:
        held = held.filter(organisation__demonstration=False)
    is_asked = settings.TRAITDUNION_MFA_REQUIRED and held.exists()
    return is_asked and not has_one(person) and not given_in(request)


def ask_for_it(request: HttpRequest) -> HttpResponseRedirect:
    """Send a person to set up a second factor, or to give the one they have and come back."""
    if not has_one(request.user):
        return redirect("mfa_index")
    reading = request.method in ("GET", "HEAD")
    then = request.get_full_path() if reading else reverse("accounts:home")
    by_code = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    page = reverse("mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn")
    return redirect(f"{page}?{urlencode({'next': then})}")


def remember_what_was_just_set_up(
    request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    """Record that this session proved the application or the key it has just set up."""
    if authenticator.type in FACTORS:
        record_authentication(
            request, user, "mfa", id=authenticator.pk, type=str(authenticator.type)
        )


@transaction.atomic
def reseal_second_factors() -> int:
    """Re-encrypt every secret of second factors with the first phrase; return how many rows.

    To be run once a new phrase stands first; the former may go afterwards.
    """
    rows = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).select_for_update()
    for authenticator in rows:
        authenticator.data = sealing.with_secrets_changed(authenticator.data, sealing.reseal)
        authenticator.save(update_fields=["data"])
    return len(rows)

"""How django-allauth behaves here: invitations only, an early second factor, fair limits."""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from . import devices, limits, second_factor
from .devices import browser_name
from .mails import announce_change, answers_for
from .outbox.operations import Sender, queue_mail

# Wrong passwords for one account: from a browser it was used on, from one unknown address, from
# all unknown browsers together. Guesses made elsewhere reach the last two alone.
KNOWN_DEVICE = "10/300s/key"
UNKNOWN_DEVICE = "5/300s/key,20/m/ip"
ALL_UNKNOWN = "100/h/key"


NO_ACCOUNT = "account/email/unknown_account"


class Adapter(DefaultAccountAdapter):
    """What django-allauth asks of us about accounts."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": (
            "Trop d'essais : attendez cinq minutes, ou choisissez « Mot de passe oublié »."
        ),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt, given back if the password is right; refuse it beyond the rates."""
        self._attempts: list[Any] = []
        for action, rates, key in _attempt_counters(request, credentials):
            usage = limits.count(request, action, rates, key=key)
            if usage is None:
                # A refused attempt uses up nothing, or refusals would prolong themselves.
                self._rollback_login_failed_rl_usage()
                raise self.validation_error("too_many_login_attempts")
            self._attempts.append(usage)

    def _rollback_login_failed_rl_usage(self) -> None:
        for usage in self._attempts:
            usage.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Start the counts again for a person who proved, by a new password, that they are it."""
        for action, rates, key in _attempt_counters(request, credentials):
            if key:
                limits.forget(request, action, rates, key=key)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if second_factor.must_be_set_up(request):
            return reverse("mfa_index")
        return super().get_login_redirect_url(request)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Announce a change of password or of second factor to the person, in our words."""
        announce_change(
            user,
            template_prefix,
            device=browser_name(self.get_http_user_agent(self.request)),
            now=timezone.now(),
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the message like any other, so that a slow mail server does not slow the page.

        An address without an account gets nothing: its message is written, then taken back in the
        same transaction, so that the time a page takes does not reveal who has an account.
        """
        request = allauth_context.request
        base = {"request": request, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, base | context)
        now, asker = timezone.now(), context.get("user")
        digest = hashlib.sha256(message.body.encode()).hexdigest()[:16]
        with transaction.atomic():
            queued = queue_mail(
                key=f"{template_prefix}:{now:%Y-%m-%dT%H:%M}:{digest}",
                to=email,
                subject=message.subject,
                text=message.body,
                sender=Sender(organisation=answers_for(asker) if asker else None),
                now=now,
            )
            if template_prefix == NO_ACCOUNT:
                queued.delete()


def _attempt_counters(
    request: HttpRequest, credentials: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Return the counters that an attempt to sign in adds to: action, rates, key."""
    email = str(credentials.get("email", "")).strip().lower()
    if device := devices.device_of(request, email):
        return [("sign in, known device", KNOWN_DEVICE, f"{email} {device}")]
    return [
        ("sign in", UNKNOWN_DEVICE, f"{email} {limits.address_of(request)}"),
        ("sign in, all", ALL_UNKNOWN, email),
    ]

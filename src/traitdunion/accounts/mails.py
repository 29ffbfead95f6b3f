"""Messages of the accounts. Call them in the transaction of the deed that they announce."""

from collections.abc import Iterable
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from .models import Organisation, OutgoingMessage, SecurityReset, User
from .operations import Sent
from .outbox.operations import Sender, queue_mail
from .site import site_address


def link_of(sent: Sent) -> str:
    """Return the path of the page where an invitation is used."""
    return reverse("accounts:invitation", kwargs={"token": sent.token})


def send_invitation(sent: Sent, url: str, *, now: datetime) -> OutgoingMessage:
    """Queue the link of an invitation for its address."""
    invitation = sent.invitation
    return queue_mail(
        key=f"invitation:{invitation.pk}",
        to=invitation.email,
        subject=f"Invitation de {invitation.organisation.nom}",
        text=render_to_string(
            "accounts/invitation_mail.txt", {"invitation": invitation, "url": url}
        ),
        now=now,
        sender=Sender(by=invitation.invited_by, organisation=invitation.organisation),
    )


def warn_of_reset(
    reset: SecurityReset, *, administrators: Iterable[tuple[User, Organisation]], now: datetime
) -> None:
    """Warn the person and the other organisations of a reset that takes effect unless refused."""
    home = f"{site_address()}{reverse('accounts:home')}"
    _send_about(reset, reset.person, "accounts/reset_asked_mail.txt", home, now)
    for administrator, organisation in administrators:
        path = reverse("accounts:members", kwargs={"organisation": organisation.slug})
        url = f"{site_address()}{path}"
        if administrator != reset.person:
            _send_about(reset, administrator, "accounts/reset_to_agree_mail.txt", url, now)


def announce_reset(reset: SecurityReset, *, now: datetime) -> OutgoingMessage:
    """Warn a person that what they sign in with was taken away, in case they did not ask."""
    return _send_about(reset, reset.person, "accounts/reset_done_mail.txt", "", now)


def _send_about(
    reset: SecurityReset, to: User, template: str, url: str, now: datetime
) -> OutgoingMessage:
    return queue_mail(
        key=f"{template}:{reset.pk}",
        to=to.email,
        subject=f"Votre {reset.get_kind_display()}"
        if to == reset.person
        else f"Demande au sujet de {reset.person}",
        text=render_to_string(template, {"reset": reset, "url": url}),
        now=now,
        sender=Sender(by=reset.asked_by, organisation=reset.organisation),
    )


CHANGES = {
    "account/email/password_changed": "votre mot de passe a été changé",
    "account/email/password_set": "un mot de passe a été choisi pour votre compte",
    "account/email/password_reset": "votre mot de passe a été remplacé par le lien d'un message",
    "mfa/email/totp_activated": "une application de codes a été ajoutée à votre compte",
    "mfa/email/totp_deactivated": "l'application de codes a été retirée de votre compte",
    "mfa/email/recovery_codes_generated": "de nouveaux codes de secours ont été tirés",
    "mfa/email/webauthn_added": "une clé a été ajoutée à votre compte",
    "mfa/email/webauthn_removed": "une clé a été retirée de votre compte",
    "openid/linked": "un compte du fournisseur d'identité a été relié au vôtre, et l'ouvre",
}
"""French for each change of security; but for `openid/`, the names are those of django-allauth."""


def announce_change(person: User, change: str, *, device: str, now: datetime) -> OutgoingMessage:
    """Announce to a person a change of what they sign in with. `change`: a key of CHANGES."""
    context = {
        "change": CHANGES[change],
        "device": device,
        "now": now,
        "url": f"{site_address()}{reverse('account_reset_password')}",
    }
    return queue_mail(
        key=f"{change}:{person.pk}:{now.isoformat()}",
        to=person.email,
        subject="Un changement sur votre compte",
        text=render_to_string("accounts/security_changed_mail.txt", context),
        sender=Sender(organisation=answers_for(person)),
        now=now,
    )


def answers_for(person: User) -> Organisation | None:
    """Return the organisation that answers what an account writes back; None where it has none."""
    return person.organisations.order_by("nom").first()

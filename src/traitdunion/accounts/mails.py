"""Messages that the accounts send."""

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from .models import User
from .operations import Sent


def link_of(sent: Sent) -> str:
    """Path of the page where an invitation is used."""
    return reverse("accounts:invitation", kwargs={"token": sent.token})


def send_invitation(sent: Sent, url: str) -> None:
    """Send the link of an invitation to its address."""
    context = {"invitation": sent.invitation, "url": url}
    send_mail(
        subject=f"Invitation de {sent.invitation.organisation.nom}",
        message=render_to_string("accounts/invitation_mail.txt", context),
        from_email=None,
        recipient_list=[sent.invitation.email],
    )


def tell_second_factor_reset(person: User, *, by: User) -> None:
    """Warn somebody that an administrator forgot their second factor, in case they did not ask."""
    send_mail(
        subject="Votre double vérification est à refaire",
        message=render_to_string("accounts/second_factor_reset_mail.txt", {"by": by}),
        from_email=None,
        recipient_list=[person.email],
    )

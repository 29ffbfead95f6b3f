"""Messages of the follow-up: nothing of a person in them, neither in the subject nor in the text.

Each is kept in the log of messages, whether it left or not; `site` is the address of the site
without its last slash.
"""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.models import Organisation, User

from ..enums import Courrier, StatutOrientation
from ..models import Orientation, SentMail
from .orientations import Sent

logger = logging.getLogger(__name__)

SUBJECTS = {
    Courrier.ENVOI: "Une orientation attend votre réponse",
    Courrier.RELANCE: "Rappel : une orientation attend votre réponse",
    Courrier.REPONSE: "Une structure a répondu à votre orientation",
    Courrier.EXPIRATION: "Une orientation a expiré sans réponse",
    Courrier.SUIVI: "Un point de suivi est à faire",
    Courrier.LISTE: "Une personne est sur votre liste d'attente",
    Courrier.PLACE: "Une place est venue sur une liste d'attente",
    Courrier.RETRAIT: "Une orientation est retirée",
    Courrier.VEILLE: "Des recherches surveillées ont une réponse",
}


def send_link(sent: Sent, *, kind: Courrier, site: str, now: datetime) -> SentMail:
    """Send its link to the structure."""
    url = site + reverse("followup:answer", kwargs={"token": sent.token})
    orientation = sent.orientation
    expires_at = orientation.links.latest("created_at", "pk").expires_at
    return _send(orientation, kind, orientation.sent_to, now, url=url, expires_at=expires_at)


def tell_withdrawn(orientation: Orientation, *, now: datetime) -> SentMail | None:
    """Tell the structure that it is no longer asked; None where it had not been written to."""
    if not orientation.sent_to:
        return None
    return _send(orientation, Courrier.RETRAIT, orientation.sent_to, now)


def tell_answered(orientation: Orientation, *, site: str, now: datetime) -> list[SentMail]:
    """Tell those who follow the person what the structure answered; a place that came says so."""
    came = orientation.statut == StatutOrientation.ACCEPTEE and orientation.listed_at is not None
    kind = Courrier.PLACE if came else Courrier.REPONSE
    return tell_followers(orientation, kind=kind, site=site, now=now)


def tell_followers(
    orientation: Orientation, *, kind: Courrier, site: str, now: datetime
) -> list[SentMail]:
    """Tell those who follow the person what became of an orientation."""
    url = site + reverse("followup:orientation", kwargs={"pk": orientation.pk})
    followers = orientation.parcours.followers.filter(until=None, user__is_active=True)
    return [
        _send(orientation, kind, one.user.email, now, url=url)
        for one in followers.select_related("user")
    ]


def tell_appeared(
    user: User, organisation: Organisation, count: int, *, site: str, now: datetime
) -> SentMail:
    """Tell somebody that answers appeared to searches they watch: how many, and where to look."""
    kind = Courrier.VEILLE
    url = site + reverse("followup:morning", kwargs={"organisation": organisation.pk})
    context = {"count": count, "organisation": organisation, "url": url}
    text = render_to_string(f"desk/followup/mails/{kind.value}.txt", context)
    error = _leave(SUBJECTS[kind], text, user.email)
    return SentMail.objects.create(
        organisation=organisation, kind=kind, to=user.email, subject=SUBJECTS[kind], at=now,
        error=error,
    )  # fmt: skip


def _send(
    orientation: Orientation, kind: Courrier, to: str, now: datetime, **context: object
) -> SentMail:
    subject = f"{SUBJECTS[kind]} (réf. {orientation.parcours.reference})"
    text = render_to_string(
        f"desk/followup/mails/{kind.value}.txt", {"orientation": orientation, **context}
    )
    error = _leave(subject, text, to)
    return SentMail.objects.create(
        orientation=orientation, kind=kind, to=to, subject=subject, at=now, error=error
    )


def _leave(subject: str, text: str, to: str) -> str:
    """Send a message; what was missing where it could not leave, else ""."""
    try:
        send_mail(subject, text, None, [to])
    except (OSError, SMTPException) as wrong:
        # Whoever answers or orients is not stopped by the mail server: the log shows it.
        logger.warning("Message non envoyé : %s", subject)
        return f"{type(wrong).__name__} : {wrong}"[:200]
    return ""

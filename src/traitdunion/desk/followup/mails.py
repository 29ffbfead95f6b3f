"""Messages of the follow-up: nothing of a person in them, neither in the subject nor in the text.

Those to the person followed name the structure and what was asked of it; they leave only where the
words that the person agreed to include that they are written to.

Call these in the transaction of the deed that they announce. Each message is kept in the log of
the organisation, with what became of it; `site` is the address of the site without its last slash.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.models import Organisation, OutgoingMessage, User
from traitdunion.accounts.outbox.operations import Sender, addresses_of, drop_waiting, queue_mail

from ..enums import Courrier, StatutOrientation
from ..models import CheckPoint, Orientation, Parcours, SavedSearch, SentMail
from .operations import WRITTEN_TO
from .orientations import Sent
from .replies import ACCEPT, LIST, REFUSE

SUBJECTS = {
    Courrier.ENVOI: "Une orientation attend votre réponse",
    Courrier.RELANCE: "Rappel : une orientation attend votre réponse",
    Courrier.REPONSE: "Une structure a répondu à votre orientation",
    Courrier.EXPIRATION: "Une orientation a expiré sans réponse",
    Courrier.SUIVI: "Un point de suivi est à faire",
    Courrier.LISTE: "Une personne est sur votre liste d'attente",
    Courrier.PLACE: "Une place s'est libérée sur une liste d'attente",
    Courrier.RETRAIT: "Une orientation est retirée",
    Courrier.VEILLE: "Des recherches surveillées ont une réponse",
    Courrier.DATE: "Une structure propose une date",
    Courrier.RELIRE: "Une demande que vous avez acceptée, à relire",
    Courrier.PERSONNE: "Des nouvelles de votre demande",
}


REPLIES = (("Nous acceptons", ACCEPT), ("Liste d'attente", LIST), ("Nous refusons", REFUSE))
"""Answers that the message offers as links; each opens the page, where it is confirmed."""


def send_link(sent: Sent, *, kind: Courrier, site: str, now: datetime) -> SentMail:
    """Queue its link for the structure; the adviser reads the replies."""
    url = site + reverse("followup:answer", kwargs={"token": sent.token})
    orientation = sent.orientation
    link = orientation.links.latest("created_at", "pk")
    context = {"url": url, "expires_at": link.expires_at, "choices": REPLIES}
    return _to_structure(orientation, kind, f"link:{link.token_hash}", now, context)


def is_written_to(parcours: Parcours) -> bool:
    """Return whether the person gave an address and agreed to be written to."""
    return bool(parcours.courriel) and WRITTEN_TO in parcours.agreed_text


def write_to_person(orientation: Orientation, *, deed: str, now: datetime) -> SentMail | None:
    """Queue for the person where their request stands; None where they did not agree to it.

    `deed` names what is announced, which is said once to one address.
    """
    parcours = orientation.parcours
    if not is_written_to(parcours):
        return None
    adviser = adviser_of(orientation)
    return _queue(orientation, Courrier.PERSONNE, parcours.courriel, f"person:{deed}", now,
                  {"adviser": adviser}, by=adviser)  # fmt: skip


def announce_withdrawal(orientation: Orientation, *, now: datetime) -> SentMail | None:
    """Queue a message that the structure is no longer asked; None if it was never written to.

    Links that still wait to be sent are dropped: they open nothing any more.
    """
    if not orientation.sent_to:
        return None
    drop_waiting(f"orientation:{orientation.pk}:link:", now=now)
    return _to_structure(orientation, Courrier.RETRAIT, "withdrawal", now, {})


def announce_answer(orientation: Orientation, *, site: str, now: datetime) -> list[SentMail]:
    """Queue the answer of the structure for those who follow the person.

    A place found or awaited is announced to the person as well; a refusal is for the adviser, who
    has another way to propose.
    """
    if orientation.statut in (StatutOrientation.ACCEPTEE, StatutOrientation.EN_ATTENTE):
        write_to_person(orientation, deed=f"answer:{now.isoformat()}", now=now)
    came = orientation.statut == StatutOrientation.ACCEPTEE and orientation.listed_at is not None
    kind = Courrier.PLACE if came else Courrier.REPONSE
    deed = f"answer:{now.isoformat()}"
    return _to_followers(orientation, kind, deed, site=site, now=now)


def announce_date(orientation: Orientation, *, site: str, now: datetime) -> list[SentMail]:
    """Queue the date proposed by the structure for those who follow the person, and for them."""
    deed = f"date:{now.isoformat()}"
    write_to_person(orientation, deed=deed, now=now)
    return _to_followers(orientation, Courrier.DATE, deed, site=site, now=now)


def announce_expiry(orientation: Orientation, *, site: str, now: datetime) -> list[SentMail]:
    """Queue the news that a structure never answered for those who follow the person."""
    return _to_followers(orientation, Courrier.EXPIRATION, "expiry", site=site, now=now)


def ask_for_checkpoint(point: CheckPoint, *, site: str, now: datetime) -> list[SentMail]:
    """Queue the request for news of a solution that started, for those who follow the person."""
    deed = f"checkpoint:{point.month}"
    return _to_followers(point.orientation, Courrier.SUIVI, deed, site=site, now=now)


def announce_found(
    user: User, organisation: Organisation, rows: Iterable[SavedSearch], *, site: str, now: datetime
) -> SentMail:
    """Queue for a person how many of the searches they watch found an answer, and where to look."""
    kind, keys = Courrier.VEILLE, sorted(row.pk for row in rows)
    url = site + reverse("followup:morning", kwargs={"organisation": organisation.pk})
    context = {"count": len(keys), "organisation": organisation, "url": url}
    message = queue_mail(
        key=f"found:{organisation.pk}:{keys[0]}:{len(keys)}:{now.isoformat()}",
        to=user.email,
        subject=SUBJECTS[kind],
        text=render_to_string(f"desk/followup/mails/{kind.value}.txt", context),
        now=now,
        sender=Sender(organisation=organisation),
    )
    return _log(message, kind, now, organisation=organisation)


def _to_structure(
    orientation: Orientation,
    kind: Courrier,
    deed: str,
    now: datetime,
    context: Mapping[str, object],
) -> SentMail:
    return _queue(orientation, kind, orientation.sent_to, deed, now, context,
                  by=adviser_of(orientation))  # fmt: skip


def _to_followers(
    orientation: Orientation, kind: Courrier, deed: str, *, site: str, now: datetime
) -> list[SentMail]:
    context = {"url": site + reverse("followup:orientation", kwargs={"pk": orientation.pk})}
    return [
        _queue(orientation, kind, to, deed, now, context, reply_to=orientation.sent_to)
        for to in addresses_of_followers(orientation)
    ]


def _queue(
    orientation: Orientation,
    kind: Courrier,
    to: str,
    deed: str,
    now: datetime,
    context: Mapping[str, object],
    *,
    by: User | None = None,
    reply_to: str | None = None,
) -> SentMail:
    subject = f"{SUBJECTS[kind]} (réf. {orientation.parcours.reference})"
    message = queue_mail(
        key=f"orientation:{orientation.pk}:{deed}:{kind.value}",
        to=to,
        subject=subject,
        text=render_to_string(
            f"desk/followup/mails/{kind.value}.txt", {"orientation": orientation, **context}
        ),
        to_person_followed=kind == Courrier.PERSONNE,
        now=now,
        sender=Sender(by=by, reply_to=reply_to, organisation=orientation.parcours.organisation),
    )
    return _log(message, kind, now, orientation=orientation)


def _log(message: OutgoingMessage, kind: Courrier, now: datetime, **about: object) -> SentMail:
    mail, _ = SentMail.objects.get_or_create(
        message=message,
        defaults={"kind": kind, "to": message.to, "subject": message.subject, "at": now, **about},
    )
    return mail


def adviser_of(orientation: Orientation) -> User | None:
    """Return who answers the structure: who made the orientation, else who follows the person."""
    following = orientation.parcours.followers.filter(until=None, user__is_active=True)
    people = [follower.user for follower in following.select_related("user")]
    if orientation.created_by in people or not people:
        by = orientation.created_by
        return by if by is not None and by.is_active else None
    return people[0]


def addresses_of_followers(orientation: Orientation) -> list[str]:
    """Return where to write to those who follow a person.

    Where everybody who did has left, the organisation is written to: its own address, else those
    of its administrators.
    """
    following = orientation.parcours.followers.filter(until=None, user__is_active=True)
    addresses = [follower.user.email for follower in following.select_related("user")]
    return addresses or addresses_of(orientation.parcours.organisation)

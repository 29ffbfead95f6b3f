"""Writes of outgoing messages: queue one, try a failed one again, abandon it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ..enums import Action, Role
from ..models import Organisation, User
from ..operations import record
from ..permissions import Permission, check
from ..sealing import seal, unseal
from .models import OutgoingMessage, State

KEPT = timedelta(days=365)
"""How long a row is kept once its message is sent or abandoned, or after it failed."""


class OutboxError(ValueError):
    """A refusal, in French."""


@dataclass(frozen=True)
class Attachment:
    """A file of a message."""

    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True)
class Sender:
    """In whose name a message is sent.

    `by` is the person who answers replies, `organisation` the one in whose name it is sent: they
    sign the text, and replies go to the first of them that has an address unless `reply_to` is
    given.
    """

    by: User | None = None
    organisation: Organisation | None = None
    reply_to: str | None = None


def queue_mail(
    *,
    key: str,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    sender: Sender | None = None,
    to_person_followed: bool = False,
) -> OutgoingMessage:
    """Queue a message to one address, in the transaction of the deed that it announces.

    `key` names the deed: the same key for the same address gives the message already queued, and
    nothing more is sent. Without a `sender` the site alone signs. `to_person_followed`: see the
    model.
    """
    sender = sender or Sender()
    signed = text.rstrip() + signature(sender.by, sender.organisation)
    message, _ = OutgoingMessage.objects.get_or_create(
        key=_full_key(key, to),
        defaults={
            "organisation": sender.organisation,
            "by": sender.by,
            "to": to.strip(),
            "to_person_followed": to_person_followed,
            "reply_to": sender.reply_to or _answered_by(sender.by, sender.organisation),
            "subject": " ".join(subject.split())[:300],
            "body": seal(_packed(signed, attachments)),
            "created_at": now,
            "waiting_since": now,
            "due_at": now,
        },
    )
    return message


def was_queued(*, key: str, to: str) -> bool:
    """Return whether a deed was already announced to an address."""
    return OutgoingMessage.objects.filter(key=_full_key(key, to)).exists()


def _full_key(key: str, to: str) -> str:
    return f"{key} > {to.strip().lower()}"


def _answered_by(by: User | None, organisation: Organisation | None) -> str:
    if by is not None:
        return by.email
    return next(iter(addresses_of(organisation)), "") if organisation is not None else ""


def addresses_of(organisation: Organisation) -> list[str]:
    """Return the address of an organisation, else those of its active administrators."""
    if organisation.courriel:
        return [organisation.courriel]
    administrators = organisation.memberships.filter(role=Role.ADMINISTRATEUR, user__is_active=True)
    return list(administrators.order_by("user__email").values_list("user__email", flat=True))


def signature(by: User | None, organisation: Organisation | None) -> str:
    """Return the end of a message: who writes, for which organisation, by which telephone."""
    names = [str(sender) for sender in (by, organisation) if sender is not None]
    phones = [
        sender.telephone for sender in (by, organisation) if sender is not None and sender.telephone
    ]
    lines = [
        ", ".join(names),
        f"Téléphone : {phones[0]}" if phones else "",
        "Envoyé par Trait d'union" if names else "Trait d'union",
    ]
    return "\n\n-- \n" + "\n".join(line for line in lines if line) + "\n"


def _packed(text: str, attachments: Sequence[Attachment]) -> str:
    files = [
        [attachment.name, base64.b64encode(attachment.content).decode(), attachment.mimetype]
        for attachment in attachments
    ]
    return json.dumps({"text": text, "files": files})


def unpack(message: OutgoingMessage) -> tuple[str, list[Attachment]]:
    """Return the text and the attachments of a message; raises UnreadableSecret."""
    content = json.loads(unseal(message.body))
    files = [
        Attachment(name, base64.b64decode(data), kind) for name, data, kind in content["files"]
    ]
    return content["text"], files


@transaction.atomic
def retry(*, by: User, organisation: Organisation, message: OutgoingMessage, now: datetime) -> None:
    """Queue a failed message again."""
    check(by, Permission.HANDLE_MESSAGES, organisation)
    changed = OutgoingMessage.objects.failed().filter(pk=message.pk)
    if not changed.update(
        state=State.WAITING, due_at=now, waiting_since=now, attempts=0, error="", entrusted_at=None
    ):
        raise OutboxError("Ce message n'est plus en échec : rien n'a changé.")
    _record(by, organisation, Action.RELANCER, message, now)


@transaction.atomic
def abandon(
    *, by: User, organisation: Organisation, message: OutgoingMessage, now: datetime
) -> None:
    """Give up a message that failed or still waits, and erase its text."""
    check(by, Permission.HANDLE_MESSAGES, organisation)
    rows = OutgoingMessage.objects.filter(pk=message.pk, state__in=[State.FAILED, State.WAITING])
    if not rows.update(state=State.ABANDONED, ended_at=now, body=""):
        raise OutboxError("Ce message est parti ou en cours d'envoi : rien n'a changé.")
    _record(by, organisation, Action.ANNULER, message, now)


def drop_waiting(prefix: str, *, now: datetime) -> int:
    """Abandon the messages that wait and whose key begins so, as what they announce is undone."""
    rows = OutgoingMessage.objects.filter(key__startswith=prefix, state=State.WAITING)
    return rows.update(state=State.ABANDONED, ended_at=now, body="", error="sans objet")


def _record(
    by: User,
    organisation: Organisation,
    action: Action,
    message: OutgoingMessage,
    now: datetime,
) -> None:
    record(by=by, organisation=organisation, action=action, target=message, at=now)


def forget_due(*, now: datetime) -> int:
    """Delete the rows of messages that ended, or failed, a year ago; return how many."""
    ended = OutgoingMessage.objects.filter(ended_at__lt=now - KEPT)
    failed = OutgoingMessage.objects.failed().filter(created_at__lt=now - KEPT)
    return ended.delete()[0] + failed.delete()[0]

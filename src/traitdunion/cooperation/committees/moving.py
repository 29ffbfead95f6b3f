"""Move or cancel a meeting, and update the calendars of those who were called to it."""

from datetime import date, datetime, time

from django.db import transaction
from django.template.loader import render_to_string

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import OutgoingMessage, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.outbox.operations import Attachment, Sender, queue_mail
from traitdunion.accounts.permissions import Permission, check

from ..dates import day
from ..models.committees import Convocation, Occupant, Reunion
from ..operations import CooperationError, lock_rows
from .notices import calendar_of


@transaction.atomic
def move_meeting(
    *,
    by: User,
    meeting: Reunion,
    tenue_le: date,
    heure: time,
    lieu: str,
    visio: str,
    now: datetime,
) -> list[OutgoingMessage]:
    """Change when and where a meeting is held, and queue the news for everyone called.

    The agenda and the day of the first notice stay: the page shows whether the delay still holds.
    Raises CooperationError for a meeting that was held or cancelled, a day that is past, and where
    nothing changes.
    """
    _may_change(by, meeting, now)
    if tenue_le < day(now):
        raise CooperationError("La nouvelle date est passée.")
    before = Reunion.objects.get(pk=meeting.pk)
    changed = {"tenue_le": tenue_le, "heure": heure, "lieu": lieu, "visio": visio}
    if all(getattr(before, name) == value for name, value in changed.items()):
        raise CooperationError("Rien ne change : ni la date, ni l'heure, ni le lieu.")
    return _announce(meeting, changed, before, by=by, now=now)


@transaction.atomic
def cancel_meeting(*, by: User, meeting: Reunion, why: str, now: datetime) -> list[OutgoingMessage]:
    """Cancel a meeting to come, and queue the news for everybody who was called.

    Raises CooperationError for a meeting that was held or cancelled already, and without a reason.
    """
    _may_change(by, meeting, now)
    why = " ".join(why.split())
    if not why:
        raise CooperationError("Dites pourquoi la réunion est annulée.")
    before = Reunion.objects.get(pk=meeting.pk)
    return _announce(meeting, {"annulee_le": now, "annulee_pour": why}, before, by=by, now=now)


def _may_change(by: User, meeting: Reunion, now: datetime) -> None:
    check(by, Permission.STEER, meeting.instance.organisation)
    lock_rows(meeting)
    meeting.refresh_from_db()
    if meeting.annulee_le is not None:
        raise CooperationError("Cette réunion est annulée : convoquez-en une autre.")
    if meeting.tenue_le < day(now) or meeting.presences_notees_le is not None:
        raise CooperationError("Cette réunion a eu lieu : elle ne se déplace ni ne s'annule plus.")


def _announce(
    meeting: Reunion, changed: dict[str, object], before: Reunion, *, by: User, now: datetime
) -> list[OutgoingMessage]:
    """Write the change with the next SEQUENCE, and queue a message for each person called."""
    for name, value in changed.items():
        setattr(meeting, name, value)
    meeting.sequence += 1
    meeting.save(update_fields=[*changed, "sequence"])
    record(
        by=by, organisation=meeting.instance.organisation, action=Did.MODIFIER, target=meeting,
        at=now,
    )  # fmt: skip
    nature = "Réunion annulée" if meeting.annulee_le else "Réunion déplacée"
    agenda = calendar_of(meeting, now=now)
    queued = []
    for call in meeting.convocations.select_related("membre"):
        name, to = _addressee(call)
        if not to:
            continue
        context = {"name": name, "meeting": meeting, "before": before}
        queued.append(
            queue_mail(
                key=f"meeting:{meeting.pk}:{meeting.sequence}:{call.membre_id}:{call.occupant}",
                to=to,
                subject=f"{nature} : {meeting.instance.nom}, {before.tenue_le:%d/%m/%Y}",
                text=render_to_string("cooperation/mails/meeting_changed.txt", context),
                attachments=[Attachment("reunion.ics", agenda, "text/calendar")],
                now=now,
                sender=Sender(by=by, organisation=meeting.instance.organisation),
            )
        )
    return queued


def _addressee(call: Convocation) -> tuple[str, str]:
    """Return the name and address, as they are today, of the person called."""
    membre = call.membre
    if call.occupant == Occupant.SUPPLEANT:
        return membre.suppleant, membre.courriel_suppleant
    return membre.titulaire, membre.courriel

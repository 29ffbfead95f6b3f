"""Notices of a statutory meeting by e-mail, each to one person, with a calendar file.

A person already called is not called again; the day of the first notice is that of the
convocation.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from icalendar import Event

from traitdunion.accounts.models import OutgoingMessage, User
from traitdunion.accounts.outbox.operations import Attachment, Sender, queue_mail
from traitdunion.accounts.permissions import Permission, check
from traitdunion.desk.sharing.icalendar import file_of

from ..dates import day
from ..models.committees import Convocation, Membre, Occupant, ProcesVerbal, Reunion
from ..operations import CooperationError, lock_rows
from . import queries as committees

LASTS = timedelta(hours=2)


@dataclass(frozen=True)
class Called:
    """A person to call: for which seat, as what, at which address (empty where there is none)."""

    member: Membre
    occupant: Occupant
    name: str
    address: str


def to_call(meeting: Reunion) -> list[Called]:
    """Return the members and substitutes of that day who were not called yet."""
    done = set(meeting.convocations.values_list("membre", "occupant"))
    called = []
    for member in committees.members_on(meeting.instance, meeting.tenue_le):
        people = [Called(member, Occupant.TITULAIRE, member.titulaire, member.courriel)]
        if member.suppleant:
            people.append(
                Called(member, Occupant.SUPPLEANT, member.suppleant, member.courriel_suppleant)
            )
        called += [who for who in people if (member.pk, who.occupant) not in done]
    return called


@transaction.atomic
def send(*, by: User, meeting: Reunion, now: datetime) -> list[OutgoingMessage]:
    """Queue a notice for each person who has an address and was not called, and keep that it was.

    The meeting is locked: of two who press the button at once, one calls.
    """
    check(by, Permission.STEER, meeting.instance.organisation)
    lock_rows(meeting)
    if ProcesVerbal.objects.filter(reunion=meeting).exclude(approuve_le=None).exists():
        raise CooperationError("Le procès-verbal est approuvé : cette réunion ne change plus.")
    if meeting.annulee_le is not None:
        raise CooperationError("Cette réunion est annulée : il n'y a plus à convoquer.")
    if meeting.tenue_le < day(now):
        raise CooperationError("Cette réunion est passée : il n'y a plus à convoquer.")
    queued = []
    for who in to_call(meeting):
        if who.address:
            queued.append(_queue(who, meeting, by=by, now=now))
            _keep(who, meeting, now)
    return queued


def _keep(who: Called, meeting: Reunion, now: datetime) -> None:
    Convocation.objects.create(
        reunion=meeting, membre=who.member, occupant=who.occupant, envoyee_le=now
    )
    if meeting.convoquee_le is None:
        meeting.convoquee_le = day(now)
        meeting.save(update_fields=["convoquee_le"])


def _queue(who: Called, meeting: Reunion, *, by: User, now: datetime) -> OutgoingMessage:
    context = {"who": who, "meeting": meeting, "is_substitute": who.occupant == Occupant.SUPPLEANT}
    nature = "Seconde convocation" if meeting.premiere_id else "Convocation"
    return queue_mail(
        key=f"convocation:{meeting.pk}:{who.member.pk}:{who.occupant}",
        to=who.address,
        subject=f"{nature} : {meeting.instance.nom}, {meeting.tenue_le:%d/%m/%Y}",
        text=render_to_string("cooperation/mails/convocation.txt", context),
        attachments=[Attachment("reunion.ics", calendar_of(meeting, now=now), "text/calendar")],
        now=now,
        sender=Sender(by=by, organisation=meeting.instance.organisation),
    )


def calendar_of(meeting: Reunion, *, now: datetime) -> bytes:
    """Return the meeting as one event of two hours, cancelled where it is.

    A later file of the same meeting replaces the former in a calendar: same UID, higher SEQUENCE.
    """
    begins = datetime.combine(meeting.tenue_le, meeting.heure, ZoneInfo(settings.TIME_ZONE))
    event = Event()
    event.add("uid", f"reunion-{meeting.pk}@trait-d-union")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", begins)
    event.add("dtend", begins + LASTS)
    event.add("summary", meeting.instance.nom)
    event.add("description", "\n".join(meeting.points))
    if meeting.lieu:
        event.add("location", meeting.lieu)
    if meeting.visio:
        event.add("url", meeting.visio)
    if meeting.annulee_le is None:
        return file_of(event, kind="comites")
    event.add("status", "CANCELLED")
    return file_of(event, kind="comites", method="CANCEL")

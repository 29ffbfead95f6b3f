"""Notices of a statutory meeting by e-mail, each to one person, with the meeting for an agenda.

Whoever was called is not called twice; the day of the first notice is that of the convocation.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from icalendar import Event

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from . import committees
from .event_files import file_of
from .models.committees import Convocation, Membre, Occupant, ProcesVerbal, Reunion
from .operations import CooperationError
from .queries import day

LASTS = timedelta(hours=2)


@dataclass(frozen=True)
class Called:
    """Somebody to call: for which seat, as what, by which address (empty where there is none)."""

    member: Membre
    occupant: Occupant
    name: str
    address: str


@dataclass
class Sending:
    """Whom the notice left for, and whom it did not, with the reason."""

    sent: list[Called] = field(default_factory=list)
    failed: list[tuple[Called, str]] = field(default_factory=list)


def to_call(meeting: Reunion) -> list[Called]:
    """Everybody who sits on the day of the meeting, substitutes too, and was not called yet."""
    done = set(meeting.convocations.values_list("membre", "occupant"))
    found = []
    for one in committees.members_on(meeting.instance, meeting.tenue_le):
        people = [Called(one, Occupant.TITULAIRE, one.titulaire, one.courriel)]
        if one.suppleant:
            people.append(Called(one, Occupant.SUPPLEANT, one.suppleant, one.courriel_suppleant))
        found += [who for who in people if (one.pk, who.occupant) not in done]
    return found


def send(*, by: User, meeting: Reunion, now: datetime) -> Sending:
    """Call whoever has an address and was not called; each is kept as soon as it left."""
    check(by, Permission.STEER, meeting.instance.organisation)
    if ProcesVerbal.objects.filter(reunion=meeting).exclude(approuve_le=None).exists():
        raise CooperationError("Le procès-verbal est approuvé : cette réunion ne change plus.")
    if meeting.tenue_le < day(now):
        raise CooperationError("Cette réunion est passée : il n'y a plus à convoquer.")
    done = Sending()
    for who in to_call(meeting):
        if not who.address:
            continue
        try:
            message_to(who, meeting, now=now).send()
        except (SMTPException, OSError) as wrong:
            done.failed.append((who, str(wrong)))
            continue
        _keep(who, meeting, now)
        done.sent.append(who)
    return done


@transaction.atomic
def _keep(who: Called, meeting: Reunion, now: datetime) -> None:
    Convocation.objects.create(
        reunion=meeting, membre=who.member, occupant=who.occupant, envoyee_le=now
    )
    if meeting.convoquee_le is None:
        meeting.convoquee_le = day(now)
        meeting.save(update_fields=["convoquee_le"])


def message_to(who: Called, meeting: Reunion, *, now: datetime) -> EmailMessage:
    told = {"who": who, "meeting": meeting, "is_substitute": who.occupant == Occupant.SUPPLEANT}
    again = "Seconde convocation" if meeting.premiere_id else "Convocation"
    message = EmailMessage(
        f"{again} : {meeting.instance.nom}, {meeting.tenue_le:%d/%m/%Y}",
        render_to_string("cooperation/mails/convocation.txt", told),
        None,
        [who.address],
    )
    message.attach("reunion.ics", calendar_of(meeting, now=now).decode(), "text/calendar")
    return message


def calendar_of(meeting: Reunion, *, now: datetime) -> bytes:
    """The meeting as one event of two hours."""
    begins = datetime.combine(meeting.tenue_le, meeting.heure, ZoneInfo(settings.TIME_ZONE))
    event = Event()
    event.add("uid", f"reunion-{meeting.pk}@trait-d-union")
    event.add("dtstamp", now)
    event.add("dtstart", begins)
    event.add("dtend", begins + LASTS)
    event.add("summary", meeting.instance.nom)
    event.add("description", "\n".join(meeting.points))
    if meeting.lieu:
        event.add("location", meeting.lieu)
    if meeting.visio:
        event.add("url", meeting.visio)
    return file_of(event, kind="comites")

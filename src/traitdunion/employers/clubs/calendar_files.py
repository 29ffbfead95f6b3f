"""Read the meetings of a calendar file (RFC 5545): sound events kept, the others listed."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Component

from traitdunion.sources.bounded.faults import Fault, Unreadable

MAX_BYTES = 1_000_000
MAX_EVENTS = 500
TITLE, PLACE, UID = 200, 200, 255
TWICE = (
    "un autre événement du fichier a le même identifiant.",
    "Une date déplacée d'une série : annoncez-la à la main.",
)


@dataclass(frozen=True, slots=True)
class ReadMeeting:
    """A meeting of a file. `at`: None for a whole day."""

    uid: str
    title: str
    on: date
    at: time | None
    place: str
    is_cancelled: bool


def read_calendar(content: bytes) -> tuple[list[ReadMeeting], list[Fault]]:
    """Return the meetings of a file, and the events that are left out with the reason.

    Raises Unreadable where it is no calendar, or too large.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable.of("le fichier dépasse 1 Mo.", "Exportez une année à la fois.")
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, IndexError, KeyError) as wrong:
        raise Unreadable.of("ce n'est pas un agenda.", "Choisissez un fichier .ics.") from wrong
    if len(events) > MAX_EVENTS:
        raise Unreadable.of(
            f"le fichier a plus de {MAX_EVENTS} événements.", "Exportez une année à la fois."
        )
    meetings, faults = {}, []
    for number, event in enumerate(events, start=1):
        wrong_with = _fault(event)
        if wrong_with:
            title = str(event.get("summary", ""))[:60]
            where = f"événement {number} « {title} »" if title else f"événement {number}"
            faults.append(Fault(where, *wrong_with))
        else:
            meeting = _meeting(event)
            if meeting.uid in meetings:
                faults.append(Fault(f"événement {number} « {meeting.title[:60]} »", *TWICE))
            else:
                meetings[meeting.uid] = meeting
    return list(meetings.values()), faults


def _fault(event: Component) -> tuple[str, str] | None:
    if not str(event.get("uid", "")).strip():
        return "il n'a pas d'identifiant.", "Exportez-le de nouveau depuis l'agenda."
    if not str(event.get("summary", "")).strip():
        return "il n'a pas de titre.", "Donnez-lui un titre."
    if _start(event) is None:
        return "sa date est illisible.", "Vérifiez sa date dans l'agenda."
    if event.get("rrule") is not None:
        return "il se répète.", "Annoncez ses dates une à une."
    return None


def _start(event: Component) -> date | datetime | None:
    """Return when an event starts, on the clock of the site; None where it cannot be read."""
    try:
        starts = getattr(event.get("dtstart"), "dt", None)
        if isinstance(starts, datetime) and starts.tzinfo is not None:
            return starts.astimezone(ZoneInfo(settings.TIME_ZONE))
    except (ValueError, OverflowError):
        # A property that the library keeps as broken, or the end of the year 9999.
        return None
    return starts if isinstance(starts, date) else None


def _meeting(event: Component) -> ReadMeeting:
    starts: Any = _start(event)
    at = None
    if isinstance(starts, datetime):
        at = starts.time().replace(second=0, microsecond=0, tzinfo=None)
        starts = starts.date()
    return ReadMeeting(
        uid=str(event["uid"]).strip()[:UID],
        title=" ".join(str(event["summary"]).split())[:TITLE],
        on=starts,
        at=at,
        place=" ".join(str(event.get("location", "")).split())[:PLACE],
        is_cancelled=str(event.get("status", "")).upper() == "CANCELLED",
    )

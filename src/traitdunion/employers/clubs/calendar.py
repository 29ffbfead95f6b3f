"""The public meetings of a club as a feed to which a calendar subscribes (RFC 5545)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Event

from traitdunion.desk.sharing.icalendar import file_of

from ..models import Club, Rencontre

LASTS = timedelta(hours=2)


Announced = Iterable[tuple[Rencontre, Sequence[str]]]


def feed_of(club: Club, meetings: Announced, *, url: str, now: datetime) -> bytes:
    """Return the feed of a club; a cancelled meeting stays, marked so.

    `meetings`: each with its speakers as everybody may read them.
    """
    events = [_event(meeting, speakers, url=url, now=now) for meeting, speakers in meetings]
    return file_of(*events, kind="employeurs", name=club.nom)


def _event(meeting: Rencontre, speakers: Sequence[str], *, url: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"rencontre-{meeting.pk}@trait-d-union")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    if meeting.heure is None:
        event.add("dtstart", meeting.tenue_le)
    else:
        begins = datetime.combine(meeting.tenue_le, meeting.heure, ZoneInfo(settings.TIME_ZONE))
        event.add("dtstart", begins)
        event.add("dtend", begins + LASTS)
    event.add("summary", meeting.titre)
    if meeting.lieu:
        event.add("location", meeting.lieu)
    if speakers:
        event.add("description", f"Avec {', '.join(speakers)}")
    event.add("url", url)
    if meeting.annulee_le is not None:
        event.add("status", "CANCELLED")
    return event

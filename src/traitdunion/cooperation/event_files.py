"""Events as files that a calendar opens (RFC 5545)."""

from icalendar import Calendar, Event


def file_of(event: Event, *, kind: str) -> bytes:
    """The event alone, with its time zone; `kind` says in the file which part of us wrote it."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Trait d'union//{kind}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written

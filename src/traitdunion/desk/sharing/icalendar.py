"""Write events as files that a calendar opens (RFC 5545)."""

from icalendar import Calendar, Event


def file_of(event: Event, *, kind: str, method: str = "PUBLISH") -> bytes:
    """Return the event alone, with its time zone; `kind`: the part of the site that writes it."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Trait d'union//{kind}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written

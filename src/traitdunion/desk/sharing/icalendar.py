"""Write events as files that a calendar opens (RFC 5545)."""

from icalendar import Calendar, Event


def file_of(*events: Event, kind: str, method: str = "PUBLISH", name: str = "") -> bytes:
    """Return the events with their time zones; `kind`: the part of the site that writes them.

    `name`: what a calendar that subscribes shows, where given.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//Trait d'union//{kind}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written

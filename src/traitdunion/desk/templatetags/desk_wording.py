"""The wording of the desk, as template filters."""

from django import template

from traitdunion.desk import wording

register = template.Library()
register.filter("clock", wording.clock)
register.filter("arrival", wording.arrival)
register.filter("fine", wording.fine)
register.filter("duration", wording.duration)
register.filter("distance", wording.distance)
register.filter("euros", wording.euros)
register.filter("lead_time", wording.lead_time)


@register.filter
def web_address(url: str) -> str:
    """Address when it is http(s), else nothing: a catalogue may hold anything."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def dialled(telephone: str) -> str:
    """Telephone number as a `tel:` link takes it."""
    return "".join(sign for sign in telephone if sign.isdigit() or sign == "+")

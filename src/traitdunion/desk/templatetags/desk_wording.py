"""The wording of the desk, as template filters."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template import engines
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString

from traitdunion import french
from traitdunion.matching.answer import Aid

MAX_CARDS = 2048

register = template.Library()
register.filter("clock", french.clock)
register.filter("arrival", french.arrival)
register.filter("duration", french.duration)
register.filter("duration_s", french.duration_s)
register.filter("distance", french.distance)
register.filter("euros", french.price)
register.filter("lead_time", french.lead_time)
register.filter("at_place", french.at_place)
register.filter("of_place", french.of_place)


# The filters of dates get a moment in the time zone of the site.
register.filter("french_day", french.day, expects_localtime=True)


@register.filter(expects_localtime=True)
def french_moment(at: datetime) -> str:
    """Return a day and an hour: "4 janvier 2027 à 14 h 30"."""
    return f"{french.day(at)} à {french.time_of_day(at.time())}"


@register.filter
def web_address(url: str) -> str:
    """Return an address when it is http(s), else nothing: a catalogue may hold anything."""
    return url if url.startswith(("https://", "http://")) else ""


@register.filter
def after_to_check(reason: str) -> str:
    """Return a reason to stand under the heading « À vérifier », which it does not repeat."""
    return french.capitalised(reason.removeprefix("À vérifier : "))


@register.filter
def dialled(telephone: str) -> str:
    """Return a telephone number as a `tel:` link takes it."""
    return "".join(sign for sign in telephone if sign.isdigit() or sign == "+")


@register.simple_tag
@lru_cache(MAX_CARDS)
def aid_card(aid: Aid) -> SafeString:
    """Return the card of an aid: written once for all the people whom a rule answers alike."""
    return SafeString(get_template("desk/parts/aid.html").render({"aid": aid}))


@register.simple_tag(takes_context=True)
def ways(context: Context, cards: Sequence[Any]) -> SafeString:
    """Return the lines of ways, each with its details, by a compiled template."""
    return SafeString(
        engines["compiled"].get_template("desk/ways.html").render({
            "cards": cards,
            "answer": context["answer"],
            "alone": context["alone"],
            "followed_in": context["followed_in"],
            "question_query": context["question_query"],
            "sheet_url": reverse("desk:sheet"),
            "calendar_url": reverse("desk:calendar"),
            "contours_url": reverse("desk:contours"),
            "map_library": static("maplibre/maplibre-gl.js"),
            "map_stylesheet": static("maplibre/maplibre-gl.css"),
            "map_data": lambda card: json_script(card.map, card.map_id),
            "apart": lambda apart: SafeString(
                get_template("desk/parts/apart.html").render({"apart": apart})
            ),
            "keep": lambda orient_to, what: _keep(context, orient_to, what),
        })
    )  # fmt: skip


def _keep(context: Context, orient_to: str, what: str) -> SafeString:
    """Return the forms that keep an answer in a file, turned to a solution."""
    names = "followed_in", "question_query", "told_pairs", "csrf_token"
    form = get_template("desk/followup/keep.html")
    return SafeString(
        form.render({name: context.get(name) for name in names}
                    | {"orient_to": orient_to, "what": what})
    )  # fmt: skip

"""Hours, durations, lengths and sums in the language in use, whole where one reads from the right.

French is written by `traitdunion.french`, other languages by the Unicode CLDR (Babel).
"""

from collections.abc import Iterable
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency
from babel.units import format_unit
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from traitdunion import french

LOCALES = {"en": "en_GB", "ar": "ar", "uk": "uk"}
CENTS = ".00"
RIGHT_TO_LEFT = "\u200f"
"""Mark that the Arabic format of a sum begins with: an isolated sum does without it."""


def isolated(text: str) -> SafeString:
    """Isolate a number or an hour from the direction of writing and from line breaks."""
    return format_html('<bdi dir="ltr">{}</bdi>', text.replace(" ", "\u00a0"))


def hour(seconds: int) -> SafeString:
    """Format an hour of the clock, with the day before or after if needed."""
    day, rest = divmod(seconds, french.DAY_S)
    written = isolated(
        french.clock(rest) if _locale() is None else f"{rest // 3600}:{rest % 3600 // 60:02d}"
    )
    if day == 0:
        return written
    sentence = _("{hour}, le lendemain") if day > 0 else _("{hour}, la veille")
    return format_html(sentence, hour=written)


def hour_of_arrival(seconds: int) -> SafeString:
    """Format the hour by which one is there: seconds are rounded up to the minute."""
    return hour(-(-seconds // 60) * 60)


def duration(minutes: int) -> SafeString:
    """Format a length of time: "1 h 25", "1 hr 25 mins"."""
    locale = _locale()
    if locale is None:
        return isolated(french.duration(minutes))
    parts = ((minutes // 60, "duration-hour"), (minutes % 60, "duration-minute"))
    return _whole(
        format_unit(n, unit, "short", locale=locale) for n, unit in parts if n or not minutes
    )


def length(metres: float) -> SafeString:
    """Format a length, rounded as in French: "850 m", "4.2 km"."""
    locale = _locale()
    if locale is None:
        return isolated(french.distance(metres))
    if metres < 995:
        tens = round(metres / 10) * 10
        return _whole([format_unit(tens, "length-meter", "short", locale=locale)])
    km = round(Decimal(str(metres)) / 1000, 1 if metres < 20_000 else 0)
    return _whole([format_unit(km, "length-kilometer", "short", locale=locale)])


def money(eur: Decimal) -> SafeString:
    """Format a sum in euros, without cents where there are none."""
    locale = _locale()
    if locale is None:
        return isolated(french.price(eur))
    pattern = locale.currency_formats["standard"].pattern
    if eur == int(eur):
        pattern = pattern.replace(CENTS, "")
    written = format_currency(eur, "EUR", pattern, locale=locale, currency_digits=False)
    return isolated(written.strip(RIGHT_TO_LEFT).replace("EUR", "€"))


def _locale() -> Locale | None:
    """Return the locale in use; None for French."""
    code = LOCALES.get(get_language() or "")
    return Locale.parse(code) if code else None


def _whole(parts: Iterable[str]) -> SafeString:
    """Isolate words in the direction of their language, without a break between them."""
    return format_html("<bdi>{}</bdi>", " ".join(parts).replace(" ", "\u00a0"))

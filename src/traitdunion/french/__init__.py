"""Write money, hours, lengths, dates, lists and plurals for French readers.

One module for screens, mails, printed sheets and the command line. Separators, month and day names
come from Babel (CLDR, locale `fr`); spaces inside a value never break.
"""

from collections.abc import Iterable, Sized
from datetime import date, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal

NBSP = "\u00a0"
UNKNOWN = "–"
DAY_S = 86_400
_FRENCH = Locale("fr")
DAYS = tuple(_FRENCH.days["format"]["wide"][n] for n in range(7))
"""Names of the days, Monday first."""
MONTHS = tuple(_FRENCH.months["format"]["wide"][n] for n in range(1, 13))
SHORT_MONTHS = tuple(_FRENCH.months["format"]["abbreviated"][n] for n in range(1, 13))
# CLDR groups thousands by a narrow space (U+202F), which many fonts of printed sheets lack.
_NARROW_SPACE = "\u202f"
_OTHER_DAY = {-1: " (veille)", 0: "", 1: " (lendemain)"}
_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"  # « y » of Yssingeaux or Yenne: "d'Yssingeaux"
_CONTRACTED = {
    "à": {"Le ": "au ", "Les ": "aux ", "L'": "à l'"},
    "de": {"Le ": "du ", "Les ": "des ", "L'": "de l'"},
}


# -- numbers, money, lengths -----------------------------------------------------------------------

NUMBERS_KEPT = 4096
"""Numbers whose writing is kept: an answer names the same prices and lengths again and again."""


def number(value: Decimal | float, decimals: int | None = None) -> str:
    """Return a number with French separators: "1 234,5".

    decimals: how many digits follow the comma; None keeps those of `value`, without final zeros.
    """
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if decimals is None:
        decimals = max(-int(exact.normalize().as_tuple().exponent), 0)
    # By its digits, as zero and minus zero are equal and are not written alike.
    return _written(str(exact), decimals)


def modelled_people(value: float | None) -> str:
    """Return people computed from published tables, to ten: "1 240", "moins de 10", "0" for none.

    Such a figure is named an estimate beside it; counted people go through `disclosure`.
    """
    if value is None:
        return "non renseigné"
    if value < 10:
        return "0" if value == 0 else "moins de 10"
    return number(round(value / 10) * 10)


def cost_each(cost: float | Decimal, people: float) -> str:
    """Return the euros for each of some modelled people, counted to ten as they are shown.

    The exact quotient would give back how many they are: "250 €", "plus de 60 €" under ten people.
    """
    if people < 10:
        return f"plus de {_few_cents(float(cost) / 10)}" if cost else euros(Decimal(0))
    return _few_cents(float(cost) / (round(people / 10) * 10))


def _few_cents(value: float) -> str:
    """Return euros, with cents under ten euros."""
    return euros(Decimal(str(round(value) if value >= 10 else round(value, 2))))


@lru_cache(NUMBERS_KEPT)
def _written(digits: str, decimals: int) -> str:
    # CLDR patterns: a group of three digits, then as many forced decimals as asked.
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(Decimal(digits), format=pattern, locale=_FRENCH)
    return written.replace(_NARROW_SPACE, NBSP)


def amount(value: Decimal) -> str:
    """Return a sum in euros without its sign: "42", "42,50", "1 200"."""
    return number(value, 0 if value == value.to_integral_value() else 2)


def euros(value: Decimal) -> str:
    """Return a sum: "42 €", "42,50 €", "1 200 €"."""
    return f"{amount(value)}{NBSP}€"


def price(value: Decimal | None) -> str:
    """Return what a person pays: "42,50 €", "Gratuit"; "À demander" where it is unknown."""
    if value is None:
        return "À demander"
    return euros(value) if value else "Gratuit"


def distance(metres: float | None) -> str:
    """Return a length: "850 m" (to 10 m), "4,2 km", "43 km"; empty where it is unknown."""
    if metres is None:
        return ""
    if metres < 995:
        return f"{round(metres / 10) * 10}{NBSP}m"
    km = round(Decimal(str(metres)) / 1000, 1 if metres < 20_000 else 0)
    return f"{number(km)}{NBSP}km"


# -- hours and durations ---------------------------------------------------------------------------


def clock(seconds: int | None) -> str:
    """Return an hour of the day from seconds after midnight: "7 h 05", "1 h (lendemain)"."""
    if seconds is None:
        return UNKNOWN
    day, rest = divmod(int(seconds), DAY_S)
    return _hours(rest // 60) + _OTHER_DAY.get(day, f" (jour {day:+d})")


def arrival(seconds: int | None) -> str:
    """Return the hour by which one is there: seconds are rounded up to the minute."""
    return clock(None if seconds is None else -(-int(seconds) // 60) * 60)


def time_of_day(at: time | None) -> str:
    """Return an hour: 18:30 as "18 h 30", 18:00 as "18 h"; empty where there is none."""
    return "" if at is None else _hours(at.hour * 60 + at.minute)


def duration(minutes: int | None) -> str:
    """Return a length of time: "49 min", "1 h 05", "2 h"."""
    if minutes is None:
        return UNKNOWN
    return f"{minutes}{NBSP}min" if minutes < 60 else _hours(minutes)


def duration_s(seconds: float | None) -> str:
    """Return a length of time given in seconds, rounded to the minute."""
    return duration(None if seconds is None else round(seconds / 60))


def lead_time(days: int | None) -> str:
    """Return the wait before a first use: "Tout de suite", "Sous 3 jours", "À demander"."""
    if days is None:
        return "À demander"
    return f"Sous {days}{NBSP}jour{plural(days)}" if days else "Tout de suite"


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02d}" if rest else "")


# -- days ------------------------------------------------------------------------------------------


def day(on: date) -> str:
    """Return a day in words: "1er juillet 2025"."""
    return f"{'1er' if on.day == 1 else on.day} {MONTHS[on.month - 1]} {on.year}"


def short_day(on: date) -> str:
    """Return a day in few letters: "1er juil. 2025"."""
    return f"{'1er' if on.day == 1 else on.day} {SHORT_MONTHS[on.month - 1]} {on.year}"


def weekday_and_day(on: date) -> str:
    """Return a day with its name: "samedi 1er août 2026"."""
    return f"{DAYS[on.weekday()]} {day(on)}"


def month(on: date) -> str:
    """Return the month of a day: "août 2026"."""
    return f"{MONTHS[on.month - 1]} {on.year}"


def day_in_figures(on: date) -> str:
    """Return a day in figures: "01/07/2025"."""
    return f"{on:%d/%m/%Y}"


def days_of_week(days: Iterable[int], article: str = "") -> str:
    """Return days of the week (Monday 0): "du lundi au vendredi", "lundi et jeudi".

    article: put before each day that stands alone ("le " gives "le lundi et le jeudi").
    """
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"du {DAYS[ordered[0]]} au {DAYS[ordered[-1]]}"
    return listed(f"{article}{DAYS[n]}" for n in ordered)


# -- words -----------------------------------------------------------------------------------------


def listed(items: Iterable[str], last: str = "et") -> str:
    """Join items as in speech: "lundi, mardi et jeudi"; empty where there is none.

    last: the word before the last item ("et", "ou", "ni").
    """
    *first, end = list(items) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def in_sequence(stages: Iterable[str]) -> str:
    """Join the stages of a way, without repeats: "train, puis vélo prêté"."""
    return ", puis ".join(dict.fromkeys(stages))


def plural(count: float | Sized) -> str:
    """Return the « s » of a plural: in French, 0 and 1.5 are singular."""
    n = len(count) if isinstance(count, Sized) else abs(count)
    return "s" if n >= 2 else ""


def counted(n: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun: "1 jour", "3 jours".

    nouns: the plural, where it is not `noun` with an « s ».
    """
    return f"{number(n)} {(nouns or noun + 's') if abs(n) >= 2 else noun}"


def at_place(name: str) -> str:
    """Return a place with « à »: "au Puy-en-Velay", "aux Estables", "à l'Hospitalet"."""
    return _with_preposition("à", name)


def of_place(name: str) -> str:
    """Return a place with « de »: "du Monastier", "des Estables", "d'Yssingeaux"."""
    return _with_preposition("de", name)


def _with_preposition(preposition: str, name: str) -> str:
    for article, contracted in _CONTRACTED[preposition].items():
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    if preposition == "de" and name[:1].lower() in _VOWELS:
        return f"d'{name}"
    return f"{preposition} {name}"


def capitalised(text: str) -> str:
    """Return the text with a capital first letter, the rest untouched."""
    return text[:1].upper() + text[1:]


def uncapitalised(text: str) -> str:
    """Return the text with a small first letter, the rest untouched."""
    return text[:1].lower() + text[1:]

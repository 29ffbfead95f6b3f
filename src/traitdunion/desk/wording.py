"""How hours, durations, distances, sums and days are written in French."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format

NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DAY_S = 86_400


def clock(seconds: int | None) -> str:
    """Hour of the day: "7 h 05", with "(lendemain)" or "(veille)" past midnight."""
    if seconds is None:
        return "–"
    day, rest = divmod(int(seconds), DAY_S)
    hour, minute = rest // 3600, rest % 3600 // 60
    text = f"{hour}{NBSP}h" + (f"{NBSP}{minute:02d}" if minute else "")
    return text + {-1: " (veille)", 0: "", 1: " (lendemain)"}.get(day, f" (jour +{day})")


def arrival(seconds: int | None) -> str:
    """Hour by which one is there: never told earlier than it is."""
    return clock(None if seconds is None else -(-int(seconds) // 60) * 60)


def fine(text: str) -> str:
    """The text with the spaces of French punctuation that no line may break at."""
    for sign in ":;?!»":
        text = text.replace(f" {sign}", f"{NBSP}{sign}")
    return text.replace("« ", f"«{NBSP}")


def duration(minutes: int | None) -> str:
    """Length of time: "49 min" or "1 h 05"."""
    if minutes is None:
        return "–"
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}"


def distance(metres: float | None) -> str:
    """Length of way: "850 m" (to 10 m) or "4,2 km"; empty when unknown."""
    if metres is None:
        return ""
    if metres < 995:
        return f"{round(metres / 10) * 10}{NBSP}m"
    # Rounded first: Django cuts the decimals it does not show.
    decimals = 1 if metres < 20_000 else 0
    return f"{number_format(round(metres / 1000, decimals), decimals)}{NBSP}km"


def euros(amount: Decimal | None) -> str:
    """Sum: "42 €", "42,50 €", "Gratuit"; "À demander" when unknown."""
    if amount is None:
        return "À demander"
    if amount == 0:
        return "Gratuit"
    return f"{number_format(amount, 0 if amount == int(amount) else 2, force_grouping=True)}{NBSP}€"


def lead_time(days: int | None) -> str:
    """Time before the first day: "Tout de suite", "Sous 3 jours", "À demander"."""
    if days is None:
        return "À demander"
    if days == 0:
        return "Tout de suite"
    return f"Sous {days}{NBSP}jour{'s' if days > 1 else ''}"


def listed(items: Iterable[str]) -> str:
    """Items joined as in speech: "lundi, mardi et jeudi"."""
    *first, last = list(items)
    return f"{', '.join(first)} et {last}" if first else last


def days_of_week(days: Iterable[int]) -> str:
    """Days of the week (Monday 0): "du lundi au vendredi", "lundi et jeudi", "samedi"."""
    ordered = sorted(days)
    run = ordered == list(range(ordered[0], ordered[-1] + 1))
    if run and len(ordered) > 2:
        return f"du {DAYS[ordered[0]]} au {DAYS[ordered[-1]]}"
    return listed(DAYS[day] for day in ordered)

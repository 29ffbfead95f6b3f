"""How the matching says hours, distances, days and reasons in French."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

NBSP = "\u00a0"
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
DAY_S = 86_400


def clock(seconds: int) -> str:
    """Hour of the day: "7 h 50", "1 h 05 (lendemain)"."""
    day, rest = divmod(int(seconds), DAY_S)
    hour, minute = rest // 3600, rest % 3600 // 60
    text = f"{hour}{NBSP}h" + (f"{NBSP}{minute:02d}" if minute else "")
    return text + {0: "", -1: " (veille)"}.get(day, " (lendemain)")


def duration(seconds: float) -> str:
    """Length of time, to the minute: "49 min", "2 h 05", "2 h"."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{hours}{NBSP}h" + (f"{NBSP}{minutes:02d}" if minutes else "")


def kilometres(metres: float) -> str:
    """Length of way: "4,2 km" below ten, "43 km" above."""
    km = metres / 1000
    text = f"{km:.1f}".replace(".", ",").removesuffix(",0") if km < 9.95 else f"{km:.0f}"
    return f"{text}{NBSP}km"


def euros(amount: Decimal) -> str:
    """Sum: "46,50 €", "20 €"."""
    text = f"{amount:.0f}" if amount == int(amount) else f"{amount:.2f}".replace(".", ",")
    return f"{text}{NBSP}€"


def on_date(day: date) -> str:
    """Date: "28 novembre 2026", "1er mars 2027"."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def listed(items: Iterable[str]) -> str:
    """Items as in speech: "lundi, mardi et jeudi"."""
    *first, last = list(items) or [""]
    return f"{', '.join(first)} et {last}" if first else last


def on_days(days: Iterable[int]) -> str:
    """Days of the week (Monday 0): "du lundi au vendredi", "le lundi et le jeudi"."""
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"du {DAYS[ordered[0]]} au {DAYS[ordered[-1]]}"
    return listed(f"le {DAYS[day]}" for day in ordered)


def in_a_row(names: Iterable[str]) -> str:
    """Stages of a way, repeats left out: "train, puis vélo prêté"."""
    return ", puis ".join(dict.fromkeys(names))


def capitalised(text: str) -> str:
    """First letter in capital, the rest untouched."""
    return text[:1].upper() + text[1:]


def vehicle_word(route_type: int | None, metres: float) -> str:
    """Name of a public vehicle by its GTFS route type, basic or extended.

    Type 3 covers both: beyond 8 km as the crow flies French riders say "car", below "bus".
    """
    kind = 3 if route_type is None else route_type
    hundreds = kind // 100
    if kind in (0, 5) or hundreds == 9:
        return "Tram"
    if kind in (1, 12) or hundreds in (4, 5, 6):
        return "Métro"
    if kind == 2 or hundreds in (1, 3):
        return "Train"
    if kind == 4 or hundreds in (10, 12):
        return "Bateau"
    if kind in (6, 7) or hundreds in (13, 14):
        return "Câble"
    if hundreds == 2:
        return "Car"
    if hundreds == 7 or kind == 11:
        return "Bus"
    return "Car" if metres >= 8_000 else "Bus"


def uncapitalised(text: str) -> str:
    """First letter small, the rest untouched."""
    return text[:1].lower() + text[1:]

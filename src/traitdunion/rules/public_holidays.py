"""The public holidays of France, by computation: no publisher is asked."""

from datetime import date, timedelta

AFTER_EASTER = {1: "lundi de Pâques", 39: "Ascension", 50: "lundi de Pentecôte"}
FIXED = {
    (1, 1): "jour de l'an", (5, 1): "fête du Travail", (5, 8): "8 mai", (7, 14): "14 juillet",
    (8, 15): "Assomption", (11, 1): "Toussaint", (11, 11): "11 novembre", (12, 25): "Noël",
}  # fmt: skip


def public_holidays(year: int) -> frozenset[date]:
    """Return the eleven holidays of the Code du travail (article L3133-1)."""
    return frozenset(named_holidays(year))


def named_holidays(year: int) -> dict[date, str]:
    """Return the eleven holidays with their French names."""
    easter = easter_sunday(year)
    movable = {easter + timedelta(days=days): name for days, name in AFTER_EASTER.items()}
    return movable | {date(year, month, day): name for (month, day), name in FIXED.items()}


def easter_sunday(year: int) -> date:
    """Compute Easter of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)

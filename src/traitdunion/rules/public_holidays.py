"""The public holidays of France, by computation: no publisher is asked."""

from datetime import date, timedelta


def public_holidays(year: int) -> frozenset[date]:
    """Return the eleven holidays of the Code du travail (article L3133-1)."""
    easter = easter_sunday(year)
    movable = (easter + timedelta(days=days) for days in (1, 39, 50))
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset([*movable, *(date(year, month, day) for month, day in fixed)])


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

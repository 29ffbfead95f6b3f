"""Finds what a fare product buys: one ride, several, a day, a week, a month.

The adopted standard (revision of April 2026) does not define it. Two things do: the columns
`bundle_amount`, `duration_amount` and `duration_unit` of the longer proposal
(https://bit.ly/gtfs-fares), that some publishers fill in; and the name shown to riders, where it
gives it outright ("Abonnement mensuel", "Carnet de 10"). What neither gives is of no known nature:
it must not be taken for the price of a ride.
"""

import re
import unicodedata
from typing import Final, NamedTuple

RIDE, DAY, WEEK, MONTH, OTHER = "ride", "day", "week", "month", "other"

_UNITS: Final = {
    ("2", 24): DAY,
    ("3", 1): DAY,
    ("3", 7): WEEK,
    ("4", 1): WEEK,
    ("3", 30): MONTH,
    ("3", 31): MONTH,
    ("5", 1): MONTH,
}
"""(unit, amount) of the proposal: 2 hours, 3 days, 4 weeks, 5 months."""

_WITHIN_A_DAY: Final = frozenset({"0", "1", "2"})
"""Seconds, minutes, hours: a ticket with a time to travel in."""

_TITLE: Final = "(abonnement|billet|forfait|pass|ticket|titre)"
_NAMES: Final = (
    (OTHER, r"annuels?|annuelles?|annual|yearly|trimestriel(le)?s?|semestriel(le)?s?|scolaires?"),
    (OTHER, r"week ?ends?|soirees?|(2|3|4|5|6|10|14|15) (jours|days?)|(2|3|4|6|12) (mois|months?)"),
    (OTHER, r"aller ?retour|return|round ?trip"),
    (MONTH, rf"mensuel(le)?s?|(1|un|par) mois|(30|31) (jours|days?)|{_TITLE} mois"),
    (MONTH, r"monthly|(1|one) month|month (pass|ticket)"),
    (WEEK, rf"hebdo|hebdomadaires?|(1|une|par) semaine|7 (jours|days?)|{_TITLE} semaine"),
    (WEEK, r"weekly|(1|one) week|week (pass|ticket)"),
    (DAY, rf"journee|journaliers?|(1|un) jour|{_TITLE} jour|24 ?h|24 heures"),
    (DAY, r"daily|(1|one) day|day (pass|ticket)|24 hours?"),
    (OTHER, r"abonnements?|forfaits?|pass|subscription"),
)
_RIDES: Final = (
    r"(?:carnets?|lots?) (?:de )?(\d{1,3})",
    r"(\d{1,3}) (?:tickets|voyages|trajets|titres|billets|validations|rides|trips)",
    r"(\d{1,3}) (?:ride|trip) (?:pass|card|ticket|book)",
)
_BOOK: Final = r"carnets?"


class Validity(NamedTuple):
    """What a product buys: `valid` and `rides` as in `FareTables.products`.

    `told_by_name`: only its name gives it.
    """

    valid: str
    rides: int
    told_by_name: bool


def validity(name: str, bundle: str, amount: str, unit: str) -> Validity:
    """Return what a product buys, by its name and the columns of the proposal (may be blank)."""
    if amount or unit:
        known = unit in _WITHIN_A_DAY and (unit, _number_of(amount)) not in _UNITS
        valid = RIDE if known else _UNITS.get((unit, _number_of(amount)), OTHER)
        return Validity(valid, _number_of(bundle) or 1, False)
    if _number_of(bundle):
        return Validity(RIDE, _number_of(bundle), False)
    text = _plain(name)
    for pattern in _RIDES:
        if (match := re.search(rf"\b{pattern}\b", text)) and int(match[1]) > 0:
            return Validity(RIDE, int(match[1]), int(match[1]) > 1)
    # A carnet of unknown size: its price must not be taken for that of one ride.
    if re.search(rf"\b{_BOOK}\b", text):
        return Validity(OTHER, 1, False)
    # The first match wins: "2 mois" or "trimestriel" come before the words of a month or a day.
    for valid, words in _NAMES:
        if re.search(rf"\b({words})\b", text):
            return Validity(valid, 1, valid != OTHER)
    return Validity(RIDE, 1, False)


def _number_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _plain(name: str) -> str:
    """Return the text in small letters without accents, words parted by one blank."""
    # NFKD parts each letter from its accents, which the next line drops.
    letters = unicodedata.normalize("NFKD", name.lower())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", bare))

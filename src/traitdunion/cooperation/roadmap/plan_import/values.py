"""Values as people type them in a spreadsheet: days, amounts and states, in French.

Each reader gives the value, or raises ValueError with what to do, in French.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.text import slugify

from ...enums import EtatAction

MONTHS = (
    ("janvier", "janv", "jan"), ("fevrier", "fevr", "fev"), ("mars", "mar"), ("avril", "avr"),
    ("mai",), ("juin",), ("juillet", "juil"), ("aout",), ("septembre", "sept", "sep"),
    ("octobre", "oct"), ("novembre", "nov"), ("decembre", "dec"),
)  # fmt: skip
MONTH_NUMBERS = {name: n for n, names in enumerate(MONTHS, start=1) for name in names}
# Spreadsheets count days from here; those of this century are between the two numbers.
DAY_ZERO, FIRST_SERIAL, LAST_SERIAL = date(1899, 12, 30), 36_526, 73_050
FIRST_YEAR, LAST_YEAR = 2000, 2099
WRITE_A_DAY = "écrivez un jour comme 15/03/2026, ou mars 2026, T1 2026, 2026."


def read_day(value: Any, *, ends: bool) -> date:
    """Read a day; of a month, a quarter or a year, its last day where `ends`, else its first."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float):
        return _day_of_number(value, ends)
    words = slugify(str(value)).removeprefix("le-").removeprefix("au-")
    words = re.sub(r"(?<=\d)(er|e|eme|nd)(?=-|$)", "", words)
    for prefix, at_end in (("fin-", True), ("debut-", False), ("courant-", ends), ("mi-", ends)):
        if words.startswith(prefix):
            words, ends = words.removeprefix(prefix), at_end
    return _day_of_typed(str(value)) or _day_of_words(words, ends)


def _day_of_number(value: float, ends: bool) -> date:
    if FIRST_YEAR <= value <= LAST_YEAR:
        return _first_and_last_day(int(value), 1, 12)[ends]
    if FIRST_SERIAL <= value <= LAST_SERIAL:
        return DAY_ZERO + timedelta(int(value))
    raise ValueError(WRITE_A_DAY)


def _day_of_typed(text: str) -> date | None:
    """Read 15/03/2026, 15-3-26, 15.03.2026 or 2026-03-15; None where it is none of these."""
    match = re.fullmatch(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2}|\d{4})\s*", text)
    iso = re.fullmatch(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?\s*", text)
    if not match and not iso:
        return None
    day, month, year = (int(n) for n in (match.groups() if match else reversed(iso.groups())))  # type: ignore[union-attr]
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError as wrong:
        raise ValueError(f"ce jour n'existe pas ; {WRITE_A_DAY}") from wrong


def _day_of_words(words: str, ends: bool) -> date:
    if match := re.fullmatch(r"(?:(\d{1,2})-)?([a-z]+)-(\d{4})", words):
        day, month, year = match[1], MONTH_NUMBERS.get(match[2]), int(match[3])
        if month and day and int(day) <= monthrange(year, month)[1]:
            return date(year, month, int(day))
        if month and not day:
            return _first_and_last_day(year, month, month)[ends]
    for pattern in (r"([ts])(\d)-?(\d{4})", r"(\d)-(t|s|trimestre|semestre)-(\d{4})"):
        if match := re.fullmatch(pattern, words):
            kind, n = (match[1], match[2]) if match[1].isalpha() else (match[2], match[1])
            return _part_of_year(kind[0], int(n), int(match[3]), ends)
    if match := re.fullmatch(r"(\d{4})-([ts])(\d)", words):
        return _part_of_year(match[2], int(match[3]), int(match[1]), ends)
    if re.fullmatch(r"20\d\d", words):
        return _first_and_last_day(int(words), 1, 12)[ends]
    raise ValueError(WRITE_A_DAY)


def _part_of_year(kind: str, n: int, year: int, ends: bool) -> date:
    months = 3 if kind == "t" else 6
    if not 1 <= n <= 12 // months:
        raise ValueError(WRITE_A_DAY)
    return _first_and_last_day(year, (n - 1) * months + 1, n * months)[ends]


def _first_and_last_day(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def read_amount(value: Any) -> Decimal:
    """Read an amount: a number, « 12 000,50 € », « 12 k€ », « 0,5 ETP »."""
    if isinstance(value, bool):
        raise ValueError("écrivez un nombre.")
    if isinstance(value, int | float | Decimal):
        amount = Decimal(str(value))
    else:
        text = re.sub(r"[\s\u00a0\u202f]", "", str(value)).lower()
        text = re.sub(r"(euros?|€|etp|ht|ttc|%)+$", "", text)
        thousands = text.endswith("k")
        text = text.removesuffix("k")
        if "," in text or re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
            text = text.replace(".", "").replace(",", ".")
        try:
            amount = Decimal(text) * (1000 if thousands else 1)
        except InvalidOperation as wrong:
            raise ValueError("écrivez un nombre seul, comme 12 000 ou 0,5.") from wrong
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 10:
        raise ValueError("écrivez un nombre positif.")
    return amount.quantize(Decimal("0.01"))


STATES = {
    EtatAction.A_VENIR: ("a-venir", "a-lancer", "non-commence", "non-demarre", "prevu", "a-faire",
                         "pas-commence", "planifie", "0"),
    EtatAction.EN_COURS: ("en-cours", "demarre", "commence", "lance", "engage", "partiellement"),
    EtatAction.REALISEE: ("realise", "termine", "fait", "acheve", "fini", "clos", "cloture",
                          "solde", "100"),
    EtatAction.ABANDONNEE: ("abandonne", "annule", "supprime", "sans-objet"),
}  # fmt: skip


# These say how an action goes, not where it is: an action that waits may not have begun.
NOT_A_STATE = ("bloque", "en-attente", "attente", "en-retard", "retard", "suspendu")
IS_BLOCKED = "bloque"


def is_blocked(value: Any) -> bool:
    """Return whether a cell means that an action is blocked."""
    return slugify(str(value)).startswith(IS_BLOCKED)


def read_state(value: Any) -> EtatAction:
    """Return a state from its usual words, or from a share of what is done: « 40 % », 0,4."""
    text = str(value).strip()
    share = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*%", text)
    if share or isinstance(value, int | float):
        done = Decimal(share[1].replace(",", ".")) / 100 if share else Decimal(str(value))
        done = done / 100 if done > 1 else done
        return (
            EtatAction.A_VENIR
            if done <= 0
            else (EtatAction.REALISEE if done >= 1 else EtatAction.EN_COURS)
        )
    slug = slugify(text)
    if slug.startswith(NOT_A_STATE):
        raise ValueError(
            "ce n'est pas un état : dites si l'action est à venir, en cours, réalisée ou "
            "abandonnée."
        )
    for state, words in STATES.items():
        if any(slug == word or slug.startswith(word) for word in words):
            return state
    raise ValueError("écrivez à venir, en cours, réalisée ou abandonnée.")


def read_names(value: Any) -> list[str]:
    """Read names separated by « ; », a line break, a comma or a slash; once each."""
    parts = re.split(r"[;\n,/]| - ", str(value))
    return list(dict.fromkeys(" ".join(part.split())[:150] for part in parts if part.strip(" .-")))

"""Readings of an indicator pasted from a spreadsheet: a line each, read whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from traitdunion.accounts.models import User
from traitdunion.sources.bounded import number_from

from ...models import Evenement, Indicateur
from ...operations import CooperationError
from ..sheet import Reading, take_reading
from .values import read_day

MAX_LINES = 200
MAX_TERRITORY = 150
MAX_COUNT = 2**31 - 1
FORM = "Écrivez un jour, puis la valeur, ou combien et sur combien ; le territoire est facultatif."


@dataclass(frozen=True)
class Pasted:
    """A reading as a line gives it: a value, or a share as two whole numbers."""

    releve_le: date
    numbers: tuple[Decimal, ...]
    territoire: str = ""


def read_lines(text: str) -> list[Pasted]:
    """Return the readings of lines of cells parted by tabulations or semicolons.

    A first line without a number is a line of headings. Raises CooperationError with every fault,
    a line each.
    """
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if line.strip(" \t;")]
    if len(lines) > MAX_LINES:
        raise CooperationError(f"{len(lines)} lignes : collez-en {MAX_LINES} au plus à la fois.")
    cells = [(n, _cells(line)) for n, line in lines]
    if cells and not any(_number_typed(cell) is not None for cell in cells[0][1]):
        cells = cells[1:]
    if not cells:
        raise CooperationError(f"Rien à lire. {FORM}")
    faults: list[str] = []
    readings: dict[tuple[date, str], Pasted] = {}
    for n, row in cells:
        try:
            reading = _reading(row)
        except ValueError as wrong:
            faults.append(f"Ligne {n} : {wrong}")
            continue
        key = reading.releve_le, reading.territoire
        if key in readings:
            faults.append(f"Ligne {n} : ce jour et ce territoire sont déjà plus haut.")
        readings[key] = reading
    if faults:
        raise CooperationError(" ".join(faults))
    return list(readings.values())


def _cells(line: str) -> list[str]:
    separator = "\t" if "\t" in line else ";"
    return [" ".join(cell.split()) for cell in line.split(separator)]


def _number_typed(cell: str) -> Decimal | None:
    return number_from(cell.rstrip(" %"))


def _reading(row: Sequence[str]) -> Pasted:
    """Read the cells of a line: the first is the day. Raises ValueError with what to do."""
    releve_le = read_day(row[0], ends=True)
    rest = [cell for cell in row[1:] if cell]
    numbers = tuple(n for cell in rest if (n := _number_typed(cell)) is not None)
    words = [cell for cell in rest if _number_typed(cell) is None]
    if not 1 <= len(numbers) <= 2 or len(words) > 1:
        raise ValueError(FORM[:1].lower() + FORM[1:])
    if len(numbers) == 2 and any(n != int(n) or not 0 <= n <= MAX_COUNT for n in numbers):
        raise ValueError("une part se dit avec deux nombres entiers.")
    return Pasted(releve_le, numbers, words[0][:MAX_TERRITORY] if words else "")


@transaction.atomic
def take_readings(
    *, by: User, indicateur: Indicateur, readings: Sequence[Pasted], now: datetime
) -> list[Evenement]:
    """Keep readings, each as `take_reading` does; one of the same day and territory is replaced.

    All of them or none: raises CooperationError where one is not sound.
    """
    kept = {(row.releve_le, row.territoire): row for row in indicateur.releves.all()}
    events = []
    for reading in readings:
        is_share = len(reading.numbers) == 2
        events.append(
            take_reading(
                by=by,
                indicateur=indicateur,
                now=now,
                row=kept.get((reading.releve_le, reading.territoire)),
                reading=Reading(
                    releve_le=reading.releve_le,
                    valeur=None if is_share else reading.numbers[0],
                    numerateur=int(reading.numbers[0]) if is_share else None,
                    denominateur=int(reading.numbers[1]) if is_share else None,
                    territoire=reading.territoire,
                ),
            )
        )
    return events

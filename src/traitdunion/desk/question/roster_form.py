"""Hours that differ by day or by week, typed as lines of a small grid: the roster of a file.

An address holds them as one field: "2026-11-30;1|lun,mar|05:00|13:00;2|lun|13:00|21:00", the first
week, then for each line its week, its days, its start and its end, as they were typed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.http import QueryDict

from traitdunion.french import DAYS, clock, day, days_of_week, listed
from traitdunion.matching.feasibility.rosters import LONGEST_CYCLE, Roster
from traitdunion.matching.roster_files import CLOCK, RosterError, roster_of_rows
from traitdunion.reach.calendar_days import monday_of

FIELD = "roulement"
GRID = "grille"
"""Field of the address that says that the lines of the grid were sent: they replace the text."""

MAX_ROWS = 14
BLANK_ROWS = 4
LONGEST_ROSTER = 800
LONGEST_CELL = 8
SHORT_DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
DAY_S = 86_400


@dataclass(frozen=True)
class TypedRow:
    """One line of the grid as it was typed; `problems` are French sentences."""

    number: int
    week: str = "1"
    days: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    problems: list[str] = field(default_factory=list, compare=False)

    @property
    def is_blank(self) -> bool:
        """Return whether nothing was typed; the number of the week alone is nothing."""
        return not (self.days or self.start or self.end)

    @property
    def boxes(self) -> list[tuple[str, str, bool]]:
        """Return the days to tick: value, name, ticked or not."""
        return [(short, DAYS[n], short in self.days) for n, short in enumerate(SHORT_DAYS)]

    def written(self) -> str:
        """Return the line as an address holds it."""
        return "|".join((self.week, ",".join(self.days), self.start, self.end))


def folded(data: Any) -> Any:
    """Return the fields of a question with the lines of the grid put into one."""
    if GRID not in data or not isinstance(data, QueryDict):
        return data
    data = data.copy()
    rows = [row for row in _sent_rows(data) if not row.is_blank]
    starts_on = _cell(data.get("h-debut", ""), 10)
    data[FIELD] = ";".join((starts_on, *(row.written() for row in rows))) if rows else ""
    for name in [name for name in data if name == GRID or name.startswith("h-")]:
        del data[name]
    return data


def _sent_rows(data: QueryDict) -> Iterator[TypedRow]:
    for number in range(1, MAX_ROWS + 1):
        yield TypedRow(
            number,
            _cell(data.get(f"h-semaine-{number}", "1")),
            tuple(name for name in SHORT_DAYS if name in data.getlist(f"h-jours-{number}")),
            _cell(data.get(f"h-de-{number}", "")),
            _cell(data.get(f"h-a-{number}", "")),
        )


def _cell(text: str, longest: int = LONGEST_CELL) -> str:
    return text.strip()[:longest].replace(";", "").replace("|", "").replace("\0", "")


def rows_in(text: str) -> tuple[str, list[TypedRow]]:
    """Return the first week and the lines that an address holds."""
    starts_on, *lines = text[:LONGEST_ROSTER].split(";")
    rows = []
    for number, line in enumerate(lines[:MAX_ROWS], start=1):
        week, days, start, end = (*line.split("|"), "", "", "", "")[:4]
        known = tuple(name for name in SHORT_DAYS if name in days.split(","))
        rows.append(TypedRow(number, _cell(week), known, _cell(start), _cell(end)))
    return _cell(starts_on, 10), rows


def blank_rows(rows: Sequence[TypedRow]) -> list[TypedRow]:
    """Return lines to fill after those that were."""
    first = len(rows) + 1
    wanted = max(BLANK_ROWS - len(rows), 2)
    return [TypedRow(number) for number in range(first, min(first + wanted, MAX_ROWS + 1))]


def read_rows(
    rows: Sequence[TypedRow],
    starts_on: date,
    *,
    not_after: date,
    margin_before_s: int,
    margin_after_s: int,
) -> Roster:
    """Build the roster of lines; raises RosterError once each has its problems.

    `starts_on`: a day of the first week of the cycle, which is counted back to `not_after`.
    """
    for row in rows:
        row.problems.extend(_mistakes(row))
    if any(row.problems for row in rows):
        raise RosterError(["Un horaire est à corriger."])
    cycle = max(int(row.week) for row in rows)
    try:
        return roster_of_rows(
            [
                {"week": row.week, "days": list(row.days), "start": row.start, "end": row.end}
                for row in rows
            ],
            starts_on=_counted_back(monday_of(starts_on), cycle, not_after),
            cycle_weeks=cycle,
            margin_before_s=margin_before_s,
            margin_after_s=margin_after_s,
        )
    except RosterError as wrong:
        for line, why in wrong.by_line:
            if line:
                rows[line - 1].problems.append(why[:1].upper() + why[1:])
        raise


def _mistakes(row: TypedRow) -> Iterator[str]:
    if not (row.week.isdecimal() and 1 <= int(row.week) <= LONGEST_CYCLE):
        yield f"La semaine va de 1 à {LONGEST_CYCLE}."
    if not row.days:
        yield "Cochez les jours de cet horaire."
    for name, text in (("début", row.start), ("fin", row.end)):
        if not text:
            yield f"Indiquez l'heure de {name}."
        elif not CLOCK.fullmatch(text):
            yield f"« {text} » n'est pas une heure. Écrivez par exemple 08:00 ou 8 h 30."
    if row.start and row.start == row.end:
        yield "Le début et la fin sont à la même heure."


def _counted_back(monday: date, cycle: int, not_after: date) -> date:
    """Return a first week of the cycle that is not after a day: a cycle has no first time."""
    days = 7 * cycle
    late = max((monday - not_after).days, 0)
    return monday - timedelta(days * -(-late // days))


def roster_words(roster: Roster) -> str:
    """Return the hours of each week as a person says them."""
    weeks = [listed_shifts(week) for week in roster.shifts]
    if len(weeks) == 1:
        return weeks[0]
    named = zip(count(1), weeks)
    return " ; ".join(f"semaine {n} : {words or 'repos'}" for n, words in named)


def listed_shifts(week: Sequence[Any]) -> str:
    """Return the hours of one week: "du lundi au mercredi 5 h – 13 h, jeudi 8 h – 12 h"."""
    ordered = sorted(week, key=lambda shift: min(shift.days))
    return ", ".join(f"{days_of_week(shift.days)} {hours_words(shift)}" for shift in ordered)


def hours_words(shift: Any) -> str:
    """Return the hours of a shift, each part of a split one."""
    parts = tuple(shift.periods) or ((shift.start_s, shift.end_s),)
    return listed(f"{clock(start_s)} – {clock(end_s)}" for start_s, end_s in parts)


def roster_title(roster: Roster) -> str:
    """Return the roster in a few words, for a line of the question."""
    n_weeks = roster.cycle_weeks
    return f"horaires sur {n_weeks} semaines" if n_weeks > 1 else "horaires selon les jours"


def understood_words(roster: Roster) -> str:
    """Return the sentence that shows what was understood of the lines."""
    since = f" Semaine 1 : celle du {day(roster.starts_on)}." if roster.cycle_weeks > 1 else ""
    return f"Compris : {roster_words(roster)}.{since}"


def longest_week_h(roster: Roster) -> float:
    """Return the hours of the longest week, breaks of a split day apart."""
    return max(
        sum(
            len(shift.days) * (end_s - start_s)
            for shift in week
            for start_s, end_s in tuple(shift.periods) or ((shift.start_s, shift.end_s),)
        )
        / 3600
        for week in roster.shifts
    )


def moved_text(text: str, minutes: int) -> str:
    """Return lines with each hour moved, as an address holds them."""
    starts_on, rows = rows_in(text)
    moved = (
        TypedRow(
            row.number, row.week, row.days, _moved(row.start, minutes), _moved(row.end, minutes)
        )
        for row in rows
    )
    return ";".join((starts_on, *(row.written() for row in moved)))


def _moved(text: str, minutes: int) -> str:
    hour = CLOCK.fullmatch(text)
    if hour is None:
        return text
    seconds = (int(hour[1]) * 3600 + int(hour[2] or 0) * 60 + 60 * minutes) % DAY_S
    return time_typed(seconds)


def time_typed(seconds: int) -> str:
    """Return an hour as a control takes it, that of the next day too: "05:00"."""
    return f"{seconds // 3600 % 24:02d}:{seconds % 3600 // 60:02d}"


def day_in(text: str) -> date | None:
    """Return the day of an address, None where it holds none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

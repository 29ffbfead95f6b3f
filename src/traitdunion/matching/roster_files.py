"""Rosters as people write them: a YAML file, each mistake with its line.

    starts_on: 2026-11-30
    cycle_weeks: 2
    shifts:
      - {week: 1, days: [mon, tue, wed], start: "05:00", end: "13:00"}
      - {week: 2, days: [mon, tue, wed], start: "13:00", end: "21:00"}

Two entries of one day are a split shift; an end that is not after its start is on the next day.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from traitdunion.french import DAYS
from traitdunion.rules.marked_yaml import Marked, RulesError, marked, read_marked

from .feasibility.rosters import LONGEST_CYCLE, Parts, Roster, roster_of

DAY_S = 86_400
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = {
    name: day
    for names in (
        ENGLISH,
        ("lun", "mar", "mer", "jeu", "ven", "sam", "dim"),
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        DAYS,
    )
    for day, name in enumerate(names)
}
CLOCK = re.compile(r"([01]?\d|2[0-3])\s*[:hH]\s*([0-5]\d)?")
KEYS = {"starts_on", "cycle_weeks", "shifts"}
SHIFT_KEYS = {"week", "days", "start", "end"}


class RosterError(ValueError):
    """A roster that cannot be used; `problems` are French sentences with their line.

    `by_line`: the line of each, and the sentence alone.
    """

    def __init__(self, problems: list[str], by_line: Sequence[tuple[int, str]] = ()) -> None:
        self.problems = problems
        self.by_line = by_line
        super().__init__("\n".join(problems))


def read_roster(path: Path, *, margin_before_s: int, margin_after_s: int) -> Roster:
    """Read a roster; raises RosterError with every mistake of the file."""
    try:
        document = read_marked(path)
    except RulesError as wrong:
        raise RosterError(wrong.problems) from wrong
    reading = _Reading(path.name)
    return reading.checked(document, margin_before_s, margin_after_s)


def roster_of_rows(
    rows: Sequence[Mapping[str, Any]],
    *,
    starts_on: date,
    cycle_weeks: int,
    margin_before_s: int,
    margin_after_s: int,
) -> Roster:
    """Build the roster of lines typed on a page, `{week, days, start, end}` as in a file.

    Raises RosterError; the lines are numbered from 1, and 0 is the whole.
    """
    document = marked(
        {"starts_on": starts_on.isoformat(), "cycle_weeks": cycle_weeks, "shifts": list(rows)}
    )
    for line, row in enumerate(document["shifts"], start=1):
        row.line, row.lines = line, dict.fromkeys(row, line)
    return _Reading("horaires").checked(document, margin_before_s, margin_after_s)


class _Reading:
    """Gathers the mistakes of a file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[tuple[int, str]] = []

    def wrong(self, line: int, why: str) -> None:
        self.problems.append((line, why))

    def checked(self, document: Marked, before_s: int, after_s: int) -> Roster:
        """Return the roster of a document; raises RosterError with every mistake."""
        roster = self.roster(document, before_s, after_s)
        if roster is None or self.problems:
            said = [f"{self.name}, ligne {line} : {why}" for line, why in self.problems]
            raise RosterError(said, self.problems)
        return roster

    def roster(self, document: Marked, before_s: int, after_s: int) -> Roster | None:
        for key in document.keys() - KEYS:
            self.wrong(
                document.line_of(key),
                f"« {key} » n'est pas connu. Clés : starts_on, cycle_weeks, shifts.",
            )
        starts_on = self._date(document)
        cycle = self._number_within(document, "cycle_weeks", 1, LONGEST_CYCLE) or 1
        days = self._days_worked(document, cycle)
        if starts_on is None or self.problems:
            return None
        weeks = [
            [(day, parts) for (week, day), parts in sorted(days.items()) if week == n]
            for n in range(cycle)
        ]
        try:
            return roster_of(starts_on, weeks, margin_before_s=before_s, margin_after_s=after_s)
        except ValueError:
            self.wrong(document.line_of("shifts"), "un jour dure plus de 24 heures.")
            return None

    def _date(self, document: Marked) -> date | None:
        value = document.get("starts_on")
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.wrong(
                document.line_of("starts_on"), "starts_on est une date, par exemple 2026-11-30."
            )
            return None

    def _number_within(self, of: Marked, key: str, least: int, most: int) -> int | None:
        text = str(of.get(key, least))
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        self.wrong(of.line_of(key), f"{key} est un nombre entier de {least} à {most}.")
        return None

    def _days_worked(self, document: Marked, cycle: int) -> dict[tuple[int, int], Parts]:
        """Return the parts of each (week, day) of the cycle."""
        entries = document.get("shifts")
        if not isinstance(entries, list) or not entries:
            self.wrong(document.line_of("shifts"), "shifts est une liste d'horaires, non vide.")
            return {}
        parts_of_day: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        for entry in entries:
            if not isinstance(entry, Marked):
                line = document.line_of("shifts")
                self.wrong(line, "chaque horaire est « {week, days, start, end} ».")
                continue
            for key in self._entry(entry, cycle):
                parts_of_day.setdefault(key[:2], []).append((*key[2:], entry.line))
        return {key: self._parts(parts) for key, parts in parts_of_day.items()}

    def _entry(self, entry: Marked, cycle: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield (week, day, start, end) of an entry."""
        for key in entry.keys() - SHIFT_KEYS:
            self.wrong(
                entry.line_of(key), f"« {key} » n'est pas connu. Clés : week, days, start, end."
            )
        week = self._number_within(entry, "week", 1, cycle)
        start_s, end_s = self._clock(entry, "start"), self._clock(entry, "end")
        days = self._days(entry)
        if week is None or start_s is None or end_s is None:
            return
        if end_s <= start_s:
            end_s += DAY_S
        for day in days:
            yield week - 1, day, start_s, end_s

    def _days(self, entry: Marked) -> list[int]:
        named = entry.get("days")
        days = []
        for name in named if isinstance(named, list) else [named]:
            day = WEEKDAYS.get(str(name).lower())
            if day is not None:
                days.append(day)
            else:
                self.wrong(
                    entry.line_of("days"),
                    f"« {name} » n'est pas un jour. Jours : {', '.join(ENGLISH)}.",
                )
        return days

    def _clock(self, entry: Marked, key: str) -> int | None:
        value: Any = entry.get(key)
        clock = CLOCK.fullmatch(str(value).strip()) if value is not None else None
        if not clock:
            self.wrong(
                entry.line_of(key), f'{key} est une heure entre guillemets, par exemple "05:00".'
            )
            return None
        return int(clock[1]) * 3600 + int(clock[2] or 0) * 60

    def _parts(self, parts: list[tuple[int, int, int]]) -> Parts:
        parts.sort()
        for (_, end_s, _), (start_s, _, line) in itertools.pairwise(parts):
            if start_s <= end_s:
                self.wrong(line, "cet horaire en chevauche un autre du même jour.")
        return tuple((start_s, end_s) for start_s, end_s, _ in parts)

"""Values of the command line, parsed or refused in one French line."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from traitdunion import reach
from traitdunion.matching.feasibility.rosters import LONGEST_PERIOD_DAYS, Roster
from traitdunion.matching.margins import AskedMargins
from traitdunion.matching.roster_files import RosterError, read_roster
from traitdunion.networks.places import UnknownPlace, place_named
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.queries import (
    TerritoryNotLoaded,
    UnknownCommune,
    commune_at,
    commune_named,
    taken_among_homonyms,
)
from traitdunion.web.command_line import os_error

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]
Transfer = Annotated[
    int | None, typer.Option(min=0, max=60, help="Minutes au moins pour changer de véhicule.")
]
AccessMargin = Annotated[
    int | None,
    typer.Option(min=0, max=200, help="Marge d'un accès estimé, en % de sa durée ; 0 pour aucune."),
]
MarginBefore = Annotated[
    int | None, typer.Option(min=0, max=120, help="Minutes d'avance au travail.")
]
MarginAfter = Annotated[
    int | None, typer.Option(min=0, max=120, help="Minutes pour sortir du travail.")
]
TimetableFile = Annotated[Path, typer.Option("--timetable", help="Horaire compilé.")]
DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YEARS = (1900, 2200)
SHIFT_LAST_HOUR = 47
MAX_STOPS_COMPARED = 50_000


def load_timetable(path: Path) -> reach.Timetable:
    """Load the compiled timetable of a file; CommandError where it cannot be read."""
    try:
        return reach.Timetable.load(path)
    except OSError as unread:
        raise CommandError(os_error(unread)) from unread
    except reach.TimetableFileError as unsound:
        raise CommandError(str(unsound)) from unsound


def day(text: str) -> date:
    """Parse a date written 2025-03-04."""
    try:
        parsed = date.fromisoformat(text.strip())
    except ValueError:
        parsed = date.min
    if not YEARS[0] <= parsed.year <= YEARS[1]:
        raise CommandError(f"Date illisible : « {text} ». Écrivez par exemple 2026-11-23.")
    return parsed


def period(first: str, last: str) -> tuple[date, date]:
    """Parse the first and the last day of a contract."""
    days = day(first), day(last)
    if days[1] < days[0]:
        raise CommandError(f"Le contrat finit le {last}, avant de commencer le {first}.")
    if (days[1] - days[0]).days >= LONGEST_PERIOD_DAYS:
        raise CommandError(f"Un contrat de plus de {LONGEST_PERIOD_DAYS} jours n'est pas calculé.")
    return days


def roster(path: Path, margins: AskedMargins) -> Roster:
    """Read the roster of a file; CommandError with each mistake and its line."""
    try:
        return read_roster(
            path,
            margin_before_s=60 * margins.before_min,
            margin_after_s=60 * margins.after_min,
        )
    except RosterError as wrong:
        raise CommandError(str(wrong)) from wrong


def moment(text: str, *, last_hour: int = 29) -> int:
    """Return the seconds after midnight of 07:30; up to 29:59, the early hours of the next day."""
    match = re.fullmatch(r"([0-9]{1,2})[:hH]([0-9]{2})", text.strip())
    if not match or int(match[1]) > last_hour or int(match[2]) > 59:
        raise CommandError(
            f"Heure illisible : « {text} ». Écrivez par exemple 07:30, "
            f"ou jusqu'à {last_hour}:59 pour le lendemain."
        )
    return int(match[1]) * 3600 + int(match[2]) * 60


def weekdays(text: str) -> frozenset[int]:
    """Return the days of "mon-fri", "lun,mer" or "lun-ven,dim": 0 is Monday."""
    days: set[int] = set()
    for part in text.lower().split(","):
        first, _, last = part.strip().partition("-")
        begin, end = _weekday(first, text), _weekday(last or first, text)
        days |= {d % 7 for d in range(begin, end + 1 if end >= begin else end + 8)}
    return frozenset(days)


def _weekday(word: str, text: str) -> int:
    for names in (DAYS, ENGLISH):
        if word[:3] in names and len(word) >= 3:
            return names.index(word[:3])
    raise CommandError(
        f"Jours illisibles : « {text} ». Écrivez par exemple lun-ven ou lun,mer,ven."
    )


def shift(
    start: str, end: str, days: str, periods: str = "", *, margins_min: tuple[int, int]
) -> reach.Shift:
    """Return a shift; CommandError for an end before the start, which is not guessed.

    `margins_min`: minutes to be there before the start, and to leave after the end.
    """
    parts = tuple(_period(part) for part in periods.split(",")) if periods else ()
    start_s = parts[0][0] if parts else moment(start)
    end_s = parts[-1][1] if parts else moment(end, last_hour=SHIFT_LAST_HOUR)
    _check_hours(start_s, end_s, parts)
    before_s, after_s = (60 * minutes for minutes in margins_min)
    return reach.Shift(
        start_s,
        end_s,
        days=weekdays(days),
        margin_before_s=before_s,
        margin_after_s=after_s,
        periods=parts,
    )


def _check_hours(start_s: int, end_s: int, parts: tuple[tuple[int, int], ...]) -> None:
    """Refuse hours that no shift can have."""
    flat = [second for part in parts for second in part]
    if any(later <= earlier for earlier, later in itertools.pairwise(flat)):
        raise CommandError(
            "Les parties d'un poste coupé se suivent, chacune finit après son début : "
            "écrivez par exemple 06:00-09:00,17:00-20:00."
        )
    if end_s == start_s:
        raise CommandError(f"Le poste commence et finit à la même heure ({_hour(start_s)}).")
    if end_s < start_s:
        raise CommandError(
            f"Le poste finit ({_hour(end_s)}) avant de commencer ({_hour(start_s)}). "
            f"Est-ce un poste de nuit ? Écrivez alors --end {_hour(end_s + 86_400)}."
        )
    if start_s >= 86_400:
        raise CommandError(f"Un poste commence avant minuit, et non à {_hour(start_s)}.")
    if end_s - start_s > 86_400:
        raise CommandError(
            f"Un poste dure 24 heures au plus : de {_hour(start_s)} à {_hour(end_s)}, c'est trop."
        )


def _hour(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _period(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    return moment(start), moment(end, last_hour=SHIFT_LAST_HOUR)


def place(tt: reach.Timetable, text: str) -> tuple[reach.Point | int, str]:
    """Find a stop_id, "lat,lon" or a commune; return it with the name to show."""
    try:
        stop = tt.stop_index(text)
    except KeyError:
        pass
    else:
        return stop, tt.stop_name(stop)
    point = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)", text.strip())
    if point:
        lat, lon = float(point[1]), float(point[2])
        if abs(lat) > 90 or abs(lon) > 180:
            raise CommandError(f"Coordonnées impossibles : « {text} » (latitude, longitude).")
        return reach.Point(lat, lon), text
    try:
        commune_found = commune(text)
    except CommandError as unknown:
        raise CommandError(
            f"Lieu inconnu : « {text} » n'est pas un arrêt de cet horaire{_near_stops(tt, text)}, "
            f"ni des coordonnées « lat,lon ». {unknown}"
        ) from unknown
    return reach.Point(commune_found.lat, commune_found.lon), commune_found.nom


def named_place(tt: reach.Timetable, text: str) -> Any:
    """Return an address, a stop, a site, "lat,lon" or a commune; CommandError with what is near."""
    try:
        taken: Any = place_named(text, tt)
    except TerritoryNotLoaded as absent:
        raise CommandError(str(absent)) from absent
    except (UnknownCommune, UnknownPlace) as unknown:
        if re.fullmatch(r"\d[\dAB]\d{3}", text):
            return commune(text)
        near = " ; ".join(place.label for place in list(unknown.suggestions)[:5])
        hint = f" Essayez : {near}." if near and near.split(" ; ")[0] not in str(unknown) else ""
        raise CommandError(f"{unknown}{hint}".replace("\n", " ")) from unknown
    except DatabaseError as absent:
        raise CommandError(
            f"Pour nommer un lieu (« {text} »), chargez d'abord le territoire : "
            "traitdunion migrate, puis traitdunion territory load."
        ) from absent
    words = getattr(taken, "note", "") or taken_among_homonyms(text, taken)
    if words:
        typer.echo(words, err=True)
    return taken


def _near_stops(tt: reach.Timetable, text: str) -> str:
    """Return, as a French suggestion, stops whose id or name comes near."""
    if tt.n_stops > MAX_STOPS_COMPARED:
        return ""
    ids = tt.stops["stop_id"].to_list()
    by_name = dict(zip([name.lower() for name in tt.stops["name"]], ids, strict=True))
    near = [by_name[name] for name in get_close_matches(text.lower(), by_name, n=2)]
    near = list(dict.fromkeys([*near, *get_close_matches(text, ids, n=2)]))
    return f" (essayez {' ou '.join(near)})" if near else ""


def commune(text: str) -> Any:
    """Return a commune by its name or code INSEE; on stderr, which one among homonyms."""
    try:
        if re.fullmatch(r"\d[\dAB]\d{3}", text):
            try:
                return commune_at(text)
            except UnknownCommune:
                return commune_named(text)
        taken = commune_named(text)
        if words := taken_among_homonyms(text, taken):
            typer.echo(words, err=True)
        return taken
    except UnknownCommune as unknown:
        near = ", ".join(f"{c.nom} ({c.code_insee})" for c in list(unknown.suggestions)[:5])
        hint = "" if not near or near.split(" (")[0] in str(unknown) else f" Essayez : {near}."
        raise CommandError(f"{unknown}{hint}".replace("\n", " ")) from unknown
    except DatabaseError as absent:
        raise CommandError(
            f"Pour nommer une commune (« {text} »), chargez d'abord le territoire : "
            "traitdunion migrate, puis traitdunion territory load."
        ) from absent


def covered(tt: reach.Timetable, on: date) -> None:
    """Refuse a day outside of the timetable, naming those it covers."""
    if not tt.start <= on <= tt.end:
        raise CommandError(
            f"Le {on:%d/%m/%Y} n'est pas couvert : ces horaires vont du {tt.start:%d/%m/%Y} "
            f"au {tt.end:%d/%m/%Y}."
        )


def covered_week(tt: reach.Timetable, week: date) -> None:
    """Refuse a week of which no day is covered."""
    monday = monday_of(week)
    if monday > tt.end or monday + timedelta(6) < tt.start:
        covered(tt, week)


@contextmanager
def progress(shown: bool = True) -> Iterator[Callable[[str, float], None]]:
    """Show a bar on the error output, fed with a step and the share done; silent for machines."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not (shown and console.is_terminal)
    ) as bar:
        task = bar.add_task("…", total=1.0)
        yield lambda step, share: bar.update(task, description=step, completed=share)

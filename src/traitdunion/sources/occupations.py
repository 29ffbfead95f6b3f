"""Occupations and recruitment projects that France Travail publishes: ROME titles, BMO survey.

The survey (Besoins en main-d'œuvre) leaves a cell empty, or writes « * », where too few employers
answered: that is a hidden figure, None, never 0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .bounded.csv_files import read_csv
from .bounded.faults import Unreadable
from .bounded.limits import Limits
from .bounded.tables import Table
from .bounded.values import number_from

PUBLISHER, LICENCE = "France Travail", "Licence Ouverte 2.0"
LIMITS = Limits(file_bytes=20_000_000, rows=200_000, cells=4_000_000, seconds=60.0)
ROME = re.compile(r"[A-N]\d{4}", re.ASCII)
FAP = re.compile(r"[A-Z][A-Z\d]{4}", re.ASCII)
BASIN = re.compile(r"\d{2,6}", re.ASCII)
YEAR = re.compile(r"20\d{2}", re.ASCII)
TITLE_COLUMNS = ("code_appellation", "libelle", "code_rome")
CODE_COLUMNS = ("code_rome", "libelle")
BMO_COLUMNS = ("Code métier BMO", "Nom métier BMO", "met", "xmet", "smet")
MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class RomeTitle:
    """An everyday title of an occupation, and its ROME code."""

    code: str
    label: str
    rome: str


@dataclass(frozen=True, slots=True)
class TitleTable:
    """Titles, names by ROME code, and notes in French."""

    titles: tuple[RomeTitle, ...]
    names: dict[str, str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BasinNeed:
    """Recruitment projects of a basin for a FAP family; None where the publisher hides the figure.

    `difficult`, `seasonal`: those of the projects that employers call so.
    """

    basin: str
    basin_name: str
    fap: str
    fap_name: str
    projects: Decimal | None
    difficult: Decimal | None
    seasonal: Decimal | None


@dataclass(frozen=True, slots=True)
class NeedTable:
    """Needs of one year by basin and family, and notes in French."""

    vintage: str
    needs: tuple[BasinNeed, ...]
    notes: tuple[str, ...] = ()


def read_rome(titles: bytes, codes: bytes) -> TitleTable:
    """Read the titles and the names of ROME codes. Raises Unreadable.

    A title whose code is not among the names is left out and counted in the notes.
    """
    table = _with_columns(titles, TITLE_COLUMNS)
    named = _with_columns(codes, CODE_COLUMNS)
    names = {
        code: label[:MAX_NAME_CHARS]
        for code, label in _pairs(named, CODE_COLUMNS)
        if ROME.fullmatch(code) and label
    }
    rows: dict[str, RomeTitle] = {}
    n_left = 0
    for record in table.records:
        code, label, rome = (record.cells.get(name, "").strip() for name in TITLE_COLUMNS)
        if code.isdecimal() and len(code) <= 10 and label and rome in names and code not in rows:
            rows[code] = RomeTitle(code, label[:MAX_NAME_CHARS], rome)
        else:
            n_left += 1
    if not rows:
        raise Unreadable.of("aucune appellation n'a été lue.", "Vérifiez les deux fichiers.")
    notes = [str(fault) for fault in (*table.faults, *named.faults)]
    if n_left:
        notes.append(f"{n_left} lignes sans code connu ou en double, laissées de côté.")
    return TitleTable(tuple(rows.values()), names, tuple(notes))


def read_needs(content: bytes) -> NeedTable:
    """Read the BMO survey by basin and family, of one year. Raises Unreadable.

    Columns of the basin carry the year (BE24, NOMBE24). A pair given twice is read once.
    """
    table = _with_columns(content, BMO_COLUMNS)
    basin = next((name for name in table.headings if re.fullmatch(r"BE\d\d", name)), "")
    if not basin or f"NOM{basin}" not in table.headings:
        raise Unreadable.of("les colonnes du bassin (BE24, NOMBE24…) manquent.")
    years = {record.cells.get("annee", "").strip() for record in table.records}
    if len(years) != 1 or not YEAR.fullmatch(year := years.pop()):
        raise Unreadable.of("la colonne « annee » ne donne pas une seule année.")
    rows: dict[tuple[str, str], BasinNeed] = {}
    n_left = 0
    for record in table.records:
        cells = record.cells
        key = cells.get(basin, "").strip(), cells.get("Code métier BMO", "").strip()
        if not BASIN.fullmatch(key[0]) or not FAP.fullmatch(key[1]) or key in rows:
            n_left += 1
            continue
        figures = (_figure(cells.get(name, "")) for name in ("met", "xmet", "smet"))
        names = (cells.get(name, "")[:MAX_NAME_CHARS] for name in (f"NOM{basin}", BMO_COLUMNS[1]))
        basin_name, fap_name = names
        rows[key] = BasinNeed(key[0], basin_name, key[1], fap_name, *figures)
    if not rows:
        raise Unreadable.of("aucune ligne d'un bassin n'a été lue.")
    notes = [str(fault) for fault in table.faults]
    if n_left:
        notes.append(f"{n_left} lignes sans code ou en double, laissées de côté.")
    return NeedTable(year, tuple(rows.values()), tuple(notes))


def _figure(text: str) -> Decimal | None:
    """Return a number of projects; None where it is hidden, or is no number from 0 to a million."""
    number = number_from(text, digits=9)
    return None if number is None or not 0 <= number < 1_000_000 else number


def _pairs(table: Table, columns: tuple[str, str]) -> Iterable[tuple[str, str]]:
    for record in table.records:
        first, second = (record.cells.get(name, "").strip() for name in columns)
        yield first, second


def _with_columns(content: bytes, needed: tuple[str, ...]) -> Table:
    table = read_csv(content, limits=LIMITS)
    missing = [name for name in needed if name not in table.headings]
    if missing:
        raise Unreadable.of(f"colonnes absentes : {', '.join(missing)}.")
    return table

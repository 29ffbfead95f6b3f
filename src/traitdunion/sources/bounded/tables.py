"""Rows of a file under their headings, with where each stands."""

from dataclasses import dataclass, field

from .faults import Fault
from .limits import Limits
from .values import clean_text
from .writing import without_apostrophe


@dataclass(frozen=True)
class Record:
    """A row under the headings; `line` is its number in the file, from 1."""

    line: int
    cells: dict[str, str]


@dataclass
class Table:
    """Headings, sound rows, those left out, and what the reader changed on the way."""

    headings: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Gathering:
    """Fills a table row by row within limits; the first row that is not blank gives headings."""

    def __init__(self, limits: Limits, *, place: str = "") -> None:
        self.table = Table()
        self.limits = limits
        self.place = place
        self._cells = 0

    def where(self, line: int, column: str = "") -> str:
        """Return the place of a row, or of one of its cells, in words."""
        named = f", colonne « {column} »" if column else ""
        return f"{self.place}ligne {line}{named}"

    def add(self, line: int, cells: list[str]) -> bool:
        """Add a row; False once the table is full. Blank rows count for nothing."""
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            return True
        self._cells += len(cells)
        if not self.table.headings:
            self._head(line, cells)
            return True
        if len(self.table.records) >= self.limits.rows or self._cells > self.limits.cells:
            self.table.faults.append(
                Fault(
                    f"{self.place}à partir de la ligne {line}",
                    f"le fichier dépasse {self.limits.rows} lignes ou {self.limits.cells} cases.",
                    "Le reste n'est pas lu : partagez le fichier.",
                )
            )
            return False
        self._keep(line, cells)
        return True

    def _head(self, line: int, cells: list[str]) -> None:
        names = [" ".join(clean_text(cell).split()) for cell in cells[: self.limits.columns]]
        if len(cells) > self.limits.columns:
            self.table.notes.append(
                f"Seules les {self.limits.columns} premières colonnes sont lues."
            )
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            self.table.faults.append(
                Fault(
                    self.where(line),
                    f"deux colonnes s'appellent « {' », « '.join(twice)[:200]} ».",
                    "La première seule est lue : renommez l'autre.",
                )
            )
        self.table.headings = names

    def _keep(self, line: int, cells: list[str]) -> None:
        names = self.table.headings
        faults = []
        if any(cell.strip() for cell in cells[len(names) :]):
            faults.append(
                Fault(
                    self.where(line),
                    f"{len(cells)} cases pour {len(names)} colonnes.",
                    "Entourez de guillemets les textes qui contiennent le séparateur.",
                )
            )
        values: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            if not name or name in values:
                continue
            if len(cell) > self.limits.cell_chars:
                why = f"{len(cell)} signes, c'est trop pour une case."
                faults.append(Fault(self.where(line, name), why, "Raccourcissez-la."))
                continue
            values[name] = without_apostrophe(clean_text(cell).strip()).strip()
        if faults:
            self.table.faults += faults
            return
        values |= {name: "" for name in names if name and name not in values}
        self.table.records.append(Record(line, values))

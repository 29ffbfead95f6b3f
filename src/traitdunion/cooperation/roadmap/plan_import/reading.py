"""Rows of a plan as lines that can be compared with the roadmap, with every problem they have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from traitdunion.accounts.shared_words import PERSONAL

from ..titles import axis_key
from .columns import COLUMNS
from .grid import Sheet, text_of
from .values import is_blocked, read_amount, read_day, read_names, read_state

LONGEST = {"titre": 300, "etape": 300, "reference": 30, "blocage": 300, "deblocage": 300,
           "financeur": 150, "indicateur": 300, "indicateur_unite": 60,
           "indicateur_source": 200}  # fmt: skip
NAMES = ("pilotes", "copilotes", "partenaires", "epci")
AMOUNTS = ("budget_eur", "obtenu_eur", "budget_etp", "indicateur_depart", "indicateur_cible")
NOTHING = {"", "-", "–", "—", "/", "nc", "n-c", "neant", "sans-objet", "a-definir", "a-preciser"}
SUMS = re.compile(r"^(sous-)?total\b")


@dataclass(frozen=True)
class Problem:
    """What could not be taken: where, why and what to do; `blocks` where the line is left out."""

    sheet: str
    cell: str
    why: str
    blocks: bool = False


@dataclass
class Line:
    """A row read: `fields` holds its fields that are not empty, as values.

    `parent` is the title of the action this is a step of.
    """

    sheet: str
    row: int
    axe: str
    titre: str
    parent: str
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, str]:
        return axis_key(self.axe), slugify(self.parent), slugify(self.titre)

    @property
    def is_left_out(self) -> bool:
        return any(problem.blocks for problem in self.problems)


def read_lines(sheets: Iterable[Sheet]) -> list[Line]:
    """Return every line of the sheets, in order; a line given twice is left out the second time."""
    lines: list[Line] = []
    for sheet in sheets:
        lines += _Reading(sheet).lines()
    first: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        before = first.setdefault(line.key, line)
        if before is not line and not line.is_left_out:
            why = (
                f"« {line.titre} » est déjà à la ligne {before.row} de « {before.sheet} » : gardez "
                "une seule des deux lignes, ou précisez les intitulés."
            )
            line.problems.append(Problem(line.sheet, f"ligne {line.row}", why, blocks=True))
    _drop_shared_references(lines)
    return lines


def _drop_shared_references(lines: Iterable[Line]) -> None:
    """Keep a reference for the first action that bears it: by it the next file finds its action."""
    first: dict[str, Line] = {}
    for line in lines:
        reference = line.fields.get("reference")
        if not reference or line.is_left_out:
            continue
        before = first.setdefault(reference, line)
        if before is not line and before.key != line.key:
            del line.fields["reference"]
            why = (
                f"Référence : « {reference} » est déjà celle de « {before.titre} » (ligne "
                f"{before.row}) : l'action est reprise sans référence."
            )
            line.problems.append(Problem(line.sheet, f"ligne {line.row}", why))


class _Reading:
    """One sheet read from top to bottom; the axis and the action hold until the next."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.axe = "" if "axe" in sheet.fields.values() else _axis_of(sheet.name)
        self.titre = ""
        self.last = ("", "")

    def lines(self) -> list[Line]:
        read_lines: list[Line] = []
        for n, filled, typed in self.sheet.rows:
            values = {name: filled[column] for column, name in self.sheet.fields.items()}
            texts = {name: text_of(value) for name, value in values.items()}
            if self._is_section(filled, typed) or self._says_nothing(texts):
                continue
            self.axe = texts.get("axe") or self.axe
            read_lines += self._of_row(n, values, texts)
        return read_lines

    def _is_section(self, filled: list[Any], typed: list[Any]) -> bool:
        """A row with one text across several columns, or beside the action: it names an axis."""
        filled_columns = [column for column, value in enumerate(typed) if text_of(value)]
        if len(filled_columns) != 1:
            return False
        text, field_there = (
            text_of(typed[filled_columns[0]]),
            self.sheet.fields.get(filled_columns[0]),
        )
        spread = sum(text_of(value) == text for value in filled) > 1
        if not spread and field_there not in (None, "axe", "reference"):
            return False
        if not SUMS.match(slugify(text)):
            self.axe, self.titre = text, ""
        return True

    def _says_nothing(self, values: dict[str, str]) -> bool:
        """Return whether the row is a sum, a repeated heading or a line of another kind."""
        first = next((text for text in values.values() if text), "")
        again = sum(values.get(name) == self.sheet.headings.get(column)
                    for column, name in self.sheet.fields.items() if values.get(name))  # fmt: skip
        other = values.get("nature") not in (None, "", "action")
        return bool(SUMS.match(slugify(first))) or again >= 2 or other

    def _of_row(self, n: int, values: dict[str, Any], texts: dict[str, str]) -> list[Line]:
        step, titre = texts.get("etape", ""), texts.get("titre", "")
        parent = texts.get("partie_de", "")
        if step:
            self.titre = titre or self.titre
            lines = []
            if titre and not parent:
                lines = [Line(self.sheet.name, n, self.axe, titre[:300], "")]
            lines.append(Line(self.sheet.name, n, self.axe, step, self.titre))
            # The action of several steps is repeated on each row of a merged range.
            if len(lines) == 2 and self.last == (self.axe, titre):
                lines = lines[1:]
            self.last = (self.axe, titre)
        else:
            self.titre, self.last = titre, (self.axe, titre)
            lines = [Line(self.sheet.name, n, self.axe, titre, parent)]
        reference = texts.get("reference", "")
        if step and titre and reference:  # it is that of the action, not of its step
            texts = texts | {"reference": ""}
            if len(lines) == 2:
                lines[0].fields["reference"] = reference[: LONGEST["reference"]]
        self._fill(lines[-1], values, texts)
        return lines

    def _fill(self, line: Line, values: dict[str, Any], texts: dict[str, str]) -> None:
        if not line.titre:
            self._problem(line, "titre", "cette ligne n'a pas d'intitulé d'action : écrivez-le, ou "
                          "supprimez la ligne.", blocks=True)  # fmt: skip
        for name, text in texts.items():
            if name in ("axe", "titre", "etape", "partie_de", "nature"):
                continue
            if slugify(text) in NOTHING and not text.isdigit():
                continue
            try:
                line.fields[name] = _value(name, values[name])
            except ValueError as wrong:
                self._problem(line, name, f"« {text[:40]} » : {wrong}")
            if name == "etat" and is_blocked(text) and "blocage" not in line.fields:
                line.fields["blocage"] = text[: LONGEST["blocage"]]
            if name in ("pilotes", "copilotes", "partenaires"):
                self._leave_numbers_out(line, name)
        for name, most in LONGEST.items():
            text = line.fields.get(name, "")
            if isinstance(text, str) and len(text) > most:
                line.fields[name] = text[:most]
                why = f"{len(text)} caractères, {most} au plus : la fin est coupée."
                self._problem(line, name, why)
        if len(line.titre) > 300:
            self._problem(line, "titre", "300 caractères au plus : la fin est coupée.")
            line.titre = line.titre[:300]
        self._check_days(line)

    def _leave_numbers_out(self, line: Line, name: str) -> None:
        """Remove telephone numbers and addresses from names, which the roadmap publishes."""
        names = line.fields.get(name, [])
        bare = [" ".join(PERSONAL.sub(" ", name).split()).strip(" ,;:()-") for name in names]
        if bare != names:
            line.fields[name] = [number for number in bare if number]
            self._problem(line, name, "un numéro ou une adresse n'est pas repris : la feuille de "
                          "route est publique.")  # fmt: skip

    def _check_days(self, line: Line) -> None:
        begins, ends = line.fields.get("debut_le"), line.fields.get("fin_prevue_le")
        if begins and ends and ends < begins:
            del line.fields["fin_prevue_le"]
            why = f"la fin ({ends:%d/%m/%Y}) vient avant le début : elle n'est pas reprise."
            self._problem(line, "fin_prevue_le", why)

    def _problem(self, line: Line, name: str, why: str, *, blocks: bool = False) -> None:
        cell = self.sheet.cell(line.row, name)
        line.problems.append(
            Problem(self.sheet.name, cell, f"{COLUMNS[name].label} : {why}", blocks)
        )


def _axis_of(sheet_name: str) -> str:
    """Return the name of a sheet called after an axis, which is that of its lines."""
    return sheet_name if slugify(sheet_name).startswith("axe") else ""


def _value(name: str, value: Any) -> Any:
    if name in ("debut_le", "fin_prevue_le"):
        return read_day(value, ends=name == "fin_prevue_le")
    if name in AMOUNTS:
        return read_amount(value)
    if name == "etat":
        return read_state(value)
    if name in NAMES:
        return read_names(value)
    return str(value).strip() if name == "description" else text_of(value)

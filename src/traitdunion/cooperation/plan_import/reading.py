"""Rows of a plan as lines that can be compared with the roadmap, with every problem they have."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from .columns import COLUMNS
from .grid import Sheet, text_of
from .values import read_amount, read_day, read_names, read_state

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
    """A row read: `told` holds the fields that say something, as values.

    `parent` is the title of the action this is a step of.
    """

    sheet: str
    row: int
    axe: str
    titre: str
    parent: str
    told: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, str]:
        return slugify(self.axe), slugify(self.parent), slugify(self.titre)

    @property
    def is_left_out(self) -> bool:
        return any(one.blocks for one in self.problems)


def read_lines(sheets: Iterable[Sheet]) -> list[Line]:
    """Every line of the sheets, in order; a line said twice is left out the second time."""
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
    return lines


class _Reading:
    """One sheet read from top to bottom; the axis and the action hold until the next."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.axe = "" if "axe" in sheet.fields.values() else _axis_of(sheet.name)
        self.titre = ""
        self.last = ("", "")

    def lines(self) -> list[Line]:
        found: list[Line] = []
        for n, filled, typed in self.sheet.rows:
            values = {name: filled[column] for column, name in self.sheet.fields.items()}
            told = {name: text_of(value) for name, value in values.items()}
            if self._is_section(filled, typed) or self._says_nothing(told):
                continue
            self.axe = told.get("axe") or self.axe
            found += self._of_row(n, values, told)
        return found

    def _is_section(self, filled: list[Any], typed: list[Any]) -> bool:
        """A row with one text across several columns, or beside the action: it names an axis."""
        said = [column for column, value in enumerate(typed) if text_of(value)]
        if len(said) != 1:
            return False
        text, field_there = text_of(typed[said[0]]), self.sheet.fields.get(said[0])
        spread = sum(text_of(value) == text for value in filled) > 1
        if not spread and field_there not in (None, "axe", "reference"):
            return False
        if not SUMS.match(slugify(text)):
            self.axe, self.titre = text, ""
        return True

    def _says_nothing(self, told: dict[str, str]) -> bool:
        """A sum, a heading said again, a line of another kind."""
        first = next((text for text in told.values() if text), "")
        again = sum(told.get(name) == self.sheet.headings.get(column)
                    for column, name in self.sheet.fields.items() if told.get(name))  # fmt: skip
        other = told.get("nature") not in (None, "", "action")
        return bool(SUMS.match(slugify(first))) or again >= 2 or other

    def _of_row(self, n: int, values: dict[str, Any], told: dict[str, str]) -> list[Line]:
        step, titre = told.get("etape", ""), told.get("titre", "")
        parent = told.get("partie_de", "")
        if step:
            self.titre = titre or self.titre
            lines = []
            if titre and not parent:
                lines = [Line(self.sheet.name, n, self.axe, titre[:300], "")]
            lines.append(Line(self.sheet.name, n, self.axe, step, self.titre))
            # The action of several steps is said again on each row of a merged range.
            if len(lines) == 2 and self.last == (self.axe, titre):
                lines = lines[1:]
            self.last = (self.axe, titre)
        else:
            self.titre, self.last = titre, (self.axe, titre)
            lines = [Line(self.sheet.name, n, self.axe, titre, parent)]
        reference = told.get("reference", "")
        if step and titre and reference:  # it is that of the action, not of its step
            told = told | {"reference": ""}
            if len(lines) == 2:
                lines[0].told["reference"] = reference[: LONGEST["reference"]]
        self._fill(lines[-1], values, told)
        return lines

    def _fill(self, line: Line, values: dict[str, Any], told: dict[str, str]) -> None:
        if not line.titre:
            self._problem(line, "titre", "cette ligne n'a pas d'intitulé d'action : écrivez-le, ou "
                          "supprimez la ligne.", blocks=True)  # fmt: skip
        for name, text in told.items():
            if name in ("axe", "titre", "etape", "partie_de", "nature"):
                continue
            if slugify(text) in NOTHING and not text.isdigit():
                continue
            try:
                line.told[name] = _value(name, values[name])
            except ValueError as wrong:
                self._problem(line, name, f"« {text[:40]} » : {wrong}")
        for name, most in LONGEST.items():
            text = line.told.get(name, "")
            if isinstance(text, str) and len(text) > most:
                line.told[name] = text[:most]
                why = f"{len(text)} caractères, {most} au plus : la fin est coupée."
                self._problem(line, name, why)
        if len(line.titre) > 300:
            self._problem(line, "titre", "300 caractères au plus : la fin est coupée.")
            line.titre = line.titre[:300]
        self._check_days(line)

    def _check_days(self, line: Line) -> None:
        begins, ends = line.told.get("debut_le"), line.told.get("fin_prevue_le")
        if begins and ends and ends < begins:
            del line.told["fin_prevue_le"]
            why = f"la fin ({ends:%d/%m/%Y}) vient avant le début : elle n'est pas reprise."
            self._problem(line, "fin_prevue_le", why)

    def _problem(self, line: Line, name: str, why: str, *, blocks: bool = False) -> None:
        cell = self.sheet.cell(line.row, name)
        line.problems.append(
            Problem(self.sheet.name, cell, f"{COLUMNS[name].label} : {why}", blocks)
        )


def _axis_of(sheet_name: str) -> str:
    """A sheet called after an axis gives it to its lines."""
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

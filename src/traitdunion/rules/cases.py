"""Worked cases that advisers write: a person, a day, and what the rule must answer.

`gaps` looks for what no case tries: a condition that never decides, a threshold without a case one
step before and one step after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from .aids import Entitlement, Reponse, Rule, RuleBook, entitlement
from .criteria import NOT_YET, Criterion, Nature, Value
from .durations import Duration
from .faults import Faults, meant
from .kleene import Truth
from .marked_yaml import Marked, RulesError, marked, read_marked
from .registry import day, number
from .trees import Leaf, Node, World, compared, fold, leaf_truth, leaves, pushed
from .wording import literal

FILE_KEYS = ("regle", "le", "lu_le", "personne", "cas")
CASE_KEYS = ("nom", "avec", "sans", "le", "reponse", "manque", "montants", "a_faire")
EACH_KEYS = ("nom", "avec", "sans", "le", "chaque", *(reponse.value for reponse in Reponse))


@dataclass(frozen=True)
class Case:
    """One case; `manque`, `montants` and `a_faire` are None where the case leaves them out.

    `manque` names criteria, `montants` gives sums by their label (None: not known), `a_faire` the
    last days of the deadlines, in order. `read_on`: the day its sources were last read.
    """

    rule: str
    nom: str
    on: date
    facts: Mapping[str, Value]
    reponse: Reponse
    manque: tuple[str, ...] | None
    montants: Mapping[str, Decimal | None] | None
    a_faire: tuple[date | None, ...] | None
    place: str
    read_on: date | None = None

    def differences(self, book: RuleBook) -> list[str]:
        """Return what the rule answers otherwise, in French; empty where the case holds."""
        outcome = entitlement(book.rule(self.rule, self.on), self.facts, on=self.on, book=book)
        return [
            f"{self.place} : « {self.nom} » attend {wanted}, la règle donne {given}."
            for wanted, given in self._compared(outcome)
            if wanted != given
        ]

    def _compared(self, entitlement: Entitlement) -> Iterator[tuple[Any, Any]]:
        yield self.reponse.value, entitlement.reponse.value
        if self.manque is not None:
            yield list(self.manque), [leaf.criterion.name for leaf in entitlement.missing]
        if self.montants is not None:
            yield (
                dict(self.montants),
                {amount.line.libelle: amount.eur for amount in entitlement.sums},
            )
        if self.a_faire is not None:
            yield (
                list(self.a_faire),
                [deadline.before for deadline in entitlement.to_do if deadline.leaf is not None],
            )


def read_cases(folder: Path, book: RuleBook) -> tuple[list[Case], list[str]]:
    """Return the cases of every file of a folder, and the faults of the files."""
    cases: list[Case] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        faults = Faults(path.name)
        try:
            cases += _CaseReader(read_marked(path), book, faults).cases()
        except RulesError as wrong:
            problems += wrong.problems
        problems += faults.messages
    return cases, problems


def cases_from(document: Mapping[str, Any], book: RuleBook) -> list[Case]:
    """Return the cases of a document shaped like a file, days as dates.

    RulesError with all its faults.
    """
    faults = Faults(f"{document.get('regle', '')}.yaml")
    cases = _CaseReader(marked(document), book, faults).cases()
    if faults.messages:
        raise RulesError(faults.messages)
    return cases


def written(value: Value) -> str | list[str]:
    """Return a fact as a file of cases writes it: `Criterion.read` gives it back."""
    match value:
        case bool():
            return "oui" if value else "non"
        case frozenset():
            return sorted(value)
    return "pas_encore" if value == NOT_YET else str(value)


class _CaseReader:
    """Reads the cases of one file."""

    def __init__(self, content: Marked, book: RuleBook, faults: Faults) -> None:
        self.content, self.book, self.faults = content, book, faults

    def cases(self) -> list[Case]:
        content, faults = self.content, self.faults
        faults.unknown_keys(content, FILE_KEYS)
        name = faults.text(content, "regle")
        if name not in self.book.rules:
            if name:
                advice = meant(name, self.book.rules)
                faults.add(content.lines["regle"], "regle", f"pas de règle « {name} ».", advice)
            return []
        person = self._facts(content, "personne")
        usual, read_on = day(content, "le", faults), day(content, "lu_le", faults)
        read_cases = [
            case
            for entry in faults.entries(content, "cas")
            for case in (
                self._each(name, entry, person, usual)
                if "chaque" in entry
                else [self._case(name, entry, person, usual)]
            )
        ]
        return [replace(case, read_on=read_on) for case in read_cases]

    def _each(
        self, rule: str, entry: Marked, person: Mapping[str, Value], usual: date | None
    ) -> list[Case]:
        """Read one case for each value of a criterion, listed under the answer it must give."""
        faults = self.faults
        faults.unknown_keys(entry, EACH_KEYS)
        name = faults.text(entry, "chaque")
        criterion = self.book.criteria.get(name)
        if criterion is None:
            faults.add(entry.lines["chaque"], "chaque", f"« {name} » n'est pas au registre.",
                       meant(name, self.book.criteria))  # fmt: skip
            return []
        cases = []
        for reponse in Reponse:
            for code in faults.texts(entry, reponse.value):
                case = Marked(
                    {key: entry[key] for key in ("nom", "sans", "le") if key in entry}
                    | {"avec": self._with(entry, name, code), "reponse": reponse.value}
                )
                case.line, case.lines = entry.line, dict.fromkeys(case, entry.line)
                case["nom"] = f"{case.get('nom') or criterion.nom} : {criterion.label(code)}"
                cases.append(self._case(rule, case, person, usual))
        return cases

    @staticmethod
    def _with(entry: Marked, name: str, code: str) -> Marked:
        facts = Marked({**(entry.get("avec") or {}), name: code})
        facts.line, facts.lines = entry.line, dict.fromkeys(facts, entry.line)
        return facts

    def _case(
        self, rule: str, entry: Marked, person: Mapping[str, Value], usual: date | None
    ) -> Case:
        faults = self.faults
        faults.unknown_keys(entry, CASE_KEYS)
        on = day(entry, "le", faults) or usual
        if on is None:
            faults.add(entry.line, "le", "il manque le jour de la demande.", "Écrivez AAAA-MM-JJ.")
        without = faults.texts(entry, "sans")
        facts = {**person, **self._facts(entry, "avec")}
        return Case(
            rule=rule,
            nom=faults.text(entry, "nom"),
            on=on or date.max,
            facts={name: value for name, value in facts.items() if name not in without},
            reponse=Reponse(
                faults.one_of(entry, "reponse", [reponse.value for reponse in Reponse])
            ),
            manque=faults.texts(entry, "manque") if "manque" in entry else None,
            montants=self._sums(entry) if "montants" in entry else None,
            a_faire=self._days(entry) if "a_faire" in entry else None,
            place=f"{faults.file}, ligne {entry.line}",
        )

    def _facts(self, entry: Marked, key: str) -> dict[str, Value]:
        section = self.faults.entry(entry[key], entry.lines[key], key) if key in entry else None
        facts: dict[str, Value] = {}
        for name, given in (section or Marked()).items():
            line = section.lines[name] if section is not None else entry.line
            if name not in self.book.criteria:
                advice = meant(name, self.book.criteria)
                self.faults.add(line, name, "il n'est pas au registre.", advice)
                continue
            try:
                facts[name] = self.book.criteria[name].read(given)
            except ValueError as wrong:
                self.faults.add(line, name, f"{wrong}.")
        return facts

    def _sums(self, entry: Marked) -> dict[str, Decimal | None]:
        section = self.faults.entry(entry["montants"], entry.lines["montants"], "montants")
        return {
            label: None if given == "inconnu" else number(section, label, self.faults)
            for label, given in (section or {}).items()
            if section is not None
        }

    def _days(self, entry: Marked) -> tuple[date | None, ...]:
        given = entry["a_faire"] if isinstance(entry["a_faire"], list) else []
        return tuple(value if type(value) is date else None for value in given)


# -- what no case tries -----------------------------------------------------------------------


def gaps(book: RuleBook, cases: Sequence[Case]) -> list[str]:
    """Each condition that no case sees decide both ways, one step either side of its threshold."""
    return [
        f"{rule.file}, ligne {line} : {text} et décide seule. "
        f"Ajoutez-en un dans cas/{rule.name}.yaml."
        for name in sorted(book.rules)
        for rule in book.rules[name]
        for line, text in gaps_of(rule, cases, book)
    ]


def gaps_of(rule: Rule, cases: Sequence[Case], book: RuleBook) -> list[tuple[int, str]]:
    """Return what no case of one version of a rule tries.

    The line of the condition, and what is missing.

    `book` holds the rule.
    """
    worlds = [
        book.world(case.facts, case.on)
        for case in cases
        if case.rule == rule.name and book.rule(rule.name, case.on) is rule
    ]
    return [gap for tree in rule.trees for gap in _gaps_in(pushed(tree), worlds, book)]


def _gaps_in(tree: Node, worlds: Sequence[World], book: RuleBook) -> Iterator[tuple[int, str]]:
    for leaf in leaves(tree):
        seen = {compared(leaf, world) for world in worlds if _decides(leaf, tree, world, book)}
        for wanted, text in ((Truth.TRUE, "remplie"), (Truth.FALSE, "non remplie")):
            if wanted not in seen:
                words = literal(leaf, book.parameters, date.max)
                where = " juste au seuil" if _has_threshold(leaf) else ""
                yield leaf.line, f"aucun cas où « {words} » est {text}{where}"


def _decides(leaf: Leaf, tree: Node, world: World, book: RuleBook) -> bool:
    """True where the leaf alone changes the tree, and is at the edge of its threshold if any."""
    best = Truth.TRUE if leaf.is_vouched_for(world) else Truth.UNKNOWN

    def with_leaf(value: Truth) -> Truth:
        return fold(tree, lambda row: value if row is leaf else leaf_truth(row, world))

    if with_leaf(best) is with_leaf(Truth.FALSE):
        return False
    return not _has_threshold(leaf) or any(
        compared(leaf, near) not in (compared(leaf, world), Truth.UNKNOWN)
        for near in _one_step_away(leaf, world, book)
    )


def _has_threshold(leaf: Leaf) -> bool:
    return leaf.criterion.nature in (Nature.NOMBRE, Nature.DATE, Nature.DUREE)


def _one_step_away(leaf: Leaf, world: World, book: RuleBook) -> Iterator[World]:
    """The same world a day sooner and later for a date or an age, else with the fact a step off."""
    if leaf.criterion.nature is Nature.DATE:
        for days in (-1, 1):
            on = world.on + timedelta(days=days)
            yield World({**world.facts, "demande_le": on}, on, world.parameters)
        return
    source = world.facts.get(leaf.criterion.deduit_de)
    if isinstance(source, date):
        for days in (-1, 1):
            moved = source + timedelta(days=days)
            known = {
                name: fact for name, fact in world.facts.items() if name != leaf.criterion.name
            }
            yield book.world({**known, leaf.criterion.deduit_de: moved}, world.on)
        return
    for fact in _neighbours(leaf.criterion, world.facts.get(leaf.criterion.name)):
        yield replace(world, facts={**world.facts, leaf.criterion.name: fact})


def _neighbours(criterion: Criterion, fact: Value | None) -> list[Value]:
    if isinstance(fact, Duration):
        return [Duration(fact.count - 1, fact.unit), Duration(fact.count + 1, fact.unit)]
    if isinstance(fact, Decimal):
        return [fact - criterion.pas, fact + criterion.pas]
    return []

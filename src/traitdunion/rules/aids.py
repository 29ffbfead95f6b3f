"""Aids and conditions of access: who may have one, how much, what to do and until when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

from .criteria import Criterion, Facts, completed
from .formulas import Formula
from .kleene import Truth
from .missing import to_lift, to_settle
from .parameters import Parameter
from .trees import (
    DEADLINES,
    AllOf,
    Leaf,
    Node,
    Not,
    Source,
    World,
    evaluate,
    last_day,
    leaves,
    pushed,
)

CENT = Decimal("0.01")


class Reponse(StrEnum):
    """What a rule answers."""

    OUI = "oui"
    A_VERIFIER = "a_verifier"
    NON = "non"

    @property
    def label(self) -> str:
        """French label."""
        return {"oui": "Oui", "a_verifier": "À vérifier", "non": "Non"}[self.value]


ANSWERS = {Truth.TRUE: Reponse.OUI, Truth.UNKNOWN: Reponse.A_VERIFIER, Truth.FALSE: Reponse.NON}


class Periode(StrEnum):
    """How often a sum is paid."""

    MOIS = "mois"
    PREMIER_MOIS = "premier_mois"
    UNE_FOIS = "une_fois"
    AN = "an"
    ALLER_RETOUR = "aller_retour"

    @property
    def label(self) -> str:
        """French words that follow a sum."""
        return {
            "mois": "par mois",
            "premier_mois": "le premier mois",
            "une_fois": "une fois",
            "an": "par an",
            "aller_retour": "par aller-retour",
        }[self.value]


class Nature(StrEnum):
    """What a sum is: only the first three spare money."""

    AIDE = "aide"
    REDUCTION = "reduction"
    REMBOURSEMENT = "remboursement"
    PRET = "pret"
    EXONERATION = "exoneration"


@dataclass(frozen=True)
class AmountLine:
    """One sum of an aid; due where `si` is true. `jusqu_a`: it is the most one may have."""

    libelle: str
    nature: Nature
    periode: Periode
    calcul: Formula
    si: Node | None
    jusqu_a: bool
    line: int


@dataclass(frozen=True)
class Conflict:
    """Sources that disagree, and what the rule does of it."""

    code: str
    note: str
    traitement: str


@dataclass(frozen=True)
class Excluded:
    """Name of an aid that may not be had along with that of the rule, and what says so."""

    other: str
    source: Source


@dataclass(frozen=True)
class Rule:
    """A version of a rule, as one file says it.

    `is_aid`: shown with each answer; else it says who may use a solution of the catalogue.
    """

    name: str
    version: int
    nom: str
    resume: str
    organisme: str
    telephone: str
    lien: str
    is_aid: bool
    valid_from: date
    valid_to: date | None
    conditions: Node
    montants: tuple[AmountLine, ...]
    a_faire: tuple[str, ...]
    conflits: tuple[Conflict, ...]
    exclusif: tuple[Excluded, ...]
    subsidiaire: bool
    sources: Mapping[str, Source]
    file: str

    @property
    def trees(self) -> tuple[Node, ...]:
        """Conditions, then those of the sums."""
        return (self.conditions, *(line.si for line in self.montants if line.si is not None))

    @cached_property
    def looks_at(self) -> frozenset[str]:
        """Criteria that its conditions look at, and those these follow from."""
        found = {leaf.criterion for leaf in leaves(self.conditions)}
        return frozenset({one.name for one in found} | {one.deduit_de for one in found} - {""})


@dataclass(frozen=True)
class RuleBook:
    """Everything the rule files say: criteria, dated parameters, and the versions of each rule."""

    criteria: Mapping[str, Criterion]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, tuple[Rule, ...]]

    def rule(self, name: str, on: date) -> Rule:
        """Version of a day: the last begun, else the first; KeyError where there is no such rule.

        Outside its dates the leaves of a version are unknown, so that it answers *à vérifier*.
        """
        versions = self.rules[name]
        return next((one for one in reversed(versions) if one.valid_from <= on), versions[0])

    def with_rules(self, rules: Iterable[Rule]) -> "RuleBook":
        """The same book with other rules; those of a name replace its versions."""
        named: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda one: (one.valid_from, one.version)):
            named.setdefault(rule.name, []).append(rule)
        more = {name: tuple(versions) for name, versions in named.items()}
        return replace(self, rules={**self.rules, **more})

    def aids(self, on: date) -> list[Rule]:
        """The aids, in the order of their names."""
        found = (self.rule(name, on) for name in sorted(self.rules))
        return [rule for rule in found if rule.is_aid]

    def world(self, facts: Facts, on: date) -> World:
        """Facts completed for a day, with the parameters."""
        return World(completed(facts, self.criteria, on), on, self.parameters)


@dataclass(frozen=True)
class Sum:
    """A sum worked out: None where something it needs is not known (`unknown` names it).

    `sure` is False where its own condition, or a parameter, is still to be checked.
    """

    line: AmountLine
    eur: Decimal | None
    sure: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class ToDo:
    """Something to do; `before` is the last day, None where it is not known or there is none."""

    text: str
    before: date | None
    leaf: Leaf | None = None


@dataclass(frozen=True)
class Entitlement:
    """What a rule answers for a person on the day of the request.

    `missing`: of a *non*, the fewest failing literals to lift it; of an *à vérifier*, the fewest
    unsettled literals that would give *oui*.
    """

    rule: Rule
    reponse: Reponse
    missing: tuple[Leaf, ...]
    sums: tuple[Sum, ...]
    to_do: tuple[ToDo, ...]


def entitlement(rule: Rule, facts: Facts, *, on: date, book: RuleBook) -> Entitlement:
    """What `rule` answers when it is asked on a day; no sum nor step where the answer is *non*."""
    world = book.world(facts, on)
    said = evaluate(rule.conditions, world)
    if said is Truth.FALSE:
        return Entitlement(rule, Reponse.NON, to_lift(rule.conditions, world), (), ())
    return Entitlement(
        rule=rule,
        reponse=ANSWERS[said],
        missing=to_settle(rule.conditions, world),
        sums=tuple(_sums(rule, world)),
        to_do=_to_do(rule, world),
    )


def _sums(rule: Rule, world: World) -> Iterator[Sum]:
    """Sums due, or that may be; those whose condition is false are left out."""
    for line in rule.montants:
        due = Truth.TRUE if line.si is None else evaluate(line.si, world)
        if due is not Truth.FALSE:
            yield _sum(line, due is Truth.TRUE, world)


def _sum(line: AmountLine, due: bool, world: World) -> Sum:
    values = {name: value for name, value in world.facts.items() if isinstance(value, Decimal)}
    sure = due
    for name in set(line.calcul.names) & world.parameters.keys():
        found = world.parameters[name].at(world.on)
        if found is None or found.value is None:
            continue
        values[name] = found.value
        sure = sure and found.confiance != "C"
    eur = line.calcul.amount(values)
    return Sum(
        line=line,
        eur=None if eur is None else eur.quantize(CENT, ROUND_HALF_UP),
        sure=sure,
        unknown=tuple(name for name in line.calcul.names if name not in values),
    )


def _to_do(rule: Rule, world: World) -> tuple[ToDo, ...]:
    """Deadlines of the branches that may hold, soonest first, then the steps of the rule."""
    deadlines = [
        ToDo(leaf.a_faire, last_day(leaf, world.facts), leaf)
        for leaf in _standing(pushed(rule.conditions), world)
        if leaf.op in DEADLINES
    ]
    deadlines.sort(key=lambda one: (one.before is None, one.before or date.max))
    return (*deadlines, *(ToDo(text, None) for text in rule.a_faire))


def _standing(node: Node, world: World) -> Iterator[Leaf]:
    """Leaves an answer may rest on: of a choice, the branches that hold, else those that may."""
    if isinstance(node, Leaf):
        yield node
        return
    if isinstance(node, Not):
        raise TypeError("negations are pushed before")
    said = [evaluate(part, world) for part in node.nodes]
    best = Truth.UNKNOWN if isinstance(node, AllOf) else max(said, default=Truth.UNKNOWN)
    for part, value in zip(node.nodes, said, strict=True):
        if value >= best and value is not Truth.FALSE:
            yield from _standing(part, world)

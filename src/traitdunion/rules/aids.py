"""Aids and conditions of access: who may have one, how much, what to do and until when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from traitdunion import french

from .criteria import Criterion, Facts, completed
from .formulas import Formula
from .kept import Kept
from .kleene import Truth
from .missing import to_lift, to_settle
from .parameters import Operand, Parameter
from .trees import (
    DEADLINES,
    AllOf,
    Leaf,
    Node,
    Not,
    Op,
    Source,
    World,
    evaluate,
    last_day,
    leaves,
    pushed,
)

CENT = Decimal("0.01")

FRESH_DAYS = 90
"""Days after which what was read of a source no longer makes a *oui*, unless set otherwise."""


class Reponse(StrEnum):
    """What a rule answers."""

    OUI = "oui"
    A_VERIFIER = "a_verifier"
    NON = "non"

    @property
    def label(self) -> str:
        """Return the French label."""
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
        """Return the French words that follow a sum."""
        return {
            "mois": "par mois",
            "premier_mois": "le premier mois",
            "une_fois": "une fois",
            "an": "par an",
            "aller_retour": "par aller-retour",
        }[self.value]


class Couvre(StrEnum):
    """What a sum pays for: only transport lowers what a way to work costs."""

    TRANSPORT = "transport"
    REPAS = "repas"
    HEBERGEMENT = "hebergement"
    GARDE = "garde"
    LOGEMENT = "logement"
    PERMIS = "permis"
    VEHICULE = "vehicule"


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
    couvre: Couvre = Couvre.TRANSPORT


@dataclass(frozen=True)
class Ceiling:
    """What several sums of a rule may come to together; `labels` names them in order."""

    labels: tuple[str, ...]
    calcul: Formula
    line: int


@dataclass(frozen=True)
class Conflict:
    """Sources that disagree, and what the rule does of it."""

    code: str
    note: str
    traitement: str


@dataclass(frozen=True)
class Excluded:
    """Name of an aid that may not be had along with that of the rule, and what states it."""

    other: str
    source: Source


@dataclass(frozen=True)
class Rule:
    """A version of a rule, as one file states it.

    `is_aid`: shown with each answer; else it states who may use a solution of the catalogue.
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
    plafonds: tuple[Ceiling, ...] = ()

    @property
    def trees(self) -> tuple[Node, ...]:
        """Return the conditions, then those of the sums."""
        return (self.conditions, *(line.si for line in self.montants if line.si is not None))

    @cached_property
    def looks_at(self) -> frozenset[str]:
        """Return the criteria that its conditions look at, and those these follow from."""
        criteria = {leaf.criterion for leaf in leaves(self.conditions)}
        return frozenset(
            {name.name for name in criteria} | {name.deduit_de for name in criteria} - {""}
        )

    @cached_property
    def cited(self) -> tuple[Source, ...]:
        """Return the sources that its conditions and those of its sums rest on, each once."""
        sources = (leaf.source for tree in self.trees for leaf in leaves(tree))
        return tuple(dict.fromkeys(source for source in sources if source is not None))

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """Return the formulas of its sums and of their ceilings."""
        return (
            *(montant.calcul for montant in self.montants),
            *(plafond.calcul for plafond in self.plafonds),
        )

    def is_elsewhere(self, facts: Facts) -> bool:
        """Return True where it is the aid of another area than the known place of residence."""
        parts = self.conditions.nodes if isinstance(self.conditions, AllOf) else (self.conditions,)
        home = facts.get("residence")
        return isinstance(home, frozenset) and any(
            isinstance(part, Leaf)
            and part.criterion.name == "residence"
            and part.op is Op.COMPREND
            and isinstance(part.value, frozenset)
            and not part.value & home
            for part in parts
        )


@dataclass(frozen=True)
class RuleBook:
    """Everything the rule files hold: criteria, dated parameters, and the versions of each rule.

    `fresh_days`: how long the reading of a source is trusted. `warnings`: why a rule must not be
    promised whatever its facts, by its name (its page changed, or no longer answers).
    """

    criteria: Mapping[str, Criterion]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, tuple[Rule, ...]]
    fresh_days: int = FRESH_DAYS
    warnings: Mapping[str, str] = field(default_factory=dict)

    def rule(self, name: str, on: date) -> Rule:
        """Return the version of a day: the last begun, else the first.

        KeyError where there is no such rule.

        Outside its dates the leaves of a version are unknown, so that it answers *à vérifier*.
        """
        versions = self.rules[name]
        return next(
            (version for version in reversed(versions) if version.valid_from <= on), versions[0]
        )

    def with_rules(self, rules: Iterable[Rule]) -> "RuleBook":
        """Return the same book with other rules; those of a name replace its versions."""
        named: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda row: (row.valid_from, row.version)):
            named.setdefault(rule.name, []).append(rule)
        more = {name: tuple(versions) for name, versions in named.items()}
        return replace(self, rules={**self.rules, **more})

    def aids(self, on: date, facts: Facts = MappingProxyType({})) -> list[Rule]:
        """Return the aids in the order of their names, without those of other areas than home."""
        rules = (self.rule(name, on) for name in sorted(self.rules))
        return [rule for rule in rules if rule.is_aid and not rule.is_elsewhere(facts)]

    def is_stale(self, read_on: date | None, on: date) -> bool:
        """Return True where what was read on a day, None if unknown, is too old to rest on."""
        return read_on is None or on > read_on + timedelta(days=self.fresh_days)

    def doubt_of(self, rule: Rule, on: date) -> str:
        """Return why a rule must be read again before anything is promised; "" where it is sure.

        Of several readings the oldest counts: those of its sources, and of the amounts in force
        that its conditions compare with.
        """
        if rule.name in self.warnings:
            return self.warnings[rule.name]
        days = [source.lu_le for source in rule.cited]
        days += [
            value.lu_le
            for leaf in leaves(rule.conditions)
            if isinstance(leaf.value, Operand)
            and (value := self.parameters[leaf.value.parameter].at(on)) is not None
            and value.value is not None
        ]
        oldest = min((day or date.min for day in days), default=date.max)
        if not self.is_stale(oldest, on):
            return ""
        if oldest == date.min:
            return "on ne sait pas quel jour la règle a été lue : à relire avant de promettre"
        return f"règle lue le {french.day(oldest)} : à relire avant de promettre"

    @cached_property
    def kept(self) -> Kept:
        """Return what was worked out of this book; another book begins with nothing."""
        return Kept()

    @cached_property
    def _reads(self) -> dict[int, frozenset[str]]:
        return {}

    def reads(self, rule: Rule) -> frozenset[str]:
        """Return the facts that the answer of a rule of the book depends on, sums included."""
        # By identity: the book keeps its rules.
        if id(rule) not in self._reads:
            names = {leaf.criterion.name for tree in rule.trees for leaf in leaves(tree)}
            names |= {name for formula in rule.formulas for name in formula.names}
            known = names & self.criteria.keys()
            while known:
                sources = {self.criteria[name].deduit_de for name in known}
                known = (sources - names) & self.criteria.keys()
                names |= known
            self._reads[id(rule)] = frozenset(names)
        return self._reads[id(rule)]

    def world(self, facts: Facts, on: date) -> World:
        """Return the facts completed for a day, with the parameters."""
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
    unsettled literals that would give *oui*. `doubt`: why the facts do not suffice for a *oui*, a
    French sentence without its stop; "" where nothing stands against the rule itself.
    """

    rule: Rule
    reponse: Reponse
    missing: tuple[Leaf, ...]
    sums: tuple[Sum, ...]
    to_do: tuple[ToDo, ...]
    doubt: str = ""


def entitlement(rule: Rule, facts: Facts, *, on: date, book: RuleBook) -> Entitlement:
    """Return what `rule` answers on a day; no sum nor step where the answer is *non*.

    A rule in doubt (`RuleBook.doubt_of`) never answers *oui*, and none of its sums is sure.
    """
    world = book.world(facts, on)
    conditions_met = evaluate(rule.conditions, world)
    if conditions_met is Truth.FALSE:
        return Entitlement(rule, Reponse.NON, to_lift(rule.conditions, world), (), ())
    doubt = book.doubt_of(rule, on)
    sums = _within_ceilings(_sums(rule, world, book), rule.plafonds, world, book)
    return Entitlement(
        rule=rule,
        reponse=Reponse.A_VERIFIER if doubt else ANSWERS[conditions_met],
        missing=to_settle(rule.conditions, world),
        sums=tuple(replace(amount, sure=False) for amount in sums) if doubt else tuple(sums),
        to_do=_to_do(rule, world),
        doubt=doubt,
    )


def _sums(rule: Rule, world: World, book: RuleBook) -> Iterator[Sum]:
    """Yield the sums due, or that may be; those whose condition is false are left out."""
    for line in rule.montants:
        due = Truth.TRUE if line.si is None else evaluate(line.si, world)
        if due is not Truth.FALSE:
            eur, sure, unknown = _worked_out(line.calcul, world, book)
            rounded = None if eur is None else eur.quantize(CENT, ROUND_HALF_UP)
            yield Sum(line, rounded, sure and due is Truth.TRUE, unknown)


def _worked_out(
    formula: Formula, world: World, book: RuleBook
) -> tuple[Decimal | None, bool, tuple[str, ...]]:
    """Return the amount of a formula, whether its parameters are sure, the names without value."""
    values = {name: value for name, value in world.facts.items() if isinstance(value, Decimal)}
    sure = True
    for name in set(formula.names) & world.parameters.keys():
        known_value = world.parameters[name].at(world.on)
        if known_value is None or known_value.value is None:
            continue
        values[name] = known_value.value
        sure = (
            sure and known_value.confiance != "C" and not book.is_stale(known_value.lu_le, world.on)
        )
    unknown = tuple(name for name in formula.names if name not in values)
    return formula.amount(values), sure, unknown


def _within_ceilings(
    sums: Iterable[Sum], ceilings: Sequence[Ceiling], world: World, book: RuleBook
) -> list[Sum]:
    """Bring sums down to what their common ceiling leaves, in the order the ceiling names them.

    Under a ceiling that is not known no sum is; a ceiling in doubt leaves sure what lies under it,
    and after a sum that is not known, none is sure.
    """
    kept = list(sums)
    for ceiling in ceilings:
        left, is_sure, unknown = _worked_out(ceiling.calcul, world, book)
        all_known = True
        named = (i for label in ceiling.labels for i, amount in enumerate(kept)
                 if amount.line.libelle == label)  # fmt: skip
        for i in named:
            amount = kept[i]
            if left is None:
                kept[i] = replace(amount, eur=None, unknown=(*amount.unknown, *unknown))
            elif amount.eur is None:
                all_known = False
            else:
                eur = min(amount.eur, max(left, Decimal(0)))
                sure = amount.sure and all_known and (is_sure or amount.eur < left)
                kept[i] = replace(amount, eur=eur, sure=sure)
                left -= eur
    return kept


def _to_do(rule: Rule, world: World) -> tuple[ToDo, ...]:
    """Deadlines of the branches that may hold, soonest first, then the steps of the rule."""
    deadlines = [
        ToDo(leaf.a_faire, last_day(leaf, world.facts), leaf)
        for leaf in _standing(pushed(rule.conditions), world)
        if leaf.op in DEADLINES
    ]
    deadlines.sort(key=lambda row: (row.before is None, row.before or date.max))
    return (*deadlines, *(ToDo(text, None) for text in rule.a_faire))


def _standing(node: Node, world: World) -> Iterator[Leaf]:
    """Yield the leaves an answer may rest on.

    Of a choice, the branches that hold, else those that may.
    """
    if isinstance(node, Leaf):
        yield node
        return
    if isinstance(node, Not):
        raise TypeError("negations are pushed before")
    truths = [evaluate(part, world) for part in node.nodes]
    best = Truth.UNKNOWN if isinstance(node, AllOf) else max(truths, default=Truth.UNKNOWN)
    for part, value in zip(node.nodes, truths, strict=True):
        if value >= best and value is not Truth.FALSE:
            yield from _standing(part, world)

"""Conditions: trees of *all*, *any*, *not* whose leaves compare one criterion with one value.

A leaf that nothing vouches for (confidence C, out of its dates, a parameter not known) is unknown
or false, never true: a *oui* rests on what is sure. Negations are pushed to the leaves before
anything is evaluated, so that a doubtful leaf may not become true by being denied.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias, cast

from .criteria import NOT_YET, Criterion, Facts, Value
from .durations import Duration, at_least
from .kleene import Truth, all_of, any_of, negation, truth
from .parameters import Operand, Parameter


class Op(StrEnum):
    """How a leaf compares; `negated` states the contrary."""

    EST = "est"
    N_EST_PAS = "n_est_pas"
    PARMI = "parmi"
    HORS_DE = "hors_de"
    COMPREND = "comprend"
    NE_COMPREND_PAS = "ne_comprend_pas"
    COMPREND_TOUS = "comprend_tous"
    NE_COMPREND_PAS_TOUS = "ne_comprend_pas_tous"
    AU_MOINS = "au_moins"
    MOINS_DE = "moins_de"
    PLUS_DE = "plus_de"
    AU_PLUS = "au_plus"
    AVANT = "avant"
    A_PARTIR_DU = "a_partir_du"
    DEPUIS_AU_MOINS = "depuis_au_moins"
    DEPUIS_MOINS_DE = "depuis_moins_de"
    DEMANDE_AVANT = "demande_avant"
    DEMANDE_PAS_AVANT = "demande_pas_avant"
    DEMANDE_DANS = "demande_dans"
    DEMANDE_APRES = "demande_apres"

    @property
    def negated(self) -> "Op":
        """Return the operator that is true where this one is false."""
        return NEGATED[self]


PAIRS = (
    (Op.EST, Op.N_EST_PAS),
    (Op.PARMI, Op.HORS_DE),
    (Op.COMPREND, Op.NE_COMPREND_PAS),
    (Op.COMPREND_TOUS, Op.NE_COMPREND_PAS_TOUS),
    (Op.AU_MOINS, Op.MOINS_DE),
    (Op.PLUS_DE, Op.AU_PLUS),
    (Op.AVANT, Op.A_PARTIR_DU),
    (Op.DEPUIS_AU_MOINS, Op.DEPUIS_MOINS_DE),
    (Op.DEMANDE_AVANT, Op.DEMANDE_PAS_AVANT),
    (Op.DEMANDE_DANS, Op.DEMANDE_APRES),
)
NEGATED = {**dict(PAIRS), **{second: first for first, second in PAIRS}}
DEADLINES = frozenset({Op.DEMANDE_AVANT, Op.DEMANDE_DANS})
"""Operators that set the last day to ask, and so put a line on the list of things to do."""


@dataclass(frozen=True)
class Source:
    """What vouches for a leaf: A official text, B two agreeing pages or code, C one page."""

    id: str
    titre: str
    url: str
    lu_le: date | None
    confiance: str


@dataclass(frozen=True)
class Leaf:
    """One comparison. `value` is what the operator takes, or an `Operand` on a dated parameter.

    `texte` states it in French where the words made from the criterion would not do; `a_faire` is
    what to do by a deadline. `valid_from` and `valid_to` bound the days its source answers for.
    `line` is where it stands in its file.
    """

    criterion: Criterion
    op: Op
    value: "Value | Operand | None"
    source: Source | None = None
    citation: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    confiance: str = "A"
    texte: str = ""
    a_faire: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        """Return what makes two leaves the same literal."""
        return (
            self.criterion.name,
            self.op,
            self.value,
            self.confiance,
            self.valid_from,
            (self.valid_to),
        )

    def is_vouched_for(self, world: "World") -> bool:
        """Return True where it may be true on that day."""
        if isinstance(self.value, Operand) and not self.value.is_sure(world.on, world.parameters):
            return False
        return self.confiance != "C" and self.is_in_force(world.on)

    def is_in_force(self, on: date) -> bool:
        """Return True within the days its source answers for."""
        began = self.valid_from is None or self.valid_from <= on
        return began and (self.valid_to is None or on <= self.valid_to)


class _Branch:
    """A node that has others: what is worked out of it once, trees never changing."""

    @cached_property
    def without_not(self) -> "Node":
        """Return the same tree, its negations on the leaves."""
        return _pushed(cast("Node", self), denied=False)

    @cached_property
    def leaves(self) -> "tuple[Leaf, ...]":
        """Return its leaves in the order of the file."""
        node = cast("AllOf | AnyOf | Not", self)
        parts = (node.node,) if isinstance(node, Not) else node.nodes
        return tuple(leaf for part in parts for leaf in leaves(part))


@dataclass(frozen=True)
class AllOf(_Branch):
    """True where each of its nodes is."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True)
class AnyOf(_Branch):
    """True where one of its nodes is."""

    nodes: "tuple[Node, ...]"


@dataclass(frozen=True)
class Not(_Branch):
    """True where its node is false."""

    node: "Node"


Node: TypeAlias = Leaf | AllOf | AnyOf | Not


@dataclass(frozen=True)
class World:
    """What a tree is evaluated against: facts completed for a day, and the dated parameters."""

    facts: Facts
    on: date
    parameters: Mapping[str, Parameter]


def pushed(node: Node) -> Node:
    """Return the same tree without *not*: the negations are on the leaves (De Morgan)."""
    return node if isinstance(node, Leaf) else node.without_not


def _pushed(node: Node, *, denied: bool) -> Node:
    if isinstance(node, Leaf):
        return replace(node, op=node.op.negated) if denied else node
    if isinstance(node, Not):
        return _pushed(node.node, denied=not denied)
    parts = tuple(_pushed(part, denied=denied) for part in node.nodes)
    return AllOf(parts) if isinstance(node, AllOf) != denied else AnyOf(parts)


def leaves(node: Node) -> Sequence[Leaf]:
    """Return the leaves in the order of the file."""
    return (node,) if isinstance(node, Leaf) else node.leaves


def with_leaves(node: Node, of_leaf: Callable[[Leaf], Leaf]) -> Node:
    """Return the same tree, each leaf replaced; its negations are on the leaves before."""
    tree = pushed(node)
    if isinstance(tree, Leaf):
        return of_leaf(tree)
    parts = cast("AllOf | AnyOf", tree)
    return replace(parts, nodes=tuple(with_leaves(part, of_leaf) for part in parts.nodes))


def evaluate(node: Node, world: World) -> Truth:
    """Return the truth of a tree, its negations first pushed to the leaves."""
    return fold(pushed(node), lambda leaf: leaf_truth(leaf, world))


def may_be_true(node: Node, world: World) -> bool:
    """Return whether learning facts could make a tree true: not where it rests on doubt alone."""

    def best(leaf: Leaf) -> Truth:
        value = leaf_truth(leaf, world)
        open_ = value is Truth.UNKNOWN and leaf.criterion.name not in world.facts
        return Truth.TRUE if open_ and leaf.is_vouched_for(world) else value

    return fold(pushed(node), best) is Truth.TRUE


def fold(node: Node, value_of: Callable[[Leaf], Truth]) -> Truth:
    """Return Kleene's truth of a tree whose leaves have the truth that is given."""
    if isinstance(node, Leaf):
        return value_of(node)
    if isinstance(node, Not):
        return negation(fold(node.node, value_of))
    parts = (fold(part, value_of) for part in node.nodes)
    return all_of(parts) if isinstance(node, AllOf) else any_of(parts)


def leaf_truth(leaf: Leaf, world: World) -> Truth:
    """Return the truth of a leaf.

    What its comparison states, never TRUE where nothing vouches for it.
    """
    if not leaf.is_in_force(world.on):
        return Truth.UNKNOWN
    value = compared(leaf, world)
    return value if leaf.is_vouched_for(world) else min(value, Truth.UNKNOWN)


def compared(leaf: Leaf, world: World) -> Truth:
    """Return what the facts say, whether or not anything vouches for the leaf."""
    fact = world.facts.get(leaf.criterion.name)
    value = leaf.value
    if isinstance(value, Operand):
        value = value.amount(world.on, world.parameters)
    if fact is None or (value is None and leaf.op not in NEEDS_NO_VALUE):
        return Truth.UNKNOWN
    positive = leaf.op if leaf.op in POSITIVE else leaf.op.negated
    holds = POSITIVE[positive](leaf.criterion, fact, value, world.on)
    return truth(holds) if positive is leaf.op else negation(truth(holds))


NEEDS_NO_VALUE = frozenset({Op.DEMANDE_AVANT, Op.DEMANDE_PAS_AVANT})


def _at_least(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    if isinstance(fact, Duration) and isinstance(value, Duration):
        return at_least(fact, value)
    if isinstance(fact, Decimal) and isinstance(value, Decimal):
        return fact >= value
    if isinstance(fact, str) and isinstance(value, str):
        return criterion.rank(fact) >= criterion.rank(value)
    return None


def _more_than(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    if isinstance(fact, Duration) and isinstance(value, Duration):
        reached = at_least(value, fact)
        return None if reached is None else not reached
    if isinstance(fact, Decimal) and isinstance(value, Decimal):
        return fact > value
    if isinstance(fact, str) and isinstance(value, str):
        return criterion.rank(fact) > criterion.rank(value)
    return None


def _same(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    return fact == value


def _among(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    return isinstance(value, frozenset) and fact in value


def _includes(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    if isinstance(fact, frozenset) and isinstance(value, frozenset):
        return bool(fact & value)
    return None


def _includes_all(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    if isinstance(fact, frozenset) and isinstance(value, frozenset):
        return fact >= value
    return None


def _before(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    return fact < value if isinstance(fact, date) and isinstance(value, date) else None


def _since(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    if not isinstance(fact, date) or not isinstance(value, Duration):
        return None
    return fact != NOT_YET and value.after(fact) <= on


def _asked_before(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    return on < fact if isinstance(fact, date) else None


def _asked_within(criterion: Criterion, fact: Value, value: Value | None, on: date) -> bool | None:
    if not isinstance(fact, date) or not isinstance(value, Duration):
        return None
    return fact == NOT_YET or on <= value.after(fact)


POSITIVE: Mapping[Op, Callable[[Criterion, Value, Value | None, date], bool | None]] = {
    Op.EST: _same,
    Op.PARMI: _among,
    Op.COMPREND: _includes,
    Op.COMPREND_TOUS: _includes_all,
    Op.AU_MOINS: _at_least,
    Op.PLUS_DE: _more_than,
    Op.AVANT: _before,
    Op.DEPUIS_AU_MOINS: _since,
    Op.DEMANDE_AVANT: _asked_before,
    Op.DEMANDE_DANS: _asked_within,
}


def last_day(leaf: Leaf, facts: Facts) -> date | None:
    """Last day to ask that a deadline sets; None where its date is not known or not yet set."""
    fact = facts.get(leaf.criterion.name)
    if not isinstance(fact, date) or fact == NOT_YET:
        return None
    if leaf.op is Op.DEMANDE_AVANT:
        return date.fromordinal(fact.toordinal() - 1)
    return leaf.value.after(fact) if isinstance(leaf.value, Duration) else None

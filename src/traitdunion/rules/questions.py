"""Which question to ask next: the one whose answer is expected to tell most about the rules.

Each unknown criterion cuts what people may answer into cells, on either side of the thresholds
that the rules set; a cell stands for all its answers, and all are taken as equally likely: nobody's
statistics are used. Each rule then has a chance of each answer, and the gain of a question is what
it takes off the uncertainty of all of them (Shannon's mutual information, in bits). Chances go up a
tree as if its leaves were independent, which is exact where no criterion comes twice in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from math import log2, prod
from typing import NamedTuple

from .criteria import NOT_YET, Criterion, Facts, Nature, Value, completed
from .durations import Duration, parse_duration
from .kleene import Truth
from .parameters import Operand
from .trees import AllOf, Leaf, Node, Not, World, evaluate, leaf_truth, leaves, pushed

MOST = 8
"""Questions asked of one person at most."""

MOST_CODES = 4
"""Codes of a list of several that are tried together, the most used first."""

NEGLIGIBLE_BITS = 1e-12


@dataclass(frozen=True)
class Question:
    """A criterion to ask for; `gain` in bits, `rules` the places of those it bears on."""

    criterion: Criterion
    gain: float
    rules: tuple[int, ...]


class Chances(NamedTuple):
    """Chances of a tree to be false, unknown whatever is told, and true; they add up to 1."""

    false: float
    unknown: float
    true: float

    @property
    def bits(self) -> float:
        """Uncertainty."""
        return -sum(share * log2(share) for share in self if share > 0)


CERTAIN = {
    Truth.FALSE: Chances(1, 0, 0),
    Truth.UNKNOWN: Chances(0, 1, 0),
    Truth.TRUE: Chances(0, 0, 1),
}


def next_questions(
    trees: Sequence[Node],
    world: World,
    criteria: Mapping[str, Criterion],
    *,
    skipped: frozenset[str] = frozenset(),
    asked: int = 0,
) -> list[Question]:
    """Questions worth asking, best first; at most `MOST` less those `asked`.

    `skipped`: criteria to which the person answered *je ne sais pas*, never asked again.
    """
    open_trees = {
        i: pushed(tree) for i, tree in enumerate(trees) if evaluate(tree, world) is Truth.UNKNOWN
    }
    used: dict[str, list[Leaf]] = {}
    bearing: dict[str, dict[int, None]] = {}
    for i, tree in open_trees.items():
        for leaf in leaves(tree):
            used.setdefault(leaf.criterion.name, []).append(leaf)
            bearing.setdefault(leaf.criterion.name, {})[i] = None
    chances = _Chances(used, world, criteria, skipped)
    found = [
        Question(
            criterion=criteria[name],
            gain=sum(chances.gain(open_trees[i], name) for i in on_trees),
            rules=tuple(on_trees),
        )
        for name, on_trees in bearing.items()
        if chances.may_be_asked(name)
    ]
    worth = [one for one in found if one.gain > NEGLIGIBLE_BITS]
    worth.sort(key=_rank)
    return worth[: max(MOST - asked, 0)]


def _rank(one: Question) -> tuple[float, bool, int, str]:
    """Most bits first; as good, what is not sensitive, then what bears on more rules."""
    criterion = one.criterion
    return -round(one.gain, 9), criterion.sensible, -len(one.rules), criterion.name


class _Chances:
    """Chances of leaves and trees, given the facts of a world."""

    def __init__(
        self,
        used: Mapping[str, Sequence[Leaf]],
        world: World,
        criteria: Mapping[str, Criterion],
        skipped: frozenset[str],
    ) -> None:
        self.world, self.criteria, self.skipped = world, criteria, skipped
        self.answers = {
            name: list(cells(criteria[name], of, world))
            for name, of in used.items()
            if self.may_be_asked(name)
        }
        self.worlds = {
            name: [self._knowing(name, answer) for answer in answers]
            for name, answers in self.answers.items()
        }
        self.of_leaf: dict[tuple[object, ...], Chances] = {}
        self.before: dict[int, float] = {}

    def may_be_asked(self, name: str) -> bool:
        """Unknown, allowed, not skipped, and no place: places come with the addresses."""
        criterion = self.criteria[name]
        if name in self.world.facts or name in self.skipped or not criterion.asked:
            return False
        return bool(criterion.values) or criterion.nature not in (Nature.CHOIX, Nature.PLUSIEURS)

    def gain(self, tree: Node, name: str) -> float:
        """Bits that the answer to a question is expected to take off a tree."""
        after = [self.chances(tree, world).bits for world in self.worlds[name]]
        if not after:
            return 0.0
        if id(tree) not in self.before:
            self.before[id(tree)] = self.chances(tree, self.world).bits
        return self.before[id(tree)] - sum(after) / len(after)

    def chances(self, node: Node, world: World) -> Chances:
        """Chances of a tree, its negations pushed, in a world."""
        if isinstance(node, Leaf):
            return self._leaf(node, world)
        if isinstance(node, Not):
            raise TypeError("negations are pushed before")
        parts = [self.chances(part, world) for part in node.nodes]
        if isinstance(node, AllOf):
            true = prod(part.true for part in parts)
            not_false = prod(1 - part.false for part in parts)
            return Chances(1 - not_false, max(not_false - true, 0.0), true)
        false = prod(part.false for part in parts)
        not_true = prod(1 - part.true for part in parts)
        return Chances(false, max(not_true - false, 0.0), 1 - not_true)

    def _leaf(self, leaf: Leaf, world: World) -> Chances:
        name = leaf.criterion.name
        if name in world.facts or not self.answers.get(name):
            return CERTAIN[leaf_truth(leaf, world)]
        if leaf.key not in self.of_leaf:
            said = Counter(leaf_truth(leaf, one) for one in self.worlds[name])
            total = len(self.worlds[name])
            self.of_leaf[leaf.key] = Chances(*(said[value] / total for value in Truth))
        return self.of_leaf[leaf.key]

    def _knowing(self, name: str, answer: Value) -> World:
        facts: Facts = completed({**self.world.facts, name: answer}, self.criteria, self.world.on)
        return World(facts, self.world.on, self.world.parameters)


def cells(criterion: Criterion, used: Sequence[Leaf], world: World) -> Iterator[Value]:
    """One answer for each of the cells into which the leaves cut what may be answered."""
    if criterion.nature is Nature.OUI_NON:
        yield from (True, False)
    elif criterion.nature is Nature.CHOIX:
        yield from criterion.values
    elif criterion.nature is Nature.PLUSIEURS:
        yield from _subsets(used)
    elif criterion.nature is Nature.NOMBRE:
        yield from _numbers(criterion, used, world)
    elif criterion.nature is Nature.DUREE:
        yield from _durations(used)
    else:
        yield from _days(used, world.on)


def _subsets(used: Sequence[Leaf]) -> Iterator[frozenset[str]]:
    often = Counter(code for leaf in used for code in _set_of(leaf))
    codes = sorted(often, key=lambda code: (-often[code], code))[:MOST_CODES]
    for size in range(len(codes) + 1):
        for chosen in combinations(codes, size):
            yield frozenset(chosen)


def _set_of(leaf: Leaf) -> frozenset[str]:
    return leaf.value if isinstance(leaf.value, frozenset) else frozenset()


def _numbers(criterion: Criterion, used: Sequence[Leaf], world: World) -> Iterator[Decimal]:
    """Each threshold and the steps on either side of it, those that fall in one cell once."""
    amounts = set()
    for leaf in used:
        wanted = leaf.value
        if isinstance(wanted, Operand):
            wanted = wanted.amount(world.on, world.parameters)
        if isinstance(wanted, Decimal):
            amounts |= {wanted - criterion.pas, wanted, wanted + criterion.pas}
    yield from _one_a_cell(sorted(one for one in amounts if one >= 0), used, world)


def _durations(used: Sequence[Leaf]) -> Iterator[Duration]:
    lengths = {leaf.value for leaf in used if isinstance(leaf.value, Duration)}
    shorter = {Duration(one.count - 1, one.unit) for one in lengths if one.count > 1}
    yield from sorted(lengths | shorter, key=lambda one: one.days)
    yield parse_duration("12 mois")


def _days(used: Sequence[Leaf], on: date) -> Iterator[date]:
    """Today, tomorrow, not yet, and the last day within each delay with the one before it."""
    found = {on, on + timedelta(days=1)}
    for leaf in used:
        if isinstance(leaf.value, Duration):
            found |= {leaf.value.before(on), leaf.value.before(on) - timedelta(days=1)}
    yield from sorted(found)
    yield NOT_YET


def _one_a_cell(
    amounts: Sequence[Decimal], used: Sequence[Leaf], world: World
) -> Iterator[Decimal]:
    seen = set()
    for amount in amounts:
        facts = {used[0].criterion.name: amount}
        cell = tuple(evaluate(leaf, World(facts, world.on, world.parameters)) for leaf in used)
        if cell not in seen:
            seen.add(cell)
            yield amount

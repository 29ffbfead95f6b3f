"""Which question to ask next: the one whose answer is expected to give most about the rules.

Each unknown criterion cuts what people may answer into cells, on either side of the thresholds
that the rules set; a cell stands for all its answers, and all are taken as equally likely: no
statistics are used. Each rule then has a chance of each answer, and the gain of a question is what
it takes off the uncertainty of all of them (Shannon's mutual information, in bits). Chances go up a
tree as if its leaves were independent, which is exact where no criterion comes twice in it.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
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

MAX_CODES = 4
"""Codes of a list of several that are tried together, the most used first."""

NEGLIGIBLE_BITS = 1e-12


@dataclass(frozen=True)
class Question:
    """A criterion to ask for; `gain` in bits, `rules` the places of those it bears on."""

    criterion: Criterion
    gain: float
    rules: tuple[int, ...]


class Chances(NamedTuple):
    """Chances of a tree to be false, unknown whatever is reported, and true; they add up to 1."""

    false: float
    unknown: float
    true: float

    @property
    def bits(self) -> float:
        """Return the uncertainty, in bits."""
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
    """Return the questions worth asking, best first; at most `MOST` less those `asked`.

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
    questions = [
        Question(
            criterion=criteria[name],
            gain=sum(chances.gain(open_trees[i], name) for i in on_trees),
            rules=tuple(on_trees),
        )
        for name, on_trees in bearing.items()
        if chances.may_be_asked(name)
    ]
    worth = [question for question in questions if question.gain > NEGLIGIBLE_BITS]
    worth.sort(key=_rank)
    return worth[: max(MOST - asked, 0)]


def leaves_by_criterion(trees: Iterable[Node]) -> dict[str, tuple[Leaf, ...]]:
    """Return the leaves of trees, their negations pushed, each literal once, by criterion."""
    literals: dict[str, dict[Hashable, Leaf]] = {}
    for tree in trees:
        for leaf in leaves(pushed(tree)):
            literals.setdefault(leaf.criterion.name, {})[leaf.key] = leaf
    return {name: tuple(of_name.values()) for name, of_name in literals.items()}


def signature(by_criterion: Mapping[str, Sequence[Leaf]], world: World) -> Hashable:
    """Return what is equal in worlds of one day in which the same questions are worth the same.

    The criteria that are known, and what the leaves that look at them are worth: of a fact, trees
    read nothing else.
    """
    return tuple(
        (name, tuple(leaf_truth(leaf, world) for leaf in of_name))
        for name, of_name in by_criterion.items()
        if name in world.facts
    )


def _rank(question: Question) -> tuple[float, bool, int, str]:
    """Rank by bits, then what is not sensitive, then what bears on more rules."""
    criterion = question.criterion
    return -round(question.gain, 9), criterion.sensible, -len(question.rules), criterion.name


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
        # By identity: the nodes are kept alive beside.
        self.now: dict[int, Chances] = {}
        self.names: dict[int, frozenset[str]] = {}
        self.kept: list[Node] = []

    def may_be_asked(self, name: str) -> bool:
        """Return whether it is unknown, allowed, not skipped, and no place."""
        criterion = self.criteria[name]
        if name in self.world.facts or name in self.skipped or not criterion.asked:
            return False
        return bool(criterion.values) or criterion.nature not in (Nature.CHOIX, Nature.PLUSIEURS)

    def gain(self, tree: Node, name: str) -> float:
        """Return the bits that the answer to a question is expected to take off a tree."""
        worlds = self.worlds[name]
        if not worlds:
            return 0.0
        before = self.before.get(id(tree))
        if before is None:
            before = self.before[id(tree)] = self._known(tree).bits
        changed = {fact for world in worlds for fact in world.facts.keys() - self.world.facts}
        after = sum(self.chances(tree, world, changed).bits for world in worlds)
        return before - after / len(worlds)

    def _known(self, node: Node) -> Chances:
        """Return the chances of a tree as things stand, worked out once."""
        chances = self.now.get(id(node))
        if chances is None:
            self.kept.append(node)
            chances = self.now[id(node)] = self.chances(node, self.world, None)
        return chances

    def _names(self, node: Node) -> frozenset[str]:
        """Return the criteria that a tree looks at."""
        names = self.names.get(id(node))
        if names is None:
            self.kept.append(node)
            names = frozenset(leaf.criterion.name for leaf in leaves(node))
            self.names[id(node)] = names
        return names

    def chances(self, node: Node, world: World, changed: Set[str] | None) -> Chances:
        """Return the chances of a tree, its negations pushed, in a world.

        `changed`: the facts by which it differs from what is known; None for all.
        """
        if changed is not None and changed.isdisjoint(self._names(node)):
            return self._known(node)
        if isinstance(node, Leaf):
            return self._leaf(node, world)
        if isinstance(node, Not):
            raise TypeError("negations are pushed before")
        parts = [self.chances(part, world, changed) for part in node.nodes]
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
            counts = Counter(leaf_truth(leaf, world) for world in self.worlds[name])
            total = len(self.worlds[name])
            self.of_leaf[leaf.key] = Chances(*(counts[value] / total for value in Truth))
        return self.of_leaf[leaf.key]

    def _knowing(self, name: str, answer: Value) -> World:
        facts: Facts = completed({**self.world.facts, name: answer}, self.criteria, self.world.on)
        return World(facts, self.world.on, self.world.parameters)


def cells(criterion: Criterion, used: Sequence[Leaf], world: World) -> Iterator[Value]:
    """Yield one answer for each of the cells into which the leaves cut what may be answered."""
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
    codes = sorted(often, key=lambda code: (-often[code], code))[:MAX_CODES]
    for size in range(len(codes) + 1):
        for chosen in combinations(codes, size):
            yield frozenset(chosen)


def _set_of(leaf: Leaf) -> frozenset[str]:
    return leaf.value if isinstance(leaf.value, frozenset) else frozenset()


def _numbers(criterion: Criterion, used: Sequence[Leaf], world: World) -> Iterator[Decimal]:
    """Yield each threshold and the steps on either side of it, those that fall in one cell once."""
    amounts = set()
    for leaf in used:
        wanted = leaf.value
        if isinstance(wanted, Operand):
            wanted = wanted.amount(world.on, world.parameters)
        if isinstance(wanted, Decimal):
            amounts |= {wanted - criterion.pas, wanted, wanted + criterion.pas}
    yield from _one_a_cell(sorted(amount for amount in amounts if amount >= 0), used, world)


def _durations(used: Sequence[Leaf]) -> Iterator[Duration]:
    lengths = {leaf.value for leaf in used if isinstance(leaf.value, Duration)}
    shorter = {Duration(length.count - 1, length.unit) for length in lengths if length.count > 1}
    yield from sorted(lengths | shorter, key=lambda row: row.days)
    yield parse_duration("12 mois")


def _days(used: Sequence[Leaf], on: date) -> Iterator[date]:
    """Yield today, tomorrow, not yet, and the days on either side of each delay."""
    days = {on, on + timedelta(days=1)}
    for leaf in used:
        if isinstance(leaf.value, Duration):
            days |= {leaf.value.before(on), leaf.value.before(on) - timedelta(days=1)}
    yield from sorted(days)
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

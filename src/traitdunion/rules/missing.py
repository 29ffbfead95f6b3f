"""The fewest literals that keep a tree from *oui*: those to lift a *non*, those left to settle."""

from collections.abc import Callable, Iterable

from .kleene import Truth
from .trees import AllOf, Leaf, Node, World, fold, leaf_truth, pushed

Choice = dict[tuple[object, ...], Leaf]
Choices = list[Choice]

NOTHING: Choices = [{}]
"""One choice: there is nothing to do."""

IMPOSSIBLE: Choices = []
"""No choice at all."""


def to_lift(node: Node, world: World) -> tuple[Leaf, ...]:
    """Return the fewest failing literals to turn for the tree to be no longer false.

    () where it is not.

    Among as few, those that lead the furthest towards *oui*, then the first in the file.
    """
    tree = pushed(node)

    def choices(leaf: Leaf) -> Choices:
        return [{leaf.key: leaf}] if leaf_truth(leaf, world) is Truth.FALSE else NOTHING

    def reached(choice: Choice) -> Truth:
        return fold(
            tree, lambda leaf: Truth.TRUE if leaf.key in choice else leaf_truth(leaf, world)
        )

    return _fewest(_choices(tree, choices), reached)


def to_settle(node: Node, world: World) -> tuple[Leaf, ...]:
    """Return the fewest unsettled literals that make the tree true once they are; () where it is.

    Those that nothing vouches for count: they are settled by asking the body that grants the aid.
    Where the tree is false, none do.
    """

    def choices(leaf: Leaf) -> Choices:
        value = leaf_truth(leaf, world)
        if value is Truth.FALSE:
            return IMPOSSIBLE
        return NOTHING if value is Truth.TRUE else [{leaf.key: leaf}]

    return _fewest(_choices(pushed(node), choices), lambda choice: Truth.TRUE)


def _choices(node: Node, of_leaf: Callable[[Leaf], Choices]) -> Choices:
    """Return every least way to do; ways that hold another are left out."""
    if isinstance(node, Leaf):
        return of_leaf(node)
    parts = [_choices(part, of_leaf) for part in node.nodes]  # type: ignore[union-attr]
    if not isinstance(node, AllOf):
        return _least(choice for part in parts for choice in part)
    together = NOTHING
    for part in parts:
        together = _least({**leaf, **other} for leaf in together for other in part)
    return together


def _least(choices: Iterable[Choice]) -> Choices:
    """Keep the choices that hold no other."""
    kept: Choices = []
    for choice in sorted(choices, key=len):
        if not any(other.keys() <= choice.keys() for other in kept):
            kept.append(choice)
    return kept


def _fewest(choices: Choices, reached: Callable[[Choice], Truth]) -> tuple[Leaf, ...]:
    if not choices:
        return ()

    def rank(choice: Choice) -> tuple[int, int, list[int]]:
        return len(choice), -reached(choice), sorted(leaf.line for leaf in choice.values())

    return tuple(sorted(min(choices, key=rank).values(), key=lambda leaf: leaf.line))

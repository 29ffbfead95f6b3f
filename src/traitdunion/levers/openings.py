"""Minimal sets of elements that make something true, from what each set makes of it.

An element is a lever, or a shared resource that one may use. Where none of them ever harms, sets
are tried by size and only where something is undecided; else every set is tried.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from traitdunion.reach.places import Array

Evaluate = Callable[[frozenset[int]], Array]


class Term(NamedTuple):
    """Elements that must be there, and those that must not: true whatever the others."""

    needs: frozenset[int]
    without: frozenset[int] = frozenset()


class Found(NamedTuple):
    """The terms of each cell, and how many sets were evaluated; `order`: the largest tried."""

    terms: dict[tuple[int, ...], tuple[Term, ...]]
    evaluated: int
    order: int


def minimal_sets(
    n: int, evaluate: Evaluate, *, is_monotone: bool, most: int | None = None
) -> Found:
    """Return, for each cell that some set of `n` elements makes true, its minimal terms.

    `evaluate` returns a boolean array of cells for a set. `most`: the largest sets tried; the terms
    of larger ones are not found. Where monotone, a cell that all elements together do not make true
    is never looked at again: that bound is exact.
    """
    if is_monotone:
        return _grown(n, evaluate, n if most is None else min(most, n))
    tables = {}
    order = n if most is None else min(most, n)
    if order < n:
        raise ValueError("elements that harm are tried in all their sets")
    for chosen in _subsets(n, n):
        tables[chosen] = evaluate(chosen)
    stack = np.stack([tables[chosen] for chosen in sorted(tables, key=_mask)])
    terms = {}
    known: dict[bytes, tuple[Term, ...]] = {}
    for cell in zip(*np.nonzero(stack.any(axis=0)), strict=True):
        column = stack[(slice(None), *cell)]
        key = column.tobytes()
        if key not in known:
            known[key] = prime_terms(n, frozenset(np.flatnonzero(column).tolist()))
        terms[tuple(int(axis) for axis in cell)] = known[key]
    return Found(terms, len(tables), n)


def _grown(n: int, evaluate: Evaluate, most: int) -> Found:
    base = evaluate(frozenset())
    whole = evaluate(frozenset(range(n))) if n else base
    terms: dict[tuple[int, ...], list[frozenset[int]]] = {
        _cell(at): [frozenset()] for at in np.argwhere(base)
    }
    pending: dict[tuple[int, ...], list[frozenset[int]]] = {
        _cell(at): [] for at in np.argwhere(whole & ~base)
    }
    evaluated = 1 + bool(n)
    for size in range(1, most + 1):
        for chosen in map(frozenset, combinations(range(n), size)):
            undecided = [
                cell for cell, sets in pending.items() if not any(own <= chosen for own in sets)
            ]
            if not undecided:
                continue
            result = whole if size == n else evaluate(chosen)
            evaluated += size < n
            for cell in undecided:
                if result[cell]:
                    pending[cell].append(chosen)
    terms |= {cell: sets for cell, sets in pending.items() if sets}
    return Found(
        {cell: tuple(Term(own) for own in sets) for cell, sets in terms.items()}, evaluated, most
    )


def _cell(at: Array) -> tuple[int, ...]:
    return tuple(int(axis) for axis in at)


def _subsets(n: int, most: int) -> Sequence[frozenset[int]]:
    return [frozenset(s) for size in range(most + 1) for s in combinations(range(n), size)]


def _mask(chosen: frozenset[int]) -> int:
    return sum(1 << element for element in chosen)


def prime_terms(n: int, true: frozenset[int]) -> tuple[Term, ...]:
    """Return the prime implicants of a function true for some bit masks (Quine–McCluskey)."""
    level = {(mask, 0) for mask in true}
    primes: set[tuple[int, int]] = set()
    while level:
        joined, used = set(), set()
        for value, free in level:
            for element in range(n):
                bit = 1 << element
                if free & bit or value & bit:
                    continue
                other = value | bit, free
                if other in level:
                    joined.add((value, free | bit))
                    used |= {(value, free), other}
        primes |= level - used
        level = joined
    return tuple(
        Term(_elements(n, value), _elements(n, ~value & ~free & (1 << n) - 1))
        for value, free in sorted(primes)
    )


def _elements(n: int, mask: int) -> frozenset[int]:
    return frozenset(element for element in range(n) if mask >> element & 1)

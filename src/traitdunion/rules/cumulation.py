"""Aids that may not be had together: of the sets that are allowed, the one that spares most.

Exact: every allowed set of the aids that stand against one another is weighed; they are few. An aid
that is *subsidiaire* gives way to whatever it excludes and is granted: it comes after the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .aids import Entitlement, Reponse, Rule
from .trees import Source

Exclusions = Mapping[frozenset[str], Source]
"""Pairs of names of which one only may be had, with what says so."""


@dataclass(frozen=True)
class LeftOut:
    """An aid that is not counted, the one it may not be had with, and what says so."""

    aid: Entitlement
    other: Entitlement
    source: Source


@dataclass(frozen=True)
class Chosen:
    """Aids that go together, in the order given, and those left out because of them."""

    kept: tuple[Entitlement, ...]
    left_out: tuple[LeftOut, ...]


def exclusions_of(rules: Iterable[Rule]) -> dict[frozenset[str], Source]:
    """What the rules exclude; it need be said on one side only."""
    return {
        frozenset({rule.name, one.other}): one.source for rule in rules for one in rule.exclusif
    }


def best_together(
    entitlements: Sequence[Entitlement],
    exclusions: Exclusions,
    worth: Callable[[Sequence[Entitlement]], Any],
) -> Chosen:
    """The allowed set of granted aids of most `worth`, with the doubtful ones that may join it.

    `worth` never falls when an aid is added. Of sets worth the same, that of the first aids given.
    """
    granted = [one for one in entitlements if one.reponse is Reponse.OUI]
    doubtful = [one for one in entitlements if one.reponse is Reponse.A_VERIFIER]
    standing = [one for one in granted if not _gives_way(one, granted, exclusions)]
    best = max(allowed_sets(standing, exclusions), key=worth)
    joining = [one for one in doubtful if _rival(one, best, exclusions) is None]
    chosen = {one.rule.name for one in (*best, *joining)}
    return Chosen(
        kept=tuple(one for one in entitlements if one.rule.name in chosen),
        left_out=tuple(
            _left_out(one, best, granted, exclusions)
            for one in (*granted, *doubtful)
            if one.rule.name not in chosen
        ),
    )


def allowed_sets(
    aids: Sequence[Entitlement], exclusions: Exclusions
) -> Iterator[tuple[Entitlement, ...]]:
    """Sets without two aids that exclude one another; every one that cannot be added to is there.

    An aid is left aside only where one that it excludes may be taken instead.
    """
    if not aids:
        yield ()
        return
    first, *rest = aids
    going = [one for one in rest if not _excluded(first, one, exclusions)]
    for found in allowed_sets(going, exclusions):
        yield (first, *found)
    if len(going) < len(rest):
        yield from allowed_sets(rest, exclusions)


def _excluded(one: Entitlement, other: Entitlement, exclusions: Exclusions) -> bool:
    return frozenset({one.rule.name, other.rule.name}) in exclusions


def _gives_way(one: Entitlement, granted: Sequence[Entitlement], exclusions: Exclusions) -> bool:
    """True for a subsidiary aid that excludes a granted one which is not."""
    return one.rule.subsidiaire and any(
        _excluded(one, other, exclusions) and not other.rule.subsidiaire for other in granted
    )


def _rival(
    one: Entitlement, among: Iterable[Entitlement], exclusions: Exclusions
) -> Entitlement | None:
    return next((other for other in among if _excluded(one, other, exclusions)), None)


def _left_out(
    one: Entitlement,
    best: Sequence[Entitlement],
    granted: Sequence[Entitlement],
    exclusions: Exclusions,
) -> LeftOut:
    """Because of an aid that is kept; a subsidiary one may have given way to one that is not."""
    other = _rival(one, best, exclusions) or _rival(one, granted, exclusions)
    if other is None:
        raise ValueError(f"{one.rule.name} stands against nothing")
    return LeftOut(one, other, exclusions[frozenset({one.rule.name, other.rule.name})])

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
    """An aid that is not counted, the one it may not be had with, and what states it."""

    aid: Entitlement
    other: Entitlement
    source: Source


@dataclass(frozen=True)
class Chosen:
    """Aids that go together, in the order given, and those left out because of them."""

    kept: tuple[Entitlement, ...]
    left_out: tuple[LeftOut, ...]


def exclusions_of(rules: Iterable[Rule]) -> dict[frozenset[str], Source]:
    """Return what the rules exclude; it need be stated on one side only."""
    return {
        frozenset({rule.name, name.other}): name.source for rule in rules for name in rule.exclusif
    }


def best_together(
    entitlements: Sequence[Entitlement],
    exclusions: Exclusions,
    worth: Callable[[Sequence[Entitlement]], Any],
) -> Chosen:
    """The allowed set of granted aids of most `worth`, with the doubtful ones that may join it.

    `worth` never falls when an aid is added. Of sets worth the same, that of the first aids given.
    """
    granted = [entitlement for entitlement in entitlements if entitlement.reponse is Reponse.OUI]
    doubtful = [
        entitlement for entitlement in entitlements if entitlement.reponse is Reponse.A_VERIFIER
    ]
    standing = [name for name in granted if not _gives_way(name, granted, exclusions)]
    best = max(allowed_sets(standing, exclusions), key=worth)
    joining = [name for name in doubtful if _rival(name, best, exclusions) is None]
    chosen = {name.rule.name for name in (*best, *joining)}
    return Chosen(
        kept=tuple(entitlement for entitlement in entitlements if entitlement.rule.name in chosen),
        left_out=tuple(
            _left_out(name, best, granted, exclusions)
            for name in (*granted, *doubtful)
            if name.rule.name not in chosen
        ),
    )


def allowed_sets(
    aids: Sequence[Entitlement], exclusions: Exclusions
) -> Iterator[tuple[Entitlement, ...]]:
    """Yield the sets without two aids that exclude one another.

    Every one that cannot be added to is there.

    An aid is left aside only where one that it excludes may be taken instead.
    """
    if not aids:
        yield ()
        return
    first, *rest = aids
    going = [name for name in rest if not _excluded(first, name, exclusions)]
    for allowed in allowed_sets(going, exclusions):
        yield (first, *allowed)
    if len(going) < len(rest):
        yield from allowed_sets(rest, exclusions)


def _excluded(entitlement: Entitlement, other: Entitlement, exclusions: Exclusions) -> bool:
    return frozenset({entitlement.rule.name, other.rule.name}) in exclusions


def _gives_way(
    entitlement: Entitlement, granted: Sequence[Entitlement], exclusions: Exclusions
) -> bool:
    """Return True for a subsidiary aid that excludes a granted one which is not."""
    return entitlement.rule.subsidiaire and any(
        _excluded(entitlement, other, exclusions) and not other.rule.subsidiaire
        for other in granted
    )


def _rival(
    entitlement: Entitlement, among: Iterable[Entitlement], exclusions: Exclusions
) -> Entitlement | None:
    return next((other for other in among if _excluded(entitlement, other, exclusions)), None)


def _left_out(
    entitlement: Entitlement,
    best: Sequence[Entitlement],
    granted: Sequence[Entitlement],
    exclusions: Exclusions,
) -> LeftOut:
    """Return why an aid is left out: one that is kept, or one it gave way to."""
    other = _rival(entitlement, best, exclusions) or _rival(entitlement, granted, exclusions)
    if other is None:
        raise ValueError(f"{entitlement.rule.name} stands against nothing")
    return LeftOut(
        entitlement, other, exclusions[frozenset({entitlement.rule.name, other.rule.name})]
    )

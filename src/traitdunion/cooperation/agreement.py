"""Agreement on an idea by declared college: group-informed consensus, and the least of the groups.

The formula is that of Polis (`compdemocracy/polis`, `math/src/polismath/math/conversation.clj`):
the product over the groups of (A + 1) / (S + 2). Polis finds its groups by clustering; here they
are the colleges that people declare, so that anybody can redo the sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

LEAST_VOTERS = 5


@dataclass(frozen=True)
class Tally:
    """Votes of one group on one idea; who did not see it is not in it."""

    agree: int = 0
    disagree: int = 0
    passed: int = 0

    @property
    def seen(self) -> int:
        return self.agree + self.disagree + self.passed

    @property
    def agreeing(self) -> float:
        """Share of agreement, drawn to one half where few voted: (A + 1) / (S + 2)."""
        return (self.agree + 1) / (self.seen + 2)

    @property
    def disagreeing(self) -> float:
        return (self.disagree + 1) / (self.seen + 2)


@dataclass(frozen=True)
class Agreement:
    """What may be shown of the votes on an idea.

    `groups`: the colleges shown; `hidden`: names of those left out, which count in nothing, so
    that no subtraction gives them back. `consensus` falls with the number of groups: `min_g`, the
    share of the college that agrees least, named `least`, is told beside it.
    """

    groups: Mapping[str, Tally]
    hidden: tuple[str, ...]
    consensus: float
    dissensus: float
    min_g: float
    least: str


def consensus(tallies: Mapping[str, Tally]) -> float:
    """Group-informed consensus that people agree: 0 to 1."""
    return prod(tally.agreeing for tally in tallies.values())


def dissensus(tallies: Mapping[str, Tally]) -> float:
    """Group-informed consensus that people disagree: 0 to 1."""
    return prod(tally.disagreeing for tally in tallies.values())


def agreement(tallies: Mapping[str, Tally]) -> Agreement | None:
    """What may be shown, college by college; None where no college has five voters."""
    shown = {name: tally for name, tally in tallies.items() if tally.seen >= LEAST_VOTERS}
    if not shown:
        return None
    least = min(shown, key=lambda name: (shown[name].agreeing, name))
    return Agreement(
        groups=shown,
        hidden=tuple(sorted(name for name in set(tallies) - set(shown) if tallies[name].seen)),
        consensus=consensus(shown),
        dissensus=dissensus(shown),
        min_g=shown[least].agreeing,
        least=least,
    )

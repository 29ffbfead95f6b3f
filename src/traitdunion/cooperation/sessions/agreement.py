"""Agreement on an idea by declared college: group-informed consensus, and the least of the groups.

The formula is that of Polis (`compdemocracy/polis`, `math/src/polismath/math/conversation.clj`):
the product over the groups of (A + 1) / (S + 2). Polis finds its groups by clustering; here they
are the colleges that people declare, so that anybody can redo the sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from traitdunion.disclosure import K, of_parts, publish
from traitdunion.disclosure.tables import TOTAL


@dataclass(frozen=True)
class Tally:
    """Votes of one group on one idea; those who did not see it are not counted."""

    agree: int = 0
    disagree: int = 0
    passed: int = 0

    @property
    def seen(self) -> int:
        return self.agree + self.disagree + self.passed

    @property
    def agreeing_at_least(self) -> float | None:
        """Return the least share of agreement that fits the counts shown; None where hidden.

        A share of the votes themselves moves with each of them, and would give back what the
        steps hide.
        """
        agree, seen = self.shown["agree"], self.shown[TOTAL]
        if agree is None or seen is None:
            return None
        return (agree + 1) / (seen + K - 1 + 2)

    @property
    def shown(self) -> Mapping[str, int | None]:
        """Return what may be shown while people still vote: steps of eleven, None if hidden."""
        return _shown(self)


@lru_cache(maxsize=4096)
def _shown(tally: Tally) -> Mapping[str, int | None]:
    parts = {"agree": tally.agree, "disagree": tally.disagree, "passed": tally.passed}
    return publish(of_parts(parts, step=K))


@dataclass(frozen=True)
class Agreement:
    """What may be shown of the votes on an idea.

    `groups`: the colleges shown; `hidden`: names of those left out, which count in nothing, so
    that no subtraction gives them back. `consensus` falls with the number of groups: `min_g`, the
    share of the college that agrees least, named `least`, is shown beside it. Both are the least
    that fits the counts shown; None where no college has them.
    """

    groups: Mapping[str, Tally]
    hidden: tuple[str, ...]
    consensus: float | None
    min_g: float | None
    least: str


def agreement(tallies: Mapping[str, Tally]) -> Agreement | None:
    """Return what may be shown, college by college; None where no college has eleven voters."""
    shown = {name: tally for name, tally in tallies.items() if tally.seen >= K}
    if not shown:
        return None
    known = {
        name: share
        for name, tally in shown.items()
        if (share := tally.agreeing_at_least) is not None
    }
    least = min(known, key=lambda name: (known[name], name), default="")
    return Agreement(
        groups=shown,
        hidden=tuple(sorted(name for name in set(tallies) - set(shown) if tallies[name].seen)),
        consensus=prod(known.values()) if known else None,
        min_g=known[least] if known else None,
        least=least,
    )

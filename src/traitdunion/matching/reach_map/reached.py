"""What the map of reach knows of one commune."""

from dataclasses import dataclass
from decimal import Decimal

from ..answer import Verdict
from ..situation import Place


@dataclass(frozen=True)
class WayThere:
    """A way there and back: minutes door to door, euros a month, None if unknown.

    Sure aids are taken off, as the single answers do.
    """

    key: str
    title: str
    verdict: Verdict
    kept_days: int
    minutes_out: int | None
    minutes_back: int | None
    monthly_cost_eur: Decimal | None

    @property
    def minutes(self) -> int | None:
        """Return the minutes of both ways in a day; None where they are not measured."""
        if self.minutes_out is None or self.minutes_back is None:
            return None
        return self.minutes_out + self.minutes_back


@dataclass(frozen=True)
class Reached:
    """A commune where one may work: `verdict` POSSIBLE, A_VERIFIER or NON.

    `fastest`, `cheapest`: of the sure ways that keep the most days; None where there is none, or
    where no price is known.
    """

    place: Place
    verdict: Verdict
    kept_days: int
    asked_days: int
    fastest: WayThere | None = None
    cheapest: WayThere | None = None
    is_home: bool = False

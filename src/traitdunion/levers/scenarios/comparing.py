"""A scenario beside the baseline: figures with names of their own, nothing netted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from traitdunion.disclosure import K
from traitdunion.reach.places import Array

from .applying import Outcome
from .territory import Territory

POOREST_SHARE = 0.4
"""Share of the people compared with the others: the least served, before the scenario."""


@dataclass(frozen=True)
class Equity:
    """Posts that one person can hold, on average, before and after; `without`: people with none.

    `least`: the 40 % who have the fewest before, a group cut in proportion at the border; `others`:
    all the others. None where there is nobody.
    """

    least_before: float | None
    least_after: float | None
    others_before: float | None
    others_after: float | None
    without_before: int
    without_after: int

    def json(self) -> dict[str, Any]:
        return {
            "posts_per_person": {
                "least_served_40": {"before": self.least_before, "after": self.least_after},
                "others": {"before": self.others_before, "after": self.others_after},
            },
            "people_without_post": {"before": self.without_before, "after": self.without_after},
        }


@dataclass(frozen=True)
class Compared:
    """A scenario beside the baseline: figures with names of their own, the communes of each.

    `opened`, `lost`: pairs (group, pole, shift). `people_gained`: 0 pair before, one after;
    `people_served`: those of them served at a time, vehicles lent counted; `people_worse`: one
    pair before, none after; `people_x_jobs_opened`, `people_x_jobs_lost`: pairs weighted.
    `touched`: communes where some pair opens; `closed`: where some closes. `drawn`: code and state
    of the communes of the map, `perd` before `gagne` before `ouvre`.
    """

    opened: int
    lost: int
    people_x_jobs_opened: int
    people_x_jobs_lost: int
    people_gained: int
    people_worse: int
    gained: tuple[str, ...]
    touched: tuple[str, ...]
    worse: tuple[str, ...]
    worse_hidden: int
    cost_eur_year: float | None
    people_served: int = 0
    closed: tuple[str, ...] = ()
    closed_hidden: int = 0
    equity: Equity | None = None
    drawn: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """Return the comparison as commands write it and versions keep it."""
        return {
            "gained": {"pairs": self.opened, "people": self.people_gained,
                       "people_served": self.people_served,
                       "people_x_jobs": self.people_x_jobs_opened,
                       "communes": list(self.gained), "communes_opened": list(self.touched)},
            "lost": {"pairs": self.lost, "people": self.people_worse,
                     "people_x_jobs": self.people_x_jobs_lost, "communes": list(self.worse),
                     "communes_hidden": self.worse_hidden, "communes_closed": list(self.closed),
                     "communes_closed_hidden": self.closed_hidden},
            "cost": {"eur_year": self.cost_eur_year,
                     "eur_per_person": self.eur_per_person},
            "equity": None if self.equity is None else self.equity.json(),
            "notes": list(self.notes), "communes": dict(self.drawn),
        }  # fmt: skip

    @property
    def eur_per_person(self) -> float | None:
        """Return the yearly euros for each person served; None for none, or no known cost."""
        if self.cost_eur_year is None or not self.people_served:
            return None
        return round(self.cost_eur_year / self.people_served, 2)


def compare(territory: Territory, after: Array, cost_eur_year: float | None) -> Compared:
    """Compare the pairs after a change of the timetable with those of the baseline."""
    names = tuple(group.place.label for group in territory.groups)
    none = np.zeros_like(after)
    codes = tuple(group.place.code_insee or "" for group in territory.groups)
    outcome = Outcome(names, codes, territory.people, territory.pairs, after, none,
                      np.zeros(len(names), np.int64))  # fmt: skip
    return compared(outcome, territory.jobs, cost_eur_year)


def compared(outcome: Outcome, jobs: Array, cost_eur_year: float | None) -> Compared:
    """Compare an outcome with the baseline; nothing is netted."""
    before, after, people = outcome.before, outcome.after, outcome.people
    opened, lost = after & ~before, before & ~after
    could: Array = np.asarray(before.any(axis=(0, 1)))
    can: Array = np.asarray(after.any(axis=(0, 1)))
    gained, worse = can & ~could, could & ~can
    weight = jobs[None, :, None] * people[None, None, :]
    # A pair held by a loan alone serves as many people as there are vehicles.
    few = jobs[None, :, None] * np.minimum(people, outcome.seats)[None, None, :]
    by_loan = gained & ~(after & ~outcome.shared).any(axis=(0, 1))
    served = np.where(by_loan, np.minimum(people, outcome.seats), people)
    closed: Array = np.asarray(lost.any(axis=(0, 1)))
    touched: Array = np.asarray(opened.any(axis=(0, 1)))

    of_size = people >= K

    def shown(rows: Array) -> tuple[tuple[str, ...], int]:
        kept = [h for h in np.flatnonzero(rows).tolist() if of_size[h]]
        return tuple(outcome.names[h] for h in kept), int(rows.sum()) - len(kept)

    named_worse, hidden_worse = shown(worse)
    named_closed, hidden_closed = shown(closed)
    return Compared(
        opened=int(opened.sum()),
        lost=int(lost.sum()),
        people_x_jobs_opened=int((opened * np.where(outcome.shared, few, weight)).sum()),
        people_x_jobs_lost=int((lost * weight).sum()),
        people_gained=int(people[gained].sum()),
        people_worse=int(people[worse].sum()),
        gained=_named(outcome.names, gained),
        touched=_named(outcome.names, touched),
        worse=named_worse,
        worse_hidden=hidden_worse,
        cost_eur_year=cost_eur_year,
        people_served=int(served[gained].sum()),
        closed=named_closed,
        closed_hidden=hidden_closed,
        equity=equity_of(before.sum(axis=(0, 1)), after.sum(axis=(0, 1)), people),
        drawn=_drawn(outcome, ("ouvre", touched), ("gagne", gained), ("perd", closed & of_size)),
        notes=outcome.notes,
    )


def equity_of(before: Array, after: Array, people: Array) -> Equity:
    """Return how the posts that people can hold are shared, before and after.

    before, after: posts held of each row (G,); people (G,).
    """
    total = float(people.sum())
    order = np.argsort(before, kind="stable")
    ends = np.cumsum(people[order])
    room = POOREST_SHARE * total
    least = np.zeros(len(people))
    least[order] = np.clip(room - (ends - people[order]), 0, people[order])
    # Rows alike before are pooled: none of them is served less than another.
    for value in np.unique(before):
        same = before == value
        if people[same].sum():
            least[same] = people[same] * least[same].sum() / people[same].sum()
    others = people - least
    return Equity(
        _mean(before, least), _mean(after, least), _mean(before, others), _mean(after, others),
        int(people[before == 0].sum()), int(people[after == 0].sum()),
    )  # fmt: skip


def _drawn(outcome: Outcome, *states: tuple[str, Array]) -> tuple[tuple[str, str], ...]:
    """Return the state of each commune that changes; the last state that fits it."""
    drawn = {
        outcome.codes[row]: state for state, rows in states for row in np.flatnonzero(rows).tolist()
    }
    return tuple(drawn.items())


def _mean(values: Array, weight: Array) -> float | None:
    total = float(weight.sum())
    return round(float((values * weight).sum()) / total, 4) if total else None


def _named(names: Sequence[str], rows: Array) -> tuple[str, ...]:
    return tuple(names[h] for h in np.flatnonzero(rows).tolist())

"""The best set of levers under a budget, exactly, by mixed-integer programming (HiGHS).

Serving people is not submodular (a way out and a way back are complements), so that no greedy
bound holds: the problem is solved, and the bound that HiGHS proves is published. See
`docs/explanation/levers.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy  # its submodules load at their first use

TOLERANCE = 1e-6
MAX_TIES = 200
"""Portfolios as good as the best that are listed at the most."""


class Opening(NamedTuple):
    """Levers that make a pair feasible together, none of them useless.

    `person`, `site`: rows. `needs`: levers chosen; `without`: levers not chosen (one that takes a
    trip away, other hours of the site). `uses`: what one person takes of shared resources.
    """

    person: int
    site: int
    needs: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()

    def holds(self, chosen: frozenset[str]) -> bool:
        """Return whether a set of levers makes the pair feasible so."""
        return self.needs <= chosen and not self.without & chosen


@dataclass(frozen=True)
class Problem:
    """People, sites and levers; `openings` hold every way in which a pair is feasible.

    `people` (P,): how many are alike in each row. `jobs` (W,). `cost`: euros a year by lever, in
    the order in which levers are listed. `exclusive`: sets of which one lever at the most is
    chosen. `capacity`: stock of each resource, and what levers add to it. `places` (W,): how many
    people a site takes at the most, None where jobs do not limit.
    """

    people: Sequence[int]
    jobs: Sequence[int]
    cost: Mapping[str, float]
    openings: Sequence[Opening]
    exclusive: Sequence[frozenset[str]] = ()
    capacity: Mapping[str, tuple[int, Mapping[str, int]]] = field(default_factory=dict)
    places: Sequence[int] | None = None

    @property
    def levers(self) -> tuple[str, ...]:
        return tuple(self.cost)

    def pairs(self, chosen: Iterable[str]) -> frozenset[tuple[int, int]]:
        """Return the pairs (person, site) feasible with levers chosen, capacity aside."""
        levers = frozenset(chosen)
        return frozenset((o.person, o.site) for o in self.openings if o.holds(levers))

    def can(self, chosen: Iterable[str]) -> frozenset[int]:
        """Return the people with a feasible site."""
        return frozenset(person for person, _ in self.pairs(chosen))

    def allowed(self, chosen: frozenset[str]) -> bool:
        """Return whether no two levers chosen exclude each other."""
        return all(len(group & chosen) <= 1 for group in self.exclusive)

    def total(self, chosen: Iterable[str]) -> float:
        """Return what levers cost a year, euros."""
        return sum(self.cost[lever] for lever in chosen)

    def served(self, chosen: Iterable[str]) -> int:
        """Return how many people levers serve, shared resources counted once each."""
        levers = frozenset(chosen)
        held = [o for o in self.openings if o.holds(levers)]
        if not self.capacity and self.places is None:
            return sum(self.people[person] for person in {o.person for o in held})
        own: dict[str, tuple[int, dict[str, int]]] = {
            resource: (stock + sum(n for lever, n in more.items() if lever in levers), {})
            for resource, (stock, more) in self.capacity.items()
        }
        free = [o._replace(needs=frozenset(), without=frozenset()) for o in held]
        fixed = replace(self, cost={}, openings=free, exclusive=(), capacity=own)
        return fixed.best(0.0).served

    def best(self, budget: float, *, time_limit_s: float | None = None) -> "Portfolio":
        """Return the portfolio that serves most people within a budget, the cheapest of them."""
        return _Model(self, budget, time_limit_s).best()

    def best_in_order(self, budget: float) -> tuple["Portfolio", list[tuple[str, ...]]]:
        """Return the best portfolio by all the rules of ties, and those as good but for names.

        Most people served, most people × jobs opened, fewest people made worse, lowest cost, then
        the names in order.
        """
        return _Model(self, budget, None, whole=True).in_order()


@dataclass(frozen=True)
class Portfolio:
    """Levers chosen; `bound`: people that no portfolio of this budget exceeds, `gap` its share."""

    levers: tuple[str, ...]
    served: int
    cost: float
    bound: float
    gap: float


class _Rows:
    """Sparse constraints, gathered row by row: lower ≤ Σ coefficient × column ≤ upper."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, float]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, terms: Iterable[tuple[int, float]], lower: float, upper: float) -> None:
        row = len(self.lower)
        self.entries.extend((row, column, value) for column, value in terms)
        self.lower.append(lower)
        self.upper.append(upper)

    def constraint(self, n: int) -> "scipy.optimize.LinearConstraint":
        rows, columns, values = zip(*self.entries, strict=True) if self.entries else ((), (), ())
        shape = len(self.lower), n
        matrix = scipy.sparse.coo_array((values, (rows, columns)), shape=shape, dtype=float).tocsr()
        return scipy.optimize.LinearConstraint(matrix, self.lower, self.upper)


class _Model:
    """The columns: a lever x, an opening c in force, people served by it z, a pair w, a person."""

    def __init__(
        self, problem: Problem, budget: float, time_limit_s: float | None, *, whole: bool = False
    ) -> None:
        """Take a problem; `whole`: ask for whole people everywhere, which the list of ties needs.

        Its rows bound sums of people to a millionth: a fraction of a person would hide a tie.
        """
        self.problem = problem
        self.budget = budget
        self.time_limit_s = time_limit_s
        self.upper: list[float] = []
        self.integral: list[int] = []
        self.rows = _Rows()
        self.x = {lever: self._column(1, 1) for lever in problem.levers}
        self.c = [self._column(1, 0) for _ in problem.openings]
        # People shared among openings of one resource each are flows: whole without being asked to.
        sites = problem.places is not None
        self.z = [
            self._column(problem.people[o.person], int(whole or len(o.uses) + sites > 1))
            for o in problem.openings
        ]
        self._bind()

    def _column(self, upper: float, integral: int) -> int:
        self.upper.append(upper)
        self.integral.append(integral)
        return len(self.upper) - 1

    def _bind(self) -> None:
        problem, rows, x = self.problem, self.rows, self.x
        rows.add([(x[lever], cost) for lever, cost in problem.cost.items()], -np.inf, self.budget)
        for group in problem.exclusive:
            rows.add([(x[lever], 1) for lever in group], -np.inf, 1)
        by_person: dict[int, list[int]] = {}
        by_site: dict[int, list[int]] = {}
        by_resource: dict[str, list[int]] = {resource: [] for resource in problem.capacity}
        for opening, c, z in zip(problem.openings, self.c, self.z, strict=True):
            n = problem.people[opening.person]
            rows.add([(z, 1), (c, -n)], -np.inf, 0)
            for lever in opening.needs:
                rows.add([(c, 1), (x[lever], -1)], -np.inf, 0)
            for lever in opening.without:
                rows.add([(c, 1), (x[lever], 1)], -np.inf, 1)
            by_person.setdefault(opening.person, []).append(z)
            by_site.setdefault(opening.site, []).append(z)
            for resource in opening.uses:
                by_resource[resource].append(z)
        for person, columns in by_person.items():
            rows.add([(z, 1) for z in columns], -np.inf, problem.people[person])
        for resource, (stock, more) in problem.capacity.items():
            added = [(x[lever], -n) for lever, n in more.items()]
            rows.add([*((z, 1) for z in by_resource[resource]), *added], -np.inf, stock)
        if problem.places is not None:
            for site, columns in by_site.items():
                rows.add([(z, 1) for z in columns], -np.inf, problem.places[site])

    @cached_property
    def _pairs(self) -> dict[tuple[int, int], int]:
        """Return the column of each pair: 1 only where one of its openings is in force."""
        by_pair: dict[tuple[int, int], list[int]] = {}
        for opening, c in zip(self.problem.openings, self.c, strict=True):
            by_pair.setdefault((opening.person, opening.site), []).append(c)
        columns = {}
        for pair, openings in by_pair.items():
            columns[pair] = self._column(1, 0)
            self.rows.add([(columns[pair], 1), *((c, -1) for c in openings)], -np.inf, 0)
        return columns

    def _solve(self, objective: Mapping[int, float]) -> tuple[np.ndarray, float, float] | None:
        """Maximise; return the columns, the value and the bound proved; None if infeasible."""
        n = len(self.upper)
        if n == 0:
            return np.zeros(0), 0.0, 0.0
        weights = np.zeros(n)
        for column, value in objective.items():
            weights[column] = -value
        options = {} if self.time_limit_s is None else {"time_limit": self.time_limit_s}
        result = scipy.optimize.milp(
            weights,
            integrality=np.array(self.integral),
            bounds=scipy.optimize.Bounds(np.zeros(n), np.array(self.upper)),
            constraints=[self.rows.constraint(n)],
            options=options | {"mip_rel_gap": 0.0},
        )
        if result.x is None:
            return None
        bound = result.mip_dual_bound
        return result.x, -result.fun, -bound if bound is not None else -result.fun

    def _chosen(self, columns: np.ndarray) -> tuple[str, ...]:
        return tuple(lever for lever, column in self.x.items() if columns[column] > 0.5)

    @property
    def _served(self) -> dict[int, float]:
        return dict.fromkeys(self.z, 1.0)

    @property
    def _spent(self) -> dict[int, float]:
        return {self.x[lever]: cost for lever, cost in self.problem.cost.items()}

    def best(self) -> Portfolio:
        """Maximise the people served, then the euros left."""
        first = self._solve(self._served)
        if first is None:
            raise ValueError(f"no portfolio fits a budget of {self.budget} euros")
        columns, value, bound = first
        served = round(value)
        self.rows.add(list(self._served.items()), served, np.inf)
        cheapest = self._solve({column: -cost for column, cost in self._spent.items()})
        chosen = self._chosen(columns if cheapest is None else cheapest[0])
        # A count of people is whole: so is the largest one under the bound.
        most = max(served, int(np.floor(bound + TOLERANCE)))
        gap = (most - served) / most if most else 0.0
        return Portfolio(chosen, served, self.problem.total(chosen), most, gap)

    def in_order(self) -> tuple[Portfolio, list[tuple[str, ...]]]:
        problem = self.problem
        before = problem.pairs(())
        opened: dict[int, float] = {
            column: problem.people[person] * problem.jobs[site]
            for (person, site), column in self._pairs.items()
            if (person, site) not in before
        }
        kept = {}
        for person in problem.can(()):
            column = kept[person] = self._column(1, 0)
            own = [(w, -1.0) for (of, _), w in self._pairs.items() if of == person]
            self.rows.add([(column, 1.0), *own], -np.inf, 0)
        people = {column: float(problem.people[person]) for person, column in kept.items()}
        left = {column: -cost for column, cost in self._spent.items()}
        served = bound = 0.0
        for rank, objective in enumerate((self._served, opened, people, left)):
            solution = self._solve(objective)
            if solution is None:
                raise ValueError(f"no portfolio fits a budget of {self.budget} euros")
            if rank == 0:
                served, bound = solution[1], solution[2]
            self.rows.add(list(objective.items()), solution[1] - TOLERANCE, np.inf)
        ties = sorted(self._ties())
        best = Portfolio(ties[0], round(served), problem.total(ties[0]), bound, 0.0)
        return best, ties

    def _ties(self) -> list[tuple[str, ...]]:
        """Return every set of levers that all the constraints leave, each forbidden once found."""
        ties: list[tuple[str, ...]] = []
        while len(ties) < MAX_TIES:
            solution = self._solve({})
            if solution is None:
                break
            chosen = self._chosen(solution[0])
            ties.append(chosen)
            if not self.x:
                break
            signs = [(column, -1.0 if lever in chosen else 1.0) for lever, column in self.x.items()]
            self.rows.add(signs, 1 - len(chosen), np.inf)
        return ties

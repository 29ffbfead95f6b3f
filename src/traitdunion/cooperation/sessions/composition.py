"""Compose tables round by round: domains and colleges mixed, no pair met twice if possible.

Rounds are composed one after the other, each an integer programme solved by HiGHS. No pair meets
again if each former table gives at most one person to each new one: that is linear, which the
pairs of persons are not. Where it cannot be kept, it has a cost, and the measure reports it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from time import perf_counter

import numpy as np
import scipy  # its submodules load at their first use

from traitdunion import french

from .reseating import reseat

Round = Mapping[str, int]
Row = tuple[list[int], list[int], float, float]  # columns, their factors, least, most
Wish = tuple[list[int], float, float, float]  # columns, least, most, price of passing them by one
MEETING_AGAIN, UNEVEN_MIX, MOVING = 1.0, 0.1, 0.001
COMPOSING_SHARE = 0.5
CONSTRAINTS_ALONE_S = 2.0


class CompositionError(ValueError):
    """The tables cannot be composed as asked; the message gives the reason in French."""


@dataclass(frozen=True)
class Guest:
    """A person to seat; `key` names them in the plan."""

    key: str
    domain: str
    college: str


@dataclass(frozen=True)
class Constraints:
    """What is kept whatever it costs: `apart` and `together` are pairs, `fixed` gives a table."""

    apart: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    fixed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Mixing:
    """How well people were mixed.

    `repeated`: pairs at a same table more than once; `met_least`, `met_mean`: other people met by
    a person; `across_domains`, `across_colleges`: share of the pairs at tables that join two of
    them, 0 to 1.
    """

    repeated: int
    met_least: int
    met_mean: float
    across_domains: float
    across_colleges: float


def compose(
    guests: Sequence[Guest],
    *,
    n_tables: int,
    n_rounds: int,
    rng: np.random.Generator,
    constraints: Constraints | None = None,
    within_s: float = 4.5,
) -> list[dict[str, int]]:
    """Return the table of each guest at each round, from 0; sizes differ by one at most.

    Raises CompositionError where the constraints contradict each other.
    """
    return _rounds(guests, n_tables, [], [None] * n_rounds, constraints, rng, within_s)


def replan(
    rounds: Sequence[Round],
    *,
    present: Sequence[Guest],
    n_done: int,
    n_tables: int,
    rng: np.random.Generator,
    constraints: Constraints | None = None,
    within_s: float = 4.5,
) -> list[dict[str, int]]:
    """Return the rounds to come for those present, kept as planned where they can be.

    The first `n_done` rounds took place and are given back as they were. Guests that the plan does
    not know are seated too.
    """
    done = [dict(seating) for seating in rounds[:n_done]]
    coming = _rounds(present, n_tables, done, rounds[n_done:], constraints, rng, within_s)
    return done + coming


def in_order(guests: Sequence[Guest], *, n_tables: int, n_rounds: int) -> list[dict[str, int]]:
    """Return the plain seating: in the order of the list, each table keeps its people."""
    seated = {guest.key: n * n_tables // len(guests) for n, guest in enumerate(guests)}
    return [dict(seated) for _ in range(n_rounds)]


def mixing(guests: Sequence[Guest], rounds: Iterable[Round]) -> Mixing:
    """Measure how well rounds mix guests; guests who sat nowhere met no one."""
    by_key = {guest.key: guest for guest in guests}
    times: Counter[tuple[str, str]] = Counter()
    for seating in rounds:
        for table in _tables(seating):
            times.update(combinations(sorted(key for key in table if key in by_key), 2))
    met = Counter(key for pair in times for key in pair)
    n_sat = sum(times.values()) or 1
    domains = sum(n for (a, b), n in times.items() if by_key[a].domain != by_key[b].domain)
    colleges = sum(n for (a, b), n in times.items() if by_key[a].college != by_key[b].college)
    return Mixing(
        repeated=sum(n > 1 for n in times.values()),
        met_least=min((met[key] for key in by_key), default=0),
        met_mean=2 * len(times) / max(len(by_key), 1),
        across_domains=domains / n_sat,
        across_colleges=colleges / n_sat,
    )


def _tables(seating: Round) -> list[list[str]]:
    """Return the people of each table that has some."""
    people: dict[int, list[str]] = {}
    for key, table in seating.items():
        people.setdefault(table, []).append(key)
    return list(people.values())


def _rounds(
    guests: Sequence[Guest],
    n_tables: int,
    done: list[dict[str, int]],
    wished: Sequence[Round | None],
    constraints: Constraints | None,
    rng: np.random.Generator,
    within_s: float,
) -> list[dict[str, int]]:
    until = perf_counter() + within_s
    constraints = _present_only(constraints or Constraints(), guests)
    _refuse_the_impossible(guests, n_tables, constraints)
    composed: list[dict[str, int]] = []
    for wish in wished:
        programme = _Programme(guests, n_tables, constraints, [*done, *composed], wish or {})
        composed.append(programme.solve(within_s * COMPOSING_SHARE / len(wished)))
    return _bettered(guests, n_tables, done, composed, constraints, rng, until - perf_counter())


def _bettered(
    guests: Sequence[Guest],
    n_tables: int,
    done: Sequence[Round],
    composed: Sequence[Round],
    constraints: Constraints,
    rng: np.random.Generator,
    within_s: float,
) -> list[dict[str, int]]:
    """Improve composed rounds all together, where a pair still meets again."""
    position = {guest.key: n for n, guest in enumerate(guests)}
    tables = np.array(
        [[seating.get(key, -1) for key in position] for seating in [*done, *composed]]
    )
    domain = np.unique([guest.domain for guest in guests], return_inverse=True)[1]
    college = np.unique([guest.college for guest in guests], return_inverse=True)[1]
    apart = np.zeros((len(guests),) * 2, dtype=bool)
    for a, b in constraints.apart:
        apart[position[a], position[b]] = apart[position[b], position[a]] = True
    seated = np.zeros(len(guests), dtype=bool)
    seated[[position[key] for key in (*constraints.fixed, *sum(constraints.together, ()))]] = True
    better = reseat(
        tables,
        n_kept=len(done),
        alike=(domain[:, None] == domain) + 1.0 * (college[:, None] == college),
        apart=apart,
        seated=seated,
        n_tables=n_tables,
        rng=rng,
        within_s=within_s,
    )
    return [
        {key: int(seating[n]) for key, n in position.items()} for seating in better[len(done) :]
    ]


def _present_only(constraints: Constraints, guests: Sequence[Guest]) -> Constraints:
    """Return the constraints on those who are present."""
    here = {guest.key for guest in guests}
    return Constraints(
        tuple(pair for pair in constraints.apart if here.issuperset(pair)),
        tuple(pair for pair in constraints.together if here.issuperset(pair)),
        {key: table for key, table in constraints.fixed.items() if key in here},
    )


def _refuse_the_impossible(
    guests: Sequence[Guest], n_tables: int, constraints: Constraints
) -> None:
    if not 1 <= n_tables <= len(guests):
        raise CompositionError(
            f"{french.counted(n_tables, 'table')} pour {french.counted(len(guests), 'personne')} : "
            "il faut une table au moins, et une personne au moins à chacune. Changez le nombre de "
            "tables."
        )
    if len({guest.key for guest in guests}) < len(guests):
        raise CompositionError("Une personne est deux fois dans la liste : retirez le doublon.")
    far = sorted(key for key, table in constraints.fixed.items() if not 0 <= table < n_tables)
    if far:
        raise CompositionError(
            f"{', '.join(far)} : table fixée hors des {n_tables} tables. Corrigez son numéro."
        )


class _Programme:
    """One round as an integer programme: x[p·n_tables + t] is 1 where person p sits at table t.

    Rows of a wish (not meeting again, even mix) may be broken at a price, by a slack each; the
    others may not. The programme is first tried without slack, which is much quicker.
    """

    def __init__(
        self,
        guests: Sequence[Guest],
        n_tables: int,
        constraints: Constraints,
        former: Sequence[Round],
        wished: Round,
    ) -> None:
        self.guests, self.n_tables, self.constraints = guests, n_tables, constraints
        self.position = {guest.key: n for n, guest in enumerate(guests)}
        self.hard: list[Row] = []
        self.soft: list[Wish] = []
        self.cost = np.zeros(len(guests) * n_tables)
        self._seat_everybody()
        self._keep_constraints()
        self._meet_nobody_again(former)
        for names in ([g.domain for g in guests], [g.college for g in guests]):
            self._mix(names)
        for key, table in wished.items():
            if key in self.position and table < n_tables:
                self.cost[self._at(self.position[key], table)] = -MOVING

    def _at(self, person: int, table: int) -> int:
        return person * self.n_tables + table

    def _seat_everybody(self) -> None:
        n, tables = len(self.guests), range(self.n_tables)
        for person in range(n):
            self._must([self._at(person, t) for t in tables], 1, 1)
        least, most = n // self.n_tables, -(-n // self.n_tables)
        for table in tables:
            self._must([self._at(person, table) for person in range(n)], least, most)

    def _must(self, seats: list[int], least: float, most: float) -> None:
        self.hard.append((seats, [1] * len(seats), least, most))

    def _keep_constraints(self) -> None:
        for key, table in self.constraints.fixed.items():
            self._must([self._at(self.position[key], table)], 1, 1)
        for table in range(self.n_tables):
            for a, b in self.constraints.apart:
                self._must([self._at(self.position[key], table) for key in (a, b)], 0, 1)
            for a, b in self.constraints.together:
                seats = [self._at(self.position[key], table) for key in (a, b)]
                self.hard.append((seats, [1, -1], 0, 0))

    def _meet_nobody_again(self, former: Sequence[Round]) -> None:
        """Take one person at most from a former table; those who go together count for one."""
        followers = {b for _, b in self.constraints.together}
        for table_before in (table for round_ in former for table in _tables(round_)):
            came = [
                self.position[key]
                for key in table_before
                if key in self.position and key not in followers
            ]
            if len(came) > 1:
                for table in range(self.n_tables):
                    seats = [self._at(person, table) for person in came]
                    self.soft.append((seats, 0, 1, MEETING_AGAIN))

    def _mix(self, names: Sequence[str]) -> None:
        """Spread each group evenly over the tables."""
        for name in sorted(set(names)):
            theirs = [n for n, guest in enumerate(names) if guest == name]
            least, most = len(theirs) // self.n_tables, -(-len(theirs) // self.n_tables)
            for table in range(self.n_tables):
                seats = [self._at(person, table) for person in theirs]
                self.soft.append((seats, least, most, UNEVEN_MIX))

    def solve(self, within_s: float) -> dict[str, int]:
        """Return the table of each guest. Raises CompositionError.

        Where no answer comes in time, the constraints alone are kept: others better it later.
        """
        seats = self._solved(self.soft, slack=False, within_s=within_s / 3)
        if seats is None:
            seats = self._solved(self.soft, slack=True, within_s=within_s * 2 / 3)
        if seats is None:
            seats = self._solved([], slack=False, within_s=CONSTRAINTS_ALONE_S)
        if seats is None:
            raise CompositionError(
                "Aucune composition ne respecte toutes les contraintes (à séparer, ensemble, table "
                "fixée). Retirez-en une, ou changez le nombre de tables."
            )
        table_of = seats.reshape(len(self.guests), self.n_tables).argmax(axis=1)
        return {guest.key: int(table_of[n]) for n, guest in enumerate(self.guests)}

    def _solved(self, wishes: Sequence[Wish], *, slack: bool, within_s: float) -> np.ndarray | None:
        """Return the values of x; None where there is no solution, or none was solution in time."""
        n_x, prices = len(self.cost), [price for *_, price in wishes] if slack else []
        rows = [*self.hard, *((seats, [1] * len(seats), a, b) for seats, a, b, _ in wishes)]
        matrix, least, most = _matrix(rows, n_x)
        constraints = [scipy.optimize.LinearConstraint(matrix, least, most)]
        if slack:
            constraints = _loosened(matrix, least, most, len(self.hard))
        solution = scipy.optimize.milp(
            np.concatenate([self.cost, prices]),
            constraints=constraints,
            integrality=np.concatenate([np.ones(n_x), np.zeros(len(prices))]),
            bounds=scipy.optimize.Bounds(
                0, np.concatenate([np.ones(n_x), np.full(len(prices), np.inf)])
            ),
            options={"time_limit": within_s},
        )
        return None if solution.x is None else solution.x[:n_x]


def _matrix(
    rows: Sequence[Row], n_columns: int
) -> "tuple[scipy.sparse.csr_array, np.ndarray, np.ndarray]":
    starts = np.cumsum([0, *(len(seats) for seats, *_ in rows)])
    seats = np.concatenate([seats for seats, *_ in rows])
    values = np.concatenate([values for _, values, *_ in rows]).astype(float)
    matrix = scipy.sparse.csr_array((values, seats, starts), shape=(len(rows), n_columns))
    return matrix, np.array([row[2] for row in rows]), np.array([row[3] for row in rows])


def _loosened(
    matrix: "scipy.sparse.csr_array", least: np.ndarray, most: np.ndarray, n_hard: int
) -> "list[scipy.optimize.LinearConstraint]":
    """Return the rows with slack: hard rows as they are, the others may pass either bound."""
    n_soft = matrix.shape[0] - n_hard
    none = scipy.sparse.csr_array((n_hard, n_soft))
    hard, soft, slack = (
        matrix[:n_hard],
        matrix[n_hard:],
        scipy.sparse.eye_array(n_soft, format="csr"),
    )
    return [
        scipy.optimize.LinearConstraint(
            scipy.sparse.hstack([hard, none]), least[:n_hard], most[:n_hard]
        ),
        scipy.optimize.LinearConstraint(
            scipy.sparse.hstack([soft, -slack]), -np.inf, most[n_hard:]
        ),
        scipy.optimize.LinearConstraint(scipy.sparse.hstack([soft, slack]), least[n_hard:], np.inf),
    ]

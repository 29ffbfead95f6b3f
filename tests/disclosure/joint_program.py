"""What a reader of several pages knows of counts of people, as one mixed program.

Margins shared between tables, rounded rates and numbers of parts are its rows. It is written here
and not taken from `traitdunion.disclosure`, so that one fault does not hide another.
"""

from math import inf

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

K, WIDTH, MOST = 11, 10, 1_000


class System:
    """All that a reader knows: a variable by count of people, a row by relation between them."""

    def __init__(self) -> None:
        self.truth: dict[object, int] = {}
        self.low: dict[object, float] = {}
        self.high: dict[object, float] = {}
        self.rows: list[tuple[dict[object, float], float, float]] = []
        self.private: set[object] = set()

    def count(self, key, n, *, low=0.0, high=inf) -> None:
        """Write a count with its true value and what is known of it."""
        assert low <= n <= high, f"{key}: {n} is not between {low} and {high}"
        self.truth[key] = n
        self.low[key], self.high[key] = low, high

    def shown(self, key, n) -> None:
        """Write that a page shows a count exactly."""
        assert self.truth[key] == n, f"{key}: a page shows {n}, and it is {self.truth[key]}"
        self.low[key] = self.high[key] = n

    def at_least(self, key, n) -> None:
        """Write that a page shows the multiple of eleven below a count."""
        assert n % K == 0, f"{key}: a page shows {n} or more, which is no step"
        assert n <= self.truth[key] < n + K, f"{key}: a page shows {n} or more"
        self.low[key], self.high[key] = max(self.low[key], n), min(self.high[key], n + K - 1)

    def total(self, whole, parts) -> None:
        """Write that a count is the sum of others."""
        assert self.truth[whole] == sum(self.truth[part] for part in parts), whole
        self.rows.append(({whole: -1.0} | dict.fromkeys(parts, 1.0), 0.0, 0.0))

    def rate(self, part, whole, percent, *, half) -> None:
        """Write that a page shows a share rounded to the percent; half: 0.5."""
        for coefficient, low, high in (
            ((percent - half) / 100, 0.0, inf),
            ((percent + half) / 100, -inf, 0.0),
        ):
            self.rows.append(({part: 1.0, whole: -coefficient}, low, high))

    def how_many(self, parts, n) -> None:
        """Write that exactly `n` of these counts are not zero."""
        switches = []
        for part in parts:
            switch = ("is there", part)
            self.count(switch, int(self.truth[part] > 0), high=1)
            self.private.add(switch)
            self.rows.append(({part: 1.0, switch: -1.0}, 0.0, inf))
            self.rows.append(({part: 1.0, switch: -float(MOST)}, -inf, 0.0))
            switches.append(switch)
        self.rows.append((dict.fromkeys(switches, 1.0), n, n))

    # -- the attack --------------------------------------------------------------------------------

    def given_away(self):
        """Return the counts of one to ten people that the reader finds, with their ends."""
        self._check_truth()
        collected = {}
        for keys, rows in self._parts():
            program = _Program(self, keys, rows)
            for key in keys:
                n = self.truth[key]
                if 0 < n < K and key not in self.private:
                    low, high = program.end(key, -1), program.end(key, 1)
                    assert low <= n <= high, f"{key}: {n} out of {low} to {high}"
                    if high < K or high - low < WIDTH:
                        collected[key] = (n, low, high)
        return collected

    def _check_truth(self):
        for row, low, high in self.rows:
            value = sum(by * self.truth[key] for key, by in row.items())
            assert low - 1e-6 <= value <= high + 1e-6, (row, low, high)

    def _parts(self):
        """Yield the counts tied to each other through counts that are not known, with the rows."""
        parent = {key: key for key in self.truth}

        def root(key):
            while parent[key] != key:
                parent[key] = parent[parent[key]]
                key = parent[key]
            return key

        free = [[key for key in row if self.low[key] < self.high[key]] for row, _, _ in self.rows]
        for keys in free:
            for key in keys[1:]:
                parent[root(key)] = root(keys[0])
        rows = {}
        for keys, row in zip(free, self.rows, strict=True):
            if keys:
                rows.setdefault(root(keys[0]), []).append(row)
        members = {}
        for key in self.truth:
            members.setdefault(root(key), []).append(key)
        for name, keys in members.items():
            yield keys, rows.get(name, [])


class _Program:
    """The mixed program of counts tied to each other."""

    def __init__(self, system, keys, rows):
        self.system = system
        self.at = {key: i for i, key in enumerate(keys)}
        matrix = np.zeros((len(rows), len(keys)))
        lows, highs = [], []
        for i, (row, low, high) in enumerate(rows):
            known = 0.0
            for key, by in row.items():
                if key in self.at:
                    matrix[i, self.at[key]] = by
                else:
                    known += by * system.low[key]
            lows.append(low - known)
            highs.append(high - known)
        self.limits = [LinearConstraint(matrix, lows, highs)] if rows else []
        # A count beyond thousands is as good as unbounded.
        self.ends = Bounds(
            [system.low[key] for key in keys], [min(system.high[key], MOST) for key in keys]
        )

    def end(self, key, sign):
        """Return the most (1) or the fewest (-1) people that a count may be."""
        n = len(self.at)
        aim = np.zeros(n)
        aim[self.at[key]] = -sign
        for integrality, limit in ((0, 10.0), (1, 5.0)):
            best = milp(
                aim, constraints=self.limits, bounds=self.ends,
                integrality=np.full(n, integrality), options={"time_limit": limit},
            )  # fmt: skip
            if best.x is None or np.abs(best.x - np.round(best.x)).max() < 1e-6:
                break
        # Out of time: the count itself is the only value known to be possible.
        return self.system.truth[key] if best.x is None else round(-sign * best.fun)

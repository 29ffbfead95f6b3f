"""Several profiles of one territory: each change is searched once, for all of them."""

from collections.abc import Sequence

from traitdunion import reach
from traitdunion.reach.places import Array

from ..profiles import TerritoryProfile
from .territory import Territory


class Alike:
    """Territories that differ by what everyone owns alone; `territories` in the order given."""

    def __init__(self, territories: Sequence[Territory]) -> None:
        """Search the ways of all profiles, by the week of the first territory."""
        self.territories = list(territories)
        self.first = territories[0]
        self.modes = list(
            dict.fromkeys(mode for territory in territories for mode in territory.modes)
        )
        self._rows = [
            [self.modes.index(mode) for mode in territory.modes] for territory in territories
        ]
        self._words = self.first.site_week.words(self.first.homes, self.modes)

    @classmethod
    def of(cls, territory: Territory, profiles: Sequence[TerritoryProfile]) -> "Alike":
        """Return a territory as each profile lives in it."""
        return cls([
            territory if profile == territory.profile else territory.owning(profile)
            for profile in profiles
        ])  # fmt: skip

    def after(self, change: reach.Change) -> list[Array]:
        """Return the pairs held by each profile once a change is made, exactly; see `Territory`."""
        delta = self.first.site_week.changed(change)
        if not delta.n_searched:
            return [territory.pairs for territory in self.territories]
        # Whole ways on streets take no line: a change of the timetable leaves them as they are.
        by_line = [row for row, mode in enumerate(self.modes) if isinstance(mode, reach.Commute)]
        words = self._words.copy()
        commutes = [self.modes[row] for row in by_line]
        words[by_line] = delta.words(self._words[by_line], self.first.homes, commutes)
        return [territory.held(words[rows]) for territory, rows in self._each()]

    def at_hours(self, shifts: Sequence[reach.Shift]) -> list[Array]:
        """Return the pairs held by each profile at other hours, searched as a whole."""
        first = self.first
        words = first.week_at(first.poles, shifts).words(first.homes, self.modes)
        return [territory.held(words[rows], shifts) for territory, rows in self._each()]

    def _each(self) -> list[tuple[Territory, list[int]]]:
        return list(zip(self.territories, self._rows, strict=True))

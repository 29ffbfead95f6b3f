"""The week, or the period, of sites: searched once, then asked for homes and modes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ..calendar_days import monday_of
from ..commutes import MAX_TRIP_S, Commute
from ..day_classes import DayClasses, day_classes
from ..ends import default_streets
from ..kernels import View
from ..legs import Place
from ..on_demand import OnDemand
from ..options import USUAL_LIMITS, Limits, booked_at
from ..places import UNREACHED, Array
from ..streets import Mode, Streets
from ..timetable import SITES, Timetable
from . import held_kernels
from .asked import (
    NO_ACCESS,
    Asking,
    asked_ties,
    asked_ways,
    boarded_after,
    from_moment,
    stacked,
)
from .changed import Delta, changed
from .changes import Change
from .held_kernels import Cells, Origins, Written
from .jobs import USUAL_LONGEST, AtWork, Longest, Searched
from .kernels import Reached, Seeds
from .searching import Way, search_jobs
from .ties import (
    PlaceTies,
    access_of,
    both_ways,
    direct_ways,
    free_ties,
    left_ties,
    place_ties,
    ways_on_streets,
)
from .view_kernels import Calls

if TYPE_CHECKING:
    from ..shifts import Shift

NONE_MIN = 255
"""Minutes of a way that there is not, or that is too long."""

LONGEST_MIN = 254
ASKED_KEPT = 16
"""Sets of services on demand whose searches of a site are kept, the last ones searched."""

SHIFTS_A_WORD = 9
"""Seven days of nine shifts are the 63 bits used of a word."""

ByMode = Commute | Mode
"""How one travels: by lines, as in a commute, or the whole way by one mode on streets."""


@dataclass(frozen=True)
class Held:
    """Minutes of each way for homes × modes × sites × classes, and the days on which both are.

    `out`, `back` uint8 (C, W, M, H): from leaving home to the moment to be at work, from the moment
    one is free to being home, rounded up; NONE_MIN where there is no way within the longest trip.
    """

    classes: DayClasses
    out: Array
    back: Array
    _words: Array = field(repr=False)

    def words(self) -> Array:
        """Return the days held, uint64 (M, W, H): bit 7 × shift + day, Monday first.

        Of a named week alone. Beyond nine shifts, (X, M, W, H): nine a word.
        """
        if len(self.classes.dates) > 7:
            raise ValueError("words are of one week: count the days of a period by `class_of`")
        return self._words[0] if len(self._words) == 1 else self._words


@dataclass(frozen=True)
class SiteWeek:
    """Sites and shifts, searched: `site_week` makes it, `held` asks it for homes and modes.

    What is searched (`known`), how places are tied to the stops (`tied`) and by rides on demand
    (`asking`) is kept; a change of the timetable leaves the ties as they are.
    """

    tt: Timetable
    sites: tuple[Place, ...]
    classes: DayClasses
    limits: Limits
    streets: Streets
    calls: Calls = field(repr=False)
    longest: Longest
    known: dict[AtWork, Searched] = field(default_factory=dict, repr=False)
    tied: dict[tuple[tuple[Place, ...], Mode, bool], PlaceTies] = field(
        default_factory=dict, repr=False
    )
    asking: dict[OnDemand, Asking] = field(default_factory=dict, repr=False)

    @property
    def max_trip_s(self) -> int:
        return self.longest.trip

    def latest(self, c: int, w: int) -> Array:
        """Return the latest departures from the stops towards a site, by a line, int32 (S,).

        Seconds of the service day of class `c`; UNREACHED where no line leads there within the
        longest trip. `earliest` gives the arrivals of the way back.
        """
        seconds = self._labels(self.searched().out, c, w)
        moment_s = self.classes.arrive_s[c]
        return np.where(seconds == UNREACHED, UNREACHED, moment_s - seconds).astype(np.int32)

    def earliest(self, c: int, w: int) -> Array:
        """Return the earliest arrivals at the stops from a site, by a line, int32 (S,)."""
        seconds = self._labels(self.searched().back, c, w)
        moment_s = self.classes.leave_s[c].astype(np.int64)
        return np.where(seconds == UNREACHED, UNREACHED, moment_s + seconds).astype(np.int32)

    def _labels(self, reached: Reached, c: int, w: int) -> Array:
        of_job = slice(*reached.starts[c * len(self.sites) + w :][:2])
        seconds = np.full(self.tt.n_stops, UNREACHED, np.int32)
        seconds[reached.stops[of_job]] = reached.line_s[of_job]
        return seconds

    def held(self, homes: Sequence[Place], modes: Sequence[ByMode]) -> Held:
        """Return the minutes of both ways from homes to the sites by each mode, for each class.

        A Commute gives what `there_and_back` finds, a Mode what `by_street` does.
        """
        if self.max_trip_s > LONGEST_MIN * 60:
            raise ValueError(f"minutes go up to {LONGEST_MIN}: {self.max_trip_s} s is longer")
        shape = (len(self.classes), len(self.sites), len(modes) * len(homes))
        out, back = np.full(shape, NONE_MIN, np.uint8), np.full(shape, NONE_MIN, np.uint8)
        words = self._write(homes, modes, out, back, unit_s=60)
        by_mode = (*shape[:2], len(modes), len(homes))
        n_words = len(words)
        return Held(
            self.classes,
            out.reshape(by_mode),
            back.reshape(by_mode),
            words.reshape(n_words, *by_mode[1:]).transpose(0, 2, 1, 3),
        )

    def seconds(self, homes: Sequence[Place], modes: Sequence[ByMode]) -> tuple[Array, Array]:
        """Return the same as `held` to the second, int32 (C, W, M, H), UNREACHED for none."""
        shape = (len(self.classes), len(self.sites), len(modes) * len(homes))
        out, back = np.full(shape, UNREACHED, np.int32), np.full(shape, UNREACHED, np.int32)
        self._write(homes, modes, out, back, unit_s=1)
        by_mode = (*shape[:2], len(modes), len(homes))
        return out.reshape(by_mode), back.reshape(by_mode)

    def words(self, homes: Sequence[Place], modes: Sequence[ByMode]) -> Array:
        """Return the days held by each mode, as `Held.words`."""
        return self.held(homes, modes).words()

    def changed(self, change: Change) -> Delta:
        """Return what a change of the timetable makes of these sites; search what it can matter to.

        See `docs/explanation/how-the-engine-searches.md` for the bound.
        """
        return changed(self, change)

    # -- the inside -------------------------------------------------------------------------------

    def _write(
        self, homes: Sequence[Place], modes: Sequence[ByMode], out: Array, back: Array, unit_s: int
    ) -> Array:
        """Fill `out` and `back` (C, W, M × H); return the words (X, W, M × H)."""
        bits, word, days = self._bits()
        words = np.zeros((len(days), *out.shape[1:]), np.uint64)
        longest_s = np.repeat(
            [mode.max_trip_s if isinstance(mode, Commute) else MAX_TRIP_S for mode in modes],
            len(homes),
        ).astype(np.int32)
        written = Written(
            out, back, words, bits, word, longest_s, self.longest.both_s(self.classes), unit_s
        )
        by_access: dict[AtWork, list[tuple[int, Commute]]] = {}
        for number, mode in enumerate(modes):
            if isinstance(mode, Mode):
                out_s, back_s = ways_on_streets(self.tt, self.streets, homes, self.sites, mode)
                held_kernels.write_streets(
                    out_s, back_s, MAX_TRIP_S, number, len(homes), written, days
                )
                continue
            self._check(mode)
            by_access.setdefault(self._at_work(mode), []).append((number, mode))
        for at_work, of_access in by_access.items():
            self._write_commutes(homes, at_work, of_access, written)
        return words

    def _at_work(self, commute: Commute) -> AtWork:
        mode = commute.work_vehicle or commute.bike_aboard or self.limits.walk
        asked = commute.on_demand if self.tt.on_demand else None
        return AtWork(mode, commute.work_vehicle is not None, asked)

    def check_searched(self, modes: Sequence[ByMode], after: "SiteWeek") -> None:
        """Raise ValueError where a change could not search again what had not been searched."""
        for mode in modes:
            if isinstance(mode, Commute) and self._at_work(mode) not in after.known:
                raise ValueError("ask the week for its words, then for a change of them")

    def _check(self, commute: Commute) -> None:
        if commute.prefer_less_walk_s:
            raise ValueError("tables give the latest and the soonest way: leave prefer_less_walk_s")
        if booked_at(commute.limits, commute.on_demand) != self.limits:
            raise ValueError("a commute must keep the limits with which the sites were searched")
        if commute.max_trip_s > self.max_trip_s:
            raise ValueError(
                f"the sites were searched within {self.max_trip_s} s: "
                f"{commute.max_trip_s} s is longer"
            )
        asked_at = commute.on_demand and commute.on_demand.asked_at
        if asked_at is not None and asked_at != self.limits.asked_at:
            raise ValueError("rides are asked for at the moment that the limits of the sites name")

    def _write_commutes(
        self,
        homes: Sequence[Place],
        at_work: AtWork,
        commutes: Sequence[tuple[int, Commute]],
        written: Written,
    ) -> None:
        """Write the ways of the commutes that share one kind of access at the sites."""
        searched = self.searched(at_work)
        tt, n_homes = self.tt, len(homes)
        asking = self._asking(at_work)
        free_out, free_back, vehicles, direct, asked = [], [], [], [], []
        for number, commute in commutes:
            at_home = commute.home_vehicle or commute.bike_aboard or self.limits.walk
            away = self._ties(homes, at_home, towards=False)
            towards = self._ties(homes, at_home, towards=True)
            if commute.home_vehicle is not None:
                vehicles.append((number, both_ways(away, towards)))
                continue
            free_out.append((number, away))
            free_back.append((number, towards))
            if asking is not None:
                asked.append((number, asking))
            if not at_work.left:
                direct.append((number, at_home))
        n_cells = written.out.shape[2]
        waits = self.longest.before_s(self.classes), self.longest.after_s(self.classes)
        held_kernels.write_ways(
            searched.origins,
            held_kernels.OneWay(
                searched.out,
                free_ties(free_out, n_homes, tt.n_stops),
                asked_ties(asked, homes, self.classes, tt.n_stops, backward=True),
            ),
            held_kernels.OneWay(
                searched.back,
                free_ties(free_back, n_homes, tt.n_stops),
                asked_ties(asked, homes, self.classes, tt.n_stops, backward=False),
            ),
            held_kernels.BothWays(
                left_ties(vehicles, n_homes, tt.n_stops),
                direct_ways(tt, self.streets, homes, self.sites, direct),
                asked_ways([] if at_work.left else asked, homes, self.sites, self.classes, waits),
                tt.footpaths(self.limits)["change_s"],
                np.full(tt.n_stops, -1, np.int64),
            ),
            _cells(n_cells),
            _cells(n_cells),
            written,
        )

    def _asking(self, at_work: AtWork) -> Asking | None:
        if at_work.asked is None:
            return None
        if at_work.asked not in self.asking:
            asking = Asking.of(self.tt, self.streets, self.limits, at_work.asked)
            self.asking[at_work.asked] = asking
        return self.asking[at_work.asked]

    def _ties(self, places: Sequence[Place], mode: Mode, *, towards: bool) -> PlaceTies:
        key = tuple(places), mode, towards
        if key not in self.tied:
            self.tied[key] = place_ties(
                self.tt, self.streets, places, mode, towards=towards, limits=self.limits
            )
        return self.tied[key]

    def _bits(self) -> tuple[Array, Array, Array]:
        """Return the bits of the days of each class (C,), their word (C,), all the days (X,)."""
        classes = self.classes
        n_words = max(1, -(-len(classes.shifts) // SHIFTS_A_WORD))
        bits = np.zeros(len(classes), np.uint64)
        days = np.zeros(n_words, np.uint64)
        for k, shift in enumerate(classes.shifts):
            at = 7 * (k % SHIFTS_A_WORD)
            for day in shift.days:
                days[k // SHIFTS_A_WORD] |= np.uint64(1 << (at + day))
            for c, on in zip(classes.class_of[k].tolist(), classes.dates, strict=True):
                if c >= 0:
                    bits[c] |= np.uint64(1 << (at + on.weekday()))
        return bits, (classes.shift_of // SHIFTS_A_WORD).astype(np.int32), days

    def searched(self, at_work: AtWork | None = None) -> Searched:
        """Return the searches of all jobs, made once; on foot from the sites by default."""
        at_work = at_work or AtWork(self.limits.walk, False, None)
        if at_work not in self.known:
            self.known[at_work] = self._search(at_work)
        return self.known[at_work]

    def _search(self, at_work: AtWork) -> Searched:
        origins, out_ties, back_ties = self.origins(at_work)
        n = len(origins.tie_s)
        out_seeds = self.seeds(at_work, out_ties, n, backward=True)
        back_seeds = self.seeds(at_work, back_ties, n, backward=False)
        every = np.ones((len(self.classes), n), np.bool_)
        return Searched(
            origins,
            out_seeds,
            back_seeds,
            self.search_jobs(at_work, out_seeds, every, backward=True),
            self.search_jobs(at_work, back_seeds, every, backward=False),
        )

    def origins(self, at_work: AtWork) -> tuple[Origins, PlaceTies, PlaceTies]:
        """Return where the searches start, and how they are tied to the stops, out and back."""
        mode, left, _ = at_work
        n_sites = len(self.sites)
        out_ties = self._ties(self.sites, mode, towards=True)
        back_ties = self._ties(self.sites, mode, towards=False)
        if not left:
            zeros = np.zeros(n_sites, np.int32)
            return Origins(np.arange(n_sites + 1), zeros, zeros, False), out_ties, back_ties
        # Both ways by each stop: what has but one of them holds nothing, but gets to work.
        pairs = both_ways(back_ties, out_ties)
        each = np.arange(len(pairs.place))
        origins = Origins(
            np.searchsorted(pairs.place, np.arange(n_sites + 1)).astype(np.int64),
            pairs.back_s,
            pairs.stop,
            True,
        )
        towards, away = pairs.back_s != UNREACHED, pairs.out_s != UNREACHED
        return (
            origins,
            PlaceTies(
                each[towards],
                pairs.stop[towards],
                pairs.back_s[towards],
                pairs.back_ridden[towards],
            ),
            PlaceTies(each[away], pairs.stop[away], pairs.out_s[away], pairs.out_ridden[away]),
        )

    def seeds(self, at_work: AtWork, ties: PlaceTies, n: int, *, backward: bool) -> Seeds:
        """Return where the searches of `n` origins, tied so, start in each class."""
        paths = self.tt.footpaths(self.limits, backward=backward)
        view = View(**dict.fromkeys(View._fields) | paths)
        access = access_of(view, ties, n)
        asking = self._asking(at_work)
        if asking is None:
            return Seeds(access, NO_ACCESS, NO_ACCESS, NO_ACCESS)
        own = access_of(view, PlaceTies(*(column[ties.ridden] for column in ties)), n)
        if at_work.left:
            # Where the vehicle is used, nothing else is.
            return Seeds(access, NO_ACCESS, NO_ACCESS, own)
        at_once = view._replace(change_s=np.zeros_like(view.change_s))
        days = self.classes.out_days if backward else self.classes.back_days
        moments = self.classes.arrive_s if backward else self.classes.leave_s
        rides = asking.ties(self.sites, towards=backward)
        waits = self.longest.of_way(self.classes, backward=backward)
        asked, met = [], []
        for of_days, moment_s, wait_s in zip(days, moments.tolist(), waits.tolist(), strict=True):
            of_class = from_moment(asking.on_days(rides, of_days), moment_s, backward=backward)
            asked.append(boarded_after(view, of_class, n, wait_s))
            met.append(boarded_after(at_once, of_class, n, wait_s))
        return Seeds(access, stacked(asked, n), stacked(met, n), own)

    def search_jobs(
        self, at_work: AtWork, seeds: Seeds, wanted: Array, *, backward: bool
    ) -> Reached:
        """Run the searches of the wanted jobs (C, O)."""
        if self.classes.hours is None:
            raise ValueError("searches of sites need classes of days with a horizon")
        out, back, _ = self.classes.hours
        with_bike = not at_work.left and at_work.mode != self.limits.walk
        way = Way(self.calls, out if backward else back, backward, with_bike)
        return search_jobs(
            self.tt, way, seeds, wanted, limits=self.limits, longest_s=self.max_trip_s,
            wait_s=self.longest.of_way(self.classes, backward=backward),
        )  # fmt: skip


def site_week(
    tt: Timetable,
    sites: Sequence[Place],
    shifts: Sequence["Shift"],
    *,
    week: date | None = None,
    period: tuple[date, date] | None = None,
    longest: Longest = USUAL_LONGEST,
    limits: Limits = USUAL_LIMITS,
    streets: Streets | None = None,
) -> SiteWeek:
    """Search sites for their shifts, both ways, once for all homes: see `SiteWeek.held`.

    `week`: any day of it; or a `period`, first and last day. `longest`: trips, waits and
    time away. `limits`: those of commutes asked for later. Searches wait until some mode needs
    them.
    Raises ValueError for a longest trip of more than six days, or a wait shorter than a margin.
    """
    longest.check(shifts)
    if not 0 <= longest.trip <= held_kernels.LONGEST_S:
        raise ValueError(f"the longest trip lasts six days at the most, not {longest.trip} s")
    classes = day_classes(
        tt, shifts, week=week, period=period, horizon_s=longest.trip, limits=limits
    )
    return SiteWeek(
        tt,
        tuple(sites),
        classes,
        limits,
        streets or default_streets(tt),
        _calls(tt, classes),
        longest,
    )


def kept_site_week(
    tt: Timetable,
    sites: Sequence[Place],
    shifts: Sequence["Shift"],
    *,
    streets: Streets,
    limits: Limits,
    week: date | None = None,
    period: tuple[date, date] | None = None,
) -> SiteWeek:
    """Return `site_week`, searched once for all who ask for the same sites, shifts and days.

    The timetable keeps the searches of the last ones asked for. Ask it for no ride on demand that
    has a moment of asking: each moment would be kept.
    """
    if limits.asked_at is not None:
        raise ValueError("searches that a moment of asking bounds are not kept")
    days = period if week is None else monday_of(week)
    kept = tt.keep(
        (tuple(sites), tuple(shifts), days, limits, id(streets)),
        lambda: site_week(
            tt, sites, shifts, week=week, period=period, limits=limits, streets=streets
        ),
        SITES,
    )
    # What was searched is shared, places asked for since are not.
    return replace(kept, known=_SharedSearches(kept.known), tied={}, asking={})


class _SharedSearches(dict[AtWork, Searched]):
    """The searches kept of some sites, to which those made since are added for others."""

    def __init__(self, shared: dict[AtWork, Searched]) -> None:
        """Begin with what is kept: no other request takes anything from this one."""
        super().__init__(shared)
        self._shared = shared

    def __setitem__(self, at_work: AtWork, searched: Searched) -> None:
        super().__setitem__(at_work, searched)
        self._shared[at_work] = searched
        # There are few ways to leave a site, but as many sets of services as offers.
        asked = [other for other in tuple(self._shared) if other.asked is not None]
        for other in asked[:-ASKED_KEPT]:
            self._shared.pop(other, None)


def _calls(tt: Timetable, classes: DayClasses) -> Calls:
    """Return the trips of a timetable and the patterns that its classes need."""
    order = tt.trip_order
    if classes.hours is None:
        raise ValueError("searches of sites need classes of days with a horizon")
    patterns = classes.hours.patterns
    return Calls(
        order.event,
        order.bikes,
        order.content,
        order.arrival_s,
        order.departure_s,
        np.array(patterns.starts, np.int32),
        np.array(patterns.stops, np.int32),
        np.array(patterns.flags, np.uint8),
    )


def _cells(n: int) -> Cells:
    return Cells(
        out_s=np.full(n, UNREACHED, np.int32),
        back_s=np.full(n, UNREACHED, np.int32),
        key=np.full(n, held_kernels.NO_KEY, np.int64),
        joint_out_s=np.zeros(n, np.int32),
        touched=np.empty(n, np.int32),
        is_touched=np.zeros(n, np.bool_),
    )

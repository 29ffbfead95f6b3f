"""What a run asks of the engine and of the catalogue, prepared once for all chunks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.catalogue.offers.records import Offer
from traitdunion.matching import bulk
from traitdunion.matching.feasibility.travels import End, Travel
from traitdunion.matching.situation import Permis
from traitdunion.rules import RuleBook

from .gravity import Gravity, fitted
from .ground import Ground
from .profiles import NamedProfile
from .shifts import NamedShift

MAX_KEPT_BYTES = 200_000_000
"""Of the searches of all sites that a timetable keeps after a run, for each way to leave a site."""

BYTES_A_LABEL = 8
"""An hour out and an hour back, of one stop, for one site and one shift."""


@dataclass(frozen=True)
class Question:
    """A network, streets, offers, rules, profiles and shifts of a week, over a ground."""

    ground: Ground
    timetable: reach.Timetable
    streets: reach.Streets
    offers: tuple[Offer, ...]
    book: RuleBook
    profiles: tuple[NamedProfile, ...]
    shifts: tuple[NamedShift, ...]
    week: date

    @cached_property
    def table(self) -> bulk.OfferTable:
        """Return the offers over all homes and sites."""
        ground = self.ground
        epci = {code: siren or None for code, siren in ground.epci_of.items()}
        return bulk.offer_table(
            self.offers,
            homes=ground.homes,
            sites=ground.sites,
            shifts=[named.shift for named in self.shifts],
            week=self.week,
            epci_of=epci.get,
        )

    @cached_property
    def travels(self) -> tuple[Travel, ...]:
        """Return the axis M: the ways of the offers, as their table numbers them, those of owned
        vehicles, the car last.
        """
        own = (way for profile in self.profiles for way in profile.own_travels)
        return (*dict.fromkeys([*self.table.travels, *own]), Travel(reach.CAR, End.WHOLE))

    @cached_property
    def by_mode(self) -> list[reach.Commute | reach.Mode]:
        """Return the ways as `reach.SiteWeek.held` takes them."""
        return [bulk.by_mode(way) for way in self.travels]

    def own_rows(self, profile: NamedProfile) -> list[list[int]]:
        """Return the rows of the ways of each solution a profile needs no offer for.

        The lines, reached on foot, and the walk make one; each vehicle another.
        """
        row = {way: m for m, way in enumerate(self.travels)}
        on_foot = [row[way] for way in profile.own_travels if way.mode in (None, reach.WALK)]
        by_vehicle: dict[reach.Mode, list[int]] = {}
        for way in profile.own_travels:
            if way.mode is not None and way.mode != reach.WALK:
                by_vehicle.setdefault(way.mode, []).append(row[way])
        return [on_foot, *by_vehicle.values()]

    @cached_property
    def eligible(self) -> NDArray[np.uint8]:
        """Return whether each profile may use each offer, uint8 (P, N)."""
        known = [profile.known for profile in self.profiles]
        return bulk.eligible(self.book, known, self.table, self.week)

    @cached_property
    def wants_licence(self) -> NDArray[np.bool_]:
        """Return the offers that a licence alone keeps from a profile, bool (P, N)."""
        licensed = [bulk.Profile(Permis.B, profile.known.facts) for profile in self.profiles]
        with_licence = bulk.eligible(self.book, licensed, self.table, self.week)
        wants: NDArray[np.bool_] = (self.eligible == bulk.NON) & (with_licence != bulk.NON)
        return wants

    @cached_property
    def gravity(self) -> Gravity | None:
        """Return the model of flows fitted on those of the ground, None where there is none."""
        return fitted(self.ground)

    def week_of_sites(self, rows: Sequence[int] | None = None) -> reach.SiteWeek:
        """Search the sites, or some of them, for the shifts of the week.

        What was searched of all sites is kept by the timetable: a run after a change of the
        catalogue asks for the ways that it adds alone. Where that would hold too much memory once
        the run ends, nothing is kept.
        """
        points, shifts = self.ground.site_points, [named.shift for named in self.shifts]
        labels = len(points) * len(shifts) * self.timetable.n_stops
        if rows is None and BYTES_A_LABEL * labels <= MAX_KEPT_BYTES:
            return reach.kept_site_week(
                self.timetable, points, shifts, week=self.week, streets=self.streets,
                limits=reach.Limits(),
            )  # fmt: skip
        sites = points if rows is None else [points[row] for row in rows]
        return reach.site_week(self.timetable, sites, shifts, week=self.week, streets=self.streets)

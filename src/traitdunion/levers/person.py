"""Under a no: the smallest change by each actor that lets one person hold one job, verified.

Candidates come from what fails, then each is made and the whole week is searched again with it:
hours and homes value by value, since neither is monotone; a trip moved by the minutes it lacks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from traitdunion import french, reach
from traitdunion.matching import bulk
from traitdunion.matching.eligibility.conditions import EpciOf
from traitdunion.matching.feasibility.travels import TO_A_STOP, VEHICLES
from traitdunion.matching.margins import limits_of
from traitdunion.matching.offers import Offer, lends
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule
from traitdunion.matching.what_if import shift_moved
from traitdunion.reach.places import great_circle_m
from traitdunion.reach.shifts import Shift
from traitdunion.reach.site_weeks.site_week import SHIFTS_A_WORD
from traitdunion.rules import RuleBook

from .aid_terms import amounts, thresholds
from .changes import Lever, Overrides, cost_of, smallest_by_actor
from .direct_trips import DirectTrip, Moment, moves_needed, sentence_of
from .enums import Acteur, Confiance, Nature
from .notices import notices
from .profiles import HOLDS

MOVES_MIN = tuple(sorted((d for m in range(5, 125, 5) for d in (m, -m)), key=lambda d: (abs(d), d)))
"""Minutes by which a shift is moved, the smallest first; every value is tried."""
FIRST_SHIFTS = 9
"""Shifts moved that are searched first, those of one word; then all the others at once."""

MAX_REMOTE_DAYS = 2
MAX_TRIPS_TRIED = 4
MAX_HOMES = 80
LENT_IN_ORDER = ("velo", "vae", "scooter", "voiturette", "voiture")
ASKED_FACTOR, ASKED_OFFSET_S = 1.5, 600
"""A ride on demand takes half as long again as the way by car, and ten minutes for its detours."""
MAX_ASKED_KM = 60
OWN = {
    Vehicule.VELO: "velo",
    Vehicule.DEUX_ROUES: "scooter",
    Vehicule.VOITURE: "voiture",
}


@dataclass(frozen=True)
class Around:
    """What the search of levers needs beside the question: offers, rules, homes, costs.

    `homes`: places one might live at, other than today's. `given`: costs typed on screen.
    """

    timetable: reach.Timetable
    streets: reach.Streets
    solutions: Sequence[Offer]
    book: RuleBook
    epci_of: EpciOf
    homes: Sequence[Place] = ()
    given: Overrides = field(default_factory=dict)
    demonstration: bool = False


def person_levers_and_changes(
    situation: Situation, around: Around
) -> tuple[list[Lever], dict[str, reach.Change]]:
    """Return the smallest change of each actor and family that opens every day of the shift.

    Where every day is held already: what an aid lacks for the way to be paid. And the change of the
    timetable of those that make one, by key of lever.
    """
    search = PersonSearch(situation, around)
    if search.holds(search.days(situation.shift)):
        return list(amounts(search)), {}
    return smallest_by_actor(search.candidates()), search.changes


class PersonSearch:
    """One person and one job; each change is searched on its own."""

    def __init__(self, situation: Situation, around: Around) -> None:
        self.situation, self.around = situation, around
        self.home = reach.Point(situation.home.lat, situation.home.lon)
        self.work = reach.Point(situation.work.lat, situation.work.lon)
        self.limits = limits_of(situation.margins)
        self.profile = bulk.Profile(situation.permis, situation.facts)
        self.km = np.array([[self._road_km()]])
        self.changes: dict[str, reach.Change] = {}
        self._tables: dict[tuple[Shift, ...], bulk.OfferTable] = {}
        self._weeks: dict[tuple[Shift, ...], reach.SiteWeek] = {}
        self._eligibles: list[tuple[bulk.Profile, tuple[Offer, ...], Any]] = []

    @property
    def on(self) -> date:
        """Return the day of the question, as its clock gives it."""
        return self.situation.now.date()

    def candidates(self) -> Iterator[Lever]:
        """Yield every change that opens the job, verified, the same family several times."""
        for find in (
            self.shifts_moved, self.days_at_home, self.trips, self.asked_rides, self.loans,
            self.licences, self.homes,
        ):  # fmt: skip
            yield from find()
        yield from notices(self)
        yield from thresholds(self)

    # -- what a person can do, in bits of a week ----------------------------------------------

    def holds(self, days: int, shift: Shift | None = None) -> bool:
        """Return whether all the days of a shift are held."""
        asked = sum(1 << day for day in (shift or self.situation.shift).days)
        return days & asked == asked

    def days(self, shift: Shift, **changed: Any) -> int:
        """Return the days of one shift held for sure, as bits."""
        return self.days_of([shift], **changed)[0]

    def days_of(
        self,
        shifts: Sequence[Shift],
        *,
        words: Callable[[reach.SiteWeek, Sequence[reach.Commute | reach.Mode]], Any] | None = None,
    ) -> list[int]:
        """Return the days held for sure with each shift, as bits: lines, own vehicle, loans."""
        if not shifts:
            return []
        key = tuple(shifts)
        table = self._table(key)
        week = self._week(key)
        modes = [*map(self._kept, table.by_mode), *self._own_modes]
        words_found = week.words([self.home], modes) if words is None else words(week, modes)
        by_word = words_found if words_found.ndim == 4 else words_found[None]
        may = self._eligible(self.profile, table)
        days = []
        for x, word in enumerate(by_word):
            of_word = key[SHIFTS_A_WORD * x : SHIFTS_A_WORD * (x + 1)]
            of_shifts = table if len(by_word) == 1 else self._table(of_word)
            held = self._held(word, of_shifts, may)
            days += [held >> 7 * k & 127 for k in range(len(of_word))]
        return days

    def days_with(self, offer: Offer, book: RuleBook) -> int:
        """Return the days of the shift that one offer holds for sure by other rules, as bits."""
        table = self._new_table((self.situation.shift,), [offer])
        may = bulk.eligible(book, [self.profile], table, self.on)
        modes = list(map(self._kept, table.by_mode))
        words = self._week((self.situation.shift,)).words([self.home], modes)
        sure, _ = bulk.verdicts(words, table, may, self.km, np.array([np.inf]))
        return int(sure[0, 0, 0])

    def right_to(self, offer: Offer) -> int:
        """Return whether the person may use an offer by its rule, as `bulk.eligible` codes it."""
        table = self._new_table((self.situation.shift,), [offer])
        may = bulk.eligible(self.around.book, [self.profile], table, self.on)
        return int(may[0, 0])

    def _held(self, word: Any, table: bulk.OfferTable, may: Any) -> int:
        """Return the bits held for sure, of the words (M, W, H) of nine shifts at the most."""
        n_lent = len(table.by_mode)
        own = np.bitwise_or.reduce(word[[0, *range(n_lent, len(word))]], axis=0)
        sure, _ = bulk.verdicts(word[:n_lent], table, may, self.km, np.array([np.inf]))
        return int(own[0, 0]) | int(sure[0, 0, 0])

    def _kept(self, mode: reach.Commute | reach.Mode) -> reach.Commute | reach.Mode:
        """Return a way of travelling with the margins of the question."""
        return mode if isinstance(mode, reach.Mode) else replace(mode, limits=self.limits)

    def _week(self, shifts: tuple[Shift, ...]) -> reach.SiteWeek:
        if shifts not in self._weeks:
            self._weeks[shifts] = reach.kept_site_week(
                self.around.timetable, [self.work], shifts,
                week=self.situation.week, limits=self.limits, streets=self.around.streets,
            )  # fmt: skip
        return self._weeks[shifts]

    def _table(self, shifts: tuple[Shift, ...]) -> bulk.OfferTable:
        if shifts not in self._tables:
            known = next(iter(self._tables.values()), None)
            self._tables[shifts] = (
                self._new_table(shifts, [row for row in self.around.solutions if lends(row)])
                if known is None
                else bulk.for_shifts(known, shifts[:SHIFTS_A_WORD], self.situation.week)
            )
        return self._tables[shifts]

    def _eligible(self, profile: bulk.Profile, table: bulk.OfferTable) -> Any:
        """Return `bulk.eligible`, once for each profile and offers: hours do not count."""
        for known, offers, may in self._eligibles:
            if known is profile and offers is table.offers:
                return may
        may = bulk.eligible(self.around.book, [profile], table, self.on)
        self._eligibles.append((profile, table.offers, may))
        return may

    def _new_table(self, shifts: tuple[Shift, ...], offers: Sequence[Offer]) -> bulk.OfferTable:
        return bulk.offer_table(
            offers, homes=[self.situation.home],
            sites=[self.situation.work], shifts=shifts[:SHIFTS_A_WORD],
            week=self.situation.week, epci_of=self.around.epci_of,
        )  # fmt: skip

    @cached_property
    def _own_modes(self) -> list[reach.Commute | reach.Mode]:
        code = OWN.get(self.situation.vehicule)
        if code is None or not self._may_drive(code, self.situation.permis):
            return []
        mode = VEHICLES[code].mode
        if code == "velo":
            return [mode, reach.Commute(home_vehicle=mode, limits=self.limits)]
        return [mode]

    def _may_drive(self, code: str, permis: Permis) -> bool:
        held = HOLDS.get(permis.value, 0)
        return held >= HOLDS[VEHICLES[code].permis]

    def _road_km(self) -> float:
        way = self.around.streets.between(self.home, self.work, VEHICLES["voiture"].mode)
        return way.metres / 1000 if way is not None else float("inf")

    # -- the employer ---------------------------------------------------------------------------

    def shifts_moved(self) -> Iterator[Lever]:
        """Yield the smallest move of the whole shift each way, value by value."""
        moved = {}
        for minutes in MOVES_MIN:
            other = shift_moved(self.situation, minutes)
            if other is not None:
                moved[minutes] = other.shift
        opened: set[bool] = set()
        values = list(moved)
        for chunk in (values[:FIRST_SHIFTS], values[FIRST_SHIFTS:]):
            days = self.days_of([moved[minutes] for minutes in chunk])
            for minutes, bits in zip(chunk, days, strict=True):
                later = minutes > 0
                if self.holds(bits) and later not in opened:
                    opened.add(later)
                    yield self._shift_lever(minutes, moved[minutes])
            if opened:
                return

    def _shift_lever(self, minutes: int, shift: Shift) -> Lever:
        old = self.situation.shift
        by = self._first_ride(shift)
        sentence = (
            f"Si le poste commençait à {french.clock(shift.start_s)} au lieu de "
            f"{french.clock(old.start_s)}, {by} suffirait."
        )
        key = f"{Nature.DECALER_POSTE}:{self._job_key}:{minutes:+d}"
        return self.lever(
            Acteur.EMPLOYEUR, Nature.DECALER_POSTE, key, sentence, abs(minutes),
            detail={"move_shift_min": minutes},
        )  # fmt: skip

    def _first_ride(self, shift: Shift) -> str:
        """Return the means that then serves, named by its hour where it is a line."""
        commute = reach.Commute(limits=self.limits)
        week = reach.there_and_back(
            self.around.timetable, self.home, self.work, shift,
            week=self.situation.week, commute=commute, streets=self.around.streets,
        )  # fmt: skip
        rides = [
            leg for day in week.days if day.feasible and day.out for leg in day.out.legs
            if leg.kind == "ride"
        ]  # fmt: skip
        return f"le départ de {french.clock(rides[0].departure_s)}" if rides else "ce qui existe"

    def days_at_home(self) -> Iterator[Lever]:
        """Yield the days to be worked at a distance, where one or two alone are missing."""
        held = self.days(self.situation.shift)
        missing = sorted(day for day in self.situation.shift.days if not held >> day & 1)
        if not 0 < len(missing) <= MAX_REMOTE_DAYS or not held:
            return
        named = french.days_of_week(missing, article="le ")
        yield self.lever(
            Acteur.EMPLOYEUR, Nature.TRAVAILLER_A_DISTANCE,
            f"{Nature.TRAVAILLER_A_DISTANCE}:{self._job_key}:{''.join(map(str, missing))}",
            f"Si {named} se travaillait à distance, les autres jours seraient tenus.",
            len(missing), detail={"remote_days": missing}, days=len(missing),
        )  # fmt: skip

    # -- those who organise transport -------------------------------------------------------------

    def trips(self) -> Iterator[Lever]:
        """Yield trips moved or added by the minutes they lack, each searched with the change."""
        shift = self.situation.shift
        monday = self.situation.week
        dates = [monday + timedelta(day) for day in sorted(shift.days)]
        out, back = (
            moves_needed(
                self.around.timetable, self.around.streets, self.home, self.work, dates=dates,
                needed=dates, moment=Moment(moment, towards), limits=self.limits,
            )[:MAX_TRIPS_TRIED]
            for moment, towards in ((shift.arrive_by_s, True), (shift.leave_from_s, False))
        )  # fmt: skip
        none: list[DirectTrip | None] = [None]
        pairs = [
            (a, b) for a in [*none, *out] for b in [*none, *back] if a is not None or b is not None
        ]
        pairs.sort(key=lambda pair: sum(1 + abs(trip.delta_s) for trip in pair if trip))
        for nature, change_of in (
            (Nature.DEPLACER_COURSE, self._moved), (Nature.AJOUTER_COURSE, self._added),
        ):  # fmt: skip
            for pair in pairs:
                trips = [trip for trip in pair if trip is not None]
                change = change_of(trips)
                if self.holds(self._days_after(change)):
                    lever = self._trip_lever(nature, trips)
                    self.changes[lever.key] = change
                    yield lever
                    break

    def _moved(self, trips: Sequence[DirectTrip]) -> reach.Change:
        return reach.Change(moved=tuple({trip.row: trip.delta_s for trip in trips}.items()))

    def _added(self, trips: Sequence[DirectTrip]) -> reach.Change:
        return reach.Change(added=tuple(trip.copied() for trip in trips))

    def _days_after(self, change: reach.Change) -> int:
        def words(week: reach.SiteWeek, modes: Sequence[reach.Commute | reach.Mode]) -> Any:
            before = week.words([self.home], modes)
            return week.changed(change).words(before, [self.home], modes)

        return self.days_of([self.situation.shift], words=words)[0]

    def _trip_lever(self, nature: Nature, trips: Sequence[DirectTrip]) -> Lever:
        sentence = sentence_of(trips, added=nature == Nature.AJOUTER_COURSE)
        minutes = sum(abs(trip.delta_s) for trip in trips) / 60
        key = f"{nature}:{'+'.join(trip.key for trip in trips)}"
        return self.lever(
            Acteur.REGION, nature, key, sentence, minutes,
            confiance=Confiance.SUR if nature == Nature.AJOUTER_COURSE else Confiance.ESTIME,
            detail={"trips": [trip.json() for trip in trips], "times": len(trips)},
        )  # fmt: skip

    def asked_rides(self) -> Iterator[Lever]:
        """Yield a ride on demand out and back, where the way by car is short enough for it."""
        way = self.around.streets.between(self.home, self.work, VEHICLES["voiture"].mode)
        if way is None or way.metres > 1000 * MAX_ASKED_KM:
            return
        ride_s = round(way.seconds * ASKED_FACTOR) + ASKED_OFFSET_S
        if ride_s > reach.Commute().max_trip_s:
            return
        shift, home, work = self.situation.shift, self.situation.home, self.situation.work
        leaves_s = (shift.arrive_by_s - ride_s) // 300 * 300
        yield self.lever(
            Acteur.EPCI, Nature.OUVRIR_TAD,
            f"{Nature.OUVRIR_TAD}:{home.code_insee or ''}:{self._job_key}",
            f"Ouvrez le transport à la demande entre {home.label} et {work.label} : départ à "
            f"{french.clock(leaves_s % 86_400)}, retour à "
            f"{french.clock(shift.leave_from_s % 86_400)}.",
            ride_s / 60, confiance=Confiance.A_VERIFIER, detail={"ride_min": ride_s // 60},
        )  # fmt: skip

    # -- those who lend, pay, lodge, and the person ------------------------------------------------

    def loans(self) -> Iterator[Lever]:
        """Yield the first vehicle, from the lightest, that a loan would need to open the job."""
        shift, home = self.situation.shift, self.situation.home
        week = self._week((shift,))
        for rank, code in enumerate(LENT_IN_ORDER):
            if not self._may_drive(code, self.situation.permis):
                continue
            mode = VEHICLES[code].mode
            modes: list[reach.Commute | reach.Mode] = [mode]
            if code in TO_A_STOP:
                modes += [reach.Commute(home_vehicle=mode, limits=self.limits),
                          reach.Commute(work_vehicle=mode, limits=self.limits)]  # fmt: skip
            days = int(np.bitwise_or.reduce(week.words([self.home], modes), axis=0)[0, 0])
            if not self.holds(days):
                continue
            short = self._short_of(code)
            name = VEHICLES[code].name
            where = f"au prêt de « {short.nom} »" if short else french.at_place(home.label)
            verb = f"Ajoutez un {name} {where}" if short else f"Prêtez un {name} {where}"
            yield self.lever(
                Acteur.MMS, Nature.PRETER_VEHICULE,
                f"{Nature.PRETER_VEHICULE}:{short.id if short else home.code_insee or ''}:{code}",
                f"{verb.replace('un voiture', 'une voiture')} : le poste est alors tenu.",
                1 + rank / 10, confiance=Confiance.SUR if short else Confiance.ESTIME,
                detail={"vehicle": code, "n": 1},
            )  # fmt: skip
            return

    def _short_of(self, code: str) -> Offer | None:
        """Return an offer of that vehicle which only lacks one to lend."""
        for offer in self.around.solutions:
            if not lends(offer) or offer.mode != code or offer.capacite_disponibles != 0:
                continue
            lent = replace(offer, capacite_disponibles=1)
            table = self._new_table((self.situation.shift,), [lent])
            if self.right_to(lent) != bulk.NON and table.zone(0)[0, 0] == bulk.OUI:
                return offer
        return None

    def licences(self) -> Iterator[Lever]:
        """Yield the licence with which what the catalogue lends, or one's car, would do."""
        for permis, nature in ((Permis.AM, Nature.PERMIS_AM), (Permis.B, Nature.PERMIS_B)):
            if HOLDS.get(self.situation.permis.value, 0) >= HOLDS[permis.value]:
                continue
            other = PersonSearch(replace(self.situation, permis=permis,
                                         facts={**self.situation.facts, "permis": permis.value}),
                                 self.around)  # fmt: skip
            other._weeks, other._tables = self._weeks, self._tables
            if not self.holds(other.days(self.situation.shift)):
                continue
            owned = {Vehicule.DEUX_ROUES: "votre deux-roues", Vehicule.VOITURE: "votre voiture"}
            what = owned.get(self.situation.vehicule, "un véhicule prêté")
            yield self.lever(
                Acteur.PERSONNE, nature, nature.value,
                f"Passez le permis {permis.value.upper()} : {what} suffit alors.",
                HOLDS[permis.value], confiance=Confiance.ESTIME, detail={"licence": permis.value},
            )  # fmt: skip
            return

    def homes(self) -> Iterator[Lever]:
        """Yield the commune nearest to today's home from which the job is held, one by one."""
        places = self._nearest_homes()
        if not places:
            return
        week = self._week((self.situation.shift,))
        modes = [reach.Commute(limits=self.limits), *self._own_modes]
        points = [reach.Point(place.lat, place.lon) for place in places]
        words = np.bitwise_or.reduce(week.words(points, modes), axis=0)[0]
        for place, word in zip(places, words.tolist(), strict=True):
            if self.holds(int(word)):
                km = self._away_m([place], self.situation.home)[0] / 1000
                yield self.lever(
                    Acteur.BAILLEUR, Nature.LOGER_PLUS_PRES,
                    f"{Nature.LOGER_PLUS_PRES}:{place.code_insee}:{self._job_key}",
                    f"Trouvez un logement {french.at_place(place.label)} : de là, le poste se "
                    "tient tous les jours.",
                    float(km), confiance=Confiance.ESTIME, detail={"commune": place.code_insee},
                )  # fmt: skip
                return

    def _nearest_homes(self) -> list[Place]:
        work, home = self.situation.work, self.situation.home
        others = [place for place in self.around.homes if place.code_insee != home.code_insee]
        if not others:
            return []
        near = np.argsort(self._away_m(others, work), kind="stable")[:MAX_HOMES]
        kept = [others[row] for row in near.tolist()]
        order = np.argsort(self._away_m(kept, home), kind="stable")
        return [kept[row] for row in order.tolist()]

    @staticmethod
    def _away_m(places: Sequence[Place], centre: Place) -> Any:
        lat, lon = (np.array([getattr(p, axis) for p in places]) for axis in ("lat", "lon"))
        return great_circle_m(centre.lat, centre.lon, lat, lon)

    # -- one lever ---------------------------------------------------------------------------

    @property
    def _job_key(self) -> str:
        """Return what names the job without the person: its commune and hours."""
        shift, work = self.situation.shift, self.situation.work
        days = "".join(map(str, sorted(shift.days)))
        return f"{work.code_insee or ''}:{shift.start_s // 60}-{shift.end_s // 60}:{days}"

    def lever(
        self,
        acteur: Acteur,
        nature: Nature,
        key: str,
        sentence: str,
        size: float,
        *,
        confiance: Confiance = Confiance.SUR,
        detail: Mapping[str, Any] | None = None,
        days: int | None = None,
    ) -> Lever:
        """Return a lever of the situation, priced by the cost model of its nature.

        `detail` may give how many `times` it is paid.
        """
        detail = detail or {}
        times = detail.get("times", 1)
        cost = cost_of(nature, on=self.on, given=self.around.given,
                       demonstration=self.around.demonstration).of(times)  # fmt: skip
        n_days = len(self.situation.shift.days) if days is None else days
        return Lever(key, acteur, nature, sentence, cost, confiance, n_days, size, detail)


def shown(levers: Iterable[Lever], most: int = 3) -> list[Lever]:
    """Return the first levers of different actors, the rest after, `most` in all."""
    ordered = list(levers)
    firsts: dict[Acteur, Lever] = {}
    for lever in ordered:
        firsts.setdefault(lever.acteur, lever)
    return list(firsts.values())[:most]

"""From the engine's verdict of a day to what is shown: named steps, reasons in French."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from traitdunion import french, reach

from ..answer import DayPlan, Filtre, Finding, Step, Verdict
from ..eligibility.searches import SituationSearches
from ..feasibility.travels import End, Travel, longest_wait_s
from . import bookings, lines
from .vehicles import vehicle_word

Clock = Callable[[int], int]

MAX_TRIP_S = reach.Commute().max_trip_s
LONGEST_LINE_NAME = 12
NAMED_WITHIN_S = 6 * 3600
"""A trip too early, or too late, is worth naming within these hours."""


def plan_of(
    day: reach.DayVerdict,
    searches: SituationSearches,
    vehicle_label: str,
    mode: reach.Mode | None,
    reason: Callable[..., str],
) -> DayPlan:
    """Return one day; equal days of one week give equal steps.

    `mode` is that of the vehicle, if any.
    """
    if not day.feasible or day.out is None or day.back is None:
        plan = blocked(day.on, f"{reason(day)}.", filtre_of(day, searches))
        return replace(plan, unknown=day.reason == reach.Reason.OUTSIDE_TIMETABLE)
    situation, clock = searches.situation, _clock_of(day, searches.timetable)
    home, work = f"Domicile, {situation.home.label}", f"Lieu de travail, {situation.work.label}"
    last = situation.second_work
    last_work = f"Deuxième lieu de travail, {last.label}" if last else work
    shown = _Shown(searches, vehicle_label, mode, clock)
    return DayPlan(
        on=day.on,
        feasible=True,
        out=shown.steps(day.out, home, work),
        back=shown.steps(day.back, last_work, home),
        onward=shown.steps(day.onward, work, last_work) if day.onward else (),
        leave_s=clock(day.out.departure_s),
        arrive_s=clock(day.out.arrival_s),
        leave_work_s=clock(day.back.departure_s),
        home_s=clock(day.back.arrival_s),
        reason="",
    )


def _clock_of(day: reach.DayVerdict, tt: reach.Timetable) -> Clock:
    """Return what clocks read at a second of the service day.

    The same but on nights of changed clocks.
    """
    moments = [moment for j in day.ways for moment in (j.departure_s, j.arrival_s)]
    if all(reach.clock_s(tt, day.on, moment) == moment for moment in moments):
        return lambda seconds: seconds

    def read(seconds: int) -> int:
        near = (seconds, seconds + 3600, seconds - 3600)
        return next((s for s in near if reach.clock_s(tt, day.on, s) == seconds), seconds)

    return read


def blocked(on: date, reason: str, filtre: Filtre) -> DayPlan:
    """Return a day on which it does not work."""
    return DayPlan(on, False, (), (), None, None, None, None, reason, filtre)


OF_NEEDS = {
    reach.Reason.LONG_WAIT: "Attente trop longue",
    reach.Reason.NOT_ACCESSIBLE: "Non accessible en fauteuil",
    reach.Reason.NOT_OPEN_YET: "Il faut partir avant que l'enfant puisse être déposé",
    reach.Reason.CLOSED_ALREADY: "Le retour arrive trop tard pour reprendre l'enfant",
}
"""Why a day fails a need of the person, and not the lines."""


def filtre_of(day: reach.DayVerdict, searches: SituationSearches) -> Filtre:
    """Return the filter that a failing day does not pass."""
    if day.reason == reach.Reason.NOTICE:
        return Filtre.PREAVIS
    if day.reason in OF_NEEDS:
        return Filtre.BESOINS
    if day.reason == reach.Reason.NO_TRIP_BACK:
        return Filtre.RETOUR
    if day.reason == reach.Reason.TOO_LONG and (day.out or day.back):
        return _longest(day, searches)[1]
    return Filtre.ALLER


class _Shown(NamedTuple):
    """How the legs of one candidate are shown."""

    searches: SituationSearches
    vehicle_label: str
    mode: reach.Mode | None
    clock: Clock

    def steps(self, journey: reach.Journey, origin: str, destination: str) -> tuple[Step, ...]:
        last = len(journey.legs) - 1
        return tuple(
            Step(
                kind=_kind(leg),
                label=self._label(leg),
                from_name=origin if i == 0 and leg.from_stop is None else leg.from_name,
                to_name=destination if i == last and leg.to_stop is None else leg.to_name,
                departure_s=self.clock(leg.departure_s),
                arrival_s=self.clock(leg.arrival_s),
                distance_m=leg.distance_m,
                color=leg.color,
                estimated=leg.estimated,
                points=self._points(leg),
                booking=bookings.in_general(leg, journey.on),
                margin_s=leg.margin_s,
            )
            for i, leg in enumerate(journey.legs)
        )

    def _points(self, leg: reach.Leg) -> tuple[tuple[float, float], ...]:
        """Return where it passes: each stop of a ride, else along the streets."""
        if not leg.stops:
            return self.searches.drawn(leg, self._mode(leg))
        stops, arrays = list(leg.stops), self.searches.timetable.arrays
        lat, lon = arrays["stop_lat"][stops], arrays["stop_lon"][stops]
        return tuple(zip(lat.tolist(), lon.tolist(), strict=True))

    def _mode(self, leg: reach.Leg) -> reach.Mode:
        if self.mode is not None and leg.kind == self.mode.code:
            return self.mode
        return reach.WALK if leg.kind == "walk" else reach.CAR

    def _label(self, leg: reach.Leg) -> str:
        if leg.kind in ("ride", "on_demand"):
            return ride_label(leg)
        return "À pied" if leg.kind == "walk" else self.vehicle_label


def _kind(leg: reach.Leg) -> str:
    """Return the kind it is drawn as: a car-pool is a car, a shuttle a bus."""
    if leg.kind != "on_demand":
        return leg.kind
    return {reach.CARPOOL: "carpool", reach.SHUTTLE: "ride"}.get(leg.route_type or 0, leg.kind)


def ride_label(leg: reach.Leg) -> str:
    """Return what to look for at the stop: "Car 12 vers Le Puy"; long names of lines give way.

    A headsign of digits is a train's number, not a place.
    """
    line = leg.route_name
    if leg.kind == "on_demand":
        return line or "Transport à la demande"
    if leg.headsign.isdigit():
        return f"{ride_word(leg)} {line} n° {leg.headsign}".replace("  ", " ")
    if leg.headsign and len(line) > LONGEST_LINE_NAME:
        line = ""
    named = f"{ride_word(leg)} {line}".strip()
    return f"{named} vers {leg.headsign}" if leg.headsign else named


def ride_word(leg: reach.Leg) -> str:
    """Return Train, Car, Bus…; an operator of "cars" runs nothing else by road."""
    if leg.route_type == 3 and {"car", "cars"} & set(leg.agency.lower().split()):
        return "Car"
    (lat, lon), (lat2, lon2) = leg.from_point, leg.to_point
    # Degrees to metres is precise enough to distinguish a coach from a town bus.
    metres = 111_000 * ((lat2 - lat) ** 2 + (0.7 * (lon2 - lon)) ** 2) ** 0.5
    return vehicle_word(leg.route_type, metres)


def reason_of(day: reach.DayVerdict, searches: SituationSearches, travel: Travel, by: str) -> str:
    """Why a day fails, in French without a final stop, its day left out so that days group."""
    if day.reason == reach.Reason.OUTSIDE_TIMETABLE:
        tt = searches.timetable
        if tt.start <= day.on <= tt.end:
            return lines.hours_unknown(tt.unknown_feeds(day.on, (searches.home, searches.work)))
        return f"Les horaires connus vont du {french.day(tt.start)} au {french.day(tt.end)}"
    if travel.mode is not None and travel.end == End.WHOLE:
        return _too_far(searches, travel.mode, by)
    return _no_trip(day, searches, travel)


def _too_far(searches: SituationSearches, mode: reach.Mode, by: str) -> str:
    """Return why a whole way does not do: the same every day, and for every loan alike."""
    if (mode, by) not in searches.too_far:
        searches.too_far[mode, by] = _why_too_far(searches, mode, by)
    return searches.too_far[mode, by]


def _why_too_far(searches: SituationSearches, mode: reach.Mode, by: str) -> str:
    way = searches.way(mode)
    if way is None:
        return _off_streets(searches, mode, by) or f"Aucun chemin connu {by} jusqu'au travail"
    if way.metres > mode.max_m:
        return (
            f"Trop loin {by} : {french.distance(way.metres)} "
            f"(maximum {french.distance(mode.max_m)})"
        )
    return (
        f"Trop long {by} : {french.duration_s(way.seconds)} "
        f"(maximum {french.duration_s(MAX_TRIP_S)})"
    )


def _off_streets(searches: SituationSearches, mode: reach.Mode, by: str) -> str:
    """Return which end lies far from every street of a mode; empty where none does."""
    for point, name in ((searches.home, "Domicile"), (searches.work, "Lieu de travail")):
        why = searches.streets.why_off(point, mode)
        if why is not None:
            return f"{name} {why} {by}"
    return ""


def _no_trip(day: reach.DayVerdict, searches: SituationSearches, travel: Travel) -> str:
    if day.reason == reach.Reason.TOO_LONG:
        seconds, filtre = _longest(day, searches)
        which = "à l'aller" if filtre == Filtre.ALLER else "au retour"
        longest = f"{french.duration_s(seconds)} {which}"
        return f"Trajet trop long : {longest} (maximum {french.duration_s(MAX_TRIP_S)})"
    if day.reason == reach.Reason.NOTICE:
        return "Trop tard pour réserver"
    if day.reason == reach.Reason.LONG_WAIT:
        return f"Attente : {french.duration_s(longest_wait_s(day))}"
    if day.reason == reach.Reason.NOT_ACCESSIBLE:
        return lines.refused_text(day, searches.timetable)
    if day.reason in OF_NEEDS:
        return OF_NEEDS[day.reason]
    for end, point, name in (
        (End.HOME, searches.home, "domicile"),
        (End.WORK, searches.work, "lieu de travail"),
    ):
        by_vehicle = travel.mode is not None and travel.end in (end, End.BOTH)
        on_foot = not travel.routes and not by_vehicle
        if on_foot and not searches.has_stop(point):
            walk = searches.limits.walk
            limit = french.distance(walk.max_m)
            off = _off_streets(searches, walk, "à pied")
            if off:
                return off
            return f"Aucun arrêt à moins de {limit} à pied du {name}"
    if day.reason == reach.Reason.NO_TRIP_OUT:
        return _no_trip_out(day, searches)
    if day.reason == reach.Reason.NO_TRIP_BETWEEN:
        return _no_trip_between(searches)
    return _no_trip_back(day, searches)


def _no_trip_out(day: reach.DayVerdict, searches: SituationSearches) -> str:
    by_s = searches.situation.shift.arrive_by_s
    by = french.clock(by_s)
    if day.out is None or not MAX_TRIP_S <= by_s - day.out.arrival_s <= NAMED_WITHIN_S:
        return f"Aucun trajet ne permet d'arriver avant {by}"
    last = french.clock(_clock_of(day, searches.timetable)(day.out.arrival_s))
    limit = french.duration_s(MAX_TRIP_S)
    return f"Le dernier trajet utile arrive à {last}, plus de {limit} avant {by}"


def _no_trip_between(searches: SituationSearches) -> str:
    (_, free_s), (due_s, _) = searches.situation.shift.periods
    hours = f"entre {french.clock(free_s)} et {french.clock(due_s)}"
    return f"Aucun trajet ne mène du premier au deuxième lieu de travail {hours}"


def _no_trip_back(day: reach.DayVerdict, searches: SituationSearches) -> str:
    after_s = searches.situation.shift.leave_from_s
    after = french.clock(after_s)
    if day.back is None or not MAX_TRIP_S <= day.back.departure_s - after_s <= NAMED_WITHIN_S:
        return f"Aucun trajet ne ramène au domicile après {after}"
    first = french.clock(_clock_of(day, searches.timetable)(day.back.departure_s))
    limit = french.duration_s(MAX_TRIP_S)
    return f"Le premier retour part à {first}, plus de {limit} après {after}"


def _longest(day: reach.DayVerdict, searches: SituationSearches) -> tuple[int, Filtre]:
    """Return the longer of the two ways, waiting included, as the engine counts it."""
    shift, tt = searches.situation.shift, searches.timetable
    ways = []
    if day.out is not None:
        arrive_s = reach.clock_s(tt, day.on, shift.arrive_by_s)
        ways.append((arrive_s - day.out.departure_s, Filtre.ALLER))
    if day.back is not None:
        leave_s = reach.clock_s(tt, day.on, shift.leave_from_s)
        ways.append((day.back.arrival_s - leave_s, Filtre.RETOUR))
    return max(ways)


def day_findings(plans: Sequence[DayPlan], verdict: Verdict) -> list[Finding]:
    """Return each reason once, with its days: "Aucun trajet ne permet d'arriver … le samedi.".

    Days whose hours are not known are to be checked, whatever the `verdict` of the others.
    """
    days: dict[tuple[str, Filtre, bool], list[date]] = {}
    for plan in plans:
        if plan.filtre is not None:
            key = plan.reason.removesuffix("."), plan.filtre, plan.unknown
            days.setdefault(key, []).append(plan.on)
    whole = len(days) == 1 and not any(plan.feasible for plan in plans)
    return [
        Finding(
            Verdict.A_VERIFIER if unknown else verdict,
            f"{reason}."
            if whole and not reason.startswith("Aucun trajet")
            else _reason_with_days(reason, on),
            filtre,
        )
        for (reason, filtre, unknown), on in days.items()
    ]


def _reason_with_days(reason: str, on: Sequence[date]) -> str:
    which = french.days_of_week((day.weekday() for day in on), "le ")
    if reason.startswith("Aucun trajet"):
        return f"{reason} {which}."
    if reason.startswith("Trajet trop long"):
        what, detail = reason.split(" : ", 1)
        return f"{what} {which} : {detail}."
    return f"{french.capitalised(which)} : {french.uncapitalised(reason)}."

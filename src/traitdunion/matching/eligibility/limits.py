"""Limits that an offer sets to its use, met with the question: trips, kilometres, hours, places."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from traitdunion import french
from traitdunion.catalogue.opening_hours import windows_on
from traitdunion.reach.calendar_days import monday_of
from traitdunion.reach.monthly_fares import WEEKS_A_MONTH

from ..answer import Filtre, Finding, Verdict
from ..feasibility.travels import VEHICLES
from ..offers import LENT, Offer, kind_of
from ..situation import Job, Situation
from .aids import Rough

TRIPS_A_DAY = 2
KEPT_ALL_DAY = LENT | {"autopartage"}
"""Types whose hours are those of a counter: the vehicle itself is kept day and night."""

FARTHEST_BY_KIND = {"location_velo": "vae", "location_2rm": "scooter"}
"""Vehicle that goes the farthest of those a type may lend, where the entry names none."""


def findings_of(
    offer: Offer, situation: Situation, one_way: Rough | None, *, timed: bool = False
) -> list[Finding]:
    """Return the limits that the job passes; `one_way` is the way by road in kilometres, if known.

    `timed`: its windows are those of a timetable, met already.

    What the entry leaves blank is no finding here: a service whose way is not known remains to be
    checked whatever its limits.
    """
    return [*too_far(offer, one_way), *shift_findings(offer, situation, timed=timed)]


def shift_findings(offer: Offer, job: Job, *, timed: bool = False) -> list[Finding]:
    """Return the limits that a shift of a week passes, whatever the way."""
    return [
        *_too_many_trips(offer, job),
        *([] if timed or kind_of(offer) in KEPT_ALL_DAY else _out_of_hours(offer, job)),
    ]


def _too_many_trips(offer: Offer, job: Job) -> Iterator[Finding]:
    most = offer.trajets_max_mois
    if most is None:
        return
    needed = TRIPS_A_DAY * len(job.shift.days) * WEEKS_A_MONTH
    if needed > most:
        text = (
            f"{most} trajet{french.plural(most)} par mois au plus : ce poste en demande "
            f"{round(needed)}."
        )
        yield Finding(Verdict.NON, text, Filtre.CAPACITE)


def km_findings(offer: Offer, situation: Situation, one_way: Rough | None) -> list[Finding]:
    """Return what passes the kilometres that a loan includes in a month, driven the whole way.

    Kilometres more are a condition, to be paid or agreed: they forbid nothing.
    """
    most = offer.km_inclus_mois
    ways = TRIPS_A_DAY * len(situation.shift.days) * WEEKS_A_MONTH
    if most is None or (one_way is not None and one_way.most * ways <= most):
        return []
    needed = "peut en demander plus"
    if one_way is not None and one_way.least * ways > most:
        km = french.number(round(one_way.middle * ways))
        needed = f"en demande environ {km}"
    text = (
        f"{french.number(most)}{french.NBSP}km compris par mois : ce poste {needed}, le surplus "
        "est à payer ou à convenir."
    )
    return [Finding(Verdict.SOUS_CONDITION, text, Filtre.COUT)]


def _farthest_km(offer: Offer) -> Decimal | None:
    """Return how far one way it goes: what the entry holds, else what its vehicles can."""
    if offer.distance_max_km is not None:
        return Decimal(str(offer.distance_max_km))
    vehicle = FARTHEST_BY_KIND.get(kind_of(offer))
    if vehicle is None or str(offer.mode):
        return None
    return Decimal(round(VEHICLES[vehicle].mode.max_m)) / 1000


def too_far(offer: Offer, one_way: Rough | None) -> Iterator[Finding]:
    """Yield that the way is too long, for certain or perhaps within its bounds."""
    most = _farthest_km(offer)
    if most is None or one_way is None or one_way.most <= most:
        return
    verdict = Verdict.NON if one_way.least > most else Verdict.A_VERIFIER
    what = "Véhicule prêté" if kind_of(offer) in LENT else "Service"
    text = (
        f"{what} pour {french.number(most)}{french.NBSP}km au plus : le trajet en fait environ "
        f"{french.number(round(one_way.middle))}."
    )
    yield Finding(verdict, text, Filtre.ALLER)


def _out_of_hours(offer: Offer, job: Job) -> Iterator[Finding]:
    """Yield the days on which it does not run when one must arrive or may leave."""
    text = offer.horaires_service
    if not text:
        return
    shift = job.shift
    monday = monday_of(job.week)
    closed = []
    for day in sorted(shift.days):
        windows = windows_on(text, monday + timedelta(day))
        if windows is None or not windows.certain:
            continue
        moments = (shift.arrive_by_s, shift.leave_from_s)
        if not all(any(a <= moment <= b for a, b in windows.spans) for moment in moments):
            closed.append(day)
    if closed:
        which = french.days_of_week(closed, "le ")
        why = f"Ne roule pas aux heures du poste {which}."
        whole = len(closed) == len(shift.days)
        yield Finding(Verdict.NON if whole else Verdict.SOUS_CONDITION, why, Filtre.ALLER)

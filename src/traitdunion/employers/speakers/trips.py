"""The trip of a speaker to a meeting, there and back, by the same answer as the desk's."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from traitdunion import reach
from traitdunion.desk.queries import NoNetworkError, active_network, covered_dates, find_answer
from traitdunion.matching.answer import Option, Verdict
from traitdunion.matching.places import Place
from traitdunion.matching.situation import Permis, Situation, Vehicule
from traitdunion.reach.calendar_days import monday_of
from traitdunion.reach.monthly_fares import WEEKS_A_MONTH
from traitdunion.territory.models import Commune

from ..models import DemandeIntervenant, Intervenant
from .matching import Trip

MINUTE_S, HOUR_S = 60, 3600
DEFAULT_START = time(9)


@dataclass(frozen=True, slots=True)
class PricedTrip:
    """A trip with its title and its cost; `eur` is None where a part is unknown."""

    trip: Trip
    title: str = ""
    eur: Decimal | None = None


UNKNOWN = PricedTrip(Trip(None))


def trip_of(speaker: Intervenant, request: DemandeIntervenant, *, now: datetime) -> PricedTrip:
    """Return the quickest sure trip there and back on the day of a meeting.

    Unknown where no network is loaded, the day is outside its timetables, a place is missing, or
    the meeting ends before it starts: its hour was moved after its end was given, or is not known.
    """
    meeting = request.rencontre
    if speaker.commune is None or meeting.commune is None:
        return UNKNOWN
    if request.fin <= (meeting.heure or DEFAULT_START):
        return UNKNOWN
    try:
        network = active_network()
    except NoNetworkError:
        return UNKNOWN
    first, last = covered_dates(network)
    if not first <= meeting.tenue_le <= last:
        return UNKNOWN
    situation = Situation(
        home=_place(speaker.commune),
        work=_place(meeting.commune),
        shift=reach.Shift(
            _seconds(meeting.heure or DEFAULT_START),
            _seconds(request.fin),
            days=frozenset({meeting.tenue_le.weekday()}),
        ),
        week=monday_of(meeting.tenue_le),
        permis=Permis.B if speaker.voiture else Permis.INCONNU,
        vehicule=_vehicle(speaker.voiture),
        now=now,
    )
    answer = find_answer(situation, network)
    sure = [option for option in answer.options if option.verdict == Verdict.POSSIBLE]
    sure = [option for option in sure if option.minutes_out is not None]
    if not sure:
        return PricedTrip(Trip(None if answer.options else False))
    best = min(sure, key=_minutes)
    return PricedTrip(Trip(True, _minutes(best)), best.title, one_day_eur(best.monthly_cost_eur))


def one_day_eur(month_eur: Decimal | None) -> Decimal | None:
    """Return the cost of one day out of a month of one day a week; None where unknown."""
    if month_eur is None:
        return None
    return (month_eur / WEEKS_A_MONTH).quantize(Decimal("0.01"))


def _minutes(option: Option) -> int:
    return (option.minutes_out or 0) + (option.minutes_back or 0)


def _vehicle(has_car: bool | None) -> Vehicule:
    if has_car is None:
        return Vehicule.INCONNU
    return Vehicule.VOITURE if has_car else Vehicule.AUCUN


def _place(commune: Commune) -> Place:
    return Place(commune.nom, commune.lat, commune.lon, commune.code_insee)


def _seconds(at: time) -> int:
    return at.hour * HOUR_S + at.minute * MINUTE_S

"""The trip of a speaker is that of the desk: same day, same minutes, there and back."""

from datetime import UTC, date, datetime, time

import pytest

from tests.observatory.conftest import network_folder, site  # noqa: F401 (fixtures)
from traitdunion import reach
from traitdunion.accounts.models import Organisation
from traitdunion.desk.queries import active_network
from traitdunion.employers.models import Club, DemandeIntervenant, Intervenant, Rencontre
from traitdunion.employers.speakers.trips import UNKNOWN, trip_of
from traitdunion.networks.catalogue_trips import with_catalogue_trips
from traitdunion.networks.streets import streets_over
from traitdunion.territory.models import Commune

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def request_(site):  # noqa: F811
    held_by = Organisation.objects.create(slug="ml", nom="Mission locale")
    club = Club.objects.create(slug="club", nom="Club", organisation=held_by)
    meeting = Rencontre.objects.create(
        club=club, titre="Réunion", tenue_le=TUESDAY, heure=time(9),
        commune=Commune.objects.get(nom="Le Puy-en-Velay"),
    )  # fmt: skip
    return DemandeIntervenant.objects.create(
        rencontre=meeting, intermediaire=held_by, fin=time(16), demandee_le=NOW
    )


def speaker(of, commune, *, voiture=False):
    row = Commune.objects.filter(nom=commune).first()
    return Intervenant.objects.create(
        organisation=of.intermediaire, pseudonyme=f"{commune}{voiture}", statut="salarie",
        commune=row, voiture=voiture, inscrit_le=NOW,
    )  # fmt: skip


def test_the_minutes_are_those_of_a_single_search_of_the_engine(request_, settings):
    trip = trip_of(speaker(request_, "Langeac"), request_, now=NOW)
    timetable = with_catalogue_trips(active_network().timetable)
    home, work = Commune.objects.get(nom="Langeac"), request_.rencontre.commune
    verdict = reach.there_and_back(
        timetable,
        reach.Point(home.lat, home.lon),
        reach.Point(work.lat, work.lon),
        reach.Shift(9 * 3600, 16 * 3600, days=frozenset({1})),
        week=date(2026, 11, 23),
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
    )
    assert trip.trip.feasible is all(day.feasible for day in verdict.days)
    assert trip.trip.feasible
    assert trip.trip.minutes > 0
    assert trip.title


def test_a_car_makes_the_trip_shorter_and_priced(request_):
    by_car = trip_of(speaker(request_, "Langeac", voiture=True), request_, now=NOW)
    without = trip_of(speaker(request_, "Langeac"), request_, now=NOW)
    assert by_car.trip.minutes < without.trip.minutes
    assert by_car.eur > 0


def test_what_cannot_be_computed_is_unknown_never_no(request_, settings):
    nowhere = speaker(request_, "Nulle Part")
    assert trip_of(nowhere, request_, now=NOW) == UNKNOWN
    langeac = speaker(request_, "Langeac")
    Rencontre.objects.update(tenue_le=date(2027, 3, 2))
    request_.rencontre.refresh_from_db()
    assert trip_of(langeac, request_, now=NOW) == UNKNOWN
    (settings.TRAITDUNION_DATA_DIR / "networks").unlink()
    Rencontre.objects.update(tenue_le=TUESDAY)
    request_.rencontre.refresh_from_db()
    assert trip_of(langeac, request_, now=NOW) == UNKNOWN


@pytest.mark.parametrize(("starts", "ends"), [(None, time(8, 30)), (time(17), time(16))])
def test_a_meeting_that_ends_before_it_starts_has_no_trip_to_give(request_, starts, ends):
    """Its hour is not known, or the club moved it after the end was given."""
    request_.rencontre.heure, request_.fin = starts, ends
    assert trip_of(speaker(request_, "Langeac"), request_, now=NOW) == UNKNOWN

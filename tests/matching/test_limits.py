"""An offer's limits are fields met with the question: trips, kilometres, hours, destination."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from straight_road import BACK, OUT, Network, Offer, road, situation

from traitdunion.catalogue.offers.records import Closure
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis


def ask(*offers, **changed):
    """The answer on the road, work 20.5 km away, five days a week."""
    return answer(
        situation(**changed), timetable=road(OUT, BACK), solutions=offers, network=Network(),
        epci_of={}.get,
    )  # fmt: skip


def named(answer, key):
    (option,) = [
        each_option
        for each_option in (*answer.options, *answer.excluded)
        if each_option.key == f"solution:{key}"
    ]
    return option


def plain(texts):
    return [text.replace("\u00a0", " ") for text in texts]


def drivers(**more):
    return Offer("s", "Chauffeurs bénévoles", "transport_solidaire", **more)


def excluded(answer, key="solution:s"):
    return next((exclusion for exclusion in answer.excluded if exclusion.key == key), None)


@pytest.mark.parametrize(("most", "goes"), [(43, False), (44, True), (4, False), (None, True)])
def test_trips_a_month_are_met_with_the_days_of_the_job(most, goes):
    """Five days a week are 10 × 52 / 12 = 43.3 trips a month: 43 do not suffice, 44 do."""
    answer = ask(drivers(trajets_max_mois=most))
    assert (excluded(answer) is None) is goes
    if most == 4:
        assert plain(excluded(answer).reasons) == [
            "4 trajets par mois au plus : ce poste en demande 43."
        ]


def test_a_loan_limited_to_some_trips_is_no_way_to_hold_the_job():
    lent = Offer("v", "Vélo", mode="velo", trajets_max_mois=8)
    exclusions = excluded(ask(lent), "solution:v")
    assert exclusions is not None
    assert exclusions.verdict is Verdict.NON


def test_a_service_is_not_offered_beyond_its_distance():
    """The way is 28.7 km, more or less a fifth: 20 km do not suffice, 30 may, 40 do."""
    verdicts = {
        most: excluded(ask(drivers(distance_max_km=Decimal(most)))) is not None
        for most in (20, 30, 40)
    }
    assert verdicts == {20: True, 30: False, 40: False}


def test_a_bike_loan_whose_mode_is_blank_is_no_answer_to_a_way_too_long_to_ride():
    blank = Offer("s", "Prêt de vélo", "location_velo", mode="")
    exclusions = excluded(ask(blank))
    assert exclusions is not None
    assert "km au plus" in exclusions.reasons[0]


def test_a_service_that_does_not_run_at_the_hours_of_the_job_is_excluded_with_its_days():
    shut = excluded(ask(drivers(horaires_service="Mo-Fr 09:30-11:30")))
    assert shut is not None
    assert "Ne roule pas aux heures du poste" in shut.reasons[0]
    assert excluded(ask(drivers(horaires_service="Mo-Fr 05:00-22:00"))) is None


def test_hours_that_cannot_be_read_are_no_reason_to_exclude():
    assert excluded(ask(drivers(horaires_service="le matin, sauf exception"))) is None


def test_a_service_that_does_not_leave_its_zone_serves_no_job_outside():
    inside = {"zone": ("43112",), "destination_dans_zone": True}
    exclusions = excluded(ask(drivers(**inside)))
    assert exclusions is not None
    assert exclusions.reasons == ("Lieu de travail hors de la zone, que ce service ne quitte pas.",)
    assert excluded(ask(drivers(zone=("43112",), destination_dans_zone=False))) is None


SQUARE = '{"type": "Polygon", "coordinates": [[[2, %s], [4, %s], [4, %s], [2, %s], [2, %s]]]}'


@pytest.mark.parametrize(("north", "goes"), [(45.1, False), (46, True)])
@pytest.mark.parametrize("zone", [("43",), ()])
def test_a_service_that_does_not_leave_the_area_drawn_for_it_serves_no_job_outside(
    north, goes, zone
):
    """Home is at 45°, work 20.5 km north, at 45.18°."""
    drawn = (SQUARE % (44.9, 44.9, north, north, 44.9),)
    exclusions = excluded(ask(drivers(zone=zone, zones_service=drawn, destination_dans_zone=True)))
    assert (exclusions is None) is goes
    if exclusions:
        assert exclusions.reasons == (
            "Lieu de travail hors de la zone, que ce service ne quitte pas.",
        )
    assert excluded(ask(drivers(zone=zone, zones_service=drawn))) is None


@pytest.mark.parametrize(
    ("most", "said"),
    [(900, "en demande environ 1 244,"), (1200, "peut en demander plus,"), (1600, "")],
)
def test_the_kilometres_of_a_loan_are_met_with_those_of_the_job(most, said):
    """28.7 km, 43.3 times a month: 1,244 km more or less a fifth, 995 to 1,493."""
    lent = Offer("c", "Voiture prêtée", "location_voiture", mode="voiture", km_inclus_mois=most)
    option = named(ask(lent, permis=Permis.B), "c")
    assert option.verdict is Verdict.SOUS_CONDITION
    (text,) = [text for text in plain(option.reasons) if "compris par mois" in text] or [""]
    assert said in text
    assert bool(text) is bool(said)


def test_a_help_that_is_suspended_is_not_offered():
    garage = Offer("g", "Garage", "garage")
    assert [offered_help.key for offered_help in ask(garage).helps] == ["solution:g"]
    shut = replace(garage, fermetures=(Closure("suspension", date(2020, 1, 1)),))
    assert ask(shut).helps == ()


def test_what_cannot_be_checked_is_never_among_the_ways_that_are_sure():
    assert named(ask(drivers()), "s").verdict is Verdict.A_VERIFIER

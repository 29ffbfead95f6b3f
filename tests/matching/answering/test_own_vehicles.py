"""One's own ways in an answer: on foot, by bicycle, scooter and car, with their licences."""

from decimal import Decimal

import pytest
from draw import at
from straight_road import BACK, OUT, ask, keys, named, place, plain, road

from traitdunion.matching.answer import Verdict
from traitdunion.matching.situation import Permis, Vehicule


def test_a_job_next_door_is_walked_and_no_bus_is_made_up():
    answer = ask(work=place(1000))
    # 1000 m × 1.04 s = 17 min 20 s.
    only = named(answer, "marche")
    assert (only.minutes_out, only.minutes_back) == (17, 17)
    assert (only.title, only.verdict) == ("À pied", Verdict.POSSIBLE)
    assert (only.monthly_cost_eur, only.modes, only.lead_time_days) == (0, ("walk",), 0)
    assert only.estimated
    assert "transports" not in keys(answer.options)


def test_walking_too_far_is_not_worth_a_word():
    assert keys(ask().excluded) == []


def test_ones_own_bike_goes_eight_kilometres():
    answer = ask(work=place(5000), vehicule=Vehicule.VELO)
    only = named(answer, "velo")
    # 5 km × 1.3 = 6.5 km at 13 km/h: 30 min, and 2 to park.
    assert (only.verdict, only.minutes_out, only.minutes_back) == (Verdict.POSSIBLE, 32, 32)
    assert only.days[0].arrive_s == at("7:50")
    assert only.days[0].leave_work_s == at("16:05")
    assert only.days[0].out[0].label == "À vélo"
    assert plain([only.summary]) == ["6,5 km à vélo, distance estimée."]


def test_too_far_for_ones_bike_says_how_far():
    only = named(ask(vehicule=Vehicule.VELO), "velo")
    # 20.5 km × 1.3 = 26.65 km.
    assert plain(only.reasons) == ["Trop loin à vélo : 27 km (maximum 8 km)."]
    assert only.verdict == Verdict.NON


@pytest.mark.parametrize(
    ("permis", "verdict", "reasons"),
    [
        (Permis.B, Verdict.POSSIBLE, ()),
        (Permis.INCONNU, Verdict.A_VERIFIER, ("Permis B à confirmer.",)),
        (Permis.AUCUN, Verdict.NON, ("Il faut le permis B.",)),
        (Permis.AM, Verdict.NON, ("Il faut le permis B.",)),
    ],
)
def test_ones_own_car_takes_the_licence(permis, verdict, reasons):
    only = named(ask(vehicule=Vehicule.VOITURE, permis=permis), "voiture")
    assert (only.verdict, only.reasons) == (verdict, reasons)
    if verdict != Verdict.NON:
        # 20.5 km × 1.4 = 28.7 km at 52 km/h: 33 min 7 s, and 5 to park.
        # Ten trips a week are 287 km, 52 weeks 14 924 km:
        # (0.340 × 14 924 + 1 330) / 12 = 533.68 € a month.
        assert (only.minutes_out, only.days[0].out[0].kind) == (38, "car")
        assert only.monthly_cost_eur == Decimal("533.68")
        assert plain([only.cost_detail]) == [
            "voiture de 4 CV, 14 924 km par an au barème kilométrique "
            "(usure, entretien, assurance et carburant)"
        ]
    else:
        assert {day.reason for day in only.days} == {"Il faut le permis B."}


@pytest.mark.parametrize(
    ("permis", "verdict"),
    [
        (Permis.AM, Verdict.POSSIBLE),
        (Permis.B, Verdict.POSSIBLE),
        (Permis.INCONNU, Verdict.A_VERIFIER),
        (Permis.AUCUN, Verdict.A_VERIFIER),
    ],
)
def test_ones_own_scooter_takes_the_am_licence_or_an_age(permis, verdict):
    answer = ask(work=place(15_000), vehicule=Vehicule.DEUX_ROUES, permis=permis)
    assert named(answer, "scooter").verdict == verdict


def test_a_vehicle_not_known_of_is_asked_about_and_never_excluded():
    answer = ask(vehicule=Vehicule.INCONNU, permis=Permis.B)
    assert named(answer, "voiture").reasons == ("La personne a-t-elle une voiture ?",)
    assert named(answer, "voiture").verdict == Verdict.A_VERIFIER
    assert answer.excluded == ()
    without = ask(vehicule=Vehicule.INCONNU, permis=Permis.AUCUN)
    assert keys((*without.options, *without.excluded)) == ["transports"]


def test_ones_bike_leads_to_a_stop_too_far_to_walk():
    tt = road(OUT, BACK, stops={"A": 3000, "B": 20_000})
    answer = ask(tt=tt, vehicule=Vehicule.VELO)
    only = named(answer, "velo+transports")
    assert (only.title, only.verdict) == ("Vélo personnel, puis car", Verdict.POSSIBLE)
    # 3 km × 1.3 = 3.9 km at 13 km/h: 18 min, and 2 to park: leave at 6:40.
    assert only.days[0].leave_s == at("6:40")
    assert only.days[0].home_s == at("17:10")
    assert only.modes == ("bike", "ride", "walk")
    assert keys(answer.excluded) == ["transports", "velo"]


def test_ones_bike_to_a_stop_next_door_is_not_worth_its_trouble():
    assert keys(ask(vehicule=Vehicule.VELO).options) == ["transports"]

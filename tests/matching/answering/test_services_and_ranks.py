"""Prices, services that are not routed, helps and ranks of an answer, worked by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from draw import at
from straight_road import BACK, OUT, Offer, ask, bare, keys, named, place, plain, road

from traitdunion import reach
from traitdunion.catalogue.offers.records import Provider
from traitdunion.matching.answer import Verdict
from traitdunion.matching.explaining import day_plans as plans
from traitdunion.matching.situation import Permis, Vehicule

TUESDAY = date(2025, 3, 4)


def test_one_day_a_week_is_told_in_the_singular():
    offer = Offer("tc", "Cars", "tc_ligne", gtfs_agency="Cars", par_jour_eur=Decimal("3"))
    only = named(ask(offer, shift={"days": frozenset({0})}), "transports")
    assert "3 € par jour, 1 jour par semaine" in only.cost_detail.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("prices", "total", "detail"),
    [
        # 10 trips a week × 52 / 12 = 43.33 trips a month × 1.50.
        ({"par_trajet_eur": "1.50"}, "65.00", "Cars : 1,50 € par trajet, 10 trajets par semaine"),
        ({"par_trajet_eur": "1.50", "par_mois_eur": "40"}, "40.00", "Cars : 40 € par mois"),
        ({"par_trajet_eur": "0"}, "0.00", "Cars : gratuit"),
        ({}, None, "Cars : tarif non renseigné"),
    ],
)
def test_fares_are_the_cheapest_of_the_prices_known(prices, total, detail):
    prices = {name: Decimal(price) for name, price in prices.items()}
    only = named(ask(Offer("tc", "Cars", "tc_ligne", gtfs_agency="Cars", **prices)), "transports")
    assert only.monthly_cost_eur == (None if total is None else Decimal(total))
    assert plain([only.cost_detail]) == [detail]


def test_an_operator_without_a_price_list_makes_the_cost_unknown():
    other = Offer("tc", "TER", "tc_ligne", gtfs_agency="SNCF", par_mois_eur=Decimal(60))
    only = named(ask(other), "transports")
    assert (only.monthly_cost_eur, only.cost_detail) == (None, "Cars : tarif non renseigné")
    assert only.verdict == Verdict.POSSIBLE


def test_a_car_lent_by_the_day_and_the_kilometre_adds_up_without_fuel():
    car = Offer(
        "c", "Voitures", "location_voiture", mode="voiture",
        par_jour_eur=Decimal(6), par_km_eur=Decimal("0.10"), caution_eur=Decimal(300),
    )  # fmt: skip
    only = named(ask(car, permis=Permis.B), "c")
    # 5 days × 6 € × 52 / 12 = 130 €; 28.7 km × 10 = 287 km × 0.10 × 52 / 12 = 124.37 €.
    assert only.monthly_cost_eur == Decimal("254.37")
    assert plain([only.cost_detail]) == [
        "6 € par jour, 5 jours par semaine ; 0,10 € par km, 287 km par semaine, "
        "hors carburant, caution de 300 €"
    ]


@pytest.mark.parametrize("kind", ["tad", "covoiturage", "transport_solidaire", "navette"])
def test_a_service_whose_hours_are_not_known_is_to_check_and_never_possible(kind):
    service = Offer("s", "Service", kind, par_trajet_eur=Decimal(2))
    only = named(ask(service), "s")
    assert only.verdict == Verdict.A_VERIFIER
    assert only.reasons[0] == "Horaires et trajets à vérifier auprès du service."
    assert only.contact_name == "Plateforme mobilité"
    assert (only.days, only.feasible_days, only.asked_days) == ((), 0, 5)


def test_a_service_of_elsewhere_is_excluded():
    answer = ask(Offer("s", "Service", "tad", zone=("63",)))
    assert named(answer, "s").reasons == ("Domicile hors de la zone du service.",)
    assert keys(answer.excluded) == ["s"]


def test_a_service_of_the_place_of_work_alone_does_not_fetch_one_at_home():
    answer = ask(Offer("s", "Service", "tad", zone=("43157",)))
    assert named(answer, "s").verdict == Verdict.NON


def test_a_shared_car_that_is_not_routed_still_takes_the_licence():
    car = Offer("s", "Autopartage", "autopartage", permis_requis="b")
    assert named(ask(car), "s").reasons == ("Il faut le permis B.",)
    assert named(ask(car, permis=Permis.B), "s").verdict == Verdict.A_VERIFIER


def test_the_coaches_of_an_operator_are_coaches_on_short_ways_too():
    leg = reach.Leg("ride", "A", "B", reach.Point(45, 3), reach.Point(45.01, 3), 0, 60,
                    route_name="H37", route_type=3, agency="Cars Région")  # fmt: skip
    assert plans.ride_label(leg) == "Car H37"
    assert plans.ride_label(replace(leg, agency="Urbain")) == "Bus H37"


def test_helps_that_cover_the_home_are_no_options():
    answer = ask(
        Offer("garage", "Garage solidaire", "garage"),
        Offer("loin", "Garage d'ailleurs", "garage", zone=("63",)),
        Offer("?", "Aide", "aide_permis", zone=()),
    )
    assert keys(answer.options) == ["transports"]
    assert [(bare(offered_help), offered_help.to_check) for offered_help in answer.helps] == [
        ("garage", False),
        ("?", True),
    ]


def test_the_surest_come_first_then_more_days_then_less_time_away():
    tt = road(OUT, BACK, running={1: [TUESDAY]})
    answer = ask(
        Offer("tad", "TAD", "tad"),
        Offer("vae", "VAE", mode="vae", par_mois_eur=Decimal(30), distance_max_km=30),
        Offer("vae2", "VAE moins cher", mode="vae", par_mois_eur=Decimal(3), distance_max_km=30),
        Offer("auto", "Auto", "location_voiture", mode="voiture"),
        tt=tt,
        permis=Permis.B,
        vehicule=Vehicule.VOITURE,
    )
    # All but one's own car are under condition: the lent car is quickest, public transport
    # holds one day of five.
    assert keys(answer.options) == ["voiture", "auto", "vae2", "vae", "transports", "tad"]


def test_a_structure_may_be_missing():
    offer = Offer("v", "Vélos", mode="velo", structure=None)
    only = named(ask(offer, work=place(5000)), "v")
    assert only.contact_name == ""
    assert only.next_step == "Contacter Vélos pour demander le prêt."


def test_the_oldest_check_is_the_one_told():
    tt = road(OUT, BACK, stops={"A": 3000, "B": 20_000})
    velo = Offer("v", "Vélos", mode="velo", verifie_le=date(2025, 1, 2), demonstration=True)
    tc = Offer("tc", "Cars", "tc_ligne", gtfs_agency="Cars", verifie_le=date(2024, 5, 6))
    only = named(ask(velo, tc, tt=tt), "v+transports-domicile")
    assert only.verified_on == date(2024, 5, 6)
    assert only.demonstration


def test_a_night_shift_comes_home_in_the_morning():
    tt = road("A 20:00 > B 20:30 (12)", "B 29:20 > A 29:50 (12)")
    only = named(ask(tt=tt, shift={"start_s": at("21:00"), "end_s": at("29:00")}), "transports")
    assert only.feasible_days == 5
    assert only.days[0].home_s == at("29:50") + 520


def test_structure_contacts_yield_to_those_of_the_solution():
    offer = Offer("v", "V", mode="velo", telephone="0", structure=Provider("S", telephone="1"))
    assert named(ask(offer, work=place(5000)), "v").telephone == "0"

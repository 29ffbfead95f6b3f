"""What an answer holds: each kind of way, each reason to fail, ranks and prices, worked by hand."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from draw import at
from straight_road import (
    BACK,
    MONDAY,
    OUT,
    Network,
    Offer,
    Structure,
    latitude,
    place,
    road,
    situation,
)  # fmt: skip

from traitdunion import reach
from traitdunion.matching import plans, wording
from traitdunion.matching.answer import Answer, Option, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis, Vehicule

NBSP = "\u00a0"
TUESDAY = date(2025, 3, 4)


def ask(*offers: Offer, tt=None, network=None, epci=None, **changed) -> Answer:
    """The answer on the road, two trips a day unless `tt` is given."""
    return answer(
        situation(**changed),
        timetable=tt or road(OUT, BACK),
        solutions=offers,
        network=network or Network(),
        epci_of=(epci or {}).get,
    )


def named(found: Answer, key: str) -> Option:
    """The option or the excluded way of that key."""
    return {bare(option): option for option in (*found.options, *found.excluded)}[key]


def bare(option) -> str:
    """Its key, that of a solution without what says so."""
    return option.key.removeprefix("solution:")


def keys(options) -> list[str]:
    return [bare(option) for option in options]


def plain(texts) -> list[str]:
    return [text.replace(NBSP, " ") for text in texts]


# -- public transport -------------------------------------------------------------------------


def test_public_transport_on_foot_holds_the_five_days():
    found = ask()
    only = named(found, "transports")
    assert keys(found.options) == ["transports"]
    assert (only.verdict, only.feasible_days, only.asked_days) == (Verdict.POSSIBLE, 5, 5)
    assert only.title == "Car"
    assert only.reasons == ()
    day = only.days[0]
    # On foot 520 s to A for the 7:00, 520 s from B after 7:30; back by the 16:20.
    assert (day.leave_s, day.arrive_s) == (at("7:00") - 520, at("7:30") + 520)
    assert (day.leave_work_s, day.home_s) == (at("16:20") - 520, at("16:50") + 520)
    # 30 min + 2 × 520 s = 47 min 20 s each way.
    assert (only.minutes_out, only.minutes_back) == (47, 47)


def test_steps_name_their_ends_and_pass_their_stops():
    walk, ride, last = named(ask(), "transports").days[0].out
    assert [step.kind for step in (walk, ride, last)] == ["walk", "ride", "walk"]
    assert (walk.label, ride.label, last.label) == ("À pied", "Car 12", "À pied")
    assert (walk.from_name, walk.to_name) == ("Domicile, Langeac", "A")
    assert (last.from_name, last.to_name) == ("B", "Lieu de travail, Le Puy-en-Velay")
    assert walk.distance_m == pytest.approx(650, abs=0.01)
    assert (walk.estimated, ride.estimated) == (True, False)
    assert ride.points == ((latitude(500), 3.0), (latitude(20_000), 3.0))
    assert walk.points == ((latitude(0), 3.0), (latitude(500), 3.0))


def test_days_alike_have_equal_parts():
    days = named(ask(), "transports").days
    assert len({(day.out, day.back) for day in days}) == 1
    assert [day.on for day in days] == [date(2025, 3, d) for d in (3, 4, 5, 6, 7)]


def test_the_answer_says_its_network_and_dates():
    found = ask(network=Network("démonstration", True))
    assert (found.network_label, found.network_is_demonstration) == ("démonstration", True)
    assert found.covers == (MONDAY, date(2025, 3, 9))
    assert named(found, "transports").demonstration
    assert 0 < found.computed_ms < 60_000


def test_a_week_held_in_part_is_under_condition_and_says_which_day_fails_and_why():
    tt = road(OUT, BACK, running={1: [date(2025, 3, d) for d in (3, 4, 5, 6)]})
    only = named(ask(tt=tt), "transports")
    assert (only.verdict, only.feasible_days) == (Verdict.SOUS_CONDITION, 4)
    why = "Aucun trajet ne ramène au domicile après 16 h 05"
    assert plain(only.reasons) == [f"{why} le vendredi."]
    assert plain([only.days[4].reason]) == [f"{why}."]
    assert only.days[4].out == ()


def test_no_way_there_in_time_is_said_with_its_days():
    found = ask(tt=road("A 7:20 > B 7:50 (12)", BACK), shift={"days": frozenset({5})})
    assert found.options == ()
    only = named(found, "transports")
    assert only.verdict == Verdict.NON
    assert plain(only.reasons) == ["Aucun trajet ne permet d'arriver avant 7 h 50 le samedi."]


def test_too_long_a_way_back_is_said_with_its_length():
    # Left to wait from 16:05 to 18:00, then home at 18:30 + 520 s: 2 h 33 min 40 s.
    found = ask(tt=road(OUT, "B 18:00 > A 18:30 (12)"))
    assert plain(named(found, "transports").reasons) == [
        "Trajet trop long : 2 h 34 au retour (maximum 2 h)."
    ]


def test_a_return_hours_after_the_end_is_said_with_its_hour():
    found = ask(tt=road(OUT, BACK, "B 19:00 > A 19:30 (12)", running={1: [MONDAY]}))
    only = named(found, "transports")
    assert only.feasible_days == 1
    # One leaves work 520 s before 19:00.
    assert plain(only.reasons) == [
        "Du mardi au vendredi : le premier retour part à 18 h 51, plus de 2 h après 16 h 05."
    ]


def test_an_arrival_hours_before_the_start_is_said_with_its_hour():
    found = ask(tt=road("A 5:00 > B 5:30 (12)", BACK))
    assert plain(named(found, "transports").reasons) == [
        "Le dernier trajet utile arrive à 5 h 38, plus de 2 h avant 7 h 50."
    ]


def test_some_days_too_long_are_named():
    tt = road(OUT, BACK, "B 18:00 > A 18:30 (12)", running={1: [MONDAY, TUESDAY]})
    assert plain(named(ask(tt=tt), "transports").reasons) == [
        "Trajet trop long du mercredi au vendredi : 2 h 34 au retour (maximum 2 h)."
    ]


def test_the_night_the_clocks_go_forward_one_is_home_at_the_hour_clocks_read():
    # Saturday 29 March 2025: 4:20 of Saturday's service, in hours since midnight + 24, is 28:20;
    # clocks, gone from 2:00 to 3:00, read 5:20 on Sunday.
    start = date(2025, 3, 24)
    tt = road("A 20:00 > B 20:30 (12)", "B 28:20 > A 28:50 (12)", start=start, days=14)
    shift = {"start_s": at("21:00"), "end_s": at("29:00"), "days": frozenset({5})}
    (saturday,) = named(ask(tt=tt, week=start, shift=shift), "transports").days
    assert saturday.feasible
    assert saturday.home_s == at("29:50") + 520
    assert saturday.back[1].departure_s == at("29:20")
    assert saturday.leave_s == at("20:00") - 520


def test_a_headsign_of_digits_is_the_number_of_a_train():
    leg = reach.Leg("ride", "A", "B", reach.Point(45, 3), reach.Point(46, 3), 0, 60,
                    route_name="P37", headsign="31335", route_type=2)  # fmt: skip
    assert plans.ride_label(leg) == "Train P37 n° 31335"
    assert plans.ride_label(replace(leg, headsign="Le Puy")) == "Train P37 vers Le Puy"
    long = replace(leg, route_name="Clermont-Ferrand - Le Puy", headsign="Le Puy")
    assert plans.ride_label(long) == "Train vers Le Puy"
    assert plans.ride_label(replace(long, headsign="")) == "Train Clermont-Ferrand - Le Puy"


@pytest.mark.parametrize(
    ("kind", "metres", "word"),
    [(0, 0, "Tram"), (1, 0, "Métro"), (2, 0, "Train"), (106, 0, "Train"), (3, 900, "Bus"),
     (3, 9000, "Car"), (200, 900, "Car"), (704, 9000, "Bus"), (4, 0, "Bateau"), (7, 0, "Câble")],
)  # fmt: skip
def test_vehicles_are_named_as_riders_name_them(kind, metres, word):
    assert wording.vehicle_word(kind, metres) == word


def test_a_home_without_a_stop_is_said():
    found = ask(tt=road(OUT, BACK, stops={"A": 3000, "B": 20_000}))
    assert plain(named(found, "transports").reasons) == [
        "Aucun arrêt à moins de 2 km à pied du domicile."
    ]


def test_a_place_of_work_without_a_stop_is_said():
    found = ask(tt=road(OUT, BACK, stops={"A": 500, "B": 17_000}))
    assert plain(named(found, "transports").reasons) == [
        "Aucun arrêt à moins de 2 km à pied du lieu de travail."
    ]


def test_dates_outside_the_timetable_are_said_with_those_covered():
    found = ask(week=date(2025, 3, 10))
    (reason,) = named(found, "transports").reasons
    assert reason == "Les horaires connus vont du 3 mars 2025 au 9 mars 2025."


def test_a_week_half_covered_keeps_its_covered_days():
    only = named(ask(tt=road(OUT, BACK, days=3)), "transports")
    assert only.feasible_days == 3
    assert only.reasons == (
        "Le jeudi et le vendredi : les horaires connus vont du 3 mars 2025 au 5 mars 2025.",
    )


# -- one's own ways ---------------------------------------------------------------------------


def test_a_job_next_door_is_walked_and_no_bus_is_made_up():
    found = ask(work=place(1000))
    # 1000 m × 1.04 s = 17 min 20 s.
    only = named(found, "marche")
    assert (only.minutes_out, only.minutes_back) == (17, 17)
    assert (only.title, only.verdict) == ("À pied", Verdict.POSSIBLE)
    assert (only.monthly_cost_eur, only.modes, only.lead_time_days) == (0, ("walk",), 0)
    assert only.estimated
    assert "transports" not in keys(found.options)


def test_walking_too_far_is_not_worth_a_word():
    assert keys(ask().excluded) == []


def test_ones_own_bike_goes_eight_kilometres():
    found = ask(work=place(5000), vehicule=Vehicule.VELO)
    only = named(found, "velo")
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
        assert (only.minutes_out, only.days[0].out[0].kind) == (38, "car")
        assert (only.monthly_cost_eur, only.cost_detail) == (None, "carburant à votre charge")
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
    found = ask(work=place(15_000), vehicule=Vehicule.DEUX_ROUES, permis=permis)
    assert named(found, "scooter").verdict == verdict


def test_a_vehicle_not_known_of_is_asked_about_and_never_excluded():
    found = ask(vehicule=Vehicule.INCONNU, permis=Permis.B)
    assert named(found, "voiture").reasons == ("Dispose-t-on d'une voiture ?",)
    assert named(found, "voiture").verdict == Verdict.A_VERIFIER
    assert found.excluded == ()
    without = ask(vehicule=Vehicule.INCONNU, permis=Permis.AUCUN)
    assert keys((*without.options, *without.excluded)) == ["transports"]


def test_ones_bike_leads_to_a_stop_too_far_to_walk():
    tt = road(OUT, BACK, stops={"A": 3000, "B": 20_000})
    found = ask(tt=tt, vehicule=Vehicule.VELO)
    only = named(found, "velo+transports")
    assert (only.title, only.verdict) == ("Vélo personnel, puis car", Verdict.POSSIBLE)
    # 3 km × 1.3 = 3.9 km at 13 km/h: 18 min, and 2 to park: leave at 6:40.
    assert only.days[0].leave_s == at("6:40")
    assert only.days[0].home_s == at("17:10")
    assert only.modes == ("bike", "ride", "walk")
    assert keys(found.excluded) == ["transports", "velo"]


def test_ones_bike_to_a_stop_next_door_is_not_worth_its_trouble():
    assert keys(ask(vehicule=Vehicule.VELO).options) == ["transports"]


# -- lent vehicles ----------------------------------------------------------------------------

VELO = Offer("velo-43", "Vélos du Haut-Allier", mode="velo", par_mois_eur=Decimal(20))


def test_a_lent_bike_the_whole_way_is_under_condition_with_its_price_and_contact():
    only = named(ask(VELO, work=place(5000)), "velo-43")
    assert (only.title, only.verdict) == ("Vélos du Haut-Allier", Verdict.SOUS_CONDITION)
    assert only.reasons == ("Prêt à demander, selon le matériel disponible.",)
    assert (only.monthly_cost_eur, plain([only.cost_detail])) == (20, ["20 € par mois"])
    assert (only.lead_time_days, only.solutions) == (5, ("velo-43",))
    assert (only.contact_name, only.telephone) == ("Plateforme mobilité", "04 71 00 00 00")
    assert (only.courriel, only.lien) == ("contact@exemple.fr", "https://exemple.fr")
    assert only.next_step == "Appeler Plateforme mobilité pour demander le prêt."
    assert only.days[0].out[0].label == "Vélo prêté"


def test_a_lent_bike_leads_to_a_stop_at_home():
    tt = road(OUT, BACK, stops={"A": 3000, "B": 20_000})
    tc = Offer("tc", "Cars", "tc_ligne", gtfs_agency="Cars", par_mois_eur=Decimal("46.50"))
    found = ask(VELO, tc, tt=tt)
    only = named(found, "velo-43+transports-domicile")
    assert (only.title, only.verdict) == ("Vélo prêté, puis car", Verdict.SOUS_CONDITION)
    assert (only.days[0].leave_s, only.days[0].home_s) == (at("6:40"), at("17:10"))
    assert only.monthly_cost_eur == Decimal("66.50")
    assert plain([only.cost_detail]) == ["Cars : 46,50 € par mois ; Vélo prêté : 20 € par mois"]
    assert only.solutions == ("velo-43", "tc")
    assert keys(found.options) == ["velo-43+transports-domicile"]
    assert keys(found.excluded) == ["transports", "velo-43"]


def test_a_bike_at_work_that_misses_the_coach_home_is_not_proposed():
    tt = road(OUT, BACK, stops={"A": 500, "B": 17_500})
    # From 16:05, 3 km × 1.3 at 13 km/h and 2 min to park reach B at 16:25: the 16:20 has gone.
    found = ask(VELO, tt=tt)
    assert found.options == ()
    assert keys(found.excluded) == ["transports", "velo-43"]


def test_a_bike_left_at_the_stop_of_work_waits_for_the_evening():
    tt = road(OUT, "B 16:30 > A 17:00 (12)", stops={"A": 500, "B": 17_500})
    only = named(ask(VELO, tt=tt), "velo-43+transports-travail")
    assert (only.title, only.feasible_days) == ("Car, puis vélo prêté", 5)
    # B at 7:30, then 20 min of bike: at work at 7:50, just in time.
    assert only.days[0].arrive_s == at("7:50")
    assert (only.days[0].leave_work_s, only.days[0].home_s) == (at("16:10"), at("17:08:40"))


def test_a_lender_is_excluded_once_when_too_far():
    found = ask(VELO)
    assert keys(found.excluded) == ["velo-43"]
    assert plain(found.excluded[0].reasons) == ["Trop loin à vélo : 27 km (maximum 8 km)."]


def test_the_lender_sets_how_far_its_bikes_go():
    vae = Offer("vae", "VAE", mode="vae", distance_max_km=5)
    found = ask(vae, work=place(5000))
    assert plain(found.excluded[-1].reasons) == [
        "Trop loin à vélo électrique : 6,5 km (maximum 5 km)."
    ]


@pytest.mark.parametrize(
    ("zone", "libre", "verdict"),
    [
        (("43112",), False, Verdict.SOUS_CONDITION),
        (("43",), False, Verdict.SOUS_CONDITION),
        (("200073393",), False, Verdict.SOUS_CONDITION),
        ((), True, Verdict.SOUS_CONDITION),
        ((), False, Verdict.A_VERIFIER),
        (("43157",), False, Verdict.A_VERIFIER),
        (("42",), False, Verdict.NON),
        (("200000000",), False, Verdict.NON),
    ],
)
def test_the_zone_of_a_lender_holds_the_home_or_not(zone, libre, verdict):
    offer = Offer("v", "Vélos", mode="velo", zone=zone, zone_libre=libre)
    epci = {"43112": "200073393", "43157": "200073419"}
    only = named(ask(offer, work=place(5000, "Le Puy", "43157"), epci=epci), "v")
    assert only.verdict == verdict
    if verdict == Verdict.NON:
        assert only.reasons == ("Domicile hors de la zone du service.",)


def test_a_home_whose_epci_is_not_known_is_to_check():
    offer = Offer("v", "Vélos", mode="velo", zone=("200073393",))
    only = named(ask(offer, work=place(5000)), "v")
    assert only.reasons[0] == "Zone desservie inconnue : à vérifier."


@pytest.mark.parametrize(
    ("mode", "kind", "permis", "verdict", "first"),
    [
        ("voiture", "location_voiture", Permis.AUCUN, Verdict.NON, "Il faut le permis B."),
        ("voiture", "location_voiture", Permis.INCONNU, Verdict.A_VERIFIER, "Permis B à conf"),
        ("voiture", "location_voiture", Permis.B, Verdict.SOUS_CONDITION, "Prêt à demander"),
        ("scooter", "location_2rm", Permis.AUCUN, Verdict.A_VERIFIER, "Il faut le permis AM"),
        ("scooter", "location_2rm", Permis.AM, Verdict.SOUS_CONDITION, "Prêt à demander"),
        ("voiturette", "location_voiture", Permis.B, Verdict.SOUS_CONDITION, "Prêt à demander"),
    ],
)
def test_the_licence_a_lent_vehicle_takes(mode, kind, permis, verdict, first):
    offer = Offer("x", "Prêt", kind, mode=mode)
    only = named(ask(offer, work=place(15_000), permis=permis), "x")
    assert only.verdict == verdict
    assert only.reasons[0].startswith(first)


def test_a_loan_that_comes_after_the_first_day_says_when():
    late = Offer("v", "Vélos", mode="velo", delai_jours=14)
    only = named(ask(late, work=place(5000)), "v")
    # Asked on 20 February, 14 days later is 6 March; the job starts on 3 March.
    assert only.reasons[0] == (
        "Délai de 14 jours : pas avant le 6 mars 2025, après le premier jour demandé (3 mars 2025)."
    )
    assert only.lead_time_days == 14


def test_conditions_of_access_are_said():
    offer = Offer("v", "Vélos", mode="velo", conditions_acces="Sur prescription.")
    assert (
        "Conditions d'accès : Sur prescription." in named(ask(offer, work=place(5000)), "v").reasons
    )


def test_lenders_alike_are_one_combination_that_names_the_others():
    tt = road(OUT, BACK, stops={"A": 3000, "B": 20_000})
    dear = Offer("cher", "Vélos chers", mode="velo", par_mois_eur=Decimal(50))
    found = ask(dear, VELO, tt=tt)
    assert keys(found.options) == ["velo-43+transports-domicile"]
    assert "Prêt proposé aussi par : Vélos chers." in found.options[0].summary


def test_a_vehicle_fetched_far_away_says_where():
    far = Offer("v", "V", mode="velo", retrait_nom="Garage", retrait_lon=3.0,
                retrait_lat=latitude(20_000), duree_max_jours=90)  # fmt: skip
    only = named(ask(far, work=place(5000)), "v")
    assert plain([only.next_step]) == [
        "Appeler Plateforme mobilité pour demander le prêt. "
        "Véhicule à retirer : Garage, à 28 km du domicile."
    ]
    assert "Prêt limité à 90 jours : prévoir la suite." in only.reasons
    near = replace(far, retrait_lat=latitude(1500))
    assert "retirer" not in named(ask(near, work=place(5000)), "v").next_step


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        ({"prior_notice_last_day": 1, "prior_notice_last_time": time(19)}, "la veille à 19 h."),
        ({"prior_notice_last_day": 2}, "2 jours avant."),
        ({"prior_notice_duration_min": 90}, "À réserver 1 h 30 avant."),
    ],
)
def test_the_notice_a_service_asks_for_is_said(notice, said):
    only = named(ask(Offer("tad", "TAD", "tad", **notice)), "tad")
    assert plain(only.reasons)[1].endswith(said)


def test_a_service_by_the_kilometre_has_no_monthly_sum():
    offer = Offer("s", "S", "transport_solidaire", par_km_eur=Decimal("0.32"),
                  tarif_precisions="Adhésion en plus.")  # fmt: skip
    only = named(ask(offer), "s")
    assert only.monthly_cost_eur is None
    assert plain([only.cost_detail]) == ["0,32 € par km (adhésion en plus)"]


def test_private_contacts_are_not_shown():
    offer = Offer("v", "Vélos", mode="velo", contact_public=False, telephone="06")
    only = named(ask(offer, work=place(5000)), "v")
    assert (only.telephone, only.courriel) == ("", "")
    assert only.next_step == "Contacter Plateforme mobilité pour demander le prêt."


# -- prices -----------------------------------------------------------------------------------


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


# -- services that are not routed, helps, ranks -------------------------------------------------


@pytest.mark.parametrize("kind", ["tad", "covoiturage", "transport_solidaire", "navette"])
def test_a_service_whose_hours_are_not_known_is_to_check_and_never_possible(kind):
    service = Offer("s", "Service", kind, par_trajet_eur=Decimal(2))
    only = named(ask(service), "s")
    assert only.verdict == Verdict.A_VERIFIER
    assert only.reasons[0] == "Horaires et trajets à vérifier auprès du service."
    assert only.contact_name == "Plateforme mobilité"
    assert (only.days, only.feasible_days, only.asked_days) == ((), 0, 5)


def test_a_service_of_elsewhere_is_excluded():
    found = ask(Offer("s", "Service", "tad", zone=("63",)))
    assert named(found, "s").reasons == ("Domicile hors de la zone du service.",)
    assert keys(found.excluded) == ["s"]


def test_a_service_of_the_place_of_work_alone_does_not_fetch_one_at_home():
    found = ask(Offer("s", "Service", "tad", zone=("43157",)))
    assert named(found, "s").verdict == Verdict.NON


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
    found = ask(
        Offer("garage", "Garage solidaire", "garage"),
        Offer("loin", "Garage d'ailleurs", "garage", zone=("63",)),
        Offer("?", "Aide", "aide_permis", zone=()),
    )
    assert keys(found.options) == ["transports"]
    assert [(bare(one), one.to_check) for one in found.helps] == [("garage", False), ("?", True)]


def test_the_surest_come_first_then_more_days_then_less_time_away():
    tt = road(OUT, BACK, running={1: [TUESDAY]})
    found = ask(
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
    assert keys(found.options) == ["voiture", "auto", "vae2", "vae", "transports", "tad"]


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
    offer = Offer("v", "V", mode="velo", telephone="0", structure=Structure(telephone="1"))
    assert named(ask(offer, work=place(5000)), "v").telephone == "0"

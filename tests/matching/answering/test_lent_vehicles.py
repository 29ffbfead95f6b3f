"""Lent vehicles in an answer: zones, licences, delays, lenders alike, notices."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest
from draw import at
from straight_road import BACK, OUT, Offer, ask, keys, latitude, named, place, plain, road

from traitdunion.matching.answer import Verdict
from traitdunion.matching.situation import Permis

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
    answer = ask(VELO, tc, tt=tt)
    only = named(answer, "velo-43+transports-domicile")
    assert (only.title, only.verdict) == ("Vélo prêté, puis car", Verdict.SOUS_CONDITION)
    assert (only.days[0].leave_s, only.days[0].home_s) == (at("6:40"), at("17:10"))
    assert only.monthly_cost_eur == Decimal("66.50")
    assert plain([only.cost_detail]) == ["Cars : 46,50 € par mois ; Vélo prêté : 20 € par mois"]
    assert only.solutions == ("velo-43", "tc")
    assert keys(answer.options) == ["velo-43+transports-domicile"]
    assert keys(answer.excluded) == ["transports", "velo-43"]


def test_a_bike_at_work_that_misses_the_coach_home_is_not_proposed():
    tt = road(OUT, BACK, stops={"A": 500, "B": 17_500})
    # From 16:05, 3 km × 1.3 at 13 km/h and 2 min to park reach B at 16:25: the 16:20 has gone.
    answer = ask(VELO, tt=tt)
    assert answer.options == ()
    assert keys(answer.excluded) == ["transports", "velo-43"]


def test_a_bike_left_at_the_stop_of_work_waits_for_the_evening():
    tt = road(OUT, "B 16:30 > A 17:00 (12)", stops={"A": 500, "B": 17_500})
    only = named(ask(VELO, tt=tt), "velo-43+transports-travail")
    assert (only.title, only.feasible_days) == ("Car, puis vélo prêté", 5)
    # B at 7:30, then 20 min of bike: at work at 7:50, just in time.
    assert only.days[0].arrive_s == at("7:50")
    assert (only.days[0].leave_work_s, only.days[0].home_s) == (at("16:10"), at("17:08:40"))


def test_a_lender_is_excluded_once_when_too_far():
    answer = ask(VELO)
    assert keys(answer.excluded) == ["velo-43"]
    assert plain(answer.excluded[0].reasons) == ["Trop loin à vélo : 27 km (maximum 8 km)."]


def test_the_lender_sets_how_far_its_bikes_go():
    vae = Offer("vae", "VAE", mode="vae", distance_max_km=5)
    answer = ask(vae, work=place(5000))
    assert plain(answer.excluded[-1].reasons) == [
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
    answer = ask(dear, VELO, tt=tt)
    assert keys(answer.options) == ["velo-43+transports-domicile"]
    assert "Prêt proposé aussi par : Vélos chers." in answer.options[0].summary


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
    assert plain([only.cost_detail]) == ["0,32 € par km, kilomètres non comptés (adhésion en plus)"]


def test_private_contacts_are_not_shown():
    offer = Offer("v", "Vélos", mode="velo", contact_public=False, telephone="06")
    only = named(ask(offer, work=place(5000)), "v")
    assert (only.telephone, only.courriel) == ("", "")
    assert only.next_step == "Contacter Plateforme mobilité pour demander le prêt."


def test_lenders_of_one_vehicle_share_the_days_shown():
    """A thousand lenders cost one drawing of the week: the days are one and the same."""
    others = [replace(VELO, id=f"velo-{n}", nom=f"Vélos {n}") for n in range(3)]
    answer = ask(*others, work=place(5000))
    shown = [named(answer, other.id) for other in others]
    assert len({id(option.days) for option in shown}) == 1
    assert [option.title for option in shown] == ["Vélos 0", "Vélos 1", "Vélos 2"]

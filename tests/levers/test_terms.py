"""Notices, thresholds and amounts as levers: worked out by hand, then against every value."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from draw_on_demand import KM, Asked, Notice, OnDemandDrawing
from test_person import BACK, OUT, around, asked, by_actor, with_ceiling

from tests.matching.straight_road import latitude, road
from traitdunion.levers.enums import Acteur, Confiance, Nature
from traitdunion.levers.notices import STEP_MIN, is_held_with, least_steps
from traitdunion.levers.person import PersonSearch, person_levers_and_changes
from traitdunion.matching.offers import Offer
from traitdunion.matching.situation import Permis, Place
from traitdunion.rules import rule_book
from traitdunion.rules.reading import rule_from

# -- the notice of a service on demand ---------------------------------------------

TAD = Offer("tad", "TAD du pays", "tad", gtfs_agency="TAD", zone_libre=True)
FAR_HOME = Place("Langeac", latitude(5_200), 3.0, "43112")


def person_levers(situation, around):
    return person_levers_and_changes(situation, around)[0]


def with_tad(notice, **changed):
    """Return a search of the person at 5.2 km, whom the service alone takes to the line at 10.4 km.

    Asked on Sunday at 18:20 (France), for the week that begins on the next day.
    """
    timetable = road(
        OUT, BACK, stops={"A": 10_400, "B": 20_000}, asked_agency="TAD",
        asked=OnDemandDrawing([Asked("pays 5:00-20:00 > pays 5:00-20:00", notice="avis")],
                              {"pays": [(0, 15 * KM)]}, {}, {"avis": notice}),
    )  # fmt: skip
    now = datetime(2025, 3, 2, 17, 20, tzinfo=UTC)
    situation = asked(8, 16, home=FAR_HOME, now=now, **changed)
    return PersonSearch(situation, around(timetable, solutions=[TAD]))


def notice_lever(search):
    found = by_actor(person_levers(search.situation, search.around))
    return found.get((Acteur.EPCI, Nature.REDUIRE_PREAVIS))


def test_bookings_are_taken_until_the_evening_rather_than_until_five():
    """At 18:20 the 17:00 of the eve is past: half-hours later, 18:30 is the first that is not."""
    lever = notice_lever(with_tad(Notice(days=1, until="17:00")))
    assert lever.detail == {"service": "tad", "shorter_min": 90}
    text = lever.sentence.replace("\u00a0", " ")
    assert text == (
        "Prenez les réservations de « TAD du pays » jusqu'à 18 h 30 la veille, et non 17 h la "
        "veille."
    )  # fmt: skip
    assert lever.confiance == Confiance.SUR


def test_a_notice_in_minutes_is_shortened_by_half_hours():
    """By car 5.2 km last 504 s: to take the 7:00 one leaves before 6:52, 12 h 32 after 18:20.

    Of 14 hours, three half-hours less leave 12 h 30.
    """
    lever = notice_lever(with_tad(Notice(minutes=14 * 60)))
    assert lever.detail["shorter_min"] == 90
    assert "jusqu'à 12 h 30 avant, et non 14 h avant" in lever.sentence.replace("\u00a0", " ")


def test_no_notice_is_shortened_where_every_day_can_be_booked_or_none_could():
    assert notice_lever(with_tad(Notice(days=1, until="19:00"))) is None
    night = with_tad(Notice(days=1, until="17:00"), shift=replace(
        asked(8, 16).shift, start_s=22 * 3600, end_s=30 * 3600))  # fmt: skip
    assert notice_lever(night) is None


def test_a_service_that_the_person_may_not_use_gets_no_lever():
    search = with_tad(Notice(days=1, until="17:00"), facts={"qf_eur": Decimal(900)})
    closed = replace(TAD, regle="pret-plafonne")
    here = replace(search.around, solutions=[closed], book=with_ceiling(500))
    assert notice_lever(PersonSearch(search.situation, here)) is None


@pytest.mark.parametrize("notice", [
    Notice(days=1, until="17:00"), Notice(days=2, until="12:00"), Notice(days=1, until="18:00"),
    Notice(minutes=13 * 60), Notice(minutes=20 * 60 + 10), Notice(minutes=600),
    Notice(days=1, until="23:00"),
])  # fmt: skip
def test_the_least_reduction_is_that_found_by_trying_every_half_hour(notice):
    search = with_tad(notice)
    routes = frozenset(search.around.timetable.routes_on_demand)
    opened = [n for n in range(120) if is_held_with(search, routes, n)]
    expected = opened[0] if opened and opened[0] else None
    assert least_steps(search, routes) == expected
    # Shorter notices are ordered by inclusion, which halving rests on.
    assert opened == list(range(opened[0], 120))
    assert STEP_MIN == 30


# -- thresholds ---------------------------------------------------------------


def with_conditions(*conditions, organisme="Essai"):
    """Return the rules with one more: all of some conditions."""
    book = rule_book()
    source = {"titre": "essai", "url": "https://exemple.fr", "lu_le": date(2025, 2, 1),
              "confiance": "B"}  # fmt: skip
    document = {
        "regle": "pret", "version": 1, "nom": "Prêt", "resume": "Seuils.",
        "organisme": organisme, "usage": "acces", "valide_du": date(2025, 2, 1),
        "sources": {"essai": source}, "a_faire": ["Rien."],
        "conditions": {"tous": [{"source": "essai", **row} for row in conditions]},
    }  # fmt: skip
    return book.with_rules([rule_from(document, book)])


CAR = Offer("c", "Voiture prêtée", "location_voiture", mode="voiture", zone_libre=True,
            regle="pret", permis_requis="b")  # fmt: skip


def threshold_levers(book, **facts):
    situation = asked(7, 15, permis=Permis.B,
                      facts={name: Decimal(value) for name, value in facts.items()})  # fmt: skip
    here = around(road(OUT, BACK), solutions=[CAR], book=book)
    found = person_levers(situation, here)
    return [lever for lever in found if lever.nature == Nature.RELEVER_PLAFOND]


def test_the_words_of_a_threshold_give_the_new_and_the_old():
    book = with_conditions({"critere": "qf_eur", "moins_de": Decimal(500)})
    (lever,) = threshold_levers(book, qf_eur=612)
    text = lever.sentence.replace("\u00a0", " ")
    assert text == (
        "Changez le seuil de « Voiture prêtée » : quotient familial, moins de 650 € par mois, et "
        "non moins de 500 € par mois."
    )


def test_two_thresholds_of_one_rule_are_moved_together():
    book = with_conditions({"critere": "qf_eur", "au_plus": Decimal(500)},
                           {"critere": "distance_aller_km", "plus_de": Decimal(30)},
                           organisme="Région Auvergne-Rhône-Alpes")  # fmt: skip
    (lever,) = threshold_levers(book, qf_eur=600, distance_aller_km=21)
    assert lever.detail == {"qf_eur": 600, "distance_aller_km": 20}
    assert lever.acteur == Acteur.REGION


def test_a_condition_that_is_no_threshold_is_not_moved():
    book = with_conditions({"critere": "qf_eur", "au_plus": Decimal(500)},
                           {"critere": "rqth", "est": "oui"})  # fmt: skip
    situation = asked(7, 15, permis=Permis.B, facts={"qf_eur": Decimal(612), "rqth": False})
    here = around(road(OUT, BACK), solutions=[CAR], book=book)
    found = person_levers(situation, here)
    assert all(lever.nature != Nature.RELEVER_PLAFOND for lever in found)


@pytest.mark.parametrize("op", ["au_plus", "moins_de", "au_moins", "plus_de"])
@pytest.mark.parametrize("quotient", ["350", "400", "420", "599.99", "600", "700.01"])
def test_the_threshold_moved_least_is_that_found_by_trying_every_round_one(op, quotient):
    """All multiples of 50 € from 0 to 1,500, the nearest to 500 that lets the person in."""

    def is_held(ceiling):
        book = with_conditions({"critere": "qf_eur", op: Decimal(ceiling)})
        here = around(road(OUT, BACK), solutions=[CAR], book=book)
        search = PersonSearch(asked(7, 15, permis=Permis.B, facts={"qf_eur": Decimal(quotient)}),
                              here)  # fmt: skip
        return search.holds(search.days(search.situation.shift))

    opening = [ceiling for ceiling in range(0, 1500, 50) if is_held(ceiling)]
    nearest = min(opening, key=lambda ceiling: abs(ceiling - 500))
    levers = threshold_levers(with_conditions({"critere": "qf_eur", op: Decimal(500)}),
                              qf_eur=quotient)  # fmt: skip
    assert [lever.detail for lever in levers] == (
        [] if nearest == 500 else [{"qf_eur": float(nearest)}]
    )


# -- amounts ---------------------------------------------------------------

LENT = Offer("v", "Voiture en location", "location_voiture", mode="voiture", zone_libre=True,
             permis_requis="b", par_mois_eur=Decimal(180))  # fmt: skip


def amount_levers(left, offer=LENT):
    """Return the levers of a person with 1,000 € a month, fixed charges leaving `left`."""
    facts = {"ressources_mois_eur": Decimal(1000), "charges_mois_eur": Decimal(1000 - left)}
    situation = asked(7, 15, permis=Permis.B, facts=facts)
    return person_levers(situation, around(road(OUT, BACK), solutions=[offer]))


def test_an_aid_pays_what_the_cheapest_month_lacks():
    """A month of the car is 180 €, 95 € are left: 85 € lack, 90 € by steps of ten."""
    (lever,) = amount_levers(95)
    assert (lever.acteur, lever.nature) == (Acteur.DEPARTEMENT, Nature.MONTANT_AIDE)
    assert lever.detail == {"more_eur_month": 90}
    assert lever.cost.eur == 1080
    assert "90 €" in lever.sentence.replace("\u00a0", " ")


def test_no_amount_where_the_month_is_paid_or_free_trips_would_not_do():
    assert amount_levers(180) == []
    assert amount_levers(-1) == []
    assert amount_levers(50, replace(LENT, par_mois_eur=None)) == []


def test_an_amount_needs_both_resources_and_charges():
    situation = asked(7, 15, permis=Permis.B, facts={"ressources_mois_eur": Decimal(10)})
    assert person_levers(situation, around(road(OUT, BACK), solutions=[LENT])) == []

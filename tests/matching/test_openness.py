"""Closures, what is left and who waits, prices by quotient familial, areas drawn: all weigh."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from straight_road import BACK, OUT, Network, Offer, place, road, situation

from traitdunion.catalogue.offers.records import Closure, Tier, Wait
from traitdunion.matching.answer import Filtre, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.situation import Permis


def option_of(offer, **changed):
    reply = answer(
        situation(work=place(5_000, "Le Puy", "43157"), permis=Permis.B, **changed),
        timetable=road(OUT, BACK),
        solutions=[offer],
        network=Network(),
        epci_of={}.get,
    )
    (option,) = [o for o in (*reply.options, *reply.excluded) if o.key == "solution:v"]
    return option


def bike(**more):
    return Offer("v", nom="Vélo", mode="velo", delai_jours=0, **more)


# The week asked for is that of Monday 3 March 2025; the question is asked on 20 February.
def closed(first, last, nature="fermeture", motif=""):
    return (Closure(nature, first, last, motif),)


def test_a_closure_of_the_whole_week_excludes_it():
    option = option_of(bike(fermetures=closed(date(2025, 3, 1), date(2025, 3, 9), motif="travaux")))
    assert option.verdict == Verdict.NON
    assert option.filtre == Filtre.CAPACITE
    assert option.reasons == ("Fermé du 1er mars 2025 au 9 mars 2025 : travaux.",)


def test_a_closure_of_one_day_is_a_condition():
    option = option_of(bike(fermetures=closed(date(2025, 3, 7), date(2025, 3, 7))))
    assert option.verdict == Verdict.SOUS_CONDITION
    assert "Fermé du 7 mars 2025 au 7 mars 2025." in option.reasons


@pytest.mark.parametrize("days", [(date(2025, 2, 1), date(2025, 3, 2)), (date(2025, 3, 8), None)])
def test_a_closure_of_other_days_is_nothing(days):
    assert all(
        "Fermé" not in reason for reason in option_of(bike(fermetures=closed(*days))).reasons
    )


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        ((date(2025, 2, 1), None), Verdict.NON),
        ((date(2025, 2, 1), date(2025, 2, 20)), Verdict.NON),  # the last day, today
        ((date(2025, 2, 21), None), Verdict.SOUS_CONDITION),  # one may still ask today
    ],
)
def test_a_suspension_counts_on_the_day_one_asks(days, verdict):
    option = option_of(bike(fermetures=closed(*days, nature="suspension")))
    assert option.verdict == verdict
    if verdict == Verdict.NON:
        assert option.reasons[0].startswith("Ne prend plus de nouvelles demandes")


def test_what_is_left_is_told_with_its_date():
    counted = date(2025, 2, 17)
    left = option_of(bike(capacite_disponibles=3, capacite_maj_le=counted))
    assert "Prêt à demander : 3 disponibles au 17 février 2025." in left.reasons
    none = option_of(bike(capacite_disponibles=0, capacite_maj_le=counted, attente_personnes=4))
    assert none.verdict == Verdict.A_VERIFIER
    assert (
        "Rien de disponible au 17 février 2025, 4 personnes en attente : demander le délai."
        in none.reasons
    )


def test_the_line_is_counted_and_its_delay_measured_where_it_is_kept():
    # Served after 10, 20 and 40 days: half of them waited 20 days or less. One still waits.
    day = date(2025, 1, 1)
    waits = [Wait(inscrit_le=day, servi_le=day + timedelta(days)) for days in (10, 20, 40)]
    waits.append(Wait(inscrit_le=date(2025, 2, 1)))
    none = option_of(
        bike(capacite_disponibles=0, capacite_maj_le=date(2025, 2, 17), attente_personnes=4,
             attentes=tuple(waits))
    )  # fmt: skip
    assert (
        "Rien de disponible au 17 février 2025, 1 personne en attente, 20 jours d'attente pour la "
        "moitié des gens : demander le délai." in none.reasons
    )


TIERS = (
    Tier("par_mois_eur", Decimal(600), Decimal(10)),
    Tier("par_mois_eur", None, Decimal(30)),
)


@pytest.mark.parametrize(("quotient", "eur"), [("600", 10), ("600.01", 30)])
def test_a_price_by_quotient_familial_is_the_person_s(quotient, eur):
    option = option_of(bike(tranches=TIERS), facts={"qf_eur": Decimal(quotient)})
    assert option.monthly_cost_eur == eur


def test_without_the_quotient_the_price_is_a_range_and_no_sum():
    option = option_of(bike(tranches=TIERS))
    assert option.monthly_cost_eur is None
    assert option.cost_detail == "de 10\u00a0€ à 30\u00a0€ par mois, selon le quotient familial"


def drawn(south, north):
    ring = [[2.9, south], [3.1, south], [3.1, north], [2.9, north], [2.9, south]]
    return (f'{{"type": "Polygon", "coordinates": [{ring}]}}',)


def test_an_area_drawn_decides_whom_it_serves():
    here = bike(zones_service=drawn(44.9, 45.1))
    away = bike(zones_service=drawn(46.0, 46.2))
    assert option_of(here).filtre is None
    assert option_of(away).reasons == ("Domicile hors de la zone desservie.",)
    # Where the list of communes is not known, the drawing is.
    unknown = replace(here, zones=frozenset())
    assert all("inconnue" not in reason for reason in option_of(unknown).reasons)

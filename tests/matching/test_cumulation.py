"""Entries of the catalogue that exclude one another: prices, combinations, aids left out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from straight_road import BACK, OUT, Network, Offer, road, situation

from traitdunion import reach
from traitdunion.matching.answer import Filtre, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.eligibility.exclusions import Cumulation
from traitdunion.matching.eligibility.searches import SituationSearches
from traitdunion.matching.feasibility.travels import Travel
from traitdunion.matching.prices import month as costs
from traitdunion.matching.prices.together import fares_together
from traitdunion.reach.packing import packed_texts
from traitdunion.rules import Reponse

HERE = frozenset({"commune:43112", "departement:43", "region:84"})


def against(*keys):
    return keys


def line(key="ligne", agency="Cars", **more):
    return Offer(key, f"Ligne {key}", "tc_ligne", zone_libre=True, gtfs_agency=agency,
                 **{"par_mois_eur": Decimal(58)} | more)  # fmt: skip


def bike(**more):
    return Offer("velo", "Vélo prêté", "location_velo", mode="velo", par_mois_eur=Decimal(10),
                 zone_libre=True, **more)  # fmt: skip


def ask(*offers, tt=None, facts=None):
    return answer(
        situation(facts=facts or {}),
        timetable=tt or road(OUT, BACK, stops={"A": 3_000, "B": 20_000}),
        solutions=offers,
        network=Network(),
        epci_of=lambda code: None,
        places_of=lambda code: HERE,
    )


def option(answer, key):
    return next(option for option in (*answer.options, *answer.excluded) if option.key == key)


JOINED = "solution:velo+transports-domicile"


# -- combinations -----------------------------------------------------------------------------


def test_a_loan_and_a_line_are_joined_where_nothing_forbids():
    """3 km to the stop is too far on foot: the lent bicycle opens the line, for 58 + 10 €."""
    joined = option(ask(line(), bike()), JOINED)
    assert joined.verdict != Verdict.NON
    assert joined.monthly_cost_eur == 68


@pytest.mark.parametrize("told_by_line", [True, False])
def test_a_loan_and_a_line_that_exclude_one_another_are_no_combination(told_by_line):
    """Whichever entry says so; the page tells which, and what it quotes."""
    if told_by_line:
        offers = line(exclues=against("velo")), bike()
        source = "fiche « Ligne ligne »"
    else:
        offers = line(), bike(exclues=against("ligne"), source_citation="Hors abonnement")
        source = "fiche « Vélo prêté » : « Hors abonnement »"
    answer = ask(*offers)
    assert all(option.key != JOINED for option in answer.options)
    refused = next(exclusion for exclusion in answer.excluded if exclusion.key == JOINED)
    assert refused.filtre is Filtre.ELIGIBILITE
    assert refused.reasons == (f"« Ligne ligne » ne se cumule pas avec « Vélo prêté » ({source}).",)


def test_another_price_list_of_the_operator_is_taken_where_the_first_is_excluded():
    """The first list is 40 € and excludes the loan; the second is 58 €: 58 + 10."""
    first = line("jeunes", par_mois_eur=Decimal(40), exclues=against("velo"))
    joined = option(ask(first, line(), bike()), JOINED)
    assert joined.verdict != Verdict.NON
    assert joined.monthly_cost_eur == 68
    assert joined.solutions == ("velo", "ligne")


# -- price lists: against every subset --------------------------------------------------------


def two_lines():
    """A week whose way takes one operator, then another."""
    tt = road("A 7:00 > B 7:10 (12)", "B 16:50 > A 17:00 (12)", "B 7:15 > C 7:30 (9)",
              "C 16:20 > B 16:35 (9)", stops={"A": 500, "B": 10_000, "C": 20_000})  # fmt: skip
    names = ["Un", "Un", "Deux", "Deux"]
    tt = reach.Timetable(tt.header, tt.arrays | packed_texts("route_agency", pl.Series(names)))
    searches = SituationSearches(situation(), tt)
    return tt, searches.week(Travel())


KEYS = ["u0", "u1", "d0", "d1", "lent"]


@settings(max_examples=60, deadline=None)
@given(
    prices=st.lists(st.none() | st.integers(1, 9), min_size=4, max_size=4),
    excluded=st.lists(st.sampled_from(list(combinations(KEYS, 2))), unique=True),
    lends=st.booleans(),
)
def test_the_price_is_that_of_the_best_allowed_subset(prices, excluded, lends):
    tt, week = WORLD
    assert {leg.agency for day in week.days for leg in day.out.legs if leg.kind == "ride"} == {
        "Un", "Deux"
    }  # fmt: skip
    offers = [
        line(key, "Un" if key[0] == "u" else "Deux",
             par_mois_eur=None if price is None else Decimal(price),
             exclues=against(*(b for a, b in excluded if a == key)))
        for key, price in zip(KEYS, prices, strict=False)
    ]  # fmt: skip
    lent = Offer("lent", "Prêt", mode="velo") if lends else None
    catalogue = [*offers, *([lent] if lent else [])]
    fare = fares_together(
        week, catalogue, tt, quotient=None, cumulation=Cumulation(catalogue), lent=lent
    )
    apart = {frozenset(pair) for pair in excluded}
    for first, other in combinations(
        [each_used.id for each_used in (*fare.used, *([lent] if lent else []))], 2
    ):
        assert frozenset({first, other}) not in apart
    every = []
    for size in range(5):
        for some in combinations(offers, size):
            keys = [row.id for row in some] + (["lent"] if lent else [])
            if not any(frozenset(pair) in apart for pair in combinations(keys, 2)):
                cost, used = costs.fares(week, some, tt, None)
                every.append((2 - len(used), cost.eur is None, cost.eur or 0))
    plain = [offers[0].id, offers[2].id] + (["lent"] if lent else [])
    if not any(frozenset(pair) in apart for pair in combinations(plain, 2)):
        assert [used_pass.id for used_pass in fare.used] == ["u0", "d0"]
    else:
        assert (2 - len(fare.used), fare.cost.eur is None, fare.cost.eur or 0) == min(every)
    assert bool(fare.findings) == (len(fare.used) < 2)


WORLD = two_lines()


# -- aids -------------------------------------------------------------------------------------

JOB = {
    "de_inscrit": True, "de_categorie": "1", "de_indemnisation": "non_indemnise",
    "deja_percu_12_mois_eur": Decimal(0), "contrat": "cdi", "contrat_debut": date(2025, 3, 3),
    "contrat_heures_semaine": Decimal(35), "employeur_secteur": "prive",
    "distance_aller_retour_km": Decimal(70),
}  # fmt: skip
EMPLOYER = Offer("patron", "Remboursement de l'employeur", "aide_employeur",
                 regle="employeur-abonnement", zone_libre=True)  # fmt: skip
MOBILITY = Offer("mobilite", "Aide à la mobilité", "aide_deplacement", regle="aide-mobilite",
                 zone_libre=True)  # fmt: skip


def coach(*offers):
    answer = ask(*offers, tt=road(OUT, BACK), facts=JOB)
    return answer, option(answer, "transports")


def test_two_aids_whose_entries_exclude_one_another_are_not_summed():
    """58 € a month. The employer alone: 29 × 12 = 348 € a year. The first month of the mobility
    aid is capped at the cost: 58 € once. Together the first month would be free: it is 29."""
    _, both = coach(line(), EMPLOYER, MOBILITY)
    assert (both.budget.first.after_eur, both.budget.next.after_eur) == (0, 29)
    answer, apart = coach(line(), replace(EMPLOYER, exclues=against("mobilite")), MOBILITY)
    assert (apart.budget.first.after_eur, apart.budget.next.after_eur) == (29, 29)
    (left,) = apart.budget.not_counted
    assert "mobilité" in left.title
    assert left.apart.source == "fiche « Remboursement de l'employeur »"
    aids = {aid.key: aid for aid in answer.aids}
    assert aids["aide-mobilite"].reponse is Reponse.OUI
    assert [exclusion.name for exclusion in aids["aide-mobilite"].apart] == [left.apart.name]
    assert len(aids["employeur-abonnement"].apart) == 1


def test_an_aid_that_another_body_gives_too_is_not_excluded_by_one_of_them():
    other = replace(EMPLOYER, id="autre", nom="Autre employeur")
    _, way = coach(line(), replace(EMPLOYER, exclues=against("mobilite")), other, MOBILITY)
    assert way.budget.not_counted == ()
    assert way.budget.first.after_eur == 0


def test_an_aid_that_the_way_itself_excludes_is_not_counted():
    """The line's entry excludes the employer's share: 58 € stay 58 €."""
    answer, way = coach(line(exclues=against("patron")), EMPLOYER)
    assert way.budget.next.after_eur == 58
    assert [
        (each_aid.apart.name, each_aid.apart.source) for each_aid in way.budget.not_counted
    ] == [("Ligne ligne", "fiche « Ligne ligne »")]
    aid = next(each_aid for each_aid in answer.aids if each_aid.key == "employeur-abonnement")
    assert [exclusion.name for exclusion in aid.apart] == ["Ligne ligne"]


def test_a_help_says_what_it_does_not_go_with():
    garage = Offer("garage", "Garage solidaire", "garage", zone_libre=True, exclues=against("velo"))
    (offered_help,) = ask(line(), bike(), garage).helps
    assert [(exclusion.name, exclusion.source) for exclusion in offered_help.apart] == [
        ("Vélo prêté", "fiche « Garage solidaire »")
    ]

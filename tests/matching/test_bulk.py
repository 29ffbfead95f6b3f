"""Everyone at once: each verdict in bulk is the single one, and that of a slow twin."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from straight_road import MONDAY, NOW, Offer, areas, place, situation

from traitdunion import reach
from traitdunion.catalogue.offers.records import Closure
from traitdunion.matching import bulk
from traitdunion.matching.answer import Verdict
from traitdunion.matching.eligibility.aids import Eligibility
from traitdunion.matching.eligibility.conditions import worst
from traitdunion.matching.eligibility.judging import judged
from traitdunion.matching.explaining.options import not_routed
from traitdunion.matching.feasibility.candidates import lent_ways
from traitdunion.matching.feasibility.travels import End
from traitdunion.matching.offers import lends
from traitdunion.matching.situation import Permis
from traitdunion.reach.monthly_fares import WEEKS_A_MONTH
from traitdunion.rules import rule_book

EPCI = {"43112": "200073393", "43157": "200073419"}
HOMES = [place(0), place(100, "Le Puy", "43157"), place(200, "Ailleurs", "63001"),
         place(300, "?", None)]  # fmt: skip
SITES = [place(20_000, "Le Puy", "43157"), place(9_000, "Loin", "63001")]
SHIFTS = [reach.Shift(8 * 3600, 16 * 3600), reach.Shift(13 * 3600, 21 * 3600, frozenset({0, 5}))]
RULES = ["", "", "regle-archivee", *sorted(rule_book().rules)[:6]]


def square(south):
    north = south + 0.0015
    ring = [[2.9, south], [3.1, south], [3.1, north], [2.9, north], [2.9, south]]
    return (f'{{"type": "Polygon", "coordinates": [{ring}]}}',)


drawn = st.sampled_from([(), (), square(44.9995), square(45.001)])
closed = st.sampled_from([(), (), (Closure("suspension", date(2025, 1, 1)),),
                          (Closure("fermeture", MONDAY, MONDAY),),
                          (Closure("fermeture", MONDAY, date(2025, 3, 9)),)])  # fmt: skip
euros = st.none() | st.integers(0, 90).map(Decimal)
offers = st.builds(
    Offer,
    st.just("x"),
    st.just("X"),
    st.sampled_from(["location_velo", "location_2rm", "location_voiture", "tad",
                     "transport_solidaire", "autopartage", "garage"]),
    zone=st.sampled_from([("43",), ("43112",), ("200073419",), (), ("63",)]),
    zone_libre=st.booleans(),
    zones_service=drawn,
    mode=st.sampled_from(["", "velo", "vae", "scooter", "voiture"]),
    permis_requis=st.sampled_from(["", "am", "b"]),
    regle=st.sampled_from(RULES),
    conditions_acces=st.sampled_from(["", "Sur prescription."]),
    km_inclus_mois=st.none() | st.just(100),
    trajets_max_mois=st.none() | st.sampled_from([4, 20, 50]),
    destination_dans_zone=st.none() | st.booleans(),
    capacite_disponibles=st.none() | st.integers(0, 2),
    horaires_service=st.sampled_from(["", "Mo-Fr 07:00-17:00", "Sa 08:00-12:00"]),
    fermetures=closed,
    par_mois_eur=euros,
    par_jour_eur=euros,
    par_trajet_eur=euros,
    par_km_eur=st.none() | st.sampled_from([Decimal("0.1"), Decimal("0.5")]),
    plafond_mois_eur=st.none() | st.just(Decimal(60)),
)  # fmt: skip
profiles = st.builds(
    bulk.Profile,
    st.sampled_from(list(Permis)),
    st.sampled_from([{}, {"residence": frozenset({"departement:43", "region:84"})}]),
)


def table_of(kept):
    return bulk.offer_table(
        kept, homes=HOMES, sites=SITES, shifts=SHIFTS, week=MONDAY, epci_of=EPCI.get
    )


def single(offer, profile, home, work, shift):
    """The verdict of one question on an offer, the way aside, as an answer gives it."""
    asked = replace(situation(home=home, work=work, permis=profile.permis), shift=shift,
                    facts=profile.facts)  # fmt: skip
    eligibility = Eligibility(asked)
    if lends(offer):
        way, *_ = judged(lent_ways([offer]), asked, EPCI.get, eligibility)
        return worst(way.findings)
    return not_routed(offer, asked, EPCI.get, eligibility).verdict


@settings(max_examples=120, deadline=None)
@given(st.lists(offers, min_size=1, max_size=4), st.lists(profiles, min_size=1, max_size=2))
def test_each_verdict_on_an_offer_is_the_single_one(kept, people):
    table = table_of(kept)
    eligibility = bulk.eligible(rule_book(), people, table, NOW.date())
    for n, offer in enumerate(table.offers):
        zone = table.zone(n)
        for p, profile in enumerate(people):
            for w, work in enumerate(SITES):
                for h, home in enumerate(HOMES):
                    for k, shift in enumerate(SHIFTS):
                        may = int(table.allowed[n]) >> 7 * k & 127
                        whole = min(eligibility[p, n], zone[w, h], 2 if may else 0)
                        verdict = single(offer, profile, home, work, shift)
                        expected = {Verdict.NON: 0, Verdict.A_VERIFIER: 1}.get(verdict, 2)
                        if table.is_asked[n]:
                            whole = min(whole, 1)
                        assert whole == expected, (offer, profile, home, work, shift)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(offers, min_size=1, max_size=4),
    st.lists(profiles, min_size=1, max_size=2),
    st.randoms(use_true_random=False),
)
def test_days_held_are_those_of_a_slow_twin(kept, people, chance):
    table = table_of(kept)
    every = sum(1 << 7 * k + day for k, shift in enumerate(SHIFTS) for day in shift.days)
    shape = (len(table.travels), len(SITES), len(HOMES))
    words = np.array(
        [chance.getrandbits(14) & every for _ in range(int(np.prod(shape)))], np.uint64
    ).reshape(shape)
    km = np.array([[chance.choice([2.0, 12.5]) for _ in HOMES] for _ in SITES])
    budget = np.array([chance.choice([np.inf, 0.0, 35.0]) for _ in people])
    may = bulk.eligible(rule_book(), people, table, NOW.date())
    sure, to_check = bulk.verdicts(words, table, may, km, budget)
    assert sure.shape == to_check.shape == (len(people), len(HOMES), len(SITES))
    for p in range(len(people)):
        for w in range(len(SITES)):
            for h in range(len(HOMES)):
                certain, doubtful = slow(table, words, may[p], km[w, h], budget[p], w, h)
                assert int(sure[p, h, w]) == certain
                assert int(to_check[p, h, w]) == doubtful & ~certain


def slow(table, words, may, km, budget, w, h):
    """One person, one home, one site: offer by offer, shift by shift."""
    certain = doubtful = 0
    for n, offer in enumerate(table.offers):
        zone = table.zone(n)[w, h]
        if may[n] == 0 or zone == 0:
            continue
        held = 0
        for m in table.modes[n]:
            held |= int(words[m, w, h]) if m >= 0 else 0
        if table.is_asked[n] and (offer.distance_max_km is None or km <= offer.distance_max_km):
            held = (1 << 14) - 1
        held &= int(table.allowed[n])
        for k in range(len(SHIFTS)):
            days = held & 127 << 7 * k
            paid = affords(offer, bin(days).count("1"), km, budget)
            if paid is False:
                continue
            if paid and min(may[n], zone) == 2 and not table.is_asked[n]:
                certain |= days
            else:
                doubtful |= days
    return certain, doubtful


def affords(offer, days, km, budget):
    """Whether a budget pays for so many days a week; None where the price is not known."""
    if budget == np.inf:
        return True
    weeks = float(WEEKS_A_MONTH)
    ways = [(offer.par_mois_eur, 1), (offer.par_jour_eur, days * weeks),
            (offer.par_trajet_eur, 2 * days * weeks)]  # fmt: skip
    known = [float(eur) * times for eur, times in ways if eur is not None]
    if not known and offer.par_km_eur is None:
        return None
    eur = round(min(known, default=0.0), 2) + float(offer.par_km_eur or 0) * km * 2 * days * weeks
    cap = offer.plafond_mois_eur
    return bool(min(eur, np.inf if cap is None else float(cap)) <= budget)


def test_an_offer_serves_the_days_its_ways_hold_where_it_is_known_to():
    """The bicycle holds Monday and Tuesday; its zone holds the first home and not the third."""
    velo = Offer("v", "V", mode="velo", zones=areas("43"))
    table = table_of([velo])
    assert [travel.end for travel in table.travels[1:]] == [End.WHOLE, End.HOME, End.WORK]
    words = np.zeros((4, 2, 4), np.uint64)
    words[1, :, :] = 0b01
    words[2, :, :] = 0b10
    people = [bulk.Profile(Permis.AUCUN)]
    may = bulk.eligible(rule_book(), people, table, NOW.date())
    sure, _ = bulk.verdicts(words, table, may, np.ones((2, 4)), np.array([np.inf]))
    assert sure[0, :, 0].tolist() == [0b11, 0b11, 0, 0]


def test_a_month_is_priced_once_for_a_record_and_again_for_its_next_version():
    """4 € a day: nothing on no day, 17.33 on one day a week (52 / 12 weeks); then 5 €."""
    bulk._months_eur.cache_clear()
    first = Offer("velo", "Vélo", par_jour_eur=Decimal(4))
    for _ in range(2):
        assert table_of([first, replace(first)]).eur[:, :2].round(2).tolist() == [[0, 17.33]] * 2
    assert bulk._months_eur.cache_info().misses == 1
    assert table_of([replace(first, par_jour_eur=Decimal(5))]).eur[0, 1].round(2) == 21.67
    assert bulk._months_eur.cache_info().maxsize == bulk.MAX_PRICED

"""The map of reach: each commune is what its single answer is, on drawn worlds and on the network
of the demonstration.
"""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import cycle

import pytest
from straight_road import MONDAY, NOW, Network, Offer, latitude, place, road, situation

from traitdunion import reach
from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.demonstration.network import DEMO, write_demo_gtfs
from traitdunion.matching.alternatives import AWARDED
from traitdunion.matching.answer import Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.feasibility.rosters import in_week, roster_of
from traitdunion.matching.reach_map.mapping import reach_map
from traitdunion.matching.situation import Permis, Place, Vehicule

EPCI = {"43112": "200073393", "43157": "200073419", "43040": "200085728"}
TRIPS = ["A 6:50 > B 7:20 > C 7:40 (12)", "C 16:10 > B 16:30 > A 17:00 (12)",
         "B 6:10 > A 6:40 (12)", "A 13:20 > B 13:50 (12)", "A 7:10 > C 7:25 (3)",
         "B 21:10 > A 21:40 (12)"]  # fmt: skip
STOPS = {"A": 500, "B": 12_000, "C": 20_000}
SHIFTS = [(8, 16), (5, 13), (13, 21), (9, 17)]
OFFERS = [
    Offer("velo", "Vélos", mode="velo", par_mois_eur=Decimal(8)),
    Offer("vae", "VAE", mode="vae", par_mois_eur=Decimal(25), zone=("43112",)),
    Offer("scooter", "Scooters", "location_2rm", mode="scooter", par_jour_eur=Decimal(3)),
    Offer(
        "scooter-2", "Scooters d'à côté", "location_2rm", mode="scooter", par_jour_eur=Decimal(2)
    ),
    Offer("sans-permis", "Voiturettes", "location_voiture", mode="voiturette"),
    Offer("voiture", "Voitures", "location_voiture", mode="voiture", zone=("43157",)),
    Offer("vae-travail", "VAE du travail", mode="vae", zone=("43157",), capacite_disponibles=0),
    Offer("tad", "TAD", "tad", distance_max_km=9, zone=("43112",)),
    Offer("tad-ferme", "TAD fermé", "tad", zone=("63",)),
    Offer(
        "lignes",
        "Cars",
        "tc_ligne",
        gtfs_agency="Cars",
        par_trajet_eur=Decimal(2),
        par_mois_eur=Decimal(58),
    ),
]


FACTS = [
    {},
    # The employer pays half of a subscription; the kilometres by bicycle too, where it says so.
    {"contrat": "cdi", "employeur_secteur": "prive", "contrat_heures_semaine": Decimal(35)},
]


def pairs_of(homes, works, asked, *, offers, tt, chance, n, vehicles=tuple(Vehicule), **more):
    """Yield pairs drawn by chance, of people and hours drawn too: what the map has, the answer."""
    for home, facts in zip(homes, cycle(FACTS)):
        question = replace(
            asked,
            home=home,
            permis=chance.choice(list(Permis)),
            vehicule=chance.choice(vehicles),
            shift=drawn_shift(chance),
            facts=facts,
        )
        mapped = reach_map(question, works, timetable=tt, solutions=offers, **more)
        assert [reached.place for reached in mapped] == list(works)
        for reached in chance.sample(mapped, n):
            alone = answer(
                replace(question, work=reached.place),
                timetable=tt,
                solutions=offers,
                network=Network(),
                **more,
            )
            yield reached, alone


def drawn_shift(chance):
    start, end = chance.choice(SHIFTS)
    days = chance.choice([range(5), range(5), {0, 5}, {2}])
    return reach.Shift(start * 3600, end * 3600, frozenset(days))


def check_pair(reached, alone):
    """Check a commune of the map against its answer; return the price compared, None if none was.

    The map leaves a car parked at a stop aside, and tries one week of each way of travelling:
    where the answer has others (keys with a tilde), it may be cheaper.
    """
    sure = [
        way
        for way in alone.alternatives
        if way.verdict in AWARDED
        and way.kept_days
        and way.key.split("~")[0] != "voiture+transports"
    ]
    shown = [option for option in alone.options if option.key != "voiture+transports"]
    expected = Verdict.POSSIBLE if sure else Verdict.A_VERIFIER if shown else Verdict.NON
    assert reached.verdict == expected
    assert reached.kept_days == max((way.kept_days for way in sure), default=0)
    if not sure:
        assert reached.fastest is None
        assert reached.cheapest is None
        return None
    most = [way for way in sure if way.kept_days == reached.kept_days]
    measured = [way for way in most if way.minutes_out is not None]
    minutes = min((way.minutes_out + way.minutes_back for way in measured), default=None)
    assert reached.fastest.minutes == minutes
    options = {option.key: option for option in alone.options}
    costs = [
        options[way.key].paid_eur
        for way in most
        if way.key in options and options[way.key].cost_is_final
    ]
    known = [cost for cost in costs if cost is not None]
    the_cost = reached.cheapest and reached.cheapest.monthly_cost_eur
    if any("~" in way.key for way in most):
        assert not known or the_cost is None or the_cost >= min(known)
        return None
    assert the_cost == min(known, default=None)
    return the_cost


def test_the_map_is_the_single_answers_on_drawn_roads():
    """160 pairs of a road with three stops: 16 homes and people, 10 places of work each."""
    chance = random.Random(16)
    codes = cycle([*EPCI, "63001"])
    works = [
        place(metres, f"à {metres} m", next(codes))
        for metres in (0, 400, 1_500, 3_000, 6_000, 11_500, 12_400, 16_000, 19_700, 20_500, 26_000)
    ]
    homes = [chance.choice(works) for _ in range(16)]
    compared = []
    for home in homes:
        tt = road(*chance.sample(TRIPS, chance.randint(2, 6)), stops=STOPS)
        offers = [offer for offer in OFFERS if chance.random() < 0.7]
        compared += pairs_of(
            [home], works, situation(), offers=offers, tt=tt, chance=chance, n=10, epci_of=EPCI.get
        )
    prices = [check_pair(reached, alone) for reached, alone in compared]
    assert len(compared) == 160
    assert sum(price is not None for price in prices) >= 40
    assert {reached.verdict for reached, _ in compared} == {
        Verdict.POSSIBLE, Verdict.A_VERIFIER, Verdict.NON,
    }  # fmt: skip


def test_sure_aids_are_taken_off_as_the_answers_take_them_off():
    """60 pairs by the lines alone: a pass at 58 € is 29 € for who has a contract."""
    chance = random.Random(29)
    works = [
        place(metres, f"à {metres} m", next(codes))
        for codes in [cycle([*EPCI, "63001"])]
        for metres in (400, 1_500, 11_500, 12_400, 19_700, 20_500)
    ]
    hourly = [
        f"{first} {hour}:10 > B {hour}:40 > {last} {hour + 1}:00 (2)"
        for hour in range(3, 23) for first, last in ("AC", "CA")
    ]  # fmt: skip
    compared = list(
        pairs_of(
            [chance.choice(works) for _ in range(10)], works, situation(), offers=OFFERS[-1:],
            tt=road(*hourly, stops=STOPS), chance=chance, n=6, vehicles=(Vehicule.AUCUN,),
            epci_of=EPCI.get,
        )
    )  # fmt: skip
    prices = [check_pair(reached, alone) for reached, alone in compared]
    assert len(prices) == 60
    assert prices.count(29) >= 3
    assert prices.count(58) >= 3


EARLY = ["A 4:15 > B 4:40 > C 4:45 (12)", "C 13:20 > B 13:40 > A 14:10 (12)",
         "A 12:15 > B 12:40 > C 12:48 (12)"]  # fmt: skip
ROSTERS = [
    [[(day, ((5 * 3600, 13 * 3600),)) for day in range(5)],
     [(day, ((13 * 3600, 21 * 3600),)) for day in range(5)]],
    [[(0, ((8 * 3600, 16 * 3600),)), (2, ((13 * 3600, 21 * 3600),))],
     [(5, ((9 * 3600, 17 * 3600),))]],
    [[(0, ((8 * 3600, 12 * 3600), (14 * 3600, 17 * 3600)))], [],
     [(1, ((6 * 3600, 14 * 3600),)), (3, ((13 * 3600, 21 * 3600),))]],
]  # fmt: skip


def test_days_kept_are_those_of_each_week_of_a_roster():
    """The map counts, over the weeks of the cycle, the days that single answers hold by the lines.

    Nobody has a vehicle: the ways are walking and the lines, the same in every week.
    """
    chance = random.Random(88)
    works = [
        place(metres, f"à {metres} m", code)
        for metres, code in ((400, "43112"), (3_000, "43157"), (11_500, "43040"), (20_500, "63001"))
    ]
    compared = [
        (reached.kept_days, reached.asked_days, days_of_each_week(asked, reached.place, tt))
        for weeks in ROSTERS
        for home in works
        for tt in [road(*EARLY, *chance.sample(TRIPS, 4), stops=STOPS, days=28)]
        for roster in [roster_of(MONDAY, weeks, margin_before_s=0, margin_after_s=0)]
        for asked in [situation(home=home, roster=roster)]
        for reached in reach_map(
            replace(asked, shift=in_week(roster, MONDAY)[1]), works, timetable=tt, solutions=(),
            epci_of=EPCI.get,
        )
    ]  # fmt: skip
    assert len(compared) == 48
    assert [(kept, asked) for kept, asked, _ in compared] == [alone for _, _, alone in compared]
    assert sum(0 < kept < asked for kept, asked, _ in compared) >= 4


def days_of_each_week(asked, work, tt):
    """Return the days that the best way holds by single answers, week by week, and those asked."""
    kept, roster = Counter(), asked.roster
    for number in range(roster.cycle_weeks):
        monday = MONDAY + timedelta(7 * number)
        first, shift = in_week(roster, monday)
        if first != monday:
            continue  # a week of rest
        question = replace(asked, work=work, week=monday, shift=shift)
        alone = answer(question, timetable=tt, solutions=(), network=Network(), epci_of=EPCI.get)
        for option in alone.options:
            if option.verdict in AWARDED:
                kept[option.key] += option.feasible_days
    n_asked = sum(len(shift.days) for week in roster.shifts for shift in week)
    return max(kept.values(), default=0), n_asked


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """The timetable of the demonstration, and its stops as homes and places of work."""
    feed = tmp_path_factory.mktemp("feed") / "demonstration.zip"
    write_demo_gtfs(DEMO, feed, start=MONDAY, days=14)
    tt = reach.Timetable.from_gtfs(feed, start=MONDAY, days=14)
    codes = cycle(EPCI)
    places = [
        Place(tt.stop_name(stop), float(lat) + 0.003, float(lon), next(codes))
        for stop, (lat, lon) in enumerate(
            zip(tt.arrays["stop_lat"], tt.arrays["stop_lon"], strict=True)
        )
    ]
    return tt, places


@pytest.mark.usefixtures("demonstration_catalogue")
def test_the_map_is_the_single_answers_on_the_network_of_the_demonstration(demonstration):
    """48 pairs, with every solution of its catalogue."""
    tt, places = demonstration
    offers = current_snapshot().valid((NOW + timedelta(650)).date())
    chance = random.Random(43)
    compared = list(
        pairs_of(
            chance.sample(places, 6), places, situation(), offers=offers, tt=tt, chance=chance,
            n=8, epci_of=EPCI.get,
        )
    )  # fmt: skip
    prices = [check_pair(reached, alone) for reached, alone in compared]
    assert len(compared) == 48
    assert sum(price is not None for price in prices) >= 8


def test_a_week_without_timetable_is_to_be_checked_and_never_out_of_reach():
    """No feed answers for the week: whether the lines run is not known, wherever one works."""
    week = MONDAY + timedelta(70)
    asked = replace(situation(), week=week, now=datetime(2025, 5, 1, tzinfo=NOW.tzinfo))
    (far,) = reach_map(
        asked, [place(20_500, "Le Puy", "43157")], timetable=road(*TRIPS, stops=STOPS),
        solutions=(), epci_of=EPCI.get,
    )  # fmt: skip
    assert far.verdict == Verdict.A_VERIFIER
    assert far.fastest is None


def test_minutes_are_worked_out_by_hand():
    """Home is at stop A, work at stop B: out 6:50 to be there at 7:50, back 16:10 from 16:05.

    Out: from 6:50 to 7:50, when one must be there, 60 minutes. Back: from 16:05, the 16:30 car of
    B is at A at 17:00, 55 minutes.
    """
    asked = replace(situation(), home=Place("A", latitude(500), 3.0, "43112"))
    works = [Place("B", latitude(12_000), 3.0, "43157")]
    (at_b,) = reach_map(
        asked, works, timetable=road(*TRIPS[:2], stops=STOPS), solutions=OFFERS[-1:],
        epci_of=EPCI.get,
    )  # fmt: skip
    assert (at_b.fastest.minutes_out, at_b.fastest.minutes_back) == (60, 55)
    # Ten trips a week at 2 € are 86.67 € a month; the pass at 58 € is cheaper.
    assert at_b.cheapest.monthly_cost_eur == 58

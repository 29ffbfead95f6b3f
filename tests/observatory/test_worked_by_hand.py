"""A département of three communes on a straight road, whose figures are worked out by hand.

Langeac, 100 people, 500 m before stop A. Le Puy, 300 people, 500 m after stop B, 1,000 jobs. Loin,
50 people and 200 jobs, 60 km up the road, where nothing calls. One bus goes to Le Puy at 7:10, one
comes back at 16:20. One car is lent to those of Langeac who hold a licence.
"""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from straight_road import MONDAY, Offer, place, road

from traitdunion import reach
from traitdunion.matching import bulk
from traitdunion.observatory.pages.series import strokes
from traitdunion.observatory.pages.trips import day_told
from traitdunion.observatory.running import parts
from traitdunion.observatory.running.causes import Stage
from traitdunion.observatory.running.computing import compute
from traitdunion.observatory.running.figures import (
    by_group,
    causes_of,
    competition,
    figures_of,
    homes_frame,
)
from traitdunion.observatory.running.gravity import commune_km, fitted, weighted_jobs
from traitdunion.observatory.running.ground import Ground
from traitdunion.observatory.running.households import Household
from traitdunion.observatory.running.profiles import read_profiles
from traitdunion.observatory.running.question import Question
from traitdunion.observatory.running.reliability import main_sites, spread_minutes
from traitdunion.observatory.running.shifts import SHIFTS
from traitdunion.observatory.running.site_posts import Posts, held_share, site_figures
from traitdunion.observatory.running.supply import CarpoolPlace, supply
from traitdunion.rules import rule_book

HOMES = (
    place(0, "Langeac", "43112"),
    place(20_500, "Le Puy-en-Velay", "43157"),
    place(60_000, "Loin", "43001"),
)
TIMETABLE = road("A 7:10 > B 7:40", "B 16:20 > A 16:50")
GROUND = Ground(
    communes=("43112", "43157", "43001"),
    names=("Langeac", "Le Puy-en-Velay", "Loin"),
    homes=HOMES,
    commune_of=np.arange(3),
    people=np.array([100.0, 300, 50]),
    people_label="habitants",
    sites=HOMES[1:],
    jobs=np.array([1000.0, 200]),
    is_pole=np.array([True, False]),
    flows=None,
    income=np.array([15_000.0, 20_000, 10_000]),
    epci_of={"43112": "ouest", "43157": "est", "43001": "est"},
    bassin_of={},
    departement="43",
)
QUESTION = Question(
    ground=GROUND,
    timetable=TIMETABLE,
    streets=reach.DetourStreets(TIMETABLE.arrays["stop_lat"], TIMETABLE.arrays["stop_lon"]),
    offers=(
        Offer("prêt", "Voiture prêtée", "location_voiture", zone=("43112",), mode="voiture",
              permis_requis="b", par_mois_eur=60),
    ),
    book=rule_book(),
    profiles=tuple(read_profiles()),
    shifts=SHIFTS,
    week=MONDAY,
)  # fmt: skip


@pytest.fixture(scope="module")
def homes():
    rows = slice(0, 3)
    return homes_frame(QUESTION, rows, compute(QUESTION, QUESTION.week_of_sites(), rows))


@pytest.fixture(scope="module")
def figures(homes):
    return figures_of(homes, GROUND)


def value(figures, indicator, shift, *, niveau="departement", code="43", profile="sans_permis"):
    (row,) = figures.filter(
        (pl.col("indicator") == indicator) & (pl.col("shift") == shift)
        & (pl.col("niveau") == niveau) & (pl.col("code") == code) & (pl.col("profile") == profile)
    ).iter_rows(named=True)  # fmt: skip
    return row["value"]


WORKED = [
    # By day, Langeac has the bus and Le Puy is there: 400 of 450. At five there is no bus.
    ("W1", "journee", 400 / 450), ("W1", "matin", 300 / 450), ("W1", "week_end", 400 / 450),
    ("W2", "journee", 50 / 450), ("W2", "matin", 150 / 450),
    ("W2_COMMUNES", "journee", 1), ("W2_COMMUNES", "nuit", 2),
    # A licence would open the lent car to Langeac in the morning; nothing serves Loin.
    ("W3", "journee", 0), ("W3", "matin", 100 / 450), ("W1_LARGE", "matin", 300 / 450),
    # One solution each: the bus, or the walk of those who live there.
    ("W4", "journee", 400 / 450), ("W1_DEUX", "journee", 0),
    ("W5", "journee", None),
    # The lent car would open the morning to Langeac, were it theirs: 60 euros; nothing to Loin.
    ("W9", "matin", 60), ("W9", "journee", None),
    # All the days or none, here.
    ("A9_JOURS", "journee", 400 / 450), ("A9_JOURS", "matin", 300 / 450),
    # Within the hour: Langeac and Le Puy reach 1,000 jobs, Loin its own 200.
    ("A2_60", "journee", (400 * 1000 + 50 * 200) / 450),
    ("A2_60", "matin", (300 * 1000 + 50 * 200) / 450),
    ("A1_30", "journee", (300 * 1000 + 50 * 200) / 450),
    # By car, 20.5 km are 29 minutes: Langeac reaches 1,000 jobs too; so it is one for one.
    ("A3_60", "journee", 1.0),
    # Langeac walks 520 s: leaves 7:01:20 to be there at 7:50, in 48 min 40 s, 49 rounded up.
    ("A4_1", "journee", 100 * 49 / 450),
    # Loin reaches 200 jobs, never 1,000: 4,900 minutes for 400 people.
    ("A4_1000", "journee", 100 * 49 / 400),
    # Free at 16:05, home at 16:50 + 520 s: 54 minutes back. Within Le Puy, no length is known.
    ("W7", "journee", 49 + 54), ("W7_2H", "journee", 0),
    # The poorest 180: Loin 50, Langeac 100, 30 of Le Puy; the richest 45 live in Le Puy.
    ("E1", "journee", 1000 / ((50 * 200 + 100 * 1000 + 30 * 1000) / 180)),
    # Σ s_i s_j |h_i − h_j| / 2 μ, two groups: 8/9 at 1,000 and 1/9 at 200.
    ("E3_GINI", "journee", (8 / 9) * (1 / 9) * 800 / ((400 * 1000 + 50 * 200) / 450)),
    ("E4_0", "journee", 50 / 450), ("E4_1", "journee", 0.8 * 50 / 450),
    ("E4_2", "journee", 0.64 * 50 / 450),
]  # fmt: skip


@pytest.mark.parametrize(("indicator", "shift", "expected"), WORKED)
def test_a_figure_of_the_departement_is_the_one_worked_by_hand(figures, indicator, shift, expected):
    found = value(figures, indicator, shift)
    assert found is None if expected is None else found == pytest.approx(expected)


def test_a_licence_opens_the_lent_car_to_one_commune(figures):
    licensed = {"profile": "permis_sans_voiture"}
    assert value(figures, "W1", "matin", **licensed) == pytest.approx(400 / 450)
    assert value(figures, "W5", "matin", **licensed) == pytest.approx(60)
    # A month of the median standard of living of Langeac is 1,250 euros.
    assert value(figures, "W5_PART", "matin", **licensed) == pytest.approx(60 / 1_250)
    # By day Langeac then has the bus and the car: the grey zone is Le Puy alone.
    assert value(figures, "W1_DEUX", "journee", **licensed) == pytest.approx(100 / 450)
    assert value(figures, "W4", "journee", **licensed) == pytest.approx(300 / 450)
    west = {"niveau": "epci", "code": "ouest"}
    assert value(figures, "W1", "matin", **west) == 0
    assert value(figures, "W1", "matin", **west, **licensed) == 1


def test_a_month_leaves_what_the_household_keeps_once_the_lent_car_is_paid():
    """Langeac in the morning pays 60 a month; the bus of the day has no known price."""
    household = Household(people=1, in_job_eur=1_500, fixed_eur=650, out_of_job_eur=1_000,
                          childcare_eur=450, floor_day_eur=30)  # fmt: skip
    licensed, base = QUESTION.profiles[1], QUESTION.profiles[0]
    question = replace(QUESTION, profiles=(replace(licensed, household=household), base))
    rows = slice(0, 3)
    chunk = compute(question, question.week_of_sites(), rows)
    by_territory = figures_of(homes_frame(question, rows, chunk), GROUND)
    of = {"profile": licensed.code}
    assert value(by_territory, "W6", "matin", **of) == 1_500 - 650 - 60
    # 790 a month is under 30 a day; the job brings 50, and the way takes 60.
    assert value(by_territory, "W6_PLANCHER", "matin", **of) == 1
    assert value(by_territory, "W8", "matin", **of) == -10
    assert value(by_territory, "W8_PERTE", "matin", **of) == 1
    # No household is written for the other profile: nothing is known, and nothing is nought.
    for indicator in ("W6", "W6_PLANCHER", "W8", "W8_PERTE"):
        assert value(by_territory, indicator, "matin", profile=base.code) is None


def test_what_blocks_is_the_furthest_filter_that_a_solution_reached(homes):
    blocked = causes_of(homes, GROUND).filter(
        (pl.col("niveau") == "commune") & (pl.col("profile") == "sans_permis")
    )
    rows = {(row["code"], row["shift"]): row for row in blocked.iter_rows(named=True)}
    langeac, loin = rows["43112", "matin"], rows["43001", "matin"]
    assert (langeac["stage"], langeac["lines"]) == (Stage.PERMIS, Stage.ALLER)
    assert (loin["stage"], loin["lines"]) == (Stage.ALLER, Stage.ZONE)
    # In the afternoon the bus goes at 7:10, hours before, and none comes back after nine.
    assert rows["43112", "apres_midi"]["lines"] == Stage.ALLER
    assert ("43112", "journee") not in rows


def test_theil_between_and_within_add_up(figures):
    # Langeac (ouest) has 1,000; est has 300 people at 1,000 and 50 at 200: mean 885.71.
    mean = (400 * 1000 + 50 * 200) / 450
    east = (300 * 1000 + 50 * 200) / 350
    between = 100 * 1000 / (450 * mean) * np.log(1000 / mean)
    between += 350 * east / (450 * mean) * np.log(east / mean)
    assert value(figures, "E3_THEIL_ENTRE", "journee") == pytest.approx(between)
    total = sum(p / 450 * h / mean * np.log(h / mean) for p, h in ((400, 1000), (50, 200)))
    assert value(figures, "E3_THEIL", "journee") == pytest.approx(total)


def test_competition_shares_the_jobs_of_a_site_among_those_who_hold_it():
    chunk = compute(QUESTION, QUESTION.week_of_sites(), slice(0, 3))
    found = competition(chunk.best, GROUND, tuple(s.code for s in SHIFTS), "sans_permis")
    # Le Puy: 1,000 jobs for 400 people; Loin: 200 for 50.
    assert value(found, "A6", "journee") == pytest.approx((400 * 2.5 + 50 * 4) / 450)
    # In the morning 300 people share them.
    assert value(found, "A6", "matin", niveau="commune", code="43157") == pytest.approx(1000 / 300)


@pytest.mark.parametrize("limit", ["BYTES_A_CHUNK", "ALL_SITES"])
def test_small_chunks_and_near_sites_give_the_same_figures(homes, monkeypatch, limit):
    monkeypatch.setattr(parts, limit, 1)
    made = [one.homes for one in parts.computed_here(QUESTION, parts.parts(QUESTION))]
    assert len(made) == 3 or limit == "ALL_SITES"
    order = ["profile", "shift", "home"]
    assert pl.concat(made).sort(order).equals(homes.sort(order))


def test_shares_are_those_of_the_verdicts_of_matching(homes):
    """A home has a solution for sure where the lines hold every day, or some offer does."""
    words = QUESTION.week_of_sites().words(GROUND.points(HOMES), QUESTION.table.by_mode)
    sure, _ = bulk.verdicts(
        words, QUESTION.table, QUESTION.eligible, np.ones((2, 3)), np.full(7, np.inf)
    )
    rows = homes.sort(["profile", "shift", "home"]).iter_rows(named=True)
    codes = [profile.code for profile in QUESTION.profiles]
    for row in rows:
        k = [named.code for named in SHIFTS].index(row["shift"])
        held = int(sure[codes.index(row["profile"]), row["home"], 0]) | int(
            words[0, 0, row["home"]]
        )
        days = [bool(held >> (7 * k + day) & 1) for day in SHIFTS[k].shift.days]
        has = any(days) if SHIFTS[k].any_day else all(days)
        assert (row["n_sure"] >= 1) == has, row


def test_a_home_without_a_pole_is_unknown_and_never_0(homes):
    ground = replace(GROUND, is_pole=np.array([False, False]))
    question = replace(QUESTION, ground=ground)
    chunk = compute(question, question.week_of_sites(), slice(0, 3))
    found = figures_of(homes_frame(question, slice(0, 3), chunk), ground)
    # What is reached needs no pole; what is feasible is not known, and no row is 0.
    assert set(found["indicator"].str.slice(0, 1)) == {"A", "E"}
    assert causes_of(homes_frame(question, slice(0, 3), chunk), ground).is_empty()


def test_flows_give_the_poles_of_each_commune():
    flows = np.array([[0.0, 9.0], [5.0, 1.0], [0.0, 0.0]])
    ground = replace(GROUND, flows=flows)
    poles = ground.main_poles(slice(0, 3), np.zeros((2, 3), np.uint8))
    assert poles.T.tolist() == [[False, True], [True, True], [False, False]]


def test_a_licence_opens_the_morning_to_langeac(figures):
    """With the licence B the lent car serves Langeac: 400 of 450 instead of 300."""
    by_profile = by_group(figures, "sans_permis")
    assert value(by_profile, "E5", "matin", profile="permis_sans_voiture") == pytest.approx(
        100 / 450
    )
    assert value(by_profile, "E5", "journee", profile="permis_sans_voiture") == 0
    assert "sans_permis" not in by_profile["profile"]


@pytest.fixture(scope="module")
def offered():
    return supply(QUESTION, {"43112": 20.0})


@pytest.mark.parametrize(("code", "niveau", "entries"), [
    ("43", "departement", 1), ("ouest", "epci", 1), ("est", "epci", 0), ("43112", "commune", 1),
])  # fmt: skip
def test_an_entry_counts_where_its_area_lies(offered, code, niveau, entries):
    assert value(offered, "S1", "", niveau=niveau, code=code, profile="") == entries


def test_a_stop_serves_a_shift_that_it_leaves_before_and_reaches_after(offered):
    """Langeac, 520 s from A: the 7:10 leaves it, the 16:50 comes back. B has no departure early."""
    shares = {
        shift: value(offered, "S4", shift, profile="") for shift in ("journee", "matin", "nuit")
    }
    assert shares == {"journee": 100 / 450, "matin": 0, "nuit": 0}
    assert value(offered, "S4", "journee", niveau="commune", code="43112", profile="") == 1


def test_an_entry_without_a_date_is_not_fresh_and_has_no_age(offered):
    assert value(offered, "S3", "", profile="") == 0
    assert offered.filter(pl.col("indicator") == "S3_AGE").is_empty()


def test_vehicles_are_counted_for_a_thousand_unemployed_where_both_are_known(offered):
    """The lent car does not say how many are free: nothing is known, and nothing is nought."""
    assert offered.filter(pl.col("indicator") == "S6").is_empty()
    lent = replace(QUESTION.offers[0], capacite_disponibles=3)
    found = supply(replace(QUESTION, offers=(lent,)), {"43112": 20.0})
    assert value(found, "S6", "", profile="") == 150


def test_quality_is_the_mean_of_the_entries_whose_score_is_known(offered):
    assert offered.filter(pl.col("indicator").str.starts_with("S2")).is_empty()
    two = (QUESTION.offers[0], replace(QUESTION.offers[0], id="autre"))
    scored = supply(replace(QUESTION, offers=two), {}, {"prêt": 1.0, "autre": 0.5})
    assert value(scored, "S2", "", profile="") == 0.75
    assert value(scored, "S2_MANQUE", "", profile="") == 0.5


@pytest.mark.parametrize(("hours", "shifts"), [
    ("Mo-Fr 06:00-19:00", {"journee"}),
    ("Mo-Su 00:00-24:00", {"journee", "matin", "coupe", "apres_midi", "nuit", "week_end"}),
    # By night one arrives before nine in the evening, and leaves at five the next morning.
    ("Mo-Fr 20:00-06:00", {"nuit"}), ("Mo-Th 20:00-06:00", set()),
    ("Sa 07:00-17:00", {"week_end"}), ("Mo-Fr 06:00-12:00", set()), ("", set()),
])  # fmt: skip
def test_an_on_demand_service_counts_at_the_shifts_whose_both_ends_it_runs_at(hours, shifts):
    """Langeac is in its area, 100 people of 450; without hours it serves no shift for certain."""
    service = Offer("tad", "Taxi du village", "tad", zone=("43112",), horaires_service=hours)
    shown = supply(replace(QUESTION, offers=(service,)), {})
    shares = {named.code: value(shown, "S5", named.code, profile="") for named in SHIFTS}
    assert shares == {code: 100 / 450 if code in shifts else 0 for code in shares}


def test_car_pool_places_are_counted_for_ten_thousand_and_the_nearest_may_be_a_neighbour(offered):
    assert offered.filter(pl.col("indicator").str.starts_with("S7")).is_empty()
    langeac, _, loin = ((home.lat, home.lon) for home in HOMES)
    places = [CarpoolPlace("43112", *langeac), CarpoolPlace("63001", *loin)]
    counted = supply(QUESTION, {}, {}, places)
    assert value(counted, "S7", "", profile="") == pytest.approx(10_000 / 450)
    assert value(counted, "S7", "", niveau="commune", code="43001", profile="") == 0
    assert value(counted, "S7_KM", "", profile="") == pytest.approx(300 * 20.5 / 450, rel=1e-3)
    # Places of neighbours alone leave those of the département unknown.
    assert supply(QUESTION, {}, {}, places[1:]).filter(pl.col("indicator") == "S7").is_empty()


def test_jobs_weighted_by_distance_follow_the_decay_of_the_flows():
    """Odds of 4 between two communes: exp(2 β (d - 2)) = 4; a way within a commune is 2 km."""
    ground = replace(
        GROUND, communes=("43112", "43157"), homes=HOMES[:2], sites=HOMES[:2],
        commune_of=np.arange(2), people=np.array([100.0, 300]), jobs=np.array([500.0, 1000]),
        flows=np.array([[20.0, 10], [10, 20]]),
    )  # fmt: skip
    km = commune_km(ground)
    assert km.diagonal().tolist() == [2, 2]
    assert km[0, 1] == pytest.approx(20.5, rel=1e-3)
    model = fitted(ground)
    assert model.beta == pytest.approx(np.log(2) / (km[0, 1] - 2))
    # Without distance each pair has 15 people: 50 of 60 are where they were.
    assert (model.cpc, model.cpc_at_zero) == (pytest.approx(1), pytest.approx(50 / 60))
    kept = np.array([[[True, False], [True, True]]])
    by_home = weighted_jobs(kept, ground, model, ("journee",))["value"].to_list()
    near, far = np.exp(-2 * model.beta), np.exp(-km[0, 1] * model.beta)
    assert by_home == pytest.approx([500 * near + 1000 * far, 1000 * near])
    assert fitted(GROUND) is None
    assert fitted(replace(ground, flows=np.zeros((2, 2)))) is None
    # Flows that shun their own commune give a decay under 0, which is no fit.
    assert fitted(replace(ground, flows=np.array([[10.0, 20], [20, 10]]))) is None


def test_leaving_at_a_bad_minute_costs_what_separates_both_percentiles():
    """Buses at 6:10, 7:10 and 8:10 lead 30 minutes away, and 520 s are walked at each end.

    From 6:00 to 7:55 every five minutes, one arrives at 6:48:40, 7:48:40 or 8:48:40: twice each of
    48:40, 53:40… 103:40. Of 24, the 13th is 78:40 and the 22nd 98:40. With the bus of 7:10 alone,
    11 departures of 24 lead nowhere: the 90th percentile is not known.
    """
    tt = road("A 6:10 > B 6:40", "A 7:10 > B 7:40", "A 8:10 > B 8:40", "B 16:20 > A 16:50")
    asked = replace(QUESTION, timetable=tt)
    poles = main_sites(asked)
    assert poles.tolist() == [[True] * 3, [False] * 3]
    spread = spread_minutes(asked, poles)
    k = [named.code for named in SHIFTS].index("journee")
    assert spread[k, 0] == pytest.approx(20)
    assert spread[k, 1] == 0  # Le Puy is its own pole
    assert np.isnan(spread[k, 2])
    assert np.isnan(spread_minutes(QUESTION, poles)[k, 0])


def test_posts_of_sheets_are_those_held_at_their_own_hours():
    """By the 7:10 one is there at 7:48:40, and home at 16:58:40: 49 and 54 minutes, out and back.

    The night has no bus: of 30 + 10 posts at Le Puy, Langeac holds 30, Le Puy all, Loin none.
    """
    at = reach.Point(HOMES[1].lat, HOMES[1].lon)
    posts = [
        Posts(at, reach.Shift(8 * 3600, 16 * 3600), 30),
        Posts(at, reach.Shift(21 * 3600, 29 * 3600), 10),
    ]
    assert held_share(QUESTION, posts).tolist() == [0.75, 1, 0]
    (row,) = site_figures(QUESTION, posts).filter(niveau="departement").to_dicts()
    assert row["value"] == pytest.approx((100 * 0.75 + 300) / 450)
    assert site_figures(QUESTION, []).is_empty()


def test_posts_more_than_an_hour_away_are_not_held(monkeypatch):
    """The way back takes 53 min 40 s: beyond 53 minutes it is too long."""
    at = reach.Point(HOMES[1].lat, HOMES[1].lon)
    monkeypatch.setattr("traitdunion.observatory.running.site_posts.LONGEST_MIN", 53)
    posts = [Posts(at, reach.Shift(8 * 3600, 16 * 3600), 30)]
    assert held_share(QUESTION, posts).tolist() == [0, 1, 0]


def test_the_line_of_a_chart_stops_where_a_share_is_not_known():
    """Four runs, 0 to 100 % from 150 to 12, 106.7 apart: no stroke goes over the third."""
    assert strokes([0.0, 1.0, None, 0.5]) == ["40.0,150.0 146.7,12.0", "360.0,81.0"]
    assert strokes([None, 0.5]) == ["360.0,81.0"]
    assert strokes([None, None]) == []


def test_the_day_that_is_told_is_the_one_that_makes_the_verdict():
    """Saturday or Sunday: one is enough, as the shares count it; of five days, all are needed."""
    sunday = reach.DayVerdict(MONDAY, reason=reach.Reason.NO_TRIP_OUT)
    saturday = reach.DayVerdict(MONDAY)
    by_code = {named.code: named for named in SHIFTS}
    for days in ([sunday, saturday], [saturday, sunday]):
        assert day_told(by_code["week_end"], days) is saturday
        assert day_told(by_code["journee"], days) is sunday
    assert day_told(by_code["week_end"], [sunday]) is sunday

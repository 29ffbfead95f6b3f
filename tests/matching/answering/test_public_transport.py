"""Public transport in an answer: days held, hours missed, what is said of each."""

from dataclasses import replace
from datetime import date

import pytest
from draw import at
from straight_road import BACK, MONDAY, OUT, Network, ask, keys, latitude, named, plain, road

from traitdunion import reach
from traitdunion.matching.answer import Verdict
from traitdunion.matching.explaining import day_plans as plans
from traitdunion.matching.explaining.vehicles import vehicle_word

TUESDAY = date(2025, 3, 4)


def test_public_transport_on_foot_holds_the_five_days():
    answer = ask()
    only = named(answer, "transports")
    assert keys(answer.options) == ["transports"]
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
    answer = ask(network=Network("démonstration", True))
    assert (answer.network_label, answer.network_is_demonstration) == ("démonstration", True)
    assert answer.covers == (MONDAY, date(2025, 3, 9))
    assert named(answer, "transports").demonstration
    assert 0 < answer.computed_ms < 60_000


def test_a_week_held_in_part_is_under_condition_and_says_which_day_fails_and_why():
    tt = road(OUT, BACK, running={1: [date(2025, 3, d) for d in (3, 4, 5, 6)]})
    only = named(ask(tt=tt), "transports")
    assert (only.verdict, only.feasible_days) == (Verdict.SOUS_CONDITION, 4)
    why = "Aucun trajet ne ramène au domicile après 16 h 05"
    assert plain(only.reasons) == [f"{why} le vendredi."]
    assert plain([only.days[4].reason]) == [f"{why}."]
    assert only.days[4].out == ()


def test_no_way_there_in_time_is_said_with_its_days():
    answer = ask(tt=road("A 7:20 > B 7:50 (12)", BACK), shift={"days": frozenset({5})})
    assert answer.options == ()
    only = named(answer, "transports")
    assert only.verdict == Verdict.NON
    assert plain(only.reasons) == ["Aucun trajet ne permet d'arriver avant 7 h 50 le samedi."]


def test_too_long_a_way_back_is_said_with_its_length():
    # Left to wait from 16:05 to 18:00, then home at 18:30 + 520 s: 2 h 33 min 40 s.
    answer = ask(tt=road(OUT, "B 18:00 > A 18:30 (12)"))
    assert plain(named(answer, "transports").reasons) == [
        "Trajet trop long : 2 h 34 au retour (maximum 2 h)."
    ]


def test_a_return_hours_after_the_end_is_said_with_its_hour():
    answer = ask(tt=road(OUT, BACK, "B 19:00 > A 19:30 (12)", running={1: [MONDAY]}))
    only = named(answer, "transports")
    assert only.feasible_days == 1
    # One leaves work 520 s before 19:00.
    assert plain(only.reasons) == [
        "Du mardi au vendredi : le premier retour part à 18 h 51, plus de 2 h après 16 h 05."
    ]


def test_an_arrival_hours_before_the_start_is_said_with_its_hour():
    answer = ask(tt=road("A 5:00 > B 5:30 (12)", BACK))
    assert plain(named(answer, "transports").reasons) == [
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
    assert vehicle_word(kind, metres) == word


def test_a_home_without_a_stop_is_said():
    answer = ask(tt=road(OUT, BACK, stops={"A": 3000, "B": 20_000}))
    assert plain(named(answer, "transports").reasons) == [
        "Aucun arrêt à moins de 2 km à pied du domicile."
    ]


def test_a_place_of_work_without_a_stop_is_said():
    answer = ask(tt=road(OUT, BACK, stops={"A": 500, "B": 17_000}))
    assert plain(named(answer, "transports").reasons) == [
        "Aucun arrêt à moins de 2 km à pied du lieu de travail."
    ]


def test_dates_outside_the_timetable_are_said_with_those_covered():
    answer = ask(week=date(2025, 3, 10))
    (reason,) = named(answer, "transports").reasons
    assert reason == "Les horaires connus vont du 3 mars 2025 au 9 mars 2025."


def test_a_week_half_covered_keeps_its_covered_days():
    only = named(ask(tt=road(OUT, BACK, days=3)), "transports")
    assert only.feasible_days == 3
    assert only.reasons == (
        "Le jeudi et le vendredi : les horaires connus vont du 3 mars 2025 au 5 mars 2025.",
    )

"""Cards, days grouped, the drawing of a day, and French french."""

from dataclasses import replace
from decimal import Decimal

import pytest

from traitdunion import french
from traitdunion.desk.question.cards import card_of, cards_of, main_obstacle, reasons_of, rows_of
from traitdunion.desk.question.paging import page_of
from traitdunion.desk.question.timelines import timeline_of
from traitdunion.matching.answer import Budget
from traitdunion.rules import Month


def first_cards(answer):
    return cards_of(answer, page_of(answer.options, 1))


def test_days_that_go_the_same_way_are_told_once(samples):
    train, _, coach, _ = first_cards(samples.sample_answer())
    assert [group.title for group in train.alike] == ["du lundi au vendredi"]
    assert [group.title for group in coach.alike] == ["du lundi au jeudi", "vendredi"]
    assert coach.typical is coach.alike[0]
    assert (coach.yes, coach.no) == ("du lundi au jeudi", "vendredi")
    assert [cell.state for cell in coach.week] == ["yes"] * 4 + ["no", "off", "off"]


def test_waits_of_a_minute_are_named_between_two_steps(samples):
    # Train at 6:47 after a walk that ends at 6:42: five minutes; no wait at 7:32.
    assert [row.wait_min for row in rows_of(samples.TRAIN_OUT)] == [0, 5, 0, 0]


def test_the_day_is_drawn_on_whole_hours(samples):
    day = samples.sample_answer().options[0].days[0]
    drawn = timeline_of(day, samples.sample_situation().shift)
    # 6:31 to 17:35 is drawn from 6 to 18: twelve hours, a mark every three.
    assert [tick.text for tick in drawn.ticks] == [f"{hour}\u00a0h" for hour in (6, 9, 12, 15, 18)]
    assert [tick.x for tick in drawn.ticks] == ["0.00%", "25.00%", "50.00%", "75.00%", "100.00%"]
    work = next(block for block in drawn.blocks if block.kind == "work")
    assert (work.x, work.width) == ("16.67%", "66.67%")  # 8:00 to 16:00: 2/12, 8/12
    kinds = [block.kind for block in drawn.blocks]
    assert kinds == ["walk", "wait", "ride", "walk", "work", "walk", "wait", "ride", "walk"]


def test_a_night_is_drawn_past_midnight(samples):
    out = (samples.step("car", "Voiture", ("A", "B"), (20 * 3600, 21 * 3600)),)
    back = (samples.step("car", "Voiture", ("B", "A"), (29 * 3600, 30 * 3600)),)
    day = samples.plan(samples.MONDAY, out, back)
    night = samples.SampleShift(frozenset({0}), 21 * 3600, 29 * 3600)
    assert [tick.text for tick in timeline_of(day, night).ticks] == [
        f"{hour}\u00a0h" for hour in (20, 23, 2, 5)
    ]


def test_a_day_without_steps_is_not_drawn(samples):
    blocked = samples.blocked(samples.MONDAY, "Aucun retour.")
    assert timeline_of(blocked, samples.sample_situation().shift) is None


def test_an_option_with_no_feasible_day_has_no_map(samples):
    answer = samples.sample_answer()
    card = card_of(1, answer.excluded[0], answer)
    assert card.typical is None
    assert card.map is None


def test_the_map_has_longitude_first(samples):
    card = first_cards(samples.sample_answer())[0]
    assert card.map["ends"][0]["lngLat"] == [3.4953, 45.1003]
    assert card.map["lines"]["features"][0]["geometry"]["coordinates"][0] == [3.4953, 45.1003]


def test_reasons_come_from_the_option_else_from_its_days_each_once(samples):
    on_demand, rental, _ = samples.sample_answer().excluded
    assert reasons_of(on_demand) == ["Ne roule qu'à partir de 9 h : arrivée après l'embauche."]
    assert reasons_of(rental) == ["Il faut le permis B ; la personne n'a pas de permis."]


def test_with_nothing_possible_the_nearest_and_what_blocks_are_found(samples):
    answer = samples.sample_answer()
    answer = replace(answer, options=(), excluded=(*answer.excluded, answer.options[2]))
    obstacle = main_obstacle(answer)
    assert obstacle.nearest.key == "car"
    assert obstacle.possible_days == (0, 1, 2, 3)
    assert obstacle.reason
    assert main_obstacle(replace(answer, excluded=())).nearest is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (french.clock(7 * 3600 + 300), "7 h 05"),
        (french.clock(8 * 3600), "8 h"),
        (french.clock(25 * 3600 + 600), "1 h 10 (lendemain)"),
        (french.clock(-1800), "23 h 30 (veille)"),
        (french.clock(None), "–"),
        (french.duration(49), "49 min"),
        (french.duration(65), "1 h 05"),
        (french.distance(848), "850 m"),
        (french.distance(4234.0), "4,2 km"),
        (french.distance(4_290.0), "4,3 km"),
        (french.distance(41_200), "41 km"),
        (french.distance(41_700.0), "42 km"),
        (french.distance(None), ""),
        (french.price(Decimal("46.50")), "46,50 €"),
        (french.price(Decimal(110)), "110 €"),
        (french.price(Decimal(0)), "Gratuit"),
        (french.price(None), "À demander"),
        (french.lead_time(0), "Tout de suite"),
        (french.lead_time(1), "Sous 1 jour"),
        (french.lead_time(14), "Sous 14 jours"),
        (french.lead_time(None), "À demander"),
        (french.days_of_week([0, 1, 2, 3, 4]), "du lundi au vendredi"),
        (french.days_of_week([5, 6]), "samedi et dimanche"),
        (french.days_of_week([0, 2, 4]), "lundi, mercredi et vendredi"),
        (french.days_of_week([6]), "dimanche"),
    ],
)
def test_french_wording(written, expected):
    assert written.replace("\u00a0", " ") == expected


def test_hours_on_the_road_are_rounded_and_not_cut(samples):
    answer = samples.sample_answer()
    month = Month(Decimal(58), Decimal(0), Decimal(58), None)
    budget = Budget(month, month, travel_h=Decimal("36.8"), once_eur=Decimal(0), to_check=())
    card = card_of(1, replace(answer.options[0], budget=budget), answer)
    assert card.travel == "37\u00a0h"


def test_nobody_is_told_to_arrive_before_they_do():
    seven_fifty = 7 * 3600 + 50 * 60
    texts = [french.arrival(seven_fifty + s).replace("\u00a0", " ") for s in (0, 1, 59, 60)]
    assert texts == ["7 h 50", "7 h 51", "7 h 51", "7 h 51"]
    assert french.arrival(None) == "–"

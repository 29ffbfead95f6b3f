"""Exact limits: durations in every unit, years of twelve months, the last day of a deadline."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from small_worlds import AGE, LENGTH, MONEY, leaf, world

from traitdunion.rules.durations import Duration, at_least, parse_duration
from traitdunion.rules.kleene import Truth
from traitdunion.rules.mileage import Band, Scale, scale_of
from traitdunion.rules.public_holidays import public_holidays
from traitdunion.rules.trees import Op, compared


def length(text):
    return parse_duration(text)


@pytest.mark.parametrize(
    ("op", "held", "wanted", "expected"),
    [
        (Op.AU_MOINS, "3 mois", "3 mois", True),
        (Op.AU_MOINS, "2 mois", "3 mois", False),
        (Op.PLUS_DE, "3 mois", "3 mois", False),
        (Op.PLUS_DE, "4 mois", "3 mois", True),
        (Op.AU_PLUS, "3 mois", "3 mois", True),
        (Op.AU_PLUS, "4 mois", "3 mois", False),
        (Op.MOINS_DE, "3 mois", "3 mois", False),
        (Op.MOINS_DE, "2 mois", "3 mois", True),
        (Op.AU_MOINS, "4 semaines", "28 jours", True),
        (Op.PLUS_DE, "4 semaines", "28 jours", False),
        (Op.AU_PLUS, "4 semaines", "28 jours", True),
        (Op.MOINS_DE, "4 semaines", "28 jours", False),
        (Op.MOINS_DE, "27 jours", "4 semaines", True),
        (Op.AU_MOINS, "12 mois", "1 an", True),
        (Op.PLUS_DE, "12 mois", "1 an", False),
        (Op.PLUS_DE, "13 mois", "1 an", True),
        (Op.AU_MOINS, "11 mois", "1 an", False),
        (Op.AU_PLUS, "1 an", "12 mois", True),
        (Op.MOINS_DE, "1 an", "13 mois", True),
    ],
)
def test_a_duration_compared_at_its_limit(op, held, wanted, expected):
    truth = compared(leaf(LENGTH, op, length(wanted)), world({"duree": length(held)}))
    assert truth is (Truth.TRUE if expected else Truth.FALSE)


@pytest.mark.parametrize("op", [Op.AU_MOINS, Op.PLUS_DE, Op.AU_PLUS, Op.MOINS_DE])
def test_ninety_days_against_three_months_is_for_the_calendar(op):
    """Three months last from 89 to 92 days."""
    assert at_least(length("92 jours"), length("3 mois")) is True
    assert at_least(length("88 jours"), length("3 mois")) is False
    truth = compared(leaf(LENGTH, op, length("3 mois")), world({"duree": length("90 jours")}))
    assert truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("op", "held", "expected"),
    [
        (Op.AU_MOINS, 18, True), (Op.AU_MOINS, 17, False),
        (Op.PLUS_DE, 18, False), (Op.PLUS_DE, 19, True),
        (Op.AU_PLUS, 18, True), (Op.AU_PLUS, 19, False),
        (Op.MOINS_DE, 18, False), (Op.MOINS_DE, 17, True),
    ],
)  # fmt: skip
def test_a_number_compared_at_its_limit(op, held, expected):
    truth = compared(leaf(AGE, op, Decimal(18)), world({"age": Decimal(held)}))
    assert truth is (Truth.TRUE if expected else Truth.FALSE)


def test_a_cent_decides():
    at_20 = leaf(MONEY, Op.AU_PLUS, Decimal(20))
    assert compared(at_20, world({"paie": Decimal("20.00")})) is Truth.TRUE
    assert compared(at_20, world({"paie": Decimal("20.01")})) is Truth.FALSE


@pytest.mark.parametrize(
    ("text", "day", "after"),
    [
        ("1 an", date(2025, 3, 15), date(2026, 3, 15)),
        ("12 mois", date(2025, 3, 15), date(2026, 3, 15)),
        ("1 mois", date(2025, 12, 31), date(2026, 1, 31)),
        ("1 mois", date(2026, 1, 31), date(2026, 2, 28)),
        ("1 an", date(2024, 2, 29), date(2025, 2, 28)),
        ("2 semaines", date(2026, 1, 1), date(2026, 1, 15)),
    ],
)
def test_a_year_has_twelve_months_and_a_month_ends_on_its_last_day(text, day, after):
    assert length(text).after(day) == after


def test_before_is_the_last_day_from_which_a_duration_has_passed():
    assert Duration(1, "mois").before(date(2026, 2, 28)) == date(2026, 1, 31)
    assert Duration(1, "ans").before(date(2026, 3, 15)) == date(2025, 3, 15)
    assert Duration(7, "jours").before(date(2026, 3, 15)) == date(2026, 3, 8)


def test_the_holidays_of_a_year_are_those_of_its_calendar():
    days = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
    assert public_holidays(2026) == {date.fromisoformat(f"2026-{day}") for day in days.split()}


@pytest.mark.parametrize(
    ("read_days_before", "expected"),
    [(0, "0.6"), (90, "0.6"), (91, None)],
)
def test_a_scale_holds_from_its_first_day_and_ninety_days_after_it_was_read(
    read_days_before, expected
):
    first = date(2026, 3, 1)

    def scale(begins, eur):
        read_on = first - timedelta(read_days_before)
        bands = (Band(None, Decimal(eur), Decimal(0)),)
        return Scale("voiture", begins, "arrêté", "B", read_on, bands)

    scales = {"voiture": [scale(date(2025, 3, 1), "0.5"), scale(first, "0.6")]}

    def rate(on):
        held = scale_of("voiture", on, scales=scales)
        return held and str(held.bands[0].per_km)

    assert rate(first) == expected
    if read_days_before == 0:
        assert (rate(first - timedelta(1)), rate(date(2025, 2, 28))) == ("0.5", None)

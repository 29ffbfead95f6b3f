"""Money, hours, lengths, days and lists as French readers expect them."""

from datetime import date, time
from decimal import Decimal

import pytest

from traitdunion import french


def spaced(text: str) -> str:
    """Return the text with ordinary spaces."""
    return text.replace(french.NBSP, " ")


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("1234.50", "1 234,5"), ("1200", "1 200"), ("-3.25", "-3,25"), ("1E+3", "1 000")],
)
def test_a_number_has_french_separators_and_no_final_zero(value, text):
    assert spaced(french.number(Decimal(value))) == text


def test_a_number_keeps_the_decimals_asked():
    assert french.number(2.0, 1) == "2,0"


@pytest.mark.parametrize(
    ("value", "text"), [("42", "42 €"), ("42.5", "42,50 €"), ("1200", "1 200 €"), ("0", "0 €")]
)
def test_a_sum_has_cents_only_where_it_needs_them(value, text):
    assert spaced(french.euros(Decimal(value))) == text


def test_a_price_may_be_free_or_unknown():
    assert french.price(Decimal(0)) == "Gratuit"
    assert french.price(None) == "À demander"


@pytest.mark.parametrize(
    ("metres", "text"),
    [(None, ""), (14, "10 m"), (994, "990 m"), (996, "1 km"), (4_240, "4,2 km"), (43_400, "43 km")],
)
def test_a_length_is_rounded_to_what_one_can_use(metres, text):
    assert spaced(french.distance(metres)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (7 * 3600 + 300, "7 h 05"),
        (24 * 3600, "0 h (lendemain)"),
        (-3600, "23 h (veille)"),
        (48 * 3600, "0 h (jour +2)"),
    ],
)
def test_an_hour_names_the_other_day(seconds, text):
    assert spaced(french.clock(seconds)) == text


def test_an_arrival_is_never_earlier_than_it_is():
    assert spaced(french.arrival(8 * 3600 + 1)) == "8 h 01"


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (65, "1 h 05"), (None, "–")]
)
def test_a_duration_drops_what_is_nought(minutes, text):
    assert spaced(french.duration(minutes)) == text


def test_hours_of_a_clock_and_of_a_calendar_are_written_alike():
    assert french.time_of_day(time(18, 30)) == french.clock(18 * 3600 + 1800)


def test_the_first_of_a_month_is_an_ordinal():
    assert french.weekday_and_day(date(2026, 8, 1)) == "samedi 1er août 2026"
    assert french.month(date(2026, 8, 1)) == "août 2026"


def test_days_in_a_row_are_a_span():
    assert french.days_of_week([4, 0, 1, 2, 3]) == "du lundi au vendredi"
    assert french.days_of_week([0, 3], "le ") == "le lundi et le jeudi"


def test_lists_read_as_speech():
    assert french.listed(["a", "b", "c"]) == "a, b et c"
    assert french.listed(["a", "b"], "ou") == "a ou b"
    assert french.listed([]) == ""


@pytest.mark.parametrize(("n", "text"), [(0, "0 jour"), (1, "1 jour"), (2, "2 jours")])
def test_zero_is_singular(n, text):
    assert spaced(french.counted(n, "jour")) == text


def test_an_irregular_plural_is_given():
    assert spaced(french.counted(3, "cheval", "chevaux")) == "3 chevaux"


@pytest.mark.parametrize(
    ("name", "at", "of"),
    [
        ("Le Puy-en-Velay", "au Puy-en-Velay", "du Puy-en-Velay"),
        ("Les Estables", "aux Estables", "des Estables"),
        ("La Chaise-Dieu", "à La Chaise-Dieu", "de La Chaise-Dieu"),
        ("Yssingeaux", "à Yssingeaux", "d'Yssingeaux"),
        ("Allègre", "à Allègre", "d'Allègre"),
        ("Langeac", "à Langeac", "de Langeac"),
        ("L'Hospitalet", "à l'Hospitalet", "de l'Hospitalet"),
    ],
)
def test_prepositions_contract_with_the_articles_of_places(name, at, of):
    assert french.at_place(name) == at
    assert french.of_place(name) == of

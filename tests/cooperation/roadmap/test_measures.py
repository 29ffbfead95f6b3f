"""Indicators: fewer than eleven people are never told, nor what would give them away."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.cooperation.models import Indicateur, Releve
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.charts import chart_of
from traitdunion.cooperation.roadmap.measures import (
    hides_people,
    shown,
    standing,
)
from traitdunion.cooperation.roadmap.sheet import Reading, take_reading, write_part
from traitdunion.french import number
from traitdunion.rules.legal_days import add_months

MARCH, JUNE = date(2026, 3, 31), date(2026, 6, 30)


@pytest.fixture
def indicator(half_day, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger", now=now
    )
    return Indicateur.objects.create(
        action=action, definition="Logés à trois mois", unite="%", source="bailleurs",
        depart=Decimal(20), depart_le=date(2026, 1, 1), cible=Decimal(60),
        frequence="trimestrielle", personnes=True,
    )  # fmt: skip


@pytest.fixture
def read(half_day, indicator, now):
    def read(**fields):
        take_reading(by=half_day.steerer, indicateur=indicator, reading=Reading(**fields), now=now)
        return indicator.releves.latest("pk")

    return read


@pytest.mark.parametrize(
    ("of", "on", "secret"),
    [
        (11, 22, False),
        (10, 40, True),  # ten people
        (30, 40, True),  # the ten others
        (0, 40, False),  # nobody is no somebody
        (40, 40, False),
        (5, 10, True),
    ],
)
def test_a_share_of_people_is_kept_only_when_neither_side_is_of_few(read, of, on, secret):
    row = read(releve_le=MARCH, numerateur=of, denominateur=on)
    assert row.secret is secret
    expected = (None, None, None) if secret else (Decimal(100 * of) / on, of, on)
    row.refresh_from_db()
    assert (row.valeur, row.numerateur, row.denominateur) == expected


def test_a_share_needs_both_numbers_and_the_unit_percent(read, indicator):
    for fields, why in (
        ({"numerateur": 12}, "deux nombres"),
        ({"numerateur": 30, "denominateur": 20}, "fait partie du second"),
        ({"numerateur": 0, "denominateur": 0}, "pas nul"),
        ({}, "Donnez la valeur"),
    ):
        with pytest.raises(CooperationError, match=why):
            read(releve_le=MARCH, **fields)
    indicator.unite = "logements"
    with pytest.raises(CooperationError, match="se compte en logements"):
        read(releve_le=MARCH, numerateur=12, denominateur=24)


def test_one_reading_a_day_and_territory(read):
    read(releve_le=MARCH, valeur=Decimal(20))
    read(releve_le=MARCH, valeur=Decimal(20), territoire="Brioude")
    with pytest.raises(CooperationError):
        read(releve_le=MARCH, valeur=Decimal(30))


def a_day(whole, parts):
    """Readings of one day: the whole (None: not read) and its territories (None: secret)."""
    rows = [] if whole is None else [Releve(pk=1, releve_le=MARCH, valeur=Decimal(whole))]
    for n, value in enumerate(parts, start=2):
        fields = {"secret": True} if value is None else {"valeur": Decimal(value)}
        rows.append(Releve(pk=n, releve_le=MARCH, territoire=f"t{n}", **fields))
    return rows


def test_a_single_territory_withheld_takes_the_smallest_with_it():
    """60 in all, 30 and 25 told: a subtraction would tell that the third has 5."""
    assert [row.valeur for row in shown(a_day(60, [30, 25, None]))] == [60, 30, None, None]
    assert [row.valeur for row in shown(a_day(None, [30, 25, None]))] == [30, 25, None]
    assert [row.valeur for row in shown(a_day(60, [30, None, None]))] == [60, 30, None, None]


def test_two_small_territories_do_not_hide_each_other():
    """60 in all, 30 and 20 told: the two others come to 10, so each would be under eleven."""
    assert [row.valeur for row in shown(a_day(60, [30, 20, None, None]))] == [60, 30, *[None] * 3]


def a_day_of_shares(whole, parts):
    rows = []
    for n, pair in enumerate([whole, *parts]):
        fields = {"secret": True}
        if pair is not None:
            fields = {"valeur": Decimal(1), "numerateur": pair[0], "denominateur": pair[1]}
        rows.append(Releve(pk=n, releve_le=MARCH, territoire=f"t{n}" if n else "", **fields))
    return rows


def test_a_share_withheld_is_not_had_from_those_whom_it_does_not_count():
    """40 of 44 and 30 of 34 withheld: 100 of 118 less 30 of 40 leaves 8 others, under eleven."""
    read = shown(a_day_of_shares((100, 118), [(30, 40), None, None]))
    assert [reading.is_secret for reading in read] == [False, True, True, True]
    # 30 others are many: the two withheld are not found.
    read = shown(a_day_of_shares((100, 140), [(30, 40), None, None]))
    assert [reading.is_secret for reading in read] == [False, False, True, True]


def test_a_start_of_few_people_is_refused(half_day, indicator, now):
    """Pages show where an indicator starts from."""
    indicator.unite, indicator.depart = "personnes", Decimal(10)
    with pytest.raises(CooperationError, match="De un à dix"):
        write_part(indicator, by=half_day.steerer, now=now)
    for depart in (Decimal(0), Decimal(11), None):
        indicator.depart = depart
        write_part(indicator, by=half_day.steerer, now=now)


def test_readings_of_few_go_when_an_indicator_turns_out_to_count_people(
    half_day, indicator, read, now
):
    indicator.personnes, indicator.unite, indicator.depart = False, "personnes", None
    write_part(indicator, by=half_day.steerer, now=now)
    few, many = read(releve_le=MARCH, valeur=Decimal(4)), read(releve_le=JUNE, valeur=Decimal(40))
    assert (few.valeur, few.secret) == (4, False)
    indicator.personnes = True
    write_part(indicator, by=half_day.steerer, now=now)
    few.refresh_from_db()
    many.refresh_from_db()
    assert (few.valeur, few.secret, many.valeur) == (None, True, 40)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_no_territory_withheld_can_be_had_by_subtraction(counts):
    """The whole less what is told leaves either nothing withheld, or two territories at least."""
    parts = [None if hides_people(Decimal(n), None, None) else n for n in counts]
    points = shown(a_day(sum(counts), parts))[1:]
    n_secret = sum(point.is_secret for point in points)
    assert n_secret != 1 or len(points) == 1
    assert all(point.valeur is None or point.valeur == 0 or point.valeur >= 11 for point in points)


def test_how_an_indicator_stands(read, indicator):
    """From 20 towards 60, 30 is a quarter of the way; the next is awaited three months later."""
    read(releve_le=MARCH, numerateur=30, denominateur=100)
    read(releve_le=MARCH, valeur=Decimal(55), territoire="Brioude")
    at = standing(indicator, on=date(2026, 6, 29))
    assert (at.last.valeur, at.way_share, at.way_percent) == (30, Decimal("0.25"), 25)
    assert (at.is_reached, at.due_on, at.reading_is_late) == (False, JUNE, False)
    assert standing(indicator, on=date(2026, 7, 1)).reading_is_late
    before = standing(indicator, on=date(2026, 2, 1))
    assert (before.last, before.way_share, before.due_on) == (None, None, date(2026, 4, 1))
    indicator.sens = "baisse"
    assert standing(indicator, on=JUNE).is_reached is True


def test_months_after_the_31st():
    assert add_months(date(2025, 8, 31), 6) == date(2026, 2, 28)
    assert add_months(date(2026, 11, 15), 3) == date(2027, 2, 15)


def test_the_line_runs_from_the_start_to_the_last_reading(read, indicator):
    """Nought at the bottom (104), the target of 60 at the top (12): 30 is half-way, 58."""
    assert chart_of(standing(indicator, on=JUNE)) is None
    read(releve_le=date(2026, 4, 1), valeur=Decimal(30))
    chart = chart_of(standing(indicator, on=JUNE))
    assert chart.line == "44.0,73.3 308.0,58.0"
    assert (chart.target.y, chart.ground) == ("12.0", "104.0")
    assert [point.text for point in chart.points] == ["20", "30"]


def test_a_number_is_written_as_it_is_read():
    written = [number(Decimal(value)) for value in ("12.00", "1234.50", "0.25", "100")]
    assert [text.replace("\u202f", " ").replace("\xa0", " ") for text in written] == [
        "12", "1 234,5", "0,25", "100",
    ]  # fmt: skip

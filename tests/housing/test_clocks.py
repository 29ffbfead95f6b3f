"""Vectors of the legal clocks, computed independently; a drawn twin where they are absent."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.housing.clocks import clock_rules, count, resale_chain, status
from traitdunion.housing.clocks.days import next_working_day
from traitdunion.rules.legal_days import add_months
from traitdunion.rules.public_holidays import public_holidays

GIVEN = next(
    (
        path
        for folder in Path(__file__).resolve().parents[3:]
        if (path := folder / "shared" / "cases" / "housing" / "clocks.given.json").is_file()
    ),
    Path(__file__).parent / "clocks_twin.json",
)
CASES = json.loads(GIVEN.read_text("utf-8"))
VECTORS = [v for clock in CASES["clocks"] for v in clock["vectors"]]
FIGURES = (
    "last_day", "last_day_extended", "earliest_expiry", "refused_expiry", "literal_first_day",
    "safe_first_day", "end_date", "last_occupied_day", "single", "chained",
    "right_surely_over_from",
)  # fmt: skip


def counted_of(v):
    return count(
        v.get("clock", "terme_rechargeable"),
        date.fromisoformat(v["event"]),
        years=v.get("years"),
        months=12 if v.get("variant") == "12 months" else None,
    )


@pytest.mark.parametrize("v", VECTORS, ids=[v["id"] for v in VECTORS])
def test_a_clock_to_the_day(v):
    counted = counted_of(v)
    wanted = {name: date.fromisoformat(v[name]) for name in FIGURES if name in v}
    assert counted.figures == wanted
    for day, state in v.get("status", {}).items():
        assert status(counted, date.fromisoformat(day)) == state


def test_every_clock_of_the_cases_is_a_rule():
    assert {clock["id"] for clock in CASES["clocks"]} <= set(clock_rules())


@pytest.mark.parametrize("chain", CASES["chains"], ids=lambda c: c["name"])
def test_the_chain_of_a_resale(chain):
    events = ("offer_received", "acceptance", "transmitted_to_ofs", "refused_on", "search_request")
    given_ = {name: chain[name] and date.fromisoformat(chain[name]) for name in events}
    dates = resale_chain(**given_)
    for name, value in chain.items():
        if name not in (*events, "name"):
            wanted = date.fromisoformat(value) if isinstance(value, str) else value
            assert getattr(dates, name) == wanted, name


def test_a_refused_sale_lengthens_the_pre_emption_and_opens_the_search():
    dates = resale_chain(
        offer_received=date(2026, 11, 2),
        acceptance=date(2026, 11, 20),
        transmitted_to_ofs=date(2026, 12, 31),
        refused_on=date(2027, 2, 1),
        search_request=date(2027, 8, 31),
    )
    assert dates.preemption_by == date(2027, 2, 28)
    assert dates.preemption_by_after_refusal_earliest == date(2027, 3, 28)
    assert dates.buyer_proposed_by == date(2028, 2, 29)


@pytest.mark.parametrize("holidays", CASES["holidays_2026_2028"].items(), ids=lambda h: h[0])
def test_the_holidays_are_those_of_the_cases(holidays):
    year, named = holidays
    assert {d.isoformat() for d in public_holidays(int(year))} == set(named)


days = st.dates(date(2020, 1, 1), date(2060, 12, 31))
BOUNDED = sorted(rule.id for rule in clock_rules().values() if rule.kind in ("devoir", "droit"))


@given(st.sampled_from(BOUNDED), days)
def test_the_day_before_the_last_and_after_it(rule, event):
    counted = count(rule, event)
    assert status(counted, counted.strict - timedelta(days=1)) == "in_time"
    assert status(counted, counted.strict) == "in_time"
    assert status(counted, counted.strict + timedelta(days=1)) in ("doubtful", "late")
    assert status(counted, counted.over_from) == "late"
    assert counted.strict <= counted.extended < counted.over_from
    assert (counted.over_from - counted.strict).days <= 9


@given(days, st.integers(1, 1200))
def test_months_keep_the_day_or_end_the_month(on, months):
    later = add_months(on, months)
    assert (later.year - on.year) * 12 + later.month - on.month == months
    assert later.day == on.day or (
        later.day < on.day and (later + timedelta(days=1)).month != later.month
    )


@given(days)
def test_a_working_day_is_kept_and_any_other_is_left(on):
    working = next_working_day(on)
    assert working.weekday() < 5
    assert working not in public_holidays(working.year)
    assert next_working_day(working) == working


def test_every_rule_has_its_article_its_start_and_how_it_was_read():
    for rule in clock_rules().values():
        assert rule.article
        assert rule.starts
        assert rule.text_read
    assert clock_rules()["retractation_L271_1"].to_check
    assert not clock_rules()["agrement_cession"].to_check


@pytest.mark.parametrize(
    ("rule", "more", "error"),
    [
        ("pas_un_delai", {}, KeyError),
        ("terme_rechargeable", {}, ValueError),
        ("preemption", {"years": 9}, ValueError),
        ("info_ofs", {"months": 2}, ValueError),
    ],
)
def test_what_a_clock_cannot_count_is_refused(rule, more, error):
    with pytest.raises(error):
        count(rule, date(2026, 1, 1), **more)

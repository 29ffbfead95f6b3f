"""Vectors of money, computed independently; a drawn twin where the shared folder is absent."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.housing import money
from traitdunion.housing.money.operations import Home, allocate, sensitivity
from traitdunion.housing.money.zero_rate_loans import NOT_ELIGIBLE, SMOOTHING_IMPOSSIBLE

ROOTS = Path(__file__).resolve().parents
GIVEN = next(
    (
        path
        for folder in ROOTS[3:]
        if (path := folder / "shared" / "cases" / "housing" / "money.given.json").is_file()
    ),
    Path("money.given.json"),
)
TWIN = Path(__file__).parent / "money_twin.json"


def sections():
    path = GIVEN if GIVEN.exists() else TWIN
    return json.loads(path.read_text("utf-8"))["sections"]


S, D = sections(), Decimal


def by_id(vectors):
    return pytest.mark.parametrize("v", vectors, ids=[v["id"] for v in vectors])


def test_the_shared_vectors_are_read():
    if not GIVEN.exists():
        pytest.skip("the shared cases are not beside the project: the drawn twin is tried")
    assert len(S["loans"]) >= 12


@by_id(S["loans"])
def test_a_loan_to_the_cent(v):
    x = v["input"]
    rows = money.schedule(
        capital=x["C"],
        periods=x["n"],
        rate=x["i"],
        progression=x["g"],
        deferral=x["deferral"],
        mode=x["mode"],
        rates_from_period={int(k): r for k, r in x["rates_from_period"].items()},
        double_revision=x["double_revision"],
    )
    r = v["result"]
    assert sum(row.payment for row in rows) == D(r["total_paid"])
    assert sum(row.interest for row in rows) == D(r["total_interest"])
    for k, *figures in (r["first"], r["mid"], r["last"], *v.get(ROWS, [])):
        assert list(rows[k - 1][1:]) == [D(f) for f in figures]
    assert min(row.balance for row in rows) == D(r["min_balance"])
    first = money.annuity(x["C"], x["n"] - x["deferral"], x["i"], x["g"])
    assert round(first, 4) == D(v["unrounded_first_payment"])


ROWS = "rows_k_rate_payment_interest_principal_balance"


@by_id(S["inverse_land_debt"])
def test_the_land_debt_a_redevance_repays(v):
    debt = money.largest_land_debt(
        redevance_m2_month=v["redevance_per_m2_month"],
        management_share=v["management_share"],
        rate=v["i"],
        periods=v["n"],
    )
    assert debt == D(v["max_land_debt_per_m2"])


def plan_of(x, **more):
    if "tranche_1_max_zone_C" in x:
        more.setdefault("tranche_1_max", x["tranche_1_max_zone_C"])
    return money.ptz(
        cost=x["cost"], contribution=x["contribution"], quota=x["quota"],
        buyers=money.Buyers(x["persons"], x["zone"], x["rfr"]),
        loan=money.BankLoan(x["rate"], x["years"]), **more,
    )  # fmt: skip


@by_id(S["ptz"]["vectors"])
def test_a_plan_with_a_zero_rate_loan(v):
    plan, r = plan_of(v["input"]), v["result"]
    assert plan.warnings, "the table is not ticked"
    if r == "not eligible":
        assert plan.refused == NOT_ELIGIBLE
        return
    if "refused" in r:
        assert plan.refused == SMOOTHING_IMPOSSIBLE
        return
    assert (plan.tranche, plan.ptz, plan.classic_loan) == (
        r["tranche"], D(r["ptz"]), D(r["classic_loan"]),
    )  # fmt: skip
    assert [list(p) for p in plan.phases] == [[m, D(a), D(b), D(c)] for m, a, b, c in r["phases"]]
    assert (plan.deferral_years, plan.repayment_years) == (
        r["deferral_years"], r["repayment_years"],
    )  # fmt: skip
    assert (plan.classic_loan >= plan.ptz) is r["classic_at_least_ptz"]
    if "result_if_15000" in v:
        other, wanted = plan_of(v["input"], tranche_1_max="15000"), v["result_if_15000"]
        assert (other.tranche, other.ptz) == (int(wanted["tranche"]), D(wanted["ptz"]))


def test_the_example_of_lyon():
    v = S["lyon_example"]
    x = {"cost": "210000", "contribution": "0", "buyers": money.Buyers(3, "A", "50000")}
    for smoothed in v["smoothed"]:
        plan = money.ptz(**x, loan=money.BankLoan("0.035", smoothed["years"]))
        wanted = [[m, D(a), D(b), D(c)] for m, a, b, c in smoothed["phases"]]
        assert [list(p) for p in plan.phases] == wanted


@by_id(S["indexing"]["vectors"])
def test_a_redevance_follows_its_index(v):
    series = S["indexing"]["IRL"]
    base = series[v["base"]]
    if "result" in v:
        assert money.revise(v["R0"], base, series.get(v["at"][0])) is None
        return
    revised = [money.revise(v["R0"], base, series[at]) for at in v["at"]]
    assert revised == [D(a) for a in v["direct_R0_times_It_over_I0"]]
    amount, before, chained = v["R0"], base, []
    for at in v["at"]:
        amount, before = money.revise(amount, before, series[at]), series[at]
        chained.append(amount)
    assert chained == [D(a) for a in v.get("chained_from_rounded", map(str, chained))]


def day(text):
    return date.fromisoformat(text) if text else None


@by_id(S["billing"])
def test_a_month_billed_by_days(v):
    segments = [money.Segment(day(a), day(b), D(c)) for a, b, c in v["segments"]]
    rows = money.bill(segments, day(v["month"] + "-01"))
    assert [list(r) for r in rows] == [[day(a), day(b), n, D(c)] for a, b, n, c in v["rows"]]
    assert sum(r.amount for r in rows) == D(v["total"])


@by_id(S["arrears"]["vectors"])
def test_arrears_oldest_first(v):
    bills = [money.Bill(day(on), D(amount)) for on, amount in S["arrears"]["bills"]]
    payments = [(day(on), amount) for on, amount in v["payments"]]
    r = v["result"]
    late = money.arrears(bills, payments, as_of=day(r["as_of"]), rate=v["rate"])
    assert (late.open, late.credit) == (D(r["open"]), D(r["credit"]))
    assert late.buckets == {name: D(amount) for name, amount in r["buckets"].items()}
    assert late.interest == (None if r["interest"] is None else D(r["interest"]))


@by_id(S["resale"])
def test_the_ceiling_of_a_resale(v):
    price = money.resale(
        acquisition=v["acquisition"],
        index0=v["index0"],
        index1=v["index1"],
        works=[money.Works(*map(D, w)) for w in v["works_amount_years_old_life"]],
        asked=v["asked"],
        current_ceiling=v.get("current_ceiling"),
        surface="65" if "current_ceiling" in v else None,
    )
    assert (price.works_value, price.p_max) == (D(v["works_value"]), D(v["p_max"]))
    assert price.allowed_by_lease is v["allowed_by_lease"]
    if "allowed" in v:
        assert v["allowed"] == "to_check"
        assert (price.allowed, price.ceiling_total_ht) == (None, D(v["ceiling_total_ht"]))
    else:
        assert price.allowed is v["allowed_by_lease"]


@by_id(S["housing_transport"])
def test_housing_and_transport_against_income(v):
    shares = money.housing_transport(
        income=v["income"], housing=v["housing"], transport=v["transport"]
    )
    assert shares.housing_total == D(v["housing_total"])
    assert shares.transport_total == D(v["transport_total"])
    for name in ("h_share", "t_share", "ht_share"):
        assert getattr(shares, name) == (D(v[name]) if name in v else None)
    for name in ("h_ok", "t_ok", "ht_ok"):
        assert getattr(shares, name) is v.get(name)


def twelve_homes():
    v = S["operation_12_homes"]
    x = dict(v["inputs"])
    whole = {name: int(x.pop(name)) for name in ("term", "buyer_years")}
    figures = {name: D(value) for name, value in x.items()}
    return v, money.OperationInputs(**figures, **whole, homes=len(v["allocation"]))


def test_an_operation_of_twelve_homes():
    v, inputs = twelve_homes()
    plan = money.operation(inputs)
    named = {"home65_price_ttc": "home_price_ttc", "home65_month": "home_month"}
    for name, figure in v["result"].items():
        assert getattr(plan, named.get(name, name)) == D(figure), name


def test_the_price_shared_among_homes():
    v, inputs = twelve_homes()
    homes = [Home(h["home"], h["type"], D(h["su"])) for h in v["allocation"]]
    parts = allocate(money.operation(inputs).pv_ttc, homes)
    assert list(parts) == [D(h["price_ttc"]) for h in v["allocation"]]


def test_what_moves_the_price():
    v, inputs = twelve_homes()
    moved = {row.input: row for row in sensitivity(inputs)}
    for row in v["sensitivity"]:
        mine = moved[row["input"]]
        assert (mine.low, mine.high) == (D(row["low"]), D(row["high"]))
        for given_name, name in (
            ("pv_ttc_m2", "pv_ttc_m2"),
            ("redevance_m2_month", "redevance_m2_month"),
            ("home65_month", "home_month"),
        ):
            wanted = row[given_name]
            assert mine.outputs[name] == tuple(D(wanted[k]) for k in ("low", "base", "high"))
            assert mine.outputs[name].swing == D(wanted["swing"])


euros = st.decimals(0, 1_000_000, places=2)


@given(euros, st.integers(1, 40), st.decimals("0", "0.09", places=4))
def test_a_loan_ends_at_zero_and_repays_what_it_lent(capital, periods, rate):
    rows = money.schedule(capital=capital, periods=periods, rate=rate)
    assert rows[-1].balance == 0
    assert sum(row.principal for row in rows) == capital


@given(st.lists(euros, max_size=6), st.lists(euros, max_size=6))
def test_open_less_credit_is_what_was_asked_less_what_was_paid(asked, paid):
    bills = [money.Bill(date(2026, n + 1, 5), a) for n, a in enumerate(asked)]
    payments = [(date(2026, n + 1, 9), a) for n, a in enumerate(paid)]
    late = money.arrears(bills, payments, as_of=date(2026, 12, 31), rate="0.05")
    assert late.open - late.credit == sum(asked) - sum(paid)
    assert late.open == 0 or late.credit == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: money.annuity(100.0, 2, "0.01"),
        lambda: money.revise(7.5, "1", "2"),
        lambda: money.housing_transport(income="2000", housing={"rent": 3.5}, transport={}),
    ],
)
def test_a_float_is_refused(call):
    with pytest.raises(TypeError, match="float"):
        call()


def test_interest_may_be_added_during_the_deferral():
    # 1 000 at 10 % for one period of deferral: 1 100 owed, then repaid at once with 110.
    rows = money.schedule(capital="1000", periods=2, rate="0.1", deferral=1, mode="capitalised")
    assert [row.payment for row in rows] == [0, D("1210.00")]
    assert rows[0].balance == D("1100.00")


def test_two_amounts_are_never_owed_on_one_day():
    segments = [
        money.Segment(date(2026, 1, 1), None, D(80)),
        money.Segment(date(2026, 1, 9), None, D(90)),
    ]
    with pytest.raises(ValueError, match="2026-01-09"):
        money.bill(segments, date(2026, 1, 1))

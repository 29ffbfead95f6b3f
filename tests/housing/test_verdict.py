"""The verdict of an operation: what makes it favourable, what blocks it, what reverses it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.housing.feasibility.tornado import tornado
from traitdunion.housing.feasibility.verdict import Answer, Evidence, Market, judge
from traitdunion.housing.money import OperationInputs

D = Decimal
# The new build of the demonstration in zone C: 2 905 €/m² TTC, against a market of 1 900 €.
NEW_BUILD = OperationInputs(
    su=D(780), works_per_m2=D(2150), fees=D("0.12"), other=D("0.06"), carry=D("0.025"),
    margin=D("0.05"), vat=D("0.055"), land=D(216_000), rate=D("0.023"), term=60,
    management_per_home_year=D(120), homes=12, buyer_rate=D("0.035"), buyer_years=25,
)  # fmt: skip
# The centre-bourg rehabilitation drawn on the page: 1 531 €/m², 1 451 HT.
REHABILITATION = OperationInputs(
    su=D(420), works_per_m2=D(1450), fees=D("0.12"), other=D("0.06"), carry=D("0.025"),
    margin=D("0.03"), vat=D("0.055"), land=D(96_000), rate=D("0.023"), term=60,
    management_per_home_year=D(120), homes=6, buyer_rate=D("0.035"), buyer_years=25,
    subsidies=D(150_000), sample_m2=D(70),
)  # fmt: skip
SURE = {"verified": True, "source": "lue"}


def market(price="1900", ceiling=None, **more):
    given_ = {
        "price_m2": Evidence(D(price), **SURE),
        "rent_m2": Evidence(D("7.50"), **SURE),
        "ceiling_ht_m2": Evidence() if ceiling is None else Evidence(D(ceiling), **SURE),
        "zone": "C",
        "households": 12,
    }
    return Market(**{**given_, **more})


def answers(verdict):
    return {reason.key: str(reason.answer) for reason in verdict.reasons}


def test_the_new_build_of_zone_c_is_to_check_and_not_competitive():
    verdict = judge(NEW_BUILD, market())
    assert verdict.answer is Answer.TO_CHECK
    assert verdict.title == "À vérifier, et plus cher que le marché"
    assert verdict.competitive is False
    assert answers(verdict)["ceiling"] == "to_check"
    ceiling = next(reason for reason in verdict.reasons if reason.key == "ceiling")
    assert "non renseigné" in ceiling.text


@pytest.mark.parametrize(
    "changed",
    [
        (NEW_BUILD, market("3000", "2800")),
        (replace(NEW_BUILD, subsidies=D(800_000)), market(ceiling="2800")),
        (replace(NEW_BUILD, works_per_m2=D(1300)), market(ceiling="2800")),
    ],
    ids=["price", "subsidy", "works"],
)
def test_it_is_reversed_by_price_subsidy_or_works(changed):
    verdict = judge(*changed)
    assert (verdict.answer, verdict.competitive) == (Answer.YES, True)
    assert verdict.title == "Oui"


def test_the_rehabilitation_gives_the_figures_of_its_page():
    verdict = judge(REHABILITATION, market("1700", "2000", households=4))
    balance = verdict.balance
    assert (balance.pv_ht_m2, balance.pv_ttc_m2) == (D("1450.86"), D("1530.66"))
    assert round(balance.redevance_m2_month, 2) == D("0.73")
    assert round(balance.home_redevance_month) == 51
    assert round(balance.home_month) == 588
    assert verdict.title == "Oui, à une condition"
    assert answers(verdict) == {
        "market": "yes", "rent": "no", "redevance": "yes", "ceiling": "yes",
        "households": "condition", "works": "no",
    }  # fmt: skip


@pytest.mark.parametrize("what", ["price_m2", "ceiling_ht_m2"])
def test_a_figure_that_nobody_checked_blocks_a_favourable_verdict(what):
    good = market("3000", "2800")
    unchecked = replace(good, **{what: replace(getattr(good, what), verified=False)})
    assert judge(NEW_BUILD, unchecked).answer is Answer.TO_CHECK
    assert judge(NEW_BUILD, replace(good, **{what: Evidence()})).answer is Answer.TO_CHECK


def test_over_the_ceiling_is_no():
    verdict = judge(NEW_BUILD, market("3000", "2000"))
    assert verdict.answer is Answer.NO
    assert verdict.title.startswith("Non : ")


money = st.decimals(1, 5_000, places=0)


@given(money, money, st.booleans(), st.booleans())
def test_no_verdict_is_favourable_without_its_dated_rows(price, ceiling, checked, known):
    asked = Market(
        price_m2=Evidence(price, verified=checked), rent_m2=Evidence(),
        ceiling_ht_m2=Evidence(ceiling if known else None, verified=checked), zone="C",
        households=99,
    )  # fmt: skip
    if judge(NEW_BUILD, asked).answer in (Answer.YES, Answer.CONDITION):
        assert checked
        assert known
        assert ceiling >= D("2753.99")
        assert price > D("2905.46")


def test_the_drawing_puts_the_widest_bar_first_and_the_market_across():
    drawn = tornado(REHABILITATION, D(1700))
    assert drawn.bars[0].name == "Travaux"
    widths = [float(bar.left_width) + float(bar.right_width) for bar in drawn.bars]
    assert widths == sorted(widths, reverse=True)
    assert float(drawn.base_x) < float(drawn.market_x)
    for bar in drawn.bars:
        assert float(bar.left_x) <= float(drawn.base_x) == float(bar.right_x)


def test_more_grants_lower_the_price_and_are_drawn_on_the_left():
    bar = next(bar for bar in tornado(REHABILITATION, None).bars if bar.name == "Subventions")
    assert bar.left_text == "+ 50 k€"
    assert bar.low > bar.high

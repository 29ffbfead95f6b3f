from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.catalogue.enums import UniteTarif
from traitdunion.catalogue.pricing import Range, Use, amount_for, price_for

TIERS = [
    {"unite": "par_jour_eur", "qf_max_eur": "400.00", "montant_eur": "2.00"},
    {"unite": "par_jour_eur", "qf_max_eur": "750.00", "montant_eur": "3.00"},
]


def exactly(amount):
    return Range(Decimal(amount), Decimal(amount))


@pytest.mark.parametrize(
    ("qf", "expected"),
    [("399.99", "2"), ("400", "2"), ("400.01", "3"), ("750", "3"), ("750.01", "5")],
)
def test_the_tier_is_the_first_whose_limit_is_not_under_the_quotient(made, qf, expected):
    solution = made(par_jour_eur="5.00", tranches=TIERS)
    assert amount_for(solution, UniteTarif.JOUR, Decimal(qf)) == exactly(expected)


def test_a_tier_without_limit_takes_all_the_others(made):
    above = {"unite": "par_jour_eur", "qf_max_eur": None, "montant_eur": "6.00"}
    solution = made(tranches=[*TIERS, above])
    assert amount_for(solution, UniteTarif.JOUR, Decimal(751)) == exactly(6)
    assert amount_for(solution, UniteTarif.JOUR, None) == Range(Decimal(2), Decimal(6))


def test_the_plain_price_is_nobody_s_where_a_tier_takes_all_the_others(made):
    above = {"unite": "par_jour_eur", "qf_max_eur": None, "montant_eur": "6.00"}
    solution = made(par_jour_eur="9.00", tranches=[*TIERS, above])
    assert amount_for(solution, UniteTarif.JOUR, None) == Range(Decimal(2), Decimal(6))


def test_above_the_tiers_and_without_a_plain_price_nothing_is_made_up(made):
    solution = made(tranches=TIERS)
    assert amount_for(solution, UniteTarif.JOUR, Decimal(800)) is None
    assert price_for(solution, Use(days=20), Decimal(800)).month is None


def test_a_quotient_that_is_not_known_gives_a_range(made):
    solution = made(par_jour_eur="5.00", tranches=TIERS)
    # 20 days at 2 € up to 20 days at 5 €.
    assert price_for(solution, Use(days=20)).month == Range(Decimal(40), Decimal(100))


def test_the_cheapest_way_to_pay_is_kept_and_told(made):
    solution = made(par_trajet_eur="2.00", par_mois_eur="40.00")
    # 10 trips cost 20 €, 42 trips would cost 84 €: the month at 40 €.
    assert price_for(solution, Use(trips=10)).month == exactly(20)
    dear = price_for(solution, Use(trips=42))
    assert (dear.month, dear.basis) == (exactly(40), "par mois")


def test_kilometres_are_added_and_the_ceiling_bounds_the_sum(made):
    solution = made(par_jour_eur="3.00", par_km_eur="0.10", plafond_mois_eur="90.00")
    # 20 × 3 + 200 × 0.10 = 80; 20 × 3 + 500 × 0.10 = 110, no more than 90.
    assert price_for(solution, Use(days=20, km=Decimal(200))).month == exactly(80)
    assert price_for(solution, Use(days=20, km=Decimal(500))).month == exactly(90)
    # Capped is what the ceiling brought down: not what is exactly at it, nor what is not known.
    capped = {km: price_for(solution, Use(days=20, km=km)).is_capped
              for km in (Decimal(200), Decimal(300), Decimal("300.1"), None)}  # fmt: skip
    assert capped == {200: False, 300: False, Decimal("300.1"): True, None: False}


def test_kilometres_alone_make_a_price(made):
    assert price_for(made(par_km_eur="0.32"), Use(km=Decimal(100))).month == exactly(32)


def test_free_is_not_unknown(made):
    assert price_for(made("a", par_mois_eur="0.00"), Use()).month == exactly(0)
    assert price_for(made("b"), Use(days=20)).month is None


def test_what_is_paid_once_and_given_back_stands_apart(made):
    price = price_for(made(forfait_eur="5.00", caution_eur="150.00", par_mois_eur="8.00"), Use())
    assert (price.once, price.deposit, price.month) == (exactly(5), exactly(150), exactly(8))


@pytest.mark.django_db
@given(qf=st.decimals(0, 2000, places=2))
def test_knowing_the_quotient_only_narrows_the_range(qf):
    from traitdunion.catalogue.models import Solution, TrancheTarif

    solution = Solution(id="x", par_jour_eur=Decimal(5))
    tiers = [
        TrancheTarif(
            unite=t["unite"],
            qf_max_eur=Decimal(t["qf_max_eur"]),
            montant_eur=Decimal(t["montant_eur"]),
        )
        for t in TIERS
    ]
    solution._prefetched_objects_cache = {"tranches": _Listed(tiers)}
    wide, narrow = (amount_for(solution, UniteTarif.JOUR, value) for value in (None, qf))
    assert wide.low_eur <= narrow.low_eur <= narrow.high_eur <= wide.high_eur
    assert narrow.is_exact


class _Listed(list):
    def all(self):
        return self

    _result_cache = True

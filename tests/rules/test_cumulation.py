"""Aids that exclude one another: never summed, the best allowed set, and why one is left out."""

from datetime import date
from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from traitdunion.rules.aids import (
    AmountLine,
    Entitlement,
    Excluded,
    Nature,
    Periode,
    Reponse,
    Rule,
    Sum,
)
from traitdunion.rules.budget import monthly_budget, spared_in_a_year
from traitdunion.rules.exclusions import best_together, exclusions_of
from traitdunion.rules.formulas import parse_formula
from traitdunion.rules.reading import rule_book
from traitdunion.rules.trees import AllOf, Source

PAGE = Source("page", "Une page", "https://exemple.fr", None, "A")


def aid(name, *sums, reponse=Reponse.OUI, against=(), subsidiaire=False):
    """An aid as it is answered; `sums` are (period, euros) or (period, euros, "jusqu'à")."""
    rule = Rule(
        name=name, version=1, nom=name.upper(), resume="", organisme="", telephone="", lien="",
        is_aid=True, valid_from=date(2026, 1, 1), valid_to=None, conditions=AllOf(()),
        montants=(), a_faire=(), conflits=(), exclusif=tuple(Excluded(o, PAGE) for o in against),
        subsidiaire=subsidiaire, sources={}, file="",
    )  # fmt: skip
    lines = [
        Sum(AmountLine("", Nature.AIDE, Periode(period), parse_formula("0"), None, bool(more), 0),
            Decimal(eur), True, ())
        for period, eur, *more in sums
    ]  # fmt: skip
    return Entitlement(rule, reponse, (), tuple(lines), ())


def budget(cost, *aids):
    return monthly_budget(
        Decimal(cost), aids, travel_min_a_day=60, days_a_month=Decimal(20),
        exclusions=exclusions_of(aid.rule for aid in aids),
    )  # fmt: skip


def told(found_aids):
    return [
        (aid.aid.rule.name, aid.other.rule.name, aid.source.titre) for aid in found_aids.left_out
    ]


def test_two_that_exclude_one_another_are_never_summed():
    """40 and 30 € of a cost of 100: 40 alone, not 70; it is written in the file of the second."""
    spending = budget(100, aid("a", ("mois", 40)), aid("b", ("mois", 30), against=["a"]))
    assert (spending.next.aids_eur, spending.next.after_eur) == (40, 60)
    assert told(spending) == [("b", "a", "Une page")]


def test_the_two_ends_of_a_chain_may_be_worth_more_than_its_middle():
    """b excludes a and c: a + c = 50 a month beats b = 45."""
    spending = budget(
        100, aid("a", ("mois", 25)), aid("b", ("mois", 45), against=["a", "c"]),
        aid("c", ("mois", 25)),
    )  # fmt: skip
    assert spending.next.aids_eur == 50
    assert [exclusion[0] for exclusion in told(spending)] == ["b"]


def test_what_exceeds_the_cost_is_worth_nothing():
    """Of 30 € a month, `a` spares 30 × 12 = 360; `b` 25 × 12 + 100 once = 400."""
    spending = budget(
        30, aid("a", ("mois", 90)), aid("b", ("mois", 25), ("une_fois", 100), against=["a"])
    )
    assert (spending.next.aids_eur, spending.once_eur) == (25, 100)


def test_a_first_month_weighs_once_and_any_other_eleven_times():
    """`a` spares 60 once; `b` 6 × 12 = 72."""
    spending = budget(100, aid("a", ("premier_mois", 60)), aid("b", ("mois", 6), against=["a"]))
    assert (spending.first.aids_eur, spending.next.aids_eur) == (6, 6)


def test_a_subsidiary_aid_gives_way_even_to_a_smaller_one():
    spending = budget(
        100, aid("grande", ("mois", 50), against=["petite"], subsidiaire=True),
        aid("petite", ("mois", 5)),
    )  # fmt: skip
    assert spending.next.aids_eur == 5
    assert told(spending) == [("grande", "petite", "Une page")]


def test_a_subsidiary_aid_that_excludes_nothing_pays_what_the_others_leave():
    spending = budget(100, aid("a", ("mois", 80), subsidiaire=True), aid("b", ("mois", 50)))
    assert spending.next.after_eur == 0
    assert told(spending) == []


def test_a_doubtful_aid_that_could_not_be_had_is_not_told_to_come_on_top():
    doubtful = aid("b", ("mois", 90), reponse=Reponse.A_VERIFIER, against=["a"])
    spending = budget(100, aid("a", ("mois", 40)), doubtful, aid("c", ("mois", 1)))
    assert spending.to_check == ()
    assert told(spending) == [("b", "a", "Une page")]
    assert [aid.eur for aid in budget(100, doubtful).to_check] == [90]


def test_one_that_is_refused_stands_against_nothing():
    refused = aid("a", ("mois", 90), reponse=Reponse.NON)
    spending = budget(100, refused, aid("b", ("mois", 30), against=["a"]))
    assert (spending.next.aids_eur, told(spending)) == (30, [])


@st.composite
def worlds(draw):
    names = "abcdefg"[: draw(st.integers(0, 7))]
    pairs = list(combinations(names, 2))
    against = draw(st.lists(st.sampled_from(pairs), unique=True) if pairs else st.just([]))
    sums = st.lists(
        st.tuples(
            st.sampled_from(["mois", "premier_mois", "une_fois", "an"]),
            st.integers(0, 60),
            st.booleans(),
        ),
        max_size=2,
    )
    return draw(st.integers(0, 120)), [
        aid(
            name, *draw(sums),
            reponse=draw(st.sampled_from([Reponse.OUI, Reponse.OUI, Reponse.OUI, *Reponse])),
            against=[b for a, b in against if a == name], subsidiaire=draw(st.booleans()),
        )
        for name in names
    ]  # fmt: skip


def every_allowed_set(aids, exclusions):
    """Slow and plain: every subset of the granted aids, those the rules forbid left out."""
    granted = [aid for aid in aids if aid.reponse is Reponse.OUI]

    def apart(the_first, other):
        return frozenset({the_first.rule.name, other.rule.name}) in exclusions

    for size in range(len(granted) + 1):
        for some in combinations(granted, size):
            if any(apart(first, other) for first, other in combinations(some, 2)):
                continue
            if any(
                row.rule.subsidiaire and not other.rule.subsidiaire and apart(row, other)
                for row in some
                for other in granted
            ):
                continue
            yield some


@given(worlds())
def test_the_best_of_every_subset_is_chosen(world):
    cost, aids = Decimal(world[0]), world[1]
    exclusions = exclusions_of(aid.rule for aid in aids)
    the_best = best_together(aids, exclusions, lambda some: spared_in_a_year(cost, some))
    kept = [aid for aid in the_best.kept if aid.reponse is Reponse.OUI]
    allowed = list(every_allowed_set(aids, exclusions))
    assert tuple(kept) in allowed
    best = max(spared_in_a_year(cost, some) for some in allowed)
    assert spared_in_a_year(cost, kept) == best
    for first, other in combinations(the_best.kept, 2):
        doubtful = {first.reponse, other.reponse} == {Reponse.A_VERIFIER}
        assert doubtful or frozenset({first.rule.name, other.rule.name}) not in exclusions
    names = {aid.rule.name for aid in the_best.kept} | {
        aid.aid.rule.name for aid in the_best.left_out
    }
    assert names == {aid.rule.name for aid in aids if aid.reponse is not Reponse.NON}


def test_the_rules_given_out_say_which_exclude_which():
    book = rule_book()
    pairs = exclusions_of(book.aids(date(2026, 5, 15)))
    assert set(pairs) == {
        frozenset({"illico-solidaire", "illico-liberte-jeunes"}),
        frozenset({"aide-permis-france-travail", "permis-apprentis"}),
        frozenset({"aide-permis-france-travail", "aide-permis-region"}),
    }
    assert all(source.titre and source.url for source in pairs.values())

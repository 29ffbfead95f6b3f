"""Evaluation: three values, doubt that never makes a oui, and what is learnt never undone."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import (
    AGE,
    COMPLETE_FACTS,
    DAY,
    FACTS,
    HELD,
    LENGTH,
    MONEY,
    STATE,
    TREES,
    YES,
    leaf,
    world,
)  # fmt: skip

from traitdunion.rules.criteria import NOT_YET
from traitdunion.rules.durations import Duration
from traitdunion.rules.kleene import Truth, all_of, any_of, negation, truth
from traitdunion.rules.parameters import Operand
from traitdunion.rules.trees import (
    NEGATED,
    AllOf,
    AnyOf,
    Leaf,
    Not,
    Op,
    compared,
    evaluate,
    fold,
    last_day,
    leaf_truth,
    leaves,
    pushed,
)  # fmt: skip

FALSE, UNKNOWN, TRUE = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


def test_kleene_tables():
    assert [[all_of([a, b]) for b in Truth] for a in Truth] == [
        [FALSE, FALSE, FALSE],
        [FALSE, UNKNOWN, UNKNOWN],
        [FALSE, UNKNOWN, TRUE],
    ]
    assert [[any_of([a, b]) for b in Truth] for a in Truth] == [
        [FALSE, UNKNOWN, TRUE],
        [UNKNOWN, UNKNOWN, TRUE],
        [TRUE, TRUE, TRUE],
    ]
    assert [negation(value) for value in Truth] == [TRUE, UNKNOWN, FALSE]
    assert [truth(False), truth(None), truth(True)] == list(Truth)
    assert (all_of([]), any_of([])) == (TRUE, FALSE)


@pytest.mark.parametrize(
    ("made", "fact", "expected"),
    [
        (leaf(YES, Op.EST, True), True, TRUE),
        (leaf(YES, Op.EST, True), False, FALSE),
        (leaf(AGE, Op.AU_MOINS, Decimal(18)), Decimal(18), TRUE),
        (leaf(AGE, Op.AU_MOINS, Decimal(18)), Decimal(17), FALSE),
        (leaf(AGE, Op.PLUS_DE, Decimal(18)), Decimal(18), FALSE),
        (leaf(AGE, Op.PLUS_DE, Decimal(18)), Decimal(19), TRUE),
        (leaf(AGE, Op.AU_PLUS, Decimal(18)), Decimal(18), TRUE),
        (leaf(AGE, Op.MOINS_DE, Decimal(18)), Decimal(18), FALSE),
        (leaf(MONEY, Op.AU_PLUS, Operand("plafond")), Decimal("20.00"), TRUE),
        (leaf(MONEY, Op.AU_PLUS, Operand("plafond")), Decimal("20.01"), FALSE),
        (leaf(MONEY, Op.AU_PLUS, Operand("plafond", Decimal("1.3"))), Decimal("26"), TRUE),
        (leaf(STATE, Op.PARMI, frozenset("ab")), "b", TRUE),
        (leaf(STATE, Op.PARMI, frozenset("ab")), "c", FALSE),
        (leaf(STATE, Op.AU_MOINS, "b"), "a", FALSE),
        (leaf(STATE, Op.AU_MOINS, "b"), "c", TRUE),
        (leaf(HELD, Op.COMPREND, frozenset("xy")), frozenset("x"), TRUE),
        (leaf(HELD, Op.COMPREND, frozenset("xy")), frozenset(), FALSE),
        (leaf(HELD, Op.COMPREND_TOUS, frozenset("xy")), frozenset("x"), FALSE),
        (leaf(HELD, Op.COMPREND_TOUS, frozenset("xy")), frozenset("xy"), TRUE),
        (leaf(DAY, Op.AVANT, date(2026, 5, 15)), date(2026, 5, 14), TRUE),
        (leaf(DAY, Op.AVANT, date(2026, 5, 15)), date(2026, 5, 15), FALSE),
        # Asked on 15 May: seven days after the 8th, eight after the 7th.
        (leaf(DAY, Op.DEMANDE_DANS, Duration(7, "jours")), date(2026, 5, 8), TRUE),
        (leaf(DAY, Op.DEMANDE_DANS, Duration(7, "jours")), date(2026, 5, 7), FALSE),
        (leaf(DAY, Op.DEMANDE_DANS, Duration(7, "jours")), NOT_YET, TRUE),
        (leaf(DAY, Op.DEMANDE_AVANT), date(2026, 5, 16), TRUE),
        (leaf(DAY, Op.DEMANDE_AVANT), date(2026, 5, 15), FALSE),
        (leaf(DAY, Op.DEMANDE_AVANT), NOT_YET, TRUE),
        (leaf(DAY, Op.DEPUIS_AU_MOINS, Duration(6, "mois")), date(2025, 11, 15), TRUE),
        (leaf(DAY, Op.DEPUIS_AU_MOINS, Duration(6, "mois")), date(2025, 11, 16), FALSE),
        (leaf(DAY, Op.DEPUIS_AU_MOINS, Duration(6, "mois")), NOT_YET, FALSE),
        (leaf(LENGTH, Op.AU_MOINS, Duration(28, "jours")), Duration(27, "jours"), FALSE),
        (leaf(LENGTH, Op.AU_MOINS, Duration(28, "jours")), Duration(1, "mois"), TRUE),
        (leaf(LENGTH, Op.AU_MOINS, Duration(3, "mois")), Duration(90, "jours"), UNKNOWN),
    ],
)
def test_comparisons(made, fact, expected):
    here = world({made.criterion.name: fact})
    assert compared(made, here) is expected
    denied = leaf(made.criterion, made.op.negated, made.value)
    assert compared(denied, here) is negation(expected)
    assert compared(made, world({})) is UNKNOWN


def test_each_operator_has_its_contrary():
    assert set(NEGATED) == set(Op)
    assert all(NEGATED[NEGATED[op]] is op and NEGATED[op] is not op for op in Op)


@pytest.mark.parametrize(
    "doubtful",
    [
        leaf(YES, Op.EST, True, confiance="C"),
        leaf(YES, Op.EST, True, valid_to=date(2026, 5, 14)),
        leaf(YES, Op.EST, True, valid_from=date(2026, 5, 16)),
    ],
)
def test_what_nothing_vouches_for_is_never_true(doubtful):
    assert leaf_truth(doubtful, world({"ok": True})) is UNKNOWN
    denied = evaluate(Not(doubtful), world({"ok": False}))
    assert denied is UNKNOWN


def test_a_single_page_may_still_say_no():
    assert leaf_truth(leaf(YES, Op.EST, True, confiance="C"), world({"ok": False})) is FALSE
    out_of_date = leaf(YES, Op.EST, True, valid_to=date(2026, 5, 14))
    assert leaf_truth(out_of_date, world({"ok": False})) is UNKNOWN


def test_an_amount_that_is_not_known_leaves_the_answer_open():
    made = leaf(MONEY, Op.AU_PLUS, Operand("plafond"))
    assert leaf_truth(made, world({"paie": Decimal(10)}, date(2026, 12, 31))) is TRUE
    assert leaf_truth(made, world({"paie": Decimal(10)}, date(2027, 1, 1))) is UNKNOWN
    assert leaf_truth(made, world({"paie": Decimal(10)}, date(2025, 12, 31))) is UNKNOWN
    doubtful = leaf(MONEY, Op.AU_PLUS, Operand("douteux"))
    assert leaf_truth(doubtful, world({"paie": Decimal(10)})) is UNKNOWN
    assert leaf_truth(doubtful, world({"paie": Decimal(30)})) is FALSE


def test_the_last_day_and_the_verdict_share_one_number():
    made = leaf(DAY, Op.DEMANDE_DANS, Duration(7, "jours"))
    facts = {"jour": date(2026, 5, 15)}
    last = last_day(made, facts)
    assert last == date(2026, 5, 22)
    assert leaf_truth(made, world(facts, last)) is TRUE
    assert leaf_truth(made, world(facts, date(2026, 5, 23))) is FALSE
    before = leaf(DAY, Op.DEMANDE_AVANT)
    assert last_day(before, facts) == date(2026, 5, 14)
    assert last_day(before, {"jour": NOT_YET}) is None
    assert last_day(before, {}) is None


@given(TREES, FACTS)
def test_negations_pushed_to_the_leaves_change_nothing_where_nothing_is_in_doubt(tree, facts):
    here = world(facts)
    assert all(not isinstance(node, Not) for node in nodes(pushed(tree)))
    plain = fold(tree, lambda value: compared(value, here))
    assert fold(pushed(tree), lambda the_value: compared(the_value, here)) is plain


@given(TREES, FACTS)
def test_oui_never_rests_on_doubt(tree, facts):
    """Were every doubtful literal false, a oui would still be one."""
    here = world(facts)
    if evaluate(tree, here) is TRUE:
        sure = fold(
            pushed(tree),
            lambda value: compared(value, here) if value.is_vouched_for(here) else FALSE,
        )
        assert sure is TRUE


@given(TREES, FACTS, COMPLETE_FACTS, st.sampled_from(sorted(["ok", "age", "paie", "etat", "biens",
                                                             "jour", "duree"])))  # fmt: skip
def test_learning_a_fact_never_undoes_an_answer(tree, facts, all_facts, learnt):
    before = evaluate(tree, world(facts))
    after = evaluate(tree, world({learnt: all_facts[learnt], **facts}))
    assert before is UNKNOWN or after is before


def nodes(tree):
    if isinstance(tree, Leaf):
        return [tree]
    parts = (tree.node,) if isinstance(tree, Not) else tree.nodes
    return [tree, *(node for part in parts for node in nodes(part))]


def test_leaves_come_in_the_order_of_the_file():
    first, second, third = (leaf(AGE, Op.AU_MOINS, Decimal(i)) for i in (1, 2, 3))
    assert list(leaves(AllOf((first, Not(AnyOf((second, third))))))) == [first, second, third]

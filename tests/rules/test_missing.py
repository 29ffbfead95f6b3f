"""The fewest literals to lift a non or settle an à vérifier, against a search of every set."""

from decimal import Decimal
from itertools import combinations

from hypothesis import given, settings
from small_worlds import AGE, FACTS, HELD, TREES, YES, leaf, world

from traitdunion.rules.kleene import Truth
from traitdunion.rules.missing import to_lift, to_settle
from traitdunion.rules.trees import AllOf, AnyOf, Op, evaluate, fold, leaf_truth, leaves, pushed


def fewest(tree, here, turned, wanted):
    """Size of the smallest set of literals of a truth that, made true, gives what is wanted."""
    tree = pushed(tree)
    keys = list(dict.fromkeys(x.key for x in leaves(tree) if leaf_truth(x, here) is turned))
    for size in range(len(keys) + 1):
        for chosen in combinations(keys, size):
            if wanted(with_true(tree, here, chosen)):
                return size
    return None


def with_true(tree, here, keys):
    return fold(tree, lambda x: Truth.TRUE if x.key in keys else leaf_truth(x, here))


@settings(max_examples=300)
@given(TREES, FACTS)
def test_the_literals_that_lift_a_non_are_as_few_as_can_be(tree, facts):
    here = world(facts)
    liftable = to_lift(tree, here)
    assert all(leaf_truth(leaf, here) is Truth.FALSE for leaf in liftable)
    lifted = with_true(pushed(tree), here, {option.key for option in liftable})
    assert lifted is not Truth.FALSE
    assert len(liftable) == fewest(tree, here, Truth.FALSE, lambda x: x is not Truth.FALSE)
    assert (not liftable) == (evaluate(tree, here) is not Truth.FALSE)


@settings(max_examples=300)
@given(TREES, FACTS)
def test_the_literals_that_settle_are_as_few_as_can_be(tree, facts):
    here = world(facts)
    unsettled = to_settle(tree, here)
    size = fewest(tree, here, Truth.UNKNOWN, lambda x: x is Truth.TRUE)
    if evaluate(tree, here) is Truth.FALSE:
        assert unsettled == ()
        assert size is None
        return
    assert all(leaf_truth(leaf, here) is Truth.UNKNOWN for leaf in unsettled)
    assert with_true(pushed(tree), here, {option.key for option in unsettled}) is Truth.TRUE
    assert len(unsettled) == size


def test_of_two_ways_as_short_the_one_that_leads_to_oui():
    """Of age no (known) and wealth no (known), the branch whose other literal holds is told."""
    old, rich, kind = (
        leaf(AGE, Op.AU_MOINS, Decimal(18), line=1),
        leaf(HELD, Op.COMPREND, frozenset("x"), line=2),
        leaf(YES, Op.EST, True, line=3),
    )
    unknown = leaf(AGE, Op.AU_PLUS, Decimal(60), line=4)
    tree = AnyOf((AllOf((kind, unknown)), rich))
    here = world({"ok": False, "biens": frozenset()})
    assert to_lift(tree, here) == (rich,)
    assert to_lift(AllOf((old, tree)), world({"age": Decimal(17), "ok": True})) == (old,)


def test_a_literal_said_twice_counts_once():
    twice = leaf(YES, Op.EST, True)
    other = leaf(AGE, Op.AU_MOINS, Decimal(18))
    tree = AllOf((AnyOf((other, twice)), AnyOf((leaf(HELD, Op.COMPREND, frozenset("x")), twice))))
    assert to_settle(tree, world({})) == (twice,)

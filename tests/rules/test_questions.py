"""The next question is the one that tells most; exact where no criterion comes twice."""

from datetime import date
from decimal import Decimal
from itertools import product
from math import isclose, log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import AGE, CRITERIA, FACTS, HELD, LEAVES, STATE, TREES, YES, leaf, world

from traitdunion.rules.kleene import Truth
from traitdunion.rules.questions import MOST, cells, next_questions
from traitdunion.rules.reading import rule_book
from traitdunion.rules.trees import AllOf, AnyOf, Op, evaluate, leaves, pushed

OF_AGE = leaf(AGE, Op.AU_MOINS, Decimal(18))
IN_STATE_A = leaf(STATE, Op.EST, "a")
OK = leaf(YES, Op.EST, True)


def asked(trees, facts=None, **more):
    return [
        next_question.criterion.name
        for next_question in next_questions(trees, world(facts or {}), CRITERIA, **more)
    ]


def bits(*shares):
    return -sum(share * log2(share) for share in shares if share)


def test_gain_by_hand():
    """Ok (1/2) and state A (1/3): oui in 1/6. Yes to ok leaves 1/3, no leaves nothing open;
    state A leaves 1/2, the two other states nothing."""
    by_key = {
        next_question.criterion.name: next_question.gain
        for next_question in next_questions([AllOf((OK, IN_STATE_A))], world({}), CRITERIA)
    }
    assert isclose(by_key["ok"], bits(1 / 6, 5 / 6) - bits(1 / 3, 2 / 3) / 2)
    assert isclose(by_key["etat"], bits(1 / 6, 5 / 6) - bits(1 / 2, 1 / 2) / 3)


def test_one_question_that_settles_three_rules_comes_before_one_that_settles_one():
    assert asked([OF_AGE, OF_AGE, OF_AGE, OK]) == ["age", "ok"]


def test_what_is_known_settled_or_skipped_is_not_asked():
    both = AllOf((OK, OF_AGE))
    assert asked([both], {"ok": True}) == ["age"]
    assert asked([both], {"ok": False}) == []
    assert asked([both], skipped=frozenset({"ok"})) == ["age"]
    assert asked([both], {"age": Decimal(18)}, skipped=frozenset({"ok"})) == []


def test_a_question_that_cannot_change_any_answer_is_not_asked():
    """Were it true, doubt (confidence C) would still keep the whole from oui or non."""
    doubtful = leaf(YES, Op.EST, True, confiance="C")
    useless = AnyOf((AllOf((OF_AGE, doubtful)), doubtful))
    assert "age" not in asked([useless], {"ok": True})


def test_eight_questions_at_most():
    book = rule_book()
    trees = [rule.conditions for rule in book.aids(date(2026, 5, 15))]
    here = book.world({}, date(2026, 5, 15))
    questions = next_questions(trees, here, book.criteria)
    assert len(questions) == MOST == 8
    assert [question.gain for question in questions] == sorted(
        (question.gain for question in questions), reverse=True
    )
    assert len(next_questions(trees, here, book.criteria, asked=6)) == 2
    assert next_questions(trees, here, book.criteria, asked=9) == []


def test_nobody_is_asked_for_a_place_nor_for_what_may_not_be_asked():
    book = rule_book()
    trees = [rule.conditions for name in book.rules for rule in book.rules[name]]
    names = {
        next_question.criterion.name
        for asked_before in range(8)
        for next_question in next_questions(
            trees, book.world({}, date(2026, 5, 15)), book.criteria, asked=asked_before
        )
    }
    assert not names & {"residence", "demande_le", "permis_detention_judiciaire"}


@pytest.mark.parametrize("on", [date(2026, 5, 15), date(2026, 11, 25)])
def test_je_ne_sais_pas_to_everything_ends(on):
    """Skipping every question asked, one comes to the end in at most eight."""
    book = rule_book()
    trees = [rule.conditions for rule in book.aids(on)]
    skipped = frozenset()
    for asked_before in range(MOST):
        questions = next_questions(
            trees, book.world({}, on), book.criteria, skipped=skipped, asked=asked_before
        )
        assert questions[0].criterion.name not in skipped
        skipped |= {questions[0].criterion.name}
    assert next_questions(trees, book.world({}, on), book.criteria, skipped=skipped, asked=8) == []


def once_each(tree):
    names = [leaf.criterion.name for leaf in leaves(tree)]
    return len(names) == len(set(names))


@settings(max_examples=150)
@given(TREES.filter(once_each), FACTS)
def test_gain_is_the_mutual_information_of_every_possible_person(tree, facts):
    """Counted over every combination of answers, all equally likely."""
    here = world(facts)
    used = {}
    for tried in leaves(pushed(tree)):
        used.setdefault(tried.criterion.name, []).append(tried)
    options = {
        name: list(cells(CRITERIA[name], of, here))
        for name, of in used.items()
        if name not in facts
    }
    people = [dict(zip(options, answers, strict=True)) for answers in product(*options.values())]
    outcomes = [(person, evaluate(tree, world({**facts, **person}))) for person in people]
    by_key = {
        next_question.criterion.name: next_question.gain
        for next_question in next_questions([tree], here, CRITERIA)
    }
    if evaluate(tree, here) is not Truth.UNKNOWN:
        assert by_key == {}
        return
    for name in options:
        expected = entropy([value for _, value in outcomes]) - sum(
            entropy([value for person, value in outcomes if person[name] == answer])
            for answer in options[name]
        ) / len(options[name])
        assert isclose(by_key.get(name, 0.0), expected, abs_tol=1e-9)


def entropy(values):
    return bits(*(values.count(value) / len(values) for value in Truth))


@given(st.lists(LEAVES, min_size=1, max_size=4), FACTS)
def test_every_cell_is_told_apart_by_some_leaf_or_is_the_only_one(drawn, facts):
    for reference in drawn:
        answers = list(cells(reference.criterion, [reference], world(facts)))
        assert answers
        if reference.criterion is HELD:
            assert frozenset() in answers

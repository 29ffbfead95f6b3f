"""An immersion is checked before it is proposed: post, length, what was done before."""

from datetime import date

import pytest

from traitdunion.employers.immersion import (
    Agreement,
    Answer,
    Post,
    Purpose,
    check_immersion,
)

START = date(2026, 3, 2)
ASKED = Agreement(START, date(2026, 3, 13), Purpose.DISCOVER)


def worst(*agreement, post=Post.OBSERVED, before=()):
    return check_immersion(*agreement, post=post, before=before)[0]


@pytest.mark.parametrize("post", [Post.PERMANENT, Post.SURGE, Post.SEASONAL, Post.REPLACEMENT])
def test_no_immersion_holds_a_post(post):
    assert worst(ASKED, post=post).answer is Answer.NO
    assert worst(ASKED, post=post).article == "L5135-7"


def test_what_nobody_knows_is_to_be_checked():
    assert worst(ASKED).answer is Answer.YES
    assert worst(ASKED, post=None).answer is Answer.TO_CHECK
    assert worst(ASKED, before=None).answer is Answer.TO_CHECK


@pytest.mark.parametrize(
    ("start", "end", "answer"),
    [
        (date(2026, 3, 2), date(2026, 4, 1), Answer.YES),
        (date(2026, 3, 2), date(2026, 4, 2), Answer.NO),
        (date(2026, 1, 31), date(2026, 2, 27), Answer.YES),
        (date(2026, 1, 31), date(2026, 2, 28), Answer.NO),
        (date(2026, 3, 2), date(2026, 3, 1), Answer.NO),
    ],
)
def test_a_month_at_most(start, end, answer):
    assert worst(Agreement(start, end, Purpose.DISCOVER)).answer is answer


def test_sixty_days_in_twelve_months_with_what_went_before():
    first = Agreement(date(2025, 11, 1), date(2025, 11, 30), Purpose.CONFIRM)
    last = Agreement(date(2026, 3, 2), date(2026, 3, 31), Purpose.DISCOVER)
    assert worst(last, before=[first]).answer is Answer.YES  # 30 + 30
    longer = Agreement(date(2026, 3, 2), date(2026, 4, 1), Purpose.DISCOVER)
    assert worst(longer, before=[first]).answer is Answer.NO


def test_of_an_agreement_begun_before_the_year_the_days_within_it_count():
    """The year before 30 March 2026 begins on 31 March 2025: of 60 days, 30 are within it."""
    straddling = Agreement(date(2025, 3, 1), date(2025, 4, 29), Purpose.CONFIRM)
    asked = Agreement(date(2026, 3, 1), date(2026, 3, 30), Purpose.DISCOVER)
    (total,) = [f for f in check_immersion(asked, post=Post.OBSERVED, before=[straddling])
                if "douze mois, 60" in f.text]  # fmt: skip
    assert (total.answer, total.text[:8]) == (Answer.YES, "60 jours")
    later = Agreement(date(2025, 3, 1), date(2025, 4, 30), Purpose.CONFIRM)
    assert worst(asked, before=[later]).answer is Answer.NO


def test_two_agreements_with_different_purposes_and_no_third():
    same = Agreement(date(2025, 10, 1), date(2025, 10, 10), Purpose.DISCOVER)
    other = Agreement(date(2025, 12, 1), date(2025, 12, 10), Purpose.CONFIRM)
    assert worst(ASKED, before=[same]).answer is Answer.TO_CHECK
    assert worst(ASKED, before=[other]).answer is Answer.YES
    assert worst(ASKED, before=[same, other]).answer is Answer.NO


def test_what_ended_a_year_ago_counts_no_more():
    old = Agreement(date(2025, 2, 20), date(2025, 3, 13), Purpose.DISCOVER)
    younger = Agreement(date(2025, 2, 20), date(2025, 3, 14), Purpose.DISCOVER)
    assert worst(ASKED, before=[old]).answer is Answer.YES
    assert worst(ASKED, before=[younger]).answer is Answer.TO_CHECK


def test_one_renewal_of_the_same_purpose():
    first = Agreement(date(2026, 2, 2), date(2026, 2, 13), Purpose.DISCOVER)
    again = Agreement(START, ASKED.ends_on, Purpose.DISCOVER, renews=True)
    assert worst(again, before=[first]).answer is Answer.TO_CHECK
    assert worst(again, before=[]).answer is Answer.NO
    renewed = Agreement(date(2026, 2, 16), date(2026, 2, 20), Purpose.DISCOVER, renews=True)
    assert worst(again, before=[first, renewed]).answer is Answer.NO

"""Agreement by declared college, from the counts that are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.cooperation.sessions.agreement import Tally, agreement
from traitdunion.disclosure import K


def test_the_least_group_is_told_beside_the_product():
    # Shown: 33, then 44, both of 77 to 87. At least (33+1)/(87+2) and (44+1)/(87+2).
    agreed = agreement({"État": Tally(40, 23, 15), "Employeurs": Tally(45, 12, 28)})
    assert agreed.consensus == pytest.approx(34 / 89 * 45 / 89)
    assert (agreed.least, agreed.min_g) == ("État", pytest.approx(34 / 89))


def test_a_vote_changes_no_share_unless_it_changes_a_count_that_is_shown():
    """Computed on the votes, the shares gave a ballot away: (A + 1) / (S + 2), before and after."""
    before, after = (agreement({"État": Tally(40 + n, 23, 15)}) for n in (0, 1))
    assert before.groups["État"].shown == after.groups["État"].shown
    assert (before.consensus, before.min_g) == (after.consensus, after.min_g)
    # Three of twenty agree: the count is hidden, and no share gives it back.
    few = agreement({"État": Tally(3, 17)})
    assert (few.consensus, few.min_g, few.least) == (None, None, "")


def test_a_college_under_eleven_voters_counts_in_nothing():
    alone = agreement({"État": Tally(8, 3)})
    with_few = agreement({"État": Tally(8, 3), "Syndicats": Tally(0, 10)})
    assert with_few.hidden == ("Syndicats",)
    assert (with_few.groups, with_few.consensus, with_few.min_g) == (
        alone.groups,
        alone.consensus,
        alone.min_g,
    )


def test_nothing_is_shown_where_no_college_has_eleven_voters():
    assert agreement({"État": Tally(10), "Syndicats": Tally(5, 5)}) is None
    assert agreement({}) is None


def test_the_votes_of_a_college_move_by_eleven():
    # 25 agree, 12 disagree, 2 pass: 39 in all, 33 to 43. At most 43 - 22 - 11 = 10 would pass.
    shown = Tally(25, 12, 2).shown
    assert shown["passed"] is None
    assert set(shown.values()) == {33, 22, None}


counts = st.integers(0, 40)


@given(st.dictionaries(st.sampled_from("abcdef"), st.builds(Tally, counts, counts, counts)))
def test_what_is_shown_stays_within_bounds_whatever_the_votes(tallies):
    agreed = agreement(tallies)
    if agreed is None:
        assert all(tally.seen < K for tally in tallies.values())
        return
    assert all(tally.seen >= K for tally in agreed.groups.values())
    if agreed.consensus is not None:
        assert 0 < agreed.consensus <= agreed.min_g < 1
    assert set(agreed.hidden).isdisjoint(agreed.groups)

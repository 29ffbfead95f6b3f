"""Agreement by declared college, against the vector computed apart with `red-dwarf` 0.4.0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.cooperation.agreement import Tally, agreement, consensus, dissensus

# Columns of the vector of domain-cooperation 1.4: two groups of four people, four ideas.
VECTOR = {
    "a": [[1, 1, -1, 1], [1, 1, -1, None], [1, 1, -1, 1], [1, 0, -1, 1]],
    "b": [[1, -1, 1, 1], [1, -1, 1, None], [1, -1, 1, -1], [None, -1, 1, 1]],
}


def tally(votes):
    return Tally(*(sum(v == kind for v in votes) for kind in (1, -1, 0)))


def column(n):
    return {group: tally([row[n] for row in rows]) for group, rows in VECTOR.items()}


@pytest.mark.parametrize(
    ("idea", "agree", "disagree"),
    [
        (0, 0.666667, 0.033333),
        (1, 0.111111, 0.138889),
        (2, 0.138889, 0.138889),
        (3, 0.480000, 0.080000),
    ],
)
def test_equals_the_vector_of_the_peer(idea, agree, disagree):
    assert consensus(column(idea)) == pytest.approx(agree, abs=5e-7)
    assert dissensus(column(idea)) == pytest.approx(disagree, abs=5e-7)


def test_the_least_group_is_told_beside_the_product():
    # (8+1)/(10+2) = 0.75 and (2+1)/(5+2) = 3/7: the product is 9/28.
    found = agreement({"État": Tally(8, 2), "Employeurs": Tally(2, 2, 1)})
    assert found.consensus == pytest.approx(9 / 28)
    assert (found.least, found.min_g) == ("Employeurs", pytest.approx(3 / 7))


def test_a_college_under_five_voters_counts_in_nothing():
    alone = agreement({"État": Tally(8, 2)})
    with_few = agreement({"État": Tally(8, 2), "Syndicats": Tally(0, 4)})
    assert with_few.hidden == ("Syndicats",)
    assert (with_few.groups, with_few.consensus, with_few.min_g) == (
        alone.groups,
        alone.consensus,
        alone.min_g,
    )


def test_nothing_is_shown_where_no_college_has_five_voters():
    assert agreement({"État": Tally(4), "Syndicats": Tally(2, 2)}) is None
    assert agreement({}) is None


counts = st.integers(0, 40)


@given(st.dictionaries(st.sampled_from("abcdef"), st.builds(Tally, counts, counts, counts)))
def test_what_is_shown_stays_within_bounds_whatever_the_votes(tallies):
    found = agreement(tallies)
    if found is None:
        assert all(tally.seen < 5 for tally in tallies.values())
        return
    assert all(tally.seen >= 5 for tally in found.groups.values())
    assert 0 < found.consensus <= found.min_g < 1
    assert set(found.hidden).isdisjoint(found.groups)

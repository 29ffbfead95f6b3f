"""Votes, proxies and quorum of the committees: the vectors of the law, and their properties."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.cooperation.committees.deliberation import (
    Attendance,
    Ballot,
    Convocation,
    Seat,
    count_votes,
    may_deliberate,
    quorum,
    refused_proxies,
)
from traitdunion.cooperation.committees.rules import (
    RuleNotInForce,
    all_rules,
    rule_named,
    value_of,
)
from traitdunion.cooperation.committees.vote_shares import (
    CdpeVotes,
    CleVotes,
    TiedAverages,
    employers_shares,
    highest_averages,
)
from traitdunion.cooperation.enums import College

ON = date(2026, 11, 24)
PREFET = Seat("prefet", College.ETAT, 1, presides=True, casting=True)
SEATS = [
    PREFET,
    Seat("cd", College.DEPARTEMENT, 1, presides=True),
    Seat("etat", College.ETAT, 10),
    Seat("dep1", College.DEPARTEMENT, 3),
    Seat("dep2", College.DEPARTEMENT, 2),
    Seat("region", College.REGION, 2),
    Seat("maire", College.COMMUNES, 3),
    Seat("cgt", College.SYNDICATS, 3),
    Seat("cfdt", College.SYNDICATS, 2),
    Seat("medef", College.EMPLOYEURS, 5),
    Seat("ft", College.FRANCE_TRAVAIL, 1),
]


def fractions(**numbers):
    return {name: Fraction(number) for name, number in numbers.items()}


def test_every_rule_tells_its_article_its_day_and_its_confidence():
    rules = all_rules(on=ON)
    assert len(rules) == 17
    assert all(rule.article.startswith(("R5311-", "CRPA R133-")) for rule in rules)
    assert [rule.name for rule in rules if not rule.is_sure] == [
        "mandats_par_membre",
        "delai_de_convocation_jours",
        "siege_sans_mandat_en_cours",
        "groupe_des_mandats",
        "voix_preponderante_en_personne",
    ]
    assert rule_named("quorum", on=ON).valid_from == date(2024, 7, 1)


def test_the_rules_begin_on_the_first_of_july_2024():
    assert value_of("quorum", on=date(2024, 7, 1)) == Fraction(1, 2)
    with pytest.raises(RuleNotInForce, match=r"R5311-40.*30/06/2024"):
        value_of("quorum", on=date(2024, 6, 30))


def test_unions_share_their_votes_by_the_highest_averages():
    # 30, 25, 20, 15 take one each; then 30/2 = 15 equals D's 15: both are served, no vote is left.
    shares = {
        "A": Fraction(30),
        "B": Fraction(25),
        "C": Fraction(20),
        "D": Fraction(15),
        "E": Fraction(10),
    }
    assert highest_averages(shares, 5) == {"A": 2, "B": 1, "C": 1, "D": 1, "E": 0}


def test_a_tie_for_the_last_vote_is_told_and_not_drawn():
    with pytest.raises(TiedAverages, match="A, D ont la même moyenne"):
        highest_averages(
            {"A": Fraction(30), "B": Fraction(25), "C": Fraction(20), "D": Fraction(15)}, 4
        )


def test_employers_weigh_by_firms_and_by_employees():
    weights = employers_shares(
        {"X": Fraction("0.30"), "Y": Fraction("0.50"), "Z": Fraction("0.20")},
        {"X": Fraction("0.65"), "Y": Fraction("0.25"), "Z": Fraction("0.10")},
        on=ON,
    )
    assert weights == {"X": Fraction("0.545"), "Y": Fraction("0.325"), "Z": Fraction("0.13")}
    assert highest_averages(weights, 5) == {"X": 3, "Y": 2, "Z": 0}


@given(
    st.dictionaries(st.sampled_from("abcdefg"), st.integers(1, 1000), min_size=1),
    st.integers(0, 30),
)
def test_votes_shared_sum_to_the_votes_given_and_keep_the_order(shares, n_votes):
    try:
        votes = highest_averages({name: Fraction(share) for name, share in shares.items()}, n_votes)
    except TiedAverages:
        return
    assert sum(votes.values()) == n_votes
    assert all(votes[a] >= votes[b] for a in shares for b in shares if shares[a] > shares[b])
    # What D'Hondt means: no vote would be worth more elsewhere.
    for a in shares:
        for b in shares:
            assert votes[a] == 0 or Fraction(shares[a], votes[a]) >= Fraction(
                shares[b], votes[b] + 1
            )


def test_a_sound_distribution_breaks_no_rule():
    assert CdpeVotes(10, 2, 5, 3, 5, 5).broken(on=ON) == []
    assert CleVotes(8, 2, 2, 3, 1).broken(on=ON) == []


@pytest.mark.parametrize(
    ("votes", "articles"),
    [
        (CdpeVotes(9, 2, 5, 3, 5, 5), ["R5311-38, 1°", "R5311-38, 1°"]),
        (CdpeVotes(10, 2, 5, 3, 6, 4), ["R5311-38, 2°"]),
        (CdpeVotes(10, 3, 4, 3, 5, 5), ["R5311-38, 5°"]),
        (CleVotes(8, 3, 2, 3, 0), ["R5311-39, 2°"]),
        (CleVotes(7, 2, 2, 3, 1), ["R5311-39, 1°"]),
    ],
)
def test_each_broken_rule_is_told_with_its_article(votes, articles):
    assert [rule.article for rule in votes.broken(on=ON)] == articles


def there(*keys, substitutes=(), **proxies):
    return Attendance(frozenset(keys), frozenset(substitutes), proxies)


def test_quorum_counts_heads_of_voting_members_only():
    # Ten seats vote: five are needed; France Travail counts in neither.
    counted = quorum(SEATS, there("prefet", "cd", "etat", "maire", "ft"), on=ON)
    assert (counted.counted, counted.n_voting, counted.least, counted.is_met) == (4, 10, 5, False)
    assert quorum(SEATS, there("prefet", "cd", "etat", "maire", "cgt"), on=ON).is_met


def test_a_substitute_counts_once_beside_the_member():
    counted = quorum(SEATS, there("cgt", "etat", substitutes=["cgt", "maire"]), on=ON)
    assert counted.counted == 3


def test_a_proxy_within_the_college_counts_and_one_across_colleges_is_refused():
    attendance = there("cgt", "medef", cfdt="cgt", dep1="medef")
    assert refused_proxies(SEATS, attendance, on=ON) == [
        ("dep1", "le mandat se donne à un membre du même collège (R5311-43)")
    ]
    assert quorum(SEATS, attendance, on=ON).counted == 3


@pytest.mark.parametrize(
    ("attendance", "why"),
    [
        (there("cgt", "cfdt", cfdt="cgt"), "le titulaire est présent"),
        (there("cgt", substitutes=["cfdt"], cfdt="cgt"), "son suppléant siège"),
        (there("medef", cfdt="cgt"), "n'est pas là"),
        (there("cgt", rien="cgt"), "siège inconnu"),
    ],
)
def test_other_proxies_that_the_text_does_not_allow(attendance, why):
    ((_, refused_proxy),) = refused_proxies(SEATS, attendance, on=ON)
    assert why in refused_proxy


def test_the_second_notice_needs_the_same_agenda_and_to_say_that_no_quorum_is_asked():
    few = quorum(SEATS, there("prefet"), on=ON)
    first = Convocation(("feuille de route",))
    assert not may_deliberate(few, first=first)
    assert may_deliberate(few, first=first, second=Convocation(first.agenda, no_quorum_told=True))
    assert not may_deliberate(few, first=first, second=Convocation(first.agenda))
    assert not may_deliberate(
        few, first=first, second=Convocation(("autre chose",), no_quorum_told=True)
    )


EVERYBODY = there(*(seat.key for seat in SEATS))


def ballots(**said):
    return {key: Ballot(text) for key, text in said.items()}


def test_votes_are_weighted_and_abstentions_are_not_cast():
    result = count_votes(
        SEATS, ballots(etat="abstention", medef="pour", cgt="contre", ft="contre"), EVERYBODY, on=ON
    )
    assert (result.votes_for, result.votes_against, result.abstentions) == (5, 3, 10)
    assert result.adopted
    assert not result.by_casting_vote


def test_a_tie_is_resolved_by_the_president_of_the_state():
    # 1 + 2 for (préfet, cfdt), 3 against (cgt).
    tied = count_votes(SEATS, ballots(prefet="pour", cfdt="pour", cgt="contre"), EVERYBODY, on=ON)
    assert (tied.votes_for, tied.votes_against) == (3, 3)
    assert tied.adopted
    assert tied.by_casting_vote
    other = count_votes(
        SEATS, ballots(prefet="contre", cfdt="contre", cgt="pour"), EVERYBODY, on=ON
    )
    assert other.adopted is False
    assert other.by_casting_vote


def test_a_tie_stays_one_where_the_casting_vote_is_not_used():
    result = count_votes(SEATS, ballots(cgt="contre", dep1="pour"), EVERYBODY, on=ON)
    assert result.adopted is None
    assert not result.by_casting_vote


def test_a_refused_proxy_does_not_vote():
    attendance = there("cgt", "medef", cfdt="cgt", dep1="medef")
    result = count_votes(
        SEATS, ballots(cgt="pour", cfdt="pour", medef="contre", dep1="contre"), attendance, on=ON
    )
    assert (result.votes_for, result.votes_against) == (5, 5)

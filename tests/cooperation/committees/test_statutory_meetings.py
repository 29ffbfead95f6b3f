"""Statutory meetings as they are kept: mandates, notices, quorum, proxies, votes, minutes."""

from datetime import UTC, date, datetime, time
from fractions import Fraction
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.cooperation.committee_cases import MANDATE, committee, meeting
from traitdunion.cooperation.committees import operations
from traitdunion.cooperation.committees import queries as committees
from traitdunion.cooperation.committees.deliberation import (
    Attendance,
    Ballot,
    Seat,
    count_votes,
    quorum,
    refused_proxies,
)
from traitdunion.cooperation.enums import College, Visibilite
from traitdunion.cooperation.models.committees import (
    Choix,
    Membre,
    Occupant,
    Presence,
    ProcesVerbal,
    Scrutin,
)
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap.operations import create_action

ON = date(2026, 6, 12)
T, S = Occupant.TITULAIRE, Occupant.SUPPLEANT


@pytest.fixture
def cdpe(half_day, now):
    return committee(half_day, now)


@pytest.fixture
def held(cdpe):
    return meeting(cdpe)


def attend(cdpe, held, *keys, substitutes=(), now=None, **proxies):
    members = cdpe.members
    came = [(members[key], T, False) for key in keys]
    came += [(members[key], S, True) for key in substitutes]
    given = {members[giver]: members[holder] for giver, holder in proxies.items()}
    operations.note_attendance(
        by=cdpe.by, meeting=held, came=came, proxies=given, now=now or cdpe.now
    )


def ballots_of(cdpe, **chosen):
    return {cdpe.members[key]: Choix(choix) for key, choix in chosen.items()}


def vote(cdpe, held, now=None, action=None, **chosen):
    return operations.record_vote(
        by=cdpe.by, meeting=held, question="Adopter ?", ballots=ballots_of(cdpe, **chosen),
        action=action, now=now or cdpe.now,
    )  # fmt: skip


# -- composition and mandates ------------------------------------------


def test_a_composition_that_keeps_the_rules_breaks_none(cdpe):
    assert committees.broken_rules(cdpe.instance, ON) == []


def test_a_vote_too_many_is_told_with_its_article(cdpe):
    Membre.objects.filter(pk=cdpe.etat.pk).update(voix=11)
    assert [rule.article for rule in committees.broken_rules(cdpe.instance, ON)] == [
        "R5311-38, 1°",
        "R5311-38, 1°",
    ]


def test_twenty_seven_members_are_allowed_and_twenty_eight_are_told(cdpe):
    # Eight are there; multiprofessional employers have no vote, so the votes stay as they are.
    for n in range(19):
        add(cdpe, college="employeurs_multiprofessionnels", siege=f"multi {n}", **MANDATE)
    assert committees.broken_rules(cdpe.instance, ON) == []
    add(cdpe, college="employeurs_multiprofessionnels", siege="de trop", **MANDATE)
    assert [rule.article for rule in committees.broken_rules(cdpe.instance, ON)] == ["R5311-24"]


def add(cdpe, **fields):
    return operations.seat(
        by=cdpe.by, instance=cdpe.instance, now=cdpe.now, titulaire="Ana", **fields
    )


def test_a_mandate_runs_three_years_at_most(cdpe):
    fields = {"college": "region", "siege": "r", "mandat_du": date(2026, 1, 15)}
    with pytest.raises(CooperationError, match=r"3 ans.*R5311-36.*15/01/2029"):
        add(cdpe, **fields, mandat_au=date(2029, 1, 16))
    with pytest.raises(CooperationError, match="3 ans"):
        add(cdpe, **fields)
    assert add(cdpe, **fields, mandat_au=date(2029, 1, 15)).pk


def test_a_mandate_counts_from_its_first_day_to_its_last(cdpe):
    assert [
        cdpe.etat.sits_on(on)
        for on in (date(2025, 1, 14), date(2025, 1, 15), date(2028, 1, 15), date(2028, 1, 16))
    ] == [False, True, True, False]
    assert cdpe.prefet.sits_on(date(2040, 1, 1))


def test_mandates_ending_within_three_months_are_told_first_to_end_first(cdpe):
    Membre.objects.filter(pk=cdpe.cgt.pk).update(mandat_au=date(2026, 6, 1))
    Membre.objects.filter(pk=cdpe.maire.pk).update(mandat_au=date(2026, 9, 10))
    Membre.objects.filter(pk=cdpe.dep1.pk).update(mandat_au=date(2026, 9, 11))
    mandates = committees.mandates_ending(list(cdpe.instance.membres.all()), ON)
    assert mandates == [cdpe.cgt, cdpe.maire]


def test_only_the_president_of_the_state_has_the_casting_vote(cdpe):
    with pytest.raises(CooperationError, match="membre_casting_vote_is_of_the_state"):
        add(cdpe, college="region", siege="r", preside=True, preponderante=True)
    with pytest.raises(CooperationError, match="membre_one_casting_vote"):
        add(cdpe, college="etat", siege="e", preside=True, preponderante=True)


# -- notice ------------------------------------------


@pytest.mark.parametrize(
    ("called", "urgent", "in_order"),
    [
        (date(2026, 6, 7), "", True),
        (date(2026, 6, 8), "", False),
        (date(2026, 6, 8), "Fermeture d'un site", True),
        (None, "", False),
    ],
)
def test_a_notice_leaves_five_days_before_but_when_it_is_urgent(cdpe, called, urgent, in_order):
    notice = committees.notice_of(meeting(cdpe, convoquee_le=called, urgence=urgent))
    assert notice.in_order is in_order
    assert not notice.rule.is_sure


def test_a_notice_without_agenda_is_refused(cdpe):
    with pytest.raises(CooperationError, match="ordre du jour"):
        meeting(cdpe, ordre_du_jour=" \n ")


# -- presence, proxies, quorum ------------------------------------------


def test_the_quorum_tells_its_formula_and_its_article(cdpe, held):
    attend(cdpe, held, "prefet", "cd", "etat", "maire", "ft")
    counted = committees.quorum_of(held)
    assert counted.formula == (
        "1/2 × 10 membres ayant voix délibérative, arrondi au-dessus = 5. "
        "Présents ou représentés : 4."
    )
    assert (counted.rule.article, counted.deliberates) == ("R5311-40", False)
    attend(cdpe, held, "prefet", "cd", "etat", "maire", "cgt")
    assert committees.quorum_of(held).deliberates


def test_a_seat_without_mandate_that_day_counts_nowhere(cdpe, held):
    Membre.objects.filter(pk=cdpe.cgt.pk).update(mandat_au=date(2026, 6, 11))
    attend(cdpe, held, "prefet")
    assert committees.quorum_of(held).quorum.n_voting == 9
    with pytest.raises(CooperationError, match=r"Sans mandat ce jour-là.*cgt"):
        attend(cdpe, held, "prefet", "cgt")


def test_a_member_and_the_substitute_count_once(cdpe, held):
    attend(cdpe, held, "cgt", substitutes=["cgt", "maire"])
    assert committees.quorum_of(held).quorum.counted == 2
    assert held.presences.count() == 3
    assert [seat.siege for seat in committees.voters(held)] == ["maire", "cgt"]


def test_a_substitute_nobody_named_does_not_sit(cdpe, held):
    with pytest.raises(CooperationError, match="Aucun suppléant n'est nommé pour prefet"):
        attend(cdpe, held, substitutes=["prefet"])


def test_a_proxy_across_colleges_is_refused_and_nothing_is_kept(cdpe, held):
    attend(cdpe, held, "cgt")
    with pytest.raises(CooperationError, match=r"Pouvoir de dep1 : .*même collège \(R5311-43\)"):
        attend(cdpe, held, "cgt", "medef", cfdt="cgt", dep1="medef")
    assert (held.presences.count(), held.pouvoirs.count()) == (1, 0)


def test_a_proxy_inside_the_college_counts_and_votes(cdpe, held):
    attend(cdpe, held, "prefet", "cd", "etat", "cgt", cfdt="cgt")
    assert committees.quorum_of(held).deliberates
    result = committees.result_of(vote(cdpe, held, cgt="pour", cfdt="pour", cd="contre"))
    assert (result.votes_for, result.votes_against) == (5, 1)


def test_attendance_noted_again_replaces_what_was_noted(cdpe, held):
    attend(cdpe, held, "prefet", "cgt", cfdt="cgt")
    attend(cdpe, held, "prefet", "cd", "etat", "cgt", "medef")
    assert (held.presences.count(), held.pouvoirs.count()) == (5, 0)


def test_a_vote_counts_who_was_there_when_it_was_taken(cdpe, held):
    """Five of ten there; the maire comes (6), then four leave: the third vote has no quorum."""
    attend(cdpe, held, "prefet", "cd", "etat", "cgt", "medef")
    first = vote(cdpe, held, cgt="pour", medef="contre", prefet="contre")
    attend(cdpe, held, "prefet", "cd", "etat", "cgt", "medef", "maire")
    second = vote(cdpe, held, maire="pour", cgt="pour", medef="contre")
    attend(cdpe, held, "prefet", "maire")
    assert [committees.quorum_at(each_held).counted for each_held in (first, second)] == [5, 6]
    assert committees.result_of(first).votes_against == 6  # medef 5, prefet 1
    with pytest.raises(CooperationError, match="quorum n'est pas atteint"):
        vote(cdpe, held, maire="pour")
    lines = committees.record_in_words(held).splitlines()
    assert "Arrivée : maire." in lines
    assert "représentés : 5 sur 10." in next(line for line in lines if line.startswith("Vote"))


def test_communes_and_their_groupings_are_one_category_in_a_departmental_committee(cdpe, held):
    add(cdpe, college="epci", siege="agglo", voix=1, **MANDATE)
    cdpe.members["agglo"] = Membre.objects.get(siege="agglo")
    attend(cdpe, held, "maire", agglo="maire")
    assert held.pouvoirs.get().donne_par.siege == "agglo"


def test_communes_and_epci_are_two_categories_in_a_local_committee():
    seats = [Seat("a", College.EPCI), Seat("b", College.COMMUNES)]
    there = Attendance(members=frozenset({"b"}), proxies={"a": "b"})
    assert [giver for giver, _ in refused_proxies(seats, there, on=ON)] == ["a"]


def test_nothing_is_noted_of_a_meeting_still_to_come(cdpe):
    tomorrow = meeting(cdpe, tenue_le=date(2026, 6, 20), convoquee_le=date(2026, 6, 12))
    with pytest.raises(CooperationError, match="La réunion est le 20 juin 2026"):
        attend(cdpe, tomorrow, "prefet")
    with pytest.raises(CooperationError, match="La réunion est le 20 juin 2026"):
        vote(cdpe, tomorrow, prefet="pour")


# -- second notice ------------------------------------------


LATER = datetime(2026, 6, 26, 7, tzinfo=UTC)


def again(cdpe, held, on=date(2026, 6, 26)):
    return operations.call_again(
        by=cdpe.by, first=held, now=cdpe.now, tenue_le=on, heure=time(9),
        convoquee_le=date(2026, 6, 15),
    )  # fmt: skip


def test_the_second_meeting_deliberates_without_quorum(cdpe, held):
    attend(cdpe, held, "prefet")
    with pytest.raises(CooperationError, match=r"convoquer de nouveau.*R5311-40"):
        vote(cdpe, held, prefet="pour")
    second = again(cdpe, held)
    assert (second.points, second.sans_quorum_annonce) == (held.points, True)
    attend(cdpe, second, "prefet", now=LATER)
    counted = committees.quorum_of(second)
    assert (counted.quorum.is_met, counted.deliberates) == (False, True)
    assert committees.notice_of(second).in_order
    assert committees.result_of(vote(cdpe, second, prefet="pour", now=LATER)).adopted


def test_a_second_meeting_is_called_once_the_first_has_failed_and_not_before(cdpe):
    coming = meeting(cdpe, tenue_le=date(2026, 6, 20), convoquee_le=date(2026, 6, 12))
    with pytest.raises(CooperationError, match="pas encore eu lieu"):
        again(cdpe, coming)
    held = meeting(cdpe)
    with pytest.raises(CooperationError, match="Notez d'abord les présences"):
        again(cdpe, held)
    attend(cdpe, held)
    assert again(cdpe, held).premiere == held


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ordre_du_jour": "Autre chose"}, "n'est pas celui de la première"),
        ({"sans_quorum_annonce": False}, "aucun quorum ne sera exigé"),
    ],
)
def test_a_second_notice_that_lacks_something_asks_for_the_quorum(cdpe, held, changed, why):
    attend(cdpe, held)
    second = again(cdpe, held)
    for name, value in changed.items():
        setattr(second, name, value)
    second.save()
    assert why in committees.notice_of(second).why
    assert not committees.quorum_of(second).deliberates


def test_no_second_notice_after_a_quorum_nor_twice_nor_before(cdpe, held):
    attend(cdpe, held, "prefet", "cd", "etat", "maire", "cgt")
    with pytest.raises(CooperationError, match="Cette réunion délibère"):
        again(cdpe, held)
    attend(cdpe, held, "prefet")
    with pytest.raises(CooperationError, match="après la première"):
        again(cdpe, held, on=ON)
    second = again(cdpe, held)
    with pytest.raises(CooperationError, match="déjà été convoquée"):
        again(cdpe, held)
    with pytest.raises(CooperationError, match="pas encore eu lieu"):
        again(cdpe, second)


# -- votes ------------------------------------------


@pytest.fixture
def full(cdpe, held):
    attend(cdpe, held, *(key for key in cdpe.members))
    return held


def test_votes_are_weighted_and_abstentions_are_not_cast(cdpe, full):
    result = committees.result_of(vote(cdpe, full, etat="abstention", medef="pour", cgt="contre"))
    assert committees.result_in_words(result) == (
        "Adopté : 5 voix pour, 3 contre, 10 en abstention."
    )


def test_the_state_breaks_a_tie(cdpe, full):
    result = committees.result_of(vote(cdpe, full, prefet="contre", cfdt="contre", cgt="pour"))
    assert committees.result_in_words(result) == (
        "Rejeté, par la voix prépondérante du représentant de l'État : "
        "3 voix pour, 3 contre, 0 en abstention."
    )
    result = committees.result_of(vote(cdpe, full, dep1="contre", cgt="pour"))
    assert committees.result_in_words(result).startswith("Partage égal, non départagé")


@pytest.mark.parametrize("by", ["substitute", "proxy"])
def test_a_casting_vote_not_given_in_person_is_in_doubt(by):
    """Tie of 3 to 3; R5311-41 gives the casting vote to the State's representative."""
    seats = [
        Seat("prefet", College.ETAT, 1, presides=True, casting=True),
        Seat("etat", College.ETAT, 2),
        Seat("cgt", College.SYNDICATS, 3),
    ]
    there = {
        "substitute": Attendance(frozenset({"etat", "cgt"}), frozenset({"prefet"})),
        "proxy": Attendance(frozenset({"etat", "cgt"}), proxies={"prefet": "etat"}),
    }[by]
    ballots = {"prefet": Ballot.POUR, "etat": Ballot.POUR, "cgt": Ballot.CONTRE}
    result = count_votes(seats, ballots, there, on=ON)
    assert (result.votes_for, result.votes_against) == (3, 3)
    assert (result.adopted, result.by_casting_vote, result.casting_in_doubt) == (None, False, True)
    assert "à vérifier" in committees.result_in_words(result)


def test_a_vote_typed_wrong_is_replaced_and_stays_with_its_reason(cdpe, full):
    wrong = vote(cdpe, full, etat="pour", medef="contre")
    attend(cdpe, full, "prefet", "cd", "etat", "maire", "cgt")  # medef has left since
    right = operations.correct_vote(
        by=cdpe.by, vote=wrong, ballots=ballots_of(cdpe, etat="contre", medef="contre"),
        why="Bulletin de l'État mal recopié", now=cdpe.now,
    )  # fmt: skip
    assert committees.valid_votes(full) == [right]
    assert committees.result_of(right).votes_against == 15
    assert "Vote annulé : « Adopter ? ». Bulletin de l'État mal recopié" in (
        committees.record_in_words(full)
    )
    with pytest.raises(CooperationError, match="déjà annulé"):
        operations.cancel_vote(by=cdpe.by, vote=wrong, why="Encore", now=cdpe.now)
    with pytest.raises(CooperationError, match="Dites pourquoi"):
        operations.cancel_vote(by=cdpe.by, vote=right, why=" ", now=cdpe.now)


def test_the_vote_on_an_action_of_the_agenda_is_in_its_thread(half_day, cdpe):
    action = create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Un car à 5 h", now=cdpe.now
    )
    operations.publish(
        by=cdpe.by, instance=cdpe.instance, visibilite=Visibilite.PUBLIQUE, now=cdpe.now
    )
    held = meeting(cdpe, ordre_du_jour="Règlement intérieur", actions=[action])
    assert held.points == ("Règlement intérieur", str(action))
    attend(cdpe, held, *cdpe.members)
    vote(cdpe, held, etat="pour", medef="contre", action=action)
    assert "Adopté : 10 voix pour, 5 contre" in action.evenements.latest("pk").commentaire
    assert f"Action : {action}." in committees.record_in_words(held)
    other = meeting(cdpe)
    attend(cdpe, other, *cdpe.members)
    with pytest.raises(CooperationError, match="pas à l'ordre du jour"):
        vote(cdpe, other, etat="pour", action=action)


def test_the_thread_of_a_public_action_gives_nothing_of_a_private_committee(half_day, cdpe, client):
    action = create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Un car à 5 h", now=cdpe.now
    )
    held = meeting(cdpe, actions=[action])
    attend(cdpe, held, *cdpe.members)
    row = vote(cdpe, held, etat="pour", medef="contre", action=action)
    operations.cancel_vote(by=cdpe.by, vote=row, why="Mme Durand s'est trompée", now=cdpe.now)
    page = client.get(f"/cooperation/actions/{action.pk}/").content.decode()
    assert "Vote d&#x27;un comité\u00a0: adopté." in page
    assert "Vote d&#x27;un comité\u00a0: annulé." in page
    for words in (cdpe.instance.nom, "voix pour", "Durand"):
        assert words not in page


def test_whoever_has_no_vote_or_is_not_there_does_not_vote(cdpe, held, full):
    with pytest.raises(CooperationError, match="ne votent pas : ft"):
        vote(cdpe, full, ft="pour", cgt="pour")
    assert not Scrutin.objects.exists()


# -- minutes ------------------------------------------


def approve(cdpe, held, on=date(2026, 6, 19)):
    return operations.approve_minutes(
        by=cdpe.by, meeting=held, approuve_le=on, approuve_par="Les présidents", now=cdpe.now
    )


@pytest.fixture
def approved(cdpe, full):
    vote(cdpe, full, medef="pour", cgt="contre")
    operations.write_minutes(by=cdpe.by, meeting=full, texte="Débat.", now=cdpe.now)
    return approve(cdpe, full)


def test_approved_minutes_hold_what_was_computed(approved):
    assert "Pouvoir" not in approved.constats
    assert "Quorum (R5311-40) : 1/2 × 10" in approved.constats
    assert "Vote : « Adopter ? ». Adopté : 5 voix pour, 3 contre" in approved.constats
    assert "Présent : prefet (Titulaire prefet)." in approved.constats


def test_nothing_of_the_meeting_changes_after_approval(cdpe, full, approved):
    for change in (
        lambda: attend(cdpe, full, "prefet"),
        lambda: vote(cdpe, full, cgt="pour"),
        lambda: operations.cancel_vote(
            by=cdpe.by, vote=full.scrutins.get(), why="Erreur", now=cdpe.now
        ),
        lambda: operations.write_minutes(by=cdpe.by, meeting=full, texte="Autre", now=cdpe.now),
        lambda: approve(cdpe, full),
    ):
        with pytest.raises(CooperationError, match="ne change plus"):
            change()


@pytest.mark.databases
def test_the_database_keeps_approved_minutes(approved):
    rows = ProcesVerbal.objects.filter(pk=approved.pk)
    with pytest.raises(IntegrityError, match="minutes_are_frozen"), transaction.atomic():
        rows.update(texte="Réécrit")
    assert rows.get().texte == "Débat."


def test_a_draft_is_rewritten_and_not_approved_before_the_meeting_nor_unwritten(cdpe, held):
    with pytest.raises(CooperationError, match="Écrivez le procès-verbal"):
        approve(cdpe, held)
    for text in ("Un", "Deux"):
        operations.write_minutes(by=cdpe.by, meeting=held, texte=text, now=cdpe.now)
    assert ProcesVerbal.objects.get().texte == "Deux"
    for on in (date(2026, 6, 11), date(2026, 6, 20)):
        with pytest.raises(CooperationError, match="entre la réunion et aujourd'hui"):
            approve(cdpe, held, on=on)


def test_whoever_does_not_steer_writes_nothing(cdpe, held, half_day):
    with pytest.raises(PermissionDenied):
        operations.note_attendance(
            by=half_day.adviser, meeting=held, came=[(cdpe.cgt, T, False)], proxies={}, now=cdpe.now
        )
    assert not Presence.objects.exists()


# -- properties, beside a slow twin ------------------------------------------

COLLEGES = [College.ETAT, College.REGION, College.SYNDICATS, College.FRANCE_TRAVAIL]
KEYS = ["a", "b", "c", "d", "e", "f"]


@st.composite
def meetings(draw):
    seats = [
        Seat(key, draw(st.sampled_from(COLLEGES)), draw(st.integers(1, 9)))
        for key in KEYS[: draw(st.integers(1, 6))]
    ]
    some = st.frozensets(st.sampled_from([seat.key for seat in seats]))
    proxies = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(KEYS), max_size=6))
    return seats, Attendance(draw(some), draw(some), proxies)


def proxy_is_sound(seats, attendance, giver, holder):
    """R5311-43, word for word."""
    college = {seat.key: seat.college for seat in seats}
    there = attendance.members | attendance.substitutes
    return (
        giver in college and holder in there and giver not in there
        and college[giver] == college[holder]
    )  # fmt: skip


@given(meetings())
def test_no_proxy_leaves_its_college_and_each_seat_counts_once(case):
    seats, attendance = case
    refused = {giver for giver, _ in refused_proxies(seats, attendance, on=ON)}
    sound = {g for g, h in attendance.proxies.items() if proxy_is_sound(seats, attendance, g, h)}
    assert refused == set(attendance.proxies) - sound
    counted = sum(
        seat.is_voting
        and (seat.key in attendance.members or seat.key in attendance.substitutes
             or seat.key in sound)
        for seat in seats
    )  # fmt: skip
    the_counted = quorum(seats, attendance, on=ON)
    assert the_counted.counted == counted <= the_counted.n_voting
    assert the_counted.is_met == (Fraction(counted) >= Fraction(the_counted.n_voting, 2))


@given(meetings(), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(list(Ballot))))
def test_votes_counted_sum_to_those_of_the_seats_that_voted(case, ballots):
    seats, attendance = case
    result = count_votes(seats, ballots, attendance, on=ON)
    proxies = attendance.proxies.items()
    sound = {g for g, h in proxies if proxy_is_sound(seats, attendance, g, h)}
    voted = [
        seat
        for seat in seats
        if seat.college != College.FRANCE_TRAVAIL
        and seat.key in attendance.members | attendance.substitutes | sound
        and seat.key in ballots
    ]
    total = result.votes_for + result.votes_against + result.abstentions
    assert total == sum(seat.votes for seat in voted)
    if result.votes_for != result.votes_against:
        assert result.adopted == (result.votes_for > result.votes_against)
    else:
        assert result.adopted is None


@pytest.mark.parametrize(("state", "other"), list(product(["pour", "contre"], repeat=2)))
def test_the_casting_vote_decides_exactly_when_votes_are_equal(state, other):
    seats = [
        Seat("prefet", College.ETAT, 2, presides=True, casting=True),
        Seat("cgt", College.SYNDICATS, 2),
    ]
    result = count_votes(
        seats, {"prefet": Ballot(state), "cgt": Ballot(other)},
        Attendance(frozenset({"prefet", "cgt"})), on=ON,
    )  # fmt: skip
    assert result.adopted == (state == "pour")
    assert result.by_casting_vote == (state != other)

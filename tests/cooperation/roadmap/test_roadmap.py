"""Actions and commitments: confirmed by their organisation, late by computing, told at any date."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from traitdunion.cooperation.enums import EtatAction, EtatEngagement, ResultatDecision
from traitdunion.cooperation.evaluation import thread as thread_queries
from traitdunion.cooperation.models import Action, Engagement, Evenement, Pilote
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.roadmap.roadmap import differences, roadmap
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken

DUE = date(2026, 9, 30)


@pytest.fixture
def action(half_day, now):
    return roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Loger les arrivants", now=now,
        fin_prevue_le=DUE,
    )  # fmt: skip


@pytest.fixture
def pledge(half_day, action, now):
    return roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=action,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(
            quoi="Réserver des logements", quantite=Decimal(5), unite="logements", pour_le=DUE
        ),
    )


def days(n):
    return timedelta(days=n)


def the_action(half_day, on):
    ((first,), *_) = [axe.actions for axe in roadmap(half_day.seance, on=on)]
    return first


def test_a_commitment_is_not_in_force_before_its_organisation_confirms(half_day, pledge, now):
    def then(on):
        (commitment,) = the_action(half_day, on).commitments
        return commitment.etat, commitment.in_force

    # Those who steer proposed it: they cannot confirm in its place.
    with pytest.raises(PermissionDenied):
        roadmap_operations.confirm(by=half_day.steerer, commitment=pledge, now=now)
    assert then(date(2026, 6, 19)) == (EtatEngagement.PROPOSE, False)
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now + days(3))
    assert then(date(2026, 6, 21)) == (EtatEngagement.PROPOSE, False)
    assert then(date(2026, 6, 22)) == (EtatEngagement.CONFIRME, True)
    with pytest.raises(CooperationError, match="déjà confirmé"):
        roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)


def test_the_database_refuses_a_state_that_nobody_confirmed(pledge):
    for etat in ("confirme", "tenu", "partiel", "non_tenu"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Engagement.objects.filter(pk=pledge.pk).update(etat=etat, preuve="vue")


def test_kept_needs_a_proof_and_a_confirmation(half_day, pledge, now):
    fields = {"by": half_day.partner_admin, "commitment": pledge, "now": now}
    with pytest.raises(CooperationError, match="n'est pas en vigueur"):
        roadmap_operations.report_on(**fields, etat=EtatEngagement.TENU, preuve="bail")
    roadmap_operations.confirm(**fields)
    with pytest.raises(CooperationError, match="preuve"):
        roadmap_operations.report_on(**fields, etat=EtatEngagement.TENU)
    with pytest.raises(PermissionDenied):
        roadmap_operations.report_on(
            **fields | {"by": half_day.steerer}, etat=EtatEngagement.TENU, preuve="bail"
        )
    kept = roadmap_operations.report_on(**fields, etat=EtatEngagement.TENU, preuve="5 baux signés")
    assert (kept.etat, kept.preuve) == (EtatEngagement.TENU, "5 baux signés")
    with pytest.raises(CooperationError, match="ne se retire plus"):
        roadmap_operations.withdraw(**fields)


def test_a_commitment_withdrawn_stays_in_the_history(half_day, pledge, now):
    roadmap_operations.withdraw(by=half_day.partner_admin, commitment=pledge, now=now + days(1))
    (commitment,) = the_action(half_day, DUE).commitments
    assert (commitment.etat, commitment.in_force, commitment.is_late) == (
        EtatEngagement.RETIRE,
        False,
        False,
    )
    assert pledge.evenements.count() == 2


def test_late_is_computed_from_the_day_and_is_no_state(half_day, action, now):
    assert not the_action(half_day, DUE).is_late
    assert the_action(half_day, DUE + days(1)).is_late
    assert "retard" not in " ".join(EtatAction.values)
    roadmap_operations.follow(
        by=half_day.steerer, action=action, now=now + days(60), etat=EtatAction.REALISEE,
        fini_le=date(2026, 8, 18),
    )  # fmt: skip
    assert not the_action(half_day, DUE + days(1)).is_late


def test_a_commitment_is_late_once_confirmed_only(half_day, pledge, now):
    def late():
        (commitment,) = the_action(half_day, DUE + days(1)).commitments
        return commitment.is_late

    assert not late()
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)
    assert late()


def test_done_says_when(half_day, action, now):
    with pytest.raises(CooperationError, match="indiquez le jour"):
        roadmap_operations.follow(
            by=half_day.steerer, action=action, now=now, etat=EtatAction.REALISEE
        )


def test_the_roadmap_at_a_past_date_and_the_difference_since(half_day, action, pledge, now):
    by = half_day.steerer
    roadmap_operations.follow(
        by=by, action=action, now=now + days(10), etat=EtatAction.EN_COURS, commentaire="Lancée"
    )
    roadmap_operations.follow(
        by=by, action=action, now=now + days(40), blocage="Pas de bailleur",
        deblocage="Une réunion avec Action Logement", fin_prevue_le=date(2026, 12, 31),
    )  # fmt: skip
    assert the_action(half_day, date(2026, 6, 20)).etat == EtatAction.A_VENIR
    then, later = the_action(half_day, date(2026, 7, 1)), the_action(half_day, date(2026, 8, 1))
    assert (then.etat, then.blocage, then.fin_prevue_le) == (EtatAction.EN_COURS, "", DUE)
    assert (later.blocage, later.fin_prevue_le) == ("Pas de bailleur", date(2026, 12, 31))
    (changed,) = differences(half_day.seance, since=date(2026, 7, 1), until=date(2026, 8, 1))
    assert changed.changes == [
        ("fin prévue", "30/09/2026", "31/12/2026"),
        ("blocage", "rien", "Pas de bailleur"),
        ("déblocage", "rien", "Une réunion avec Action Logement"),
    ]
    new = differences(half_day.seance, since=date(2026, 6, 18), until=date(2026, 6, 19))
    assert [(change.what, change.is_new) for change in new] == [(action, True), (pledge, True)]


def test_nothing_is_known_the_day_before(half_day, action):
    assert all(not axe.actions for axe in roadmap(half_day.seance, on=date(2026, 6, 18)))


moves = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(["a_venir", "en_cours", "abandonnee"])),
    max_size=8,
)


@given(moves=moves)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_state_of_a_past_day_equals_that_of_a_slow_replay(half_day, now, moves):
    with transaction.atomic():
        action = roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[1], titre="Rouler", now=now
        )
        for n, etat in moves:
            roadmap_operations.follow(
                by=half_day.steerer, action=action, now=now + days(n), etat=etat
            )
        for n in (-1, 0, *(n for n, _ in moves), 31):
            on = now.date() + days(n)
            lived = [(0, "a_venir"), *moves]
            expected = [etat for at, etat in sorted(lived, key=lambda move: move[0]) if at <= n][
                -1:
            ]
            actions = roadmap(half_day.seance, on=on)[1].actions
            assert [each_action.etat for each_action in actions] == expected
        transaction.set_rollback(True)


def test_a_part_of_an_action_is_an_action_and_has_no_parts(half_day, action, now):
    part = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Compter", parent=action, now=now
    )
    assert [each_part.titre for each_part in the_action(half_day, DUE).parts] == ["Compter"]
    with pytest.raises(CooperationError, match="sous-action"):
        roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[0], titre="Encore", parent=part, now=now
        )


def test_a_pilot_is_an_account_or_a_name(half_day, action):
    Pilote.objects.create(action=action, nom="Association des maires")
    Pilote.objects.create(action=action, compte=half_day.steerer)
    for both in ({}, {"nom": "x", "compte": half_day.steerer}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pilote.objects.create(action=action, **both)


def test_only_those_who_steer_follow(half_day, action, now):
    for person in (half_day.adviser, half_day.partner_admin):
        with pytest.raises(PermissionDenied):
            roadmap_operations.follow(by=person, action=action, now=now, commentaire="Non")
    with pytest.raises(CooperationError, match="ce qui s'est passé"):
        roadmap_operations.follow(by=half_day.steerer, action=action, now=now)
    assert Evenement.objects.count() == 1


def test_the_thread_goes_from_the_finding_to_the_results(half_day, now):
    idea = idea_operations.add_idea(axe=half_day.axes[0], texte="Loger", now=now)
    decision = idea_operations.decide(
        by=half_day.steerer,
        seance=half_day.seance,
        ideas=[idea],
        now=now,
        taken=Taken(
            texte="Oui",
            methode="vote",
            par="les présents",
            resultat=ResultatDecision.RETENUE,
            prise_le=now.date(),
        ),
    )
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Agir", decision=decision, now=now
    )
    pledge = roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=action,
        organisation=half_day.partner,
        now=now + days(1),
        pledge=Pledge(quoi="Réserver", quantite=Decimal(5), unite="logements", pour_le=DUE),
    )
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now + days(2))
    assert [step.kind for step in thread_queries.thread(action, with_session=True)] == [
        "constat", "question", "idee", "decision", "evenement", "evenement", "evenement",
    ]  # fmt: skip
    assert Action.objects.get() == action

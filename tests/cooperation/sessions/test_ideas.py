"""Ideas and opinions: who may, lineage kept, nothing that designates a person, gates, decisions."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tests.cooperation.conftest import NOW
from traitdunion.cooperation.enums import (
    Avis,
    CollegeDeclare,
    Critere,
    EtatSeance,
    Reponse,
    ResultatDecision,
)
from traitdunion.cooperation.evaluation import thread as thread_queries
from traitdunion.cooperation.models import AvisIdee, Filiation, Idee
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import lifecycle
from traitdunion.cooperation.sessions import queries as session_queries
from traitdunion.cooperation.sessions.ideas import Taken


@pytest.fixture
def add_idea(half_day, now):
    return lambda text, axe=0: idea_operations.add_idea(axe=half_day.axes[axe], texte=text, now=now)


def texts(ideas):
    return [idea.texte for idea in ideas]


def test_an_idea_is_taken_while_the_session_is_open_only(half_day, add_idea, now):
    assert texts([add_idea("  Un parc   de logements passerelles ")]) == [
        "Un parc de logements passerelles"
    ]
    lifecycle.change_state(
        by=half_day.steerer, seance=half_day.seance, etat=EtatSeance.CLOSE, now=now
    )
    half_day.axes[0].seance.refresh_from_db()
    with pytest.raises(CooperationError, match="ne prend pas de contribution"):
        add_idea("Trop tard")
    assert Idee.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["Appelez Jeanne au 06 12 34 56 78", "jeanne@x.example a un logement", "1850743157001"]
)
def test_what_designates_a_person_is_refused(add_idea, text):
    with pytest.raises(CooperationError, match="numéro ou une adresse"):
        add_idea(text)


@pytest.mark.parametrize("text", ["", "   ", "a" * 501])
def test_an_empty_or_endless_idea_is_refused(add_idea, text):
    with pytest.raises(CooperationError):
        add_idea(text)


def test_a_scribe_notes_a_table_and_sending_twice_changes_nothing(half_day, now):
    noted = {"by": half_day.steerer, "axe": half_day.axes[0], "table": 3, "now": now}
    noted["lines"] = ["Un", "", "Deux", "Un"]
    assert texts(idea_operations.note_table(**noted)) == ["Un", "Deux"]
    assert idea_operations.note_table(**noted) == []
    assert texts(idea_operations.note_table(**noted | {"table": 4})) == ["Un", "Deux"]


def test_a_table_is_noted_whole_or_not_at_all(half_day, now):
    lines = ["Une idée", "Le numéro de Jeanne : 06 12 34 56 78"]
    with pytest.raises(CooperationError):
        idea_operations.note_table(
            by=half_day.steerer, axe=half_day.axes[0], table=1, lines=lines, now=now
        )
    assert not Idee.objects.exists()


def test_only_those_who_steer_note_tables_merge_and_decide(half_day, add_idea, now):
    ideas = [add_idea("Un"), add_idea("Deux")]
    for person in (half_day.adviser, half_day.partner_admin):
        with pytest.raises(PermissionDenied):
            idea_operations.note_table(
                by=person, axe=half_day.axes[0], table=1, lines=["Trois"], now=now
            )
        with pytest.raises(PermissionDenied):
            idea_operations.merge_ideas(by=person, ideas=ideas, texte="Tout", now=now)
        with pytest.raises(PermissionDenied):
            idea_operations.decide(
                by=person,
                seance=half_day.seance,
                ideas=ideas,
                now=now,
                taken=Taken(
                    texte="Oui",
                    methode="vote",
                    par="tous",
                    resultat=ResultatDecision.RETENUE,
                    prise_le=date(2026, 6, 19),
                ),
            )
    assert Idee.objects.count() == 2


def test_a_merge_then_a_split_keep_the_whole_lineage(half_day, add_idea, now):
    the_first, the_second, other = (
        add_idea("Bourse au logement"),
        add_idea("Logement des saisonniers"),
        add_idea("Autre chose"),
    )
    by = half_day.steerer
    merged = idea_operations.merge_ideas(
        by=by, ideas=[the_first, the_second], texte="Loger qui arrive", now=now
    )
    first, second = idea_operations.split_idea(
        by=by, idea=merged, texts=["Bourse", "", "Saisonniers"], now=now
    )
    assert thread_queries.ancestors(second) == [the_first, the_second, merged]
    assert session_queries.current_ideas(half_day.seance) == [other, first, second]
    assert Idee.objects.count() == 6  # nothing is rewritten nor deleted


def test_an_idea_becomes_another_once(half_day, add_idea, now):
    first, second, third = add_idea("Un"), add_idea("Deux"), add_idea("Trois")
    idea_operations.merge_ideas(
        by=half_day.steerer, ideas=[first, second], texte="Ensemble", now=now
    )
    with pytest.raises(CooperationError, match="déjà devenue"):
        idea_operations.merge_ideas(
            by=half_day.steerer, ideas=[second, third], texte="Non", now=now
        )


def test_ideas_of_two_axes_do_not_merge(half_day, add_idea, now):
    with pytest.raises(CooperationError, match="plusieurs axes"):
        idea_operations.merge_ideas(
            by=half_day.steerer,
            ideas=[add_idea("Un"), add_idea("Deux", axe=1)],
            texte="Non",
            now=now,
        )


def test_the_database_refuses_a_circle(add_idea):
    first, second = add_idea("Un"), add_idea("Deux")
    Filiation.objects.create(enfant=second, parent=first, lien="fusion")
    for enfant, parent in ((first, second), (first, first)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Filiation.objects.create(enfant=enfant, parent=parent, lien="fusion")


def opinions(idea, college, avis, n):
    for k in range(n):
        idea_operations.give_opinion(
            idea=idea, voix=f"{college}{avis}{k}", college=college, avis=avis, now=NOW
        )


def test_agreement_is_shown_by_college_from_eleven_voices_on(add_idea):
    idea = add_idea("Un")
    opinions(idea, CollegeDeclare.ETAT, Avis.ACCORD, 9)
    assert session_queries.agreement_on(idea) is None
    opinions(idea, CollegeDeclare.ETAT, Avis.ACCORD, 22)
    opinions(idea, CollegeDeclare.ETAT, Avis.DESACCORD, 11)
    opinions(idea, CollegeDeclare.SYNDICATS, Avis.DESACCORD, 10)
    agreed = session_queries.agreement_on(idea)
    # (22+1)/(33+10+2), the least that fits 22 of 33 shown by steps of eleven: the ten of the
    # unions are neither shown nor counted.
    assert agreed.consensus == pytest.approx(23 / 45)
    assert (list(agreed.groups), agreed.hidden) == (["État"], ("Syndicats",))


def test_a_voice_changes_its_mind_and_counts_once(add_idea):
    idea = add_idea("Un")
    for avis in (Avis.ACCORD, Avis.PASSE):
        idea_operations.give_opinion(
            idea=idea, voix="v", college=CollegeDeclare.ETAT, avis=avis, now=NOW
        )
    assert [row.avis for row in AvisIdee.objects.all()] == [Avis.PASSE]


def test_no_opinion_holds_anything_of_a_person():
    assert {field.name for field in AvisIdee._meta.fields} == {
        "id", "idee", "voix", "college", "avis",
    }  # fmt: skip


def test_a_gate_half_open_says_why(half_day, add_idea, now):
    idea = add_idea("Un")
    answers = {
        Critere.COURT_TERME: (Reponse.OUI, ""),
        Critere.PRESENTS: (Reponse.EN_PARTIE, " "),
    }
    with pytest.raises(CooperationError, match="Dites pourquoi : Implique les personnes présentes"):
        idea_operations.assess(by=half_day.steerer, idea=idea, answers=answers, now=now)
    assert not idea.filtres.exists()
    answers[Critere.PRESENTS] = (Reponse.EN_PARTIE, "Il manque un bailleur.")
    idea_operations.assess(by=half_day.steerer, idea=idea, answers=answers, now=now)
    assert [str(answered_filter) for answered_filter in idea.filtres.all()] == [
        "À court terme : oui",
        "Implique les personnes présentes : en partie",
    ]


def test_an_action_comes_from_a_decision_that_retains(half_day, add_idea, now):
    def decision(resultat):
        return idea_operations.decide(
            by=half_day.steerer,
            seance=half_day.seance,
            ideas=[add_idea("Un")],
            now=now,
            taken=Taken(
                texte="Nous le ferons",
                methode="consentement",
                par="les présents",
                resultat=resultat,
                prise_le=date(2026, 6, 19),
            ),
        )

    def action(of):
        return roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[0], titre="Agir", decision=of, now=now
        )

    with pytest.raises(CooperationError, match="ne retient rien"):
        action(decision(ResultatDecision.ECARTEE))
    assert action(decision(ResultatDecision.RETENUE)).decision.texte == "Nous le ferons"

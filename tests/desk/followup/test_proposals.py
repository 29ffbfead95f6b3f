"""What is proposed when orienting: what takes requests today, platforms always, lines last."""

from datetime import date, timedelta

import pytest

from traitdunion.catalogue.models import Fermeture, Solution, Structure
from traitdunion.desk.followup import orientations
from traitdunion.desk.followup.operations import FollowUpError
from traitdunion.desk.followup.proposals import proposed_for, why_not
from traitdunion.territory.names import fold

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def solution(slug, **fields):
    structure, _ = Structure.objects.get_or_create(
        pk=slug, defaults={"nom": fields.pop("structure", slug), "courriel": f"{slug}@x.example"}
    )
    made = {"nom": slug, "type_solution": "garage", "statut": "publie"} | fields
    made["cle"] = f" {made['nom']}"
    return Solution.objects.create(pk=slug, structure=structure, **made)


@pytest.mark.parametrize(
    ("fields", "closure", "why"),
    [
        ({}, None, ""),
        ({"statut": "suspendu"}, None, "n'est plus proposée"),
        ({"valide_au": TODAY - DAY}, None, "a pris fin le 23 novembre 2026"),
        ({"valide_au": TODAY}, None, ""),
        ({"valide_du": TODAY + DAY}, None, "commence le 25 novembre 2026"),
        ({}, {"nature": "suspension", "du": TODAY}, "Ne prend plus de nouvelles demandes"),
        ({}, {"nature": "fermeture", "du": TODAY, "au": TODAY + DAY}, "jusqu'au 25 novembre"),
        ({}, {"nature": "fermeture", "du": TODAY - 9 * DAY, "au": TODAY - DAY}, ""),
    ],
)
def test_a_person_is_oriented_only_where_requests_are_taken(
    opened, team, now, fields, closure, why
):
    row = solution("atelier", **fields)
    if closure:
        Fermeture.objects.create(solution=row, **closure)
    assert why in why_not(row, TODAY)
    given = {"by": team.adviser, "parcours": opened(), "solution": row, "message": "", "now": now}
    if why:
        with pytest.raises(FollowUpError, match="Choisissez une autre solution"):
            orientations.orient(**given)
    else:
        orientations.orient(**given)


def test_platforms_are_always_proposed_and_lines_come_last(opened, document):
    solution("bus", type_solution="tc_ligne")
    solution("garage-a")
    solution("mms", type_solution="plateforme", nom="Maison de la Mobilité Solidaire")
    kept = document | {"options": [document["options"][0] | {"solutions": ["bus", "garage-a"]}]}
    proposals = proposed_for(opened(answer=kept), "", on=TODAY)
    assert [row.pk for row in proposals.open] == ["garage-a", "mms", "bus"]


def test_a_solution_of_the_answer_that_closed_since_is_told_with_its_reason(opened, document):
    solution("garage-a", statut="suspendu")
    kept = document | {"options": [document["options"][0] | {"solutions": ["garage-a"]}]}
    proposals = proposed_for(opened(answer=kept), "", on=TODAY)
    assert proposals.open == []
    assert [(row.pk, why) for row, why in proposals.refused] == [
        ("garage-a", "Cette solution n'est plus proposée (suspendu).")
    ]


def test_an_acronym_finds_the_name_it_stands_for(opened):
    solution("maison", nom="Maison de la Mobilité Solidaire")
    proposals = proposed_for(opened(), "MMS", on=TODAY)
    assert [row.pk for row in proposals.open] == ["maison"]


@pytest.mark.parametrize(
    ("typed", "nom"),
    [
        ("mobylette", "Location de scooter"),
        ("auto-école", "Aide au permis B"),
        ("TAD", "Transport à la demande du Velay"),
        ("réparer", "Réparation automobile à petit prix"),
        ("bicyclette", "Prêt de vélo"),
    ],
)
def test_other_words_for_the_same_thing_find_it(opened, typed, nom):
    solution("autre", nom="Micro-crédit")
    made = solution("cherche", nom=nom)
    Solution.objects.filter(pk=made.pk).update(cle=f" {fold(nom)}")
    proposals = proposed_for(opened(), typed, on=TODAY)
    assert [row.pk for row in proposals.open] == ["cherche"]


def test_what_is_found_as_typed_comes_before_what_other_words_find(opened):
    for slug, nom in (("b", "Voiture prêtée"), ("a", "Automobile en location")):
        made = solution(slug, nom=nom)
        Solution.objects.filter(pk=made.pk).update(cle=f" {fold(nom)}")
    proposals = proposed_for(opened(), "voiture", on=TODAY)
    assert [row.pk for row in proposals.open] == ["b", "a"]


def test_a_line_is_never_chosen_beforehand(client, opened, team, document):
    solution("bus", type_solution="tc_ligne")
    solution("garage-a")
    kept = document | {"options": [document["options"][0] | {"solutions": ["bus", "garage-a"]}]}
    page = f"/parcours/{opened(answer=kept).pk}/orienter/"
    client.force_login(team.adviser)
    assert "checked" not in client.get(page, {"solution": "bus"}).content.decode()
    html = client.get(page, {"solution": "garage-a"}).content.decode()
    assert html.count("checked") == 1
    assert "accord/?orienter=oui" in html

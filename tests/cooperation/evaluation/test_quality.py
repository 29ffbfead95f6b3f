"""How well one cooperates: shares whose numbers are counted by hand, and what is not known."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from traitdunion.cooperation.enums import EtatEngagement, ResultatDecision
from traitdunion.cooperation.evaluation.quality import Figure, compared, quality_of
from traitdunion.cooperation.models import Invite, Partenaire, Pilote, Seance
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken

ON = date(2026, 12, 1)
LABELS = {
    "answered": "Idées qui ont une réponse publique",
    "mixed": "Actions menées par des collèges différents",
    "in_time": "Engagements tenus à temps",
    "colleges": "Collèges présents",
    "few": "Présents des collèges les moins nombreux",
}


def figure(half_day, name):
    figures = quality_of(half_day.seance, on=ON).figures
    (figure_named,) = [figure for figure in figures if figure.label == LABELS[name]]
    return figure_named.n, figure_named.d, figure_named.unknown


@pytest.fixture
def make(half_day, now):
    def make(titre, *bodies):
        action = roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[0], titre=titre, now=now
        )
        for name, college in bodies:
            Partenaire.objects.create(action=action, organisme=name, college=college)
        return action

    return make


def arrive(half_day, now, college, n, organisation="O"):
    for k in range(n):
        Invite.objects.create(
            seance=half_day.seance, nom=f"{college} {k}", organisation=organisation,
            college=college, reponse="oui", arrive_le=now,
        )  # fmt: skip


def test_nothing_to_count_says_so(half_day):
    quality = quality_of(half_day.seance, on=ON)
    assert {figure.words for figure in quality.figures} == {"rien à compter"}
    assert quality.days_words == "rien à compter"


def test_actions_of_several_colleges_known_or_not(half_day, make, now):
    """Two mixed, one of a single college, one that nobody can tell: 2 of 3, and 1 unknown."""
    make("Deux", ("CAF", "operateurs"), ("Ville", "collectivites"), ("X", ""))
    make("Un seul", ("CAF", "operateurs"), ("Cap", "operateurs"))
    make("Inconnu", ("CAF", "operateurs"), ("Y", ""))
    # The college of the second is the one it declared when it came.
    arrive(half_day, now, "employeurs", 1, organisation="Club du Velay")
    pilot = make("Par la séance", ("CAF", "operateurs"))
    Pilote.objects.create(action=pilot, nom="Ana", organisme="club du velay")
    assert figure(half_day, "mixed") == (2, 3, 1)


def test_ideas_answered_and_the_days_it_took(half_day, now):
    said = [
        idea_operations.add_idea(axe=half_day.axes[0], texte=text, now=now)
        for text in ("Un", "Deux", "Non")
    ]
    merged = idea_operations.merge_ideas(
        by=half_day.steerer, ideas=said[:2], texte="Un et deux", now=now
    )
    idea_operations.decide(
        by=half_day.steerer,
        seance=half_day.seance,
        ideas=[merged],
        now=now,
        taken=Taken(
            texte="Oui",
            methode="vote",
            par="tous",
            resultat=ResultatDecision.RETENUE,
            prise_le=now.date() + timedelta(6),
        ),
    )
    assert figure(half_day, "answered") == (2, 3, 0)
    assert quality_of(half_day.seance, on=ON).days_words == "6 jours"


def test_commitments_held_in_time(half_day, make, now):
    """Due on 1 August: one told held in July, one in September, one not told; one due later."""
    action = make("Agir")
    collected = [(date(2026, 8, 1), 30), (date(2026, 8, 1), 90), (date(2026, 8, 1), None)]
    for due, days in [*collected, (date(2027, 1, 1), None)]:
        row = roadmap_operations.propose_commitment(
            by=half_day.steerer,
            action=action,
            organisation=half_day.partner,
            now=now,
            pledge=Pledge(quoi="Prêter", quantite=Decimal(1), unite="vélo", pour_le=due),
        )
        roadmap_operations.confirm(by=half_day.partner_admin, commitment=row, now=now)
        if days:
            roadmap_operations.report_on(
                by=half_day.partner_admin, commitment=row, etat=EtatEngagement.TENU, preuve="vu",
                now=now + timedelta(days),
            )  # fmt: skip
    assert figure(half_day, "in_time") == (1, 3, 0)


def test_who_was_there(half_day, now):
    """100 people; a seventh is 14.3: the 12 of the State and the 13 employers are of the few."""
    for college, n in (("etat", 12), ("employeurs", 13), ("collectivites", 75)):
        arrive(half_day, now, college, n)
    assert figure(half_day, "colleges") == (3, 7, 0)
    assert figure(half_day, "few") == (25, 100, 0)


def test_fewer_than_eleven_people_are_not_told():
    def words(n, d):
        return Figure("", "", n, d, of_people=True).words

    assert words(10, 100) == words(90, 100) == words(5, 9) == "secret (moins de onze personnes)"
    assert words(11, 100) == "11 sur 100 (11 %)"
    assert Figure("", "", 3, 4, 1).words == "3 sur 4 (75 %) ; 1 dont on ne sait rien"


def test_sessions_of_an_organisation_are_compared_on_a_page(half_day, make, now, client):
    make("Deux", ("CAF", "operateurs"), ("Ville", "collectivites"))
    half_day.seance.tenue_le = date(2025, 9, 1)
    half_day.seance.save()
    for slug, titre, organisation in (
        ("avant", "La première", half_day.steering),
        ("ailleurs", "Autre part", half_day.partner),
    ):
        Seance.objects.create(
            slug=slug,
            titre=titre,
            organisation=organisation,
            tenue_le=date(2025, 6, 19),
            code=slug,
            visibilite_feuille="publique",
        )
    slugs = [
        quality.seance.slug
        for quality in compared(half_day.seance, on=ON, among=Seance.objects.all())
    ]
    assert slugs == ["demi-journee", "avant"]
    page = client.get("/cooperation/seances/demi-journee/qualite/").content.decode()
    assert "1 sur 1 (100 %)" in page
    assert "La première" in page
    assert "Autre part" not in page

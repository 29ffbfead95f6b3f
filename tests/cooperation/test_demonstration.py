"""The half-day of demonstration: its bilan, and what is forgotten of it a year later."""

import html
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.cooperation import retention
from traitdunion.cooperation.dates import day
from traitdunion.cooperation.evaluation.bilan import bilan_of
from traitdunion.cooperation.evaluation.publication import Share
from traitdunion.cooperation.evaluation.thread import ancestors
from traitdunion.cooperation.models import Idee, Invite, Seance
from traitdunion.cooperation.models.guests import GroupePresence
from traitdunion.cooperation.sessions import attendance
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions.ideas import Taken
from traitdunion.demonstration.half_day import load_demonstration
from traitdunion.demonstration.set_up import ACCOUNTS, HALF_DAY
from traitdunion.disclosure import K

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def kept_demo(kept_database):
    """The half-day as `make demo` loads it, with the 80 people of its bilan, written once."""
    load_accounts(yaml.safe_load(ACCOUNTS.read_text("utf-8")), password="un mot assez long")
    return load_demonstration(yaml.safe_load(HALF_DAY.read_text("utf-8")), now=NOW).pk


@pytest.fixture
def demo(kept_demo, db):
    seance = Seance.objects.get(pk=kept_demo)
    year = datetime.combine(seance.tenue_le, NOW.time(), UTC) + timedelta(366)
    return SimpleNamespace(seance=seance, now=NOW, a_year_later=year)


def test_the_bilan_of_the_demonstration_gives_the_published_figures(demo, client):
    """80 present in five domains, 3 actions, 94 %, 79 %: computed, so that an answer changes it."""
    bilan = bilan_of(demo.seance, on=demo.now.date())
    assert (bilan.n_present, bilan.n_domains, len(bilan.retained)) == (80, 5, 3)
    assert [headline.percent for headline in bilan.evaluation.headlines] == [94, 79]
    text = client.get(reverse("cooperation:bilan", args=[demo.seance.pk])).content.decode()
    text = text.replace("&nbsp;", " ")
    for said in ("94 %</strong> ont eu le sentiment", "79 %</strong> souhaitent s'engager"):
        assert said in html.unescape(text)
    # 75 of 80 leave 5 people: no number of answers stands beside, here or elsewhere on the page.
    assert not re.search(r"\b(75|63) (réponses|sur|/)|bulletins remplis|taux de réponse", text)
    # No line of a table counts from one to ten people.
    lines = [int(n) for n in re.findall(r"<th scope=\"row\">[^<]*</th><td>(\d+)</td>", text)]
    assert len(lines) == 5
    assert all(n == 0 or n >= K for n in lines)
    demo.seance.comptes_evaluation.filter(question="s_engager", reponse="oui").update(nombre=50)
    changed = bilan_of(demo.seance, on=demo.now.date())
    assert changed.evaluation.headlines[1].percent == 75  # 50 / 67


def test_the_document_of_the_bilan_gives_the_figures_of_its_page(demo, client):
    def words():
        answered = client.get(reverse("cooperation:bilan-pdf", args=[demo.seance.pk]))
        assert answered["Content-Type"] == "application/pdf"
        pages = PdfReader(BytesIO(answered.content)).pages
        text = " ".join(page.extract_text() for page in pages).replace("’", "'")
        return " ".join(text.split()), len(pages)

    text, n_pages = words()
    assert n_pages == 1
    for said in (
        "80 présents 5 domaines 3 actions retenues 94 %", "79 %", "Emploi 22", "Insertion 19",
        "Le nombre de réponses n'est pas publié", "94 % ont eu le sentiment",
        "Guichet unique départemental", "Idées ayant reçu une réponse publique : 7 sur 8",
        "Séance de démonstration",
    ):  # fmt: skip
        assert said in text, said
    demo.seance.comptes_evaluation.filter(question="s_engager", reponse="oui").update(nombre=50)
    assert "75 % souhaitent" in words()[0]


def test_cooperation_is_measured_on_the_records(demo):
    # Six ideas and one that was split were grouped, then decided the same day; an eighth, with an
    # objection, waits. On the day, two commitments are due: the four meetings, held on the 128th of
    # 130 days, and the training, which is not recorded as held.
    measured = bilan_of(demo.seance, on=demo.now.date()).cooperation
    assert measured.answered == Share(7, 8)
    assert measured.median_days == 0
    assert measured.held_in_time == Share(1, 2)
    before = demo.seance.tenue_le + timedelta(129)
    assert bilan_of(demo.seance, on=before).cooperation.held_in_time is None


def test_the_bilan_asks_the_base_as_much_for_one_idea_as_for_many(demo):
    """By a slow twin too: each idea is answered by the first decision about what it became."""
    with CaptureQueriesContext(connection) as few:
        bilan_of(demo.seance, on=demo.now.date())
    axe = demo.seance.axes.first()
    by = demo.seance.organisation.memberships.get(role="pilotage").user
    for n in range(5):
        born = idea_operations.note_table(
            by=by, axe=axe, table=n, lines=[f"a{n}", f"b{n}"], now=demo.now - timedelta(n)
        )
        born = [idea_operations.merge_ideas(by=by, ideas=born, texte=f"c{n}", now=demo.now)]
        idea_operations.decide(
            by=by,
            seance=demo.seance,
            ideas=born,
            now=demo.now,
            taken=Taken(
                texte="Oui",
                methode="consentement",
                par="tous",
                resultat="retenue",
                prise_le=demo.now.date(),
            ),
        )
    with CaptureQueriesContext(connection) as many:
        measured = bilan_of(demo.seance, on=demo.now.date()).cooperation
    assert len(many) == len(few)
    delays = [
        [
            (decision.prise_le - day(idea.dite_le)).days
            for decision in demo.seance.decisions.all()
            if idea
            in {parent for last in decision.idees.all() for parent in (last, *ancestors(last))}
        ]
        for idea in Idee.objects.filter(axe__seance=demo.seance, origines=None)
    ]
    waits = sorted(min(days_between) for days_between in delays if days_between)
    assert measured.answered == Share(17, 18) == Share(len(waits), len(delays))
    assert measured.median_days == waits[8]


def figures_of(seance, on):
    """Every figure of a bilan, with the rows out of it."""
    figures = vars(bilan_of(seance, on=on))
    return {name: value for name, value in figures.items() if name != "seance"}


def test_the_bilan_gives_the_same_figures_before_and_after(demo, client):
    on = NOW.date()
    address = reverse("cooperation:bilan", args=[demo.seance.pk])
    before, page = figures_of(demo.seance, on), client.get(address).content
    groups = {group: attendance.present_by(demo.seance, group) for group in GroupePresence}
    done = retention.forget_due(now=demo.a_year_later)
    assert done.guests == 80
    assert not Invite.objects.exists()
    demo.seance.refresh_from_db()
    assert figures_of(demo.seance, on) == before
    assert before["n_present"] == 80
    assert client.get(address).content == page
    assert {group: attendance.present_by(demo.seance, group) for group in GroupePresence} == groups
    assert all(sum(n for _, n in rows) == 80 for rows in groups.values())


def test_nothing_is_forgotten_before_its_day_and_nothing_twice(demo):
    held = datetime.combine(demo.seance.tenue_le, NOW.time(), UTC)
    assert retention.forget_due(now=held + timedelta(365)).guests == 0
    assert retention.forget_due(now=held + timedelta(366)).guests == 80
    assert retention.forget_due(now=held + timedelta(367)).total == 0
    assert attendance.n_present(demo.seance) == 80


def test_the_command_of_every_day_forgets(demo, capsys):
    call_command("roadmap", now=demo.a_year_later, sure=True)
    assert "80 invité(s), gardés en nombres" in capsys.readouterr().out
    assert not Invite.objects.exists()


def test_who_steers_sees_that_names_went(demo, client):
    client.force_login(demo.seance.organisation.memberships.filter(role="pilotage").first().user)
    address = reverse("cooperation:guests", args=[demo.seance.pk])
    assert "Les noms sont effacés" not in client.get(address).content.decode()
    retention.forget_due(now=demo.a_year_later)
    shown = client.get(address).content.decode()
    assert "Les noms sont effacés" in shown
    assert '<th scope="row">Emploi</th><td>22</td>' in shown

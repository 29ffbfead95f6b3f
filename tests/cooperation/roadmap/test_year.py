"""The bilan of a year: its page and its presentation hold the same figures, as they stood."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from odfdo import Document

from traitdunion.cooperation.models import Indicateur, LigneBudget, Seance
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.sheet import Reading, take_reading, write_part
from traitdunion.cooperation.roadmap.yearly.bilan import year_of_roadmap
from traitdunion.cooperation.roadmap.yearly.slides import MAX_LINES, as_odp, slides

TODAY = date(2027, 2, 1)


@pytest.fixture
def lived(half_day, now):
    """Three actions of 2026: one done, one late and blocked, one to come; one more of 2027."""
    by, axe = half_day.steerer, half_day.axes[0]
    done, late, _ = (
        roadmap_operations.create_action(by=by, axe=axe, titre=titre, now=now, fin_prevue_le=due)
        for titre, due in (
            ("Loger", date(2026, 9, 30)), ("Héberger", date(2026, 10, 31)), ("Meubler", None),
        )
    )  # fmt: skip
    roadmap_operations.follow(
        by=by, action=done, now=now + timedelta(60), etat="realisee", fini_le=date(2026, 8, 18)
    )
    roadmap_operations.follow(
        by=by, action=late, now=now + timedelta(60), blocage="Pas de bailleur."
    )
    roadmap_operations.create_action(
        by=by, axe=half_day.axes[1], titre="Rouler", now=now + timedelta(220)
    )
    for annee, prevu, obtenu in ((2026, 1800, 1000), (2026, None, None), (2027, 999, None)):
        row = LigneBudget(
            action=done, annee=annee, unite="eur", objet=f"Ligne {annee} {prevu}", prevu=prevu,
            obtenu=obtenu,
        )  # fmt: skip
        write_part(row, by=by, now=now)
    counted = Indicateur(
        action=late, definition="Arrivants logés", unite="personnes", source="bailleurs",
        personnes=True,
    )  # fmt: skip
    write_part(counted, by=by, now=now)
    for day, value in ((date(2026, 6, 30), 12), (date(2026, 11, 30), 4), (date(2027, 1, 31), 20)):
        take_reading(
            by=by,
            indicateur=counted,
            now=now,
            reading=Reading(releve_le=day, valeur=Decimal(value)),
        )
    return half_day


def figures(bilan):
    return [
        (one.value.replace("\N{NO-BREAK SPACE}", " "), one.label, one.detail)
        for one in bilan.figures
    ]


def test_figures_are_those_of_the_last_day_of_the_year(lived):
    bilan = year_of_roadmap(Seance.objects.all(), year=2026, today=TODAY)
    assert figures(bilan) == [
        ("3", "actions", "2 à venir, 1 réalisée"),
        ("1", "réalisée dans l'année", ""),
        ("1", "en retard", ""),
        ("0", "engagement", ""),
        ("1 800 €", "prévus en 2026", "1 ligne non chiffrée"),
        ("1 000 €", "obtenus en 2026", ""),
    ]
    assert [(axis.titre, axis.lines) for axis in bilan.axes] == [
        ("Logement", ("Loger (réalisée)", "Héberger (à venir, en retard)", "Meubler (à venir)")),
    ]  # fmt: skip
    assert bilan.blocked == ("Héberger : Pas de bailleur.",)
    (measured,) = bilan.indicators
    assert "secret le 30 novembre 2026" in measured.replace("\N{NO-BREAK SPACE}", " ")


def test_a_year_that_runs_stands_as_of_today(lived):
    bilan = year_of_roadmap(Seance.objects.all(), year=2027, today=TODAY)
    assert bilan.as_of.replace("\N{NO-BREAK SPACE}", " ") == (
        "Telle qu'elle était le 1er février 2027."
    )
    assert figures(bilan)[:2] == [
        ("4", "actions", "3 à venir, 1 réalisée"), ("0", "réalisée dans l'année", ""),
    ]  # fmt: skip


def test_every_figure_and_line_of_the_page_is_in_the_presentation(lived, client):
    page = client.get("/cooperation/feuille-de-route/2026/")
    bilan = page.context["bilan"]
    answer = client.get("/cooperation/feuille-de-route/2026.odp")
    document = Document(io.BytesIO(answer.content))
    assert document.mimetype == answer["Content-Type"]
    written = [paragraph.text_recursive for paragraph in document.body.get_paragraphs()]
    expected = [
        text for title, lines in slides(bilan) for text in (title, *lines)
    ]  # fmt: skip
    assert written == expected
    for figure in bilan.figures:
        assert any(text.startswith(f"{figure.value} {figure.label}") for text in written)
        assert f"<strong>{figure.value}</strong>" in page.content.decode()
    for line in (*bilan.indicators, *bilan.blocked, *bilan.axes[0].lines):
        assert line in written


def test_actions_of_a_demonstration_are_said_to_be_fictitious(lived):
    Seance.objects.update(demonstration=True)
    bilan = year_of_roadmap(Seance.objects.all(), year=2026, today=TODAY)
    assert bilan.as_of.endswith("Avec des actions de démonstration, fictives.")
    assert [bilan.as_of] in [lines for _, lines in slides(bilan)]


def test_a_long_list_goes_on_over_several_slides(half_day, now):
    for n in range(MAX_LINES + 1):
        roadmap_operations.create_action(
            by=half_day.steerer, axe=half_day.axes[0], titre=f"Action {n}", now=now
        )
    bilan = year_of_roadmap(Seance.objects.all(), year=2026, today=TODAY)
    titles = [title for title, _ in slides(bilan)]
    assert titles == [
        "Feuille de route : bilan 2026", "L'année en chiffres", "Logement", "Logement (suite)",
    ]  # fmt: skip
    pages = Document(io.BytesIO(as_odp(bilan))).body.get_draw_pages()
    assert [page.name for page in pages] == [f"Diapositive {n}" for n in range(1, 5)]


def test_a_roadmap_one_does_not_see_and_a_year_to_come_are_not_shown(lived, client):
    Seance.objects.update(visibilite_feuille="privee")
    page = client.get("/cooperation/feuille-de-route/2026/").content.decode()
    assert "Loger" not in page
    assert client.get("/cooperation/feuille-de-route/9999/").status_code == 404

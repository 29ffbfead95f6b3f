"""What a roadmap says in each document: the same things in words, in cells, in JSON."""

import csv
import json
import re
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from icalendar import Calendar
from odfdo import Document
from openpyxl import load_workbook
from pydantic import ValidationError
from pypdf import PdfReader

from traitdunion.cooperation.models import Indicateur, LigneBudget, Partenaire, Pilote
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.action_lines import lines_of
from traitdunion.cooperation.roadmap.files import as_ics, as_json, as_reentry_csv, as_xlsx
from traitdunion.cooperation.roadmap.odt import as_odt
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.roadmap.roadmap import roadmap
from traitdunion.cooperation.roadmap.schema import RoadmapTold, json_schema
from traitdunion.cooperation.roadmap.sheet import Reading, take_reading

SCHEMA = Path(__file__).parents[3] / "docs/reference/feuille-de-route.schema.json"
ROOT = "/cooperation/seances/demi-journee/"
ON = date(2026, 7, 1)


@pytest.fixture
def action(half_day, now):
    """An action with something in each part of its sheet; its title would run in a spreadsheet."""
    row = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="=Loger <vite> & bien", now=now,
        reference="1.1", epci=["Brioude"], fin_prevue_le=date(2026, 6, 25), description="Réunir",
    )  # fmt: skip
    Pilote.objects.create(action=row, nom="Ana")
    Pilote.objects.create(action=row, nom="Bo", role="copilote", courriel="bo@x.example")
    Partenaire.objects.create(action=row, organisme="CAF", college="operateurs", apport="salle")
    LigneBudget.objects.create(
        action=row, annee=2026, unite="eur", objet="Animation", financeur="État",
        prevu=Decimal("1800.5"), obtenu=Decimal(1000),
    )  # fmt: skip
    indicator = Indicateur.objects.create(
        action=row, definition="Logés", unite="%", source="bailleurs", depart=20, cible=60,
        personnes=True,
    )  # fmt: skip
    fields = {"by": half_day.steerer, "indicateur": indicator, "now": now}
    take_reading(
        reading=Reading(releve_le=date(2026, 6, 20), numerateur=30, denominateur=60), **fields
    )
    take_reading(
        reading=Reading(releve_le=date(2026, 6, 22), numerateur=3, denominateur=60), **fields
    )
    take_reading(
        reading=Reading(releve_le=date(2026, 8, 1), numerateur=40, denominateur=60), **fields
    )
    pledge = roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=row,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(
            quoi="Réserver",
            quantite=Decimal("2.5"),
            unite="logements",
            pour_le=date(2026, 8, 1),
            contact="service habitat",
        ),
    )
    roadmap_operations.confirm(by=half_day.partner_admin, commitment=pledge, now=now)
    return row


EXPECTED = [
    ("Référence", "1.1"),
    ("Description", "Réunir"),
    ("Pilotage", "Ana"),
    ("Copilotage", "Bo"),
    ("Partenaires", "CAF (salle)"),
    ("Territoire", "Brioude"),
    ("Calendrier", "fin prévue le 25 juin 2026"),
    ("État", "à venir, en retard"),
    ("Engagement", "Office foncier : Réserver, 2,5 logements, pour le 1er août 2026 (confirmé)"),
    ("Budget", "2026, en € : 1 800,5 prévus, 1 000 obtenus"),
    ("Financeurs", "État"),
    ("Indicateur", "Logés : secret le 22 juin 2026, départ 20 %, cible 60 % ; source : bailleurs"),
]


def plain(text):
    return re.sub(r"\s+", " ", text)


def test_an_action_is_told_line_by_line(half_day, action):
    (axe, _) = roadmap(half_day.seance, on=ON)
    lines = lines_of(axe.actions[0], on=ON)
    assert [(label, plain(words)) for label, words in lines] == EXPECTED


def test_the_text_document_has_headings_and_every_line(half_day, action):
    axes = roadmap(half_day.seance, on=ON)
    made = as_odt("Coopérer", axes, on=ON, demonstration=False)
    first = ZipFile(BytesIO(made)).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    body = Document(BytesIO(made)).body
    heads = [(int(header.level), header.text) for header in body.get_headers()]
    assert heads == [
        (1, "Feuille de route : Coopérer"),
        (2, "Axe 1 : Logement"),
        (3, "=Loger <vite> & bien"),
        (2, "Axe 2 : Mobilité"),
    ]
    said = [plain(str(paragraph)) for paragraph in body.get_paragraphs()]
    assert [f"{label} : {words}" for label, words in EXPECTED] == [
        text.strip() for text in said if " : " in text
    ]


def test_the_pdf_says_the_same(half_day, action, client):
    made = client.get(ROOT + "feuille-de-route.pdf", {"le": "2026-07-01"}).content
    text = plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages))
    for word in ("=Loger <vite> & bien", "CAF (salle)", "1 800,5 prévus", "secret le 22 juin"):
        assert word in text
    assert "bo@x.example" not in text


def test_the_book_has_budgets_and_readings_as_numbers(half_day, action):
    book = load_workbook(BytesIO(as_xlsx(half_day.seance, on=ON)))
    assert book.sheetnames == ["Feuille de route", "Budget", "Indicateurs"]
    budget = list(book["Budget"].values)
    line = dict(zip(*budget, strict=True))
    assert (line["prevu"], line["demande"], line["obtenu"]) == (1800.5, None, 1000)
    head, *readings = book["Indicateurs"].values
    rows = [dict(zip(head, reading, strict=True)) for reading in readings]
    assert [(row["valeur"], row["numerateur"], row["secret"]) for row in rows] == [
        (50, 30, "non"), (None, None, "oui"),
    ]  # fmt: skip
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_json_is_what_its_schema_says(half_day, action):
    document = as_json(half_day.seance, on=ON)
    again = RoadmapTold.model_validate_json(json.dumps(document))
    actions = again.axes[0].actions[0]
    assert (actions.titre, actions.en_retard, actions.epci) == (
        "=Loger <vite> & bien",
        True,
        ["Brioude"],
    )
    assert [(pilot.nom, pilot.role) for pilot in actions.pilotes] == [
        ("Ana", "pilote"), ("Bo", "copilote"),
    ]  # fmt: skip
    assert document["axes"][0]["actions"][0]["budget"][0]["prevu"] == 1800.5
    assert [(r.valeur, r.secret) for r in actions.indicateurs[0].releves] == [
        (50, False),
        (None, True),
    ]
    for secret in ("bo@x.example", "service habitat"):
        assert secret not in json.dumps(document)
    document["axes"][0]["actions"][0]["inconnu"] = 1
    with pytest.raises(ValidationError):
        RoadmapTold.model_validate(document)


def test_the_schema_published_is_that_of_the_code(client, db):
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()
    assert client.get("/cooperation/feuille-de-route.schema.json").json() == json_schema()


def test_the_calendar_says_where_an_action_is_and_who_leads_it(half_day, action, now):
    made = as_ics(half_day.seance, on=ON, now=now, site="https://x.example")
    texts = [str(event["description"]) for event in Calendar.from_ical(made).walk("VEVENT")]
    assert texts[0] == "=Loger <vite> & bien : à venir, en retard. Pilotage : Ana, Bo"


def test_a_sheet_to_enter_again_has_a_block_by_action_and_says_what_is_not_known(
    half_day, action, client
):
    text = as_reentry_csv(roadmap(half_day.seance, on=ON), on=ON)
    head, *lines = csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert head == ["axe", "action", "rubrique", "contenu", "correspondance"]
    assert [(label, plain(words)) for _, _, label, words, _ in lines[1:]] == EXPECTED
    assert {line[4] for line in lines} == {"à vérifier"}
    assert {line[1] for line in lines} == {"'=Loger <vite> & bien"}
    page = client.get(ROOT + "ressaisie/", {"le": "2026-07-01"}).content.decode()
    assert "n'a pas pu être lu" in page.replace("&#x27;", "'")
    assert "CAF (salle)" in page


def test_each_document_is_given_out(half_day, action, client):
    for name, start in (("feuille-de-route.odt", b"PK"), ("ressaisie.csv", "\ufeff".encode())):
        answered = client.get(ROOT + name)
        assert answered.content.startswith(start)
        assert "demi-journee" in answered["Content-Disposition"]

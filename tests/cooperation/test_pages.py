"""Pages of cooperation: a phone without an account, the scribe, steering, an organisation alone."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
import yaml
from django.utils import timezone

from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.cooperation.enums import EtatSeance
from traitdunion.cooperation.models import Action, AvisIdee, Decision, Engagement, Idee, Seance
from traitdunion.cooperation.roadmap import operations as roadmap_operations
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.sessions import lifecycle
from traitdunion.demonstration.half_day import load_demonstration
from traitdunion.demonstration.network import DEMO

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
PHONE = "/participer/ABC234/"


def text_of(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def phone(half_day, client):
    """A phone whose holder declared the college of employers."""
    client.post(PHONE, {"college": "employeurs"})
    return client


@pytest.fixture
def steering(half_day, client):
    client.force_login(half_day.steerer)
    return client


def test_a_code_is_read_whatever_its_case_and_spaces(half_day, client):
    answered = client.post("/participer/", {"code": " abc 234 "})
    assert answered.url == PHONE
    wrong = client.post("/participer/", {"code": "ZZZZZZ"})
    assert wrong.status_code == 422
    assert "Aucune séance n'a ce code" in text_of(wrong)


def test_the_college_is_asked_first_and_kept_without_saying_who(half_day, client):
    assert "Vous participez au titre de" in text_of(client.get(PHONE))
    answered = client.post(PHONE, {"college": "employeurs"})
    cookies = answered.cookies
    assert cookies["college"].value == "employeurs"
    assert re.fullmatch("[0-9a-f]{32}", cookies["telephone"].value)
    assert all(cookies[name]["httponly"] for name in ("college", "telephone"))
    assert client.post(PHONE, {"college": "inconnu"}).status_code == 422
    assert "titre de : Employeurs" in text_of(client.get(PHONE))


def test_a_phone_says_an_idea_and_gives_an_opinion_once(half_day, phone):
    said = phone.post(PHONE, {"axe": half_day.axes[0].pk, "texte": "Loger"}, follow=True)
    assert "Votre idée est enregistrée" in text_of(said)
    idea = Idee.objects.get()
    for avis in ("accord", "desaccord"):
        phone.post(PHONE, {"idee": idea.pk, "avis": avis})
    assert [(row.college, row.avis) for row in AvisIdee.objects.all()] == [
        ("employeurs", "desaccord")
    ]


def test_a_phone_cannot_write_to_another_session_nor_after_the_end(half_day, phone, now):
    other = Seance.objects.create(
        slug="autre", titre="Autre", organisation=half_day.steering, tenue_le=now, code="QRS567",
        etat="ouverte",
    )  # fmt: skip
    elsewhere = other.axes.create(ordre=1, titre="Ailleurs", question="?")
    assert phone.post(PHONE, {"axe": elsewhere.pk, "texte": "Non"}).status_code == 404
    assert phone.post(PHONE, {"axe": "9" * 30, "texte": "Non"}).status_code == 404
    lifecycle.change_state(
        by=half_day.steerer, seance=half_day.seance, etat=EtatSeance.CLOSE, now=now
    )
    refused = phone.post(PHONE, {"axe": half_day.axes[0].pk, "texte": "Trop tard"})
    assert refused.status_code == 410
    assert "Cette séance est terminée" in text_of(refused)
    assert not Idee.objects.exists()
    # The code dies with the session.
    assert "son code ne sert plus" in text_of(phone.post("/participer/", {"code": "ABC234"}))


def test_a_made_up_voice_is_none(half_day, client):
    client.cookies["telephone"] = "paul"
    client.cookies["college"] = "etat"
    assert "Vous participez au titre de" in text_of(client.get(PHONE))


def test_the_scribe_keeps_axe_and_table_and_reads_a_file(half_day, steering):
    axe = half_day.axes[1]
    lines = {"axe": axe.pk, "table": 7, "idees": "Un\nDeux"}
    answered = steering.post(SESSION + "saisie/", lines)
    assert answered.url == f"{SESSION}saisie/?axe={axe.pk}&table=7"
    page = steering.get(answered.url)
    assert page.context["form"]["table"].value() == "7"
    assert "2 idées enregistrées" in text_of(page)
    file = io.BytesIO('"Trois"\r\nUn\r\n'.encode("utf-8-sig"))
    file.name = "table.csv"
    steering.post(SESSION + "saisie/", {"axe": axe.pk, "table": 7, "fichier": file})
    assert list(axe.idees.values_list("texte", flat=True)) == ["Un", "Deux", "Trois"]


def test_from_ideas_to_an_action_by_the_pages(half_day, steering, now):
    steering.post(
        SESSION + "saisie/", {"axe": half_day.axes[0].pk, "table": 1, "idees": "Un\nDeux"}
    )
    first, second = Idee.objects.all()
    page = SESSION + "animer/"
    steering.post(
        page, {"faire": "merge", "idee": [first.pk, second.pk], "merge-texte": "Ensemble"}
    )
    merged = Idee.objects.current().get()
    gates = dict.fromkeys(("court_terme", "cooperation", "presents", "departement"), "oui")
    refused = steering.post(f"/cooperation/idees/{merged.pk}/", gates | {"presents": "non"})
    assert refused.status_code == 422
    assert "Dites pourquoi" in text_of(refused)
    steering.post(f"/cooperation/idees/{merged.pk}/", gates)
    assert merged.filtres.count() == 4
    steering.post(
        page,
        {"faire": "decide", "idee": [merged.pk], "decide-texte": "Nous le ferons",
         "decide-resultat": "retenue", "decide-methode": "consentement",
         "decide-par": "les présents", "decide-prise_le": "2026-06-19"},
    )  # fmt: skip
    decision = Decision.objects.get()
    steering.post(
        page,
        {"faire": "act", "act-decision": decision.pk, "act-axe": half_day.axes[0].pk,
         "act-titre": "Loger les arrivants", "act-fin_prevue_le": "2026-09-30"},
    )  # fmt: skip
    action = Action.objects.get()
    assert action.decision == decision
    steering.post(
        f"/cooperation/actions/{action.pk}/suivre/",
        {"etat": "en_cours", "commentaire": "Lancée", "fin_prevue_le": "2026-09-30"},
    )
    thread = text_of(steering.get(f"/cooperation/actions/{action.pk}/"))
    for words in ("Comité local du Velay", "Comment loger", "Un", "Ensemble", "retenue", "Lancée"):
        assert words in thread


def test_an_organisation_confirms_then_tells(half_day, client, steering):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Agir", now=timezone.now()
    )
    steering.post(
        f"/cooperation/actions/{action.pk}/suivre/",
        {"organisation": "ofs", "quoi": "Réserver", "quantite": "5", "unite": "logements",
         "pour_le": "2099-09-30"},
    )  # fmt: skip
    pledge = Engagement.objects.get()
    road = SESSION + "feuille-de-route/"
    assert "Proposé (pas encore en vigueur)" in text_of(client.get(road))
    client.force_login(half_day.partner_admin)
    page = "/organisations/ofs/engagements/"
    assert "À confirmer (1)" in text_of(client.get(page))
    client.post(page, {"engagement": pledge.pk, "faire": "confirmer"})
    assert "En vigueur (1)" in text_of(client.get(page))
    client.post(page, {"engagement": pledge.pk, "faire": "dire", "etat": "tenu"}, follow=True)
    pledge.refresh_from_db()
    assert pledge.etat == "confirme"  # no proof was given
    client.post(
        page, {"engagement": pledge.pk, "faire": "dire", "etat": "tenu", "preuve": "5 baux"}
    )
    assert "5 logements, pour le 30 septembre 2099. Tenu" in text_of(client.get(road))


def test_the_commitment_of_another_organisation_is_not_found(half_day, client, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Agir", now=now
    )
    pledge = roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=action,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(quoi="Réserver", quantite=5, unite="logements", pour_le=now.date()),
    )
    client.force_login(half_day.steerer)
    answered = client.post(
        "/organisations/pilote/engagements/", {"engagement": pledge.pk, "faire": "confirmer"}
    )
    assert answered.status_code == 404


def test_the_roadmap_is_read_at_a_past_date_in_page_csv_and_json(half_day, client, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="=Agir", now=now,
        fin_prevue_le=now.date() + timedelta(30),
    )  # fmt: skip
    roadmap_operations.follow(
        by=half_day.steerer, action=action, now=now + timedelta(10), etat="en_cours"
    )
    road = SESSION + "feuille-de-route"
    assert "Aucune action à cette date" in text_of(client.get(road + "/?le=2026-06-18"))
    changed = text_of(client.get(road + "/?le=2026-07-10&depuis=2026-06-20"))
    assert "état, de « à venir » à « en cours »" in changed
    assert "Rien n'a changé" in text_of(client.get(road + "/?le=2026-06-22&depuis=2026-06-20"))
    assert client.get(road + "/?le=nimporte&depuis=quoi&vue=rien").status_code == 200
    for day, etat, late in (("2026-06-20", "À venir", "non"), ("2026-07-29", "En cours", "oui")):
        text = client.get(f"{road}.csv?le={day}").content.decode("utf-8-sig")
        (line,) = csv.DictReader(io.StringIO(text), delimiter=";")
        # A title that begins like a formula is not run by a spreadsheet.
        assert (line["intitule"], line["etat"], line["en_retard"]) == ("'=Agir", etat, late)
    response = client.get(f"{road}.json?le=2026-07-29").json()
    assert response["axes"][0]["actions"][0]["etat"] == "en_cours"
    assert response["axes"][0]["actions"][0]["en_retard"] is True


def test_no_export_gives_a_contact(half_day, client, now):
    action = roadmap_operations.create_action(
        by=half_day.steerer, axe=half_day.axes[0], titre="Agir", now=now
    )
    roadmap_operations.propose_commitment(
        by=half_day.steerer,
        action=action,
        organisation=half_day.partner,
        now=now,
        pledge=Pledge(
            quoi="Réserver",
            quantite=5,
            unite="logements",
            pour_le=now.date(),
            contact="service habitat",
        ),
    )
    for kind in ("/", ".csv", ".json"):
        answered = client.get(SESSION + "feuille-de-route" + kind)
        assert "Réserver" in answered.content.decode()
        assert "service habitat" not in answered.content.decode()


def test_the_demonstration_has_three_axes_three_actions_and_says_so(db, client):
    load_accounts(yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8")), password="x")
    content = yaml.safe_load(DEMO.with_name("cooperation.yaml").read_text("utf-8"))
    seance = load_demonstration(content, now=timezone.localtime())
    counts = [model.objects.count() for model in (Idee, Action, Engagement)]
    assert load_demonstration(content, now=timezone.localtime()) == seance
    assert [model.objects.count() for model in (Idee, Action, Engagement)] == counts
    assert seance.axes.count() == seance.decisions.filter(resultat="retenue").count() == 3
    actions = Action.objects.filter(parent=None)
    assert {action.axe_id for action in actions} == {axe.pk for axe in seance.axes.all()}
    assert all(action.decision_id for action in actions)
    for address in ("", "feuille-de-route/"):
        shown = text_of(client.get(f"/cooperation/seances/{seance.pk}/{address}"))
        assert "Séance de démonstration" in shown
    assert max(e.at for a in Action.objects.all() for e in a.evenements.all()) <= timezone.now()

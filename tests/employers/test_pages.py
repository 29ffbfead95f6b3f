"""The pages for employers keep nothing, and say what is wrong beside the field."""

import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from pypdf import PdfReader

from traitdunion.employers import site_reach
from traitdunion.employers.site_map import LEGEND, map_of
from traitdunion.employers.site_paper import paper_pdf
from traitdunion.territory.models import Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db
HIRED = {"embauche": "2026-04-27", "contrat": "cdd", "nuit": "oui", "mineur": "non"}
ASKED = {"debut": "2026-03-02", "fin": "2026-03-13", "objet": "decouvrir", "poste": "immersion"}


def text(client, name, question):
    response = client.get(reverse(f"employers:{name}"), question)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_has_its_dates_its_articles_and_what_is_to_be_checked(client):
    page = text(client, "welcome", HIRED)
    assert "18 étapes pour une embauche le 27 avril 2026" in page
    assert "29 avril 2026" in page  # the written contract: two working days
    assert "Code du travail, L1242-13" in page
    assert "Visite médicale AVANT" in page
    assert "1 à vérifier" in page  # reinforced safety: nobody said whether the post is at risk


def test_a_list_needs_a_day(client):
    page = text(client, "welcome", {"contrat": "cdi"})
    assert "Un point à corriger" in page
    assert "étapes pour une embauche" not in page


def test_an_immersion_is_judged_with_its_reasons(client):
    assert "Rien ne s&#x27;y oppose" in text(client, "immersion", ASKED | {"avant": "non"})
    assert "À vérifier avant de proposer" in text(client, "immersion", ASKED)
    seasonal = text(client, "immersion", ASKED | {"poste": "saisonnier", "avant": "non"})
    assert "Cette immersion n&#x27;est pas possible" in seasonal
    assert "L5135-7" in seasonal


def test_an_immersion_before_needs_its_dates(client):
    page = text(client, "immersion", ASKED | {"avant": "oui"})
    assert "3 points à corriger" in page
    told = {"avant_debut": "2025-10-01", "avant_fin": "2025-10-10", "avant_objet": "confirmer"}
    assert "Rien ne s&#x27;y oppose" in text(client, "immersion", ASKED | {"avant": "oui"} | told)


def test_an_empty_page_asks_and_judges_nothing(client):
    for name in ("home", "welcome", "immersion"):
        assert "à corriger" not in text(client, name, {})


def test_a_site_is_shown_to_members_with_its_figures(
    client, django_user_model, imported, monkeypatch
):
    address = reverse("employers:site", args=[Site.objects.get(nom="Usine").code])
    assert client.get(address).status_code == 302
    client.force_login(django_user_model.objects.create(email="a@x.example"))
    assert "Laiterie fictive, Usine" in client.get(reverse("employers:sites")).content.decode()
    ended = {"nom": "cars", "du": "2026-09-01", "au": "2026-11-20"}
    monkeypatch.setattr(site_reach, "feeds_unknown", lambda question: [ended])
    page = client.get(address).content.decode()
    assert "Les horaires de cars ne sont connus que du 1er septembre 2026 au" in page
    assert "habitants peuvent venir et rentrer sans permis ni voiture" in page
    assert "non renseigné" in page  # job-seekers: no file is loaded
    legend = "1 commune à chaque horaire"
    assert page.count('class="moves__bar"') == 2 * 7
    assert page.count('" x="1" y="1" width="26"') == len(LEGEND)
    assert legend in page
    table = client.get(address + "communes.csv").content.decode()
    lines = table.lstrip("\ufeff").splitlines()
    assert lines[0] == "code_insee;commune;habitants (estimation);journée;nuit"
    assert lines[1].endswith("oui;oui")  # the most open first, and as the map counts them
    assert sum(line.endswith("oui;oui") for line in lines[1:]) == 1
    paper = PdfReader(io.BytesIO(client.get(address + "fiche.pdf").content))
    (printed,) = (sheet.extract_text() for sheet in paper.pages)
    assert "Qui peut venir travailler chez vous" in printed
    assert legend in printed
    assert "L3261-2" in printed


def test_a_page_of_six_shifts_stays_readable_and_escapes_what_is_typed(imported):
    factory = Site.objects.get(nom="Usine")
    factory.nom = "Usine <b>#1</b> *& co*"
    for hour in range(4):
        factory.equipes.create(
            nom=f"#équipe {hour}", jours=[5], debut_s=hour * 3600, fin_s=(hour + 7) * 3600
        )
    reached = site_reach.seen_from_homes(factory, now=NOW)
    pdf = paper_pdf(reached, map_of(reached), address="https://x.example/?a=1", on=NOW.date())
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)
    assert "Usine <b>#1</b> *& co*" in text
    assert "#équipe 3" in text


def test_a_site_without_a_network_says_what_to_load(client, django_user_model, imported, settings):
    (settings.TRAITDUNION_DATA_DIR / "networks").unlink()
    client.force_login(django_user_model.objects.create(email="a@x.example"))
    code = Site.objects.earliest("pk").pk
    page = client.get(reverse("employers:site", args=[code]))
    assert "Rien à calculer pour l'instant" in page.content.decode()
    assert client.get(reverse("employers:site-paper", args=[code])).status_code == 404

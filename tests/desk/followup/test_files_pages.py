"""The pages of files: from an answer to a file, and what they never show."""

import html

import pytest
from django.urls import reverse

from traitdunion.accounts.models import Access
from traitdunion.desk.models import Parcours

pytestmark = pytest.mark.django_db
QUESTION = {
    "domicile": "Langeac (43)",
    "travail": "Le Puy-en-Velay (43)",
    "jours": ["lun", "mar"],
    "debut": "08:00",
    "fin": "16:00",
    "permis": "aucun",
    "velo": "inconnu",
    "semaine": "2026-11-23",
}
PERSON = {"initiales": "XY", "annee_naissance": "1991", "objectifs": ["4"]}


@pytest.fixture
def signed(client, team):
    client.force_login(team.adviser)
    return client


def text(response):
    return html.unescape(response.content.decode())


def test_a_visitor_sees_no_button_and_gets_no_cookie(client, sampled, db):
    page = client.get("/", QUESTION)
    assert "Ouvrir un parcours" not in text(page)
    assert not page.cookies


def test_from_an_answer_to_a_file_that_keeps_it(signed, team, sampled, samples):
    page = text(signed.get("/", QUESTION))
    assert "Ouvrir un parcours avec cette réponse" in page
    query = page.split('action="/organisations/ici/parcours/garder/?')[1].split('"')[0]
    kept = signed.post("/organisations/ici/parcours/garder/?" + query)
    assert kept.url == "/organisations/ici/parcours/nouveau/"
    assert "Langeac – Le Puy-en-Velay" in text(signed.get(kept.url))
    opened = signed.post(kept.url, PERSON)
    parcours = Parcours.objects.get()
    assert opened.url == reverse("followup:parcours", kwargs={"pk": parcours.pk})
    page = text(signed.get(opened.url))
    for option in samples.sample_answer().options:
        assert option.title in page
    assert "Développer" not in page
    # The answer was used up: another file does not get it.
    signed.post("/organisations/ici/parcours/nouveau/", PERSON)
    assert sorted(one.answers.count() for one in Parcours.objects.all()) == [0, 1]


def test_an_answer_is_added_to_a_file_that_is_open_once(signed, sampled, opened):
    parcours = opened(answer=None)
    signed.post(
        "/organisations/ici/parcours/garder/?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29"
        "&jours=lun&debut=08%3A00&fin=16%3A00&semaine=2026-11-23"
    )
    assert parcours.reference in text(signed.get("/organisations/ici/parcours/nouveau/"))
    for _ in range(2):
        signed.post(f"/parcours/{parcours.pk}/faire/", {"faire": "joindre"})
    assert parcours.answers.count() == 1


def test_mistakes_are_told_together(signed):
    page = signed.post("/organisations/ici/parcours/nouveau/", {"initiales": "Bidon"})
    assert page.status_code == 422
    assert "3 points à corriger" in text(page)
    assert not Parcours.objects.exists()


def test_reading_a_file_is_written_down_and_the_dpo_sees_by_whom(signed, client, team, opened):
    parcours = opened()
    signed.get(f"/parcours/{parcours.pk}/")
    client.force_login(team.dpo)
    assert client.get(f"/parcours/{parcours.pk}/").status_code == 403
    page = text(client.get(f"/parcours/{parcours.pk}/journal/"))
    assert "Adviser" in page
    assert "a consulté" in page
    page += text(client.get("/organisations/ici/protection/", {"q": parcours.reference}))
    assert parcours.reference in page
    assert "A.B." not in page
    assert "1990" not in page


def test_the_list_is_searched_without_initials_in_an_address(signed, opened):
    opened()
    opened(initiales="CD")
    page = text(signed.post("/organisations/ici/parcours/", {"q": "cd"}))
    assert "C.D., 1990" in page
    assert "A.B." not in page
    assert "Aucun parcours ne répond" in text(
        signed.post("/organisations/ici/parcours/", {"q": "zz"})
    )


def test_an_empty_list_says_how_to_begin(signed):
    assert "Aucun parcours n'est ouvert" in text(
        signed.get("/organisations/ici/parcours/")
    ).replace("&#x27;", "'")


def test_long_lists_are_cut_in_pages(signed, opened):
    for _ in range(31):
        opened(answer=None)
    first = text(signed.get("/organisations/ici/parcours/"))
    assert first.count('class="found__item"') == 30
    second = text(signed.post("/organisations/ici/parcours/", {"page": "2"}))
    assert second.count('class="found__item"') == 1


def test_agreement_then_withdrawal_by_the_page(signed, opened):
    parcours = opened()
    told = {"nom": "Anne Bidon", "telephone": "06 00 00 00 00"}
    refused = signed.post(f"/parcours/{parcours.pk}/accord/", told)
    assert "Sans son accord" in text(refused)
    signed.post(f"/parcours/{parcours.pk}/accord/", told | {"accord": "on"})
    assert "Anne Bidon" in text(signed.get(f"/parcours/{parcours.pk}/"))
    signed.post(f"/parcours/{parcours.pk}/faire/", {"faire": "retirer_accord"})
    assert "Anne Bidon" not in text(signed.get(f"/parcours/{parcours.pk}/"))


def test_an_unknown_deed_changes_nothing(signed, opened):
    parcours = opened()
    before = Access.objects.count()
    assert signed.post(f"/parcours/{parcours.pk}/faire/", {"faire": "exploser"}).status_code == 302
    assert Access.objects.count() == before


def test_the_list_says_where_each_person_stands(client, team, oriented, opened):
    opened(initiales="ZZ")
    client.force_login(team.adviser)
    page = text(client.get("/organisations/ici/parcours/"))
    rows = page.split('class="found__item"')[1:]
    oriented_one, other = sorted(rows, key=lambda one: "Z.Z." in one)
    assert "Ouverte" in oriented_one
    assert "Prêt de garage" in oriented_one
    assert "Aucune orientation" in other

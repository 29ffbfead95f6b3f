"""The pages of files: from an answer to a file, and what they never show."""

import html
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.drawn import without_drawn
from traitdunion.accounts.models import Access
from traitdunion.catalogue.models import Structure
from traitdunion.desk.models import Parcours
from traitdunion.french.pages import without_breaks_in_page

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
    assert sorted(followed.answers.count() for followed in Parcours.objects.all()) == [0, 1]


def test_the_page_of_a_file_says_which_answers_are_to_be_asked_again(signed, sampled, opened):
    parcours = opened()
    page = reverse("followup:parcours", kwargs={"pk": parcours.pk})
    kept = parcours.answers.get()
    assert "à redemander" not in text(signed.get(page))
    assert "besoins particuliers : ils ne sont jamais gardés, et sont à redonner" in text(
        signed.get(page)
    ).replace("\u00a0", " ")
    query = "domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29"
    kept.document = {"home": "Langeac", "work": "Le Puy-en-Velay", "query": query}
    kept.save()
    shown = text(signed.get(page))
    assert "Cette réponse est à redemander" in shown
    assert f'href="/?{query}#reponses">Poser de nouveau la question' in shown
    assert "Surveiller" not in shown
    act = reverse("followup:act", kwargs={"pk": parcours.pk})
    signed.post(act, {"faire": "surveiller", "reponse": kept.pk})
    assert not parcours.saved_searches.exists()


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


@pytest.mark.parametrize(("days", "said"), [(90, "(oui)"), (91, "(à vérifier : oui le ")])
def test_an_aid_of_an_old_answer_is_to_be_checked_again(
    signed, opened, document, settings, days, said
):
    settings.TRAITDUNION_RULES_FRESH_DAYS = 90
    aid = {"title": "Aide au permis", "reponse": "Oui", "sums": [], "solutions": []}
    parcours = opened(answer=document | {"aids": [aid]})
    # By the clock of the site, so that no change of clocks moves the day.
    noon = timezone.localtime().replace(hour=12)
    parcours.answers.update(kept_at=noon - timedelta(days=days))
    page = text(signed.get(reverse("followup:parcours", kwargs={"pk": parcours.pk})))
    assert without_breaks_in_page(f"Aide au permis {said}") in page


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
    assert "1990" not in without_drawn(page)


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
    form = {"nom": "Anne Bidon", "telephone": "06 00 00 00 00"}
    refused = signed.post(f"/parcours/{parcours.pk}/accord/", form)
    assert "Sans son accord" in text(refused)
    signed.post(f"/parcours/{parcours.pk}/accord/", form | {"accord": "on"})
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
    oriented_one, other = sorted(rows, key=lambda value: "Z.Z." in value)
    assert "Ouverte" in oriented_one
    assert "Prêt de garage" in oriented_one
    assert "Aucune orientation" in other


# -- finding a file again --------------------------------------------------------------------------


def test_a_private_mark_names_a_file_in_lists_and_finds_it(signed, team, opened):
    for n in range(8):
        opened(libelle=f"atelier {n}", answer=None)
    page = signed.post("/organisations/ici/parcours/", {"q": "ATELIER 3"})
    assert "atelier 3" in text(page)
    assert "atelier 4" not in text(page)


def test_an_answer_joins_a_file_found_by_its_mark_or_one_of_the_six_latest(
    signed, sampled, team, opened
):
    for n in range(8):
        opened(libelle=f"atelier {n}", answer=None)
    query = "&".join(f"{k}={v}" for k, v in QUESTION.items() if k != "jours") + "&jours=lun"
    signed.post(f"/organisations/ici/parcours/garder/?{query}")
    page = text(signed.get("/organisations/ici/parcours/nouveau/"))
    assert page.count('value="joindre"') == 6
    # The form comes first, the files already open after it.
    assert page.index('name="initiales"') < page.index('value="joindre"')
    content = text(signed.post("/organisations/ici/parcours/nouveau/", {"chercher": "atelier 7"}))
    assert content.count('value="joindre"') == 1
    nothing = text(signed.post("/organisations/ici/parcours/nouveau/", {"chercher": "zzz"}))
    assert "Aucun parcours ouvert ne répond à «\u00a0zzz\u00a0»" in nothing


def test_the_header_leads_those_who_follow_people_to_their_morning_and_files(signed, client, team):
    page = text(signed.get("/"))
    assert '<a href="/ce-matin/">Ce matin</a>' in page
    assert '<a href="/organisations/ici/parcours/">Parcours</a>' in page
    client.force_login(team.steering)
    assert "Ce matin" not in text(client.get("/"))


def test_the_morning_shows_the_requests_received_with_initials(client, oriented, team):
    Structure.objects.filter(pk="garage").update(organisation=team.ici)
    client.force_login(team.moderator)
    page = text(client.get("/organisations/ici/ce-matin/"))
    assert "1 orientation reçue attend votre réponse." in page
    assert "A.B., 1990, Prêt de garage, par Agence d'ici" in page

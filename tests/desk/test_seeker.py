"""The question of who looks for a job: one a screen, in four languages, and nothing kept."""

import re
from dataclasses import replace
from html import unescape

import pytest

from traitdunion.desk.seeker.screens import STEPS
from traitdunion.desk.sheet.lines import LANGUAGES

pytestmark = pytest.mark.usefixtures("sampled")
ASKED = (
    "domicile=Langeac+(43)&travail=43157&jours=lun&jours=mar&debut=21:00&fin=05:00"
    "&permis=inconnu&velo=non"
)


def read(client, query):
    response = client.get(f"/mon-trajet/?{query}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_each_screen_asks_one_thing_and_sends_the_rest_again(client):
    for number, name in enumerate(STEPS, start=1):
        html = read(client, f"{ASKED}&etape={number}")
        main = html.split("<main")[1].split("</main>")[0]
        assert len(re.findall("<h1", main)) == 1
        assert f">{number} / {len(STEPS)}<" in main
        hidden = set(re.findall(r'type="hidden" name="(\w+)"', main))
        own = {"debut", "fin"} if name == "heures" else {name}
        assert not hidden & own
        assert {"domicile", "travail", "permis"} - own <= hidden


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answers_are_in_the_language_asked(client, sampled, language):
    html = read(client, f"{ASKED}&etape=7&langue={language}")
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert f"&langue={language}" in html  # the sheet of each way, in the same language
    assert "Train et marche" in html
    (situation,) = sampled.asked
    assert situation.shift.end_s == 29 * 3600  # an end before the start is the day after
    hours = {"fr": "Vous partez à", "en": "You leave at", "ar": "6:", "uk": "6:"}[language]
    day = html.split('class="seeker__day"')[1].split("</ul>")[0]
    assert hours in day
    assert (" h " in re.sub("<[^>]*>|\u00a0", " ", day)) is (language == "fr")
    title = re.search(r"<h1[^>]*>([^<]*)<", html.split('class="seeker"')[1])[1]
    assert "3" in title
    assert (title == "Il y a 3 solutions.") is (language == "fr")


def test_the_sheet_of_a_way_is_under_the_address_that_a_device_keeps(client, django_user_model):
    html = read(client, f"{ASKED}&etape=7&langue=ar")
    link = re.search(r'href="(/mon-trajet/fiche/[^"]*)"', html)[1]
    page = client.get(link)
    assert page.status_code == 200
    assert "no-store" not in page.get("Cache-Control", "")
    sheet = unescape(page.content.decode())
    assert 'lang="ar" dir="rtl"' in sheet
    back = re.search(r'href="(/mon-trajet/\?[^"]*)"', sheet)[1]
    assert "langue=ar" in back
    assert "توجد 3 حلول." in unescape(client.get(back).content.decode())
    client.force_login(django_user_model.objects.create(email="a@demo.example"))
    assert "no-store" in client.get(link)["Cache-Control"]
    assert client.get("/mon-trajet/fiche/?langue=uk").url == "/mon-trajet/?langue=uk&etape=7"


def test_nothing_is_kept(client, sampled):
    response = client.get(f"/mon-trajet/?{ASKED}&etape=7")
    assert not response.cookies
    assert sampled.kept == []
    assert "question.js" not in response.content.decode()


def test_an_unknown_town_is_asked_again_with_those_that_come_near(client):
    html = read(client, "domicile=Langac&etape=2")
    assert 'name="domicile" value="43112"' in html
    assert "Cette commune n'est pas connue" in html


def test_no_day_is_asked_again(client):
    html = read(client, "domicile=Langeac+(43)&travail=43157&debut=08:00&fin=16:00&etape=4")
    assert "Choisissez un jour au moins." in html


def test_with_no_solution_it_says_to_whom_to_show_the_page(client, sampled, samples):
    sampled.answer = lambda situation: replace(samples.sample_answer(), options=())
    assert "Montrez cette page à votre conseiller" in read(client, f"{ASKED}&etape=7")


@pytest.mark.parametrize(
    "query",
    ["etape=99", "etape=x", "langue=xx", "jours=zzz&etape=7&domicile=%00", "debut=9&etape=7"],
)
def test_a_hostile_address_never_breaks_it(client, query):
    assert client.get(f"/mon-trajet/?{query}").status_code == 200


def test_a_device_keeps_no_page_of_who_signs_in(client, django_user_model):
    read(client, f"{ASKED}&etape=7&langue=en")
    worker = client.get("/mon-trajet/hors-ligne.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert 'pathname === "/mon-trajet/"' in worker.content.decode()
    page = client.get(f"/mon-trajet/?{ASKED}&etape=7")
    assert "no-store" not in page.get("Cache-Control", "")
    assert "worker-src 'self'" in page["Content-Security-Policy"]
    assert "data-offline" in page.content.decode()
    client.force_login(django_user_model.objects.create(email="a@demo.example"))
    page = client.get(f"/mon-trajet/?{ASKED}&etape=7")
    assert "no-store" in page["Cache-Control"]
    assert "data-offline" not in page.content.decode()

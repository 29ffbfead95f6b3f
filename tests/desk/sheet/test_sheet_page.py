"""The sheet over HTTP: each language, each direction, what stays in French."""

import re
from dataclasses import replace

import pytest
from django.utils import translation

from traitdunion.desk.sheet.amounts import hour
from traitdunion.desk.sheet.lines import sheet_of
from traitdunion.matching.answer import Verdict

pytestmark = pytest.mark.usefixtures("sampled")
QUESTION = (
    "domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&jours=lun&jours=mar"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu&semaine=2026-11-23"
)


def page(client, option="train", language="fr"):
    response = client.get(f"/fiche/?{QUESTION}&option={option}&langue={language}")
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")


def lines_of(html):
    """Lines of the sheet, without their marks."""
    article = html[html.index("<article") : html.index("</article>")]
    return [
        re.sub(r"<[^>]+>", "", item).strip() for item in re.findall(r"(?s)<li>(.*?)</li>", article)
    ]


def test_the_way_is_told_one_idea_a_line(client):
    lines = lines_of(page(client))
    start = lines.index("Vous partez à 6 h 31.")
    assert lines[start : start + 8] == [
        "Vous partez à 6 h 31.",
        "Vous marchez 11 minutes.",
        "Vous prenez : Train, direction Le Puy-en-Velay.",
        "Vous montez à cet arrêt : Gare de Langeac.",
        "Le départ est à 6 h 47.",
        "Vous descendez à cet arrêt : Gare du Puy-en-Velay.",
        "Vous marchez 14 minutes.",
        "Vous arrivez à 7 h 46.",
    ]
    assert "Le prix est de 46,50 € par mois." in lines
    assert "Le numéro de téléphone : 04 71 00 00 01." in lines


def test_what_the_house_writes_follows_the_rules_of_easy_french(client):
    """Short sentences (Inclusion Europe, « L'information pour tous »): twelve words at most."""
    text = re.sub(r'<bdi lang="fr".*?</bdi>', "x", page(client))
    for line in lines_of(text):
        for sentence in re.split(r"(?<=[.!?]) ", line):
            assert len(sentence.split()) <= 12, sentence


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl"), ("uk", "ltr")])
def test_a_translation_has_its_language_its_direction_and_says_it_is_to_be_checked(
    client, language, direction
):
    html = page(client, language=language)
    assert f'lang="{language}" dir="{direction}" aria-labelledby="fiche"' in html
    article = html[html.index("<article") : html.index("</article>")]
    assert '<bdi lang="fr" dir="ltr">Gare de Langeac</bdi>' in article
    assert '<bdi dir="ltr">6:47</bdi>' in article
    bare = re.sub(r'<bdi lang="fr".*?</bdi>', "", article)
    assert not re.search(r"Vous|votre|horaires|arrêt", bare)
    check = {"en": "native speaker", "ar": "يجب أن يتحقق", "uk": "носій мови"}[language]
    assert check in lines_of(html)[-1]


def test_french_is_the_source_and_needs_no_check(client):
    assert "Traduction à vérifier" not in page(client)


def test_days_are_named_in_the_language(client):
    assert "الاثنين، " in page(client, language="ar")
    assert "понеділок" in page(client, language="uk").lower()


def test_the_day_that_does_not_work_and_the_doubt_are_told(client):
    lines = lines_of(page(client, option="car"))
    assert "Ce trajet ne marche pas ces jours : vendredi." in lines
    assert "Cette solution est à vérifier avec votre conseiller." in lines
    assert "Cette solution est à vérifier avec votre conseiller." not in lines_of(page(client))


def test_the_message_stands_on_the_page_in_french_with_its_link(client):
    html = page(client, language="ar")
    assert "Un seul message, en français : " in html
    assert 'href="sms:?body=' in html
    assert "Aller 6h31, Train 6h47" in html


def test_what_is_unknown_is_not_found_or_sends_back_to_the_question(client):
    assert client.get(f"/fiche/?{QUESTION}&option=rien").status_code == 404
    assert client.get(f"/fiche/?{QUESTION}&option=train&langue=xx").status_code == 404
    response = client.get("/fiche/?domicile=Nulle+part&option=train")
    assert response.status_code == 302
    assert response["Location"].startswith("/?domicile=Nulle+part")


def test_each_answer_leads_to_its_sheet(client):
    html = client.get(f"/?{QUESTION}").content.decode()
    for link in re.findall(r'href="(/fiche/[^"]+)"', html):
        assert client.get(link.replace("&amp;", "&")).status_code == 200
    sheets = re.findall(r'href="/fiche/[^"#]+"', html)
    assert len(sheets) == len(set(sheets)) == 4


def test_a_catalogue_cannot_write_marks_into_the_sheet(samples):
    answer = samples.sample_answer()
    option = replace(answer.options[0], title="<script>{0}</script>", next_step="<b>{hour}</b>")
    sheet = sheet_of(answer, option, option.days[0], on=answer.situation.now.date())
    text = "".join(line.text for part in sheet.parts for line in part.lines) + sheet.lead[0].text
    assert "<script" not in text
    assert "<b>" not in text
    assert option.verdict == Verdict.POSSIBLE


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "1 h 05, le lendemain"), ("en", "1:05, the next day"), ("uk", "1:05 наступного дня")],
)
def test_an_hour_past_midnight_says_its_day(language, expected):
    with translation.override(language):
        text = re.sub("<[^>]+>", "", hour(25 * 3600 + 300)).replace("\u00a0", " ")
    assert text == expected


def test_a_place_with_an_article_is_contracted(client):
    assert "Vous travaillez au Puy-en-Velay." in lines_of(page(client))

"""A long answer is drawn by fifty, the others counted and reached without JavaScript."""

import re
from dataclasses import replace
from html import unescape

import pytest

from traitdunion.matching.answer import Help

pytestmark = pytest.mark.django_db
QUESTION = (
    "/?domicile=Langeac+(43)&travail=Le+Puy-en-Velay+(43)&jours=lun&jours=mar&jours=mer&jours=jeu"
    "&jours=ven&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)


@pytest.fixture
def long(sampled, samples):
    """A sample answer of 120 ways, 70 solutions left out and 51 helps."""

    def answer(situation):
        reply = samples.sample_answer(situation)
        ways = [replace(reply.options[0], key=f"w{n}", title=f"Façon {n}") for n in range(1, 121)]
        out = [replace(reply.excluded[0], key=f"x{n}", title=f"Écartée {n}") for n in range(1, 71)]
        helps = [
            Help(f"h{n}", f"Appui {n}", "", "garage", False, "", "", "", "", True, None)
            for n in range(1, 52)
        ]
        return replace(reply, options=tuple(ways), excluded=tuple(out), helps=tuple(helps))

    sampled.answer = answer


def shown(page, word):
    return [int(n) for n in re.findall(rf">{word} (\d+)", page)]


def read(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def following(page, anchor):
    (link,) = re.findall(rf'href="([^"]*page=\d+#{anchor})"', page)
    return "/" + unescape(link)


def test_each_way_is_on_one_page_and_the_others_are_a_link_away(client, long):
    pages = [read(client, QUESTION)]
    assert "120 solutions, aller et retour" in pages[0]
    assert "Voir les 70 autres" in pages[0]
    assert "Voir les 20 autres" in pages[0]
    assert "Voir la dernière" in pages[0]
    for _ in range(2):
        pages.append(read(client, following(pages[-1], "reponses")))
    assert "page=" not in pages[2].split('id="autres-aides"')[0]
    ways = [n for page in pages for n in shown(page, "Façon")]
    assert sorted(set(ways)) == list(range(1, 121))
    assert shown(pages[1], "Écartée") == list(range(51, 71))
    assert shown(pages[1], "Appui") == [51]
    assert "Revenir au début de la liste" in pages[1]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99999999", "²", ""])
def test_a_page_that_may_not_be_is_the_first_or_the_last(client, long, asked):
    assert shown(read(client, f"{QUESTION}&page={asked}"), "Façon")


def test_facts_of_the_person_are_sent_again_with_the_page(client, long):
    sent = {"vu": ["age"], "f-age": "30"}
    first = client.post(QUESTION.replace("/?", "/aides/?"), sent).content.decode()
    assert "Voir les 70 autres</button>" in first
    assert '<input type="hidden" name="f-age" value="30">' in first
    second = client.post(QUESTION.replace("/?", "/aides/?"), {**sent, "page": "2"}).content.decode()
    assert set(shown(second, "Façon")) == set(range(51, 101))

"""What leaves the desk names the commune of a home, and never its address."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote_plus

import pytest

from traitdunion.desk import queries
from traitdunion.desk.sheet import sms
from traitdunion.networks.places import NamedPlace, PlaceKind
from traitdunion.web.logs import discreet

STREET = "12 Rue Haute, 43300 Langeac"
WEEK = "&".join(f"jours={day}" for day in ("lun", "mar", "mer", "jeu", "ven"))
ASKED = (
    f"?domicile={STREET.replace(' ', '+')}&travail=Le+Puy-en-Velay+(43)&{WEEK}"
    "&debut=08:00&fin=16:00&permis=aucun&velo=inconnu"
)
SECRET = re.compile(r"haute|45\.1017|3\.4963", re.IGNORECASE)
KINDS = {
    PlaceKind.ADRESSE: True, PlaceKind.LIEU_DIT: True, PlaceKind.POINT: True,
    PlaceKind.ARRET: False, PlaceKind.SITE: False,
}  # fmt: skip


def home(kind=PlaceKind.ADRESSE):
    return NamedPlace(kind, STREET, "12 Rue Haute, Langeac", 45.1017, 3.4963, "43112", "Langeac")


def at_the_address(steps):
    """Return steps that begin or end at the address."""
    named = {"Domicile, Langeac": "Domicile, 12 Rue Haute, Langeac"}
    return tuple(
        replace(
            step,
            from_name=named.get(step.from_name, step.from_name),
            to_name=named.get(step.to_name, step.to_name),
        )
        for step in steps
    )


@pytest.fixture
def addressed(sampled, samples, monkeypatch):
    """A desk that knows one address, whose ways begin and end there."""

    def place_named(text):
        return home() if text == STREET else samples.commune_named(text)

    def answered(situation):
        answer = samples.sample_answer(situation)
        options = [
            replace(
                option,
                days=tuple(
                    replace(day, out=at_the_address(day.out), back=at_the_address(day.back))
                    for day in option.days
                ),
            )
            for option in answer.options
        ]
        return replace(answer, options=tuple(options)) if situation.home.is_precise else answer

    monkeypatch.setattr(queries, "place_named", place_named)
    sampled.answer = answered
    return sampled


def given(html):
    """Return what the page of sharing gives out: link, text message, mail."""
    link = unescape(re.search(r'id="adresse" value="([^"]*)"', html)[1])
    text, mail = (
        unquote_plus(unquote_plus(unescape(re.search(rf'href="({kind}:[^"]*)"', html)[1])))
        for kind in ("sms", "mailto")
    )
    return unquote_plus(link), text, mail


def test_what_is_shared_names_the_commune(client, addressed):
    html = client.get(f"/partager/{ASKED}").content.decode()
    for text in given(html):
        assert not SECRET.search(text)
        assert "domicile=Langeac (43)" in text
    assert [asked.home.label for asked in addressed.asked] == ["12 Rue Haute, Langeac", "Langeac"]
    assert "Il donne la commune du domicile (Langeac), pas son adresse" in unescape(html)


def test_another_verdict_at_the_address_is_said(client, addressed, samples):
    usual = addressed.answer

    def answered(situation):
        answer = usual(situation)
        return replace(answer, options=()) if situation.home.is_precise else answer

    addressed.answer = answered
    assert "De l'adresse demandée\u00a0: " in unescape(
        client.get(f"/partager/{ASKED}").content.decode()
    )


def test_a_commune_is_shared_as_it_was_asked(client, addressed):
    asked = ASKED.replace("12+Rue+Haute,+43300+Langeac", "Langeac+(43)")
    html = client.get(f"/partager/{asked}").content.decode()
    assert "pas son adresse" not in unescape(html)
    assert len(addressed.asked) == 1


@pytest.mark.parametrize(("kind", "hidden"), KINDS.items())
def test_only_what_may_be_a_home_is_hidden(sampled, kind, hidden):
    assert queries.given_out(home(kind)) == ("Langeac (43)" if hidden else "")


def test_a_calendar_and_a_text_message_say_home(client, addressed):
    ways = re.findall(r'href="(/agenda/[^"]*)"', client.get(f"/partager/{ASKED}").content.decode())
    assert ways
    for way in ways:
        written = client.get(unescape(way)).content.decode().replace("\r\n ", "")
        assert "Domicile" in written
        assert not SECRET.search(written)
    sheet = client.get(unescape(ways[0]).replace("/agenda/", "/fiche/")).content.decode()
    text = unquote_plus(re.search(r'href="(sms:[^"]*)"', sheet)[1])
    assert not SECRET.search(text)
    assert sms.without_home("Domicile, 12 Rue Haute, Langeac") == "Domicile"
    assert sms.without_home("Gare de Langeac") == "Gare de Langeac"


def test_the_log_of_the_site_does_not_write_the_question():
    line = discreet(f'"GET /{ASKED} HTTP/1.1" 200 51234')
    assert line == '"GET /?… HTTP/1.1" 200 51234'

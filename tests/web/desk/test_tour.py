"""The tour of the demonstration: each stop is a page that says what to look at, and leads on."""

import html
import re

import pytest

from traitdunion.demonstration.tour import STOPS, address_of, every_place, place_at
from traitdunion.web import context

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstrated(monkeypatch):
    monkeypatch.setattr(context, "stands_on_demonstration", lambda: True)
    monkeypatch.setattr("traitdunion.web.public_pages.stands_on_demonstration", lambda: True)


def bar_of(page):
    found = re.search(r'<nav class="tour".*?</nav>', page, re.DOTALL)
    return html.unescape(found[0]) if found else ""


def test_a_site_without_demonstration_has_no_tour(client):
    assert client.get("/visite/").status_code == 404
    assert bar_of(client.get("/logement/?visite=10").content.decode()) == ""


def test_each_stop_answers_says_what_to_look_at_and_leads_to_the_next(client, demonstrated):
    first = client.get("/visite/").content.decode()
    assert all(html.escape(place.address) in first for place in every_place())
    for number, stop in enumerate(STOPS, 1):
        response = client.get(address_of(number))
        assert response.status_code == 200, stop.role
        bar = bar_of(response.content.decode())
        assert f"Visite, {number} sur {len(STOPS)}" in bar
        assert f"<strong>{stop.role}</strong>" in bar
        following = address_of(number + 1) if number < len(STOPS) else "/visite/"
        assert f'href="{following}"' in bar


@pytest.mark.parametrize(
    ("path", "number"),
    [("/", ""), ("/", "0"), ("/", "99"), ("/", "-1"), ("/", "²"), ("/", "3"), ("/aide/", "1")],
)
def test_a_number_that_is_not_of_the_page_shows_no_bar(path, number):
    assert place_at(path, number) is None


def test_the_banner_leads_to_the_tour(client, demonstrated):
    assert 'href="/visite/">Visite' in client.get("/aide/").content.decode()

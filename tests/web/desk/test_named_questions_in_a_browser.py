"""The six named questions as they are drawn: three screens of a phone, one of a computer."""

import re
from html import unescape

import pytest
import time_machine
from django.core.cache import caches
from playwright.sync_api import expect

from tests.desk.named_questions import NOW, QUESTIONS, address_of, haute_loire  # noqa: F401
from tests.web.page_steps import check_page

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://trait-d-union.test"
PHONE = {"width": 360, "height": 740}
COMPUTER = {"width": 1280, "height": 800}


@pytest.fixture
def asked(browser, client, haute_loire, settings):  # noqa: F811
    """Function that opens a named question in a window, drawn with what would unlock it.

    What the page asks for is read beforehand: a live server would empty the database.
    """
    settings.TRAITDUNION_DATA_DIR = haute_loire
    caches["memory"].clear()
    contexts = []

    def open_(name, viewport):
        context = browser.new_context(viewport=viewport, locale="fr-FR", reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        with time_machine.travel(NOW, tick=True):
            given = everything_asked(client, address_of(name))
        page.route("**/*", lambda route: route.fulfill(**given[route.request.url]))
        page.goto(SITE + address_of(name))
        expect(page.locator("#titre-reponses")).to_be_visible()
        expect(page.locator("[data-load][aria-busy]")).to_have_count(0)
        expect(page.locator("[data-load] > [data-loaded] > a")).to_have_count(0)
        return page

    yield open_
    for context in contexts:
        context.close()


def everything_asked(client, address):
    """Return the page, and what it loads, by address: as Playwright fulfils a request."""
    html = client.get(address).content.decode()
    asked = re.findall(r'(?:src|href)="(/(?:static|debloquer)/[^"]+)"', html)
    given = {}
    for path in (address, *map(unescape, asked)):
        response = client.get(path)
        given[SITE + path] = {
            "status": response.status_code,
            "body": response.getvalue(),
            "headers": dict(response.headers),
        }
    return given


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_phone_reads_a_named_question_in_three_screens(asked, name):
    page = asked(name, PHONE)
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * PHONE["height"]
    check_page(page)


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_first_way_of_a_named_question_is_whole_above_the_fold(asked, name):
    page = asked(name, COMPUTER)
    first = page.locator(".award-card, .way, .nothing").first
    box = first.bounding_box()
    assert box["y"] + box["height"] <= COMPUTER["height"], box
    check_page(page)


def test_what_others_could_change_opens_by_keyboard_on_a_phone(asked):
    page = asked("by night", PHONE)
    cards = page.locator(".unlock .key-card")
    more = page.get_by_role("button", name="Voir aussi")
    assert cards.count() > 1
    expect(cards.first).to_be_visible()
    expect(cards.nth(1)).to_be_hidden()
    more.focus()
    page.keyboard.press("Enter")
    expect(cards.nth(1)).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
    check_page(page)


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(asked):
    page = asked("Langeac", PHONE)
    link = page.get_by_role("link", name="Les solutions", exact=True)
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    check_page(page)
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()

"""A whole story with data one would recognise, then a search for it where it may not be.

Addresses of pages, what is logged, subjects of messages, error pages, what other sites learn.
"""

import html
import logging
import re
from types import SimpleNamespace

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from tests.accounts.test_every_address import addresses
from tests.mailbox import delivered
from traitdunion.accounts.models import Access
from traitdunion.desk.followup import orientation_views
from traitdunion.desk.followup.forms import ACCEPT
from traitdunion.desk.models import Orientation, Parcours
from traitdunion.web.logs import LINKS, DiscreetFormatter, discreet

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL = "Zéphyrine Quillebeuf", "06 98 76 54 32", "zephyrine.q@courrier.example"
TEXTS = ("attend devant la pharmacie Mirabelle", "rendez-vous chez Monsieur Tournevis")
PERSONAL = (
    NAME, "Zéphyrine", "Quillebeuf", PHONE, "0698765432", "98 76 54", EMAIL, "zephyrine.q",
    "Mirabelle", "Tournevis",
)  # fmt: skip


def found_in(text: str) -> list[str]:
    read = html.unescape(text)
    return [word for word in PERSONAL if word.lower() in read.lower()]


class Follower(Client):
    """A browser that notes each address it is given, and each page."""

    def __init__(self, **more):
        super().__init__(**more)
        self.asked: list[str] = []
        self.pages: list[str] = []

    def request(self, **request):
        response = super().request(**request)
        query = request.get("QUERY_STRING", "")
        self.asked.append(f"{request['PATH_INFO']}?{query}")
        self.asked.append(response.headers.get("Location", ""))
        if response.headers.get("Content-Type", "").startswith("text/html"):
            self.pages.append(response.content.decode())
            assert response.headers["Referrer-Policy"] == "same-origin"
        return response


@pytest.fixture
def written():
    """Every line of every logger, from DEBUG up, as it is and as the site writes it."""
    lines = SimpleNamespace(raw=[], written=[])
    usual, ours = logging.Formatter("%(name)s %(message)s"), DiscreetFormatter("%(message)s")

    class Keeper(logging.Handler):
        def emit(self, record):
            lines.raw.append(usual.format(record))
            lines.written.append(ours.format(record))

    keeper, root = Keeper(level=logging.DEBUG), logging.getLogger()
    level = root.level
    request = logging.getLogger("django.request")
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    request_level = request.level
    request.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(keeper)
    root.setLevel(level)
    request.setLevel(request_level)


@pytest.fixture
def story(team, solutions, opened):
    """From a file with a name to an answer by link, a reading by the DPO, and what goes wrong."""
    adviser, structure, dpo = Follower(), Follower(), Follower()
    adviser.force_login(team.adviser)
    dpo.force_login(team.dpo)
    parcours = opened()
    page = f"/parcours/{parcours.pk}/"
    form = {"nom": NAME, "telephone": PHONE, "courriel": EMAIL, "accord": "on"}
    assert adviser.post(page + "accord/", form).status_code == 302
    parcours.refresh_from_db()
    assert NAME in str(parcours.__dict__)
    wrong = {"nom": NAME, "telephone": PHONE, "courriel": "pas une adresse"}
    assert adviser.post(page + "accord/", wrong).status_code == 422
    files = "/organisations/ici/parcours/"
    adviser.post(files, {"q": "Quillebeuf"}, follow=True)
    sent = adviser.post(
        page + "orienter/?q=garage", {"solution": "garage", "message": TEXTS[0]}, follow=True
    )
    assert sent.status_code == 200
    orientation = Orientation.objects.get()
    link = re.search(r"https?://[^/]+(/repondre/\S+/)", delivered()[-1].body)[1]
    structure.get(link)
    assert structure.post(link, {"reponse": "refuser"}).status_code == 422
    answer = {"reponse": ACCEPT, "commentaire": TEXTS[1]}
    assert structure.post(link, answer).status_code == 302
    assert structure.post(link, answer).status_code == 410
    for address in (page, f"/orientations/{orientation.pk}/", files, page + "journal/"):
        adviser.get(address)
        dpo.get(address)
    dpo.post(page + "export/")
    orientation.refresh_from_db()
    return SimpleNamespace(
        clients=(adviser, structure, dpo), parcours=parcours, orientation=orientation, link=link
    )


def test_the_story_did_keep_what_is_looked_for(story):
    kept = str(Parcours.objects.values_list()) + str(Orientation.objects.values_list())
    for personal in (NAME, PHONE, EMAIL, *TEXTS):
        assert personal in kept
    shown = "".join(story.clients[0].pages)
    assert {"Quillebeuf", "Mirabelle", "Tournevis"} <= set(found_in(shown))


def test_no_address_of_a_page_says_anything_of_a_person(story):
    for client in story.clients:
        assert found_in(" ".join(client.asked)) == []
        for page in client.pages:
            for address in re.findall(r'(?:href|src|action)="([^"]*)"', page):
                if not address.startswith(("mailto:", "tel:")):  # opens a telephone, not a page
                    assert found_in(address) == [], address


def test_no_subject_of_a_message_says_anything_of_a_person(story):
    assert len(delivered()) >= 2
    assert found_in(" ".join(mail.subject for mail in delivered())) == []
    assert found_in(" ".join(str(mail.extra_headers) for mail in delivered())) == []


def test_no_line_of_any_log_says_anything_of_a_person_nor_how_to_open_a_link(written, story):
    assert len(written.raw) > 3
    assert found_in("\n".join(written.raw)) == []
    secret = story.link.split("/")[2]
    assert any(secret in line for line in written.raw)  # Django writes the path of what it refuses
    assert not any(secret in line for line in written.written)


def test_the_journal_of_the_site_names_files_by_their_reference(story):
    assert found_in(str(list(Access.objects.values_list()))) == []


@pytest.mark.parametrize("wrong", [RuntimeError, IntegrityError])
def test_a_breakdown_shows_and_writes_nothing_of_what_was_being_sent(
    wrong, story, written, monkeypatch
):
    def break_down(**_):
        raise wrong(f"DETAIL:  Failing row contains ({NAME}, {PHONE}, {EMAIL}).")

    monkeypatch.setattr(orientation_views.orientations, "orient", break_down)
    adviser = story.clients[0]
    adviser.raise_request_exception = False
    form = {"solution": "garage", "message": TEXTS[0]}
    page = adviser.post(f"/parcours/{story.parcours.pk}/orienter/?q=garage", form)
    assert page.status_code == 500
    assert found_in(page.content.decode()) == []
    assert "Traceback" not in page.content.decode()
    assert any("Traceback" in line for line in written.written)
    assert found_in("\n".join(written.written)) == []


def test_pages_that_refuse_say_nothing_of_the_person(story, team):
    stranger = Follower()
    stranger.force_login(team.stranger)
    # The link of an accepted request reads it while the file is open.
    Parcours.objects.update(closed_at=timezone.now())
    for address, status in (
        (f"/parcours/{story.parcours.pk}/", 403),
        (f"/orientations/{story.orientation.pk}/", 403),
        (f"/parcours/{str(story.parcours.pk)[:-1]}0/", None),
        (story.link, 410),
        ("/parcours/Quillebeuf/", 404),
    ):
        page = stranger.get(address)
        assert page.status_code == status or (status is None and page.status_code in (403, 404))
        assert found_in(page.content.decode()) == []


def test_no_page_loads_anything_elsewhere_and_links_elsewhere_are_told_no_address(story):
    for client in story.clients:
        for page in client.pages:
            assert (
                re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="(?:https?:)?//', page)
                == []
            )


# The formatter.


@pytest.mark.parametrize(
    ("line", "written_as"),
    [
        ("Gone: /repondre/aB3_-x/", "Gone: /repondre/…/"),
        ("Not Found: /invitations/aB3/?x=1", "Not Found: /invitations/…/?…"),
        ("/compte/mot-de-passe/nouveau/1-abc-def/", "/compte/mot-de-passe/nouveau/…/"),
        ("/compte/retour/?code=a-b&state=c", "/compte/retour/?…"),
        ("code=a-b&state=c", "code=…&state=…"),
        ('"GET /?domicile=12+rue+Haute&travail=B HTTP/1.1" 200', '"GET /?… HTTP/1.1" 200'),
        ("Est-ce sûr ? a=b", "Est-ce sûr ? a=b"),
        ("refused <a.b+c@d-e.example>", "refused <[adresse]>"),
        ("tel 06 12 34 56 78, +33 6 12 34 56 78", "tel [numéro], [numéro]"),
        ("0612345678", "[numéro]"),
        ("le 2026-11-25 10:00:00, 0.612345678", "le 2026-11-25 10:00:00, 0.612345678"),
    ],
)  # fmt: skip
def test_a_line_is_written_without_what_opens_or_names(line, written_as):
    assert discreet(line) == written_as


def test_every_address_that_carries_a_secret_is_hidden_in_logs():
    carrying = {
        name for name, view in addresses() if getattr(getattr(view, "gate", None), "by_link", False)
    }
    routes = [
        str(pattern.pattern)
        for inner in get_resolver().url_patterns
        for pattern in getattr(inner, "url_patterns", [])
        if f"{inner.namespace}:{getattr(pattern, 'name', '')}" in carrying
    ]
    assert len(routes) == len(carrying)
    assert {route.partition("/<")[0] for route in routes} <= set(LINKS)


def test_what_the_site_writes_goes_by_the_formatter(settings):
    handlers = settings.LOGGING["handlers"]
    assert {handler["formatter"] for handler in handlers.values()} == {"discreet"}
    assert settings.LOGGING["formatters"]["discreet"]["()"] is DiscreetFormatter
    for name in ("django", "django.server", "django.request"):
        assert logging.getLogger(name).handlers == []

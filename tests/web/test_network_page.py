"""The page of the timetables in use: what the public is told of each feed, and how it looks."""

import html
from dataclasses import replace
from datetime import timedelta

import pytest
import yaml
from django.utils import timezone
from drawn_feeds import Drawn, Runs
from drawn_messages import message
from misbehaving import misbehaving_site, status
from playwright.sync_api import expect
from published_feeds import NOW, Published

from tests.web.page_steps import check_page, unfold
from traitdunion.networks import versions as networks
from traitdunion.networks.versions import NewNetwork

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
CARS = Drawn({"12": Runs(6, 6, 6)}, first=TODAY - timedelta(30), last=TODAY + timedelta(90))


@pytest.fixture
def published(tmp_path, settings, time_machine):
    """Two feeds published, of which the site has the list; nothing downloaded."""
    time_machine.move_to(NOW)
    settings.TRAITDUNION_DATA_DIR = tmp_path
    settings.TRAITDUNION_FEEDS = tmp_path / "feeds.yaml"
    with misbehaving_site() as site:
        made = Published(site, tmp_path)
        made.publish("cars", CARS)
        made.publish("trains", replace(CARS, lines={"P53": Runs(8, 8, 8, agency="SNCF")}))
        feeds = [
            {key: getattr(feed, key) for key in ("name", "title", "publisher", "licence", "url")}
            | {"why": feed.why}
            for feed in made.list.feeds
        ]
        settings.TRAITDUNION_FEEDS.write_text(yaml.safe_dump({"title": "Velay", "feeds": feeds}))
        yield made


@pytest.fixture
def shown(client):
    """Text of the page, without what a browser hides."""

    def show() -> str:
        answered = client.get("/reseau/")
        assert answered.status_code == 200
        return " ".join(html.unescape(answered.content.decode()).split())

    return show


def test_without_any_network_it_is_said(published, shown):
    text = shown()
    assert "Aucun horaire en service" in text
    assert text.count("Pas encore reçu") == 2
    assert not published.networks.exists() or not list(published.networks.iterdir())


def test_each_feed_tells_its_source_its_days_and_its_changes(published, shown):
    published.sync()
    published.publish("cars", replace(CARS, lines={"12": Runs(5, 6, 6), "14": Runs(2)}))
    published.sync()
    text = shown()
    assert "Velay : du " in text
    assert text.count("À jour") == 2
    assert text.count("<dd>ODbL</dd>") == 2
    assert text.count("<dd>la Région</dd>") == 2
    assert "2 lignes<small>2 arrêts</small>" in text
    assert "<li>Ligne ajoutée : 14 (Cars).</li>" in text
    assert "<li>Ligne 12 (Cars) : 5 courses un jour de semaine, contre 6.</li>" in text
    assert "à la main" not in text


def test_the_public_is_told_of_a_failure_without_the_words_of_administrators(published, shown):
    published.sync()
    published.publish("cars", replace(CARS, lines={"12": Runs(1)}))
    published.site.serve("/trains.zip", status(404))
    published.sync()
    text = shown()
    said = f"La mise à jour du {TODAY:%d/%m/%Y} n'a pas abouti"
    assert text.count(said) == 2
    assert f"les horaires reçus le {TODAY:%d/%m/%Y} restent en service" in text
    assert text.count("À surveiller") == 2
    for internal in ("--accept", "404", "127.0.0.1", "Prévenez"):
        assert internal not in text


def test_a_feed_that_ends_soon_is_told(published, shown):
    ending = TODAY + timedelta(5)
    published.publish("cars", replace(CARS, last=ending))
    published.sync()
    text = shown()
    assert f"Au-delà du {ending:%d/%m/%Y}, les horaires ne sont pas encore publiés." in text


def test_a_network_imported_by_hand_is_said_to_be_one(published, shown, tmp_path):
    published.sync()
    path = CARS.write(tmp_path / "by-hand.zip")
    networks.import_network(
        [path],
        root=published.networks,
        now=timezone.localtime(),
        new=NewNetwork(
            label="À la main", start=TODAY - timedelta(30), days=20, demonstration=False
        ),
    )
    text = shown()
    assert "ils ne viennent pas des flux ci-dessous" in text
    assert "Ces horaires sont passés" in text  # they ended ten days ago


def test_a_list_that_is_wrong_leaves_the_network_shown(published, shown, settings):
    published.sync()
    settings.TRAITDUNION_FEEDS.write_text("feeds: []")
    text = shown()
    assert "Velay : du " in text
    assert "D'où viennent" not in text


def test_what_riders_are_told_now_is_shown(published, shown):
    published.sync()
    alerts = [("Grève jeudi", "Un car sur deux."), ("Travaux", "Travaux")]
    place = published.store.realtime("cars", "service_alerts")
    place.parent.mkdir(parents=True)
    place.write_bytes(message(made_at=timezone.now(), alerts=alerts))
    text = shown()
    assert "Infos trafic du moment (2)" in text
    assert "<strong>Grève jeudi</strong> Un car sur deux." in text
    assert "<li><strong>Travaux</strong></li>" in text


def test_what_publishers_write_is_shown_as_text(published, client):
    published.sync()
    evil = replace(CARS, lines=CARS.lines | {"<script>alert(1)</script>": Runs(1)})
    published.publish("cars", evil)
    published.sync()
    raw = client.get("/reseau/").content.decode()
    assert "Ligne ajoutée\u00a0: &lt;script&gt;alert(1)&lt;/script&gt;" in raw


def test_every_page_leads_to_it(published, client):
    assert 'href="/reseau/"' in client.get("/").content.decode()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    published, live_server, open_page, width, dark
):
    published.sync()
    published.publish("cars", replace(CARS, lines={"12": Runs(5, 6, 6), "14": Runs(2)}))
    published.site.serve("/trains.zip", status(404))
    published.sync()
    page = open_page(live_server.url + "/reseau/", width=width, dark=dark)
    unfold(page)
    check_page(page)


@pytest.mark.browser
def test_it_reads_without_scripts(published, live_server, open_page):
    published.sync()
    page = open_page(live_server.url + "/reseau/", scripts=False)
    page.locator("summary").first.click()
    expect(page.get_by_text("Première édition : 1 ligne").first).to_be_visible()

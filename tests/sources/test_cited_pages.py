"""Reading the pages of others: what they say, politely; against a local server."""

import pytest
from misbehaving import LOOPBACK, misbehaving_site, status, whole

from traitdunion.sources.cited_pages import (
    Forbidden,
    PoliteReader,
    meaningful_text,
)
from traitdunion.sources.downloads import DownloadError, Validators

FRAME = """<!doctype html><html><head><meta charset="{charset}"><title>Aide</title>
<style>p {{ color: red }}</style><script>var t = {stamp};</script></head>
<body><header>Le site {stamp}</header><nav><ul><li>Accueil</li></ul></nav>
<main><h1>Aide à la mobilité</h1><p>Elle vaut
   <b>{amount}</b> par&nbsp;kilomètre.</p><ul><li>Avant<li>Après</ul>
<form><input value="x"><button>Chercher {stamp}</button></form>
<aside>À lire : {stamp}</aside></main>
<footer>Vu {stamp} fois</footer></body></html>"""


def page(amount="0,23 €", stamp=1, charset="utf-8"):
    return FRAME.format(amount=amount, stamp=stamp, charset=charset).encode(charset)


def test_what_a_page_says_is_its_main_part_line_by_line():
    assert meaningful_text(page()).split("\n") == [
        "Aide à la mobilité", "Elle vaut 0,23 € par kilomètre.", "Avant", "Après",
    ]  # fmt: skip


def test_its_frame_may_move_without_changing_what_it_says():
    assert meaningful_text(page(stamp=2)) == meaningful_text(page(stamp=1))
    assert meaningful_text(page(amount="0,25 €")) != meaningful_text(page())


def test_without_a_main_part_all_but_the_frame_is_read():
    plain = page().replace(b"<main>", b"<div>").replace(b"</main>", b"</div>")
    assert meaningful_text(plain) == meaningful_text(page())


def test_the_charset_it_declares_is_used():
    assert meaningful_text(page(amount="0,23", charset="iso-8859-15")).startswith("Aide à la")


@pytest.mark.parametrize(
    "text",
    [b"", b"<p", b"</main></p></p>", b"<main><p>un", b"\x00\xff<p>", b"<script>", b"<br/>" * 9],
)
def test_a_page_that_is_badly_written_is_read_all_the_same(text):
    assert isinstance(meaningful_text(text), str)


# -- politely ----------------------------------------------------------------------------------


@pytest.fixture
def site():
    with misbehaving_site() as the_site:
        yield the_site


class Clock:
    """Time that passes by pauses alone."""

    def __init__(self):
        self.now_s, self.pauses_s = 100.0, []

    def pause(self, seconds):
        self.pauses_s.append(seconds)
        self.now_s += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def reader(clock):
    return PoliteReader(network=LOOPBACK, pause=clock.pause, clock=lambda: clock.now_s)


def asked(site):
    return [path for path, _ in site.asked]


def test_what_robots_forbid_is_not_read(site, reader):
    site.serve("/robots.txt", whole(b"User-agent: *\nDisallow: /prive\n"))
    site.serve("/prive/a", whole(page()))
    with pytest.raises(Forbidden):
        reader.read(site.url("/prive/a"))
    assert asked(site) == ["/robots.txt"]
    site.serve("/b", whole(page()))
    assert reader.read(site.url("/b")).text.startswith("Aide")


def test_what_is_said_to_us_by_name_comes_before_what_is_said_to_all(site, reader):
    said = b"User-agent: traitdunion\nDisallow: /b\n\nUser-agent: *\nDisallow:\n"
    site.serve("/robots.txt", whole(said))
    with pytest.raises(Forbidden):
        reader.read(site.url("/b"))


@pytest.mark.parametrize(("code", "allowed"), [(404, True), (403, True), (500, False)])
def test_robots_that_are_not_there_forbid_nothing_and_in_a_breakdown_nothing_is_read(
    site, reader, code, allowed
):
    site.serve("/robots.txt", status(code))
    site.serve("/a", whole(page()))
    if allowed:
        assert reader.read(site.url("/a"))
    else:
        with pytest.raises(DownloadError, match="500"):
            reader.read(site.url("/a"))


def test_robots_are_asked_once_and_two_seconds_pass_between_pages(site, reader, clock):
    for path in ("/a", "/b", "/c"):
        site.serve(path, whole(page()))
        reader.read(site.url(path))
    assert asked(site) == ["/robots.txt", "/a", "/b", "/c"]
    assert clock.pauses_s == [2.0, 2.0, 2.0]


def test_a_longer_pause_is_kept_where_it_is_asked_for_within_a_minute(site, reader, clock):
    site.serve("/robots.txt", whole(b"User-agent: *\nCrawl-delay: 7\n"))
    site.serve("/a", whole(page()))
    reader.read(site.url("/a"))
    assert clock.pauses_s == [7.0]


def test_a_page_that_has_not_changed_is_not_sent_again(site, reader):
    site.serve("/a", whole(page(), etag='"un"'))
    first = reader.read(site.url("/a"))
    assert first.validators.etag == '"un"'
    assert reader.read(site.url("/a"), first.validators) is None
    assert site.asked[-1][1]["if-none-match"] == '"un"'


def test_by_its_date_too(site, reader):
    day = "Wed, 04 Nov 2026 08:00:00 GMT"
    site.serve("/a", whole(page(), last_modified=day))
    first = reader.read(site.url("/a"))
    assert reader.read(site.url("/a"), first.validators) is None
    assert site.asked[-1][1]["if-modified-since"] == day


def test_of_a_pdf_the_bytes_tell(site, reader):
    site.serve("/a", whole(b"%PDF-1.7 <<un>>"))
    site.serve("/b", whole(b"%PDF-1.7 <<deux>>"))
    first, other = reader.read(site.url("/a")), reader.read(site.url("/b"))
    assert (first.text, other.text) == ("", "")
    assert first.fingerprint != other.fingerprint


def test_a_page_that_is_gone_says_so(site, reader):
    with pytest.raises(DownloadError, match="404"):
        reader.read(site.url("/a"), Validators())


def test_inner_addresses_are_not_read():
    """Not even their robots.txt, for want of which nothing is read."""
    with misbehaving_site() as site:
        with pytest.raises(DownloadError, match="publique"):
            PoliteReader(pause=lambda s: None).read(site.url("/a"))
        assert site.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://xn--a.fr/", "http://[::1/", "http://a..b/", "https://", "http://x:99999/", "", "ftp://x",
     "http://" + "a" * 300 + ".fr/", "http://exa mple.fr/"],
)  # fmt: skip
def test_an_address_that_is_none_is_the_failure_of_one_page(url):
    reader = PoliteReader(pause=lambda s: None)
    for _ in range(2):
        with pytest.raises(DownloadError) as failed:
            reader.read(url)
        assert failed.value.reason

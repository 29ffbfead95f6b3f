"""Reads the text of web pages that others wrote, politely, apart from what moves around it.

The meaningful text leaves out menus, banners, forms and scripts, so that its fingerprint changes
when that text changes, and not when the frame does. `robots.txt` is obeyed (RFC 9309):
what it forbids is not read, and the pauses it asks for are kept.
"""

import hashlib
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from .downloads import NOTHING_HELD, OPEN_WEB, DownloadError, Limits, Validators, download
from .public_addresses import Network

AGENT = "traitdunion"
LIMITS = Limits(total_s=30, silence_s=10, size_bytes=8 << 20, pauses_s=())
ROBOTS_LIMITS = Limits(total_s=15, silence_s=10, size_bytes=512 << 10, pauses_s=())
SHORTEST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
GONE = ("réponse 404", "réponse 410", "refuse l'accès")
"""A `robots.txt` that is not there forbids nothing; while one cannot be had, nothing is read."""

ASIDE = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "header", "footer", "aside", "form",
     "button", "iframe", "select", "title", "head"}
)  # fmt: skip
BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "section", "article", "main",
     "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "blockquote", "figcaption", "pre", "td", "th"}
)  # fmt: skip
VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "source", "wbr", "area", "col"})


@dataclass(frozen=True)
class PageRead:
    """The text of a page, "" for what is no web page (a PDF), whose bytes give the fingerprint."""

    text: str
    fingerprint: str
    validators: Validators


class Forbidden(ValueError):
    """`robots.txt` asks not to read a page."""


# -- what a page holds -----------------------------------------------------------------------------


class _Text(HTMLParser):
    """Lines of text of a page; those inside <main>, or else <article>, apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.parts: dict[str, list[str]] = {"": [], "article": [], "main": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._add("\n")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag in BLOCKS:
            self._add("\n")

    def handle_data(self, data: str) -> None:
        self._add(re.sub(r"\s+", " ", data))

    def _add(self, text: str) -> None:
        if ASIDE.intersection(self.open):
            return
        for name, parts in self.parts.items():
            if not name or name in self.open:
                parts.append(text)

    def lines(self) -> str:
        for name in ("main", "article", ""):
            lines = [" ".join(line.split()) for line in "".join(self.parts[name]).split("\n")]
            if any(lines):
                return "\n".join(line for line in lines if line)
        return ""


def meaningful_text(page: bytes) -> str:
    """Return the lines of the main part of a web page, without its menus, banners and forms."""
    reader = _Text()
    reader.feed(_decoded(page))
    reader.close()
    return reader.lines()


def _decoded(page: bytes) -> str:
    """Decode a page by the charset it declares in its first kilobyte, else UTF-8, else Latin-1."""
    match = re.search(rb"""charset=["']?([\w-]+)""", page[:1024])
    for name in ([match.group(1).decode("ascii")] if match else []) + ["utf-8"]:
        try:
            return page.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return page.decode("latin-1")


def fingerprint(text: str, page: bytes) -> str:
    """Return the SHA-256 of the text of a page, or of its bytes where it is no web page."""
    return hashlib.sha256(text.encode() if text else page).hexdigest()


# -- reading, politely -----------------------------------------------------------------------------


@dataclass
class PoliteReader:
    """Reads pages one at a time; `pause` and `clock` are the waits and the seconds of a clock."""

    network: Network = OPEN_WEB
    pause: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    shortest_pause_s: float = SHORTEST_PAUSE_S
    _robots: dict[str, RobotFileParser | DownloadError] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def read(self, url: str, known: Validators = NOTHING_HELD) -> PageRead | None:
        """Return the text of a page; None where the site answers that it has not changed.

        Raises DownloadError, or Forbidden where `robots.txt` asks not to.
        """
        try:
            site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        except ValueError as wrong:
            raise DownloadError(url, "cette adresse n'est pas celle d'une page") from wrong
        robots = self._robots_of(site)
        if not robots.can_fetch(AGENT, url):
            raise Forbidden(url)
        self._wait(site, robots)
        response = self._got(url, known, LIMITS)
        if response is None:
            return None
        page, validators = response
        is_page = b"<" in page[:512] and not page.startswith(b"%PDF")
        text = meaningful_text(page) if is_page else ""
        return PageRead(text, fingerprint(text, page), validators)

    def _got(self, url: str, known: Validators, limits: Limits) -> tuple[bytes, Validators] | None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page"
            done = download(
                url, path, called=url, check=lambda path: None, known=known, limits=limits,
                network=self.network, pause=self.pause,
            )  # fmt: skip
            return None if done is None else (path.read_bytes(), done.validators)

    def _robots_of(self, site: str) -> RobotFileParser:
        """Return what a site asks of robots, read once; raise DownloadError where it cannot be had.

        RFC 9309 has nothing read then, and the reason is that of the network, not of the site.
        """
        if site not in self._robots:
            self._robots[site] = self._read_robots(site)
            self._last[site] = self.clock()
        robots = self._robots[site]
        if isinstance(robots, DownloadError):
            raise robots
        return robots

    def _read_robots(self, site: str) -> RobotFileParser | DownloadError:
        robots = RobotFileParser()
        try:
            robots_page = self._got(f"{site}/robots.txt", NOTHING_HELD, ROBOTS_LIMITS)
        except DownloadError as failed:
            if not any(sign in failed.reason for sign in GONE):
                return failed
            robots_page = None
        robots.parse(robots_page[0].decode("utf-8", "replace").splitlines() if robots_page else [])
        return robots

    def _wait(self, site: str, robots: RobotFileParser) -> None:
        """Wait between two questions to a site, as long as it asks for within reason."""
        asked = float(robots.crawl_delay(AGENT) or 0)
        least_s = min(max(self.shortest_pause_s, asked), LONGEST_PAUSE_S)
        left_s = self._last[site] + least_s - self.clock()
        if left_s > 0:
            self.pause(left_s)
        self._last[site] = self.clock()

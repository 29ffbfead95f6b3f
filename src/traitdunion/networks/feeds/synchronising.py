"""One run: each feed downloaded, read, compared, accepted or not; then all put in use together.

A feed that fails keeps the edition it had and the run goes on. The network changes only by the
last step, itself atomic; killed anywhere, the former one answers and the next run takes over.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from traitdunion import french, reach
from traitdunion.networks.versions import NewNetwork
from traitdunion.reach.calendar_days import monday_of
from traitdunion.sources.downloads import (
    NOTHING_HELD,
    Downloaded,
    DownloadError,
    Validators,
    download,
    require_zip,
)
from traitdunion.sources.feed_list import FeedList, ListedFeed

from .. import versions as networks
from ..changes import Changes, Edition, change_lines, collapse, compare, read_edition
from .store import CompiledFrom, FeedState, FeedStore, KeptEdition, Trouble

Progress = Callable[[str, float], None]
Fetch = Callable[[ListedFeed, Path, Validators], Downloaded | None]
DOWNLOADS_SHARE = 0.6

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a feed in one run."""

    NEW = "nouveau"
    CHANGED = "mis à jour"
    UNCHANGED = "inchangé"
    REFUSED = "refusé"
    FAILED = "en échec"


@dataclass(frozen=True)
class FeedOutcome:
    """What became of one feed: `lines` are the changes, or what went wrong, as French sentences.

    `in_use`: an edition of it stands, this one or the one before.
    """

    name: str
    title: str
    outcome: Outcome
    lines: tuple[str, ...]
    in_use: bool
    changes: Changes | None = None

    @property
    def sound(self) -> bool:
        return self.outcome not in (Outcome.REFUSED, Outcome.FAILED)


@dataclass(frozen=True)
class SyncResult:
    """What became of every feed, and the network put in use, None where it did not have to change.

    `failure`: why no network could be made of them; the former one still answers.
    """

    feeds: tuple[FeedOutcome, ...]
    network: networks.NetworkVersion | None
    failure: str = ""


@dataclass(frozen=True)
class Span:
    """What a network is compiled for: days, clock, middle of the territory, versions kept."""

    days: int = 60
    keep: int = networks.KEPT_VERSIONS
    timezone: str = networks.SITE_TIMEZONE
    centre: reach.Point | None = None

    def start(self, today: date) -> date:
        """Return the Monday of the week: a week can be asked about whole."""
        return monday_of(today)


def fetch(feed: ListedFeed, into: Path, known: Validators) -> Downloaded | None:
    """Download a feed from its publisher; None where it is the one already held."""
    return download(feed.url, into, called=feed.title, check=require_zip, known=known)


def synchronise(
    feeds: FeedList,
    *,
    store: FeedStore,
    networks_root: Path,
    now: datetime,
    span: Span,
    accepted: Collection[str] = (),
    fetch: Fetch = fetch,
    progress: Progress | None = None,
) -> SyncResult:
    """Bring every feed up to date, and the network if they changed or its days have passed.

    `accepted` are the names of the feeds whose edition is taken even if it collapses. Raises
    `store.AlreadyRunningError` if another run is under way, KeyError for a name that is not listed.
    """
    unknown = set(accepted) - {feed.name for feed in feeds.feeds}
    if unknown:
        raise KeyError(*sorted(unknown))
    report = progress or (lambda _step, _share: None)
    with store.alone(now):
        outcomes = []
        for number, feed in enumerate(feeds.feeds):
            report(feed.title, DOWNLOADS_SHARE * number / len(feeds.feeds))
            run = _FeedRun(feed, store, now, feed.name in accepted, span.keep, fetch)
            outcomes.append(run.outcome())
        made, failure = _put_in_use(
            feeds,
            store=store,
            networks_root=networks_root,
            now=now,
            span=span,
            progress=lambda step, share: report(step, DOWNLOADS_SHARE + share * 0.4),
        )
    return SyncResult(tuple(outcomes), made, failure)


@dataclass(frozen=True)
class _FeedRun:
    """One feed in one run."""

    feed: ListedFeed
    store: FeedStore
    now: datetime
    accepted: bool
    keep: int
    fetch: Fetch

    def outcome(self) -> FeedOutcome:
        name = self.feed.name
        try:
            with self.store.incoming(name) as incoming:
                return self._tried(incoming)
        except DownloadError as wrong:
            return self._fail(wrong.reason[:1].upper() + wrong.reason[1:])
        except reach.FeedError as wrong:
            return self._fail(str(wrong))
        except OSError as wrong:
            return self._fail(
                f"Fichier impossible à lire ou à écrire ({wrong.strerror or wrong}). "
                "Vérifiez la place libre et les droits du dossier."
            )
        except Exception as bug:
            logger.exception("Flux %s", name)
            return self._fail(
                f"Erreur inattendue ({type(bug).__name__}: {bug}). "
                "Signalez-la avec le fichier du flux."
            )

    def _tried(self, incoming: Path) -> FeedOutcome:
        held, state = self.store.edition(self.feed.name), self.store.state(self.feed.name)
        same_place = held is not None and state.url == self.feed.url
        known = state.validators if same_place else NOTHING_HELD
        downloaded = self.fetch(self.feed, incoming, known)
        if downloaded is None or (held is not None and downloaded.sha256 == held.sha256):
            validators = state.validators if downloaded is None else downloaded.validators
            self._succeed(replace(state, validators=validators))
            return self._outcome(Outcome.UNCHANGED, ())
        today = self.now.date()
        after = read_edition(incoming, today=today)
        before = self._former(held, today)
        why_not = collapse(before, after, today=today)
        if why_not and not self.accepted:
            return self._refuse(why_not)
        changes = compare(before, after, today=today) if before else None
        lines = tuple(change_lines(changes)) if changes else (_first_words(after),)
        if why_not:
            lines = (f"Acceptée sur demande, malgré : {why_not}.", *lines)
        edition = self._keep(incoming, downloaded, after, lines)
        self._succeed(replace(state, edition=edition, validators=downloaded.validators))
        self.store.prune(self.feed.name, self.keep)
        return self._outcome(Outcome.CHANGED if held else Outcome.NEW, lines, changes)

    def _former(self, held: KeptEdition | None, today: date) -> Edition | None:
        """Return the edition accepted, read as of today; None where none can be read."""
        if held is None:
            return None
        try:
            return read_edition(self.store.path(self.feed.name, held.edition), today=today)
        except (reach.FeedError, OSError):
            logger.exception("Édition précédente illisible : %s", self.feed.name)
            return None

    def _keep(
        self, incoming: Path, downloaded: Downloaded, after: Edition, lines: tuple[str, ...]
    ) -> str:
        edition = self.store.free_edition(self.feed.name, self.now, downloaded.sha256)
        self.store.keep_edition(
            self.feed.name,
            incoming,
            KeptEdition(
                edition=edition,
                sha256=downloaded.sha256,
                size_bytes=downloaded.size_bytes,
                downloaded_at=self.now,
                first=after.first,
                last=after.last,
                n_lines=len(after.lines),
                n_stops=len({stop.name for stop in after.stops.values()}),
                changes=lines,
                report=after.report.to_json(),
            ),
        )
        return edition

    def _succeed(self, state: FeedState) -> None:
        self.store.keep_state(
            self.feed.name,
            replace(
                state, url=self.feed.url, checked_at=self.now, succeeded_at=self.now, trouble=None
            ),
        )

    def _refuse(self, why_not: str) -> FeedOutcome:
        message = (
            f"La nouvelle édition est refusée : {why_not}. Prévenez {self.feed.publisher} ; "
            f"si c'est voulu : traitdunion sync --accept {self.feed.name}."
        )
        return self._record_trouble(Outcome.REFUSED, message)

    def _fail(self, message: str) -> FeedOutcome:
        return self._record_trouble(Outcome.FAILED, message)

    def _record_trouble(self, outcome: Outcome, message: str) -> FeedOutcome:
        state = self.store.state(self.feed.name)
        since = state.trouble.since if state.trouble else self.now
        trouble = Trouble(message, since=since, at=self.now)
        self.store.keep_state(self.feed.name, replace(state, checked_at=self.now, trouble=trouble))
        return self._outcome(outcome, (message,))

    def _outcome(
        self, outcome: Outcome, lines: tuple[str, ...], changes: Changes | None = None
    ) -> FeedOutcome:
        in_use = self.store.edition(self.feed.name) is not None
        return FeedOutcome(self.feed.name, self.feed.title, outcome, lines, in_use, changes)


def _first_words(after: Edition) -> str:
    lines, stops = len(after.lines), len({stop.name for stop in after.stops.values()})
    span = f"du {after.first:%d/%m/%Y} au {after.last:%d/%m/%Y}" if after.last else "sans course"
    counts = f"{french.counted(lines, 'ligne')}, {french.counted(stops, 'arrêt')}"
    return f"Première édition : {counts}, {span}."


def _put_in_use(
    feeds: FeedList,
    *,
    store: FeedStore,
    networks_root: Path,
    now: datetime,
    span: Span,
    progress: Progress,
) -> tuple[networks.NetworkVersion | None, str]:
    """Compile the editions accepted, unless the last network was made of them for these days."""
    held = {feed.name: store.edition(feed.name) for feed in feeds.feeds}
    editions = {name: edition for name, edition in held.items() if edition}
    if not editions:
        return None, "Aucun flux n'a pu être mis en service : le réseau ne change pas."
    # Days count too: the same editions make another network once the week has turned.
    wanted = CompiledFrom(
        "", {name: e.sha256 for name, e in editions.items()}, span.start(now.date()), span.days
    )
    if _already_made(store.compiled_from(), wanted, networks_root):
        return None, ""
    try:
        made = networks.import_network(
            [store.path(name, edition.edition) for name, edition in editions.items()],
            root=networks_root,
            now=now,
            progress=progress,
            keep=span.keep,
            new=NewNetwork(
                label=feeds.title,
                start=wanted.start,
                days=span.days,
                demonstration=False,
                timezone=span.timezone,
                centre=span.centre,
            ),
        )
    except (reach.FeedError, networks.NetworkImportError, OSError) as wrong:
        return None, f"{wrong} Le réseau en service n'a pas changé."
    store.keep_compiled_from(replace(wanted, version=made.version))
    return made, ""


def _already_made(last: CompiledFrom | None, wanted: CompiledFrom, networks_root: Path) -> bool:
    """Return whether the last network made is that one and is still kept.

    It may not be the one in use: who went back to another by hand is not overruled until
    something changes.
    """
    if last is None or replace(last, version="") != wanted:
        return False
    kept: Mapping[str, networks.NetworkVersion] = {
        version.version: version for version in networks.list_networks(networks_root)
    }
    return last.version in kept

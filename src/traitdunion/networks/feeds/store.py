"""The editions kept of each feed and what is known of it, as files; nothing half-written.

`<root>/<feed>/<edition>/` holds `<feed>.zip` and `edition.json` and appears whole by one rename;
`<root>/<feed>/state.json` names the edition accepted and is replaced by another. `network.json`
holds which editions the last network was made of.
"""

import fcntl
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from traitdunion.sources.downloads import NOTHING_HELD, Validators

from ..durable import fsync_folder

STATE, EDITION, NETWORK, LOCK = "state.json", "edition.json", "network.json", ".lock"
REALTIME, REALTIME_LOCK = "temps-reel", ".lock-temps-reel"
INCOMING, WRITING = ".incoming-", ".writing-"

logger = logging.getLogger(__name__)


class AlreadyRunningError(RuntimeError):
    """Another process is bringing the feeds up to date; the French message gives since when."""


@dataclass(frozen=True)
class Trouble:
    """Why the last attempt brought nothing: `since` is the first of those that failed in a row."""

    message: str
    since: datetime
    at: datetime


@dataclass(frozen=True)
class FeedState:
    """What is known of a feed: the edition accepted, and how the last attempt went.

    `succeeded_at`: the last time the publisher gave a sound edition, or the same one.
    """

    edition: str = ""
    url: str = ""
    validators: Validators = NOTHING_HELD
    checked_at: datetime | None = None
    succeeded_at: datetime | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class KeptEdition:
    """One edition kept: `changes` are the French sentences on what it changed.

    `first` and `last`: the days it covered when it was downloaded.
    """

    edition: str
    sha256: str
    size_bytes: int
    downloaded_at: datetime
    first: date | None
    last: date | None
    n_lines: int
    n_stops: int
    changes: tuple[str, ...]
    report: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class CompiledFrom:
    """What the last network was made of: SHA-256 of each feed by name, and the days compiled."""

    version: str
    inputs: Mapping[str, str]
    start: date
    days: int


class FeedStore:
    """The folder of the feeds; only who holds `alone` writes to it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def state(self, feed: str) -> FeedState:
        """Return what is known of a feed; nothing where it was never asked for."""
        try:
            return _state(json.loads((self.root / feed / STATE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return FeedState()
        except (ValueError, KeyError, TypeError) as damaged:
            logger.warning("État du flux %s illisible, il est oublié : %s", feed, damaged)
            return FeedState()

    def keep_state(self, feed: str, state: FeedState) -> None:
        """Replace what is known of a feed, in one step."""
        trouble = state.trouble
        _write_json(
            self.root / feed / STATE,
            {
                "edition": state.edition,
                "url": state.url,
                "validators": {
                    "etag": state.validators.etag,
                    "last_modified": state.validators.last_modified,
                },
                "checked_at": state.checked_at,
                "succeeded_at": state.succeeded_at,
                "trouble": trouble
                and {"message": trouble.message, "since": trouble.since, "at": trouble.at},
            },
        )

    def edition(self, feed: str) -> KeptEdition | None:
        """Return the edition accepted of a feed; None without one, or if its files are gone."""
        accepted = self.state(feed).edition
        if not accepted or not self.path(feed, accepted).is_file():
            return None
        plain = json.loads((self.root / feed / accepted / EDITION).read_text(encoding="utf-8"))
        return KeptEdition(
            edition=accepted,
            sha256=plain["sha256"],
            size_bytes=plain["size_bytes"],
            downloaded_at=datetime.fromisoformat(plain["downloaded_at"]),
            first=_date_of(plain["first"]),
            last=_date_of(plain["last"]),
            n_lines=plain["n_lines"],
            n_stops=plain["n_stops"],
            changes=tuple(plain["changes"]),
            report=plain["report"],
        )

    def path(self, feed: str, edition: str) -> Path:
        """Return the GTFS of an edition, named after its feed since reports name the file."""
        return self.root / feed / edition / f"{feed}.zip"

    @contextmanager
    def incoming(self, feed: str) -> Iterator[Path]:
        """A place for a file on its way in; it is gone afterwards, unless kept as an edition."""
        (self.root / feed).mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=INCOMING, dir=self.root / feed))
        try:
            yield folder / f"{feed}.zip"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep_edition(self, feed: str, incoming: Path, kept: KeptEdition) -> None:
        """Make an edition of a file that came in; it is not the one accepted yet."""
        _write_json(
            incoming.parent / EDITION,
            {
                "sha256": kept.sha256,
                "size_bytes": kept.size_bytes,
                "downloaded_at": kept.downloaded_at,
                "first": kept.first,
                "last": kept.last,
                "n_lines": kept.n_lines,
                "n_stops": kept.n_stops,
                "changes": list(kept.changes),
                "report": kept.report,
            },
        )
        incoming.parent.chmod(0o755)
        incoming.parent.rename(self.root / feed / kept.edition)
        fsync_folder(self.root / feed)

    def free_edition(self, feed: str, now: datetime, sha256: str) -> str:
        """Name of a new edition: time and a part of its hash; a number where it is taken."""
        first = f"{now:%Y%m%d-%H%M%S}-{sha256[:8]}"
        name, number = first, 1
        while (self.root / feed / name).exists():
            number += 1
            name = f"{first}-{number}"
        return name

    def prune(self, feed: str, keep: int) -> None:
        """Let the oldest editions go, never the one accepted."""
        accepted = self.state(feed).edition
        folders = (path.parent for path in (self.root / feed).glob(f"[!.]*/{EDITION}"))
        editions = sorted((folder.name for folder in folders), reverse=True)
        for old in editions[max(keep, 1) :]:
            if old != accepted:
                shutil.rmtree(self.root / feed / old, ignore_errors=True)

    def compiled_from(self) -> CompiledFrom | None:
        """Return what the last network was made of, None if none was made here."""
        try:
            plain = json.loads((self.root / NETWORK).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return CompiledFrom(
            plain["version"], plain["inputs"], date.fromisoformat(plain["start"]), plain["days"]
        )

    def keep_compiled_from(self, made: CompiledFrom) -> None:
        _write_json(
            self.root / NETWORK,
            {
                "version": made.version,
                "inputs": dict(made.inputs),
                "start": made.start,
                "days": made.days,
            },
        )

    def realtime(self, feed: str, kind: str) -> Path:
        """Place of the last GTFS-Realtime message of a feed."""
        return self.root / feed / REALTIME / f"{kind}.pb"

    @contextmanager
    def alone(self, now: datetime) -> Iterator[None]:
        """Hold the folder, sweeping what a killed process left.

        Raises AlreadyRunningError rather than wait.
        """
        with _held(self.root / LOCK, now):
            self._sweep()
            yield

    @contextmanager
    def alone_in_real_time(self, now: datetime) -> Iterator[None]:
        """Hold the real-time messages alone: neither waits for nor stops a synchronisation."""
        with _held(self.root / REALTIME_LOCK, now):
            for left in self.root.glob(f"*/{REALTIME}/.*"):
                left.unlink(missing_ok=True)
            yield

    def _sweep(self) -> None:
        for left in self.root.glob(f"*/{INCOMING}*"):
            shutil.rmtree(left, ignore_errors=True)
        for left in [*self.root.glob(f"{WRITING}*"), *self.root.glob(f"*/{WRITING}*")]:
            left.unlink(missing_ok=True)


@contextmanager
def _held(path: Path, now: datetime) -> Iterator[None]:
    """Hold a lock, or raise AlreadyRunningError; the system frees the lock of a dead process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            lock.seek(0)
            since = lock.read().strip() or "peu"
            raise AlreadyRunningError(
                f"Une synchronisation est déjà en cours (depuis {since}) : attendez sa fin."
            ) from held
        lock.truncate(0)
        lock.write(f"{now:%d/%m/%Y %H:%M}")
        lock.flush()
        yield


def _state(plain: Mapping[str, Any]) -> FeedState:
    trouble = plain["trouble"]
    return FeedState(
        edition=plain["edition"],
        url=plain["url"],
        validators=Validators(**plain["validators"]),
        checked_at=_moment(plain["checked_at"]),
        succeeded_at=_moment(plain["succeeded_at"]),
        trouble=trouble
        and Trouble(
            trouble["message"],
            since=datetime.fromisoformat(trouble["since"]),
            at=datetime.fromisoformat(trouble["at"]),
        ),
    )


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a file whole or not at all; dates in ISO."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=WRITING)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(
                value, file, ensure_ascii=False, indent=1, default=lambda day: day.isoformat()
            )
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)
        # The file is on disk before it takes the name: a power cut leaves the former one.
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    fsync_folder(path.parent)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _date_of(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

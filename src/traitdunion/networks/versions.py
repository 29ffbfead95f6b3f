"""The active timetable and those before it, as files: import, choose, read; nothing half-written.

`<root>/<version>/` holds `timetable.tdu` (compiled), `network.json` (what it is) and `feeds/` (the
GTFS it came from); `<root>/current` is a symbolic link to the version in use. A version appears
whole by one rename, the link turns by another: killed at any moment, the previous one answers.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from traitdunion import reach
from traitdunion.reach.places import great_circle_m

from .durable import fsync_folder

Progress = Callable[[str, float], None]

TIMETABLE, DESCRIPTION, FEEDS, CURRENT = "timetable.tdu", "network.json", "feeds", "current"
KEPT_VERSIONS = 5
SITE_TIMEZONE = "Europe/Paris"
COMPILED_SHARE = 0.95
MAX_ERRORS_SHOWN = 5
FAR_KM = 200
"""A file all of whose stops are farther from the territory is about another one."""


logger = logging.getLogger(__name__)
_loaded: dict[Path, "Network"] = {}
_loading = threading.Lock()


class NetworkImportError(ValueError):
    """The files give no network to answer with; the French message gives why and what to do."""


class UnknownVersionError(LookupError):
    """No version of that name is kept; the French message lists those that are."""


@dataclass(frozen=True)
class NetworkVersion:
    """One version kept: `feeds` are the names of its files, `report` what was found wrong in them.

    `start` and `days`: the span compiled. `feed_days`: first and last day on which trips of each
    file run, (None, None) where it has none. `current`: it is the one in use.
    """

    version: str
    label: str
    demonstration: bool
    imported_at: datetime
    start: date
    days: int
    feeds: tuple[str, ...]
    report: dict[str, Any] = field(default_factory=dict, compare=False)
    current: bool = False
    feed_days: tuple[tuple[str, date | None, date | None], ...] = ()
    timezone: str = SITE_TIMEZONE


@dataclass(frozen=True)
class Network:
    """A version loaded, ready to answer."""

    version: str
    label: str
    demonstration: bool
    timetable: reach.Timetable
    imported_at: datetime
    feeds: tuple[str, ...]
    root: Path


@dataclass(frozen=True)
class NewNetwork:
    """What is to be compiled: its name in French, and `days` from `start`.

    Hours are those of `timezone`, that of the site, whatever the feeds and their order.
    `centre`: middle of the territory; a file with no stop around it is reported.
    """

    label: str
    start: date
    days: int
    demonstration: bool = False
    timezone: str = SITE_TIMEZONE
    centre: reach.Point | None = None


def import_network(
    paths: Iterable[Path | str],
    new: NewNetwork,
    *,
    root: Path,
    now: datetime,
    progress: Progress | None = None,
    keep: int = KEPT_VERSIONS,
) -> NetworkVersion:
    """Compile GTFS zips or folders and put them in use; `keep` versions stay, the oldest go.

    Raises `reach.FeedError` where the files cannot be read, `NetworkImportError` where nothing
    runs in the period; either way the network in use does not change.
    """
    report_step = progress or (lambda _step, _share: None)
    with _alone(root):
        _sweep(root)
        being_made = Path(tempfile.mkdtemp(prefix=".import-", dir=root))
        try:
            feeds = _copy_feeds([Path(path) for path in paths], being_made / FEEDS)
            timetable = _compile(
                being_made,
                feeds,
                new.start,
                new.days,
                new.timezone,
                lambda step, s: report_step(step, s * COMPILED_SHARE),
            )
            _refuse_if_nothing_runs(timetable)
            if new.centre is not None:
                _report_far_feeds(timetable, new.centre)
            timetable.save(being_made / TIMETABLE)
            version = _free_name(root, now, timetable)
            made = NetworkVersion(
                version=version,
                label=new.label,
                demonstration=new.demonstration,
                imported_at=now,
                start=new.start,
                days=new.days,
                feeds=feeds,
                report=timetable.report.to_json() if timetable.report else {},
                current=True,
                timezone=new.timezone,
                feed_days=tuple((feed.name, feed.first, feed.last) for feed in timetable.feeds),
            )
            _write_description(being_made, made)
            report_step("Mise en service", COMPILED_SHARE)
            being_made.chmod(0o755)
            # One rename makes it whole: a reader sees the version or does not, never a part.
            being_made.rename(root / version)
        except BaseException:
            shutil.rmtree(being_made, ignore_errors=True)
            raise
        _turn_link(root, version)
        # Only now: until the link is turned the former version still answers.
        _prune(root, keep)
    report_step("Terminé", 1.0)
    return made


def days_known(made: NetworkVersion) -> list[str]:
    """Return in French until when the hours of each file are known, if not until the end."""
    end = made.start + timedelta(made.days - 1)
    lines = []
    for name, first, last in made.feed_days:
        if first is None or last is None:
            lines.append(f"{name} : aucune course.")
        elif last < end:
            lines.append(f"{name} : horaires connus jusqu'au {last:%d/%m/%Y} ; après, à vérifier.")
        elif first > made.start:
            lines.append(f"{name} : horaires connus à partir du {first:%d/%m/%Y}.")
    return lines


def list_networks(root: Path) -> list[NetworkVersion]:
    """Return the versions kept, the newest first."""
    current = _current_name(root)
    kept_versions = [
        _read_description(folder, current=folder.name == current)
        for folder in root.glob("[!.]*/")
        if not folder.is_symlink() and (folder / DESCRIPTION).is_file()
    ]
    return sorted(kept_versions, key=lambda kept: (kept.imported_at, kept.version), reverse=True)


def version_in_use(root: Path) -> NetworkVersion | None:
    """Return what is known of the network in use, without loading it; None where there is none."""
    return next((version for version in list_networks(root) if version.current), None)


def use_network(root: Path, version: str) -> NetworkVersion:
    """Put a version kept in use, once it is sure to answer; raises `UnknownVersionError`."""
    with _alone(root):
        kept = {known.version: known for known in list_networks(root)}
        if version not in kept:
            names = ", ".join(kept) or "aucune : importez d'abord un réseau"
            raise UnknownVersionError(
                f"Version de réseau inconnue : « {version} ». Versions gardées : {names}."
            )
        _load(root, version)
        _turn_link(root, version)
    return _read_description(root / version, current=True)


def remove_demonstrations(root: Path) -> list[str]:
    """Delete the versions of the demonstration; the newest real one, if any, comes in use."""
    if not root.is_dir():
        return []
    with _alone(root):
        kept = list_networks(root)
        removed = [version for version in kept if version.demonstration]
        if any(version.current for version in removed):
            real = next((version for version in kept if not version.demonstration), None)
            if real is None:
                (root / CURRENT).unlink()
            else:
                _turn_link(root, real.version)
        for version in removed:
            _delete_version(root, version)
    return [version.version for version in removed]


def current_network(root: Path) -> Network:
    """Return the network in use, loaded once by process; FileNotFoundError without one."""
    for _ in range(3):
        version = _current_name(root)
        if version is None:
            break
        known = _loaded.get(root)
        if known is not None and known.version == version:
            return known
        # The version may go between the reading of the link and that of its files: look again.
        with suppress(FileNotFoundError), _loading:
            known = _loaded.get(root)
            if known is None or known.version != version:
                known = _loaded[root] = _load(root, version)
            return known
    raise FileNotFoundError(
        f"Aucun réseau n'est en service dans {root}. "
        "Importez des horaires : traitdunion network import FICHIER.zip"
    )


def _load(root: Path, version: str) -> Network:
    """Load a version from its file, else compile it again from its feeds."""
    folder = root / version
    known = _read_description(folder)
    try:
        timetable = reach.Timetable.load(folder / TIMETABLE)
    except (reach.TimetableFileError, FileNotFoundError) as unsound:
        timetable = _compiled_anew(folder, known, unsound)
    return Network(
        version=version,
        label=known.label,
        demonstration=known.demonstration,
        timetable=timetable,
        imported_at=known.imported_at,
        feeds=known.feeds,
        root=root,
    )


def _compiled_anew(folder: Path, known: NetworkVersion, unsound: Exception) -> reach.Timetable:
    """Compile the feeds kept; raises NetworkImportError where they are gone as well."""
    logger.warning("Horaires compilés à nouveau : %s", unsound)
    try:
        timetable = _compile(folder, known.feeds, known.start, known.days, known.timezone)
    except reach.FeedError as missing:
        raise NetworkImportError(
            f"Le réseau {known.version} est abîmé et ses fichiers d'origine ne sont plus lisibles "
            f"({missing}). Importez-le de nouveau, ou choisissez une autre version : "
            "traitdunion network use VERSION."
        ) from missing
    try:
        timetable.save(folder / TIMETABLE)
    except OSError as refused:
        logger.warning("Horaires compilés mais non enregistrés : %s", refused)
    return timetable


def _compile(
    folder: Path,
    feeds: Sequence[str],
    start: date,
    days: int,
    timezone: str,
    progress: Progress | None = None,
) -> reach.Timetable:
    paths = [folder / FEEDS / str(number) / name for number, name in enumerate(feeds, start=1)]
    return reach.Timetable.from_gtfs(
        paths, start=start, days=days, timezone=timezone, progress=progress
    )


def _copy_feeds(paths: Sequence[Path], folder: Path) -> tuple[str, ...]:
    """Copy each feed under its number, so that two may bear one name; links are not followed."""
    if not paths:
        raise NetworkImportError("Aucun fichier à importer : indiquez au moins un GTFS.")
    names = []
    for number, path in enumerate(paths, start=1):
        if not path.exists():
            raise NetworkImportError(f"Fichier introuvable : {path}. Vérifiez son chemin.")
        path = path.resolve()
        place = folder / str(number)
        place.mkdir(parents=True)
        if path.is_dir():
            (place / path.name).mkdir()
            for member in path.iterdir():
                if member.suffix.lower() == ".txt" and (member.is_symlink() or member.is_file()):
                    shutil.copyfile(member, place / path.name / member.name, follow_symlinks=False)
        else:
            shutil.copyfile(path, place / path.name)
        names.append(path.name)
    return tuple(names)


def _refuse_if_nothing_runs(timetable: reach.Timetable) -> None:
    """Refuse a network without any trip, on demand included, naming the dates of each file."""
    arrays = timetable.arrays
    runs = arrays["services"][:, 1 : timetable.days + 1]
    on_demand = [trip.service for trip in timetable.on_demand.trips]
    if runs[arrays["trip_service"]].any() or runs[on_demand].any():
        return
    start, end = timetable.start, timetable.end
    dates = " ".join(filter(None, (_dates_of(feed, start, end) for feed in timetable.feeds)))
    errors = timetable.report.errors if timetable.report else []
    left_out = "\n".join(str(finding) for finding in errors[:MAX_ERRORS_SHOWN])
    raise NetworkImportError(
        f"Aucune course ne circule du {start:%d/%m/%Y} au {end:%d/%m/%Y}. {dates} "
        + (
            f"Des lignes ont été laissées de côté :\n{left_out}\n"
            if left_out
            else "Choisissez des dates couvertes par ces horaires, ou des fichiers plus récents. "
        )
        + "Le réseau en service ne change pas."
    )


def _report_far_feeds(timetable: reach.Timetable, centre: reach.Point) -> None:
    """Warn of the files all of whose stops lie far from the territory."""
    lat, lon = timetable.arrays["stop_lat"], timetable.arrays["stop_lon"]
    begin = 0
    for feed in timetable.feeds:
        of_feed = slice(begin, begin + feed.stops)
        begin += feed.stops
        km = great_circle_m(centre.lat, centre.lon, lat[of_feed], lon[of_feed]) / 1000
        if timetable.report is None or not feed.stops or km.min() <= FAR_KM:
            continue
        turned_km = great_circle_m(centre.lat, centre.lon, lon[of_feed], lat[of_feed]) / 1000
        why = (
            "latitude et longitude sont inversées"
            if turned_km.min() <= FAR_KM
            else "ce n'est pas le bon fichier, ou ses coordonnées sont fausses"
        )
        timetable.report.add(
            reach.Finding(
                severity="warning",
                code="far_feed",
                feed=feed.name,
                file="stops.txt",
                line=None,
                field="stop_lat",
                value=None,
                message=f"aucun arrêt à moins de {FAR_KM} km du territoire (le plus proche est à "
                f"{km.min():.0f} km) : {why}. À vérifier auprès du producteur.",
            )
        )


def _dates_of(feed: reach.FeedSpan, start: date, end: date) -> str:
    """Return between which days the calendars of a feed run, and whether it is out of date."""
    if feed.covers is None:
        return f"{feed.name} : les calendriers sont vides."
    first, last = feed.covers
    span = f"{feed.name} : les calendriers vont du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    if last < start:
        return f"{span}, ces horaires sont périmés depuis le {last:%d/%m/%Y}."
    if first > end:
        return f"{span}, ces horaires ne commencent qu'après."
    return f"{span}."


def _free_name(root: Path, now: datetime, timetable: reach.Timetable) -> str:
    """Time of the import and a short hash of what went in; a number follows where it is taken."""
    inputs = [timetable.header[part] for part in ("start", "days", "inputs")]
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:8]
    first = f"{now:%Y%m%d-%H%M%S}-{digest}"
    name, copy_number = first, 1
    while (root / name).exists():
        copy_number += 1
        name = f"{first}-{copy_number}"
    return name


def _write_description(folder: Path, made: NetworkVersion) -> None:
    described = {
        "label": made.label,
        "demonstration": made.demonstration,
        "imported_at": made.imported_at.isoformat(),
        "start": made.start.isoformat(),
        "days": made.days,
        "timezone": made.timezone,
        "feeds": list(made.feeds),
        "feed_days": [
            [name, *(day and day.isoformat() for day in days)] for name, *days in made.feed_days
        ],
        "report": made.report,
    }
    with (folder / DESCRIPTION).open("w", encoding="utf-8") as file:
        json.dump(described, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _read_description(folder: Path, *, current: bool = False) -> NetworkVersion:
    described = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    return NetworkVersion(
        version=folder.name,
        label=described["label"],
        demonstration=described["demonstration"],
        imported_at=datetime.fromisoformat(described["imported_at"]),
        start=date.fromisoformat(described["start"]),
        days=described["days"],
        feeds=tuple(described["feeds"]),
        report=described["report"],
        current=current,
        timezone=described.get("timezone", SITE_TIMEZONE),
        feed_days=tuple(
            (name, *(day and date.fromisoformat(day) for day in days))
            for name, *days in described.get("feed_days", ())
        ),
    )


def _current_name(root: Path) -> str | None:
    """Return the version the link names, whether or not it stands; None without a link."""
    try:
        return Path(os.readlink(root / CURRENT)).name
    except OSError:
        return None


def _turn_link(root: Path, version: str) -> None:
    """Make `current` name `version` in one step: it is never absent."""
    beside = Path(tempfile.mkdtemp(prefix=".import-", dir=root))
    try:
        (beside / CURRENT).symlink_to(version, target_is_directory=True)
        os.replace(beside / CURRENT, root / CURRENT)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    fsync_folder(root)


def _prune(root: Path, keep: int) -> None:
    """Let the oldest versions go, never the one in use; each leaves the list before its files."""
    for old in list_networks(root)[max(keep, 1) :]:
        if not old.current:
            _delete_version(root, old)


def _delete_version(root: Path, old: NetworkVersion) -> None:
    leaving = Path(tempfile.mkdtemp(prefix=".import-", dir=root))
    (root / old.version).rename(leaving / old.version)
    shutil.rmtree(leaving, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Remove what an import that was killed left behind; no other is running (`_alone`)."""
    for left in root.glob(".import-*"):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Only one process changes the networks at a time; the system frees the lock of a dead one."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

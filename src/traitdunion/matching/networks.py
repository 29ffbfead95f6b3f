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
from datetime import date, datetime
from pathlib import Path
from typing import Any

from traitdunion import reach

Progress = Callable[[str, float], None]

TIMETABLE, DESCRIPTION, FEEDS, CURRENT = "timetable.tdu", "network.json", "feeds", "current"
KEPT_VERSIONS = 5
COMPILED_SHARE = 0.95

logger = logging.getLogger(__name__)
_loaded: dict[Path, "Network"] = {}
_loading = threading.Lock()


class NetworkImportError(ValueError):
    """The files give no network to answer with; the French message says why and what to do."""


class UnknownVersionError(LookupError):
    """No version of that name is kept; the French message lists those that are."""


@dataclass(frozen=True)
class NetworkVersion:
    """One version kept: `feeds` are the names of its files, `report` what was found wrong in them.

    `start` and `days`: the span compiled. `current`: it is the one in use.
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


def import_network(
    paths: Iterable[Path | str],
    *,
    label: str,
    start: date,
    days: int,
    demonstration: bool,
    root: Path,
    now: datetime,
    progress: Progress | None = None,
    keep: int = KEPT_VERSIONS,
) -> NetworkVersion:
    """Compile GTFS zips or folders and put them in use; `keep` versions stay, the oldest go.

    Raises `reach.FeedError` where the files cannot be read, `NetworkImportError` where nothing
    runs in the period; either way the network in use does not change.
    """
    tell = progress or (lambda _step, _share: None)
    with _alone(root):
        _sweep(root)
        being_made = Path(tempfile.mkdtemp(prefix=".import-", dir=root))
        try:
            feeds = _copy_feeds([Path(path) for path in paths], being_made / FEEDS)
            timetable = _compile(
                being_made, feeds, start, days, lambda step, s: tell(step, s * COMPILED_SHARE)
            )
            _refuse_if_nothing_runs(timetable)
            timetable.save(being_made / TIMETABLE)
            version = _free_name(root, now, timetable)
            made = NetworkVersion(
                version=version,
                label=label,
                demonstration=demonstration,
                imported_at=now,
                start=start,
                days=days,
                feeds=feeds,
                report=timetable.report.to_json() if timetable.report else {},
                current=True,
            )
            _write_description(being_made, made)
            tell("Mise en service", COMPILED_SHARE)
            being_made.chmod(0o755)
            being_made.rename(root / version)
        except BaseException:
            shutil.rmtree(being_made, ignore_errors=True)
            raise
        _turn_link(root, version)
        _prune(root, keep)
    tell("Terminé", 1.0)
    return made


def list_networks(root: Path) -> list[NetworkVersion]:
    """Versions kept, the newest first."""
    current = _current_name(root)
    found = [
        _read_description(folder, current=folder.name == current)
        for folder in root.glob("[!.]*/")
        if not folder.is_symlink() and (folder / DESCRIPTION).is_file()
    ]
    return sorted(found, key=lambda kept: (kept.imported_at, kept.version), reverse=True)


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


def current_network(root: Path) -> Network:
    """Network in use, loaded once by process and version; FileNotFoundError when there is none."""
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
    """A version from its file, or compiled anew from its feeds where the file is not sound."""
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
    """The timetable of the feeds kept; raises NetworkImportError where they are gone as well."""
    logger.warning("Horaires compilés à nouveau : %s", unsound)
    try:
        timetable = _compile(folder, known.feeds, known.start, known.days)
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
    progress: Progress | None = None,
) -> reach.Timetable:
    paths = [folder / FEEDS / str(number) / name for number, name in enumerate(feeds, start=1)]
    return reach.Timetable.from_gtfs(paths, start=start, days=days, progress=progress)


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
    runs = timetable.arrays["services"][:, 1 : timetable.days + 1]
    if not runs[timetable.arrays["trip_service"]].any():
        raise NetworkImportError(
            f"Aucune course ne circule du {timetable.start:%d/%m/%Y} au {timetable.end:%d/%m/%Y} : "
            "choisissez des dates couvertes par ces horaires, ou des fichiers plus récents. "
            "Le réseau en service ne change pas."
        )


def _free_name(root: Path, now: datetime, timetable: reach.Timetable) -> str:
    """Time of the import and a short hash of what went in; a number follows where it is taken."""
    inputs = [timetable.header[part] for part in ("start", "days", "inputs")]
    digest = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()[:8]
    first = f"{now:%Y%m%d-%H%M%S}-{digest}"
    name, again = first, 1
    while (root / name).exists():
        again += 1
        name = f"{first}-{again}"
    return name


def _write_description(folder: Path, made: NetworkVersion) -> None:
    described = {
        "label": made.label,
        "demonstration": made.demonstration,
        "imported_at": made.imported_at.isoformat(),
        "start": made.start.isoformat(),
        "days": made.days,
        "feeds": list(made.feeds),
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
    )


def _current_name(root: Path) -> str | None:
    """Version the link names, whether or not it stands; None without a link."""
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
    _flush(root)


def _flush(folder: Path) -> None:
    """Have the names in a folder on disk, lest a power cut undo a rename."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _prune(root: Path, keep: int) -> None:
    """Let the oldest versions go, never the one in use; each leaves the list before its files."""
    for old in list_networks(root)[max(keep, 1) :]:
        if not old.current:
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

"""Opens a feed (zip or folder) safely: what is unsafe or damaged is refused with a `FeedError`."""

import hashlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from ..checks.report import FeedError

_DAMAGED: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ArithmeticError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""All that `zipfile` was seen to raise on damaged archives."""

_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Above these a feed is not read: no published GTFS comes near them."""

    member_bytes: int = 2 << 30
    total_bytes: int = 8 << 30
    ratio: int = 200
    ratio_from_bytes: int = 4 << 20


@dataclass
class Archive:
    """The files of one feed, by bare name (`stops.txt`), read on demand.

    `sha256` is that of the zip file; for a folder, of its files' names and contents. `names` are
    the bare names of all its files, in small letters, also of those that are not read.
    """

    name: str
    sha256: str
    limits: Limits
    _openers: Mapping[str, Callable[[], IO[bytes]]] = field(repr=False)
    _close: Callable[[], None] = field(default=lambda: None, repr=False)
    _read_bytes: int = 0
    names: frozenset[str] = frozenset()

    def close(self) -> None:
        """Let the zip file go; nothing can be read afterwards."""
        self._close()

    def __contains__(self, file: str) -> bool:
        """Return whether the feed has this file."""
        return file in self._openers

    def read(self, file: str) -> bytes:
        """Read a file whole, counting the bytes that really come out."""
        try:
            with self._openers[file]() as stream:
                return self._read_counted(stream, file)
        except FeedError:
            raise
        except _DAMAGED as error:
            raise FeedError(
                f"{self.name} : {file} est illisible ({error}). Le fichier est sans doute "
                "tronqué ou abîmé : téléchargez-le de nouveau."
            ) from error

    def _read_counted(self, stream: IO[bytes], file: str) -> bytes:
        # It gives its own memory away, where pieces joined would take twice that.
        whole, size = io.BytesIO(), 0
        # Sizes in the directory of a zip may lie: what comes out is counted.
        while piece := stream.read(_CHUNK):
            size += len(piece)
            self._read_bytes += len(piece)
            if size > self.limits.member_bytes or self._read_bytes > self.limits.total_bytes:
                raise _too_big(self.name, file)
            whole.write(piece)
        return whole.getvalue()


def open_feed(path: Path, files: Iterable[str], *, limits: Limits | None = None) -> Archive:
    """Open a zip or a folder and check it before anything is read.

    `files` are the names looked for; others are checked for safety, then ignored.
    """
    limits = limits or Limits()
    if path.is_dir():
        return _open_folder(path, frozenset(files), limits)
    if not path.is_file():
        raise FeedError(f"{path.name} : fichier introuvable. Vérifiez son nom et son dossier.")
    return _open_zip(path, frozenset(files), limits)


def _open_folder(path: Path, files: frozenset[str], limits: Limits) -> Archive:
    by_name = {name.lower(): path / name for name in sorted(_names_in(path))}
    wanted = {name: by_name[name] for name in sorted(files & by_name.keys())}
    for name, member in wanted.items():
        if member.is_symlink() or not member.is_file():
            raise FeedError(
                f"{path.name} : {name} est un lien ou n'est pas un fichier : refusé par "
                "prudence. Remplacez-le par le fichier lui-même."
            )
    sizes = [member.stat().st_size for member in wanted.values()]
    if sum(sizes) > limits.total_bytes or max(sizes, default=0) > limits.member_bytes:
        raise _too_big(path.name, "le dossier")
    openers = {name: _opener(member) for name, member in wanted.items()}
    sha256 = _sha256_of_files(wanted, path.name)
    return Archive(path.name, sha256, limits, openers, names=frozenset(by_name))


def _names_in(path: Path) -> list[str]:
    try:
        return [member.name for member in path.iterdir()]
    except OSError as error:
        raise FeedError(f"{path.name} : dossier illisible ({error.strerror}).") from error


def _opener(member: Path) -> Callable[[], IO[bytes]]:
    return lambda: member.open("rb")


def _open_zip(path: Path, files: frozenset[str], limits: Limits) -> Archive:
    sha256 = _sha256_of_files({"": path}, path.name)
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except _DAMAGED as error:
        raise FeedError(
            f"{path.name} : ce n'est pas une archive zip lisible ({error}). Téléchargez-la de "
            "nouveau, ou donnez le dossier décompressé."
        ) from error
    try:
        _refuse_unsafe(path.name, members, limits)
        wanted = _members_wanted(path.name, members, files)
    except FeedError:
        archive.close()
        raise

    def opener(member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        return lambda: archive.open(member)

    openers = {name: opener(member) for name, member in wanted.items()}
    names = frozenset(PurePosixPath(member.filename).name.lower() for member in members)
    return Archive(path.name, sha256, limits, openers, archive.close, names=names)


def _refuse_unsafe(feed: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    for member in members:
        if _leaves_its_folder(member):
            raise FeedError(
                f"{feed} : l'archive contient un chemin interdit (« {member.filename} »), qui "
                "écrirait hors de son dossier. Archive refusée : demandez-en une autre au "
                "producteur."
            )
        # The high 16 bits hold the Unix mode of the file (zip specification, external attributes).
        if stat.S_ISLNK(member.external_attr >> 16):
            raise FeedError(
                f"{feed} : « {member.filename} » est un lien symbolique. Archive refusée : "
                "demandez au producteur d'y mettre le fichier lui-même."
            )
        # Bit 0 marks an encrypted member (zip specification, general purpose bit flag).
        if member.flag_bits & 0x1:
            raise FeedError(
                f"{feed} : « {member.filename} » est protégé par un mot de passe. Décompressez "
                "l'archive, puis donnez le dossier."
            )
        if member.file_size > limits.member_bytes:
            raise _too_big(feed, member.filename)
        if _inflates_suspiciously(member, limits):
            raise FeedError(
                f"{feed} : « {member.filename} » se décompresserait plus de {limits.ratio} fois "
                "(bombe de décompression ?). Archive refusée : vérifiez d'où elle vient."
            )
    if sum(member.file_size for member in members) > limits.total_bytes:
        raise _too_big(feed, "l'ensemble")


def _leaves_its_folder(member: zipfile.ZipInfo) -> bool:
    name = member.filename.replace("\\", "/")
    # The last case is a Windows drive, "C:".
    return name.startswith("/") or ".." in name.split("/") or name[1:2] == ":"


def _inflates_suspiciously(member: zipfile.ZipInfo, limits: Limits) -> bool:
    if member.file_size < limits.ratio_from_bytes:
        return False
    # Text compresses ten times at most; a bomb a thousand times.
    return member.file_size > limits.ratio * max(member.compress_size, 1)


def _members_wanted(
    feed: str, members: list[zipfile.ZipInfo], files: frozenset[str]
) -> dict[str, zipfile.ZipInfo]:
    """Take the wanted files at the root, or those of the one sub-folder that holds a feed."""
    by_folder: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        # Some publishers write Stops.txt; macOS adds a shadow of each file under __MACOSX.
        name = path.name.lower()
        if member.is_dir() or name not in files or "__MACOSX" in path.parts:
            continue
        if name in by_folder.setdefault(str(path.parent), {}):
            raise FeedError(
                f"{feed} : l'archive contient deux fois {path.name}. Gardez-en un seul."
            )
        by_folder[str(path.parent)][name] = member
    if "." in by_folder:
        return by_folder["."]
    if len(by_folder) > 1:
        folders = ", ".join(f"« {folder} »" for folder in sorted(by_folder))
        raise FeedError(
            f"{feed} : l'archive contient plusieurs jeux de données ({folders}). Donnez-les "
            "séparément."
        )
    if not by_folder and any(m.filename.lower().endswith(".zip") for m in members):
        raise FeedError(
            f"{feed} : l'archive ne contient que d'autres archives zip. Décompressez-la, puis "
            "donnez celles du dedans."
        )
    return next(iter(by_folder.values()), {})


def _too_big(feed: str, what: str) -> FeedError:
    return FeedError(
        f"{feed} : « {what} » est trop volumineux une fois décompressé. Fichier refusé : "
        "vérifiez d'où il vient, ou découpez-le."
    )


def _sha256_of_files(files: Mapping[str, Path], feed: str) -> str:
    digest = hashlib.sha256()
    try:
        for name, path in files.items():
            digest.update(name.encode())
            with path.open("rb") as stream:
                while piece := stream.read(_CHUNK):
                    digest.update(piece)
    except OSError as error:
        raise FeedError(f"{feed} : fichier illisible ({error.strerror}).") from error
    return digest.hexdigest()

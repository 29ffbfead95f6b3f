"""Zip archives, bounded in parts, in inflated bytes and in ratio."""

import io
import zipfile
from collections.abc import Iterable

from .faults import Unreadable, reading
from .limits import Limits

ADVICE = "Refaites l'archive, en zip ordinaire et sans mot de passe."
SMALL_BYTES = 1_000_000
"""The ratio of a part is looked at beyond this size: a small text of blanks packs very well."""
CHUNK_BYTES = 1 << 20
ENCRYPTED = 0x1


def unzipped(
    content: bytes, *, suffixes: Iterable[str] = (), limits: Limits | None = None
) -> dict[str, bytes]:
    """Return the parts of an archive by name; only those whose names end in `suffixes`, if given.

    Raises Unreadable.
    """
    limits = (limits or Limits()).started()
    limits.check_size(content)
    wanted = tuple(suffixes)
    with reading("cette archive", ADVICE), _opened(content) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir()]
        if len(parts) > limits.parts:
            raise Unreadable.of(f"plus de {limits.parts} fichiers dans l'archive.", ADVICE)
        left = limits.inflated_bytes
        members = {}
        for part in parts:
            if wanted and not part.filename.endswith(wanted):
                continue
            members[part.filename] = _inflated(archive, part, left, limits)
            left -= len(members[part.filename])
        return members


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as wrong:
        raise Unreadable.of("ce n'est pas une archive zip, ou elle est coupée.", ADVICE) from wrong


def _inflated(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    """Read a part by chunks: the sizes that an archive declares are not to be believed."""
    if part.flag_bits & ENCRYPTED:
        raise Unreadable.of("l'archive est protégée par un mot de passe.", ADVICE)
    out = bytearray()
    most = min(left, max(SMALL_BYTES, limits.ratio * part.compress_size))
    with archive.open(part) as packed:
        while chunk := packed.read(CHUNK_BYTES):
            limits.check_time()
            out += chunk
            if len(out) > most:
                why = f"« {part.filename[:80]} » est démesuré une fois ouvert."
                raise Unreadable.of(why, "Partagez le fichier, ou vérifiez-le.")
    return bytes(out)

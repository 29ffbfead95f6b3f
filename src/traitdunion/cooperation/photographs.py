"""Photographs without what the camera wrote beside the image: place, time, model of the phone."""

from .operations import CooperationError

MOST_BYTES = 8_000_000
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
KEPT_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
START_OF_SCAN = 0xDA


def without_metadata(content: bytes) -> tuple[str, bytes]:
    """Media type and bytes of a JPEG or PNG without its metadata. Raises CooperationError.

    A JPEG loses its application segments (APP1 to APP15, which hold EXIF and XMP) and comments; a
    PNG keeps the chunks that draw. Pixels are not touched. (ITU T.81, annex B; PNG, section 11.)
    """
    if len(content) > MOST_BYTES:
        raise CooperationError("Photo trop lourde : 8 Mo au plus. Réduisez-la.")
    try:
        if content.startswith(JPEG):
            return "image/jpeg", _jpeg(content)
        if content.startswith(PNG):
            return "image/png", _png(content)
    except (IndexError, ValueError) as wrong:
        raise CooperationError("Cette photo est abîmée : prenez-la de nouveau.") from wrong
    raise CooperationError("Ce fichier n'est pas une photo JPEG ou PNG.")


def _jpeg(content: bytes) -> bytes:
    kept, at = [content[:2]], 2
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker")
        marker = content[at + 1]
        if marker == START_OF_SCAN:
            end = content.rindex(b"\xff\xd9")
            return b"".join((*kept, content[at : end + 2]))
        length = 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 4 or at + length > len(content):
            raise ValueError("bad segment")
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            kept.append(content[at : at + length])
        at += length


def _png(content: bytes) -> bytes:
    kept, at = [PNG], len(PNG)
    while True:
        length = 12 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if len(kind) < 4 or at + length > len(content):
            raise ValueError("bad chunk")
        if kind in KEPT_CHUNKS:
            kept.append(content[at : at + length])
        if kind == b"IEND":
            return b"".join(kept)
        at += length

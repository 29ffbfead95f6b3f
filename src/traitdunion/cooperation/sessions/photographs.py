"""Encode photographs again, so that nothing but the pixels is kept: no place, time or phone."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from ..operations import CooperationError

# A phone of today makes photographs of 4 to 12 MB; what is kept is far smaller.
MAX_BYTES = 25_000_000
# 108 megapixels; a file that announces more is refused before it is decoded.
MAX_PIXELS = 110_000_000
# What cannot be decoded at a lower scale takes up to 21 bytes a pixel (WebP), 6 where it is a
# progressive JPEG: a small file would take gigabytes.
MAX_PIXELS_PROGRESSIVE = 50_000_000
MAX_PIXELS_WHOLE = 16_000_000
# The longest side that is kept, in pixels: enough to read a sheet of paper.
KEPT_SIDE = 2400
QUALITY = 85
# A file of several pictures (MPO) is opened as the JPEG it begins with.
KINDS = ("JPEG", "PNG", "WEBP")


class _TooManyPixels(Exception):
    """The file announces more pixels than are decoded."""


def without_metadata(content: bytes) -> tuple[str, bytes]:
    """Return the media type and the bytes of a photograph, decoded then encoded as a new JPEG.

    Only the pixels of the first picture go through: no EXIF, no second picture, no film, no
    comment, wherever the file hid them. Raises CooperationError.
    """
    if len(content) > MAX_BYTES:
        raise CooperationError("Photo trop lourde : 25 Mo au plus. Réduisez-la.")
    try:
        with Image.open(BytesIO(content), formats=KINDS) as photo:
            if photo.width * photo.height > _most_pixels(photo):
                raise _TooManyPixels
            # Decoded at a lower scale where it is much larger than what is kept.
            photo.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
            upright = ImageOps.exif_transpose(photo)
            pixels = upright.convert("RGB")
    except _TooManyPixels as wrong:
        advice = "réduisez-la, ou envoyez-la en JPEG."
        raise CooperationError(f"Photo trop grande : {advice}") from wrong
    except UnidentifiedImageError as wrong:
        raise CooperationError("Ce fichier n'est pas une photo JPEG, PNG ou WebP.") from wrong
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise CooperationError("Cette photo est abîmée : prenez-la de nouveau.") from wrong
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE))
    # A new image that holds the pixels alone: what Pillow read beside them is left behind.
    bare = Image.new("RGB", pixels.size)
    bare.paste(pixels)
    written = BytesIO()
    bare.save(written, "JPEG", quality=QUALITY, optimize=True)
    return "image/jpeg", written.getvalue()


def _most_pixels(photo: Image.Image) -> int:
    """Return how many pixels are decoded at most, so that any file stays under 500 MB of memory."""
    if photo.format != "JPEG":
        return MAX_PIXELS_WHOLE
    return MAX_PIXELS_PROGRESSIVE if "progressive" in photo.info else MAX_PIXELS

"""Addresses as QR codes."""

import qrcode
from qrcode.image.svg import SvgPathImage


def qr_svg(address: str) -> str:
    """Return an address as a QR code in SVG, without a size."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    drawn: str = code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
    return drawn

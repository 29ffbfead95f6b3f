"""An answer given out: its address, a QR code, a text message, a mail, a calendar file."""

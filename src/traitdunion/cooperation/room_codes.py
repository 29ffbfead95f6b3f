"""Codes that open a session to phones: long enough that guessing needs no limit (ADR 46)."""

import secrets

# No letter or figure looks like another when read aloud.
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
GROUP = 4


def draw_code() -> str:
    """Draw a code that can be read aloud."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def in_groups(code: str) -> str:
    """Return a code as it is shown in the room: "ABCD EFGH"; a shorter one is left whole."""
    if len(code) < CODE_LENGTH:
        return code
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def typed_code(text: str) -> str:
    """Return the code that a person typed, whatever its case, spaces and hyphens."""
    return "".join(sign for sign in text.upper() if sign.isalnum())

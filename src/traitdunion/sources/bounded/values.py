"""Values as people and spreadsheets write them: numbers, lost zeros, control characters."""

import re
import unicodedata
from decimal import Decimal

FORMULA_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NAME?", "#NOM?", "#NUM!", "#NOMBRE!",
     "#NULL!", "#NUL!", "#SPILL!", "#PROPAGATION!", "#CALC!", "#GETTING_DATA", "#N/D"}
)  # fmt: skip
# Two directions of writing, zero-width signs and lone surrogates hide text or break a database.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_MAX_NUMBER_CHARS = 60


def clean_text(text: str) -> str:
    """Return a text without the signs that no one sees and that databases refuse."""
    return INVISIBLE.sub("", text)


def is_formula_error(text: str) -> bool:
    """Check for what a spreadsheet shows where a formula failed ("#N/A")."""
    return text.strip().upper() in FORMULA_ERRORS


def number_from(text: str, *, digits: int = 30) -> Decimal | None:
    """Return a number written the French or the English way, None for anything else.

    Spaces of any width, one euro sign and a thousands separator are dropped: "1 200,50 €" and
    "1.200,50" are 1200.5, and "1,200" is 1.2, since a lone comma is decimal in French. Exponents,
    infinities and more than `digits` digits are no number: they would not fit anywhere.
    """
    if len(text) > _MAX_NUMBER_CHARS:
        return None
    bare = "".join(sign for sign in text if not sign.isspace())
    bare = bare.removesuffix("€").removesuffix("EUR").replace("\u2212", "-").replace("'", "")
    if "," in bare and "." in bare:
        decimal_sign = max(",.", key=bare.rfind)
        bare = bare.replace("." if decimal_sign == "," else ",", "")
    bare = bare.replace(",", ".")
    ascii_only = unicodedata.normalize("NFKC", bare)
    if not _NUMBER.fullmatch(ascii_only) or sum(map(str.isdigit, ascii_only)) > digits:
        return None
    return Decimal(ascii_only)


def restore_zeros(text: str, digits: int) -> str:
    """Return digits with the one leading zero that a spreadsheet dropped; other text as it is."""
    bare = re.sub(r"[\s.]", "", text)
    lost = bare.isascii() and bare.isdigit() and len(bare) == digits - 1
    return f"0{bare}" if lost else text

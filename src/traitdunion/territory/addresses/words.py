"""The words of an address brought to one spelling, abbreviations written out, on both sides."""

import re
from typing import NamedTuple

from ..names import fold

TYPES = {
    "all": "allee", "allees": "allee", "av": "avenue", "ave": "avenue", "bd": "boulevard",
    "boul": "boulevard", "bld": "boulevard", "blvd": "boulevard", "bvd": "boulevard",
    "boulevart": "boulevard", "avenus": "avenue", "ch": "chemin", "che": "chemin",
    "chem": "chemin", "crs": "cours", "dom": "domaine", "esp": "esplanade", "fg": "faubourg",
    "fbg": "faubourg", "ham": "hameau", "imp": "impasse", "lot": "lotissement",
    "mte": "montee", "pass": "passage", "psg": "passage", "pl": "place", "prom": "promenade",
    "pte": "porte", "quart": "quartier", "qua": "quartier", "r": "rue", "res": "residence",
    "rte": "route", "sq": "square", "vc": "voie communale",
}  # fmt: skip
TITLES = {
    "cdt": "commandant", "cne": "capitaine", "col": "colonel", "dr": "docteur", "gal": "general",
    "gl": "general", "lt": "lieutenant", "mal": "marechal", "mgr": "monseigneur",
    "nd": "notre dame", "pdt": "president", "pr": "professeur", "ss": "sous",
    "za": "zone artisanale", "zac": "zone amenagement concerte", "zi": "zone industrielle",
    "ld": "lieu dit",
}  # fmt: skip
NUMERALS = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xii": "12",
    "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16", "xviii": "18", "xxiii": "23",
}  # fmt: skip
SPELLINGS = TYPES | TITLES | NUMERALS
LINKING = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "sur"}
)
STREETS = frozenset(TYPES.values()) | {
    "quai", "voie", "sentier", "venelle", "cite", "clos", "lieu", "traverse", "rond", "zone",
    "coteau", "cour", "villa", "parc", "pont", "ruelle", "village",
}  # fmt: skip
MONTHS = frozenset(
    {"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
     "octobre", "novembre", "decembre"}
)  # fmt: skip
POSTCODE = re.compile(r"\d{5}")
NUMBER = re.compile(r"(\d{1,4})(bis|ter|quater|quinquies|[a-z])?")
SUFFIX = re.compile(r"bis|ter|quater|quinquies|[a-z]")
NOISE = frozenset({"france", "cedex"})


class AskedAddress(NamedTuple):
    """What a text asks for. `words`: all but the number and the postal code, in order.

    `after`: those after the number, where others stand before it.
    """

    words: tuple[str, ...]
    after: tuple[str, ...]
    postcode: str
    numero: int
    suffix: str


def spelled(text: str) -> list[str]:
    """Return the folded words of a text, abbreviations written out.

    >>> spelled("12 bd du Mal-Foch")
    ['12', 'boulevard', 'du', 'marechal', 'foch']
    """
    return [word for short in fold(text).split() for word in SPELLINGS.get(short, short).split()]


def telling(words: list[str] | tuple[str, ...]) -> list[str]:
    """Return the words without those that link them, unless nothing else is left."""
    return [word for word in words if word not in LINKING] or list(words)


def _is_suffix(words: list[str]) -> bool:
    """Return whether the first word goes with a number; a letter only before "rue", "place"…"""
    if len(words) < 2 or not SUFFIX.fullmatch(words[0]):
        return False
    return len(words[0]) > 1 or words[1] in STREETS


def asked_address(text: str) -> AskedAddress:
    """Part a text into words, number and postal code.

    >>> asked_address("12 bis r. de la Paix 75002 Paris")[2:]
    ('75002', 12, 'bis')
    """
    words = spelled(text)
    while len(words) > 3 and words[-1] in NOISE:
        words.pop()
    postcode = next((word for word in reversed(words) if POSTCODE.fullmatch(word)), "")
    words = [word for word in words if not POSTCODE.fullmatch(word)]
    for at, word in enumerate(words):
        number = NUMBER.fullmatch(word)
        follows = words[at + 1 :]
        if not number or not follows:
            continue
        suffix = number[2] or ""
        if not suffix and _is_suffix(follows):
            suffix, follows = follows[0], follows[1:]
        if follows[0] in STREETS or (at == 0 and follows[0] not in MONTHS):
            rest = tuple(follows)
            return AskedAddress((*words[:at], *rest), rest, postcode, int(number[1]), suffix)
    return AskedAddress(tuple(words), (), postcode, 0, "")

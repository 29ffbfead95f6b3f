"""Names of places brought to one spelling, so that what is typed can be compared with them."""

import re
import unicodedata

ARTICLES = frozenset({"l", "le", "la", "les", "las", "los", "aux"})
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
# Signs that NFKD leaves outside ASCII: they would vanish, and glue two words together.
SIGNS = str.maketrans({"œ": "oe", "æ": "ae"} | dict.fromkeys("’‘ʼ´–—‐‑−", " "))
NOT_A_WORD = re.compile(r"[^a-z0-9]+")
ORDINAL = re.compile(r"\b(\d+) ?eme\b")


def fold(text: str) -> str:
    """Lower case, no accent, one space between words, "st" written "saint".

    >>> fold("  St-Étienne-l'Œuvre ")
    'saint etienne l oeuvre'
    """
    words = fold_letters(text).split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def fold_letters(text: str) -> str:
    """`fold` without its abbreviations: "st" may begin "strasbourg" too."""
    lower = text.casefold().replace("s/", "sur ").translate(SIGNS)
    plain = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return ORDINAL.sub(r"\1e", NOT_A_WORD.sub(" ", plain)).strip()


def without_article(key: str) -> str:
    """Return a folded name without its leading article; a name that is only an article keeps it.

    >>> without_article("le puy en velay")
    'puy en velay'
    """
    first, _, rest = key.partition(" ")
    return rest if rest and first in ARTICLES else key

"""Find what looks like the name of a person in words that were sent, to propose masking it."""

import re
from collections.abc import Iterable

from django.utils.text import slugify

from ..models import Seance

MASK = "[nom masqué]"
LETTER = r"[A-Za-zÀ-ÖØ-öø-ÿ]"
CAPITALISED = rf"[A-ZÀ-ÖØ-Þ](?:{LETTER}|['’-])+"
# « M. Durand », « Mme de La Tour » : the title is masked with the name.
TITLED = re.compile(
    rf"\b(?:M\.|Mr\.?|Mme|Mlle|Monsieur|Madame|Mademoiselle|Me|Dr|Docteur)\s+"
    rf"(?:(?:de|du|des|d['’]|la|le|La|Le)\s*)*{CAPITALISED}(?:\s+{CAPITALISED})?"
)
# Two capitalised words that follow each other; « Le Puy » and names of places are left alone.
PAIR = re.compile(rf"\b({CAPITALISED})\s+({CAPITALISED})\b")
# Words that make a pair of capitalised words something else than a person.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        le la les un une des du de en au aux et pour ouvrir faire mettre creer france
        travail cap emploi mission locale haute loire puy velay saint sainte pole
        conseil departement communaute prefecture region etat clee logement action
        sociale chambre
        """,
    )
)
MIN_SURNAME = 4


class NameFinder:
    """Finds names in the words of a session, whose guests and places are read once.

    Words kept outside sessions have none.
    """

    def __init__(self, seance: Seance | None) -> None:
        guests = list(seance.invites.values_list("nom", "organisation")) if seance else []
        words = {
            slugify(word)
            for name, _ in guests
            for word in re.findall(rf"{LETTER}{{{MIN_SURNAME},}}", name)
        }
        self.surnames = words - COMMON - {"participant", "fictif"}
        places = " ".join(
            [seance.lieu if seance else "", *(organisation for _, organisation in guests)]
        )
        self.not_names = COMMON | set(slugify(places).split("-"))

    def names_in(self, text: str) -> list[str]:
        """Return what looks like a name: with a title, a guest's, or two capitalised words."""
        names = [match[0] for match in TITLED.finditer(text)]
        # A surname of a guest, written with a capital.
        names += [word for word in re.findall(CAPITALISED, text) if slugify(word) in self.surnames]
        for match in PAIR.finditer(text):
            if not {slugify(match[1]), slugify(match[2])} & self.not_names:
                names.append(match[0])
        return _longest(names)


def names_in(text: str, *, seance: Seance) -> list[str]:
    """Return what looks like the name of a person in one text."""
    return NameFinder(seance).names_in(text)


def _longest(names: Iterable[str]) -> list[str]:
    """Drop what stands inside another."""
    kept: list[str] = []
    for name in sorted(set(names), key=len, reverse=True):
        if not any(name in longer for longer in kept):
            kept.append(name)
    return kept


def masked(text: str, names: Iterable[str]) -> str:
    """Return a text where each of the names is masked."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, MASK)
    return text

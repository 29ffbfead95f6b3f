"""Find ROME titles as people type them: without accents, words in any order, typos mended."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Case, Value, When
from django.db.models.functions import Length, StrIndex
from django.db.models.lookups import GreaterThan

from traitdunion.catalogue.search import holding_words, mended_word, searched_words
from traitdunion.sources.occupations import ROME
from traitdunion.territory.names import fold

from ..enums import FichierMetier
from ..models import AppellationRome, FichierMetiers, MetierRome

NEAR = 5
"""Titles offered where a text names none."""
CODE_LAST = re.compile(r"(?:(?P<title>.*?)[\s(]+)?(?P<rome>[A-Na-n]\d{4})\)?", re.ASCII)
GENDERED = re.compile(r"\s+/\s+")


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation as it was chosen; `title` is "" where a code alone was typed, unknown here."""

    rome: str
    title: str

    def __str__(self) -> str:
        return f"{self.title} ({self.rome})" if self.title else self.rome


@dataclass(frozen=True, slots=True)
class TitlesFound:
    """Titles, best first; `mended` is the text looked for instead of the one typed.

    `is_partial`: no title holds all the words; these hold some, the rarest first.
    """

    titles: list[AppellationRome]
    mended: str = ""
    is_partial: bool = False


class UnknownOccupation(ValueError):
    """A text that names no occupation; `near`: titles that come near."""

    def __init__(self, text: str, near: list[AppellationRome]) -> None:
        self.near = near
        offered = " ; ".join(map(str, near))
        advice = f"Proches : {offered}." if near else "Écrivez le code ROME : exemple, H2102."
        super().__init__(f"« {text} » n'est pas une appellation connue. {advice}")


def search_titles(text: str, *, limit: int = 20) -> TitlesFound:
    """Return the titles that hold every word typed; where none does, near words are tried."""
    if ROME.fullmatch(code := text.strip().upper()):
        return TitlesFound(list(AppellationRome.objects.filter(rome=code)[:limit]))
    words = searched_words(text)
    if not words:
        return TitlesFound([])
    if titles := _holding(words, limit):
        return TitlesFound(titles)
    vocabulary = _vocabulary()
    mended = [mended_word(word, vocabulary) for word in words]
    text = "" if mended == words else " ".join(mended)
    if text and (titles := _holding(mended, limit)):
        return TitlesFound(titles, text)
    return TitlesFound(_holding_some(mended, vocabulary, limit), text, is_partial=True)


def occupation_named(text: str) -> Occupation:
    """Return the occupation of a code, of a title, of one of its two genders, of « title (code) ».

    Raises UnknownOccupation. Where no titles are loaded, a code alone is taken as it is.
    """
    text = text.strip()
    if match := CODE_LAST.fullmatch(text):
        return _of_code(match["rome"].upper(), (match["title"] or "").strip())
    wanted = fold(text)
    near = search_titles(text, limit=200).titles if wanted else []
    named = [row for row in near if wanted in _names(row.libelle)]
    if len({row.rome_id for row in named}) == 1:
        return Occupation(named[0].rome_id, named[0].libelle)
    raise UnknownOccupation(text, (named or near)[:NEAR])


def _of_code(rome: str, title: str) -> Occupation:
    known = AppellationRome.objects.filter(rome=rome, libelle=title).first() if title else None
    if known is not None:
        return Occupation(rome, known.libelle)
    occupation = MetierRome.objects.filter(pk=rome).first()
    if occupation is None and MetierRome.objects.exists():
        raise UnknownOccupation(rome, [])
    return Occupation(rome, occupation.libelle if occupation else "")


def _names(label: str) -> set[str]:
    """Return the folded forms of a title: whole, and each side of « Cariste / Cariste »."""
    return {fold(label), *(fold(part) for part in GENDERED.split(label))}


def _holding(words: list[str], limit: int) -> list[AppellationRome]:
    rows = holding_words(AppellationRome.objects.all(), words)
    begins = Case(When(cle__startswith=f" {words[0]}", then=0), default=1)
    return list(rows.order_by(begins, Length("libelle"), "libelle")[:limit])


def _holding_some(
    words: list[str], vocabulary: Mapping[str, int], limit: int
) -> list[AppellationRome]:
    """Return the titles that hold some of the words, those with the rarest words first."""
    weights = {}
    for word in words:
        if n := sum(count for known, count in vocabulary.items() if known.startswith(word)):
            weights[word] = 1 / n
    if not weights:
        return []
    held = [
        Case(When(GreaterThan(StrIndex("cle", Value(f" {word}")), 0), then=weight), default=0.0)
        for word, weight in weights.items()
    ]
    rows = AppellationRome.objects.annotate(weight=sum(held[1:], start=held[0]))
    return list(rows.filter(weight__gt=0).order_by("-weight", Length("libelle"), "libelle")[:limit])


def _vocabulary() -> Counter[str]:
    """Return the words of the titles, with how many titles hold each."""
    file = FichierMetiers.objects.filter(nature=FichierMetier.TITRES).first()
    return _words_of(file.pk, file.sha256) if file else Counter()


@lru_cache(maxsize=2)
def _words_of(file: int, digest: str) -> Counter[str]:
    """Count the words of the file in use; its key and digest name the edition."""
    keys = AppellationRome.objects.filter(rome__fichier=file).values_list("cle", flat=True)
    return Counter(word for key in keys.iterator() for word in set(key.split()))

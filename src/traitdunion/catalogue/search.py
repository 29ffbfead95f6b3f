"""Finding published solutions: words without accents, typos mended, and the filters of the list."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from django.db.models import Case, Exists, Max, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.functional import cached_property
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from traitdunion.territory.models import Commune
from traitdunion.territory.names import fold

from .enums import Famille, ListeCodes, NatureZone, PermisRequis, Public, TypeSolution
from .models import Revision, Solution, SolutionCode, SolutionZone
from .synonyms import alternatives

M = TypeVar("M", bound=Model)
SHORTEST_MENDED = 4
TWO_TYPOS_FROM = 8
MAX_WORDS = 12
EMPTY_WORDS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le",
                         "les", "ou", "pour", "sans", "un", "une"})  # fmt: skip


def searched_words(text: str) -> list[str]:
    """Return the words of a text that count in a search, folded; all of them if none counts."""
    words = fold(text).split()[:MAX_WORDS]
    return [word for word in words if word not in EMPTY_WORDS] or words


def holding_words(rows: QuerySet[M], words: Iterable[str]) -> QuerySet[M]:
    """Keep the rows whose `cle` has each word at the beginning of one of its own.

    `cle`: folded words, each after a space.
    """
    for word in words:
        # INSTR and not LIKE, which folds capitals and is several times slower.
        rows = rows.filter(GreaterThan(StrIndex("cle", Value(f" {word}")), 0))
    return rows


@dataclass(frozen=True)
class Search:
    """What is looked for; an empty field does not filter."""

    text: str = ""
    kind: str = ""
    famille: str = ""
    public: str = ""
    permis: str = ""
    commune: str = ""

    @property
    def words(self) -> list[str]:
        """Return the words that count, folded."""
        return searched_words(self.text)


@dataclass(frozen=True)
class Found:
    """Solutions found; `mended` is the text that was looked for instead of the one typed."""

    solutions: QuerySet[Solution]
    mended: str = ""

    @cached_property
    def keys(self) -> list[str]:
        """Return the keys of all the solutions in their order: counted and cut in pages from one
        reading.
        """
        return list(self.solutions.values_list("pk", flat=True))


def rows_of(keys: Iterable[str]) -> list[Solution]:
    """Return the solutions of a page of keys, in the same order, with what a list shows of them."""
    wanted = list(keys)
    rows = Solution.objects.select_related("structure").defer("cle").in_bulk(wanted)
    return [rows[key] for key in wanted]


def find(search: Search, *, on: date) -> Found:
    """Return published and valid solutions that answer; where no word is found as typed, other
    words for the same thing are, then near ones.
    """
    rows = _filtered(search, on)
    if not search.words:
        return Found(rows.order_by("nom"))
    results = Found(_holding(rows, search.words))
    if results.keys:
        return results
    for other in alternatives(search.text):
        reworded = Found(_holding(rows, replace(search, text=other).words), other)
        if reworded.keys:
            return reworded
    vocabulary = _vocabulary()
    mended = [mended_word(word, vocabulary) for word in search.words]
    if mended == search.words:
        return results
    return Found(_holding(rows, mended), " ".join(mended))


def keys_in_all_words(text: str, *, on: date) -> list[str]:
    """Return the keys of what answers as typed, then of what answers in other words."""
    keys = find(Search(text=text), on=on).keys
    for other in alternatives(text):
        search = Search(text=other)
        keys = keys + Found(_holding(_filtered(search, on), search.words)).keys
    return list(dict.fromkeys(keys))


def _filtered(search: Search, on: date) -> QuerySet[Solution]:
    rows = Solution.objects.published().valid(on)
    if search.kind in TypeSolution.values:
        rows = rows.filter(type_solution=search.kind)
    if search.famille in Famille.values:
        kinds = [kind for kind in TypeSolution if kind.famille == search.famille]
        rows = rows.filter(type_solution__in=kinds)
    if search.permis in PermisRequis.values:
        rows = rows.filter(permis_requis__in=["", search.permis])
    if search.public in Public.values:
        codes = SolutionCode.objects.filter(solution=OuterRef("pk"), liste=ListeCodes.PUBLICS)
        meant = codes.filter(code__in=[search.public, Public.TOUS])
        rows = rows.filter(Exists(meant) | ~Exists(codes))
    if search.commune:
        rows = rows.filter(_serves(search.commune))
    return rows


def _serves(code_insee: str) -> Q:
    """Keep what serves a commune or has no known area: that is to be checked, not hidden."""
    areas = SolutionZone.objects.filter(solution=OuterRef("pk"))
    known = Q(nature=NatureZone.COMMUNE, code=code_insee) | Q(nature=NatureZone.FRANCE)
    commune = Commune.objects.filter(code_insee=code_insee).select_related("departement").first()
    if commune is not None:
        known |= Q(nature=NatureZone.EPCI, code=commune.epci_id or "")
        known |= Q(nature=NatureZone.DEPARTEMENT, code=commune.departement_id)
        known |= Q(nature=NatureZone.REGION, code=commune.departement.region_id)
    return Q(zone_libre=True) | Exists(areas.filter(known)) | ~Exists(areas)


def _holding(rows: QuerySet[Solution], words: list[str]) -> QuerySet[Solution]:
    """Return the rows in which every word begins a word; those whose name holds the first one come
    first.
    """
    # The name is what the key begins with.
    named = Case(When(cle__startswith=f" {words[0]}", then=0), default=1)
    return holding_words(rows, words).order_by(named, "nom")


def mended_word(word: str, vocabulary: Mapping[str, int]) -> str:
    """Return the known word that a word is a typo of; itself if there is none near.

    vocabulary: folded words with how many entries hold each; the commonest of the nearest wins.
    """
    if len(word) < SHORTEST_MENDED or any(known.startswith(word) for known in vocabulary):
        return word
    most = 2 if len(word) >= TWO_TYPOS_FROM else 1
    near = process.extract(
        word, list(vocabulary), scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=20
    )
    if not near:
        return word
    return min(near, key=lambda word: (word[1], -vocabulary[word[0]], word[0]))[0]


def _vocabulary() -> Counter[str]:
    """Return the words of the published entries, with how many entries hold each."""
    # Whatever is saved leaves a revision: the last one names the edition.
    return _words_of(Revision.objects.aggregate(Max("pk"))["pk__max"] or 0)


@lru_cache(maxsize=2)
def _words_of(edition: int) -> Counter[str]:
    keys = Solution.objects.published().values_list("cle", flat=True)
    return Counter(word for key in keys.iterator() for word in set(key.split()))

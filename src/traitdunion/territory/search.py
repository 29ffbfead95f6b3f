"""An index in memory of the names and codes of communes, made for search as one types.

Names are kept folded (`names.fold`) in one sorted list, once from each of their words, so that
"velay" finds "le puy en velay" by bisection; a typo is looked for by comparing columns of letters.
Knows nothing of Django: rows in, codes INSEE out.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .names import ABBREVIATIONS, fold, fold_letters, without_article

# Below this number of communes found as typed, typos are tried too.
FEW = 3
# A shorter text is one typo away from too many names.
SHORTEST_TYPO = 4
WIDTH = 64  # letters kept of a name when looking for a typo; the longest has 46
LONGEST_TEXT = 120  # what is typed beyond is ignored
AFTER_ALL = "\x7f"  # sorts after every letter of a folded name

CODE_ALONE = re.compile(r"\s*(\d{1,2}|2[abAB]|\d{2}\s?\d{1,3}|2[abAB]\s?\d{1,3})\s*")
CODE_FIRST = re.compile(r"\s*(\d{2}\s?\d{3})[\s,]+(?=\S*[^\W\d])(.+)")
CODE_LAST = re.compile(
    r"(.*?[^\W\d].*?)[\s,]*(?:\(\s*(\w{1,5})\s*\)?|[\s,](\d{2}\s?\d{3}|\d{2,3}|2[abAB]))\s*"
)
# What stands apart at the end: "Langeac, Haute-Loire", "Langeac (Haute-Loire", "Langeac - Loire".
APART_LAST = re.compile(r"(.*?)(?:\s*[,(]|\s[-–—/]\s)\s*([^(),]+?)\s*\)?\s*")
# As copied from an address: "43012 Le Puy-en-Velay Cedex 2".
CEDEX = re.compile(r"\s+cedex(\s+\d{1,2})?\s*$", re.IGNORECASE)


class Rank(IntEnum):
    """How well a name answers what is typed; the lower the better."""

    EXACT = 0
    PREFIX = 1
    PART = 2  # the exact name of an arrondissement, of a commune déléguée or associée
    WORD = 3  # begins at another word of the name
    WORDS = 4  # every word typed begins a word of the name, in order; or another article
    PART_BEGUN = 5
    TYPO = 6  # the whole name but one letter
    TYPO_PREFIX = 7
    NOT_FOUND = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index needs of a commune; `parts` are (code INSEE, folded name)."""

    code: str
    key: str
    departement: str
    population: int
    codes_postaux: Sequence[str] = ()
    parts: Sequence[tuple[str, str]] = ()


class SearchIndex:
    """Sorted names and codes of communes.

    `keys[r]` is a folded name, or its end from one of its words; it belongs to the commune
    `owner[r]`, ranks `if_whole[r]` when it is typed whole and `if_begun[r]` when it is begun.
    """

    def __init__(self, entries: Iterable[Entry], departements: Mapping[str, str] | None = None):
        """Build the index; `departements` are codes by folded name without article."""
        self.departement_codes = departements or {}
        self.entries = sorted(entries, key=lambda entry: (-entry.population, entry.key, entry.code))
        rows = sorted(row for i, entry in enumerate(self.entries) for row in _name_rows(i, entry))
        self.keys = [row[0] for row in rows]
        self.owner = np.array([row[1] for row in rows], dtype=np.int32)
        self.if_whole = np.array([row[2] for row in rows], dtype=np.int8)
        self.if_begun = np.array([row[3] for row in rows], dtype=np.int8)
        codes = sorted(row for i, entry in enumerate(self.entries) for row in _code_rows(i, entry))
        self.codes = [row[0] for row in codes]
        self.code_owner = np.array([row[1] for row in codes], dtype=np.int32)
        self.departements = np.array([entry.departement for entry in self.entries], dtype="U3")
        self._named = _by_key(self.entries)
        self._letters, self._lengths = _letters(self.keys)

    # -- what is asked ------------------------------------------------------------------------

    def search(self, text: str, *, limit: int = 8, near: Sequence[str] = ()) -> list[str]:
        """Return the codes INSEE of the best `limit` communes for `text`, best first.

        `near` are codes of départements whose communes gain one rank; within a rank, those of the
        first one come first, then those of the others.
        """
        if not self.entries:
            return []
        name, code = self._split(text)
        if not name:
            return self._best(self._ranks_of_code(code), limit, near) if code else []
        ranks = self._ranks_of_name(name)
        if code:
            filtered = np.where(self._holds_code(code), ranks, Rank.NOT_FOUND)
            hits = self._best(filtered, limit, near)
            if hits:
                return hits
            ranks = np.minimum(self._ranks_of_name(text[:LONGEST_TEXT]), ranks)
        return self._best(ranks, limit, near)

    def named(self, text: str) -> list[str]:
        """Return the codes INSEE of the communes named exactly, the most populated first."""
        name, code = self._split(text)
        if not name:
            return self._at_code(code)
        rows = self._exactly(name)
        if code:
            held = self._holds_code(code)
            rows = [i for i in rows if held[i]] or self._exactly(text[:LONGEST_TEXT])
        return [self.entries[i].code for i in rows]

    def _split(self, text: str) -> tuple[str, str]:
        """Name and code in a text, the name of a département being as good as its code."""
        text = CEDEX.sub("", text[:LONGEST_TEXT])
        if match := APART_LAST.fullmatch(text):
            code = self.departement_codes.get(without_article(fold(match[2])))
            if code:
                return match[1].strip(), code
        return split_code(text)

    # -- codes --------------------------------------------------------------------------------

    def _at_code(self, code: str) -> list[str]:
        """Return the communes that bear a whole code, INSEE or postal."""
        low, high = bisect_left(self.codes, code), bisect_left(self.codes, code + "\0")
        return [self.entries[i].code for i in sorted(set(self.code_owner[low:high]))]

    def _code_rows_at(self, code: str) -> tuple[int, int]:
        """Return the rows of the codes that begin so."""
        return bisect_left(self.codes, code), bisect_left(self.codes, code + AFTER_ALL)

    def _ranks_of_code(self, code: str) -> np.ndarray:
        ranks = self._nothing()
        low, high = self._code_rows_at(code)
        ranks[self.code_owner[low:high]] = Rank.EXACT if len(code) == 5 else Rank.PREFIX
        return ranks

    def _holds_code(self, code: str) -> np.ndarray:
        """Return which communes are in a département, or have a postal or INSEE code that begins
        so.
        """
        held = self.departements == code
        if not held.any():
            low, high = self._code_rows_at(code)
            held[self.code_owner[low:high]] = True
        return held

    # -- names --------------------------------------------------------------------------------

    def _exactly(self, name: str) -> list[int]:
        """Return the communes of exactly this name; the article counts when one name needs it."""
        key = fold(name)
        whole, bare, part = self._named.get(key, ((), (), ()))
        return sorted(whole or bare or part)

    def _ranks_of_name(self, name: str) -> np.ndarray:
        ranks = self._nothing()
        for key in spellings(name):
            self._rank_begun(key, ranks)
        key = fold(name)
        if not key:
            return ranks
        bare = without_article(key)
        if bare != key:
            self._rank_other_article(bare, ranks)
        if " " in bare:
            self._rank_words(bare.split(), ranks)
        if len(fold_letters(name)) >= SHORTEST_TYPO and not _is_answered(ranks):
            self._rank_typos(key, ranks)
        return ranks

    def _rank_begun(self, key: str, ranks: np.ndarray) -> None:
        """Rank the communes one of whose rows begins with `key`."""
        low, high = self._begun(key)
        whole = bisect_left(self.keys, key + "\0", low, high)
        np.minimum.at(ranks, self.owner[low:whole], self.if_whole[low:whole])
        np.minimum.at(ranks, self.owner[whole:high], self.if_begun[whole:high])

    def _rank_other_article(self, bare: str, ranks: np.ndarray) -> None:
        """Rank "Langeac" for "le langeac"."""
        low, high = self._begun(bare)
        leading = self.if_begun[low:high] == Rank.PREFIX
        np.minimum.at(ranks, self.owner[low:high][leading], np.int8(Rank.WORDS))

    def _rank_words(self, words: list[str], ranks: np.ndarray) -> None:
        """Rank the communes whose name has words beginning like each of `words`, in order."""
        low, high = min((self._begun(word) for word in words), key=lambda rows: rows[1] - rows[0])
        in_order = re.compile(".*".join(rf"\b{re.escape(word)}" for word in words))
        owners = self.owner[low:high]
        for i in set(owners[ranks[owners] > Rank.WORDS].tolist()):
            if in_order.search(self.entries[i].key):
                ranks[i] = Rank.WORDS

    def _rank_typos(self, key: str, ranks: np.ndarray) -> None:
        """Rank names beginning with `key` but for one letter wrong, missing, extra or moved."""
        rows, whole = one_typo(self._letters, self._lengths, key.encode()[: WIDTH - 2])
        rank = np.where(whole, Rank.TYPO, Rank.TYPO_PREFIX).astype(np.int8)
        np.minimum.at(ranks, self.owner[rows], rank)

    def _begun(self, key: str) -> tuple[int, int]:
        return bisect_left(self.keys, key), bisect_left(self.keys, key + AFTER_ALL)

    def _nothing(self) -> np.ndarray:
        return np.full(len(self.entries), Rank.NOT_FOUND, dtype=np.int8)

    def _best(self, ranks: np.ndarray, limit: int, near: Sequence[str]) -> list[str]:
        """Return the best `limit` codes: by rank, by nearness, then by population."""
        rows = np.flatnonzero(ranks < Rank.NOT_FOUND)
        departements = self.departements[rows]
        is_near = np.isin(departements, np.array(near, dtype="U3"))
        # 0 for the first département, 1 for those beside it, 2 elsewhere.
        distance = np.where(is_near, 1, 2) - (departements == near[0] if near else 0)
        score = ranks[rows] - is_near
        # Entries are sorted by population: the position in `found` settles what is left.
        order = np.lexsort((np.arange(len(rows)), distance, score))[:limit]
        return [self.entries[i].code for i in rows[order]]


def _is_answered(ranks: np.ndarray) -> bool:
    """Return True when what was typed is a name, or the beginning of enough names."""
    return ranks.min() == Rank.EXACT or np.count_nonzero(ranks < Rank.NOT_FOUND) >= FEW


def spellings(name: str) -> set[str]:
    """Return the keys that a text may begin: "st" is "saint", and the first letters of
    "strasbourg".
    """
    letters = fold_letters(name)
    keys = {fold(name)} - {""}
    head, _, last = letters.rpartition(" ")
    if last in ABBREVIATIONS:
        keys.add(f"{fold(head)} {last}".strip())
    return keys


def split_code(text: str) -> tuple[str, str]:
    """Name and code (département, postal or INSEE) in a text; either may be empty.

    >>> split_code("Langeac (43)"), split_code("43 000 Le Puy"), split_code("43157")
    (('Langeac', '43'), ('Le Puy', '43000'), ('', '43157'))
    """
    text = text[:LONGEST_TEXT]
    if match := CODE_ALONE.fullmatch(text):
        return "", _plain_code(match[1])
    if match := CODE_FIRST.fullmatch(text):
        return match[2].strip(), _plain_code(match[1])
    if match := CODE_LAST.fullmatch(text):
        return match[1].strip(), _plain_code(match[2] or match[3])
    return text.strip(), ""


def one_typo(letters: np.ndarray, lengths: np.ndarray, key: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows that begin with `key` but for one letter, and whether nothing follows.

    letters: uint8 (WIDTH, n), letter j of every row; lengths: int (n,).
    """
    n = len(key)
    same = [letters[j] == key[j] for j in range(n)]
    lead = _run(same)
    tail = _run(same[::-1])
    tail_if_missing = _run([letters[j + 1] == key[j] for j in reversed(range(n))])
    tail_if_extra = _run([letters[j] == key[j + 1] for j in reversed(range(n - 1))])
    wrong = lead + tail >= n - 1
    missing = lead + tail_if_missing >= n
    extra = lead + tail_if_extra >= n - 1
    moved = _moved(letters, key, lead, tail)
    rows = np.flatnonzero(wrong | missing | extra | moved)
    length = lengths[rows]
    whole = ((wrong | moved)[rows] & (length == n)) | (missing[rows] & (length == n + 1))
    return rows, whole | (extra[rows] & (length == n - 1))


def _moved(letters: np.ndarray, key: bytes, lead: np.ndarray, tail: np.ndarray) -> np.ndarray:
    """Return rows where two neighbouring letters of `key` changed places."""
    moved = np.zeros(len(lead), dtype=bool)
    rows = np.flatnonzero((lead + tail == len(key) - 2) & (lead < len(key) - 1))
    at = lead[rows]
    typed = np.frombuffer(key, dtype=np.uint8)
    moved[rows] = (letters[at, rows] == typed[at + 1]) & (letters[at + 1, rows] == typed[at])
    return moved


def _run(same: list[np.ndarray]) -> np.ndarray:
    """Number of columns, from the first, that are all true: int16 (n,)."""
    alive = np.ones(len(same[0]), dtype=bool)
    count = np.zeros(len(alive), dtype=np.int16)
    for column in same:
        alive &= column
        count += alive
    return count


def _letters(keys: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the letters of every key, one row per position: uint8 (WIDTH, n), and the lengths."""
    table = np.array([key.encode() for key in keys] or [b""], dtype=f"S{WIDTH}")
    letters = table.view(np.uint8).reshape(len(table), WIDTH)
    return np.ascontiguousarray(letters.T), np.array([len(key) for key in keys] or [0])


def _name_rows(owner: int, entry: Entry) -> Iterable[tuple[str, int, int, int]]:
    """Return the rows of one commune: its name, without article, from each word; and its parts."""
    bare = without_article(entry.key)
    leading = {entry.key, bare}
    for key in leading:
        yield key, owner, Rank.EXACT, Rank.PREFIX
    for key in _ends(entry.key) - leading:
        yield key, owner, Rank.WORD, Rank.WORD
    for _, key in entry.parts:
        yield key, owner, Rank.PART, Rank.PART_BEGUN


def _ends(key: str) -> set[str]:
    """Return the ends of a key from each of its words but the first."""
    words = key.split()
    return {" ".join(words[i:]) for i in range(1, len(words))}


def _code_rows(owner: int, entry: Entry) -> set[tuple[str, int]]:
    codes = {entry.code, *entry.codes_postaux, *(code for code, _ in entry.parts)}
    return {(code, owner) for code in codes}


def _by_key(entries: list[Entry]) -> dict[str, tuple[list[int], list[int], list[int]]]:
    """Return the communes by whole key, by key without article, and by key of a part."""
    by_key: dict[str, tuple[list[int], list[int], list[int]]] = {}
    for i, entry in enumerate(entries):
        by_key.setdefault(entry.key, ([], [], []))[0].append(i)
        if (bare := without_article(entry.key)) != entry.key:
            by_key.setdefault(bare, ([], [], []))[1].append(i)
        for key in {key for _, key in entry.parts}:
            by_key.setdefault(key, ([], [], []))[2].append(i)
    return by_key


def _plain_code(code: str) -> str:
    return code.replace(" ", "").upper()

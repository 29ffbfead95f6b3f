"""Finds an address in the index, as one types: all its words first, then what comes near.

First pass: every word typed begins or is a word of the street, its commune or its postal code.
Second pass, where the first finds nothing close: any rare word, misspelt words replaced by those
of the index that come near (rapidfuzz), and everything ranked again by the letters.
"""

import itertools
import math
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from .index import FILE, readable
from .words import STREETS, AskedAddress, asked_address, spelled, telling

MAX_ROWS = 3_000
MAX_NEAR_ROWS = 400
NEAR_WORDS = 6
CLOSE, CLOSE_WORD = 82.0, 62.0
FLOOR = 55.0
"""Below this likeness, out of 100, a street is another one."""

LONGEST_TEXT = 160
EARTH_KM = 6371.0
NUMBER_FOUND, NUMBER_ABSENT = 2.0, -1.0
POSTCODE_SAME, POSTCODE_OTHER = 6.0, -25.0
HOME_GAIN, BESIDE_GAIN, NEAR_GAIN = 2.0, 1.0, 3.0
COLUMNS = "id, name, key, city_key, commune, code_insee, postcode, is_lieu_dit, lat, lon"


CELL_LAT_DEG, CELL_LON_DEG = 0.004, 0.005
SPREAD = """
SELECT avg(lat), avg(lon), count(*) FROM (
    SELECT number.lat, number.lon FROM number JOIN place ON place.id = number.place
    WHERE place.code_insee = :code
    UNION ALL
    SELECT lat, lon FROM place
    WHERE code_insee = :code AND NOT EXISTS (SELECT 1 FROM number WHERE number.place = place.id))
GROUP BY CAST(lat / :lat AS INTEGER), CAST(lon / :lon AS INTEGER)
"""


class FoundAddress(NamedTuple):
    """An address or a place without number; degrees in WGS 84.

    `numero` as it is written, "" for a whole street. `asked_numero`: the number asked for, where
    the street does not have it: the point is then that of the nearest one, or of the street.
    """

    label: str
    name: str
    numero: str
    commune: str
    code_insee: str
    postcode: str
    lat: float
    lon: float
    is_lieu_dit: bool
    asked_numero: str
    score: float


class _Row(NamedTuple):
    id: int
    name: str
    key: str
    city_key: str
    commune: str
    code_insee: str
    postcode: str
    is_lieu_dit: int
    lat: float
    lon: float


@dataclass(frozen=True)
class Preference:
    """What comes first among like names: départements in order, or a point (lat, lon)."""

    departements: tuple[str, ...] = ()
    near: tuple[float, float] | None = None


NO_PREFERENCE = Preference()


class AddressIndex:
    """One index, open for reading; each thread has its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections = threading.local()

    @property
    def db(self) -> sqlite3.Connection:
        """Return the connection of this thread."""
        held: sqlite3.Connection | None = getattr(self._connections, "db", None)
        if held is None:
            held = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True)
            self._connections.db = held
        return held

    @cached_property
    def words(self) -> list[str]:
        """Return the words of the index, once."""
        return [word for (word,) in self.db.execute("SELECT term FROM vocabulary")]

    @cached_property
    def known(self) -> frozenset[str]:
        """Return the same words, to be looked up."""
        return frozenset(self.words)

    def spread_of(self, code_insee: str) -> list[tuple[float, float, int]]:
        """Return where the addresses of a commune are: latitude, longitude, how many there.

        Those of one cell of some 400 m stand together, at their mean; a hamlet without numbers
        is one address.
        """
        cell = {"lat": CELL_LAT_DEG, "lon": CELL_LON_DEG}
        rows = self.db.execute(SPREAD, {"code": code_insee, **cell})
        return [(lat, lon, n) for lat, lon, n in rows]

    def counts(self) -> tuple[int, int]:
        """Return how many streets and places, how many numbers."""
        places = self.db.execute("SELECT count(*) FROM place").fetchone()[0]
        return places, self.db.execute("SELECT count(*) FROM number").fetchone()[0]

    def search(
        self, text: str, *, limit: int = 8, preference: Preference = NO_PREFERENCE
    ) -> list[FoundAddress]:
        """Return the addresses that a text may be the beginning of, best first."""
        asked = asked_address(text[:LONGEST_TEXT])
        if not any(len(word) > 1 for word in telling(asked.words)):
            return []
        rows = self._all_words(asked)
        scores = _likeness(asked, rows)
        if not rows or scores.max() < CLOSE:
            known = {row.id for row in rows}
            more = [row for row in self._any_word(asked) if row.id not in known]
            rows, scores = [*rows, *more], np.concatenate([scores, _likeness(asked, more)])
        return self._best(asked, rows, scores, limit, preference)

    # --- candidates -------------------------------------------------------------------------

    def _all_words(self, asked: AskedAddress) -> list[_Row]:
        words = telling(asked.words)
        terms = [f'"{word}"' for word in words[:-1]]
        last = words[-1]
        terms.append(f'"{last}" *' if len(last) > 1 else f'"{last}"')
        if asked.postcode:
            rows = self._rows([*terms, f'"{asked.postcode}"'], " AND ", MAX_ROWS)
            if rows:
                return rows
        return self._rows(terms, " AND ", MAX_ROWS)

    def _any_word(self, asked: AskedAddress) -> list[_Row]:
        plain = [word for word in telling(asked.words) if word not in STREETS]
        terms: dict[str, None] = {}
        for word in plain:
            near = [word] if word in self.known else self._near(word)
            terms |= dict.fromkeys(f'"{term}"' for term in near)
        words = asked.words
        for first, second in itertools.pairwise(words):
            if (joined := first + second) in self.known:
                terms[f'"{joined}"'] = None
        if not terms:
            return []
        rows: list[_Row] = []
        if asked.postcode:
            within = f'({" OR ".join(terms)}) AND "{asked.postcode}"'
            rows = self._rows([within], "", MAX_NEAR_ROWS)
        return [*rows, *self._rows(terms, " OR ", MAX_NEAR_ROWS)]

    def _near(self, word: str) -> list[str]:
        near_words = process.extract(
            word, self.words, scorer=fuzz.ratio, limit=NEAR_WORDS, score_cutoff=CLOSE_WORD
        )
        return [near for near, _, _ in near_words]

    def _rows(self, terms: Iterable[str], joined: str, most: int) -> list[_Row]:
        ranked = " ORDER BY rank" if most == MAX_NEAR_ROWS else ""
        query = (
            f"SELECT {COLUMNS} FROM place WHERE id IN "  # noqa: S608
            f"(SELECT rowid FROM word WHERE word MATCH ?{ranked} LIMIT {most})"
        )
        return list(map(_Row._make, self.db.execute(query, (joined.join(terms),))))

    # --- ranking ----------------------------------------------------------------------------

    def _best(
        self,
        asked: AskedAddress,
        rows: Sequence[_Row],
        scores: NDArray[np.float64],
        limit: int,
        preference: Preference,
    ) -> list[FoundAddress]:
        if not rows:
            return []
        gains = scores + _preferred(rows, preference)
        if asked.postcode:
            same = np.array([row.postcode == asked.postcode for row in rows])
            gains += np.where(same, POSTCODE_SAME, POSTCODE_OTHER)
        order = np.lexsort((np.array([row.name for row in rows]), -gains))
        best = [(float(gains[i]), rows[i]) for i in order[: 4 * limit] if scores[i] >= FLOOR]
        written = " ".join(asked.after or asked.words)
        addresses = [
            self._numbered(asked, row, score + _same_linking(written, row.name))
            for score, row in _once(best)
        ]
        return sorted(addresses, key=lambda address: -address.score)[:limit]

    def _numbered(self, asked: AskedAddress, row: _Row, score: float) -> FoundAddress:
        lat, lon, numero, missing = row.lat, row.lon, "", ""
        if asked.numero:
            at = self._at_number(row.id, asked)
            if at is not None:
                lat, lon, numero, exact = at
                missing = "" if exact else f"{asked.numero}{_spaced(asked.suffix)}"
            else:
                missing = f"{asked.numero}{_spaced(asked.suffix)}"
            score += NUMBER_ABSENT if missing else NUMBER_FOUND
        named = f"{numero} {row.name}" if numero else row.name
        town = f"{row.postcode} {row.commune}".strip()
        return FoundAddress(
            f"{named}, {town}", row.name, numero, row.commune, row.code_insee, row.postcode,
            lat, lon, bool(row.is_lieu_dit), missing, round(score, 1),
        )  # fmt: skip

    def _at_number(self, place: int, asked: AskedAddress) -> tuple[float, float, str, bool] | None:
        """Return the point of the number asked for, else of the nearest, and which it is."""
        row = self.db.execute(
            "SELECT numero, suffix, lat, lon FROM number WHERE place = ? "
            "ORDER BY abs(numero - ?), suffix <> ?, suffix LIMIT 1",
            (place, asked.numero, asked.suffix),
        ).fetchone()
        if row is None:
            return None
        numero, suffix, lat, lon = row
        exact = numero == asked.numero and suffix == asked.suffix
        return lat, lon, f"{numero}{_spaced(suffix)}", exact


def _spaced(suffix: str) -> str:
    return f" {suffix}" if len(suffix) > 1 else suffix.upper()


def _same_linking(written: str, name: str) -> float:
    """Return what a street gains by its small words: "de la" is not "de l'"; 1 at most."""
    return fuzz.partial_ratio(" ".join(spelled(name)), written) / 100


def _once(best: Iterable[tuple[float, _Row]]) -> list[tuple[float, _Row]]:
    """Keep one of the streets that bear the same name in the same commune."""
    kept: dict[tuple[str, str, str], tuple[float, _Row]] = {}
    for score, row in best:
        kept.setdefault((row.key, row.code_insee, row.postcode), (score, row))
    return list(kept.values())


def _likeness(asked: AskedAddress, rows: Sequence[_Row]) -> NDArray[np.float64]:
    """Return how alike each street and the text are, 0 to 100: the street, with its commune or not.

    A street that begins as the text does is as good as typed whole, but for what is left to type.
    """
    if not rows:
        return np.zeros(0)
    keys = [row.key for row in rows]
    queries = [" ".join(telling(asked.words))]
    if asked.after and asked.after != asked.words:
        queries.append(" ".join(telling(asked.after)))
    written = (
        keys,
        [f"{row.key} {row.city_key}" for row in rows],
        [f"{row.city_key} {row.key}" for row in rows],
    )
    best = np.zeros(len(rows))
    for weight, query in zip((1.0, 0.96), queries, strict=False):
        for texts in written:
            alike = process.cdist([query], texts, scorer=fuzz.ratio)[0]
            best = np.maximum(best, weight * alike)
        begun = np.array([text.startswith(query) for text in written[1]])
        rest = np.array([len(text) - len(query) for text in keys])
        best = np.where(begun, np.maximum(best, 98.0 - np.clip(rest, 0, 30) / 3), best)
    return best


def _preferred(rows: Sequence[_Row], preference: Preference) -> NDArray[np.float64]:
    """Return what rows gain by where they are."""
    gains = np.zeros(len(rows))
    if preference.near is not None:
        lat, lon = (np.array([getattr(row, name) for row in rows]) for name in ("lat", "lon"))
        per_degree = EARTH_KM * math.pi / 180
        across = (lon - preference.near[1]) * math.cos(math.radians(preference.near[0]))
        km = per_degree * np.hypot(lat - preference.near[0], across)
        gains += NEAR_GAIN / (1 + km / 2) + NEAR_GAIN / (1 + km / 40)
    for rank, code in enumerate(preference.departements):
        gain = HOME_GAIN if rank == 0 else BESIDE_GAIN
        gains += [gain * row.code_insee.startswith(code) for row in rows]
    return gains


@lru_cache(maxsize=4)
def _opened(path: Path, modified_ns: int) -> AddressIndex | None:
    return AddressIndex(path) if readable(path) else None


def address_index(data_dir: Path) -> AddressIndex | None:
    """Return the index of a data folder, opened again once it is replaced; None without one."""
    path = data_dir / FILE
    try:
        modified_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _opened(path, modified_ns)

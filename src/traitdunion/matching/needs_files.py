"""Needs as a YAML file gives them, each mistake with its line.

marche_max_m: 300          # 300, 500, 1000
marche_kmh: 3              # 4.5, 3, 2
attente_max_min: 30        # 15, 30, 60
sans: [velo, scooter, conduire]
amenagements: [fauteuil]
permis: suspendu
age_tranche: 16_17         # moins_16, 16_17, adulte
etape: {lieu: "45.04, 3.88", ouvre: "07:30", ferme: "18:30", minutes: 10}
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from traitdunion.rules.marked_yaml import Marked, RulesError, read_marked

from .needs import PACES_KMH, WAITS_MIN, WALKS_M, AgeBand, ChildStop, Needs, Without
from .places import Place

KEYS = (
    "marche_max_m", "marche_kmh", "attente_max_min", "sans", "amenagements", "permis",
    "age_tranche", "etape",
)  # fmt: skip
CLOCK = re.compile(r"([01]?\d|2[0-3])\s*[:hH]\s*([0-5]\d)?")
MAX_MINUTES = 120
PlaceNamed = Callable[[str], Place]


class NeedsError(ValueError):
    """A file of needs that cannot be used; `problems` are French sentences with their line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def read_needs(path: Path, place_named: PlaceNamed) -> Needs:
    """Read needs; `place_named` finds the place of a child. Raises NeedsError."""
    try:
        document = read_marked(path)
    except RulesError as wrong:
        raise NeedsError(wrong.problems) from wrong
    reading = _Reading(document, path.name)
    needs = reading.needs(place_named)
    if reading.problems:
        raise NeedsError(reading.problems)
    return needs


class _Reading:
    def __init__(self, document: Marked, name: str) -> None:
        self.document = document
        self.name = name
        self.problems: list[str] = []

    def wrong(self, key: str, why: str) -> None:
        self.problems.append(f"{self.name}, ligne {self.document.line_of(key)} : {why}")

    def needs(self, place_named: PlaceNamed) -> Needs:
        for key in self.document.keys() - set(KEYS):
            self.wrong(key, f"« {key} » n'est pas connu. Clés : {', '.join(KEYS)}.")
        walk, pace, wait = (
            self._among("marche_max_m", WALKS_M),
            self._among("marche_kmh", PACES_KMH),
            self._among("attente_max_min", WAITS_MIN),
        )
        permis = self.document.get("permis")
        if permis not in (None, "suspendu"):
            self.wrong("permis", "permis vaut « suspendu », ou ne s'écrit pas.")
        age = self._one_of("age_tranche", AgeBand)
        return Needs(
            walk_m=None if walk is None else int(walk),
            pace_kmh=pace,
            wait_min=None if wait is None else int(wait),
            without=frozenset(self._without()),
            ask_for=frozenset(map(str, self._list("amenagements"))),
            child=self._child(place_named),
            licence_suspended=permis == "suspendu",
            age=None if age is None else AgeBand(age),
        )

    def _list(self, key: str) -> list[Any]:
        value = self.document.get(key)
        return value if isinstance(value, list) else [] if value is None else [value]

    def _among(self, key: str, known: tuple[float, ...]) -> float | None:
        value = self.document.get(key)
        if value is None:
            return None
        for number in known:
            if str(value) in (str(number), f"{number:g}"):
                return number
        self.wrong(key, f"{key} vaut {', '.join(f'{number:g}' for number in known)}.")
        return None

    def _one_of(self, key: str, values: type[AgeBand]) -> str | None:
        value = self.document.get(key)
        if value is None or value in set(values):
            return None if value is None else str(value)
        self.wrong(key, f"{key} vaut {', '.join(values)}.")
        return None

    def _without(self) -> list[Without]:
        refused = []
        for value in self._list("sans"):
            if value in set(Without):
                refused.append(Without(value))
            else:
                self.wrong("sans", f"« {value} » n'est pas connu. Sans : {', '.join(Without)}.")
        return refused

    def _child(self, place_named: PlaceNamed) -> ChildStop | None:
        stop = self.document.get("etape")
        if stop is None:
            return None
        opens, closes = (self._clock(stop, key) for key in ("ouvre", "ferme"))
        minutes = str(stop.get("minutes", "10")) if isinstance(stop, Marked) else ""
        if opens is None or closes is None or opens >= closes:
            self.wrong("etape", 'etape est {lieu, ouvre: "07:30", ferme: "18:30", minutes}.')
            return None
        if not (minutes.isdecimal() and int(minutes) <= MAX_MINUTES):
            self.wrong("etape", f"minutes est un nombre de 0 à {MAX_MINUTES}.")
            return None
        try:
            place = place_named(str(stop.get("lieu", "")))
        except LookupError as unknown:
            self.wrong("etape", str(unknown))
            return None
        return ChildStop(place, opens, closes, 60 * int(minutes))

    def _clock(self, stop: Any, key: str) -> int | None:
        text = str(stop.get(key, "")) if isinstance(stop, Marked) else ""
        clock = CLOCK.fullmatch(text.strip())
        return int(clock[1]) * 3600 + int(clock[2] or 0) * 60 if clock else None

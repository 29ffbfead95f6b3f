"""Scenarios: lists of changes applied in memory, compared with the baseline, both ways.

Nothing done equals the baseline to the bit. What is lost is always counted, and never netted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from traitdunion import reach
from traitdunion.matching.places import Place
from traitdunion.reach.places import Array
from traitdunion.sources.bounded import Unreadable, yaml_document

KINDS = ("ajouter_course", "deplacer_course", "supprimer_course", "fermer_arret", "tout_supprimer")
KEYS = {
    "ajouter_course": {"nature", "arrets", "heures", "cout_eur"},
    "deplacer_course": {"nature", "course", "minutes", "cout_eur"},
    "supprimer_course": {"nature", "course", "cout_eur"},
    "fermer_arret": {"nature", "arret", "cout_eur"},
    "tout_supprimer": {"nature", "cout_eur"},
}
K = 11
"""Fewest people of which a scenario names the commune made worse (`disclosure`)."""


class ScenarioError(ValueError):
    """A scenario that cannot be read or applied; the French message has all its faults."""


@dataclass(frozen=True)
class Group:
    """People alike: where they live, how many they are."""

    place: Place
    people: int


@dataclass(frozen=True)
class Pole:
    """A place of work and its weight in jobs."""

    place: Place
    jobs: int


@dataclass
class Territory:
    """Groups and poles of a territory, their shifts, and what the timetable opens of them.

    `pairs` bool (K, W, H): whether the group can hold the shift at the pole every day, on foot and
    by the lines alone, without licence, car or loan.
    """

    timetable: reach.Timetable
    streets: reach.Streets
    groups: Sequence[Group]
    poles: Sequence[Pole]
    shifts: Sequence[reach.Shift]
    week: date
    limits: reach.Limits
    site_week: reach.SiteWeek = field(init=False)
    words: Array = field(init=False)
    pairs: Array = field(init=False)

    def __post_init__(self) -> None:
        self.homes = [reach.Point(g.place.lat, g.place.lon) for g in self.groups]
        self.commute = reach.Commute(limits=self.limits)
        self.people = np.array([group.people for group in self.groups], np.int64)
        self.jobs = np.array([pole.jobs for pole in self.poles], np.int64)
        self.site_week = reach.site_week(
            self.timetable,
            [reach.Point(pole.place.lat, pole.place.lon) for pole in self.poles],
            self.shifts, week=self.week, limits=self.limits, streets=self.streets,
        )  # fmt: skip
        self.words = self.site_week.words(self.homes, [self.commute])
        self.pairs = self.held(self.words)

    def held(self, words: Array) -> Array:
        """Return the pairs held on all their days, from words (1, W, H)."""
        asked = [
            np.uint64(sum(1 << 7 * k + day for day in shift.days))
            for k, shift in enumerate(self.shifts)
        ]
        return np.stack([(words[0] & bits) == bits for bits in asked])

    def after(self, change: reach.Change) -> Array:
        """Return the pairs held once a change is made, exactly."""
        delta = self.site_week.changed(change)
        if not delta.n_searched:
            return self.pairs
        return self.held(delta.words(self.words, self.homes, [self.commute]))

    def searched_again(self, change: reach.Change) -> Array:
        """Return the same by a timetable changed and searched as a whole, without any bound."""
        other = Territory(
            reach.changed_timetable(self.timetable, change), self.streets, self.groups, self.poles,
            self.shifts, self.week, self.limits,
        )  # fmt: skip
        return other.pairs


@dataclass(frozen=True)
class Compared:
    """A scenario beside the baseline: five figures, five names, the communes of each.

    `opened`, `lost`: pairs (group, pole, shift). `people_gained`: 0 pair before, one after;
    `people_worse` the contrary; `people_x_jobs_opened`, `people_x_jobs_lost`: pairs weighted.
    """

    opened: int
    lost: int
    people_x_jobs_opened: int
    people_x_jobs_lost: int
    people_gained: int
    people_worse: int
    gained: tuple[str, ...]
    touched: tuple[str, ...]
    worse: tuple[str, ...]
    worse_hidden: int
    cost_eur_year: float | None

    def json(self) -> dict[str, Any]:
        return {
            "gained": {"pairs": self.opened, "people": self.people_gained,
                       "people_x_jobs": self.people_x_jobs_opened,
                       "communes": list(self.gained), "communes_opened": list(self.touched)},
            "lost": {"pairs": self.lost, "people": self.people_worse,
                     "people_x_jobs": self.people_x_jobs_lost, "communes": list(self.worse),
                     "communes_hidden": self.worse_hidden},
            "cost": {"eur_year": self.cost_eur_year,
                     "eur_per_person": self.eur_per_person},
        }  # fmt: skip

    @property
    def eur_per_person(self) -> float | None:
        """Return the yearly euros for each person gained; None for none gained or no known cost."""
        if self.cost_eur_year is None or not self.people_gained:
            return None
        return round(self.cost_eur_year / self.people_gained, 2)


def compare(territory: Territory, after: Array, cost_eur_year: float | None) -> Compared:
    """Compare the pairs after a change with those of the baseline; nothing is netted."""
    before = territory.pairs
    opened, lost = after & ~before, before & ~after
    weight = territory.jobs[None, :, None] * territory.people[None, None, :]
    could, can = before.any(axis=(0, 1)), after.any(axis=(0, 1))
    gained, worse = can & ~could, could & ~can
    names = [group.place.label for group in territory.groups]
    shown = [h for h in np.flatnonzero(worse).tolist() if territory.people[h] >= K]
    return Compared(
        int(opened.sum()), int(lost.sum()),
        int((opened * weight).sum()), int((lost * weight).sum()),
        int(territory.people[gained].sum()), int(territory.people[worse].sum()),
        tuple(names[h] for h in np.flatnonzero(gained)),
        tuple(names[h] for h in np.flatnonzero(opened.any(axis=(0, 1)))),
        tuple(names[h] for h in shown), int(worse.sum()) - len(shown), cost_eur_year,
    )  # fmt: skip


def read_scenario(path: Path) -> dict[str, Any]:
    """Return a scenario file; raises ScenarioError with all its faults."""
    try:
        document = yaml_document(path)
    except Unreadable as wrong:
        raise ScenarioError(f"{path.name} : {wrong}") from wrong
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as unread:
        raise ScenarioError(f"{path.name} : ce n'est pas un fichier YAML lisible.") from unread
    if not isinstance(document, dict) or not isinstance(document.get("changements", []), list):
        raise ScenarioError(f"{path.name} : écrivez « changements: » puis une liste.")
    return document


def change_of(
    changes: Iterable[Mapping[str, Any]], timetable: reach.Timetable, days: Sequence[date]
) -> tuple[reach.Change, float | None]:
    """Return the change of the timetable that a scenario makes, and its yearly cost.

    The cost is None as soon as one change has none. Trips are named by their `trip_id`, stops by
    their `stop_id`; a trip added runs on `days`.
    """
    faults: list[str] = []
    removed: set[int] = set()
    added: list[reach.AddedTrip] = []
    moved: dict[int, int] = {}
    closed: list[int] = []
    costs: list[float | None] = []
    for number, row in enumerate(changes, 1):
        try:
            nature = _nature(row)
            costs.append(_cost(row))
            if nature == "ajouter_course":
                added.append(_added(row, timetable, days))
            elif nature == "deplacer_course":
                moved |= dict.fromkeys(_trips(row, timetable), 60 * int(row["minutes"]))
            elif nature == "supprimer_course":
                removed |= set(_trips(row, timetable))
            elif nature == "fermer_arret":
                closed.append(timetable.stop_index(str(row["arret"])))
            else:
                removed |= set(range(len(timetable.arrays["trip_pattern"])))
        except (KeyError, ValueError, TypeError) as wrong:
            faults.append(f"changement {number} : {wrong}")
    if faults:
        raise ScenarioError(" ; ".join(faults))
    change = reach.Change(
        tuple(sorted(removed)), tuple(added),
        tuple((trip, s) for trip, s in moved.items() if trip not in removed), tuple(closed),
    )  # fmt: skip
    return change, None if None in costs else float(sum(cost or 0 for cost in costs))


def _nature(row: Mapping[str, Any]) -> str:
    if not isinstance(row, Mapping) or row.get("nature") not in KINDS:
        given = row.get("nature") if isinstance(row, Mapping) else row
        raise ValueError(f"nature inconnue « {given} » (au choix : {', '.join(KINDS)})")
    nature = str(row["nature"])
    more = set(row) - KEYS[nature]
    if more:
        raise ValueError(f"« {', '.join(sorted(more))} » n'est pas de la nature {nature}")
    return nature


def _cost(row: Mapping[str, Any]) -> float | None:
    cost = row.get("cout_eur")
    if cost is None:
        return None
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not abs(cost) < 1e10:
        raise ValueError(f"coût illisible « {cost} »")
    return float(cost)


def _added(
    row: Mapping[str, Any], timetable: reach.Timetable, days: Sequence[date]
) -> reach.AddedTrip:
    stops = [timetable.stop_index(str(stop)) for stop in row["arrets"]]
    seconds = [_seconds(text) for text in row["heures"]]
    if len(stops) != len(seconds):
        raise ValueError("il faut une heure par arrêt")
    return reach.AddedTrip(tuple(stops), tuple(seconds), tuple(seconds), frozenset(days))


def _seconds(text: Any) -> int:
    if isinstance(text, int):  # YAML reads 4:40 as a number in base sixty
        return 60 * text
    hours, _, minutes = str(text).partition(":")
    return 3600 * int(hours) + 60 * int(minutes)


def _trips(row: Mapping[str, Any], timetable: reach.Timetable) -> list[int]:
    """Return the compiled rows of a trip: one by frequency, or by joined vehicle."""
    known = timetable.trip_ids
    name = str(row["course"])
    sources = timetable.arrays["trip_source"].tolist()
    rows = [number for number, source in enumerate(sources) if known[source] == name]
    if not rows:
        raise ValueError(f"course inconnue « {name} »")
    return rows


def days_of(timetable: reach.Timetable) -> list[date]:
    """Return all the days that a timetable covers."""
    return [timetable.start + timedelta(day) for day in range(timetable.days)]

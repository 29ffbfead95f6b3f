"""Who can come to a site, there and back without a car, at each of its shifts; what moves it.

The engine of the observatory is asked for one site: homes are the communes of the département,
shifts those of the site, then the same moved by some minutes. Nothing here is about one person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.catalogue.enums import TypeSolution
from traitdunion.matching import bulk
from traitdunion.matching.places import Place
from traitdunion.observatory.enums import Mesure
from traitdunion.observatory.models import CommuneFigure
from traitdunion.observatory.running.computing import ROAD_DETOUR
from traitdunion.observatory.running.ground import Ground, crow_km
from traitdunion.observatory.running.manifest import feeds_unknown
from traitdunion.observatory.running.profiles import BASE
from traitdunion.observatory.running.question import Question
from traitdunion.observatory.running.run import prepare
from traitdunion.observatory.running.shifts import NamedShift
from traitdunion.observatory.running.solutions import Pairs, Solution, offered, owned, searched
from traitdunion.territory.models import Equipe, Site

MOVES_MIN = (-45, -30, -15, 15, 30, 45)
LINES = "Car, train ou à pied"
MINUTE_S, DAY_S = 60, 86_400

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Population:
    """People of some communes, by what they are; None where no file gives them."""

    residents: int
    residents_label: str
    job_seekers: int | None
    carless_households: int | None


@dataclass(frozen=True)
class ShiftReach:
    """Who can keep a shift without a car. `moved_min`: minutes from the hours of today.

    `sure`, `to_check`: rows of communes. `by_kind`: those held for sure by each kind of solution,
    `LINES` or the label of a `TypeSolution`; a commune may be in several.
    """

    start_s: int
    end_s: int
    moved_min: int
    sure: frozenset[int]
    to_check: frozenset[int]
    by_kind: Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class TeamReach:
    """A shift of the site as it is, then moved."""

    team: Equipe
    today: ShiftReach
    moved: tuple[ShiftReach, ...]

    def opened(self, other: ShiftReach) -> frozenset[int]:
        """Return the communes that a move opens, for sure."""
        return other.sure - self.today.sure

    def closed(self, other: ShiftReach) -> frozenset[int]:
        """Return the communes that a move closes."""
        return self.today.sure - other.sure


@dataclass(frozen=True)
class SiteReach:
    """The site seen from the communes of a ground, in one week.

    `feeds_unknown`: those whose hours do not cover it, as `observatory.running.manifest` has them.
    """

    site: Site
    ground: Ground
    week_on: date
    feeds_unknown: Sequence[Mapping[str, str]]
    teams: tuple[TeamReach, ...]
    measures: Mapping[Mesure, Mapping[str, float | None]]

    def population(self, rows: frozenset[int]) -> Population:
        """Return the people of some communes."""
        return Population(
            residents=round(float(self.ground.people[sorted(rows)].sum())),
            residents_label=self.ground.people_label,
            job_seekers=self._sum(Mesure.CHOMEURS, rows),
            carless_households=self._sum(Mesure.MENAGES_SANS_VOITURE, rows),
        )

    def names(self, rows: frozenset[int]) -> list[str]:
        """Return the communes of some rows, the most peopled first."""
        people = self.ground.people
        return [self.ground.names[row] for row in sorted(rows, key=lambda row: -people[row])]

    def _sum(self, measure: Mesure, rows: frozenset[int]) -> int | None:
        values = [self.measures[measure].get(self.ground.communes[row]) for row in rows]
        known = [value for value in values if value is not None]
        return round(sum(known)) if len(known) == len(values) and self.measures[measure] else None


def seen_from_homes(site: Site, *, now: datetime) -> SiteReach:
    """Return who can come to a site; raises `NothingToCompute` where nothing is loaded."""
    question = prepare(now=now, with_sites=False).question
    place = Place(str(site), site.lat, site.lon, site.commune_id)
    ground = replace(
        question.ground,
        sites=(place,),
        jobs=np.array([np.nan]),
        is_pole=np.array([True]),
        flows=None,
    )
    base = [profile for profile in question.profiles if profile.code == BASE]
    of_site = replace(question, ground=ground, profiles=tuple(base))
    teams = tuple(_team(of_site, team) for team in site.equipes.all())
    return SiteReach(
        site=site,
        ground=ground,
        week_on=question.week,
        feeds_unknown=feeds_unknown(question),
        teams=teams,
        measures={
            measure: dict(
                CommuneFigure.objects.filter(mesure=measure).values_list("code_insee", "value")
            )
            for measure in (Mesure.CHOMEURS, Mesure.MENAGES_SANS_VOITURE)
        },
    )


def _team(question: Question, team: Equipe) -> TeamReach:
    moves = (0, *(move for move in MOVES_MIN if 0 <= team.debut_s + move * MINUTE_S < DAY_S))
    shifts = tuple(_shift(team, move) for move in moves)
    asked = replace(question, shifts=shifts)
    n_homes = len(asked.ground.homes)
    km = crow_km(_degrees(asked.ground.sites), _degrees(asked.ground.homes)) * ROAD_DETOUR
    rows = slice(0, n_homes)
    pairs = searched(asked, asked.week_of_sites(), rows, km)
    by_kind, to_check = _held(asked, pairs, rows)
    sure = np.logical_or.reduce(list(by_kind.values()))
    seen = [
        ShiftReach(
            start_s=named.shift.start_s,
            end_s=named.shift.end_s,
            moved_min=move,
            sure=_rows(sure[k]),
            to_check=_rows(to_check[k] & ~sure[k]),
            by_kind={kind: _rows(held[k]) for kind, held in by_kind.items() if held[k].any()},
        )
        for k, (named, move) in enumerate(zip(shifts, moves, strict=True))
    ]
    return TeamReach(team, seen[0], tuple(seen[1:]))


def _held(question: Question, pairs: Pairs, rows: slice) -> tuple[dict[str, Bools], Bools]:
    """Return where each kind of solution holds each shift, bool (K, h), and where one may."""
    shape = len(question.shifts), pairs.words.shape[2]
    by_kind, to_check = {LINES: np.zeros(shape, bool)}, np.zeros(shape, bool)
    for solution in owned(question, 0, pairs):
        by_kind[LINES] |= pairs.feasible(solution.certain)[:, 0]
    for served in offered(question, rows, pairs, None, None):
        if not isinstance(served, Solution) or served.offer is None:
            continue
        offer = served.offer
        may = int(question.eligible[0, offer])
        certain = pairs.feasible(served.certain)[:, 0]
        if may == bulk.OUI:
            kind = TypeSolution(question.table.offers[offer].type_solution).label
            by_kind[kind] = by_kind.get(kind, np.zeros(shape, bool)) | certain
        if may != bulk.NON:
            to_check |= certain | pairs.feasible(served.certain | served.doubtful)[:, 0]
    return by_kind, to_check


def _shift(team: Equipe, move_min: int) -> NamedShift:
    moved_s = move_min * MINUTE_S
    shift = reach.Shift(team.debut_s + moved_s, team.fin_s + moved_s, days=frozenset(team.jours))
    return NamedShift(f"{team.pk}{move_min:+d}", team.nom, "", shift)


def _rows(held: Bools) -> frozenset[int]:
    return frozenset(np.flatnonzero(held).tolist())


def _degrees(places: Sequence[Place]) -> NDArray[np.float64]:
    return np.array([(place.lat, place.lon) for place in places]).reshape(-1, 2)

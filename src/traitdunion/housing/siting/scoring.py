"""Score communes by the posts kept there and back without a car, at each shift.

The posts are those of the sites that employers declared, each at its own hours; the engine of the
observatory is asked for all of them at once, by the bulk contract (`matching.bulk`). The jobs of
the census, where a run of the observatory counted them, stand beside (A2_60).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from django.core.cache import caches
from django.utils import timezone
from numpy.typing import NDArray

from traitdunion import reach
from traitdunion.matching import bulk
from traitdunion.matching.places import Place
from traitdunion.observatory.enums import Niveau
from traitdunion.observatory.queries import LATEST, UnknownRun, run_named, table_of
from traitdunion.observatory.running.computing import ROAD_DETOUR
from traitdunion.observatory.running.ground import Ground, crow_km
from traitdunion.observatory.running.manifest import feeds_unknown
from traitdunion.observatory.running.profiles import BASE
from traitdunion.observatory.running.question import Question
from traitdunion.observatory.running.run import prepare
from traitdunion.observatory.running.shifts import NamedShift
from traitdunion.observatory.running.solutions import Pairs, Solution, offered, owned, searched
from traitdunion.territory.models import Equipe

AT_ONCE = 9
"""Shifts of one search: a word of 64 bits holds seven days of nine."""
HOUR_S = 3600
JOBS_INDICATOR = "A2_60"
KEPT_S = 3600

Bools = NDArray[np.bool_]


class Kind(StrEnum):
    """A kind of shift, by the hour it starts."""

    MATIN = "matin"
    JOURNEE = "journee"
    APRES_MIDI = "apres_midi"
    NUIT = "nuit"

    @property
    def label(self) -> str:
        return {
            Kind.MATIN: "Matin", Kind.JOURNEE: "Journée", Kind.APRES_MIDI: "Après-midi",
            Kind.NUIT: "Nuit",
        }[self]  # fmt: skip


BOUNDS_H = ((4, Kind.NUIT), (7, Kind.MATIN), (12, Kind.JOURNEE), (18, Kind.APRES_MIDI))
"""The first hour past each kind, in order; from 18 h on, a night."""


def kind_of(start_s: int) -> Kind:
    """Return the kind of a shift."""
    hour = start_s / HOUR_S
    return next((kind for end, kind in BOUNDS_H if hour < end), Kind.NUIT)


@dataclass(frozen=True, slots=True)
class Posts:
    """Posts of a kind of shift: kept for sure, to be checked, and teams of unknown size kept."""

    sure: int = 0
    to_check: int = 0
    uncounted: int = 0


@dataclass(frozen=True)
class CommuneScore:
    """A commune: its posts by kind of shift; `jobs`: those of the census by shift, where known."""

    code: str
    nom: str
    by_kind: Mapping[Kind, Posts]
    jobs: Mapping[str, float] = field(default_factory=dict)

    @property
    def sure(self) -> int:
        return sum(posts.sure for posts in self.by_kind.values())

    @property
    def to_check(self) -> int:
        return sum(posts.to_check for posts in self.by_kind.values())

    @property
    def cells(self) -> list[Posts]:
        """Return the posts in the order of the kinds."""
        return [self.by_kind.get(kind, Posts()) for kind in Kind]


@dataclass(frozen=True)
class Siting:
    """The communes of a département, the best first; `posts`: all that employers declared.

    `feeds_unknown`: those whose hours do not cover the week.
    """

    week: date
    feeds_unknown: Sequence[Mapping[str, str]]
    scores: tuple[CommuneScore, ...]
    posts: int
    teams: int
    uncounted: int
    has_census: bool

    def of(self, code: str) -> CommuneScore | None:
        return next((score for score in self.scores if score.code == code), None)


def siting(*, now: datetime) -> Siting:
    """Return the scores of today, kept an hour in the memory of the process.

    Raises `NothingToCompute` where no network or no commune is loaded.
    """
    prepared = prepare(now=now, with_sites=False)
    teams = list(Equipe.objects.select_related("site__commune").order_by("pk"))
    marks = tuple((t.pk, t.debut_s, t.fin_s, t.personnes, str(t.jours)) for t in teams)
    today = timezone.localdate(now)
    key = f"siting:{hash((prepared.network.version, prepared.question.week, marks, today))}"
    kept: Siting | None = caches["memory"].get(key)
    if kept is None:
        kept = scores_of(prepared.question, teams)
        caches["memory"].set(key, kept, KEPT_S)
    return kept


def scores_of(question: Question, teams: Sequence[Equipe]) -> Siting:
    """Score each home of a question by some teams."""
    ground = question.ground
    counts: dict[str, dict[Kind, Posts]] = {code: {} for code in ground.communes}
    for team, sure, wide in _held(question, teams):
        kind = kind_of(team.debut_s)
        for row in np.flatnonzero(sure | wide):
            code = ground.communes[ground.commune_of[row]]
            counts[code][kind] = _added(counts[code].get(kind, Posts()), team, bool(sure[row]))
    jobs = _census(ground)
    scores = [
        CommuneScore(code, nom, counts[code], jobs.get(code, {}))
        for code, nom in zip(ground.communes, ground.names, strict=True)
    ]
    scores.sort(key=lambda score: (-score.sure, -score.to_check, score.nom))
    return Siting(
        week=question.week,
        feeds_unknown=feeds_unknown(question),
        scores=tuple(scores),
        posts=sum(team.personnes or 0 for team in teams),
        teams=len(teams),
        uncounted=sum(team.personnes is None for team in teams),
        has_census=bool(jobs),
    )


def _added(posts: Posts, team: Equipe, is_sure: bool) -> Posts:
    if team.personnes is None:
        return replace(posts, uncounted=posts.uncounted + 1)
    if is_sure:
        return replace(posts, sure=posts.sure + team.personnes)
    return replace(posts, to_check=posts.to_check + team.personnes)


def _held(question: Question, teams: Sequence[Equipe]) -> Iterator[tuple[Equipe, Bools, Bools]]:
    """Yield each team with the homes (h,) from which its whole week is kept, then may be."""
    for first in range(0, len(teams), AT_ONCE):
        batch = teams[first : first + AT_ONCE]
        codes = list(dict.fromkeys(team.site_id for team in batch))
        places = {
            team.site_id: Place(team.site.nom, team.site.lat, team.site.lon, team.site.commune_id)
            for team in batch
        }
        asked = _question(question, [places[code] for code in codes], batch)
        sure, wide = _all_at_once(asked)
        for k, team in enumerate(batch):
            w = codes.index(team.site_id)
            yield team, sure[k, w], wide[k, w]


def _question(question: Question, places: Sequence[Place], teams: Sequence[Equipe]) -> Question:
    """Return the question of some sites and shifts, for who has neither licence nor car."""
    ground: Ground = replace(
        question.ground,
        sites=tuple(places),
        jobs=np.full(len(places), np.nan),
        is_pole=np.ones(len(places), bool),
        flows=None,
    )
    shifts = tuple(
        NamedShift(
            str(team.pk),
            team.nom,
            "",
            reach.Shift(team.debut_s, team.fin_s, days=frozenset(team.jours)),
        )
        for team in teams
    )
    base = tuple(profile for profile in question.profiles if profile.code == BASE)
    return replace(question, ground=ground, profiles=base, shifts=shifts)


def _all_at_once(question: Question) -> tuple[Bools, Bools]:
    """Return where each shift is kept at each site, for sure then perhaps, bool (K, W, h)."""
    ground = question.ground
    rows = slice(0, len(ground.homes))
    km = ROAD_DETOUR * crow_km(_degrees(ground.sites), _degrees(ground.homes))
    pairs: Pairs = searched(question, question.week_of_sites(), rows, km)
    shape = len(question.shifts), len(ground.sites), len(ground.homes)
    sure, wide = np.zeros(shape, bool), np.zeros(shape, bool)
    for solution in owned(question, 0, pairs):
        sure |= pairs.feasible(solution.certain)
    for served in offered(question, rows, pairs, None, None):
        if not isinstance(served, Solution) or served.offer is None:
            continue
        may = int(question.eligible[0, served.offer])
        if may == bulk.OUI:
            sure |= pairs.feasible(served.certain)
        if may != bulk.NON:
            wide |= pairs.feasible(served.certain | served.doubtful)
    return sure, wide & ~sure


def _degrees(places: Sequence[Place]) -> NDArray[np.float64]:
    return np.array([(place.lat, place.lon) for place in places]).reshape(-1, 2)


def _census(ground: Ground) -> dict[str, dict[str, float]]:
    """Return the jobs kept by commune and shift, of the last run that counted them."""
    try:
        run = run_named(LATEST)
    except UnknownRun:
        return {}
    scores: dict[str, dict[str, float]] = {}
    table = table_of(run, [JOBS_INDICATOR], niveau=Niveau.COMMUNE.value)
    for (code, _, shift), (value, _) in table.items():
        if value is not None:
            scores.setdefault(code, {})[shift] = value
    return scores

"""Run the observatory: gather, compute by chunks, sum by territory, keep."""

import json
import resource
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings
from django.utils import timezone

from traitdunion.catalogue.offers.snapshot import current_snapshot
from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.matching.situation import coming_monday
from traitdunion.networks.catalogue_trips import with_catalogue_trips
from traitdunion.networks.streets import streets_over
from traitdunion.networks.versions import NetworkImportError, current_network
from traitdunion.reach.calendar_days import monday_of
from traitdunion.territory.home import home_departement

from ..enums import EtatCalcul, Niveau
from ..models import Run
from .cluster import ClusterLost
from .figures import KEYS, by_group, causes_of, competition, figures_of, mean_by_territory
from .gathering import NothingToCompute, gather
from .gravity import weighted_jobs
from .local_facts import (
    carpool_places,
    households,
    job_seekers,
    scores,
    shared_rides,
    site_posts,
)
from .manifest import manifest_of
from .parts import Computing, Part, computed_here, parts
from .profiles import BASE, NamedProfile, ProfilesError, profiles_path, read_profiles
from .question import Question
from .reliability import reliability
from .shifts import SHIFTS
from .site_posts import site_figures
from .solutions import NONE_MIN
from .storage import Writing
from .supply import supply

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Prepared:
    """A question ready to compute, and the network it is asked of."""

    question: Question
    network: Any


def prepare(
    *,
    now: datetime,
    week: date | None = None,
    profiles: Sequence[NamedProfile] | None = None,
    departement: str | None = None,
    with_sites: bool = True,
) -> Prepared:
    """Read the network, the catalogue, the rules and the territory.

    with_sites: False where the caller gives the places of work itself.
    Raises `NothingToCompute` where something is missing that no figure can do without.
    """
    try:
        network = current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, NetworkImportError) as none:
        raise NothingToCompute(str(none)) from none
    first, last = network.timetable.start, network.timetable.end
    asked = monday_of(week or min(max(coming_monday(timezone.localdate(now)), first), last))
    if not first <= asked <= last:
        raise NothingToCompute(
            f"Les horaires en service vont du {first:%d/%m/%Y} au {last:%d/%m/%Y} : "
            f"la semaine du {asked:%d/%m/%Y} n'y est pas."
        )
    timetable = with_catalogue_trips(network.timetable)
    question = Question(
        ground=gather(departement or home_departement(), with_sites=with_sites),
        timetable=timetable,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        offers=tuple(current_snapshot().valid(asked)),
        book=rules_in_force(),
        profiles=tuple(profiles or _profiles_of_site()),
        shifts=SHIFTS,
        week=asked,
    )
    return Prepared(question, network)


def _profiles_of_site() -> Sequence[NamedProfile]:
    try:
        return read_profiles(profiles_path())
    except ProfilesError as wrong:
        raise NothingToCompute(str(wrong)) from wrong


class RunStopped(Exception):
    """A run was asked to stop; its chunks are kept, to be taken up again."""


def run_observatory(
    prepared: Prepared,
    *,
    now: datetime,
    progress: Progress = lambda _step, _share: None,
    resumed: Run | None = None,
    computing: Computing = computed_here,
) -> Run:
    """Compute everything and keep it as a run; the run is marked as failed where it stops.

    resumed: a run stopped or interrupted, whose chunks are not computed again; NothingToCompute
    where what it stands on has changed. Raises RunStopped once it is asked to stop.
    """
    began = perf_counter()
    question = prepared.question
    manifest = manifest_of(question, prepared.network)
    run = _taken_up(resumed, manifest, now) if resumed else _created(prepared, manifest, now)
    writing = Writing(run.code, resumed=resumed is not None)
    try:
        figures, causes = computed(question, writing, _watched(run, progress), computing)
        run.digest = writing.finish(figures, causes, manifest)
    except RunStopped:
        raise
    except ClusterLost as lost:
        going = Run.objects.filter(pk=run.pk, etat=EtatCalcul.EN_COURS)
        going.update(etat=EtatCalcul.ARRETE, message=str(lost))
        raise RunStopped(f"{lost} --resume {run.code} reprend le calcul.") from lost
    except BaseException as stopped:
        writing.abandon()
        run.etat, run.message = EtatCalcul.ECHEC, f"{type(stopped).__name__} : {stopped}"
        run.save()
        raise
    # A stop asked for once the figures are in place comes too late.
    Run.objects.filter(pk=run.pk, etat=EtatCalcul.ARRETE).update(etat=EtatCalcul.EN_COURS)
    run.etat, run.progress = EtatCalcul.FINI, 1.0
    run.seconds, run.memory_mb = round(perf_counter() - began, 3), _memory_mb()
    run.save()
    return run


def _created(prepared: Prepared, manifest: dict[str, Any], now: datetime) -> Run:
    question = prepared.question
    return Run.objects.create(
        code=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        created_at=now,
        week=question.week,
        departement=question.ground.departement,
        etat=EtatCalcul.EN_COURS,
        manifest=manifest,
        demonstration=bool(
            prepared.network.demonstration or manifest["catalogue"]["demonstration"]
        ),
    )


def _taken_up(run: Run, manifest: dict[str, Any], now: datetime) -> Run:
    """Return a run stopped or interrupted, in progress again."""
    if json.loads(json.dumps(manifest)) != run.manifest:
        raise NothingToCompute(
            f"Ce dont le calcul {run.code} partait a changé (horaires, catalogue, règles, fichiers "
            "ou programme) : lancez un nouveau calcul."
        )
    # As it was read: of two who take it up at once, one writes.
    kept = Run.objects.filter(pk=run.pk, etat=run.etat, seen_at=run.seen_at)
    if not run.can_resume(now) or not kept.update(etat=EtatCalcul.EN_COURS, seen_at=now):
        raise NothingToCompute(f"Le calcul {run.code} n'est pas arrêté : il ne se reprend pas.")
    run.refresh_from_db()
    return run


def _watched(run: Run, progress: Progress) -> Progress:
    """Return a progress that is written on the run, and stops it where asked."""

    def report(step: str, share: float) -> None:
        progress(step, share)
        going = Run.objects.filter(pk=run.pk, etat=EtatCalcul.EN_COURS)
        if not going.update(progress=share, seen_at=timezone.now()):
            raise RunStopped(f"Le calcul {run.code} est arrêté ; --resume {run.code} le reprend.")

    return report


def computed(
    question: Question,
    writing: Writing,
    progress: Progress = lambda _step, _share: None,
    computing: Computing = computed_here,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compute the chunks, write them one by one; return figures and causes by territory."""
    ground = question.ground
    n_homes = len(ground.homes)
    figures, causes = [], []
    done = 0

    def missing() -> Iterator[Part]:
        nonlocal done
        for part in parts(question):
            if writing.has_chunk(part.number):
                done += part.rows.stop - part.rows.start
            else:
                yield part

    progress("Calcul", 0.0)
    for made in computing(question, missing()):
        if made is not None:
            writing.chunk(made.part.number, made.homes, made.best)
            done += made.part.rows.stop - made.part.rows.start
        progress("Calcul", 0.9 * done / n_homes)
    best = writing.best()
    homes = writing.homes().collect()
    progress("Territoires", 0.92)
    figures.append(figures_of(homes, ground))
    causes.append(causes_of(homes, ground))
    if best:
        shifts = tuple(named.code for named in question.shifts)
        minutes = np.concatenate(best, axis=2)
        figures.append(competition(minutes, ground, shifts, BASE))
        if question.gravity:
            weighted = weighted_jobs(minutes != NONE_MIN, ground, question.gravity, shifts)
            figures.append(mean_by_territory(weighted, ground, BASE, "A5"))
    figures += [
        households(ground), shared_rides(ground),
        site_figures(question, site_posts()), reliability(question),
    ]  # fmt: skip
    figures.append(by_group(figures[0], BASE))
    figures.append(
        supply(question, job_seekers(ground), scores(question.week), carpool_places(ground))
    )
    whole = pl.concat([part for part in figures if part.height], how="diagonal_relaxed")
    return whole.sort([*KEYS, "indicator"]), causes[0]


def _memory_mb() -> float:
    """Return the most memory that this process has held, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1024 if sys.platform != "darwin" else 1024 * 1024), 1)


__all__ = ["Niveau", "NothingToCompute", "Prepared", "computed", "prepare", "run_observatory"]

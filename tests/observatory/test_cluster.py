"""A run on a Dask cluster of two processes, one of them killed while it computes."""

import os
import pickle
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from distributed import Client, LocalCluster
from django.core.management import CommandError, call_command

from traitdunion.observatory.models import Run
from traitdunion.observatory.operations import set_poles
from traitdunion.observatory.running import cluster as clusters
from traitdunion.observatory.running import parts
from traitdunion.observatory.running import run as running

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def local():
    """A scheduler and two workers, each a process of its own."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=0
    ) as made:
        yield made


def hanging(mark):
    """Return what makes a worker write its process and stop for ever at its next part.

    Made here, it travels by its value: this module is not imported there.
    """

    def hang():
        from traitdunion.observatory.running import parts

        def never(*_):
            Path(mark).write_text(str(os.getpid()), "utf-8")
            time.sleep(600)

        parts.compute = never

    return hang


def kill_the_one_that_hangs(mark):
    while not (mark.is_file() and mark.read_text("utf-8")):
        time.sleep(0.05)
    os.kill(int(mark.read_text("utf-8")), signal.SIGKILL)


def test_a_run_of_two_workers_one_killed_in_a_part_gives_the_same_figures(
    site, local, tmp_path, monkeypatch
):
    set_poles(names=["Langeac", "Le Puy-en-Velay"])
    monkeypatch.setattr(parts, "BYTES_A_CHUNK", 1)
    here = running.run_observatory(running.prepare(now=NOW), now=NOW)
    mark = tmp_path / "hanging"
    with Client(local, set_as_default=False) as client:
        first, _ = client.scheduler_info()["workers"]
        client.run(hanging(str(mark)), workers=[first])
    killer = Thread(target=kill_the_one_that_hangs, args=[mark], daemon=True)
    killer.start()
    with clusters.cluster(local.scheduler_address) as there:
        made = running.run_observatory(
            running.prepare(now=NOW), now=NOW + timedelta(seconds=1), computing=there
        )
    killer.join(timeout=1)
    assert not killer.is_alive(), "one was killed"
    assert made.pk != here.pk
    assert (made.etat, made.digest, made.manifest) == ("fini", here.digest, here.manifest)


def test_a_cluster_of_another_program_leaves_a_run_to_take_up_again(site, local, monkeypatch):
    set_poles(names=["Langeac"])
    monkeypatch.setattr(clusters, "code_digest", lambda: "another")
    with pytest.raises(CommandError, match="même version du programme"):
        call_command("observatory", "run", "--scheduler", local.scheduler_address)
    stopped = Run.objects.get()
    assert stopped.etat == "arrete"
    monkeypatch.undo()
    call_command("observatory", "run", "--resume", stopped.pk)
    assert Run.objects.get().etat == "fini"


def test_a_question_travels_with_its_arrays_as_they_are_written(site):
    set_poles(names=["Langeac"])
    question = running.prepare(now=NOW).question
    before = question.timetable.arrays
    after = clusters.unpacked(clusters.packed(question)).timetable.arrays
    assert before.keys() == after.keys()
    for name, array in before.items():
        assert np.array_equal(array, after[name], equal_nan=array.dtype.kind == "f"), name
        assert array.dtype == after[name].dtype
        assert array.flags.writeable == after[name].flags.writeable, name


def test_streets_travel_without_what_was_searched(site):
    set_poles(names=["Langeac"])
    question = running.prepare(now=NOW).question
    again = pickle.loads(pickle.dumps(question.streets))
    assert type(again) is type(question.streets)
    assert np.array_equal(again.lat, question.streets.lat)


def test_without_the_extra_the_command_names_it(site, monkeypatch):
    set_poles(names=["Langeac"])
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CommandError) as refused:
        call_command("observatory", "run", "--scheduler", "tcp://127.0.0.1:8786")
    assert str(refused.value) == (
        "Il manque l'option « cluster » : pip install 'traitdunion[cluster]'."
    )
    assert not Run.objects.exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "n'importe quoi"])
def test_a_scheduler_that_does_not_answer_is_named(site, monkeypatch, address):
    set_poles(names=["Langeac"])
    monkeypatch.setattr(clusters, "CONNECT_S", 1)
    with pytest.raises(CommandError, match="Aucun ordonnanceur Dask ne répond à"):
        call_command("observatory", "run", "--scheduler", address)
    assert not Run.objects.exists()

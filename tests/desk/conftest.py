"""The desk without the layers below: a sample network, sample communes, a sample answer."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import time_machine
from django.urls import get_resolver

from traitdunion import reach
from traitdunion.desk import operations, queries


def load_samples() -> ModuleType:
    """Module of sample answers beside this file."""
    return load_named("sample_answers")


def load_named(file: str) -> ModuleType:
    """Return the module beside this file, loaded once."""
    name = f"desk_{file}"
    if name not in sys.modules:
        path = Path(__file__).with_name(f"{file}.py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


samples_of_reach = load_named("sample_reach")


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """Sample communes, situation and answer."""
    return load_samples()


@pytest.fixture
def sampled(samples, monkeypatch):
    """Replace what the desk reads from below, on the day of the samples.

    `answer` may be changed by the test.
    """
    # Shifts made as a module is imported are real ones, whichever test comes first.
    importlib.import_module("traitdunion.web.urls")
    below = SimpleNamespace(answer=samples.sample_answer, asked=[])
    network = SimpleNamespace(demonstration=True, label="réseau de démonstration")

    def find_answer(situation, network):
        below.asked.append(situation)
        return below.answer(situation)

    # Modules that make shifts of their own as they are imported make real ones.
    get_resolver().url_patterns  # noqa: B018 - reading it imports every view
    monkeypatch.setattr(reach, "Shift", samples.SampleShift, raising=False)
    for name, double in {
        "active_network": lambda: network,
        "covered_dates": lambda network: samples.COVERS,
        "is_demonstration": lambda: True,
        "find_answer": find_answer,
        "find_levers": lambda situation, network: [],
        "commune_named": samples.commune_named,
        "search_communes": samples.search_communes,
        "place_named": samples.commune_named,
        "search_places": samples.search_communes,
        "boundaries_near": lambda codes: [],
        "find_reach": lambda situation, network: samples_of_reach.sample_reach(situation),
        "boundary_texts": lambda departements: samples_of_reach.OUTLINES,
        "job_places": dict,
        "people_of": lambda codes: {"43157": 19_000, "43268": 7_000, "43112": 3_600},
    }.items():
        monkeypatch.setattr(queries, name, double)
    below.kept = []
    monkeypatch.setattr(operations, "keep_search", lambda answer, *, now: below.kept.append(answer))
    # The pages read the clock of the machine: the aids of another year are others.
    with time_machine.travel(samples.NOW, tick=True):
        yield below

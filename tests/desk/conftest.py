"""The desk without the layers below: a sample network, sample communes, a sample answer."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from traitdunion import reach
from traitdunion.desk import operations, queries


def load_samples() -> ModuleType:
    """Module of sample answers beside this file."""
    name = "desk_sample_answers"
    if name not in sys.modules:
        path = Path(__file__).with_name("sample_answers.py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def samples() -> ModuleType:
    """Sample communes, situation and answer."""
    return load_samples()


@pytest.fixture
def sampled(samples, monkeypatch):
    """Replace what the desk reads from below; `replies` may be changed by the test."""
    below = SimpleNamespace(answer=samples.sample_answer, asked=[])
    network = SimpleNamespace(demonstration=True, label="réseau de démonstration")

    def find_answer(situation, network):
        below.asked.append(situation)
        return below.answer(situation)

    monkeypatch.setattr(reach, "Shift", samples.SampleShift, raising=False)
    for name, double in {
        "active_network": lambda: network,
        "covered_dates": lambda network: samples.COVERS,
        "is_demonstration": lambda: True,
        "find_answer": find_answer,
        "commune_named": samples.commune_named,
        "search_communes": samples.search_communes,
        "boundaries_near": lambda codes: [],
    }.items():
        monkeypatch.setattr(queries, name, double)
    below.kept = []
    monkeypatch.setattr(operations, "keep_search", lambda answer, *, now: below.kept.append(answer))
    return below

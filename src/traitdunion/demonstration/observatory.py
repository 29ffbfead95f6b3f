"""Load the observatory of the demonstration: its poles, and one run published."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from traitdunion.networks.versions import current_network
from traitdunion.observatory.models import Pole
from traitdunion.observatory.operations import publish, set_poles
from traitdunion.observatory.queries import published_runs
from traitdunion.observatory.running.households import read_household
from traitdunion.observatory.running.profiles import NamedProfile, read_profiles
from traitdunion.observatory.running.run import prepare, run_observatory
from traitdunion.sources.bounded.yaml_files import yaml_document


def load_demonstration(path: Path, *, networks: Path, now: datetime) -> None:
    """Set the poles where there is none; run and publish once for each network in service."""
    if not Pole.objects.exists():
        set_poles(names=yaml_document(path)["poles"])
    version = current_network(networks).version
    if any(run.manifest["reseau"]["version"] == version for run in published_runs()):
        return
    prepared = prepare(now=now, profiles=_profiles(yaml_document(path)["menages"]))
    publish(run=run_observatory(prepared, now=now), now=now)


def _profiles(households: Mapping[str, Mapping[str, Any]]) -> list[NamedProfile]:
    """Return the profiles of the product with the invented budgets of some of them."""
    return [
        replace(
            profile,
            household=read_household(given, [], where=profile.code),
            written={**profile.written, "menage": given},
        )
        if (given := households.get(profile.code))
        else profile
        for profile in read_profiles()
    ]

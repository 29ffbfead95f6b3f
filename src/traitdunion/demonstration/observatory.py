"""Load the observatory of the demonstration: its poles, and one run published."""

from datetime import datetime
from pathlib import Path

from traitdunion.networks.versions import current_network
from traitdunion.observatory.models import Pole
from traitdunion.observatory.operations import publish, set_poles
from traitdunion.observatory.queries import published_runs
from traitdunion.observatory.running.run import prepare, run_observatory
from traitdunion.sources.bounded.yaml_files import yaml_document


def load_demonstration(path: Path, *, networks: Path, now: datetime) -> None:
    """Set the poles where there is none; run and publish once for each network in service."""
    if not Pole.objects.exists():
        set_poles(names=yaml_document(path)["poles"])
    version = current_network(networks).version
    if any(run.manifest["reseau"]["version"] == version for run in published_runs()):
        return
    publish(run=run_observatory(prepare(now=now), now=now), now=now)

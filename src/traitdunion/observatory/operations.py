"""Writes of the observatory: poles, publications. Runs are written by `running.run`."""

import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from traitdunion.territory.queries import commune_named

from .models import Pole, Run
from .publishing.packages import write_package
from .running.storage import folder_of

PACKAGE = "package"


def set_poles(*, names: Sequence[str]) -> list[Pole]:
    """Set the poles of employment by names or codes INSEE, in place of those before.

    Raises `territory.queries.UnknownCommune`; nothing is written then.
    """
    communes = [commune_named(name) for name in names]
    with transaction.atomic():
        Pole.objects.all().delete()
        return Pole.objects.bulk_create(
            [Pole(code_insee=c.code_insee, nom=c.nom) for c in dict.fromkeys(communes)]
        )


def publish(*, run: Run, now: datetime, out: Path | None = None) -> list[str]:
    """Publish a run: write its package beside it, once, and in a folder; return the files.

    The files are there before the pages show the run.
    """
    kept = folder_of(run.code) / PACKAGE
    if not kept.is_dir():
        making = Path(tempfile.mkdtemp(dir=kept.parent))
        write_package(run, making)
        making.rename(kept)
    names = sorted(path.name for path in kept.iterdir())
    if run.published_at is None:
        run.published_at = now
        run.save(update_fields=["published_at"])
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(kept / name, out / name)
    return names

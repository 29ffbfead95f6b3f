"""Which days a feed speaks of, from its calendars alone."""

from datetime import date
from pathlib import Path

from ..checks.notes import Notes
from ..checks.report import Report
from .archive import Limits, open_feed
from .calendars import read_services
from .specs import ALL, require_files


def days_covered(path: Path, *, limits: Limits | None = None) -> tuple[date, date] | None:
    """Return the first and last day of the calendars of a feed; None where they have no day at all.

    Raises `FeedError` if the feed cannot be read. What is wrong in the calendars is reported by
    `read_gtfs`, not here.
    """
    archive = open_feed(path, [spec.file for spec in ALL], limits=limits)
    try:
        notes = Notes(Report(), archive.name)
        require_files(archive, notes)
        return read_services(archive, notes, first=date(1970, 1, 1), n_days=1).covers
    finally:
        archive.close()

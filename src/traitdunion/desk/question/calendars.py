"""The calendar of the département served: its school zone, and the days that its host adds.

`calendar.csv` in the data folder holds those days, one a line under "date;cause": a bridge that no
published calendar lists, a strike announced.
"""

import logging
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from traitdunion.matching.explaining.calendars import Calendar
from traitdunion.sources.bounded import Unreadable, file_content, read_csv
from traitdunion.sources.school_holidays import zone_of
from traitdunion.territory.home import home_departement

FILE = "calendar.csv"
logger = logging.getLogger(__name__)


def site_calendar() -> Calendar:
    """Return the calendar of the site."""
    path = settings.TRAITDUNION_DATA_DIR / FILE
    try:
        modified_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        return Calendar(zone_of(home_departement()))
    return _read_calendar(path, modified_ns, home_departement())


@lru_cache(maxsize=2)
def _read_calendar(path: Path, modified_ns: int, departement: str) -> Calendar:
    added: dict[date, str] = {}
    try:
        for record in read_csv(file_content(path)).records:
            written = record.cells.get("date", "")
            try:
                on = date.fromisoformat(written)
            except ValueError:
                logger.warning("%s, line %s: « %s » is no date", FILE, record.line, written)
                continue
            added[on] = record.cells.get("cause") or "jour ajouté"
    except Unreadable as wrong:
        logger.warning("%s is not read: %s", FILE, wrong)
    return Calendar(zone_of(departement), added)

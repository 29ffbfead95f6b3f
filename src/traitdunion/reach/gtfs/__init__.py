"""Reads public transport timetables in GTFS, and reports in French what is wrong with them."""

from .checks.report import FeedError, Finding, Report
from .fares.tables import FareTables
from .feed import Feed, FeedSpan
from .read import read_gtfs
from .tables.archive import Limits
from .tables.coverage import days_covered

__all__ = [
    "FareTables",
    "Feed",
    "FeedError",
    "FeedSpan",
    "Finding",
    "Limits",
    "Report",
    "days_covered",
    "read_gtfs",
]

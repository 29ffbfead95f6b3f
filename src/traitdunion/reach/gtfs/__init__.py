"""Reads public transport timetables in GTFS, and says in French what is wrong with them."""

from .archive import Limits
from .coverage import days_covered
from .fare_tables import FareTables
from .feed import Feed
from .read import read_gtfs
from .report import FeedError, Finding, Report

__all__ = [
    "FareTables",
    "Feed",
    "FeedError",
    "Finding",
    "Limits",
    "Report",
    "days_covered",
    "read_gtfs",
]

"""Reports the columns whose meaning answers do not apply, so that none is dropped in silence.

Every column of the files read stands in one place: read and applied (`tables.specs`), reported here
where a row gives it a meaning, or without effect on a journey (`WITHOUT_EFFECT`). A test holds this
against the columns of the GTFS Schedule reference.
"""

from typing import Final, NamedTuple

import polars as pl

from .notes import Notes


class Unapplied(NamedTuple):
    """A column read for this report only: the values that mean something, and the message."""

    column: str
    values: tuple[str, ...]
    message: str


REPORTED: Final[dict[str, tuple[Unapplied, ...]]] = {
    "trips.txt": (
        Unapplied(
            "cars_allowed",
            ("1",),
            "{n} course(s) embarquent des voitures : pas encore pris en compte.",
        ),
    ),
}

UNREAD_FILES: Final[dict[str, str]] = {
    "pathways.txt": "les cheminements à l'intérieur des gares ne sont pas lus : une correspondance "
    "y prend le temps de la marche entre les quais, ou celui de transfers.txt.",
}

WITHOUT_EFFECT: Final[dict[str, tuple[str, ...]]] = {
    "agency.txt": (
        "agency_url", "agency_lang", "agency_phone", "agency_fare_url", "agency_email",
        "cemv_support",
    ),
    "stops.txt": (
        "stop_code", "tts_stop_name", "stop_desc", "stop_url", "stop_timezone", "level_id",
        "platform_code", "stop_access",
    ),
    "routes.txt": (
        "route_desc", "route_url", "route_text_color", "route_sort_order", "cemv_support",
    ),
    "trips.txt": ("trip_short_name", "shape_id"),
    "stop_times.txt": ("stop_headsign",),
    "calendar.txt": (),
    "calendar_dates.txt": (),
    "frequencies.txt": (),
    "transfers.txt": (),
    "feed_info.txt": (
        "feed_publisher_name", "feed_publisher_url", "feed_lang", "default_lang", "feed_version",
        "feed_contact_email", "feed_contact_url",
    ),
    "booking_rules.txt": ("pickup_message", "drop_off_message"),
    "location_groups.txt": (),
    "location_group_stops.txt": (),
}  # fmt: skip
"""Columns that change no hour, no place and no right to board: names, addresses, colours.

Times of a stop are those of its agency's time zone, whatever `stop_timezone` (GTFS reference).
"""


def note_unapplied(file: str, table: pl.DataFrame, notes: Notes) -> None:
    """Add one finding per column of the file whose meaning is not applied."""
    for unapplied in REPORTED.get(file, ()):
        rows = table.filter(pl.col(unapplied.column).is_in(list(unapplied.values)))
        if rows.height:
            notes.note(
                "info",
                "not_applied",
                file,
                unapplied.message.format(n=rows.height),
                field=unapplied.column,
            )

"""The files of a feed that are read, with the columns each must or may have."""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import polars as pl

from ..checks.notes import Notes
from ..checks.unapplied import UNREAD_FILES, WITHOUT_EFFECT, note_unapplied
from .archive import Archive
from .csv_text import decode, parse


@dataclass(frozen=True)
class TableSpec:
    """One GTFS file: without its `required` columns it cannot be read, `optional` may be absent.

    `instead` maps a required column to those that may stand in its place. A `dispensable` file
    whose columns are wrong is left out, and the rest of the feed still loads.
    """

    file: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dispensable: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns read."""
        return self.required + self.optional

    def missing_from(self, header: list[str]) -> list[str]:
        """Give the required columns that neither stand in the header nor are replaced."""
        replaced = {name for name, others in self.instead if set(others) & set(header)}
        return [name for name in self.required if name not in header and name not in replaced]


WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

AGENCY: Final = TableSpec("agency.txt", ("agency_timezone",), ("agency_id", "agency_name"))
STOPS: Final = TableSpec(
    "stops.txt",
    ("stop_id", "stop_lat", "stop_lon"),
    ("stop_name", "location_type", "parent_station", "zone_id", "wheelchair_boarding"),
)
ROUTES: Final = TableSpec(
    "routes.txt",
    ("route_id", "route_type"),
    (
        "agency_id",
        "route_short_name",
        "route_long_name",
        "route_color",
        "network_id",
        "continuous_pickup",
        "continuous_drop_off",
    ),
)
TRIPS: Final = TableSpec(
    "trips.txt",
    ("route_id", "service_id", "trip_id"),
    (
        "trip_headsign",
        "direction_id",
        "block_id",
        "bikes_allowed",
        "wheelchair_accessible",
        "cars_allowed",
        "safe_duration_factor",
        "safe_duration_offset",
    ),
)
STOP_TIMES: Final = TableSpec(
    "stop_times.txt",
    ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
    (
        "pickup_type",
        "drop_off_type",
        "continuous_pickup",
        "continuous_drop_off",
        "timepoint",
        "shape_dist_traveled",
        "location_id",
        "location_group_id",
        "start_pickup_drop_off_window",
        "end_pickup_drop_off_window",
        "pickup_booking_rule_id",
        "drop_off_booking_rule_id",
        "safe_duration_factor",
        "safe_duration_offset",
    ),
    instead=(
        ("stop_id", ("location_id", "location_group_id")),
        ("arrival_time", ("start_pickup_drop_off_window",)),
        ("departure_time", ("start_pickup_drop_off_window",)),
    ),
)
CALENDAR: Final = TableSpec("calendar.txt", ("service_id", *WEEKDAYS, "start_date", "end_date"), ())
CALENDAR_DATES: Final = TableSpec(
    "calendar_dates.txt", ("service_id", "date", "exception_type"), ()
)
FREQUENCIES: Final = TableSpec(
    "frequencies.txt",
    ("trip_id", "start_time", "end_time", "headway_secs"),
    ("exact_times",),
    dispensable=True,
)
TRANSFERS: Final = TableSpec(
    "transfers.txt",
    ("from_stop_id", "to_stop_id"),
    (
        "transfer_type",
        "min_transfer_time",
        "from_trip_id",
        "to_trip_id",
        "from_route_id",
        "to_route_id",
    ),
    instead=(("from_stop_id", ("from_trip_id",)), ("to_stop_id", ("to_trip_id",))),
    dispensable=True,
)

FEED_INFO: Final = TableSpec(
    "feed_info.txt", (), ("feed_start_date", "feed_end_date"), dispensable=True
)

ALL: Final = (
    AGENCY,
    STOPS,
    ROUTES,
    TRIPS,
    STOP_TIMES,
    CALENDAR,
    CALENDAR_DATES,
    FREQUENCIES,
    TRANSFERS,
    FEED_INFO,
)
ALIKE: Final = 0.85
"""How near the name of an unknown file or column is to one that is missing, to be reported."""

KNOWN_FILES: Final = frozenset(
    {spec.file for spec in ALL}
    | set(UNREAD_FILES)
    | {
        "shapes.txt", "levels.txt", "translations.txt", "attributions.txt", "fare_attributes.txt",
        "fare_rules.txt", "timeframes.txt", "rider_categories.txt", "fare_media.txt",
        "fare_products.txt", "fare_leg_rules.txt", "fare_leg_join_rules.txt",
        "fare_transfer_rules.txt", "areas.txt", "stop_areas.txt", "networks.txt",
        "route_networks.txt", "location_groups.txt", "location_group_stops.txt",
        "locations.geojson", "booking_rules.txt",
    }
)  # fmt: skip
"""Files of the GTFS Schedule reference."""

REQUIRED: Final = (AGENCY, STOPS, ROUTES, TRIPS, STOP_TIMES)


def require_files(archive: Archive, notes: Notes) -> None:
    """Refuse a feed that lacks a file nothing can be read without."""
    if sum(name.endswith(".xml") for name in archive.names) * 2 > len(archive.names):
        raise notes.refuse(
            "c'est du NeTEx (des fichiers .xml) : prenez le même jeu au format GTFS, sur la page "
            "du producteur."
        )
    misspelt = _misspelt_files(archive)
    for name, meant in misspelt:
        notes.note(
            "warning",
            "misspelt_file",
            name,
            f"« {name} » devrait s'appeler {meant} : il n'est pas lu. Renommez-le, ou "
            "signalez-le au producteur.",
        )
    missing = [spec.file for spec in REQUIRED if spec.file not in archive]
    if CALENDAR.file not in archive and CALENDAR_DATES.file not in archive:
        missing.append("calendar.txt (ou calendar_dates.txt)")
    if missing:
        named = "".join(f" « {name} » devrait s'appeler {meant}." for name, meant in misspelt)
        raise notes.refuse(
            f"il manque {', '.join(missing)}.{named} Ce n'est pas un jeu GTFS complet : vérifiez "
            "le fichier, ou demandez-le de nouveau au producteur."
        )


def _misspelt_files(archive: Archive) -> list[tuple[str, str]]:
    """Return files not read because their name is nearly that of a missing one, with that one."""
    absent = [spec.file for spec in ALL if spec.file not in archive]
    return [
        (name, meant)
        for name in sorted(archive.names - KNOWN_FILES)
        for meant in get_close_matches(name, absent, n=1, cutoff=ALIKE)
    ]


def _note_misspelt_columns(spec: TableSpec, header: list[str], notes: Notes) -> None:
    known = {*spec.columns, *WITHOUT_EFFECT.get(spec.file, ())}
    absent = [name for name in spec.columns if name not in header]
    for name in header:
        if name in known:
            continue
        for meant in get_close_matches(name, absent, n=1, cutoff=ALIKE):
            notes.note(
                "warning",
                "misspelt_column",
                spec.file,
                f"la colonne « {name} » devrait s'appeler {meant} : elle n'est pas lue.",
                line=1,
                field=name,
            )


def read_table(archive: Archive, spec: TableSpec, notes: Notes) -> pl.DataFrame:
    """Read one file as text: `line` (u32), then all columns of the spec, empty where absent.

    An absent file gives no row. Missing columns raise `FeedError`, save in dispensable files.
    """
    return read_with_header(archive, spec, notes)[1]


def with_three_values(
    table: pl.DataFrame, file: str, column: str, alias: str, what: str, notes: Notes
) -> pl.DataFrame:
    """Add a column `alias` (uint8): 1 yes, 2 no, 0 unknown; `what` names it in warnings."""
    valid = pl.col(column).is_in(["0", "1", "2"])
    notes.warn(
        "bad_value",
        file,
        table,
        (pl.col(column) != "") & ~valid,
        f"« {{value}} » devrait être 0, 1 ou 2 ({what}) : tenu pour non dit.",
        field=column,
    )
    value = pl.when(valid).then(pl.col(column)).otherwise(pl.lit("0"))
    return table.with_columns(value.cast(pl.UInt8).alias(alias))


def read_with_header(
    archive: Archive, spec: TableSpec, notes: Notes
) -> tuple[list[str], pl.DataFrame]:
    """Read one file as `read_table` does, with the names of the columns that stand in it."""
    if spec.file not in archive:
        return [], _empty(spec)
    data = decode(archive.read(spec.file), spec.file, notes)
    if spec not in REQUIRED and (not data or data.isspace()):
        notes.note("warning", "empty_file", spec.file, "le fichier est vide : sans effet.")
        return [], _empty(spec)
    header, rows = parse(data, spec.columns, spec.file, notes)
    missing = spec.missing_from(header)
    if not missing:
        _note_misspelt_columns(spec, header, notes)
        note_unapplied(spec.file, rows, notes)
        return header, rows
    if len(header) == 1 and (separator := next((s for s in ";\t" if s in header[0]), "")):
        name = "points-virgules" if separator == ";" else "tabulations"
        raise notes.refuse(
            f"dans {spec.file}, les champs sont séparés par des {name} : GTFS veut des virgules. "
            "Enregistrez le fichier en CSV séparé par des virgules, ou signalez-le au producteur."
        )
    if not spec.dispensable:
        raise notes.refuse(
            f"dans {spec.file}, il manque {_columns(missing)}. Vérifiez la première ligne du "
            f"fichier (elle contient : {', '.join(header)[:200]})."
        )
    notes.note(
        "error",
        "missing_column",
        spec.file,
        f"il manque {_columns(missing)} : tout le fichier est laissé de côté.",
        line=1,
        field=missing[0],
    )
    notes.report.leave_out(spec.file, rows.height)
    return header, _empty(spec)


def _empty(spec: TableSpec) -> pl.DataFrame:
    return pl.DataFrame(schema={"line": pl.UInt32} | dict.fromkeys(spec.columns, pl.String))


def _columns(names: list[str]) -> str:
    return ("la colonne " if len(names) == 1 else "les colonnes ") + ", ".join(names)

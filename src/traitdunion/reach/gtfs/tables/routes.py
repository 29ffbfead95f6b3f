"""Reads agency.txt and routes.txt: who runs which line, in which time zone."""

from zoneinfo import ZoneInfo

import polars as pl

from ..checks.notes import Notes
from ..feed import ROUTES as ROUTES_SCHEMA
from .archive import Archive
from .specs import AGENCY, ROUTES, read_table
from .stop_times import is_continuous
from .times import whole_number

_BUS = 3
_BASIC_TYPES = (0, 1, 2, 3, 4, 5, 6, 7, 11, 12)
_EXTENDED_TYPES = (100, 1799)
_DEFAULT_ZONE = "Europe/Paris"


def read_agencies(archive: Archive, notes: Notes) -> pl.DataFrame:
    """Read the agencies, as text."""
    return read_table(archive, AGENCY, notes)


def time_zone(agencies: pl.DataFrame, notes: Notes) -> str:
    """Give the feed's time zone: that of its first agency that has a valid one.

    Where none has, Europe/Paris is taken, as an error.
    """
    valid = [zone for zone in agencies["agency_timezone"].to_list() if _is_zone(zone)]
    notes.warn(
        "bad_timezone",
        AGENCY.file,
        agencies,
        ~pl.col("agency_timezone").is_in(valid),
        "« {value} » n'est pas un fuseau horaire connu (exemple : Europe/Paris) : "
        + (
            f"{valid[0]}, celui d'une autre ligne, est pris."
            if valid
            else f"{_DEFAULT_ZONE} est pris."
        ),
        field="agency_timezone",
        severity="error",
    )
    if agencies.is_empty():
        notes.note(
            "error", "bad_timezone", AGENCY.file, f"aucune ligne : fuseau {_DEFAULT_ZONE} pris."
        )
    if not valid:
        return _DEFAULT_ZONE
    notes.warn(
        "several_timezones",
        AGENCY.file,
        agencies,
        pl.col("agency_timezone").is_in(valid) & (pl.col("agency_timezone") != valid[0]),
        "le fuseau « {value} » diffère de celui de la première ligne, " + f"{valid[0]}, qui est "
        "pris pour tout le fichier comme le veut la norme.",
        field="agency_timezone",
    )
    return str(valid[0])


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return False
    return name != ""


def read_routes(archive: Archive, agencies: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Read the lines: columns of `feed.ROUTES`, `network_id`, and `hailed`.

    `agency` is its name; `hailed`: whether it also stops between stops.
    """
    file = ROUTES.file
    table = read_table(archive, ROUTES, notes)
    table = notes.leave_out(
        "missing_value",
        file,
        table,
        pl.col("route_id") == "",
        "route_id est vide : ligne de transport laissée de côté.",
        field="route_id",
    )
    table = notes.leave_out(
        "duplicate_key",
        file,
        table,
        ~pl.col("route_id").is_first_distinct(),
        "la ligne de transport « {value} » est déjà définie plus haut : celle-ci est laissée de "
        "côté.",
        field="route_id",
    )
    table = _with_type(table, notes)
    table = _with_agency(table, agencies, notes)
    table = _with_color(table, notes)
    return table.rename({"route_short_name": "short_name", "route_long_name": "long_name"}).select(
        *ROUTES_SCHEMA.names(), "network_id", is_continuous().alias("hailed")
    )


def _with_type(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    table = table.with_columns(whole_number("route_type").alias("type"))
    notes.warn(
        "bad_value",
        ROUTES.file,
        table,
        pl.col("type").is_null(),
        "« {value} » n'est pas un genre de transport : « {route_id} » est tenue pour une ligne de "
        "bus.",
        field="route_type",
        severity="error",
    )
    known = pl.col("type").is_in(_BASIC_TYPES) | pl.col("type").is_between(*_EXTENDED_TYPES)
    notes.warn(
        "odd_route_type",
        ROUTES.file,
        table,
        ~known,
        "{value} n'est pas un genre de transport de la norme : gardé tel quel.",
        field="route_type",
    )
    return table.with_columns(pl.col("type").fill_null(_BUS).alias("route_type"))


def _with_agency(table: pl.DataFrame, agencies: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    names = agencies.select("agency_id", pl.col("agency_name").alias("agency")).unique(
        "agency_id", keep="first", maintain_order=True
    )
    table = table.join(names, on="agency_id", how="left", maintain_order="left")
    notes.warn(
        "unknown_agency",
        ROUTES.file,
        table,
        (pl.col("agency_id") != "") & pl.col("agency").is_null(),
        "l'exploitant « {value} » n'est pas dans agency.txt : la ligne « {route_id} » est gardée, "
        "sans nom d'exploitant.",
        field="agency_id",
    )
    # agency_id may be left out where there is one agency alone.
    only = names["agency"][0] if names.height == 1 else ""
    without = pl.col("agency_id") == ""
    return table.with_columns(
        pl.when(without & pl.col("agency").is_null())
        .then(pl.lit(only))
        .otherwise(pl.col("agency").fill_null(""))
        .alias("agency")
    )


def _with_color(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    valid = pl.col("route_color").str.contains("^#?[0-9A-Fa-f]{6}$")
    notes.warn(
        "bad_color",
        ROUTES.file,
        table,
        (pl.col("route_color") != "") & ~valid,
        "« {value} » n'est pas une couleur (six chiffres de 0 à F) : la ligne « {route_id} » reste "
        "sans couleur.",
        field="route_color",
    )
    # The standard wants the six digits alone; many publishers add the sign.
    digits = pl.col("route_color").str.strip_chars("#").str.to_lowercase()
    return table.with_columns(
        pl.when(valid).then(pl.lit("#") + digits).otherwise(pl.lit("")).alias("color")
    )

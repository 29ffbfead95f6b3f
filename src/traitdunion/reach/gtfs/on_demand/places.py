"""Reads where services on demand come: zones of locations.geojson, groups of stops."""

import json
from typing import Any, Final, NamedTuple

import polars as pl
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from ..checks.notes import Notes
from ..checks.plausibility import note_far_zones
from ..checks.rows import without_blanks, without_doubles
from ..tables.archive import Archive
from ..tables.specs import read_table
from .files import LOCATION_GROUP_STOPS, LOCATION_GROUPS, ZONES_FILE
from .tables import PLACE_STOPS, PLACES

_WORLD: Final = shapely.box(-180, -90, 180, 90)


class Places(NamedTuple):
    """`places` and `place_stops` as in `OnDemandTables`; the others give the row of each id.

    `zones`, `groups` and `stops` (`place_id`, `place`) are places by kind: a stop that a window
    names is a place too. `lost` are the ids left out with a finding of their own.
    """

    places: pl.DataFrame
    place_stops: pl.DataFrame
    zones: pl.DataFrame
    groups: pl.DataFrame
    stops: pl.DataFrame
    lost: frozenset[str]


def read_places(
    archive: Archive, stops: pl.DataFrame, placed: pl.DataFrame, named: pl.Series, notes: Notes
) -> Places:
    """Read zones and groups, and make a place of each stop among the ids `named` by the calls.

    `stops` gives `stop` (row, -1 where it has no coordinates) by `stop_id`; `placed` are those
    with coordinates.
    """
    zones, lost = _zones(archive, notes)
    _note_far(zones, placed, notes)
    groups, members = _groups(archive, stops, zones, notes)
    lone = stops.filter(pl.col("stop_id").is_in(named.implode()) & (pl.col("stop") >= 0))
    first = zones.height + groups.height
    alone = pl.DataFrame(
        {"place_id": lone["stop_id"], "place": range(first, first + lone.height)},
        schema={"place_id": pl.String, "place": pl.Int32},
    )
    nowhere = pl.lit(b"").alias("wkb")
    places = pl.concat(
        [
            zones,
            groups.with_columns(nowhere),
            lone.select(pl.col("stop_id").alias("place_id"), pl.lit("").alias("name"), nowhere),
        ]
    ).select(PLACES.names())
    return Places(
        places=places.cast(PLACES),
        place_stops=pl.concat(
            [
                members.with_columns(pl.col("place") + zones.height),
                pl.DataFrame({"place": alone["place"], "stop": lone["stop"]}),
            ]
        ).cast(PLACE_STOPS),
        zones=_rows(zones, 0),
        groups=_rows(groups, zones.height),
        stops=alone,
        lost=lost,
    )


def _note_far(zones: pl.DataFrame, placed: pl.DataFrame, notes: Notes) -> None:
    # Surely inside, as the centroid of a hollow zone is not.
    inside = [shapely.from_wkb(wkb).representative_point() for wkb in zones["wkb"]]
    note_far_zones(
        zones.select(
            "place_id",
            pl.Series("lat", [point.y for point in inside], dtype=pl.Float64),
            pl.Series("lon", [point.x for point in inside], dtype=pl.Float64),
        ),
        placed,
        ZONES_FILE,
        notes,
    )


def _rows(table: pl.DataFrame, first: int) -> pl.DataFrame:
    rows = pl.int_range(first, first + table.height, dtype=pl.Int32, eager=True)
    return pl.DataFrame({"place_id": table["place_id"], "place": rows})


# -- zones --------------------------------------------------------------------------------------


class _Unusable(Exception):
    """Why a zone is left out: a code, the field at fault, and a sentence in French."""


def _zones(archive: Archive, notes: Notes) -> tuple[pl.DataFrame, frozenset[str]]:
    """Return the zones as rows of PLACES, and the ids of those left out."""
    rows: dict[str, tuple[str, str, bytes]] = {}
    lost: set[str] = set()
    for number, feature in enumerate(_features(archive, notes), start=1):
        zone_id = _text(feature, "id")
        try:
            if not zone_id:
                raise _Unusable("missing_value", "id", f"la zone n° {number} n'a pas d'identifiant")
            if zone_id in rows.keys() | lost:
                raise _Unusable(
                    "duplicate_key", "id", f"la zone « {zone_id} » est définie deux fois"
                )
            geometry = _geometry(feature, zone_id, number, notes)
        except _Unusable as error:
            code, field, what = error.args
            notes.note(
                "error",
                code,
                ZONES_FILE,
                f"{what} : laissée de côté.",
                line=number,
                field=field,
                value=zone_id,
            )
            notes.report.leave_out(ZONES_FILE, 1)
            lost.add(zone_id)
            continue
        properties = feature.get("properties")
        name = _text(properties, "stop_name") if isinstance(properties, dict) else ""
        rows[zone_id] = zone_id, name, shapely.to_wkb(geometry)
    return pl.DataFrame(list(rows.values()), PLACES, orient="row"), frozenset(lost - rows.keys())


def _features(archive: Archive, notes: Notes) -> list[dict[str, Any]]:
    if ZONES_FILE not in archive:
        return []
    try:
        # Some publishers begin the file with a byte order mark, which JSON does not allow.
        document = json.loads(archive.read(ZONES_FILE).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        where = f" ligne {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        notes.note(
            "error",
            "bad_geojson",
            ZONES_FILE,
            f"ce n'est pas du JSON lisible{where} : aucune zone à la demande n'est lue.",
        )
        return []
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        notes.note(
            "error",
            "bad_geojson",
            ZONES_FILE,
            "ce n'est pas une « FeatureCollection » GeoJSON : aucune zone à la demande n'est lue.",
        )
        return []
    return [feature if isinstance(feature, dict) else {} for feature in features]


def _geometry(feature: dict[str, Any], zone_id: str, number: int, notes: Notes) -> BaseGeometry:
    """Return the polygons of a zone; `_Unusable` where there are none to be made of it."""
    try:
        # GeoJSON may give heights, which zones have no use for.
        geometry: BaseGeometry = shapely.force_2d(shape(feature["geometry"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ShapelyError) as error:
        raise _bad(f"la zone « {zone_id} » est mal dessinée") from error
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise _bad(f"la zone « {zone_id} » n'est pas une surface mais : {geometry.geom_type}")
    if geometry.is_empty or not _WORLD.covers(shapely.box(*geometry.bounds)):
        raise _bad(f"la zone « {zone_id} » est vide, ou sort du globe (longitude puis latitude)")
    if geometry.is_valid:
        return geometry
    mended = _polygons(shapely.make_valid(geometry))
    if mended.is_empty:
        raise _bad(f"la zone « {zone_id} » n'a pas de surface")
    notes.note(
        "warning",
        "mended_geometry",
        ZONES_FILE,
        f"le contour de la zone « {zone_id} » se croise ({shapely.is_valid_reason(geometry)}) : "
        "réparé, à vérifier auprès du producteur.",
        line=number,
        field="geometry",
        value=zone_id,
    )
    return mended


def _bad(what: str) -> _Unusable:
    return _Unusable("bad_geometry", "geometry", what)


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Return the surfaces of what mending gave, without the lines and points it may have left."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type.endswith("Polygon")]
    return shapely.union_all(parts)


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    # GeoJSON allows numbers as ids (RFC 7946, section 3.2).
    return str(value).strip() if isinstance(value, str | int) else ""


# -- groups of stops ----------------------------------------------------------------------------


def _groups(
    archive: Archive, stops: pl.DataFrame, zones: pl.DataFrame, notes: Notes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the groups (`place_id`, `name`), and their stops (`place` row among them, `stop`)."""
    file = LOCATION_GROUPS.file
    table = read_table(archive, LOCATION_GROUPS, notes)
    table = without_blanks(table, file, ["location_group_id"], notes)
    drafted = table.filter(pl.col("location_id") != "").select(
        "line", "location_group_id", pl.col("location_id").alias("stop_id")
    )
    # The draft repeated the id of a group, once for each of its stops.
    if drafted.is_empty():
        table = without_doubles(table, file, ["location_group_id"], notes)
    groups = table.unique("location_group_id", keep="first", maintain_order=True).select(
        pl.col("location_group_id").alias("place_id"), pl.col("location_group_name").alias("name")
    )
    group_stops = read_table(archive, LOCATION_GROUP_STOPS, notes)
    members = [
        _members(group_stops, LOCATION_GROUP_STOPS.file, groups, stops, zones, notes),
        _members(drafted, file, groups, stops, zones, notes),
    ]
    return groups, pl.concat(members).unique(maintain_order=True)


def _members(
    table: pl.DataFrame,
    file: str,
    groups: pl.DataFrame,
    stops: pl.DataFrame,
    zones: pl.DataFrame,
    notes: Notes,
) -> pl.DataFrame:
    rows = pl.DataFrame(
        {
            "location_group_id": groups["place_id"],
            "place": pl.int_range(groups.height, dtype=pl.Int32, eager=True),
        }
    )
    table = notes.leave_out(
        "unknown_group",
        file,
        table.join(rows, on="location_group_id", how="left", maintain_order="left"),
        pl.col("place").is_null(),
        "le groupe « {value} » n'existe pas dans location_groups.txt : ligne laissée de côté.",
        field="location_group_id",
    )
    table = notes.leave_out(
        "zone_in_group",
        file,
        table,
        pl.col("stop_id").is_in(zones["place_id"].implode()),
        "« {value} » est une zone : un groupe ne réunit que des arrêts, ligne laissée de côté.",
        field="stop_id",
    )
    table = notes.leave_out(
        "unknown_stop",
        file,
        table.join(
            stops.select("stop_id", "stop"), on="stop_id", how="left", maintain_order="left"
        ),
        pl.col("stop").is_null(),
        "l'arrêt « {value} » n'existe pas dans stops.txt : ligne laissée de côté.",
        field="stop_id",
    )
    table = notes.leave_out(
        "unplaced_stop",
        file,
        table,
        pl.col("stop") < 0,
        "l'arrêt « {value} » n'a pas de coordonnées : ligne laissée de côté.",
        field="stop_id",
    )
    return table.select("place", pl.col("stop").cast(pl.Int32))

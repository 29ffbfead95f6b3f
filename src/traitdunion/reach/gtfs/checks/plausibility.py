"""Notes what no vehicle and no walker does: stops out of place, speeds, changes on the run."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ..route_types import RAIL
from ..tables.specs import STOP_TIMES, STOPS, TRANSFERS
from ..tables.times import clock
from .notes import Notes

EARTH_RADIUS_M: Final = 6_371_008.8
MAX_WALK_MPS: Final = 2.0
"""No one walks faster than 7 km/h as the crow flies."""

WALKED_FROM_M: Final = 100.0
"""Below, a lift or a bridge may be quicker than the map."""

MAX_ROAD_KMH: Final = 130.0
MAX_RAIL_KMH: Final = 330.0
FAST_FROM_M: Final = 3_000.0
"""Hours are in whole minutes: two stops of a town a minute apart prove nothing."""

ROUNDING_S: Final = 60
FAR_FROM_FEED_KM: Final = 200.0
AIR: Final = frozenset(range(1100, 1115))


def metres_between(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    lat2: NDArray[np.float64],
    lon2: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the great-circle distance in metres between points in degrees (haversine)."""
    phi, phi2 = np.radians(lat), np.radians(lat2)
    chord = np.sin((phi2 - phi) / 2) ** 2
    chord += np.cos(phi) * np.cos(phi2) * np.sin(np.radians(lon2 - lon) / 2) ** 2
    # Rounding may leave a little more than 1, of which there is no arcsine.
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1)))
    return metres


def without_fast_transfers(
    transfers: pl.DataFrame, stops: pl.DataFrame, notes: Notes
) -> pl.DataFrame:
    """Take the time of walking where the least time of a change is shorter than a run.

    `transfers` have the columns of `feed.TRANSFERS` and `line`, `stops` those of `feed.STOPS`.
    """
    ends = transfers.select("from_stop", "to_stop").to_numpy()
    given = transfers["min_transfer_s"].to_numpy()
    # Negative where a stop is not named or no time is given.
    named = (ends >= 0).all(axis=1) & (given >= 0)
    rows = np.flatnonzero(named)
    if not rows.size:
        return transfers
    lat, lon = stops["lat"].to_numpy(), stops["lon"].to_numpy()
    a, b = ends[rows, 0], ends[rows, 1]
    metres = metres_between(lat[a], lon[a], lat[b], lon[b])
    fast = (metres > WALKED_FROM_M) & (metres > MAX_WALK_MPS * given[rows])
    names = stops["name"].to_list()
    lines = transfers["line"].to_list()
    for row, away in zip(rows[fast].tolist(), metres[fast].tolist(), strict=True):
        seconds = int(given[row])
        speed = f", soit {away / seconds * 3.6:.0f} km/h" if seconds else ""
        notes.note(
            "warning",
            "fast_transfer",
            TRANSFERS.file,
            f"de « {names[ends[row, 0]]} » à « {names[ends[row, 1]]} » : {away / 1000:.1f} km à "
            f"pied en {seconds} s{speed}. Cette durée est ignorée, celle de la marche est prise : "
            "faites-la corriger par le producteur.",
            line=lines[row],
            field="min_transfer_time",
            value=str(seconds),
        )
    wrong = np.zeros(transfers.height, bool)
    wrong[rows[fast]] = True
    return transfers.with_columns(
        pl.when(pl.Series(wrong))
        # -1 is no time given: walking decides.
        .then(-1)
        .otherwise(pl.col("min_transfer_s"))
        .cast(pl.Int32)
        .alias("min_transfer_s")
    )


def note_speeds(
    calls: pl.DataFrame,
    trips: pl.DataFrame,
    routes: pl.DataFrame,
    stops: pl.DataFrame,
    notes: Notes,
) -> None:
    """Warn of two calls in a row that no vehicle links in the time given, once per pair of stops.

    `calls` have the columns of `feed.STOP_TIMES`, in the order of each trip.
    """
    if calls.height < 2:
        return
    trip, stop = calls["trip"].to_numpy(), calls["stop"].to_numpy()
    lat, lon = stops["lat"].to_numpy(), stops["lon"].to_numpy()
    follows = np.flatnonzero(trip[1:] == trip[:-1])
    a, b = stop[follows], stop[follows + 1]
    metres = metres_between(lat[a], lon[a], lat[b], lon[b])
    taken_s = calls["arrival_s"].to_numpy()[follows + 1] - calls["departure_s"].to_numpy()[follows]
    kind = routes["route_type"].to_numpy()[trips["route"].to_numpy()][trip[follows]]
    limit = np.where(np.isin(kind, list(RAIL)), MAX_RAIL_KMH, MAX_ROAD_KMH) / 3.6
    # A minute more, as both hours may be rounded to the minute.
    fast = (metres > FAST_FROM_M) & (metres > limit * (taken_s + ROUNDING_S))
    fast &= ~np.isin(kind, list(AIR))
    rows = pl.DataFrame(
        {
            "a": a[fast],
            "b": b[fast],
            "trip": trip[follows][fast],
            "departs_s": calls["departure_s"].to_numpy()[follows][fast],
            "metres": metres[fast],
            "taken_s": taken_s[fast],
        }
    )
    names = stops["name"].to_list()
    by_pair = rows.group_by("a", "b", maintain_order=True).agg(
        pl.col("trip").first(),
        pl.col("departs_s").first(),
        pl.col("metres").first(),
        pl.col("taken_s").min(),
        pl.len().alias("n"),
    )
    for pair in by_pair.iter_rows(named=True):
        notes.note(
            "warning",
            "too_fast",
            STOP_TIMES.file,
            f"de « {names[pair['a']]} » à « {names[pair['b']]} » : {pair['metres'] / 1000:.0f} km "
            f"en {round(pair['taken_s'] / 60)} min (course « {trips['trip_id'][pair['trip']]} », "
            f"départ {clock(pair['departs_s'])}) : un des deux arrêts est mal placé, ou une heure "
            "est fausse. Gardé tel quel, à faire corriger par le producteur.",
            field="arrival_time",
            count=pair["n"],
        )


def note_far_stops(stops: pl.DataFrame, lines: pl.DataFrame, notes: Notes) -> None:
    """Warn of stops hundreds of kilometres from the middle of the feed's stops.

    `lines` gives the `line` of stops.txt by `stop_id`.
    """
    if stops.height < 3:
        return
    lat, lon = stops["lat"].to_numpy(), stops["lon"].to_numpy()
    # The median: a few stops at 0,0 would draw a mean towards them.
    middle = np.full(len(lat), np.median(lat)), np.full(len(lon), np.median(lon))
    km = metres_between(lat, lon, *middle) / 1000
    # Where the stops of a feed spread over a country, far is farther.
    spread = 4 * float(np.percentile(km, 75))
    far = np.flatnonzero(km > max(FAR_FROM_FEED_KM, spread))
    rows = dict(lines.select("stop_id", "line").iter_rows())
    for row in far.tolist():
        stop_id = stops["stop_id"][row]
        notes.note(
            "warning",
            "far_stop",
            STOPS.file,
            f"« {stops['name'][row]} » est à {km[row]:.0f} km du milieu des autres arrêts "
            f"({lat[row]:.4f}, {lon[row]:.4f}) : à faire corriger par le producteur.",
            line=rows.get(stop_id),
            field="stop_lat",
            value=stop_id,
        )


def note_far_zones(zones: pl.DataFrame, stops: pl.DataFrame, file: str, notes: Notes) -> None:
    """Warn of zones far from every stop of the feed: longitude comes first in GeoJSON (RFC 7946).

    `zones` have `place_id`, `lat` and `lon` of a point inside.
    """
    lat, lon = stops["lat"].to_numpy(), stops["lon"].to_numpy()
    for zone_id, zone_lat, zone_lon in zones.select("place_id", "lat", "lon").iter_rows():
        here = np.full(len(lat), zone_lat), np.full(len(lat), zone_lon)
        km = float(metres_between(lat, lon, *here).min(initial=np.inf)) / 1000
        # The usual mistake is tried: latitude before longitude.
        turned = np.full(len(lat), zone_lon), np.full(len(lat), zone_lat)
        turned_km = float(metres_between(lat, lon, *turned).min(initial=np.inf)) / 1000
        if not np.isfinite(km) or km <= FAR_FROM_FEED_KM:
            continue
        why = (
            "latitude et longitude sont inversées (GeoJSON veut la longitude d'abord)"
            if turned_km <= FAR_FROM_FEED_KM
            else "ses coordonnées sont à vérifier"
        )
        notes.note(
            "warning",
            "far_zone",
            file,
            f"la zone « {zone_id} » est à {km:.0f} km de l'arrêt le plus proche : {why}. Elle ne "
            "desservira personne tant que le producteur ne l'a pas corrigée.",
            field="geometry",
            value=zone_id,
        )

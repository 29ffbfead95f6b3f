"""Finds the trips that two feeds publish, and keeps one of each.

A Région's coach often stands in its own feed and in that of the railway. Two trips of two feeds are
one where every call of the one is a call of the other, at the same minute and about the same place,
on days both run.
"""

from collections import Counter
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from ..gtfs import Feed, Finding
from ..gtfs.route_types import RAIL
from ..places import Array
from .trips import near_pairs

SAME_PLACE_M: Final = 300.0
SAME_TIME_S: Final = 60
MIN_CALLS: Final = 2


class Doubles(NamedTuple):
    """A feed without its doubles, and the pairs of stops (rows) at which they called as one.

    `trips`: rows of the trip dropped, and of the one that stands for it.
    """

    feed: Feed
    same_places: Array  # int32 (K, 2)
    trips: Array  # int32 (D, 2)


def without_double_trips(feed: Feed) -> Doubles:
    """Return the feed where each double runs only on the days the trip it doubles does not.

    Of the two, the trip with more calls stays, else that of the feed given first. Each line with
    doubles is reported.
    """
    none = Doubles(feed, np.empty((0, 2), np.int32), np.empty((0, 2), np.int32))
    if len(feed.spans) < 2:
        return none
    pairs = _pairs_of_calls(feed)
    if pairs.is_empty():
        return none
    n_calls = np.bincount(feed.stop_times["trip"].to_numpy(), minlength=feed.trips.height)
    doubles = (
        pairs.group_by("dropped", "kept")
        .agg(pl.col("rank").n_unique().alias("n"), pl.col("rank_kept").n_unique().alias("n_kept"))
        .filter(pl.col("n") >= MIN_CALLS)
        .sort("dropped", "kept")
    )
    is_rail = np.isin(
        feed.routes["route_type"].to_numpy()[feed.trips["route"].to_numpy()], list(RAIL)
    )
    services, trip_service = [feed.services], feed.trips["service"].to_numpy().copy()
    # One row a trip: a double loses days that other trips of its service keep.
    runs = feed.services[trip_service].copy()
    joined: set[tuple[int, int]] = set()
    lines: Counter[tuple[int, int]] = Counter()
    for dropped, kept, n, n_kept in doubles.iter_rows():
        if n != n_calls[dropped] or n_kept != n or not _may_drop(dropped, kept, n_calls):
            continue
        # A train and the coach beside it may leave at the same minute all along.
        if is_rail[dropped] != is_rail[kept]:
            continue
        common = runs[dropped] & runs[kept]
        if not common.any():
            continue
        # Only the shared days go: the double may run alone on others.
        runs[dropped] &= ~common
        joined.add((dropped, kept))
        lines[int(feed.trips["route"][dropped]), int(feed.trips["route"][kept])] += 1
    if not joined:
        return none
    changed = sorted({dropped for dropped, _ in joined})
    services.append(runs[changed])
    trip_service[changed] = len(feed.services) + np.arange(len(changed))
    _report(feed, lines)
    same = pairs.join(
        pl.DataFrame(sorted(joined), {"dropped": pl.Int32, "kept": pl.Int32}, orient="row"),
        on=["dropped", "kept"],
    )
    places = same.select("stop", "stop_kept").unique().sort("stop", "stop_kept")
    without = replace(
        feed,
        trips=feed.trips.with_columns(pl.Series("service", trip_service, dtype=pl.Int32)),
        services=np.vstack(services),
        service_ids=[*feed.service_ids, *(f"double {row}" for row in changed)],
    )
    return Doubles(without, places.to_numpy().astype(np.int32), np.array(sorted(joined), np.int32))


def _may_drop(dropped: int, kept: int, n_calls: Array) -> bool:
    """Return whether the first goes: fewer calls, else the later feed (rows follow them)."""
    return bool(n_calls[kept] > n_calls[dropped] or kept < dropped)


def _pairs_of_calls(feed: Feed) -> pl.DataFrame:
    """Return the calls of two feeds at one minute and one place.

    Columns `dropped`, `rank`, `stop` of the one, `kept`, `rank_kept`, `stop_kept` of the other.
    """
    near = _stops_of_two_feeds(feed)
    if near.is_empty():
        return near
    # Only the gaps between the times of a template mean anything: its hours prove no double.
    by_frequency = feed.frequencies["trip"].unique().implode()
    calls = (
        feed.stop_times.with_row_index("rank")
        .filter(~pl.col("trip").is_in(by_frequency))
        .filter(pl.col("stop").is_in(near["stop"].unique().implode()))
        .select(
            "trip",
            "rank",
            "stop",
            pl.col("departure_s").alias("at_s"),
            (pl.col("departure_s") // SAME_TIME_S).alias("slot"),
        )
    )
    around = calls.join(near, on="stop")
    # A minute's difference may fall across two slots.
    around = pl.concat(
        around.with_columns((pl.col("slot") + slot).cast(pl.Int32)) for slot in (-1, 0, 1)
    )
    others = calls.rename({"stop": "stop_kept", "trip": "kept", "rank": "rank_kept"})
    return (
        around.join(others, on=["stop_kept", "slot"], suffix="_kept")
        .filter((pl.col("at_s") - pl.col("at_s_kept")).abs() < SAME_TIME_S)
        .rename({"trip": "dropped"})
    )


def _stops_of_two_feeds(feed: Feed) -> pl.DataFrame:
    """Return the pairs of stops of two feeds that are about one place (`stop`, `stop_kept`)."""
    of_feed = np.repeat(np.arange(len(feed.spans)), [span.stops for span in feed.spans])
    lat, lon = feed.stops["lat"].to_numpy(), feed.stops["lon"].to_numpy()
    a, b, _ = near_pairs(lat, lon, SAME_PLACE_M)
    two = of_feed[a] != of_feed[b]
    return pl.DataFrame(
        {"stop": a[two], "stop_kept": b[two]}, {"stop": pl.Int32, "stop_kept": pl.Int32}
    )


def _report(feed: Feed, lines: Counter[tuple[int, int]]) -> None:
    names = feed.routes.select(
        pl.when(pl.col("short_name") != "")
        .then(pl.col("short_name"))
        .otherwise(pl.col("long_name"))
    ).to_series()
    agencies = feed.routes["agency"]
    for (dropped, kept), number in sorted(lines.items()):
        feed.report.add(
            Finding(
                severity="info",
                code="double_trip",
                feed=", ".join(span.name for span in feed.spans),
                file="trips.txt",
                line=None,
                field=None,
                value=names[dropped],
                message=f"{number} course(s) de la ligne « {names[dropped]} » ({agencies[dropped]})"
                f" sont aussi celles de la ligne « {names[kept]} » ({agencies[kept]}) d'un autre "
                "fichier : chacune est montrée une seule fois.",
                count=number,
            )
        )


def with_same_places(footpaths: dict[str, Array], same: Array) -> dict[str, Array]:
    """Return the links on foot where the stops of doubles are one place: no change is lost.

    Each of the two takes the links of the other, the quicker where both have one.
    """
    if not len(same):
        return footpaths
    columns = ("footpath_from", "footpath_to", "footpath_fixed_s", "footpath_m")
    links = {
        (a, b): (fixed_s, metres)
        for a, b, fixed_s, metres in zip(*(footpaths[c].tolist() for c in columns), strict=True)
    }
    around: dict[int, set[int]] = {}
    for a, b in links:
        around.setdefault(a, set()).add(b)
        around.setdefault(b, set()).add(a)
    for stop, other in [*same.tolist(), *same[:, ::-1].tolist()]:
        for far in around.get(other, set()) - {stop}:
            for pair, known in (((stop, far), (other, far)), ((far, stop), (far, other))):
                if known in links:
                    links[pair] = min(links.get(pair, links[known]), links[known])
        # The vehicle calls at both at once: they are one place, whatever the coordinates.
        links[stop, other] = (0, 0.0)
    pairs = sorted(links)
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    return footpaths | {
        "footpath_from": np.ascontiguousarray(ends[:, 0]),
        "footpath_to": np.ascontiguousarray(ends[:, 1]),
        "footpath_m": np.array([links[pair][1] for pair in pairs], np.float32),
        "footpath_fixed_s": np.array([links[pair][0] for pair in pairs], np.int32),
    }

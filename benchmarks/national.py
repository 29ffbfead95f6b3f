"""A network of national size, made of the shared feeds translated in space, and how costs grow.

A copy is the Tuesday of five real feeds (TER France, the Laurentides, Montpellier, Porto Alegre's
buses and train); copies stand side by side and are joined by hourly lines between the busiest
stations, so that a search crosses them all. The same zip is read by `cafein`.
"""

import tempfile
import time
import zipfile
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from traitdunion import reach
from traitdunion.reach.gtfs import Feed, read_gtfs

from .engine import MORNING_S, WINDOW_MIN, WINDOW_S, check_window, connected
from .measure import Row, in_own_process, paired
from .peer import CafeinNetwork

SOURCES = (
    ("sncf_ter_france_2025-01-22.zip", date(2025, 3, 4)),
    ("benchmark/laurentides_exo_2025.zip", date(2025, 9, 16)),
    ("benchmark/montpellier_tam_2024.zip", date(2024, 1, 16)),
    ("benchmark/porto_alegre_eptc.zip", date(2019, 5, 14)),
    ("benchmark/porto_alegre_trensurb.zip", date(2019, 5, 14)),
)
THAT_DAY = reach.Limits(service_days=(0,))
ON = date(2025, 3, 4)
COPIES = (1, 2, 4, 6)
HUBS = 40
APART_DEG = 10.0
LINK_S = 3600
STOPS, EVENTS = 60_000, 2_000_000
"""What "national" asks at least: stops, and events of one day."""


def rows(shared: Path) -> list[Row]:
    """Compile, memory, one to all and window at each size, their growth, and the peer's ratio."""
    with tempfile.TemporaryDirectory() as folder:
        feeds = [Path(folder) / f"{copies}.zip" for copies in COPIES]
        day = _day(shared / "transit")
        sizes = [write(path, day, copies) for path, copies in zip(feeds, COPIES, strict=True)]
        found = [in_own_process(measured, path) for path in feeds]
        n_stops, n_events = sizes[-1]
        if n_stops < STOPS or n_events < EVENTS:
            raise RuntimeError(f"not of national size: {n_stops} stops, {n_events} events a day")
        peer = against_cafein(feeds[-1])
    events = [size[1] for size in sizes]
    costs = {
        "compile (GTFS read and frozen)": ([one[0][0] for one in found], "s"),
        "peak memory of it": ([one[2] for one in found], "MB"),
        "one to all, per origin": ([one[0][1] * 1e3 for one in found], "ms"),
        "two-hour window with its median, per origin": ([one[0][2] * 1e3 for one in found], "ms"),
    }
    size = f"{n_stops:,} stops, {n_events / 1e6:.1f} M events a day"
    return [
        Row(
            f"National size ({size}): {what}",
            f"{values[-1]:.1f} {unit}, growth in events^{slope(events, values):.2f}",
            "–",
            "reported",
            None,
        )
        for what, (values, unit) in costs.items()
    ] + peer


def slope(sizes: list[int], costs: list[float]) -> float:
    """Slope of the line through the logarithms: 1 where cost grows as size does."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def measured(path: Path) -> tuple[float, float, float]:
    """Seconds to compile, and medians of one to all and of the window over drawn origins."""
    begun = time.perf_counter()
    tt = reach.Timetable.from_gtfs(path, start=ON, days=1)
    compile_s = time.perf_counter() - begun
    origins = connected(tt, 20)

    def spent(work) -> float:
        work(origins[0])
        times = []
        for origin in origins:
            start = time.perf_counter()
            work(origin)
            times.append(time.perf_counter() - start)
        return median(times)

    one_s = spent(lambda stop: reach.earliest_arrivals(tt, stop, MORNING_S, on=ON))
    window_s = spent(
        lambda stop: reach.window_percentile(tt, stop, WINDOW_S[0], WINDOW_MIN * 60, on=ON)
    )
    return compile_s, one_s, window_s


def against_cafein(path: Path) -> list[Row]:
    """One to all, and the window with its median, at this size; answers checked equal first."""
    both = CafeinNetwork(path, ON)
    origins = connected(both.timetable, 20)
    for origin in origins:
        ours = reach.earliest_arrivals(both.timetable, origin, MORNING_S, on=ON, limits=THAT_DAY)
        np.testing.assert_array_equal(ours, both.earliest_arrivals(origin, MORNING_S))
    check_window(both, origins[:3])
    ids = [both.stop_ids[origin] for origin in origins]

    def ours_all() -> None:
        reach.earliest_arrivals_from_each(
            both.timetable, origins, MORNING_S, on=ON, limits=THAT_DAY
        )

    def theirs_all() -> None:
        both.peer.travel_time_matrix(ids, both.moment(MORNING_S), workers=1)

    def ours_window() -> None:
        reach.window_percentiles(
            both.timetable, origins, WINDOW_S[0], WINDOW_MIN * 60, on=ON, limits=THAT_DAY
        )

    def theirs_window() -> None:
        both.peer.travel_time_matrix(
            ids,
            both.moment(WINDOW_S[0]),
            departure_time_window=WINDOW_MIN,
            percentiles=[50],
            workers=1,
        )

    n = len(origins)
    result = []
    for what, ours, theirs, bound in [
        ("one to all, 8:00", ours_all, theirs_all, 0.35),
        ("two-hour window with its median", ours_window, theirs_window, 0.2),
    ]:
        mine_s, other_s, ratio = paired(ours, theirs, runs=3)
        result.append(
            Row(
                f"National size, {what} ({n} origins, per origin)",
                f"{mine_s / n * 1e3:.1f} ms",
                f"cafein {other_s / n * 1e3:.1f} ms, ratio **{ratio:.2f}**",
                f"≤ {bound} × cafein",
                ratio <= bound,
            )
        )
    return result


# -- the network ----------------------------------------------------------------------------------


def _day(transit: Path) -> list[Feed]:
    """Each feed on its Tuesday."""
    return [read_gtfs([transit / name], start=on, days=1) for name, on in SOURCES]


def write(path: Path, day: list[Feed], copies: int) -> tuple[int, int]:
    """Write so many copies as one GTFS zip; gives its stops, and its events in a day."""
    tables = [_running(feed, number) for number, feed in enumerate(day)]
    stops, trips, times = (pl.concat([one[i] for one in tables]) for i in range(3))
    hubs = _hubs(tables[0])
    all_stops = pl.concat([_copied(stops, k).with_columns(_shifted(k)) for k in range(copies)])
    all_trips = pl.concat([_copied(trips, k) for k in range(copies)])
    all_times = pl.concat([_copied(times, k) for k in range(copies)])
    link_trips, link_times = _links(hubs, copies)
    all_trips, all_times = pl.concat([all_trips, link_trips]), pl.concat([all_times, link_times])
    files = {
        "agency.txt": pl.DataFrame(
            {
                "agency_id": ["a"],
                "agency_name": ["Réunion de réseaux"],
                "agency_url": ["https://example.org"],
                "agency_timezone": ["Europe/Paris"],
            }
        ),
        "stops.txt": all_stops,
        "routes.txt": pl.DataFrame(
            {"route_id": all_trips["route_id"].unique(maintain_order=True)}
        ).with_columns(
            pl.lit("a").alias("agency_id"),
            pl.col("route_id").alias("route_short_name"),
            pl.lit(3).alias("route_type"),
        ),
        "trips.txt": all_trips.with_columns(pl.lit("S").alias("service_id")),
        "stop_times.txt": all_times,
        "calendar_dates.txt": pl.DataFrame(
            {"service_id": ["S"], "date": [f"{ON:%Y%m%d}"], "exception_type": [1]}
        ),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, table in files.items():
            archive.writestr(name, table.write_csv())
    return all_stops.height, all_times.height


def _running(feed: Feed, number: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Stops, trips and calls of the day, their ids marked by the number of the feed."""
    runs = feed.services[feed.trips["service"].to_numpy(), 1]
    stops = feed.stops.select(
        _id(number, "stop_id"), pl.col("name").alias("stop_name"),
        pl.col("lat").alias("stop_lat"), pl.col("lon").alias("stop_lon"),
    )  # fmt: skip
    trips = feed.trips.with_columns(pl.Series("runs", runs)).with_row_index("trip")
    kept = trips.filter(pl.col("runs"))
    route_ids = feed.routes["route_id"].gather(kept["route"])
    calls = feed.stop_times.join(
        kept.select(pl.col("trip").cast(pl.Int32), "trip_id"), on="trip", maintain_order="left"
    )
    rank = pl.int_range(pl.len()).over("trip")
    times = calls.select(
        _id(number, "trip_id"),
        _clock("arrival_s").alias("arrival_time"),
        _clock("departure_s").alias("departure_time"),
        pl.Series("stop_id", feed.stops["stop_id"].gather(calls["stop"])).map_elements(
            lambda stop: f"{number}:{stop}", return_dtype=pl.String
        ),
        rank.alias("stop_sequence"),
    )
    return (
        stops,
        pl.DataFrame({"route_id": route_ids, "trip_id": kept["trip_id"]}).select(
            _id(number, "route_id"), _id(number, "trip_id")
        ),
        times,
    )


def _id(number: int, column: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{number}:"), pl.col(column)).alias(column)


def _clock(column: str) -> pl.Expr:
    seconds = pl.col(column)
    parts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    return pl.concat_str([part.cast(pl.String).str.zfill(2) for part in parts], separator=":")


def _copied(table: pl.DataFrame, k: int) -> pl.DataFrame:
    """The table with the ids of the k-th copy."""
    ids = [name for name in table.columns if name.endswith("_id")]
    return table.with_columns(pl.concat_str(pl.col(name), pl.lit(f"~{k}")) for name in ids)


def _shifted(k: int) -> pl.Expr:
    return (pl.col("stop_lat") - k * APART_DEG).alias("stop_lat")


def _hubs(tables: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]) -> list[str]:
    counts = tables[2]["stop_id"].value_counts().sort("count", "stop_id", descending=True)
    return counts["stop_id"].head(HUBS).to_list()


def _links(hubs: list[str], copies: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Hourly lines between a station and its copy next to it, both ways."""
    trips, times = [], []
    for k in range(copies - 1):
        for number, hub in enumerate(hubs):
            for hour in range(5, 22):
                for way, (a, b) in enumerate(((k, k + 1), (k + 1, k))):
                    trip = f"link:{k}:{number}:{hour}:{way}"
                    trips.append((f"link:{k}:{number}:{way}", trip))
                    start = hour * 3600
                    for rank, (stop, at_s) in enumerate(((a, start), (b, start + LINK_S))):
                        clock = f"{at_s // 3600:02d}:00:00"
                        times.append((trip, clock, clock, f"{hub}~{stop}", rank))
    return (
        pl.DataFrame(trips, {"route_id": pl.String, "trip_id": pl.String}, orient="row"),
        pl.DataFrame(
            times,
            {
                "trip_id": pl.String,
                "arrival_time": pl.String,
                "departure_time": pl.String,
                "stop_id": pl.String,
                "stop_sequence": pl.Int64,
            },
            orient="row",
        ),
    )

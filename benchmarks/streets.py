"""Streets: import and access at the size of a département, Dijkstra against scipy's.

No extract of 25 MB lies in the shared data: one is made of copies of Andorra's, a whole extract of
0.6 MB with its buildings and mountains, side by side and joined by roads, over a drawn relief.
"""

import tempfile
import time
from pathlib import Path

import numpy as np
import osmium
import rasterio
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from traitdunion.reach import BIKE, CAR, WALK, Mode, OsmStreets, Point, StreetMap
from traitdunion.reach.streets import StreetsReport, kernels
from traitdunion.reach.streets.importing import import_extract

from .measure import Row, in_own_process, median_s, paired

COLUMNS, ROWS = 8, 7
EAST_E7, NORTH_E7 = 3_700_000, 2_300_000
"""From a copy to the next, in 1e-7 degree: a little more than the extract is wide, and tall."""
SOUTH_WEST = (42.42, 1.40)
ID_STEP = 20_000_000_000
POINTS = 257
N_STOPS = 5_000


def rows(shared: Path) -> list[Row]:
    """All measurements of streets."""
    osm = shared / "osm"
    with tempfile.TemporaryDirectory() as folder:
        extract, elevation = Path(folder) / "copies.osm.pbf", Path(folder) / "relief.tif"
        copy_extract(osm / "andorra.osm.pbf", extract)
        draw_relief(elevation)
        saved = Path(folder) / "copies.tds"
        return [
            importing(extract, elevation, saved),
            loading(saved),
            *access(saved),
            against_scipy(osm / "porto_alegre.osm.pbf"),
        ]


def shifts() -> list[tuple[int, int, int]]:
    """Number, and 1e-7 degrees of latitude and longitude, of each copy."""
    return [
        (row * COLUMNS + column, row * NORTH_E7, column * EAST_E7)
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


def copy_extract(source: Path, target: Path) -> None:
    """Copies of an extract side by side, each joined to the next by a road."""
    nodes, ways = [], []
    for item in osmium.FileProcessor(str(source), osmium.osm.NODE | osmium.osm.WAY):
        tags = dict(item.tags)
        if item.is_node():
            nodes.append((item.id, item.location.x, item.location.y, tags))
        else:
            ways.append((item.id, [node.ref for node in item.nodes], tags))
    door = next(refs[0] for _, refs, tags in ways if tags.get("highway") == "primary")
    with osmium.SimpleWriter(str(target), overwrite=True) as out:
        for number, north, east in shifts():
            for node, x, y, tags in nodes:
                place = osmium.osm.Location((x + east) / 1e7, (y + north) / 1e7)
                out.add_node(
                    osmium.osm.mutable.Node(
                        id=node + number * ID_STEP, location=place, tags=tags, version=1
                    )
                )
        for number, _, _ in shifts():
            for way, refs, tags in ways:
                moved = [ref + number * ID_STEP for ref in refs]
                out.add_way(
                    osmium.osm.mutable.Way(
                        id=way + number * ID_STEP, nodes=moved, tags=tags, version=1
                    )
                )
        last = COLUMNS * ROWS * ID_STEP
        for number in range(COLUMNS * ROWS - 1):
            for step in (1, COLUMNS):
                if number + step < COLUMNS * ROWS:
                    last += 1
                    ends = [door + n * ID_STEP for n in (number, number + step)]
                    out.add_way(
                        osmium.osm.mutable.Way(
                            id=last, nodes=ends, tags={"highway": "primary"}, version=1
                        )
                    )


def draw_relief(target: Path) -> None:
    """Hills of a thousand metres over all copies, by cells of 30 m."""
    cell = 1 / 3600
    tall, wide = (
        int(count * step / 1e7 / cell) for count, step in ((ROWS, NORTH_E7), (COLUMNS, EAST_E7))
    )
    y, x = np.arange(tall, dtype=np.float32)[:, None], np.arange(wide, dtype=np.float32)[None, :]
    height = 1_500 + 500 * np.sin(x / 90) + 500 * np.cos(y / 70)
    south, west = SOUTH_WEST
    profile = {
        "driver": "GTiff", "count": 1, "dtype": "float32", "width": wide, "height": tall,
        "crs": "EPSG:4326",
        "transform": rasterio.Affine(cell, 0, west, 0, -cell, south + tall * cell),
    }  # fmt: skip
    with rasterio.open(target, "w", **profile) as out:
        out.write(height, 1)


def importing(extract: Path, elevation: Path, saved: Path) -> Row:
    """Import with relief in a fresh process."""
    report, seconds, peak = in_own_process(import_and_save, extract, elevation, saved)
    size_mb = extract.stat().st_size / 1e6
    return Row(
        f"Import streets with relief: an extract of {size_mb:.0f} MB, {COLUMNS * ROWS} copies of "
        f"Andorra's ({report.streets_km:,.0f} km, {report.nodes['walk']:,} nodes on foot, "
        f"{report.nodes['car']:,} by car; fresh process)",
        f"{seconds:.0f} s, peak {peak:.0f} MB",
        "–",
        "< 60 s, < 2,000 MB",
        seconds < 60 and peak < 2_000,
    )


def import_and_save(extract: Path, elevation: Path, saved: Path) -> StreetsReport:
    streets = import_extract(extract, elevation=elevation)
    streets.save(saved)
    return streets.report


def loading(saved: Path) -> Row:
    """Map the file, checksums verified or not."""
    verified_s = median_s(lambda: StreetMap.load(saved))
    fast_s = median_s(lambda: StreetMap.load(saved, verify=False))
    return Row(
        f"Load these streets ({saved.stat().st_size / 1e6:.0f} MB), checksums verified",
        f"{verified_s * 1e3:.0f} ms ({fast_s * 1e3:.1f} ms unverified)",
        "–",
        "reported",
        None,
    )


def access(saved: Path) -> list[Row]:
    """Access and egress of points near streets to stops on them, by the clock of the processor."""
    streets = StreetMap.load(saved)
    rng = np.random.default_rng(43)
    chosen = rng.choice(len(streets.arrays["lat"]), N_STOPS + POINTS, replace=False)
    lat, lon = (streets.arrays[name][chosen] / 1e7 for name in ("lat", "lon"))
    points = [Point(*at) for at in zip(lat[N_STOPS:].tolist(), lon[N_STOPS:].tolist(), strict=True)]
    result = []
    for mode, name in ((WALK, "on foot, 2 km"), (BIKE, "by bike, 8 km"), (CAR, "by car, 80 km")):
        (seconds, ties), _, peak = in_own_process(
            reach_all, saved, lat[:N_STOPS], lon[:N_STOPS], points, mode
        )
        result.append(
            Row(
                f"{POINTS} points × {N_STOPS:,} stops {name}: access and egress on these streets, "
                f"stops tied ({ties:,} ties found; CPU time of the one thread)",
                f"{seconds:.2f} s, peak {peak:.0f} MB",
                "–",
                "< 5 s",
                seconds < 5,
            )
        )
    return result


def reach_all(
    saved: Path, lat: np.ndarray, lon: np.ndarray, points: list[Point], mode: Mode
) -> tuple[float, int]:
    streets = OsmStreets(StreetMap.load(saved), lat[:1], lon[:1])
    for towards in (False, True):  # compiled, and working memory made
        streets.stops_around(points[0], mode, towards=towards)
    streets = OsmStreets(streets.map, lat, lon)
    start = time.process_time()
    ties = sum(
        len(streets.stops_around(point, mode, towards=towards).stops)
        for point in points
        for towards in (False, True)
    )
    return time.process_time() - start, ties


def against_scipy(extract: Path) -> Row:
    """One node to all others of a town by car, within ten minutes and without a limit."""
    streets = import_extract(extract)
    graph = streets.graphs["car"]
    towns = OsmStreets(streets, np.array([-30.03]), np.array([-51.2]))
    costs = towns._edge_costs(CAR)
    ms = np.maximum(costs >> 32, 1)
    n = graph.n_nodes
    # scipy adds parallel edges up: the quickest of each pair is left, for both.
    order = np.lexsort((ms, graph.heads, graph.tails))
    pair = graph.tails[order].astype(np.int64) * n + graph.heads[order]
    order = order[np.concatenate([[True], pair[1:] != pair[:-1]])]
    tails, heads, ms = graph.tails[order], graph.heads[order], ms[order]
    starts = np.searchsorted(tails, np.arange(n + 1)).astype(np.int32)
    roads = kernels.Roads(starts, heads, ms << 32)
    matrix = csr_array((ms.astype(float), heads, starts), shape=(n, n))
    scratch = towns._scratch("car")
    none = np.empty(0, np.int32), np.empty(0, np.int64)
    origins = np.random.default_rng(43).choice(n, 40, replace=False).astype(np.int32)

    def ours(origin: int) -> np.ndarray:
        seed = np.array([origin], np.int32), np.zeros(1, np.int64)
        _, _, reached = kernels.grow(roads, *seed, *none, kernels.LENGTH_MASK, scratch)
        labels = scratch.labels.copy()
        kernels.forget(scratch, reached)
        return labels

    for origin in origins:
        theirs = dijkstra(matrix, indices=origin)
        mine = ours(origin)
        np.testing.assert_array_equal(
            np.where(mine == kernels.FAR, np.inf, (mine >> 32).astype(float)), theirs
        )
    mine_s, other_s, ratio = paired(
        lambda: [ours(origin) for origin in origins],
        lambda: [dijkstra(matrix, indices=origin) for origin in origins],
    )
    return Row(
        f"One to all on streets, Porto Alegre by car ({len(origins)} origins, {n:,} nodes, "
        f"{len(ms):,} edges, per origin)",
        f"{mine_s / len(origins) * 1e3:.2f} ms",
        f"scipy {other_s / len(origins) * 1e3:.2f} ms, ratio **{ratio:.2f}**",
        "reported",
        None,
    )

"""Two real extracts: Porto Alegre with its timetable and relief, Andorra and its mountains."""

import csv
import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from naive_streets import shortest

from traitdunion import reach
from traitdunion.matching.situation import USUAL_MARGINS
from traitdunion.reach import BIKE, CAR, EBIKE, SCOOTER, WALK, Mode, Point
from traitdunion.reach.streets import DetourStreets, OsmStreets, kernels
from traitdunion.reach.streets.importing import import_extract

MARKET = Point(-30.0277, -51.2287)  # the public market, by the river
FOOT = Point(-30.07493, -51.17127)  # 53 m high, at the foot of the hill of which
HILL = Point(-30.08814, -51.16268)  # the top hexagon lies at 241 m, two kilometres away


@pytest.fixture(scope="module")
def hexagons(shared) -> list[Point]:
    with (shared / "osm/porto_alegre_hexgrid.csv").open() as file:
        return [Point(float(r["lat"]), float(r["lon"])) for r in csv.DictReader(file)]


@pytest.fixture(scope="module")
def hilly(shared):
    folder = shared / "osm"
    elevation = folder / "porto_alegre_elevation.tif"
    return import_extract(folder / "porto_alegre.osm.pbf", elevation=elevation)


@pytest.fixture(scope="module")
def city(hilly, hexagons) -> OsmStreets:
    """Porto Alegre, the middles of its hexagons as stops."""
    lat, lon = np.array(hexagons).T
    return OsmStreets(hilly, lat, lon)


def test_what_the_import_of_porto_alegre_tells(hilly):
    report = hilly.report
    assert report.ways_read == 15_886  # ways with a highway, counted by another reading of the file
    assert 14_000 < report.ways_kept < report.ways_read
    assert report.barriers > 50
    assert report.flat_streets < 0.05 * report.streets
    assert min(report.nodes.values()) > 10_000
    assert max(report.removed_km.values()) < 0.05 * report.streets_km


def test_labels_over_the_whole_city_are_those_of_plain_dijkstra(city):
    graph, costs = city.map.graphs["car"], city._edge_costs(CAR)
    scratch = city._scratch("car")
    roads = kernels.Roads(graph.starts, graph.heads, costs)
    seeds = np.array([graph.tails[0]]), np.zeros(1, np.int64)
    none = np.empty(0, np.int32), np.empty(0, np.int64)
    _, _, n = kernels.grow(roads, *seeds, *none, 2**32 - 1, scratch)
    edges = zip(graph.tails.tolist(), graph.heads.tolist(), costs.tolist(), strict=True)
    best = shortest(edges, [(int(seeds[0][0]), 0)], 2**32 - 1)
    assert scratch.labels.tolist() == [best.get(node, kernels.FAR) for node in range(graph.n_nodes)]
    # One component, but for the nodes where none but those who live on a private street start.
    assert n == len(best) > 0.7 * graph.n_nodes
    kernels.forget(scratch, n)


@pytest.mark.parametrize("mode", [WALK, BIKE, EBIKE, SCOOTER, CAR], ids=lambda m: m.code)
def test_ways_one_by_one_are_those_to_all(city, hexagons, mode):
    rng = np.random.default_rng(43)
    for origin in rng.choice(len(hexagons), 6, replace=False):
        out = city.stops_around(hexagons[origin], mode)
        back = city.stops_around(hexagons[origin], mode, towards=True)
        for places, towards in ((out, False), (back, True)):
            seconds_of = dict(zip(places.stops.tolist(), places.seconds.tolist(), strict=True))
            for stop in rng.choice(len(hexagons), 40, replace=False).tolist():
                ends = hexagons[origin], hexagons[stop]
                ends = ends[::-1] if towards else ends
                leg, quickest = (city.between(*ends, m) for m in (mode, _unlimited(mode)))
                if quickest is not None and quickest.metres <= mode.max_m:
                    assert seconds_of.get(stop) == leg.seconds == quickest.seconds
                elif stop in seconds_of:  # by a slower way that is not as long
                    assert seconds_of[stop] >= quickest.seconds


def _unlimited(mode: Mode) -> Mode:
    return replace(mode, max_m=1_000_000)


def test_streets_are_longer_than_a_bird_flies_and_lines_as_long_as_told(city, hexagons):
    rng = np.random.default_rng(7)
    detours = []
    for _ in range(60):
        a, b = (hexagons[i] for i in rng.choice(len(hexagons), 2, replace=False))
        leg = city.between(a, b, CAR)
        if leg is None:
            continue
        straight = float(reach.places.great_circle_m(a.lat, a.lon, np.array(b.lat), b.lon))
        lat, lon = np.array(leg.points).T
        drawn = float(reach.places.great_circle_m(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
        assert leg.metres >= straight - 1
        assert drawn == pytest.approx(leg.metres, abs=1 + 0.001 * leg.metres)
        assert leg.points[0] == a
        assert leg.points[-1] == b
        detours.append(leg.metres / straight)
    assert len(detours) > 40
    assert 1.2 < float(np.median(detours)) < 1.7


def test_a_bicycle_takes_longer_uphill(city):
    up, down = (city.between(*ends, BIKE) for ends in ((FOOT, HILL), (HILL, FOOT)))
    assert up.seconds > 2 * down.seconds
    helped = city.between(FOOT, HILL, EBIKE)
    assert helped.seconds < 0.85 * up.seconds
    walks = [city.between(*ends, _unlimited(WALK)) for ends in ((FOOT, HILL), (HILL, FOOT))]
    assert walks[0].seconds > 1.1 * walks[1].seconds
    flat = OsmStreets(_without_relief(city.map), city.lat, city.lon)
    there, again = (flat.between(*ends, BIKE) for ends in ((FOOT, HILL), (HILL, FOOT)))
    assert abs(there.seconds - again.seconds) < 0.1 * there.seconds


def share_within(streets, mode, percent):
    """Return the share of the estimated accesses whose real way ends within estimate and margin."""
    limits = reach.Limits(access_margin_s=120, access_margin_percent=percent)
    model = DetourStreets(streets.lat, streets.lon)
    held = []
    for origin in itertools.starmap(Point, zip(streets.lat[:80], streets.lon[:80], strict=True)):
        guess = model.stops_around(origin, mode)
        way = streets.stops_around(origin, replace(mode, max_m=5 * mode.max_m))
        real_s = np.full(len(streets.lat), reach.UNREACHED)
        real_s[way.stops] = np.where(way.estimated, reach.UNREACHED, way.seconds)
        going = guess.seconds > mode.fixed_s
        kept_s = guess.seconds + limits.access_margins_s(guess.seconds)
        held += (real_s[guess.stops] <= kept_s)[going].tolist()
    assert len(held) > 1000
    return float(np.mean(held))


def ends_of_streets(streets):
    """Return the degrees of three hundred ends of streets open to cars and to people on foot."""
    roads = np.flatnonzero(streets.graphs["car"].open & streets.graphs["walk"].open)
    some = streets.arrays["first"][np.random.default_rng(13).choice(roads, 300, replace=False)]
    return streets.arrays["lat"][some] * 1e-7, streets.arrays["lon"][some] * 1e-7


@pytest.mark.parametrize(
    ("mode", "in_town", "in_mountains"), [(WALK, 0.90, 0.73), (BIKE, 0.94, 0.65), (CAR, 0.93, 0.91)]
)  # fmt: skip
def test_the_usual_margin_covers_nine_estimated_accesses_of_ten_in_a_town(
    hilly, andorra, mode, in_town, in_mountains
):
    """The figures of ce-que-dit-une-reponse.md: fewer where the model knows no valley."""
    town = OsmStreets(hilly, *ends_of_streets(hilly))
    assert share_within(town, mode, USUAL_MARGINS.access_percent) == pytest.approx(
        in_town, abs=0.006
    )
    assert share_within(town, mode, percent=20) < 0.86
    assert share_within(andorra, mode, USUAL_MARGINS.access_percent) == pytest.approx(
        in_mountains, abs=0.006
    )


def _without_relief(streets):
    arrays = {k: v for k, v in streets.arrays.items() if not k.startswith("effort")}
    return type(streets)(streets.header, arrays)


def test_climbs_add_up_to_the_difference_of_height(city, shared):
    # Up minus down along the way is the height of its end above its start, by another reading.
    import rasterio

    graph = city.map.graphs["bike"]
    way = city.between(FOOT, HILL, BIKE)
    with rasterio.open(shared / "osm/porto_alegre_elevation.tif") as raster:
        ends = [way.points[1], way.points[-2]]
        heights = [float(v[0]) for v in raster.sample([(p.lon, p.lat) for p in ends])]
    a, b = city._spot(FOOT, BIKE), city._spot(HILL, BIKE)
    edges, _, labels, rests = city._seeds(a, BIKE, False)
    ends_, _, gaps, parts = city._seeds(b, BIKE, True)
    scratch = city._scratch("bike")
    taken, _, n = kernels.grow(
        city._side(BIKE, False).roads, graph.heads[edges], labels + rests, graph.tails[ends_],
        gaps + parts, 4_000_000_000, scratch,
    )  # fmt: skip
    node, climbed = int(graph.tails[ends_[taken]]), 0.0
    while (parent := int(scratch.parents[node])) >= 0:
        street, against = divmod(int(graph.ways[parent]), 2)
        rise = float(city.map.arrays["up_m"][street] - city.map.arrays["down_m"][street])
        climbed += -rise if against else rise
        node = int(graph.tails[parent])
    kernels.forget(scratch, n)
    assert climbed == pytest.approx(heights[1] - heights[0], abs=12)
    assert climbed > 150


def test_one_way_streets_are_respected(city):
    # Along the drawn way of a car, no piece goes against a one-way street.
    graph = city.map.graphs["car"]
    both = np.bincount(graph.street, minlength=len(city.map.length_mm))
    one_way = np.flatnonzero(both == 1)
    assert len(one_way) > 3_000
    lat, lon = city.map.arrays["lat"] / 1e7, city.map.arrays["lon"] / 1e7
    first, last = city.map.arrays["first"], city.map.arrays["last"]
    checked = 0
    for street in one_way[::120].tolist():
        if city.map.length_mm[street] < 60_000 or not graph.open[street]:
            continue
        (edge,) = graph.street_edges[graph.street_starts[street] : graph.street_starts[street + 1]]
        at = city.map.arrays["at_mm"][first[street] : last[street] + 1].astype(float)
        thirds = at[0] + (at[-1] - at[0]) * np.array([1 / 3, 2 / 3])
        points = slice(first[street], last[street] + 1)
        ends = [Point(np.interp(t, at, lat[points]), np.interp(t, at, lon[points])) for t in thirds]
        ends = ends[::-1] if graph.ways[edge] & 1 else ends
        along, against = city.between(*ends, CAR), city.between(*ends[::-1], CAR)
        assert against.metres > along.metres
        checked += 1
    assert checked > 10


def test_journeys_over_the_timetable_of_porto_alegre_walk_along_its_streets(shared, hilly):
    feed = shared / "transit/benchmark/porto_alegre_eptc.zip"
    tt = reach.Timetable.from_gtfs(feed, start=date(2019, 5, 13), days=3)
    lat, lon = tt.arrays["stop_lat"], tt.arrays["stop_lon"]
    on_streets, by_guess = OsmStreets(hilly, lat, lon), DetourStreets(lat, lon)
    when = reach.When(date(2019, 5, 14), 8 * 3600)
    journeys = reach.journeys(tt, MARKET, HILL, when, streets=on_streets)
    rides = [journey for journey in journeys if journey.rides]
    assert rides
    for journey in rides:
        ends = [leg for leg in (journey.legs[0], journey.legs[-1]) if leg.kind == "walk"]
        for leg in ends:
            way = on_streets.between(leg.from_point, leg.to_point, WALK)
            assert not leg.estimated
            assert leg.duration_s == way.seconds
            assert leg.distance_m == pytest.approx(way.metres)
    assert all(j.estimated for j in reach.journeys(tt, MARKET, HILL, when, streets=by_guess))


@pytest.fixture(scope="module")
def andorra(shared):
    streets = import_extract(shared / "osm/andorra.osm.pbf")
    return OsmStreets(streets, *ends_of_streets(streets))


def test_andorra_is_driven_through_end_to_end(andorra):
    # From Sant Julià de Lòria to the Pas de la Casa: some 37 km by the general roads 1 and 2.
    leg = andorra.between(Point(42.463, 1.49), Point(42.5437, 1.7336), CAR)
    assert not leg.estimated
    assert 33_000 < leg.metres < 41_000
    assert 35 * 60 < leg.seconds < 75 * 60
    assert len(leg.points) > 200


def test_mountains_without_a_street_say_so(andorra):
    # The top of Coma Pedrosa, 2,942 m: paths lead there, no road comes near.
    top = Point(42.5917, 1.4439)
    assert andorra.why_off(top, CAR) == "à plus de 500 m de toute rue praticable"
    assert andorra.between(top, Point(42.5078, 1.5211), CAR) is None


def test_beyond_the_border_ways_are_estimated(andorra):
    foix = Point(42.9639, 1.6053)
    leg = andorra.between(foix, Point(42.5078, 1.5211), CAR)
    assert leg.estimated

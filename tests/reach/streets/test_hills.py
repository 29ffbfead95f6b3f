"""Climbs, from rasters drawn for the purpose: seconds up and down worked out from the papers."""

from pathlib import Path

import numpy as np
import pytest
from drawn_relief import climbing, raster
from street_world import BLOCK_E7, CAR, ROAD, draw

from traitdunion.reach import BIKE, EBIKE, WALK, StreetsImportError
from traitdunion.reach.streets import slopes
from traitdunion.reach.streets.elevation import heights
from traitdunion.reach.streets.importing import import_extract

UP = {"A": (0, 0), "B": (10, 0)}
"""A kilometre, eastwards."""


def free(mode, **changed):
    """The mode without its fixed time."""
    return mode.__class__(mode.code, mode.speed_kmh, 50_000, **changed)


def both_ways(world, elevation, mode):
    streets = world.streets(elevation=elevation)
    a, b = world.point("A"), world.point("B")
    return streets.between(a, b, mode).seconds, streets.between(b, a, mode).seconds


@pytest.mark.parametrize(
    ("mode", "percent", "up_s", "down_s"),
    [
        # A kilometre on foot takes 800 s on the flat. Tobler: exp(3.5 × 0.05) up a slope of 5 %,
        # exp(-3.5 × 0.05) down it, where one walks fastest.
        (free(WALK), 5, 953, 672),
        (free(WALK), 0, 800, 800),
        # At 16 km/h, 225 s. Parkin and Rotheram at 5 %: 1 - 5 × 0.4002 / 6.01 = 0.667 of the speed
        # up, 1 + 5 × 0.2379 / 6.01 = 1.198 down.
        (free(BIKE), 5, 338, 188),
        (free(BIKE), 0, 225, 225),
        # At 12 %, pushed: 4 km/h. Down, braked from 8 % on: 1.3167 of the speed.
        (free(BIKE), 12, 900, 171),
        # With assistance, 180 s at 20 km/h; of 5 % up, 0.8 % is left to the rider: 0.9467.
        (free(EBIKE), 5, 191, 151),
        (free(EBIKE), 4, 180, 156),
        # Engines climb alike.
        (CAR, 5, 100, 100),
    ],
)
def test_a_kilometre_up_and_down(tmp_path, mode, percent, up_s, down_s):
    world = draw(tmp_path, UP, f"A B {ROAD}")
    elevation = raster(tmp_path / "relief.tif", climbing(percent))
    assert both_ways(world, elevation, mode) == (up_s, down_s)


def test_without_an_elevation_the_average_over_hills_is_ridden(tmp_path):
    world = draw(tmp_path, UP, f"A B {ROAD}")
    assert both_ways(world, None, free(BIKE)) == (277, 277)  # 13 km/h
    assert "Sans relief : les rues sont comptées plates." in world.streets().map.report.lines()


def test_climbs_are_kept_for_each_street(tmp_path):
    # Up 5 m a block to the ridge in the middle, down again: 25 m each.
    world = draw(tmp_path, UP, f"A B {ROAD}")
    elevation = raster(tmp_path / "relief.tif", lambda x, y: 25 - 5 * np.abs(x - 5))
    arrays = world.streets(elevation=elevation).map.arrays
    # The ridge is as broad as a section of 59 m, which starts 30 m before it: 1.5 m are not seen.
    assert arrays["up_m"] == pytest.approx([25], abs=1.5)
    assert arrays["down_m"] == pytest.approx(arrays["up_m"], abs=0.2)


def test_a_bridge_is_not_ridden_down_into_the_valley(tmp_path):
    def valley(x, y):
        return np.where(np.abs(x - 5) < 3, 0.0, 60.0)

    elevation = raster(tmp_path / "relief.tif", valley)
    bridge = draw(tmp_path, UP, f"A B {ROAD} bridge=yes")
    assert both_ways(bridge, elevation, free(BIKE)) == (225, 225)
    lane = draw(tmp_path, UP, f"A B {ROAD}")
    # Of 17 sections of 58.8 m, 13.2 s each, one goes down a cliff (÷ 1.3167) and one up (× 4).
    assert both_ways(lane, elevation, free(BIKE)) == (262, 262)


def test_where_the_elevation_ends_streets_are_flat_and_counted(tmp_path):
    world = draw(tmp_path, {"A": (0, 0), "B": (10, 0), "C": (40, 0)}, f"A B {ROAD}", f"B C {ROAD}")
    elevation = raster(tmp_path / "relief.tif", climbing(5), east=20)
    report = world.streets(elevation=elevation).map.report
    assert report.flat_streets == 1
    assert "Rues sans relief connu, comptées plates : 1." in report.lines()
    assert both_ways(world, elevation, free(BIKE)) == (338, 188)


def test_cells_without_a_value_are_unknown(tmp_path):
    world = draw(tmp_path, UP, f"A B {ROAD}")
    elevation = raster(
        tmp_path / "relief.tif", lambda x, y: np.where(x > 9, -9999, 100.0), nodata=-9999
    )
    with pytest.raises(StreetsImportError, match="ne couvre aucune des rues"):
        world.streets(elevation=elevation)


def test_an_elevation_elsewhere_is_refused(tmp_path):
    world = draw(tmp_path, {"A": (500, 0), "B": (510, 0)}, f"A B {ROAD}")
    with pytest.raises(StreetsImportError, match="ne couvre aucune des rues"):
        world.streets(elevation=raster(tmp_path / "relief.tif", climbing(1)))


def test_what_is_no_elevation_is_refused(tmp_path):
    world = draw(tmp_path, UP, f"A B {ROAD}")
    note = tmp_path / "note.tif"
    note.write_text("pas un relief")
    with pytest.raises(StreetsImportError, match="GeoTIFF"):
        world.streets(elevation=note)
    with pytest.raises(FileNotFoundError):
        world.streets(elevation=tmp_path / "absent.tif")


def test_heights_lie_between_the_cells(tmp_path):
    # A plane is told exactly between cells, in any system of coordinates.
    plane = raster(tmp_path / "plane.tif", lambda x, y: 10 * x + 3 * y + 200)
    lat, lon = np.array([0.1, 1.37, 3.0]), np.array([0.0, 2.22, 5.9])
    scale = BLOCK_E7 / 1e7
    wanted = 10 * lon + 3 * lat + 200
    np.testing.assert_allclose(heights(plane, lat * scale, lon * scale), wanted, atol=1e-3)
    moved = raster(tmp_path / "moved.tif", lambda x, y: 10 * x + 3 * y + 200, crs="EPSG:3857")
    np.testing.assert_allclose(heights(moved, lat * scale, lon * scale), wanted, atol=1e-3)


def test_slopes_are_slower_up_than_down_and_never_stop():
    slope = np.linspace(-0.3, 0.3, 121)
    for model in slopes.MODELS.values():
        slowness = model(slope)
        assert (slowness > 0).all()
        assert np.isfinite(slowness).all()
        assert (model(slope[slope > 0]) >= model(-slope[slope > 0])).all()
    assert slopes.cycling(np.array([0.0])) == 1
    assert slopes.walking(np.array([0.0])) == 1
    assert (slopes.assisted_cycling(slope) <= slopes.cycling(slope)).all()


@pytest.mark.parametrize("void", [-9_999.0, -32_768.0, 12_000.0])
def test_heights_of_no_ground_are_voids_though_undeclared(tmp_path, void):
    declared = raster(tmp_path / "a.tif", lambda x, y: np.where(x < 5, void, 100.0), nodata=void)
    bare = raster(tmp_path / "b.tif", lambda x, y: np.where(x < 5, void, 100.0))
    world = draw(tmp_path, {"A": (0, 0), "B": (10, 0), "C": (20, 0)}, f"A B {ROAD}", f"B C {ROAD}")
    for elevation in (declared, bare):
        report = import_extract(world.path, elevation=elevation).report
        assert report.flat_streets == 1
        assert report.lines()[-1] == "Rues sans relief connu, comptées plates : 1."


def test_the_published_void_is_counted():
    case = Path(__file__).parents[4] / "shared" / "cases" / "feeds" / "elevation-voids"
    if not case.exists():
        pytest.skip("the published cases are not here")
    report = import_extract(case / "o.osm", elevation=case / "e5.tif").report
    assert report.flat_streets > 0

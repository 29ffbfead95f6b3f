"""The streets in use: imported in one step, read once, estimated where they cannot be read."""

from datetime import UTC, datetime

import pytest
from draw import draw as draw_timetable
from street_world import ROAD, draw

from traitdunion import reach
from traitdunion.networks import streets as street_maps

NOW = datetime(2025, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "streets"


@pytest.fixture
def tt():
    return draw_timetable("A 7:00 > B 7:30")


def extract(tmp_path, length=10):
    return draw(tmp_path, {"A": (0, 0), "B": (length, 0)}, f"A B {ROAD}").path


def test_what_is_imported_is_in_use(tmp_path, root, tt):
    collected = []
    made = street_maps.import_streets(
        extract(tmp_path), root=root, now=NOW, progress=lambda step, share: collected.append(share)
    )
    assert (made.source, made.elevation, made.imported_at) == ("world.osm", "", NOW)
    assert street_maps.streets_in_use(root) == made
    assert collected == sorted(collected)
    assert collected[-1] == 1.0
    streets = street_maps.streets_over(tt, root)
    assert isinstance(streets, reach.OsmStreets)
    assert streets.map.arrays["at_mm"][-1] == pytest.approx(1_000_000, abs=50)
    assert [path.name for path in root.iterdir()] == ["streets.tds"]


def test_streets_are_read_once_and_anew_after_an_import(tmp_path, root, tt):
    street_maps.import_streets(extract(tmp_path), root=root, now=NOW)
    first = street_maps.streets_over(tt, root)
    assert street_maps.streets_over(tt, root) is first
    derived = reach.Timetable(tt.header, dict(tt.arrays))
    assert street_maps.streets_over(derived, root) is first
    other = draw_timetable("A 7:00 > C 7:30")
    tied_anew = street_maps.streets_over(other, root)
    assert tied_anew is not first
    assert tied_anew.map is first.map
    street_maps.import_streets(extract(tmp_path, length=20), root=root, now=NOW)
    second = street_maps.streets_over(tt, root)
    assert second.map.report.streets_km == pytest.approx(2, abs=0.001)
    # Who holds the former map goes on reading it.
    assert first.map.arrays["at_mm"][-1] == pytest.approx(1_000_000, abs=50)


def test_without_streets_ways_are_estimated(root, tt):
    assert isinstance(street_maps.streets_over(tt, root), reach.DetourStreets)
    assert street_maps.label_of(street_maps.streets_over(tt, root)) == ""
    with pytest.raises(FileNotFoundError, match="traitdunion streets import"):
        street_maps.streets_in_use(root)


def test_streets_that_cannot_be_read_are_told_and_ways_estimated(tmp_path, root, tt, caplog):
    street_maps.import_streets(extract(tmp_path), root=root, now=NOW)
    (root / "streets.tds").write_bytes(b"TDSTREET" + bytes(100))
    assert isinstance(street_maps.streets_over(tt, root), reach.DetourStreets)
    assert "Trajets estimés, les rues ne sont pas lisibles" in caplog.text
    with pytest.raises(reach.StreetsFileError):
        street_maps.streets_in_use(root)


def test_an_import_that_fails_keeps_the_streets(tmp_path, root, tt):
    made = street_maps.import_streets(extract(tmp_path), root=root, now=NOW)
    note = tmp_path / "note.osm.pbf"
    note.write_bytes(b"pas un extrait")
    with pytest.raises(reach.StreetsImportError):
        street_maps.import_streets(note, root=root, now=NOW)
    with pytest.raises(FileNotFoundError):
        street_maps.import_streets(
            extract(tmp_path), root=root, now=NOW, elevation=tmp_path / "absent.tif"
        )
    assert street_maps.streets_in_use(root) == made

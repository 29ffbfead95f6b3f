"""The file of streets: read back as written, refused when it is not sound."""

import pickle
import re
from pathlib import Path

import pytest
from street_world import CAR, ROAD, draw, over

import traitdunion
from traitdunion.reach import StreetMap, StreetsFileError, StreetsImportError, Timetable
from traitdunion.reach.storage import TimetableFileError
from traitdunion.reach.streets.importing import import_extract


@pytest.fixture
def saved(tmp_path):
    world = draw(tmp_path, {"A": (0, 0), "B": (10, 0)}, f"A B {ROAD}")
    path = tmp_path / "streets.tds"
    import_extract(world.path).save(path)
    return path


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda b: b[:10], "ce n'est pas une carte des rues"),
        (lambda b: b"TRAITDUN" + b[8:], "ce n'est pas une carte des rues"),
        (lambda b: b[:8] + b"\x63" + b[9:], "format 99"),
        (lambda b: b[:-64], "tronqué"),
        (lambda b: b[:-128] + bytes([b[-128] ^ 1]) + b[-127:], "données abîmées"),
    ],
)
def test_a_file_that_is_not_sound_says_to_import_anew(saved, spoil, said):
    saved.write_bytes(spoil(saved.read_bytes()))
    with pytest.raises(StreetsFileError, match=said):
        StreetMap.load(saved)


def test_streets_travel_to_another_process_without_what_was_searched(tmp_path, saved):
    world = draw(tmp_path, {"A": (0, 0), "B": (10, 0)}, f"A B {ROAD}")
    start, end = world.point("A"), world.point("B")
    streets = over(StreetMap.load(saved), start, end)
    before = streets.between(start, end, CAR), streets.stops_around(start, CAR)
    again = pickle.loads(pickle.dumps(streets))
    assert again.between(start, end, CAR) == before[0]
    assert [column.tolist() for column in again.stops_around(start, CAR)] == [
        column.tolist() for column in before[1]
    ]


def test_streets_and_timetables_are_not_taken_for_one_another(saved):
    with pytest.raises(TimetableFileError, match="n'est pas un horaire compilé"):
        Timetable.load(saved)


def test_an_extract_that_holds_no_street_is_refused(tmp_path):
    world = draw(tmp_path, {"A": (0, 0), "B": (1, 0)}, "A B building=yes")
    with pytest.raises(StreetsImportError, match="aucune rue dans cet extrait"):
        import_extract(world.path)
    one_way = draw(tmp_path, {"A": (0, 0), "B": (1, 0)}, "A B highway=motorway foot=no")
    with pytest.raises(StreetsImportError, match="aucune rue ne forme un réseau"):
        import_extract(one_way.path)


def test_what_is_no_extract_is_refused(tmp_path):
    note = tmp_path / "note.osm.pbf"
    note.write_bytes(b"pas un extrait")
    with pytest.raises(StreetsImportError, match="extrait OpenStreetMap illisible"):
        import_extract(note)
    with pytest.raises(FileNotFoundError):
        import_extract(tmp_path / "absent.osm.pbf")


def test_loops_are_compiled_in_files_of_kernels_only():
    package = Path(traitdunion.__file__).parent
    texts = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if re.search(r"from numba import|import numba|@n?jit", path.read_text(encoding="utf-8"))
    }
    assert texts == {
        "reach/kernels.py",
        "reach/pareto_kernels.py",
        "reach/site_weeks/held_kernels.py",
        "reach/site_weeks/kernels.py",
        "reach/site_weeks/view_kernels.py",
        "reach/streets/kernels.py",
        "reach/window_kernels.py",
    }

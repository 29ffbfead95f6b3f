"""Command `traitdunion streets`, as its entry point runs it."""

import pytest
from django.core.management import CommandError
from streets.street_world import ROAD, draw


@pytest.fixture(autouse=True)
def own_folder(tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path / "data"


@pytest.fixture
def extract(tmp_path):
    return draw(tmp_path, {"A": (0, 0), "B": (10, 0), "C": (10, 10)}, f"A B C {ROAD}").path


def test_streets_are_imported_then_told(run, extract):
    shown = run("streets", "import", extract)
    assert "Rues en service : world.osm, importées le" in shown
    assert "Voies lues : 1, gardées : 1." in shown
    assert "Sans relief : les rues sont comptées plates." in shown
    assert "© les contributeurs d'OpenStreetMap" in shown
    assert run("streets", "info") == shown
    output = run("streets", "info", "--json")
    assert output["source"] == "world.osm"
    assert output["report"]["streets_km"] == pytest.approx(2, abs=0.001)
    assert output["report"]["nodes"] == {"walk": 2, "bike": 2, "car": 2}


def test_without_streets_the_command_says_what_to_do(run):
    with pytest.raises(CommandError, match="estimés à vol d'oiseau"):
        run("streets", "info")


@pytest.mark.parametrize("words", [["absent.osm.pbf"], ["{extract}", "--elevation", "absent.tif"]])
def test_a_missing_file_is_named_and_the_streets_stay(run, extract, words):
    before = run("streets", "import", extract)
    with pytest.raises(CommandError, match=r"n'existe pas.*n'ont pas changé") as refused:
        run("streets", "import", *(word.format(extract=extract) for word in words))
    assert "absent" in str(refused.value)
    assert run("streets", "info") == before


def test_what_is_no_extract_is_refused_in_french(run, tmp_path):
    note = tmp_path / "note.osm.pbf"
    note.write_bytes(b"rien")
    with pytest.raises(CommandError, match="extrait OpenStreetMap illisible"):
        run("streets", "import", note)

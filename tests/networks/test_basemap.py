"""The ground of maps: built by tilemaker, served from one file, with its names; or said missing."""

import gzip
import shutil
import sqlite3

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from traitdunion.networks import basemap

DRAWN = gzip.compress(b"a tile")


@pytest.fixture
def folder(tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    return tmp_path / "basemap"


@pytest.fixture
def drawn(folder):
    """A file of two tiles, written by hand: at zoom 1, north-west and south-west."""
    folder.mkdir()
    tiles = sqlite3.connect(folder / basemap.FILE)
    tiles.executescript(
        "CREATE TABLE metadata (name TEXT, value TEXT);"
        "CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB);"
        "INSERT INTO metadata VALUES ('bounds', '1.4,42.4,1.8,42.7');"
    )
    # MBTiles count rows from the south: row 1 of zoom 1 is the north.
    tiles.executemany(
        "INSERT INTO tiles VALUES (1, 0, ?, ?)", [(1, DRAWN), (0, gzip.compress(b"south"))]
    )
    tiles.commit()
    tiles.close()
    return folder


def test_a_tile_is_served_as_it_was_built_and_once(client, drawn):
    response = client.get("/fonds/1/0/0.pbf", HTTP_ACCEPT_ENCODING="gzip")
    assert response.status_code == 200
    assert response.content == DRAWN
    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "public" in response["Cache-Control"]
    again = client.get("/fonds/1/0/0.pbf", HTTP_IF_NONE_MATCH=response["ETag"])
    assert again.status_code == 304
    assert gzip.decompress(client.get("/fonds/1/0/1.pbf", HTTP_ACCEPT_ENCODING="gzip").content) == (
        b"south"
    )


def test_a_reader_without_gzip_gets_the_tile_plain(client, drawn):
    response = client.get("/fonds/1/0/0.pbf")
    assert response.content == b"a tile"
    assert "Content-Encoding" not in response


@pytest.mark.parametrize("address", ["1/1/0", "2/3/3", "1/0/9", "30/0/0", "0/0/0"])
def test_nothing_is_drawn_out_of_the_extract(client, drawn, address):
    assert client.get(f"/fonds/{address}.pbf").status_code == 204


def test_without_a_ground_tiles_are_empty_and_the_command_says_how_to_build_one(client, folder):
    assert client.get("/fonds/1/0/0.pbf").status_code == 204
    with pytest.raises(CommandError, match="traitdunion basemap build"):
        call_command("basemap", "info")


def test_without_tilemaker_the_command_says_what_to_install(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(basemap.shutil, "which", lambda program: None)
    extract = tmp_path / "extrait.osm.pbf"
    extract.write_bytes(b"")
    with pytest.raises(CommandError, match="apt-get install tilemaker"):
        call_command("basemap", "build", str(extract))
    assert not folder.exists()


def test_a_file_that_is_no_extract_leaves_the_ground_in_use(drawn, tmp_path, monkeypatch):
    monkeypatch.setattr(basemap.shutil, "which", lambda program: "/bin/false")
    wrong = tmp_path / "photo.osm.pbf"
    wrong.write_bytes(b"not an extract")
    with pytest.raises(CommandError, match="n'a pas changé"):
        call_command("basemap", "build", str(wrong))
    assert basemap.basemap_in_use(drawn).tiles == 2


@pytest.mark.skipif(shutil.which("tilemaker") is None, reason="tilemaker is not on this machine")
@pytest.mark.parametrize(
    ("name", "zoom", "x", "y", "words"),
    [
        ("andorra", 12, 2065, 1512, [b"Andorra la Vella", b"village", b"primary"]),
        ("porto_alegre", 13, 2930, 4812, [b"Avenida", b"secondary"]),
    ],
)
def test_the_tiles_of_an_extract_carry_its_names(shared, folder, name, zoom, x, y, words):
    made = basemap.build(shared / "osm" / f"{name}.osm.pbf", root=folder)
    assert made.tiles >= 30
    tile = gzip.decompress(basemap.tile(folder, zoom, x, y))
    for word in words:
        assert word in tile
    assert not list(folder.glob("tmp*"))

"""The compiled file: same answers, refused when it is not sound, replaced in one step."""

import numpy as np
import pytest
from draw import MONDAY, draw

from traitdunion import reach
from traitdunion.reach import storage


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "small.tdu"
    draw("A 8:00 > B 8:10", "B 8:20 > C 8:30").save(path)
    return path


def test_a_loaded_timetable_answers_the_same(saved):
    loaded = reach.Timetable.load(saved)
    assert reach.earliest_arrivals(loaded, 0, 0, on=MONDAY).tolist() == [0, 29_400, 30_600]
    assert loaded.stops["stop_id"].to_list() == ["A", "B", "C"]
    assert not loaded.arrays["arrival_s"].flags.writeable


def test_every_byte_that_matters_is_checked(saved):
    sound = saved.read_bytes()
    rng = np.random.default_rng(1)
    for position in rng.integers(0, len(sound), 200):
        damaged = bytearray(sound)
        damaged[position] ^= 0xFF
        saved.write_bytes(damaged)
        try:
            loaded = reach.Timetable.load(saved)
        except reach.TimetableFileError:
            continue
        # What is let through lies in the padding between arrays.
        for name, array in loaded.arrays.items():
            np.testing.assert_array_equal(array, storage_arrays(sound, saved)[name])


def storage_arrays(content, path):
    twin = path.with_suffix(".sound")
    twin.write_bytes(content)
    return storage.read(twin)[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b: b[:-100], "tronqué"),
        (lambda b: b[:300], "abîmé"),
        (lambda b: b[:10], "n'est pas un horaire compilé"),
        (lambda b: b"PK\x03\x04" + b[4:], "n'est pas un horaire compilé"),
        (lambda b: b[:8] + b"\x63\x00\x00\x00" + b[12:], "format 99"),
        (lambda b: b + b"more", "tronqué"),
    ],
)
def test_another_kind_of_file_is_refused(saved, change, message):
    saved.write_bytes(change(saved.read_bytes()))
    with pytest.raises(reach.TimetableFileError, match=message):
        reach.Timetable.load(saved)


def test_a_failed_save_leaves_the_previous_file(saved, monkeypatch):
    before = saved.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(storage.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        draw("A 9:00 > B 9:10").save(saved)
    assert saved.read_bytes() == before
    assert [p.name for p in saved.parent.iterdir()] == [saved.name]

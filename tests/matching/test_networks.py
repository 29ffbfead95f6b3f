"""The network in use never goes missing: killed imports, damaged files, changes under readers."""

import json
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from small_feeds import MONDAY, write_folder, write_zip

from traitdunion import reach
from traitdunion.matching import networks

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "networks"


def put(root: Path, label: str = "essai", *, minute: int = 0, **more) -> networks.NetworkVersion:
    """Import the small feed; `minute` after 10:30."""
    feed = write_zip(root.parent / "in" / "cars.zip")
    values = {"start": MONDAY, "days": 7, "demonstration": True} | more
    return networks.import_network(
        [feed], label=label, root=root, now=NOW + timedelta(minutes=minute), **values
    )


def test_an_imported_network_answers_and_says_what_it_is(root):
    made = put(root)
    network = networks.current_network(root)
    assert network.version == made.version
    assert made.version.startswith("20261124-103000-")
    assert (network.label, network.demonstration, network.feeds) == ("essai", True, ("cars.zip",))
    assert network.imported_at == NOW
    assert network.timetable.n_stops == 2
    assert (network.timetable.start, network.timetable.days) == (MONDAY, 7)


def test_the_same_network_is_loaded_once(root):
    put(root)
    assert networks.current_network(root) is networks.current_network(root)


def test_progress_is_told_up_to_the_end(root):
    told = []
    put(root, progress=lambda step, share: told.append(share))
    assert told[-1] == 1
    assert all(0 <= share <= 1 for share in told)


def test_without_a_network_it_says_how_to_import_one(root):
    with pytest.raises(FileNotFoundError, match="traitdunion network import"):
        networks.current_network(root)


def test_a_dangling_link_is_no_network(root):
    made = put(root)
    shutil.rmtree(root / made.version)
    with pytest.raises(FileNotFoundError):
        networks.current_network(root.parent / "in" / ".." / "networks")
    assert networks.list_networks(root) == []


def test_a_folder_and_a_zip_of_one_name_are_imported_together(root, tmp_path):
    one, two = write_folder(tmp_path / "a" / "cars"), write_zip(tmp_path / "b" / "cars")
    made = networks.import_network(
        [one, two], label="deux", start=MONDAY, days=7, demonstration=False, root=root, now=NOW
    )
    assert made.feeds == ("cars", "cars")
    assert networks.current_network(root).timetable.n_stops == 4


def test_a_network_in_which_nothing_runs_is_refused_with_its_dates(root):
    before = put(root)
    with pytest.raises(networks.NetworkImportError, match="du 04/01/2027 au 10/01/2027"):
        put(root, start=date(2027, 1, 4), minute=1)
    assert networks.current_network(root).version == before.version


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_an_unreadable_file_changes_nothing_and_leaves_nothing(root, tmp_path, content):
    before = put(root)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content)
    with pytest.raises(reach.FeedError):
        networks.import_network(
            [bad], label="x", start=MONDAY, days=7, demonstration=False, root=root, now=NOW
        )
    assert networks.current_network(root).version == before.version
    assert {path.name for path in root.iterdir()} == {before.version, "current", ".lock"}


def test_a_missing_file_and_no_file_are_said(root, tmp_path):
    common = {"label": "x", "start": MONDAY, "days": 7, "demonstration": False}
    with pytest.raises(networks.NetworkImportError, match="introuvable"):
        networks.import_network([tmp_path / "no.zip"], root=root, now=NOW, **common)
    with pytest.raises(networks.NetworkImportError, match="Aucun fichier"):
        networks.import_network([], root=root, now=NOW, **common)


def test_versions_are_listed_newest_first_and_the_oldest_go(root):
    made = [put(root, f"n° {i}", minute=i, keep=3) for i in range(5)]
    kept = networks.list_networks(root)
    assert [known.version for known in kept] == [m.version for m in reversed(made[2:])]
    assert [known.current for known in kept] == [True, False, False]


def test_two_imports_of_one_second_are_two_versions(root):
    assert put(root).version != put(root).version
    assert len(networks.list_networks(root)) == 2


def test_the_version_in_use_is_kept_however_old(root):
    first = put(root, "ancien")
    put(root, "nouveau", minute=1)
    networks.use_network(root, first.version)
    networks._prune(root, 1)
    assert {known.label for known in networks.list_networks(root)} == {"ancien", "nouveau"}
    put(root, "dernier", minute=2, keep=1)
    assert [known.label for known in networks.list_networks(root)] == ["dernier"]


def test_one_can_go_back_to_a_previous_version(root):
    first, second = put(root, "un"), put(root, "deux", minute=1)
    assert networks.current_network(root).version == second.version
    assert networks.use_network(root, first.version).current
    assert networks.current_network(root).label == "un"


def test_an_unknown_version_is_refused_with_those_that_are_kept(root):
    made = put(root)
    for name in ("2019", "../..", "current", ""):
        with pytest.raises(networks.UnknownVersionError, match=made.version):
            networks.use_network(root, name)
    assert networks.current_network(root).version == made.version


@pytest.mark.parametrize("damage", ["altered", "truncated", "older", "gone"])
def test_a_damaged_timetable_is_compiled_anew_from_its_feeds(root, damage):
    made = put(root)
    path = root / made.version / networks.TIMETABLE
    sound = path.read_bytes()
    if damage == "altered":
        path.write_bytes(sound.replace(b"Langeac gare", b"Langeac\0gare"))
    elif damage == "truncated":
        path.write_bytes(sound[: len(sound) // 2])
    elif damage == "older":
        path.write_bytes(sound[:8] + b"\0\0\0\0" + sound[12:])
    else:
        path.unlink()
    shutil.copytree(root, elsewhere := root.parent / "copy", symlinks=True)
    timetable = networks.current_network(elsewhere).timetable
    assert timetable.n_stops == 2
    assert (elsewhere / made.version / networks.TIMETABLE).read_bytes() == sound


def test_a_damaged_network_without_its_feeds_says_what_to_do(root):
    made = put(root)
    (root / made.version / networks.TIMETABLE).write_bytes(b"")
    shutil.rmtree(root / made.version / networks.FEEDS)
    with pytest.raises(networks.NetworkImportError, match="Importez-le de nouveau"):
        networks.use_network(root, made.version)


KILLED = """
import os, signal, sys
from datetime import datetime, timezone, date
from pathlib import Path
from traitdunion.matching import networks

root, feed, where = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

if where == "replace":
    networks.os.replace = die
elif where == "save":
    networks.reach.Timetable.save = lambda self, path: (Path(path).write_bytes(b"half"), die())
else:
    setattr(networks, where, die)
networks.import_network([feed], label="tué", start=date(2026, 11, 23), days=7,
    demonstration=False, root=root, now=datetime(2026, 11, 24, 11, tzinfo=timezone.utc))
"""


@pytest.mark.parametrize(
    "where", ["_compile", "save", "_write_description", "_turn_link", "replace"]
)
def test_killed_anywhere_the_previous_network_still_answers(root, where):
    before = put(root)
    feed = write_zip(root.parent / "other.zip")
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, root, feed, where], capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    networks._loaded.clear()
    assert networks.current_network(root).version == before.version
    assert len(reach_of(networks.current_network(root))) == 2
    after = put(root, "après", minute=40)
    assert networks.current_network(root).version == after.version
    assert not list(root.glob(".import-*"))


def reach_of(network: networks.Network) -> list[int]:
    """Stops one can be at by 8:00, leaving Langeac at 6:30."""
    at = reach.earliest_arrivals(network.timetable, 0, 6 * 3600 + 1800, on=MONDAY)
    return [int(seconds) for seconds in at if seconds != reach.UNREACHED]


def test_a_reader_never_finds_the_network_missing_while_it_is_changed(root):
    names = [put(root, "un").version, put(root, "deux", minute=1).version]
    seen, failed, done = set(), [], threading.Event()

    def read():
        while not done.is_set():
            try:
                json.loads((root / "current" / networks.DESCRIPTION).read_text())
                network = networks.current_network(root)
                seen.add((network.version, network.label))
            except Exception as error:
                failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for turn in range(60):
        networks.use_network(root, names[turn % 2])
    done.set()
    for reader in readers:
        reader.join()
    assert failed == []
    assert seen <= {(names[0], "un"), (names[1], "deux")}
    assert seen

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
from le_puy_brioude import published
from small_feeds import FILES, MONDAY, write_folder, write_zip

from traitdunion import reach
from traitdunion.networks import versions as networks
from traitdunion.networks.versions import NewNetwork

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "networks"


def put(
    root: Path, label: str = "essai", *, minute: int = 0, start: date = MONDAY, **more
) -> networks.NetworkVersion:
    """Import the small feed; `minute` after 10:30."""
    feed = write_zip(root.parent / "in" / "cars.zip")
    return networks.import_network(
        [feed],
        NewNetwork(label, start, days=7, demonstration=True),
        root=root,
        now=NOW + timedelta(minutes=minute),
        **more,
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
    collected = []
    put(root, progress=lambda step, share: collected.append(share))
    assert collected[-1] == 1
    assert all(0 <= share <= 1 for share in collected)


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
    first, second = write_folder(tmp_path / "a" / "cars"), write_zip(tmp_path / "b" / "cars")
    made = networks.import_network(
        [first, second],
        root=root,
        now=NOW,
        new=NewNetwork(label="deux", start=MONDAY, days=7, demonstration=False),
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
            [bad],
            root=root,
            now=NOW,
            new=NewNetwork(label="x", start=MONDAY, days=7, demonstration=False),
        )
    assert networks.current_network(root).version == before.version
    assert {path.name for path in root.iterdir()} == {before.version, "current", ".lock"}


def test_a_missing_file_and_no_file_are_said(root, tmp_path):
    new = NewNetwork("x", MONDAY, days=7)
    with pytest.raises(networks.NetworkImportError, match="introuvable"):
        networks.import_network([tmp_path / "no.zip"], new, root=root, now=NOW)
    with pytest.raises(networks.NetworkImportError, match="Aucun fichier"):
        networks.import_network([], new, root=root, now=NOW)


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
from traitdunion.networks import versions as networks

root, feed, where = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

if where == "replace":
    networks.os.replace = die
elif where == "save":
    networks.reach.Timetable.save = lambda self, path: (Path(path).write_bytes(b"half"), die())
else:
    setattr(networks, where, die)
networks.import_network([feed], networks.NewNetwork("tué", date(2026, 11, 23), days=7),
    root=root, now=datetime(2026, 11, 24, 11, tzinfo=timezone.utc))
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


# -- what runs, and until when ----------------------------------------------------------------


def imported(root, *paths):
    return networks.import_network(
        paths,
        root=root,
        now=NOW,
        new=NewNetwork(label="essai", start=MONDAY, days=35, demonstration=False),
    )


FLEX = {
    "trips": "route_id,service_id,trip_id\nr,all,tad\n",
    "stop_times": "trip_id,stop_id,stop_sequence,start_pickup_drop_off_window,"
    "end_pickup_drop_off_window,pickup_type,drop_off_type\n"
    "tad,langeac,1,07:00:00,19:00:00,2,1\ntad,lepuy,2,07:00:00,19:00:00,1,2\n",
}


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_a_feed_of_services_on_demand_alone_is_imported(root, tmp_path, source):
    path = (
        published("flex-only-feed")
        if source == "published"
        else write_zip(tmp_path / "tad.zip", **FLEX)
    )
    assert imported(root, path).feeds == (path.name,)


@pytest.mark.parametrize("source", ["drawn", "published"])
def test_a_file_out_of_date_is_refused_with_its_dates(root, tmp_path, source):
    over = FILES["calendar.txt"].replace("20261101,20261231", "20240101,20260829")
    path = (
        published("expired-feed", "old.zip")
        if source == "published"
        else write_zip(tmp_path / "old.zip", calendar=over)
    )
    with pytest.raises(networks.NetworkImportError) as refused:
        imported(root, path)
    assert "les calendriers vont du 01/01/2024 au 29/08/2026" in str(refused.value)
    assert "ces horaires sont périmés depuis le 29/08/2026" in str(refused.value)


def test_a_refusal_names_what_was_left_out(root, tmp_path):
    path = write_zip(tmp_path / "a.zip", trips="route_id,service_id,trip_id\nx,all,out\n")
    with pytest.raises(networks.NetworkImportError, match=r"« x » n'existe pas dans routes\.txt"):
        imported(root, path)


def test_a_version_knows_the_days_of_each_file(root, tmp_path):
    ends = FILES["calendar.txt"].replace("20261231", "20261204")
    a, b = write_zip(tmp_path / "a.zip"), write_zip(tmp_path / "b.zip", calendar=ends)
    made = imported(root, a, b)
    # Monday to Friday: 1 November 2026 is a Sunday, 31 December a Thursday, 4 December a Friday.
    assert made.feed_days == (
        ("a.zip", date(2026, 11, 2), date(2026, 12, 31)),
        ("b.zip", date(2026, 11, 2), date(2026, 12, 4)),
    )
    assert networks.list_networks(root)[0].feed_days == made.feed_days


@pytest.mark.parametrize("source", ["drawn", "published"])
@pytest.mark.parametrize("first", [0, 1])
def test_the_clock_is_that_of_the_site_whatever_the_first_feed(root, tmp_path, source, first):
    """One feed in UTC: its 7:00 is 8:00 in Paris; the other keeps its hours."""
    if source == "published":
        paths = [published("first-feed-in-utc", f"{name}.zip") for name in ("utc", "paris")]
        stops, leaves = ("X1", "S1"), (8 * 3600, 8 * 3600)
    else:
        utc = FILES["agency.txt"].replace("Europe/Paris", "Etc/UTC")
        elsewhere = FILES["stops.txt"].replace("langeac,", "x,").replace("lepuy,", "y,")
        times = FILES["stop_times.txt"].replace(",langeac,", ",x,").replace(",lepuy,", ",y,")
        paths = [
            write_zip(tmp_path / "utc.zip", agency=utc, stops=elsewhere, stop_times=times),
            write_zip(tmp_path / "paris.zip"),
        ]
        stops, leaves = ("x", "langeac"), (8 * 3600, 7 * 3600)
    imported(root, *(paths if not first else paths[::-1]))
    tt = networks.current_network(root).timetable
    assert tt.timezone == "Europe/Paris"
    first_events = tt.arrays["trip_events"]
    starts = {}
    for stop, at_s in zip(
        tt.arrays["pattern_stops"][tt.arrays["pattern_starts"][tt.arrays["trip_pattern"]]].tolist(),
        tt.arrays["departure_s"][first_events].tolist(),
        strict=True,
    ):
        starts.setdefault(tt.stop_id(stop), at_s)
    assert (starts[stops[0]], starts[stops[1]]) == leaves


def test_one_feed_alone_is_brought_to_the_clock_of_the_site_too(root, tmp_path):
    utc = FILES["agency.txt"].replace("Europe/Paris", "Etc/UTC")
    imported(root, write_zip(tmp_path / "utc.zip", agency=utc))
    assert networks.current_network(root).timetable.timezone == "Europe/Paris"


@pytest.mark.parametrize(
    ("lat_lon", "why"),
    [(("3.4996,45.1036", "3.8930,45.0432"), "sont inversées"), (("1.30,43.60", "1.40,43.61"), "")],
)
def test_a_file_far_from_the_territory_is_reported(root, tmp_path, lat_lon, why):
    """Off Somalia with its axes exchanged; near Toulouse, 250 km from Le Puy."""
    stops = FILES["stops.txt"].replace("45.1036,3.4996", lat_lon[0])
    stops = stops.replace("45.0432,3.8930", lat_lon[1])
    made = networks.import_network(
        [write_zip(tmp_path / "a.zip", stops=stops)],
        root=root,
        now=NOW,
        new=NewNetwork(
            label="essai", start=MONDAY, days=35, demonstration=False, centre=reach.Point(45.1, 3.8)
        ),
    )
    (finding,) = [f for f in made.report["findings"] if f["code"] == "far_feed"]
    assert "aucun arrêt à moins de 200 km du territoire" in finding["message"]
    assert why in finding["message"]


def test_a_file_of_the_territory_is_not_reported(root, tmp_path):
    made = networks.import_network(
        [write_zip(tmp_path / "a.zip")],
        root=root,
        now=NOW,
        new=NewNetwork(
            label="essai", start=MONDAY, days=35, demonstration=False, centre=reach.Point(45.1, 3.8)
        ),
    )
    assert made.report["findings"] == []

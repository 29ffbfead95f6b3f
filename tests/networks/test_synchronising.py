"""Feeds that change under us: the network in use is always one that was whole and sound."""

import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from drawn_feeds import Drawn, Runs
from misbehaving import (
    dripping,
    misbehaving_site,
    redirect,
    reset,
    status,
    truncated,
    whole,
    without_length,
)
from published_feeds import CARS, NOW, TRAINS, Published

from traitdunion.networks import versions as networks
from traitdunion.networks.feeds import synchronising
from traitdunion.networks.feeds.store import AlreadyRunningError, FeedStore
from traitdunion.networks.feeds.synchronising import Outcome

FEWER = replace(CARS, lines={"12": Runs(5, 2), "14": Runs(4)})
COLLAPSED = replace(CARS, lines={"12": Runs(1), "14": Runs(1)})


@pytest.fixture(scope="module")
def served():
    with misbehaving_site() as served:
        yield served


def both(site, folder: Path) -> Published:
    made = Published(site, folder)
    made.publish("cars", CARS)
    made.publish("trains", TRAINS)
    return made


@pytest.fixture(scope="module")
def first_run(served, tmp_path_factory) -> Published:
    """Both feeds put in use on the Wednesday, once for all the tests."""
    made = both(served, tmp_path_factory.mktemp("first"))
    made.sync()
    return made


@pytest.fixture
def site(served, first_run):
    served.pages.clear()
    served.asked.clear()
    return served


@pytest.fixture
def published(site, tmp_path) -> Published:
    """Both feeds published, nothing downloaded yet."""
    return both(site, tmp_path)


@pytest.fixture
def synced(published, first_run):
    """Both feeds in use since the Wednesday."""
    published.take_over(first_run)


def outcomes(result) -> dict[str, Outcome]:
    return {feed.name: feed.outcome for feed in result.feeds}


def test_the_first_run_puts_every_feed_in_use(published):
    result = published.sync()
    assert outcomes(result) == {"cars": Outcome.NEW, "trains": Outcome.NEW}
    # 12: 6 on weekdays and 2 on Saturdays; P53: 8 of each kind.
    assert published.lines_in_use() == {"12": 8, "14": 4, "P53": 24}
    network = networks.current_network(published.networks)
    assert (network.label, network.demonstration) == ("Velay", False)
    assert network.feeds == ("cars.zip", "trains.zip")
    assert network.timetable.start == date(2026, 11, 23)  # the Monday of the week
    assert network.timetable.days == 21
    assert result.network.version == network.version
    assert result.feeds[0].lines == (
        "Première édition : 2 lignes, 2 arrêts, du 01/11/2026 au 31/12/2026.",
    )


def test_nothing_newer_changes_nothing(published):
    published.publish("cars", CARS, etag='"v1"')
    first = published.sync().network
    result = published.sync(days=1)
    assert outcomes(result) == {"cars": Outcome.UNCHANGED, "trains": Outcome.UNCHANGED}
    assert result.network is None
    assert result.failure == ""
    asked = [headers for path, headers in published.site.asked if path == "/cars.zip"]
    assert [headers.get("if-none-match") for headers in asked] == [None, '"v1"']
    assert networks.current_network(published.networks).version == first.version
    assert published.store.state("cars").succeeded_at == NOW + timedelta(1)
    assert published.store.edition("cars").downloaded_at == NOW


def test_a_new_edition_is_told_kept_and_put_in_use(published):
    first = published.sync().network
    published.publish("cars", FEWER)
    result = published.sync(days=1)
    assert outcomes(result) == {"cars": Outcome.CHANGED, "trains": Outcome.UNCHANGED}
    expected = "Ligne 12 (Cars) : 5 courses un jour de semaine, contre 6."
    assert expected in result.feeds[0].lines
    assert published.store.edition("cars").changes == result.feeds[0].lines
    assert published.lines_in_use() == {"12": 7, "14": 4, "P53": 24}
    assert result.network.version != first.version


@pytest.mark.usefixtures("synced")
def test_a_collapsing_edition_is_refused_and_the_run_goes_on(published):
    published.publish("cars", COLLAPSED, etag='"bad"')
    published.publish("trains", replace(TRAINS, lines={"P53": Runs(9, 9, 9, agency="SNCF")}))
    result = published.sync(days=1)
    assert outcomes(result) == {"cars": Outcome.REFUSED, "trains": Outcome.CHANGED}
    assert published.lines_in_use() == {"12": 8, "14": 4, "P53": 27}
    (line,) = result.feeds[0].lines
    # Thursday 26/11 to Wednesday 9/12: ten weekdays of 2, then 10 and two Saturdays of 2.
    assert "20 courses du 26/11/2026 au 09/12/2026, contre 104" in line
    assert "Prévenez la Région" in line
    assert "traitdunion sync --accept cars" in line
    assert result.feeds[0].in_use
    # The next run asks for it anew: what it holds is not the edition refused.
    published.sync(days=2)
    assert "if-none-match" not in published.site.asked[-2][1]
    trouble = published.store.state("cars").trouble
    assert (trouble.since, trouble.at) == (NOW + timedelta(1), NOW + timedelta(2))
    assert published.store.edition("cars").downloaded_at == NOW


@pytest.mark.usefixtures("synced")
def test_a_collapsing_edition_is_taken_when_told_by_name(published):
    published.publish("cars", COLLAPSED)
    published.publish("trains", replace(TRAINS, lines={"P53": Runs(1, agency="SNCF")}))
    result = published.sync(days=1, accepted=("cars",))
    assert outcomes(result) == {"cars": Outcome.CHANGED, "trains": Outcome.REFUSED}
    assert result.feeds[0].lines[0].startswith("Acceptée sur demande, malgré : 20 courses")
    assert published.lines_in_use() == {"12": 1, "14": 1, "P53": 24}
    assert published.store.state("cars").trouble is None


def test_an_unknown_name_is_refused_before_anything(published):
    with pytest.raises(KeyError, match="bus"):
        published.sync(accepted=("bus",))
    assert published.site.asked == []


def half_and_half(published: Published) -> bytes:
    """A file that changed on the server while it was being sent."""
    other = FEWER.write(published.folder / "other.zip").read_bytes()
    body = published.bodies["cars"]
    return body[: len(body) // 2] + other[len(body) // 2 :]


PAGES = {
    "absent": status(404),
    "broken": status(500),
    "html": whole(b"<!doctype html><h1>Maintenance</h1>"),
    "truncated": truncated(b"PK\x03\x04", 10_000),
    "reset": reset(),
    "loop": redirect("/cars.zip"),
    "private": redirect("http://10.0.0.1/cars.zip"),
    "too big": truncated(b"PK", 5 << 30),
    "endless": without_length(lambda: iter(lambda: b"P" * 65_536, b"")),
    "zip of nothing": whole(b"PK\x05\x06" + bytes(18)),
}


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_whatever_a_publisher_answers_its_former_edition_stays(published, page):
    published.site.serve("/cars.zip", page)
    published.publish("trains", replace(TRAINS, lines={"P53": Runs(9, 9, 9, agency="SNCF")}))
    result = published.sync(days=1)
    assert outcomes(result) == {"cars": Outcome.FAILED, "trains": Outcome.CHANGED}
    assert published.lines_in_use() == {"12": 8, "14": 4, "P53": 27}
    assert result.feeds[0].in_use
    assert result.feeds[0].lines[0][0].isupper() or "cars.zip" in result.feeds[0].lines[0]
    assert not list((published.store.root / "cars").glob(".*"))


@pytest.mark.usefixtures("synced")
def test_a_file_changed_while_it_was_sent_is_refused(published):
    published.site.serve("/cars.zip", whole(half_and_half(published)))
    result = published.sync(days=1)
    assert outcomes(result)["cars"] is Outcome.FAILED
    assert published.lines_in_use()["12"] == 8


def test_a_server_that_drips_does_not_hold_the_others_for_ever(published):
    published.site.serve("/cars.zip", dripping(0.2))
    published.limits = replace(published.limits, total_s=6.0)
    result = published.sync()
    assert outcomes(result) == {"cars": Outcome.FAILED, "trains": Outcome.NEW}
    assert "dépasse 6 secondes" in result.feeds[0].lines[0]
    assert not result.feeds[0].in_use
    assert published.lines_in_use() == {"P53": 24}


@pytest.mark.usefixtures("synced")
def test_an_error_nobody_thought_of_stops_only_its_feed(published, monkeypatch, caplog):
    usual = synchronising.read_edition

    def read(path: Path, *, today: date):
        if "cars" in path.name:
            raise ZeroDivisionError("surprise")
        return usual(path, today=today)

    monkeypatch.setattr(synchronising, "read_edition", read)
    published.publish("cars", FEWER)
    result = published.sync(days=1)
    assert outcomes(result) == {"cars": Outcome.FAILED, "trains": Outcome.UNCHANGED}
    assert "Erreur inattendue (ZeroDivisionError: surprise)" in result.feeds[0].lines[0]
    assert "surprise" in caplog.text


def test_no_feed_at_all_leaves_the_network_as_it_is(published):
    for name in published.names:
        published.site.serve(f"/{name}.zip", status(404))
    result = published.sync()
    assert result.network is None
    assert "Aucun flux n'a pu être mis en service" in result.failure
    assert not published.networks.exists()


def test_feeds_that_are_all_over_give_no_network(published):
    """A month and a half later nothing runs: the former network stays, and it is said."""
    first = published.sync().network
    result = published.sync(days=50)
    assert "Aucune course ne circule" in result.failure
    assert networks.current_network(published.networks).version == first.version


@pytest.mark.usefixtures("synced")
def test_the_days_compiled_follow_the_calendar(published):
    assert published.sync(days=4).network is None  # Sunday of the same week
    made = published.sync(days=5).network
    assert made.start == date(2026, 11, 30)
    assert published.sync(days=6).network is None


def test_going_back_by_hand_lasts_until_something_changes(published):
    first = published.sync().network
    published.publish("cars", FEWER)
    published.sync(days=1)
    networks.use_network(published.networks, first.version)
    assert published.sync(days=2).network is None
    assert networks.current_network(published.networks).version == first.version
    published.publish("cars", CARS)
    assert published.sync(days=2.1).network is not None


def test_a_network_that_was_removed_is_made_again(published):
    made = published.sync().network
    (published.networks / made.version / networks.DESCRIPTION).unlink()
    assert published.sync(days=1).network is not None


def test_old_editions_and_old_networks_go(published):
    for turn in range(5):
        published.publish("cars", replace(CARS, lines={"12": Runs(6 + turn)}))
        published.sync(days=turn / 10, keep=3)
    folders = [path for path in (published.store.root / "cars").iterdir() if path.is_dir()]
    assert len(folders) == 3
    assert published.store.edition("cars").edition in {folder.name for folder in folders}
    assert len(networks.list_networks(published.networks)) == 3


def test_another_address_is_asked_without_what_the_former_said(published):
    published.publish("cars", CARS, etag='"v1"')
    published.sync()
    published.publish("autocars", CARS, etag='"v1"')
    listed = published.list
    moved = replace(listed.feeds[0], url=published.site.url("/autocars.zip"))
    published = Moved(published.site, published.folder, feed=moved)
    published.sync(days=1)
    path, headers = published.site.asked[-1]
    assert path == "/autocars.zip"
    assert "if-none-match" not in headers


class Moved(Published):
    """The same feed elsewhere."""

    def __init__(self, site, folder, *, feed):
        super().__init__(site, folder)
        self.feed = feed

    @property
    def list(self):
        return replace(super().list, feeds=(self.feed,))


@pytest.mark.usefixtures("synced")
def test_a_state_that_was_damaged_is_forgotten_not_fatal(published, caplog):
    (published.store.root / "cars" / "state.json").write_text("{")
    result = published.sync(days=1)
    assert outcomes(result)["cars"] is Outcome.NEW
    assert "état" in caplog.text.lower()


# -- killed, and two at once ----------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from misbehaving import Site
from published_feeds import Published
from traitdunion.networks import versions as networks
from traitdunion.networks.feeds import store, synchronising

def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)

target, name = sys.argv[2].split(".")
setattr({"store": store.FeedStore, "sync": synchronising, "networks": networks}[target], name, die)
folder, port = sys.argv[1].split("|")
Published(Site(int(port)), Path(folder)).sync(days=1)
"""
STEPS = [
    "sync.read_edition",
    "sync.compare",
    "store.keep_edition",
    "store.keep_state",
    "store.prune",
    "networks.import_network",
    "networks._compile",
    "networks._turn_link",
    "store.keep_compiled_from",
]


@pytest.mark.usefixtures("synced")
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_a_whole_network_answers_and_the_next_run_ends_the_work(published, step):
    published.publish("cars", FEWER)
    paths = [str(Path(p)) for p in sys.path if "tests" in p]
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED,
            f"{published.folder}|{published.site.port}",
            step,
            *paths,
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    networks._loaded.clear()
    former, newer = {"12": 8, "14": 4, "P53": 24}, {"12": 7, "14": 4, "P53": 24}
    swapped = step == "store.keep_compiled_from"
    assert published.lines_in_use() == (newer if swapped else former)
    assert published.store.edition("cars") is not None
    result = published.sync(days=1.1)
    assert result.failure == ""
    assert published.lines_in_use() == newer
    assert not list(published.store.root.glob("**/.incoming-*"))
    assert not list(published.store.root.glob("**/.writing-*"))


def test_two_runs_at_once_are_one(published):
    inside, leave = threading.Event(), threading.Event()

    def wait(asked):
        inside.set()
        leave.wait(60)
        whole(published.bodies["cars"])(asked)

    published.site.serve("/cars.zip", wait)
    results = []
    first = threading.Thread(target=lambda: results.append(published.sync()))
    first.start()
    assert inside.wait(60)
    with pytest.raises(AlreadyRunningError, match="depuis 25/11/2026 05:30"):
        published.sync(days=1)
    leave.set()
    first.join()
    assert outcomes(results[0])["trains"] is Outcome.NEW
    assert published.sync(days=1).failure == ""


def test_the_lock_of_a_dead_process_is_free(published):
    script = (
        "import os, signal, sys\nfrom datetime import datetime\nfrom pathlib import Path\n"
        "from traitdunion.networks.feeds.store import FeedStore\n"
        "with FeedStore(Path(sys.argv[1])).alone(datetime(2026, 1, 1)):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = published.store.root
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script, str(root)], env=environment, check=False)
    assert "01/01/2026" in (root / ".lock").read_text()
    assert published.sync().failure == ""


def test_what_is_written_is_read_back(tmp_path):
    store = FeedStore(tmp_path)
    assert store.state("cars").edition == ""
    assert store.edition("cars") is None
    assert store.compiled_from() is None


# -- real trains ----------------------------------------------------------------------------------


def test_real_trains_cut_by_two_thirds_are_refused_and_the_whole_ones_answer(
    published, shared, tmp_path
):
    """The published TER of 2025, then the same without two trips out of three."""
    path = shared / "transit" / "sncf_ter_2025_subset_43.zip"
    published.names = ("trains",)
    published.site.serve("/trains.zip", whole(path.read_bytes()))
    on_4_march_2025 = (date(2025, 3, 4) - NOW.date()).days
    assert outcomes(published.sync(days=on_4_march_2025)) == {"trains": Outcome.NEW}
    whole_network = published.lines_in_use()
    cut = tmp_path / "cut.zip"
    with zipfile.ZipFile(path) as former, zipfile.ZipFile(cut, "w") as made:
        for member in former.namelist():
            data = former.read(member)
            if member == "trips.txt":
                rows = data.splitlines(keepends=True)
                data = b"".join([rows[0], *rows[1::3]])
            made.writestr(member, data)
    published.site.serve("/trains.zip", whole(cut.read_bytes()))
    result = published.sync(days=on_4_march_2025 + 1)
    assert outcomes(result) == {"trains": Outcome.REFUSED}
    assert result.network is None
    assert published.lines_in_use() == whole_network
    document = json.loads((published.store.root / "trains" / "state.json").read_text())
    assert "contre" in document["trouble"]["message"]


def test_a_feed_of_nothing_but_the_days_behind_is_refused_as_the_first(published):
    published.publish("cars", Drawn({"12": Runs(3)}, last=date(2026, 11, 24)))
    result = published.sync()
    assert outcomes(result) == {"cars": Outcome.REFUSED, "trains": Outcome.NEW}
    assert "rien n'y circule après le 24/11/2026" in result.feeds[0].lines[0]

"""What runs the site is made from one source, taken by the tools that read it, and by the guide."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from traitdunion.web.management.commands.serve import inherited
from traitdunion.web.upkeep import units

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "mettre-le-site-en-ligne.md"
VALUES = {
    "SITE": "https://guichet.exemple.fr", "HOST": "guichet.exemple.fr", "PORT": "8000",
    "USER": "traitdunion", "CONFIG": "/etc/traitdunion/traitdunion.toml",
    "DATA_DIR": "/var/lib/traitdunion", "BACKUPS": "/var/backups/traitdunion",
    "PROGRAM": sys.executable,
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("units")
    units.write(folder, VALUES)
    return folder


def test_systemd_takes_the_units(folder):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    paths = [str(path) for path in folder.glob("traitdunion*")]
    assert len(paths) == 4
    ran = subprocess.run([program, "verify", "--man=no", *paths], capture_output=True, text=True)
    ours = [line for line in ran.stderr.splitlines() if "traitdunion" in line]
    assert (ran.returncode, ours) == (0, [])


@pytest.mark.parametrize(("kind", "name"), [("haproxy", "haproxy.cfg"), ("nginx", "nginx.conf")])
def test_the_guide_shows_the_very_samples_that_are_written(folder, kind, name):
    # A proxy runs with the block of the guide in test_behind_https_in_a_browser.
    (shown,) = re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert (folder / name).read_text("utf-8") == shown


def test_the_container_runs_without_rights_from_the_lock_with_commands_that_exist(folder):
    lines = (folder / "Containerfile").read_text("utf-8").replace("\\\n", "").splitlines()
    words = [line for line in lines if line and not line.startswith("#")]
    order = [line.split()[0] for line in words]
    assert order[0] == "FROM"
    assert order.index("USER") < order.index("ENTRYPOINT") < order.index("CMD")
    assert "USER 10001" in words
    assert any("--require-hashes -r requirements/run.txt" in line for line in words)
    for line in words:
        if line.startswith("COPY"):
            for source in line.split()[1:-1]:
                assert (GUIDE.parents[2] / source).exists(), source


def test_files_are_written_again_the_same_and_others_are_kept(folder, tmp_path):
    assert len(units.write(folder, VALUES)) == 7
    (tmp_path / "nginx.conf").write_text("mine")
    with pytest.raises(units.UnitsError, match=r"nginx\.conf : déjà là"):
        units.write(tmp_path, VALUES)
    assert [path.name for path in tmp_path.iterdir()] == ["nginx.conf"]


@pytest.mark.parametrize("value", ["/srv/mes données", "a;b", "a\nUser=root", "%h"])
def test_a_value_that_would_change_a_unit_is_refused(tmp_path, value):
    with pytest.raises(units.UnitsError, match="n'admettent"):
        units.write(tmp_path / "new", VALUES | {"DATA_DIR": value})
    assert not (tmp_path / "new").exists()


def test_a_socket_held_by_systemd_is_served_and_no_other(monkeypatch):
    listening = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(
        "traitdunion.web.management.commands.serve.FIRST_INHERITED", os.dup(listening.fileno())
    )
    held = inherited({"LISTEN_PID": "7", "LISTEN_FDS": "1"}, 7)
    assert held.getsockname() == listening.getsockname()
    held.close()
    listening.close()
    assert inherited({"LISTEN_PID": "8", "LISTEN_FDS": "1"}, 7) is None
    assert inherited({}, 7) is None

"""What we say is tested: examples run, commands answer, links lead somewhere, pages build."""

import doctest
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests import migrated_database
from tests.docs.forked_commands import Commands
from traitdunion.web.database import SQLITE_FILE

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WITH_PYTHON = [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")]
WITH_COMMANDS = [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")]


def named(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", WITH_PYTHON, ids=named)
def test_python_examples_give_what_they_show(page):
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted
    assert not result.failed


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """The commands of a site with the demonstration loaded."""
    folder = tmp_path_factory.mktemp("demo")
    migrated = migrated_database.kept_copy()
    if migrated.exists():
        # The tables are those that `demo` would make in ten seconds.
        shutil.copy(migrated, folder / SQLITE_FILE)
    with Commands({**os.environ, "TRAITDUNION_DATA_DIR": str(folder)}, folder) as commands:
        shown = commands.run(["demo", "--no-serve"])
        assert shown.returncode == 0, shown.stderr
        assert "Pourquoi pas" in shown.stdout
        commands.folder = folder
        yield commands


def test_the_demonstration_is_removed_whole(demonstration, tmp_path):
    site = tmp_path / "site"
    shutil.copytree(demonstration.folder, site, symlinks=True)
    with closing(sqlite3.connect(site / SQLITE_FILE)) as database:
        # What other examples of the documentation may have added.
        real = "SELECT count(*) FROM accounts_organisation WHERE NOT demonstration"
        n_real = database.execute(real).fetchone()[0]
    environ = {**os.environ, "TRAITDUNION_DATA_DIR": str(site)}
    removed = subprocess.run(
        [sys.executable, "-m", "traitdunion.web.command_line", "demo", "--remove"],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert removed.returncode == 0, removed.stderr
    with closing(sqlite3.connect(site / SQLITE_FILE)) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        left = {
            name for name in names if database.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()
        }
        n_triggers = database.execute("SELECT count(*) FROM sqlite_schema WHERE type='trigger'")
        assert n_triggers.fetchone() == n_triggers_of(demonstration.folder)
        assert database.execute(real).fetchone()[0] == n_real
    of_real = {"accounts_organisation", "accounts_invitation", "accounts_access"}
    of_product = {"catalogue_catalogueversion", "sqlite_sequence"}
    assert {
        name
        for name in left - of_real - of_product
        if not name.startswith(("territory_", "django_", "auth_"))
    } == set()
    assert not list((site / "networks").glob("[!.]*"))
    assert not list((site / "observatory").iterdir())


def n_triggers_of(folder):
    with closing(sqlite3.connect(folder / SQLITE_FILE)) as database:
        return database.execute(
            "SELECT count(*) FROM sqlite_schema WHERE type='trigger'"
        ).fetchone()


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=named)
def test_commands_shown_answer(page, demonstration):
    text = page.read_text(encoding="utf-8")
    commands = re.findall(r"^\$ traitdunion (.+)$", text, re.MULTILINE)
    assert commands
    for command in commands:
        answered = demonstration.run(shlex.split(command))
        assert answered.returncode == 0, f"{command}: {answered.stderr}"
        assert answered.stdout.strip(), command


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_and_images_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_documentation_builds_without_a_warning(tmp_path):
    site = str(tmp_path / "site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "--site-dir", site],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr


def test_each_term_of_the_glossary_is_in_the_code():
    code = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))
    glossary = (ROOT / "docs/reference/glossaire.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| `(\w+)`", glossary, re.MULTILINE)
    assert terms
    assert [term for term in terms if not re.search(rf"\b{term}", code, re.IGNORECASE)] == []


def test_no_file_names_a_registry_or_a_path_of_a_machine():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    hosts = re.compile(r"py[p]i\.org|pythonho[s]ted|np[m]js\.(org|com)|deb\.deb[i]an")
    paths = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root|tmp/bash_jobs)/")
    collected = []
    for name in filter(None, listed):
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        if name != named(Path(__file__)) and (hosts.search(text) or paths.search(text)):
            collected.append(name)
    assert collected == []

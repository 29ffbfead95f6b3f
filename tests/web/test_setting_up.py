"""A site set up for any département: what is written, kept, asked for, refused."""

import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError

from traitdunion.accounts.models import Access, Invitation, Organisation, User
from traitdunion.sources.feed_list import FeedListError, read_feed_list
from traitdunion.territory.models import Commune, Departement, Region, TerritoryEdition
from traitdunion.web.upkeep import configuration, setting_up

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
FEED = """title: Cantal
feeds:
  - {name: cars, title: Cars, publisher: Ici, licence: ODbL, url: "https://a.example", why: cars}
"""


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("48", "48", "de la Lozère"), (" 15 ", "15", "du Cantal"),
        ("2a", "2A", "de la Corse-du-Sud"),
        ("974", "974", "de La Réunion"), ("1", "01", "de l'Ain"),
    ],
)  # fmt: skip
def test_any_departement_is_known_by_its_code(text, code, name):
    place = setting_up.departement(text)
    assert (place.code, place.of_name) == (code, name)


@pytest.mark.parametrize("text", ["", "20", "99", "Lozère", "975000"])
def test_what_is_no_departement_is_refused(text):
    with pytest.raises(setting_up.SetUpError, match="48, 15, 2A, 974"):
        setting_up.departement(text)


def test_settings_are_written_once_completed_and_never_replaced(tmp_path):
    path = tmp_path / "conf" / "traitdunion.toml"
    given = {"departement": "48", "data_dir": '/srv/"a" b'}
    assert setting_up.write_configuration(path, given)
    assert path.stat().st_mode & 0o077 == 0
    assert not setting_up.write_configuration(path, given)
    assert setting_up.write_configuration(path, given | {"site": "https://a.example"})
    environ = {}
    configuration.load(environ, places=(path,))
    assert environ["TRAITDUNION_DATA_DIR"] == '/srv/"a" b'
    assert environ["TRAITDUNION_SITE"] == "https://a.example"
    before = path.read_text()
    with pytest.raises(setting_up.SetUpError, match="« departement »"):
        setting_up.write_configuration(path, {"departement": "15"})
    assert path.read_text() == before
    path.write_text("departement = ")
    with pytest.raises(ImproperlyConfigured, match="TOML"):
        setting_up.write_configuration(path, given)


def test_an_environment_that_would_win_is_named():
    given = {"departement": "48", "data_dir": "/a", "database_url": "postgresql://u:secret@h/b"}
    setting_up.refuse_contradictions(given, {"TRAITDUNION_DEPARTEMENT": "48"})
    environ = {"TRAITDUNION_DEPARTEMENT": "43", "TRAITDUNION_DATABASE_URL": "autre"}
    with pytest.raises(setting_up.SetUpError) as refused:
        setting_up.refuse_contradictions(given, environ)
    assert "TRAITDUNION_DEPARTEMENT vaut « 43 »" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_feeds_are_those_given_the_products_or_a_template_to_fill(tmp_path):
    cantal, home = setting_up.departement("15"), setting_up.departement("43")
    assert setting_up.feeds_of(home, given=None, folder=tmp_path)[1] is False
    written, to_fill = setting_up.feeds_of(cantal, given=None, folder=tmp_path)
    assert (written.name, to_fill) == ("flux-15.yaml", True)
    with pytest.raises(FeedListError, match="au moins un flux"):
        read_feed_list(written)
    # The template filled as it says is sound, and is kept.
    written.write_text(written.read_text().replace("\n#  ", "\n  "))
    assert read_feed_list(written).feeds[0].departements == ("15",)
    assert setting_up.feeds_of(cantal, given=None, folder=tmp_path) == (written, False)
    own = tmp_path / "own.yaml"
    own.write_text(FEED)
    assert setting_up.feeds_of(home, given=own, folder=tmp_path) == (own, False)
    own.write_text("feeds: []")
    with pytest.raises(FeedListError):
        setting_up.feeds_of(home, given=own, folder=tmp_path)


@pytest.fixture
def lozere(db, settings, tmp_path, monkeypatch):
    """A process that runs under the settings of a site of Lozère, its communes loaded."""
    monkeypatch.chdir(tmp_path)
    settings.TRAITDUNION_DATA_DIR = tmp_path / "donnees"
    settings.TRAITDUNION_DEPARTEMENT = "48"
    settings.TRAITDUNION_FEEDS = tmp_path / "flux-48.yaml"
    for name in ("DATA_DIR", "DATABASE_URL"):
        monkeypatch.delenv(f"TRAITDUNION_{name}", raising=False)
    region = Region.objects.create(code="76", nom="Occitanie")
    departement = Departement.objects.create(
        code="48", nom="Lozère", nom_avec_charniere="de la Lozère", region=region
    )
    Commune.objects.create(
        code_insee="48095", nom="Mende", nom_avec_charniere="de Mende", cle="mende", lat=44.5,
        lon=3.5, departement=departement, codes_postaux=["48000"], point_source="mairie",
    )  # fmt: skip
    TerritoryEdition.objects.create(
        id=1, source="à la main", digest="d", population_year=2021, departement="48",
        departements_with_boundaries=["48"],
    )  # fmt: skip

    def run(*words):
        out = StringIO()
        given = ["--departement=48", "--organisation=Guichet de la Lozère", *words]
        call_command("setup", *given, "--administrator=admin@ici.example", stdout=out)
        return out.getvalue()

    return run


def test_a_site_is_filled_and_a_second_run_changes_nothing_but_the_invitation(lozere, tmp_path):
    shown = lozere("--organisation=Agence de Mende")
    assert "Département de la Lozère (48)" in shown
    assert f"remplissez {tmp_path / 'flux-48.yaml'}, puis lancez traitdunion sync" in shown
    assert {row.slug for row in Organisation.objects.all()} == {
        "guichet-de-la-lozere", "agence-de-mende",
    }  # fmt: skip
    again = lozere()
    assert "Organisation créée" not in again
    assert Organisation.objects.count() == 2
    (invitation,) = Invitation.objects.open(datetime.now(UTC))
    assert (invitation.email, invitation.organisation_id) == (
        "admin@ici.example", "guichet-de-la-lozere",
    )  # fmt: skip
    assert Access.objects.filter(action="creer").count() == 2


def test_the_demonstration_and_a_real_site_share_no_database(lozere):
    User.objects.create(email="a@demo.example", demonstration=True)
    with pytest.raises(CommandError, match="demo --remove"):
        lozere()
    assert not Organisation.objects.exists()


@pytest.mark.parametrize(
    ("word", "line"),
    [("--departement=", "Il manque --departement"), ("--departement=99", "« 99 » n'est pas"),
     ("--site=http://guichet.exemple.fr", "il lui faut https://"),
     ("--feeds=absent.yaml", "n'existe pas")],
)  # fmt: skip
def test_a_wrong_answer_is_refused_and_nothing_is_written(lozere, tmp_path, word, line):
    with pytest.raises(CommandError, match=line):
        lozere(word)
    assert list(tmp_path.iterdir()) == []


def test_no_command_creates_a_site_where_nothing_names_one(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "traitdunion.web.command_line", "migrate"], cwd=tmp_path,
        env={"PYTHONPATH": str(Path(configuration.__file__).parents[3])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "rien ne désigne votre site" in ran.stderr
    assert list(tmp_path.iterdir()) == []

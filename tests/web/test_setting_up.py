"""A site set up for any département: what is written, kept, asked for, refused."""

import re
import shlex
import subprocess
import sys
import zipfile
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from traitdunion.accounts.models import Access, Invitation, Organisation, User
from traitdunion.sources.downloads import DownloadError
from traitdunion.sources.feed_list import FeedListError, ListedFeed, read_feed_list
from traitdunion.sources.open_feeds import Found
from traitdunion.territory.models import Commune, Departement, Region, TerritoryEdition
from traitdunion.web.upkeep import configuration, setting_up

MENDE, LANGOGNE = ("48095", "Mende", 44.518, 3.501), ("48080", "Langogne", 44.727, 3.855)
TUTORIAL = Path(__file__).parents[2] / "docs/tutoriels/reprendre-dans-votre-departement.md"
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


def test_feeds_found_are_written_as_a_list_that_can_be_read_and_is_kept(tmp_path):
    taken = ListedFeed(
        name="cars", title='Cars "du: # Cantal"', publisher="Région", licence="ODbL",
        url="https://a.example/x.zip?a=1#b", why="Trouvé.", departements=("15",),
    )  # fmt: skip
    left = replace(taken, name="vieux", title="Vieux cars")
    cantal = setting_up.departement("15")
    path, to_fill = setting_up.feeds_of(
        cantal, given=None, folder=tmp_path, find=lambda: Found((taken,), ((left, "fini"),))
    )
    assert not to_fill
    assert read_feed_list(path).feeds == (taken,)
    assert "#   Vieux cars (Région) : fini" in path.read_text()
    assert setting_up.feeds_of(cantal, given=None, folder=tmp_path, find=None) == (path, False)
    # Where nothing is found, or the list is not had, the template is to be filled.
    for n, found in enumerate((Found((), ()), None)):
        (folder := tmp_path / str(n)).mkdir()
        kept = setting_up.feeds_of(cantal, given=None, folder=folder, find=partial(deepcopy, found))
        assert kept == (folder / "flux-15.yaml", True)


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
    for code, nom, lat, lon in (MENDE, LANGOGNE):
        Commune.objects.create(
            code_insee=code, nom=nom, nom_avec_charniere=f"de {nom}", cle=nom.lower(), lat=lat,
            lon=lon, departement=departement, codes_postaux=["48000"], point_source="mairie",
            population=3000,
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


def test_the_national_list_that_cannot_be_had_leaves_a_template(lozere, monkeypatch, tmp_path):
    def unreachable(code, *, on):
        raise DownloadError("liste nationale des flux", "le serveur est injoignable.")

    monkeypatch.setattr("traitdunion.sources.open_feeds.find_feeds", unreachable)
    shown = lozere("--find-feeds")
    assert "le serveur est injoignable. La liste des flux est à remplir à la main." in shown
    assert "Retirez les « # »" in (tmp_path / "flux-48.yaml").read_text("utf-8")


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


def write_feed(path):
    """A coach each way every day, there before nine and back after five."""
    today = timezone.localdate()
    span = f"{today - timedelta(20):%Y%m%d},{today + timedelta(90):%Y%m%d}"
    (_, _, *mende), (_, _, *langogne) = MENDE, LANGOGNE
    with zipfile.ZipFile(path, "w") as feed:
        feed.writestr(
            "agency.txt",
            "agency_id,agency_name,agency_url,agency_timezone\nc,Cars,https://c.example,Europe/Paris\n",
        )
        feed.writestr(
            "stops.txt",
            f"stop_id,stop_name,stop_lat,stop_lon\nm,Mende,{mende[0]},{mende[1]}\n"
            f"l,Langogne,{langogne[0]},{langogne[1]}\n",
        )
        feed.writestr("routes.txt", "route_id,agency_id,route_short_name,route_type\nr,c,251,3\n")
        feed.writestr(
            "calendar.txt",
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,"
            f"end_date\ns,1,1,1,1,1,1,1,{span}\n",
        )
        feed.writestr("trips.txt", "route_id,service_id,trip_id\nr,s,out\nr,s,back\n")
        feed.writestr(
            "stop_times.txt",
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
            "out,07:30:00,07:30:00,l,1\nout,08:30:00,08:30:00,m,2\n"
            "back,17:30:00,17:30:00,m,1\nback,18:30:00,18:30:00,l,2\n",
        )


def test_the_tutorial_is_tried_for_lozere(lozere, tmp_path):
    write_feed(tmp_path / "horaires.zip")
    text = "\n".join(re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL))
    lines = [line for line in text.splitlines() if line.startswith("traitdunion ")]
    shown = {}
    for line in lines:
        out = StringIO()
        _, *words = shlex.split(line)
        call_command(*words, stdout=out)
        shown[" ".join(words[:2])] = out.getvalue()
    assert len(lines) == len(shown) == 6
    assert "Guichet mobilité de la Lozère" in shown["setup --departement"]
    assert "48095" in shown["territory search"]
    assert "251" in shown["answer --from"]
    assert "/invitations/" in shown["accounts invite"]
    assert Organisation.objects.count() == 2

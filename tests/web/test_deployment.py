"""What follows from the address of the site, and what the environment may not contradict."""

import os
import stat
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import OperationalError
from django.test import RequestFactory
from packaging.requirements import Requirement

from traitdunion.web.database import SQLITE_FILE, create_file, limit_web_statements
from traitdunion.web.deployment import number, secret_key, site_from
from traitdunion.web.management.commands.serve import proxy_options
from traitdunion.web.middleware import DatabaseRefusals

SITE = "https://guichet.example"
ROOT = Path(__file__).parents[2]


def test_the_address_alone_decides_of_hosts_origins_cookies_mails_and_proxies():
    site = site_from({"TRAITDUNION_SITE": "https://Guichet.example:443/"})
    assert (site.address, site.secure, site.n_proxies) == (SITE, True, 1)
    assert site.allowed_hosts == ["guichet.example"]
    assert site.trusted_origins == [SITE]
    assert site.cookie("sessionid") == "__Host-sessionid"
    assert site.mail_from == "trait-d-union@guichet.example"


def test_without_an_address_the_site_answers_its_own_machine_alone():
    site = site_from({})
    assert (site.secure, site.n_proxies, site.cookie("sessionid")) == (False, 0, "sessionid")
    assert site.allowed_hosts == ["127.0.0.1", "localhost", "[::1]"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://192.168.1.20:8000", "http://192.168.1.20:8000"),
        ("http://salle.local", "http://salle.local"),
        ("https://mobilité.example", "https://xn--mobilit-hya.example"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_addresses_are_kept_as_browsers_send_them(given, kept):
    assert site_from({"TRAITDUNION_SITE": given}).address == kept


@pytest.mark.parametrize(
    ("environ", "reasons"),
    [
        ({"TRAITDUNION_SITE": "guichet.example"}, ["ne commence pas par https://"]),
        ({"TRAITDUNION_SITE": "https://"}, ["ne commence pas par https://"]),
        ({"TRAITDUNION_SITE": "https://guichet.example:99999"}, ["n'est pas une adresse"]),
        ({"TRAITDUNION_SITE": "https://[::1"}, ["n'est pas une adresse"]),
        ({"TRAITDUNION_SITE": "https://a.example/guichet"}, ["porte plus qu'un nom"]),
        ({"TRAITDUNION_SITE": "http://guichet.example"}, ["il lui faut https://"]),
        ({"TRAITDUNION_SITE": SITE, "TRAITDUNION_PROXIES": "0"}, ["TRAITDUNION_PROXIES=0"]),
        ({"TRAITDUNION_PROXIES": "1"}, ["TRAITDUNION_PROXIES sans TRAITDUNION_SITE"]),
        (
            {"TRAITDUNION_SITE": SITE, "TRAITDUNION_HTTPS": "1", "TRAITDUNION_DEBUG": "1"},
            ["TRAITDUNION_HTTPS n'existe plus", "TRAITDUNION_DEBUG=1"],
        ),
    ],
)
def test_contradictions_are_refused_in_one_line_with_all_of_them(environ, reasons):
    with pytest.raises(ImproperlyConfigured) as refused:
        site_from(environ)
    text = str(refused.value)
    assert "\n" not in text
    assert [reason for reason in reasons if reason not in text] == []


@pytest.mark.parametrize("text", ["abc", "-1", "3.5", "0", "401", "9" * 12, "²"])
def test_a_number_that_is_not_one_is_named(text):
    with pytest.raises(ImproperlyConfigured, match=r"NETWORK_DAYS : .* de 1 à 400"):
        number({"NETWORK_DAYS": text}, "NETWORK_DAYS", 60, 1, 400)


def test_the_key_of_sessions_outlives_the_process_and_is_private(tmp_path):
    first = secret_key({}, tmp_path)
    assert secret_key({}, tmp_path) == first
    assert stat.S_IMODE((tmp_path / "cle-du-site").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["cle-du-site"]


def test_a_key_is_drawn_for_the_process_where_there_is_no_folder(tmp_path):
    absent = tmp_path / "absent"
    assert secret_key({}, absent) != secret_key({}, absent)
    assert not absent.exists()


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="32 signes"):
        secret_key({"TRAITDUNION_SECRET_KEY": "secret"}, tmp_path)


def test_only_the_proxy_of_this_machine_is_believed_unless_another_is_named(settings):
    settings.TRAITDUNION_SITE, settings.TRAITDUNION_PROXIES = SITE, 1
    assert proxy_options("127.0.0.1", "")["trusted_proxy"] == "127.0.0.1"
    assert proxy_options("0.0.0.0", "10.0.0.2")["trusted_proxy"] == "10.0.0.2"
    with pytest.raises(CommandError, match="--proxy"):
        proxy_options("0.0.0.0", "")


def test_other_machines_are_not_served_before_the_address_is_given():
    with pytest.raises(CommandError, match="TRAITDUNION_SITE"):
        proxy_options("0.0.0.0", "")


@pytest.fixture
def https_site(settings):
    settings.TRAITDUNION_SITE = SITE
    settings.ALLOWED_HOSTS = ["guichet.example"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def test_a_plain_request_is_sent_to_the_https_address(https_site, client):
    answer = client.get(
        "/solutions/?q=a", headers={"host": "elsewhere.example", "x-forwarded-proto": "http"}
    )
    assert (answer.status_code, answer.url) == (301, f"{SITE}/solutions/?q=a")


def test_a_proxy_that_forwards_no_scheme_is_explained_rather_than_redirected_for_ever(
    https_site, client
):
    answer = client.get("/", headers={"host": "guichet.example"})
    assert answer.status_code == 502
    assert "X-Forwarded-Proto" in answer.content.decode()


@pytest.mark.django_db
def test_a_foreign_host_is_told_the_address_of_the_site(https_site, client):
    answer = client.get("/", secure=True, headers={"host": "10.0.0.4"})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "ne répond pas à cette adresse" in page
    assert f'href="{SITE}/"' in page


@pytest.mark.django_db
def test_a_form_kept_too_long_is_refused_in_french():
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/compte/connexion/", {"login": "a"})
    assert answer.status_code == 403
    assert "rechargez la page" in answer.content.decode()
    assert "CSRF" not in answer.content.decode()


class Cancelled(Exception):
    sqlstate = "57014"


@pytest.mark.parametrize("cause", [Cancelled(), None])
def test_a_page_that_waited_too_long_asks_to_come_back(cause):
    wrong = OperationalError("canceling statement" if cause else "database is locked")
    wrong.__cause__ = cause
    answer = DatabaseRefusals(lambda request: None).process_exception(
        RequestFactory().get("/"), wrong
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_another_error_of_the_database_stays_an_error():
    wrong = OperationalError("no such column")
    assert (
        DatabaseRefusals(lambda r: None).process_exception(RequestFactory().get("/"), wrong) is None
    )


def test_statements_of_the_web_are_limited_on_postgresql_only_and_once():
    databases = {
        "default": {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"options": "-c a=b"}},
        "file": {"ENGINE": "django.db.backends.sqlite3"},
    }
    limit_web_statements(databases)
    limit_web_statements(databases)
    limits = databases["default"]["OPTIONS"]["options"]
    assert limits == "-c statement_timeout=10s -c lock_timeout=5s -c a=b"
    assert databases["file"] == {"ENGINE": "django.db.backends.sqlite3"}


def run(folder, *words, **environ):
    given = {name: text for name, text in os.environ.items() if not name.startswith("TRAITDUNION_")}
    return subprocess.run(
        [sys.executable, "-m", "traitdunion.web.command_line", *words],
        env={**given, "TRAITDUNION_DATA_DIR": str(folder), **environ},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("words", [["followup"], ["serve"], ["sync"]])
def test_a_command_that_finds_no_site_makes_none(words, tmp_path):
    ended = run(tmp_path / "absent", *words)
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    assert "n'existe pas" in line
    assert "TRAITDUNION_DATA_DIR" in line
    assert not (tmp_path / "absent").exists()


def test_serve_refuses_an_empty_database_in_one_line(tmp_path):
    create_file(tmp_path)
    assert stat.S_IMODE((tmp_path / SQLITE_FILE).stat().st_mode) == 0o600
    ended = run(tmp_path, "serve", "--port", "1")
    assert ended.returncode == 1
    (line,) = ended.stderr.strip().splitlines()
    assert line.endswith("Lancez : traitdunion migrate.")


def test_a_setting_that_is_no_number_ends_in_one_line(tmp_path):
    ended = run(tmp_path, "help", TRAITDUNION_NETWORK_DAYS="abc")
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == [
        "TRAITDUNION_NETWORK_DAYS : « abc » n'est pas un nombre entier de 1 à 400."
    ]


def test_whoever_finds_a_vulnerability_reads_whom_to_warn(client, settings):
    settings.TRAITDUNION_SITE = SITE
    settings.TRAITDUNION_SECURITY_CONTACT = "mailto:securite@guichet.example"
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    assert lines[0] == "Contact: mailto:securite@guichet.example"
    assert lines[1].startswith("Expires: 2")
    assert lines[-1] == f"Canonical: {SITE}/.well-known/security.txt"


def test_search_engines_leave_secret_links_alone(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"User-agent: *", "Disallow: /invitations/", "Disallow: /repondre/"} <= set(lines)


def test_no_dependency_of_the_site_is_taken_beyond_what_was_tried():
    # An unlocked install took a django-allauth with which the second factor answered 500.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for line in (
        *project["dependencies"],
        *(each_requirement for extra in extras for each_requirement in extra),
    ):
        requirement = Requirement(line)
        if requirement.name in ("traitdunion", "tzdata"):
            continue
        assert any(bound.operator == "<" for bound in requirement.specifier), line
        assert requirement.specifier.contains(version(requirement.name)), line


def test_a_number_beyond_those_of_the_database_is_an_unreadable_request():
    wrong = OverflowError("Python int too large to convert to SQLite INTEGER")
    refusals = DatabaseRefusals(lambda request: None)
    assert refusals.process_exception(RequestFactory().get("/"), wrong).status_code == 400
    assert refusals.process_exception(RequestFactory().get("/"), OverflowError("else")) is None

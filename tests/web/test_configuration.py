"""The configuration file: every setting, the environment first, each mistake in one line."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from traitdunion.web.upkeep import configuration

SOURCE = Path(configuration.__file__).parents[2]
NOT_SET_BY_HOSTS = {"HTTPS", "HOSTS", "CONFIG", "OIDC", "LEGAL", "DEVICE_COOKIE", ""}
GIVEN_BY_A_LOOP = {"publisher", "director", "hosting", "contact", "dpo"}


def test_the_file_gives_what_the_environment_does_not(tmp_path):
    path = tmp_path / "traitdunion.toml"
    path.write_text('site = "https://a.example"\nsmtp_tls = true\nnetwork_days = 90\n', "utf-8")
    environ = {"TRAITDUNION_CONFIG": str(path), "TRAITDUNION_NETWORK_DAYS": "30"}
    assert configuration.load(environ) == path
    assert environ["TRAITDUNION_SITE"] == "https://a.example"
    assert environ["TRAITDUNION_SMTP_TLS"] == "1"
    assert environ["TRAITDUNION_NETWORK_DAYS"] == "30"


def test_without_a_file_nothing_changes(tmp_path):
    environ: dict[str, str] = {}
    assert configuration.load(environ, places=(tmp_path / "none.toml",)) is None
    assert environ == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('sites = "x"\ndays = 3', "« sites » inconnu, essayez « site » ; « days » inconnu"),
        ("proxies = [1]", "« proxies » : un texte, un nombre"),
        ("site = https://x", "n'est pas du TOML"),
        (None, "ne se lit pas"),
    ],
)
def test_mistakes_are_named_in_one_line(tmp_path, text, why):
    path = tmp_path / "traitdunion.toml"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(ImproperlyConfigured, match=re.escape(why)) as refused:
        configuration.load({"TRAITDUNION_CONFIG": str(path)})
    assert "\n" not in str(refused.value)


def test_every_setting_of_the_source_is_a_key():
    """A setting that only the environment knew would be missing from the file."""
    words = " ".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    named = set(re.findall(r"TRAITDUNION_([A-Z_]*)", words)) - NOT_SET_BY_HOSTS
    assert {name.lower() for name in named} | GIVEN_BY_A_LOOP == set(configuration.KEYS)

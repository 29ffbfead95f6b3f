"""The pages asked of a public site: each is there, and the map of the site forgets none."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, get_resolver, reverse

from tests.web.page_steps import check_page, unfold
from traitdunion.accounts.access_decorators import PUBLIC
from traitdunion.web.public_pages import THEMES
from traitdunion.web.register import treatments

pytestmark = pytest.mark.django_db
# Read by programs, parts of other pages, or pages that only follow another one.
NOT_PAGES = {
    "alive", "ready", "robots-txt", "security-txt", "components", "openid_start", "openid_back",
    "account_logout", "answered", "listed", "renewed", "ballot", "propose-first",
}  # fmt: skip
LEGAL = {
    "publisher": "Conseil départemental de l’Exemple",
    "director": "Dominique Fictif",
    "hosting": "Hébergeur de l’Exemple, Exempleville",
    "contact": "contact@example.org",
    "dpo": "dpo@example.org",
}


def public_names(resolver=None, prefix="") -> Iterator[str]:
    """Yield the names of the pages open to all whose address carries nothing."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if not isinstance(entry, URLPattern):
            yield from public_names(entry, path)
        elif getattr(entry.callback, "gate", None) is PUBLIC and not re.search(r"[<.(]", path):
            yield entry.name


def test_the_map_of_the_site_forgets_no_page_open_to_all():
    mapped = {name.split(":")[-1] for theme in THEMES for name, _ in theme.pages}
    assert set(public_names()) - NOT_PAGES <= mapped
    assert "legal" in set(public_names())


@pytest.mark.parametrize("name", [name for theme in THEMES for name, _ in theme.pages])
def test_each_page_of_the_map_is_open_to_all(client, name):
    assert client.get(reverse(name)).status_code == 200


def test_what_the_host_gives_is_shown_and_what_is_missing_is_said(client, settings):
    settings.TRAITDUNION_LEGAL = LEGAL
    text = client.get(reverse("legal")).content.decode()
    assert all(LEGAL[key] in text for key in ("publisher", "director", "hosting", "contact"))
    settings.TRAITDUNION_LEGAL = dict.fromkeys(LEGAL, "")
    assert client.get(reverse("legal")).content.decode().count("non renseigné") == 4


def test_accessibility_is_declared_not_compliant_until_someone_audits_it(client, settings):
    settings.TRAITDUNION_LEGAL = LEGAL
    text = client.get(reverse("accessibility")).content.decode()
    assert "<h1>Accessibilité : non conforme</h1>" in text
    assert "contact@example.org" in text


def test_personal_data_shows_each_treatment_of_the_register(client, settings):
    settings.TRAITDUNION_LEGAL = LEGAL
    text = client.get(reverse("personal-data")).content.decode()
    assert text.count("<summary>") == len(treatments())
    assert "dpo@example.org" in text


def test_a_ground_of_elsewhere_under_the_map_is_told(client, settings):
    settings.TRAITDUNION_MAP_STYLE = ""
    assert "vient de ce site" in client.get(reverse("personal-data")).content.decode()
    settings.TRAITDUNION_MAP_STYLE = "https://plan.example/style.json"
    text = client.get(reverse("personal-data")).content.decode()
    assert "https://plan.example/style.json" in text
    assert "vient de ce site" not in text


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_these_pages_are_accessible_on_a_phone(site, open_page):
    page = open_page(site + "/plan-du-site/", width=320)
    check_page(page)
    for name in ("accessibility", "legal", "personal-data"):
        page.goto(site + reverse(name))
        unfold(page)
        check_page(page)

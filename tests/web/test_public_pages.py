"""The pages asked of a public site: each is there, and the map of the site forgets none."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, get_resolver, reverse

from tests.web.page_steps import check_page, unfold
from traitdunion.accounts.access_decorators import PUBLIC
from traitdunion.rules.reading import rule_book
from traitdunion.sources.bounded.yaml_files import yaml_document
from traitdunion.web.public_pages import AUDIT, THEMES, audit_of
from traitdunion.web.register import treatments
from traitdunion.web.upkeep.credits import components

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
# Read by programs, parts of other pages, pages that only follow another one, or of demonstrations.
NOT_PAGES = {
    "alive", "ready", "robots-txt", "security-txt", "components", "openid_start", "openid_back",
    "account_logout", "answered", "listed", "renewed", "ballot", "propose-first",
    "hours-understood", "metrics", "stats", "titles", "tour",
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


def test_the_usual_address_of_statistics_leads_to_them(client):
    answer = client.get("/stats/")
    assert (answer.status_code, answer.url) == (301, reverse("observatory:statistics"))


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
    assert "<h1>Accessibilité\u00a0: non conforme</h1>" in text
    assert "contact@example.org" in text


def test_the_declaration_follows_the_audit_of_the_106_criteria():
    """Each test that is named exists; a criterion without an audit is never compliant."""
    document = yaml_document(AUDIT)
    rows = document["criteres"]
    by_theme = Counter(row["critere"].partition(".")[0] for row in rows)
    assert [by_theme[str(n)] for n in range(1, 14)] == [9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12]
    assert len({row["critere"] for row in rows}) == len(rows) == 106
    root = Path(__file__).parents[2]
    assert [row for row in rows if "test" in row and not (root / row["test"]).is_file()] == []
    unproven = [
        row["critere"] for row in rows
        if row["etat"] != "non_audite" and not {"page", "date", "par"} <= set(row)
    ]  # fmt: skip
    assert unproven == []
    assert audit_of(document).status == "non conforme"


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["conforme"] * 4, "totalement conforme"),
        (["conforme", "conforme", "non_conforme", "non_applicable"], "partiellement conforme"),
        (["conforme", "non_conforme", "non_conforme"], "non conforme"),
        (["conforme"] * 3 + ["non_audite"], "non conforme"),
        (["non_applicable"], "non conforme"),
    ],
)
def test_the_status_is_counted(states, status):
    rows = [{"critere": str(n), "etat": state} for n, state in enumerate(states)]
    assert audit_of({"version": "4.1.2", "criteres": rows}).status == status


def test_the_rules_applied_are_listed_with_their_date(client):
    text = client.get(reverse("algorithms")).content.decode()
    assert text.count("<summary>") == len(rule_book().rules) > 20
    assert text.count("En vigueur depuis le") == len(rule_book().rules)


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


def test_credits_name_the_data_in_service_and_every_package_of_the_lock(client, settings, tmp_path):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    settings.TRAITDUNION_FEEDS = tmp_path / "feeds.yaml"
    assert "Aucune donnée" in client.get(reverse("credits")).content.decode()
    settings.TRAITDUNION_FEEDS.write_text(
        "title: Ici\nfeeds:\n  - {name: a, title: Cars d'ici, publisher: Région, licence: ODbL, "
        'url: "https://a.example", why: cars}\n'
    )
    (tmp_path / "streets").mkdir()
    text = client.get(reverse("credits")).content.decode()
    assert "Horaires\u00a0: Cars d&#x27;ici" in text
    assert "contributeurs d&#x27;OpenStreetMap" in text
    lock = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    names = re.findall(r"^([a-zA-Z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE)
    assert len(names) > 90
    assert [(row.what, row.publisher) for row in components()] == names


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_these_pages_are_accessible_on_a_phone(site, open_page):
    page = open_page(site + "/plan-du-site/", width=320)
    check_page(page)
    for name in ("accessibility", "legal", "personal-data", "help", "contact-page", "algorithms",
                 "open-data", "credits"):  # fmt: skip
        page.goto(site + reverse(name))
        unfold(page)
        check_page(page)

"""The pages of the scenarios: created, edited, versioned, compared; losses always shown."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from tests.levers.test_territory import DAY, territory
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.levers.models import (
    FORM_OF_COMPARISON,
    FORM_OF_SEARCH,
    RechercheTerritoire,
    Scenario,
    VersionDeScenario,
)
from traitdunion.levers.operations import LeverError, keep_search
from traitdunion.levers.scenarios import operations, views
from traitdunion.levers.scenarios.forms import ChangeForm
from traitdunion.levers.scenarios.kinds import KINDS
from traitdunion.levers.scenarios.weighing import weighed
from traitdunion.levers.territory.published import published
from traitdunion.levers.territory.search import search

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def day():
    return territory(*DAY)


@pytest.fixture
def office(db, client, monkeypatch, day):
    """An adviser signed in, and the drawn road as the network in service."""
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    user = User.objects.create(email="conseil@ici.example", nom="Camille")
    Membership.objects.create(user=user, organisation=organisation, role=Role.PILOTAGE)
    client.force_login(user)
    network = SimpleNamespace(version="1", label="Route dessinée", demonstration=False)
    monkeypatch.setattr(views, "current_network", lambda _root: network)
    monkeypatch.setattr(views, "baseline", lambda _network, _profile, *, on: day)
    return user, organisation


def page_of(row):
    return reverse("levers:scenario", args=["ici", row.pk])


def test_each_edit_makes_a_version_and_the_losses_are_shown(client, office):
    client.post(reverse("levers:scenarios", args=["ici"]), {"titre": "Un car à 4 h 40"})
    row = Scenario.objects.get()
    asked = {"nature": "ajouter_course", "faire": "ajouter", "vue": "0",
             "c-arrets": "4:40 C\n4:55 B", "c-cout_eur": "12000"}  # fmt: skip
    assert client.post(page_of(row), asked).status_code == 302
    first = row.versions.get()
    assert first.changements == [{"nature": "ajouter_course", "arrets": ["C", "B"],
                                  "heures": ["4:40", "4:55"], "cout_eur": 12000.0}]  # fmt: skip
    assert first.resultat["gained"]["communes_opened"] == ["Gamma"]
    page = client.get(page_of(row)).content.decode()
    assert "Ce scénario ne ferme rien à personne" in page
    assert "Ajoutez un départ C 4 h 40, B 4 h 55." in page.replace("\xa0", " ")
    client.post(page_of(row), {"nature": "fermer_arret", "faire": "ajouter", "vue": "1",
                               "c-arret": "A"})  # fmt: skip
    page = client.get(page_of(row)).content.decode()
    assert "Alpha" in page.split("Fermé", 1)[1]
    assert "ne ferme rien" not in page
    client.post(page_of(row), {"faire": "retirer-0", "vue": "2"})
    assert [v.numero for v in row.versions.order_by("numero")] == [1, 2, 3]
    assert [c["nature"] for c in row.versions.get(numero=3).changements] == ["fermer_arret"]
    old = client.get(page_of(row), {"version": "1"}).content.decode()
    assert "ancienne version" in old
    assert client.get(page_of(row), {"version": "9"}).status_code == 404


def test_a_territory_without_communes_still_shows_and_compares(client, office, monkeypatch, day):
    empty = replace(day, groups=[], poles=[])
    monkeypatch.setattr(views, "baseline", lambda _network, _profile, *, on: empty)
    client.post(reverse("levers:scenarios", args=["ici"]), {"titre": "Nulle part"})
    row = Scenario.objects.get()
    assert client.get(page_of(row)).status_code == 200
    asked = {"nature": "fermer_arret", "faire": "ajouter", "vue": "0", "c-arret": "A"}
    assert client.post(page_of(row), asked).status_code == 302
    assert client.get(page_of(row)).status_code == 200


def test_an_old_version_is_resumed_as_the_last_one(client, office):
    row = Scenario.objects.create(titre="Essai", organisation=office[1], cree_le=NOW)
    client.post(page_of(row), {"nature": "fermer_arret", "faire": "ajouter", "vue": "0",
                               "c-arret": "A"})  # fmt: skip
    client.post(page_of(row), {"faire": "retirer-0", "vue": "1"})
    client.post(page_of(row) + "?version=1", {"faire": "comparer", "vue": "2"})
    assert row.versions.first().changements == row.versions.get(numero=1).changements


def test_what_was_written_elsewhere_meanwhile_is_not_lost(client, office):
    row = Scenario.objects.create(titre="Essai", organisation=office[1], cree_le=NOW)
    for _ in range(2):
        page = client.post(page_of(row), {"faire": "comparer", "vue": "0"})
    assert "a changé pendant votre saisie" in page.content.decode()
    assert row.versions.count() == 1
    with pytest.raises(LeverError):
        operations.add_version(by=office[0], scenario=row, changements=[], resultat={}, reseau="",
                               profil="a_pied", after=7, now=timezone.now())  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [("quatre heures C\n4:55 B", "heure illisible"), ("4:40 C\n4:55 Nulle part", "Nulle part"),
     ("4:40\n4:55 B", "l&#x27;heure, puis l&#x27;arrêt"), ("4:55 C\n4:40 B", "ne se suivent pas")],
)  # fmt: skip
def test_a_trip_that_cannot_be_read_is_refused_where_it_is_written(client, office, given, said):
    row = Scenario.objects.create(titre="Essai", organisation=office[1], cree_le=NOW)
    page = client.post(page_of(row), {"nature": "ajouter_course", "faire": "ajouter", "vue": "0",
                                      "c-arrets": given})  # fmt: skip
    assert said in page.content.decode()
    assert not VersionDeScenario.objects.exists()


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_has_a_form(day, code):
    form = ChangeForm(KINDS[code], day)
    assert set(form.fields) - {"cout_eur"} == set(KINDS[code].keys) - {
        "nature", "cout_eur", "heures"}  # fmt: skip


def test_people_are_rounded_and_marked_as_an_estimate(client, office):
    row = Scenario.objects.create(titre="Essai", organisation=office[1], cree_le=NOW)
    client.post(page_of(row), {"nature": "loger_plus_pres", "faire": "ajouter", "vue": "0",
                               "c-de": "43009", "c-vers": "43001", "c-nombre": "8"})  # fmt: skip
    assert row.versions.get().resultat["gained"]["people"] == 8
    page = client.get(page_of(row)).content.decode()
    assert "moins de 10" in page
    assert "estimation" in page


def test_the_territory_page_has_each_profile_searched(client, office):
    curve = [{"budget_eur": 0.0, "levers": [], "people_rounded": 0, "people_least": 0, "gap": 0,
              "people_text": "0", "least_text": "0",
              "cost_eur_year": 0.0, "compared": {"lost": {"pairs": 0, "people": 0}}}]  # fmt: skip
    network = SimpleNamespace(label="essai", demonstration=False)
    for profil, n in (("a_pied", 11), ("velo", 22)):
        for candidates in (n - 1, n):  # searched twice: the last one is kept
            keep_search({"levers": [], "curve": curve, "candidates": candidates}, network=network,
                        now=NOW, profil=profil)  # fmt: skip
    assert RechercheTerritoire.objects.count() == 2
    address = reverse("levers:territory")
    assert "11 changements essayés" in client.get(address).content.decode()
    page = client.get(address, {"profil": "velo"}).content.decode()
    assert "22 changements essayés" in page
    assert '<option value="velo" selected>' in page
    assert client.get(address, {"profil": "fusee"}).status_code == 200


def test_the_levers_print_on_one_page_by_actor_with_the_people_of_other_profiles(
    client, office, day
):
    note = reverse("levers:note")
    assert client.get(note).status_code == 404
    network = SimpleNamespace(label="essai", demonstration=False)
    result = published(search(day, demonstration=True))
    for profil in ("a_pied", "velo"):
        keep_search(result, network=network, now=NOW, profil=profil)
    page = client.get(reverse("levers:territory")).content.decode()
    assert note in page
    assert "qui ont un vélo" in page
    pdf = PdfReader(BytesIO(client.get(note, {"budget": "40000"}).content))
    assert len(pdf.pages) == 1
    text = " ".join(pdf.pages[0].extract_text().split())
    for words in ("La Région", "Réponse en séance", "qui ont un vélo",
                  "Il ne laisse personne sans poste"):  # fmt: skip
        assert words in text


ADDED_ROW = {"nature": "ajouter_course", "arrets": ["C", "B"], "heures": ["4:40", "4:55"],
             "cout_eur": 12000.0}  # fmt: skip


def form_of(value):
    """Return the names and the kinds of a stored result, without its values."""
    if isinstance(value, dict):
        return {name: form_of(part) for name, part in sorted(value.items())}
    if isinstance(value, list):
        return sorted({json.dumps(form_of(part)) for part in value})
    return "number" if isinstance(value, int | float) else type(value).__name__


def digest_of_form(value):
    text = json.dumps(form_of(json.loads(json.dumps(value))), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_a_stored_result_whose_form_changes_has_another_number(day):
    """Where this fails: raise the number in `levers.models`, then write the new digest here."""
    # By the names of levers, of communes and of poles a mapping has no form of its own.
    result = published(search(day, demonstration=True)) | {"people_by_lever": {}}
    for row in result["levers"]:
        row["change"] = {}
    compared = weighed(day, [ADDED_ROW], given={}, demonstration=True).json() | {"communes": {}}
    assert {
        "search": (FORM_OF_SEARCH, digest_of_form(result)),
        "comparison": (FORM_OF_COMPARISON, digest_of_form(compared)),
    } == {"search": (1, "009935f21938"), "comparison": (1, "ce98805dba98")}


def test_a_search_kept_by_another_version_is_to_be_launched_again(client, office, day):
    network = SimpleNamespace(label="essai", demonstration=False)
    row = keep_search(published(search(day, demonstration=True)), network=network, now=NOW)
    address, note = reverse("levers:territory"), reverse("levers:note")
    assert "à relancer" not in client.get(address).content.decode()
    kept = dict(row.resultat)
    for missing in [{"each_text"}, {"people_text", "bars"}]:
        old = json.loads(json.dumps(kept)) | {"form": FORM_OF_SEARCH - 1}
        for lever in old["levers"]:
            for name in missing:
                del lever[name]
        RechercheTerritoire.objects.update(resultat=old)
        page = client.get(address)
        assert page.status_code == 200
        assert "Cette recherche est à relancer" in page.content.decode()
        assert client.get(note).status_code == 404
    # No number at all: before there were any.
    del kept["form"]
    RechercheTerritoire.objects.update(resultat=kept)
    assert "à relancer" in client.get(address).content.decode()
    button = "Relancer la recherche"
    assert button not in client.get(address).content.decode(), "office may not handle the work"
    Membership.objects.filter(user=office[0]).update(role=Role.ADMINISTRATEUR)
    page = client.get(address).content.decode()
    assert button in page
    assert 'action="/organisations/ici/travaux/lancer/"' in page
    # Beside a search that can be read, one that cannot says nothing.
    keep_search(published(search(day, demonstration=True)), network=network, now=NOW)
    RechercheTerritoire.objects.create(resultat={}, profil="velo", reseau="essai", calculee_le=NOW)
    assert "à relancer" not in client.get(address).content.decode()


def test_a_comparison_kept_by_another_version_is_to_be_made_again(client, office):
    row = Scenario.objects.create(titre="Essai", organisation=office[1], cree_le=NOW)
    asked = {"nature": "ajouter_course", "faire": "ajouter", "vue": "0",
             "c-arrets": "4:40 C\n4:55 B", "c-cout_eur": "12000"}  # fmt: skip
    client.post(page_of(row), asked)
    assert "gagnent un premier poste" in client.get(page_of(row)).content.decode()
    VersionDeScenario.objects.update(resultat={"gained": {"people": 3}})
    page = client.get(page_of(row))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Cette comparaison est à relancer" in text
    assert "gagnent un premier poste" not in text


def test_a_scenario_belongs_to_its_organisation(client, office):
    other = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    row = Scenario.objects.create(titre="Essai", organisation=other, cree_le=NOW)
    assert client.get(page_of(row)).status_code == 404
    assert client.post(reverse("levers:delete-scenario", args=["ici", row.pk])).status_code == 404
    assert Scenario.objects.filter(pk=row.pk).exists()

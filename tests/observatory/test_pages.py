"""The public pages: what they show of a run, what they hide, before a run and after two."""

import json
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import now

from tests.observatory.test_loading import CENSUS
from traitdunion import reach
from traitdunion.desk.models import Search
from traitdunion.observatory.definitions import HOURS_UNKNOWN
from traitdunion.observatory.models import Pole, Run
from traitdunion.observatory.needs.statistics import Needs, last_quarter, needs_of
from traitdunion.observatory.pages.maps import outlines
from traitdunion.observatory.pages.territory_page import finding
from traitdunion.observatory.pages.trips import why_not
from traitdunion.observatory.publishing.documents import asked_words
from traitdunion.observatory.queries import territory_named
from traitdunion.observatory.running.manifest import feeds_unknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(site, tmp_path):
    """A run of the small site, published."""
    call_command("observatory", "poles", "Le Puy-en-Velay", "--json")
    call_command("observatory", "run", "--json")
    call_command("observatory", "publish", "dernier", "-o", str(tmp_path / "out"), "--json")
    return Run.objects.get()


def page(client, name, *arguments, **query):
    response = client.get(reverse(f"observatory:{name}", args=arguments), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode().replace("\xa0", " "))


def test_before_a_run_the_page_names_what_is_missing(client, settings, tmp_path):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    html = page(client, "home")
    assert "n'a encore rien publié" in html
    # Each file once, whatever the indicators that wait for it.
    files, _, _ = html.partition("Indicateur par indicateur")
    assert files.count("traitdunion territory load") == 1
    assert "indicateurs l'attendent" in files
    assert "0 %" not in html
    assert page(client, "method").count("non renseigné") > 20
    assert client.get("/observatoire/commune/43112/").status_code == 404


def test_a_week_that_a_feed_does_not_cover_is_told(client, published):
    """Its lines are missing from the maps: that is no zone without a way."""
    assert published.manifest["reseau"]["horaires_inconnus"] == []
    ended = SimpleNamespace(name="cars.zip", first=date(2026, 9, 1), last=date(2026, 11, 24))
    ended.knows = lambda on: ended.first <= on <= ended.last
    weekdays = SimpleNamespace(knows=lambda on: on.weekday() < 5)
    question = SimpleNamespace(
        week=published.week, timetable=SimpleNamespace(feeds=[ended, weekdays])
    )
    published.manifest["reseau"]["horaires_inconnus"] = feeds_unknown(question)
    # A run that has ended is not saved again.
    Run.objects.update(manifest=published.manifest)
    html = page(client, "home")
    assert "Les horaires de cars ne sont connus que du 1er septembre 2026 au 24 novembre" in html
    assert html.count("ne sont connus que du") == 1


def test_a_run_of_another_version_is_shown_without_what_its_manifest_misses(
    client, published, tmp_path
):
    """Each part of the manifest, then each value of its territory and network, left out."""
    whole = published.manifest
    lacking = [{**whole, name: {}} for name in ("territoire", "reseau", "gravite", "parametres")]
    lacking += [{key: part for key, part in whole.items() if key != name} for name in whole]
    lacking.append({**whole, "profils": [{"code": "base"}]})
    for manifest in lacking:
        Run.objects.update(manifest=manifest)
        assert "Sans voiture, " in page(client, "home")
        assert page(client, "method")


def test_a_territory_shows_its_finding_six_maps_causes_files_and_method(client, published):
    html = page(client, "home")
    assert "Sans voiture, " in html
    assert html.count('<svg class="zone-map"') == 6
    for text in ("Les six cartes en tableau", "peut agir", "Licence Ouverte 2.0",
                 "masquée", "Non renseigné : il manque le recensement"):  # fmt: skip
        assert text in html
    # What is not known is named apart, once.
    assert "Non renseigné ici : " in html
    assert "<li>Aires de covoiturage pour 10 000 habitants</li>" in html
    assert html.count("Aires de covoiturage pour 10 000 habitants") == 1
    assert "Avec le permis B, sans voiture</th><td>" in html
    # Each commune is drawn once, and used by each map.
    assert html.count('id="c43112"') == 1
    assert html.count('href="#c43112"') == 6
    assert "style=" not in html
    table = page(client, "table", "departement", "43")
    assert table.count("<tr>") == 5
    assert "deux solutions ou plus" in table or "une seule" in table
    commune = page(client, "territory", "commune", "43112", horaire="nuit")
    assert "À Langeac, sans voiture" in commune
    assert "Les trajets du jour vers Le Puy-en-Velay" in commune
    assert "poste de nuit" in commune
    assert "Rives du Haut-Allier" in page(client, "territory", "epci", "200073393")
    for wrong in ("/observatoire/commune/01001/", "/observatoire/region/84/",
                  "/observatoire/?horaire=aube", "/observatoire/?calcul=x"):  # fmt: skip
        assert client.get(wrong).status_code == 404


def test_files_the_feed_and_the_api_give_the_figures_of_the_page(client, published):
    data = client.get(reverse("observatory:data", args=[published.pk, "chiffres.csv"]))
    assert b"".join(data.streaming_content).startswith(b"niveau,code,nom")
    for name in ("../manifest.json", "figures.parquet", "rien.csv"):
        assert client.get(f"/observatoire/donnees/{published.pk}/{name}").status_code == 404
    assert published.pk in client.get(reverse("observatory:feed")).content.decode()
    (run,) = client.get("/api/v1/observatoire/calculs").json()
    assert run["empreinte"] == published.digest
    figures = client.get("/api/v1/observatoire/indicateurs/W1?niveau=epci&horaire=nuit").json()
    assert {row["code"] for row in figures} == {"200073393", "200073419"}
    assert client.get("/api/v1/observatoire/indicateurs/Z").status_code == 404
    assert client.get("/api/v1/observatoire/indicateurs/A1_60").json() == []
    assert len(client.get("/api/v1/observatoire/indicateurs").json()) > 20


def test_the_note_is_one_page_and_that_of_the_committee_longer(client, published):
    from io import BytesIO

    from pypdf import PdfReader

    pages = {}
    for niveau, code in (("epci", "200073393"), ("departement", "43")):
        pdf = client.get(reverse("observatory:document", args=[niveau, code])).content
        pages[niveau] = [part.extract_text() for part in PdfReader(BytesIO(pdf)).pages]
    assert len(pages["epci"]) == 1
    assert "Démonstration" in pages["epci"][0]
    assert len(pages["departement"]) == 2
    assert "Rives du Haut-Allier" in pages["departement"][1]


def test_the_document_to_edit_holds_the_same_figures(client, published):
    from io import BytesIO

    from odfdo import Document

    answer = client.get(reverse("observatory:document-odt", args=["departement", "43"]))
    body = Document(BytesIO(answer.content)).body
    tables = {table.name: table.get_values() for table in body.get_tables()}
    assert tables["Horaires"][0] == ["Horaire", "Heures", "Habitants", "Zones blanches"]
    assert [row[0] for row in tables["Intercommunalites"][1:]] == [
        "Le Puy-en-Velay", "Rives du Haut-Allier"]  # fmt: skip
    shares = {row[0]: row[1:] for row in tables["Estimations"]}
    html = page(client, "home")
    for text in shares["Part des habitants ayant au moins une solution"]:
        assert str(text).replace("\xa0", " ") in html.replace("\xa0", " ").replace("&nbsp;", " ")
    titles = [header.text for header in body.get_headers()]
    assert "Par intercommunalité" in titles


def test_jobs_reached_say_that_their_hours_are_not_published(client, site, tmp_path):
    """What is shown above the jobs is not what is said of the hours of feeds."""
    census = tmp_path / "recensement.csv"
    census.write_text(CENSUS)
    call_command("observatory", "load", "recensement", str(census))
    call_command("observatory", "poles", "Le Puy-en-Velay", "--json")
    call_command("observatory", "run", "--json")
    call_command("observatory", "publish", "dernier", "-o", str(tmp_path / "out"), "--json")
    html = page(client, "home")
    _, _, jobs = html.partition("Emplois atteints</h3>")
    assert f"<p>{escape(HOURS_UNKNOWN)}</p>" in jobs
    assert "[]" not in html


@pytest.mark.parametrize(
    ("total", "withheld", "said"),
    [(0, 0, "Aucune question posée au guichet du 1er juillet 2026 au 30 septembre 2026."),
     (40, 0, "Questions posées au guichet, sans identité, du 1er juillet 2026 au 30 septembre "
             "2026."),
     (None, 3, "3 valeurs masquées : moins de 11 personnes, ou de quoi les retrouver.")],
)  # fmt: skip
def test_the_document_says_when_nobody_asked_and_what_it_hides(total, withheld, said):
    needs = Needs(date(2026, 7, 1), date(2026, 9, 30), total, [], None, withheld)
    words = asked_words(needs).replace("\xa0", " ")
    assert words.endswith(said)
    assert "0 valeur" not in words


def test_two_runs_show_who_gained_and_who_lost(client, published, tmp_path):
    Pole.objects.all().delete()
    call_command("observatory", "poles", "Langeac", "--json")
    call_command("observatory", "run", "--json")
    Run.objects.filter(pk=published.pk).update(created_at=now() - timedelta(1))
    call_command("observatory", "publish", "dernier", "-o", str(tmp_path / "b"), "--json")
    html = page(client, "home", horaire="nuit")
    assert "Avant, après" in html
    assert "De calcul en calcul" in html
    assert re.search(r"Y perdent\s: [1-9]", html)
    assert "les pôles ou la population" in html
    back = page(client, "home", horaire="nuit", avant=Run.objects.latest("created_at").pk,
                apres=published.pk)  # fmt: skip
    assert re.search(r"Y gagnent\s: [1-9]", back)


def test_counts_under_eleven_are_hidden_and_no_subtraction_gives_them_back(client):
    first, last = last_quarter(date(2026, 11, 20))
    assert (first, last) == (date(2026, 7, 1), date(2026, 9, 30))

    def ask(n, horaire, sure=0, check=0, filtre=""):
        for _ in range(n):
            Search.objects.create(
                week=first + timedelta(5), home_area="43", work_area="43", horaire=horaire,
                n_days=5, permis="aucun", vehicule="aucun", n_sure=sure, n_to_check=check,
                filtre=filtre,
            )  # fmt: skip

    ask(40, "journee", sure=1)
    ask(30, "journee", filtre="retour")
    ask(20, "nuit", filtre="aller")
    ask(3, "nuit", sure=1)
    ask(15, "matin", check=1)
    needs = needs_of(first, last)
    rows = {row.nom: row for row in needs.rows}
    assert needs.withheld >= 2
    assert "masqué" in (rows["Nuit"].asked, rows["Nuit"].unmet_wide)
    assert rows["Matin"].unmet_strict in ("100 %", "masqué")
    if needs.reasons is not None:
        assert all(reason.count >= 11 for reason in needs.reasons)
    assert not needs_of(date(2020, 1, 1), date(2020, 3, 31)).total


def test_a_finding_is_a_sentence_that_one_can_read_aloud(site):
    departement = territory_named("departement", "43")
    shares = {"matin": 0.49, "journee": 0.87, "nuit": 0.28}
    assert finding(departement, shares).replace("\xa0", " ") == (
        "Sans voiture, 87 % des habitants peuvent tenir un poste de journée ; 28 % un poste de nuit"
    )
    commune = territory_named("commune", "43112")
    assert finding(commune, {"matin": 0.0, "journee": 1.0}) == (
        "À Langeac, sans voiture, on peut tenir un poste de journée"
    )
    assert finding(commune, {"matin": 0.0}).endswith("aucun des six horaires n'est tenable")
    assert "on ne sait pas" in finding(departement, {"matin": None})


@pytest.mark.parametrize(("reason", "waits_s", "words"), [
    (reach.Reason.NO_TRIP_OUT, 3 * 3600, "le dernier trajet arrive des heures trop tôt"),
    (reach.Reason.NO_TRIP_OUT, None, "aucun trajet n'arrive à temps"),
    (reach.Reason.NO_TRIP_BACK, 3 * 3600, "le premier retour part des heures trop tard"),
    (reach.Reason.NO_TRIP_BACK, None, "aucun trajet de retour"),
    (None, 600, "possible"),
])  # fmt: skip
def test_a_way_that_is_shown_is_not_said_to_be_absent(reason, waits_s, words):
    day = SimpleNamespace(reason=reason, wait_before_s=waits_s, wait_after_s=waits_s)
    assert why_not(day) == words


def test_outlines_fit_their_box(site):
    drawn = outlines("43")
    assert set(drawn.paths) == {"43112", "43157", "43062", "43132"}
    numbers = [float(n) for d in drawn.paths.values() for n in re.findall(r"-?\d+\.\d", d)]
    assert min(numbers) == 0
    assert max(numbers) == pytest.approx(400, abs=0.1)
    assert json.dumps(drawn.around(["43112"])) != json.dumps(drawn.view_box)

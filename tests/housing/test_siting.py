"""Siting: posts kept from a commune by the bulk contract, H+T, what living here would change."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import caches
from django.urls import reverse

from tests.observatory.conftest import network_folder, site  # noqa: F401 (fixtures)
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.desk import queries
from traitdunion.housing.siting import scoring
from traitdunion.housing.siting.costs import weighed
from traitdunion.housing.siting.scoring import AT_ONCE, Kind, kind_of, scores_of, siting
from traitdunion.matching.places import Place
from traitdunion.matching.situation import Permis, Situation, Vehicule
from traitdunion.matching.what_if import outcome_of
from traitdunion.observatory.running.run import prepare
from traitdunion.reach import Shift
from traitdunion.territory.models import Commune, Equipe, Site

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def sites(site):  # noqa: F811
    """Two sites; more teams than one search takes."""
    caches["memory"].clear()
    puy = Commune.objects.get(pk="43157")
    langeac = Commune.objects.get(pk="43112")
    dairy = Site.objects.create(
        code="laiterie", nom="Usine", employeur="Fictive", commune=puy, lat=puy.lat, lon=puy.lon
    )
    mill = Site.objects.create(
        code="scierie", nom="Parc", employeur="Fictive", commune=langeac, lat=langeac.lat,
        lon=langeac.lon,
    )  # fmt: skip
    days = [0, 1, 2, 3, 4]
    hours = [(8, 16, 40), (5, 13, 25), (13, 21, 20), (21, 29, None), (9, 17, 3)]
    for place in (dairy, mill):
        for start, end, people in hours:
            Equipe.objects.create(
                site=place, nom=f"{start}", jours=days, debut_s=start * 3600, fin_s=end * 3600,
                personnes=people,
            )  # fmt: skip
    return dairy, mill


def test_a_shift_has_a_kind_by_its_start():
    kinds = [kind_of(int(hour * 3600)) for hour in (0, 4, 6.9, 7, 11.9, 12, 17.9, 18, 23)]
    assert kinds == [
        Kind.NUIT, Kind.MATIN, Kind.MATIN, Kind.JOURNEE, Kind.JOURNEE, Kind.APRES_MIDI,
        Kind.APRES_MIDI, Kind.NUIT, Kind.NUIT,
    ]  # fmt: skip


def test_the_posts_kept_are_those_of_single_answers(sites):
    """Every commune and team, asked one at a time of the desk: the same posts are sure."""
    prepared = prepare(now=NOW, with_sites=False)
    dairy, _ = sites
    teams = list(dairy.equipes.select_related("site__commune").order_by("pk"))
    scores = scores_of(prepared.question, teams)
    assert scores.of("43112").sure > 0
    assert scores.uncounted == 1
    network = queries.active_network()
    for commune in Commune.objects.exclude(pk=dairy.commune_id):
        sure = dict.fromkeys(Kind, 0)
        for team in teams:
            asked = Situation(
                home=Place(commune.nom, commune.lat, commune.lon, commune.pk),
                work=Place("site", dairy.lat, dairy.lon, dairy.commune_id),
                shift=Shift(team.debut_s, team.fin_s, days=frozenset(team.jours)),
                week=prepared.question.week, permis=Permis.AUCUN, vehicule=Vehicule.AUCUN, now=NOW,
            )  # fmt: skip
            outcome = outcome_of(queries.find_answer(asked, network))
            if outcome.days == len(team.jours):
                sure[kind_of(team.debut_s)] += team.personnes or 0
        score = scores.of(commune.pk)
        assert dict(zip(Kind, (cell.sure for cell in score.cells), strict=True)) == sure


def test_more_teams_than_one_search_takes_are_all_counted(sites):
    question = prepare(now=NOW, with_sites=False).question
    whole = list(Equipe.objects.select_related("site__commune").order_by("pk"))
    assert len(whole) > AT_ONCE
    parts = [
        scores_of(question, list(place.equipes.select_related("site__commune"))) for place in sites
    ]
    for score in scores_of(question, whole).scores:
        assert score.sure == sum(part.of(score.code).sure for part in parts)


def test_the_best_communes_come_first_and_are_kept_until_a_team_changes(sites, monkeypatch):
    the_sites = siting(now=NOW)
    assert [score.sure for score in the_sites.scores] == sorted(
        (score.sure for score in the_sites.scores), reverse=True
    )
    assert the_sites.scores[0].sure > 0
    monkeypatch.setattr(scoring, "_held", lambda *_: iter(()))
    assert siting(now=NOW) == the_sites
    Equipe.objects.filter(nom="8").update(personnes=41)
    assert siting(now=NOW) != the_sites


def test_a_household_type_is_weighed_by_the_vectors_rule():
    housing = {"logement": Decimal(450), "redevance": Decimal("56.34"), "charges": Decimal(65)}
    lines = weighed(
        housing, without_car={"trajets": Decimal(20)}, with_car={"voiture": Decimal(300)}
    )
    # 1,709 €: 571.34 is 33.4 % (over 30), 591.34 is 34.6 % (under 45), 871.34 is 51 %.
    full_time = next(line for line in lines if line.household.income == 1709)
    assert (full_time.without_car.h_ok, full_time.without_car.ht_ok) == (False, True)
    assert full_time.with_car.ht_ok is False


@pytest.fixture
def keeper(client, db):
    body = Organisation.objects.create(slug="ofs", nom="Foncier solidaire")
    person = User.objects.create_user("k@ofs.example")
    Membership.objects.create(user=person, organisation=body, role=Role.PILOTAGE)
    client.force_login(person)
    return client


@time_machine.travel(NOW)
def test_the_page_of_siting_lists_communes_by_shift(keeper, sites, monkeypatch):
    ended = {"nom": "cars", "du": "2026-09-01", "au": "2026-11-20"}
    monkeypatch.setattr(scoring, "feeds_unknown", lambda question: [ended])
    page = keeper.get(reverse("housing:siting", kwargs={"organisation": "ofs"})).content.decode()
    assert "Ce sont des postes, pas des offres" in page
    assert "effectif non renseigné pour 2" in page
    assert "Emplois du recensement\u00a0: non renseignés" in page
    assert "Chanteuges" in page
    assert "Les horaires de cars ne sont connus que du 1er septembre 2026 au" in page


def test_without_a_network_the_page_says_what_to_load(keeper, tmp_path, settings):
    settings.TRAITDUNION_DATA_DIR = tmp_path
    page = keeper.get(reverse("housing:siting", kwargs={"organisation": "ofs"})).content.decode()
    assert "Rien à calculer" in page
    page = keeper.get(reverse("housing:living", kwargs={"organisation": "ofs"})).content.decode()
    assert "Rien à calculer" in page


def test_the_page_of_costs_names_what_was_left_out(keeper):
    url = reverse("housing:costs", kwargs={"organisation": "ofs"})
    assert "Parts des revenus" not in keeper.get(url).content.decode()
    page = keeper.get(url, {"logement": "450", "voiture": "300"}).content.decode()
    assert "Non renseigné\u00a0: redevance, charges, trajets sans voiture" in page
    assert "OpenFisca" in page


@time_machine.travel(NOW)
def test_living_here_compares_two_homes_for_one_job(keeper, sites):
    url = reverse("housing:living", kwargs={"organisation": "ofs"})
    asked = {
        "domicile": "Chanteuges", "travail": "Le Puy-en-Velay", "jours": ["lun", "mar"],
        "debut": "08:00", "fin": "16:00", "permis": "aucun", "loyer0": "420",
        "ailleurs1": "Langeac", "loyer1": "510",
    }  # fmt: skip
    assert "Le poste et les logements" in keeper.get(url).content.decode()
    page = keeper.get(url, asked).content.decode().replace("\xa0", " ")
    assert "aujourd'hui</small>" in page
    assert "510 €" in page
    assert "Postes, matin" in page

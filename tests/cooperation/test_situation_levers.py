"""A session's situation shows its levers, from two communes and hours alone."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace

import pytest
from django.urls import reverse

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.cooperation import situation_levers
from traitdunion.cooperation.models import Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import workshop
from traitdunion.levers.changes import Lever, cost_of
from traitdunion.levers.enums import Acteur, Confiance, Nature
from traitdunion.matching.situation import Permis
from traitdunion.territory.models import Commune, Departement, Region

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
PHRASE = "Si le poste commençait à 6 h 25."


@pytest.fixture
def communes(db):
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    for code, nom in (("43112", "Langeac"), ("43157", "Le Puy-en-Velay")):
        Commune.objects.create(code_insee=code, nom=nom, departement=departement, lat=45.1, lon=3.5)


@pytest.fixture
def session(db, client):
    organisation = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    user = User.objects.create(email="pilote@ici.example", nom="Camille")
    Membership.objects.create(user=user, organisation=organisation, role=Role.PILOTAGE)
    client.force_login(user)
    seance = Seance.objects.create(
        slug="seance", titre="Coopérer", organisation=organisation, tenue_le=date(2026, 6, 19),
        code="ABC234", etat="ouverte", ferme_le=datetime(2099, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return user, seance


def told(session, **job):
    user, seance = session
    return workshop.add_situation(
        by=user, seance=seance, prenom="Alix", recit="Un poste à 6 h.", post=workshop.Post(**job),
        now=NOW,
    )  # fmt: skip


def test_a_job_is_given_whole_or_not_at_all(session):
    assert not told(session).has_a_job
    with pytest.raises(CooperationError, match="le domicile, le travail"):
        told(session, domicile="43112")


@pytest.mark.parametrize(("start", "end", "hours"), [(5, 13, (5, 13)), (21, 5, (21, 29))])
def test_the_question_has_the_communes_and_the_hours_and_nothing_else(
    session, communes, start, end, hours
):
    row = told(session, domicile="43112", travail="43157", debut=time(start), fin=time(end))
    network = SimpleNamespace(timetable=SimpleNamespace(start=date(2026, 11, 30),
                                                        end=date(2026, 12, 27)))  # fmt: skip
    asked = situation_levers.question_of(row, network, now=NOW)
    assert (asked.home.code_insee, asked.work.code_insee) == ("43112", "43157")
    assert (asked.shift.start_s // 3600, asked.shift.end_s // 3600) == hours
    assert (asked.permis, dict(asked.facts)) == (Permis.INCONNU, {})
    assert asked.week.weekday() == 0


def test_the_page_shows_the_levers_of_the_situation_asked_for(
    session, client, monkeypatch, communes
):
    row = told(session, domicile="43112", travail="43157", debut=time(6), fin=time(14))
    lever = Lever("decaler_poste:x", Acteur.EMPLOYEUR, Nature.DECALER_POSTE, PHRASE,
                  cost_of(Nature.DECALER_POSTE, on=NOW.date()), Confiance.SUR, 5, 25)  # fmt: skip
    network = SimpleNamespace(timetable=SimpleNamespace(start=date(2026, 11, 30),
                                                        end=date(2026, 12, 27)))  # fmt: skip
    monkeypatch.setattr(situation_levers, "current_network", lambda _root: network)
    monkeypatch.setattr(situation_levers, "levers_of", lambda _question, _network: [lever])
    address = reverse("cooperation:situations", args=["seance"])
    assert PHRASE not in client.get(address).content.decode()
    page = client.get(address, {"leviers": row.pk}).content.decode()
    assert PHRASE in page
    assert "Proposer à l&#x27;employeur" in page
    monkeypatch.setattr(situation_levers, "levers_of", lambda _question, _network: [])
    assert "déjà tous les jours" in client.get(address, {"leviers": row.pk}).content.decode()


def test_a_commune_that_is_not_known_is_refused_in_the_form(session, client, communes):
    address = reverse("cooperation:situations", args=["seance"])
    page = client.post(
        address,
        {
            "prenom": "Alix", "recit": "Un poste.", "domicile": "Nullepart",
            "travail": "Langeac", "debut": "06:00", "fin": "14:00",
        },
    )  # fmt: skip
    assert page.status_code == 422
    assert not session[1].situations.exists()

"""The fictitious people: in every state, counted from today, with no message that leaves."""

from datetime import timedelta

import pytest
import yaml

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.catalogue.operations import load_catalogue
from traitdunion.catalogue.queries import waiting
from traitdunion.desk.enums import StatutOrientation
from traitdunion.desk.followup import demonstration
from traitdunion.desk.followup.figures import figures_of
from traitdunion.desk.followup.mornings import morning_of
from traitdunion.desk.models import CheckPoint, Orientation, Parcours, SentMail
from traitdunion.desk.phone.counts import tables_of
from traitdunion.sources.demo_network import DEMO

pytestmark = pytest.mark.django_db
PARCOURS = yaml.safe_load(DEMO.with_name("parcours.yaml").read_text("utf-8"))
A_FEW = PARCOURS | {"parcours": PARCOURS["parcours"][:13]}


@pytest.fixture
def loaded(monkeypatch, document, now):
    """Loads the stories at a moment, each with the same answer."""
    monkeypatch.setattr(
        demonstration, "_answer", lambda query, when: document | {"query": "domicile=Langeac"}
    )
    load_accounts(yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8")), password="x")
    load_catalogue(DEMO.with_name("catalogue.yaml"), now=now)
    return demonstration.load_demonstration


def test_every_state_is_there_and_the_pages_are_full(loaded, now, mailoutbox):
    n = loaded(PARCOURS, now=now)
    assert n == Parcours.objects.count() == 13 + 14 + 12 + 13 + 11 + 4 + 11 + 3 + 11
    assert set(Orientation.objects.values_list("statut", flat=True)) == set(StatutOrientation)
    points = set(CheckPoint.objects.values_list("month", "servi", "en_emploi"))
    assert {(1, "oui", True), (3, "oui", True), (6, "oui", True), (3, "", None)} <= points

    agence, guichet = (
        Organisation.objects.get(pk=f"{slug}-demo") for slug in ("agence", "guichet")
    )
    found = morning_of(User.objects.get(email="conseillere@demo.example"), agence, now=now)
    for name in ("stopped", "accepted", "listed", "expiring", "points", "appeared"):
        assert getattr(found, name), name

    maya = morning_of(User.objects.get(email="mms@demo.example"), guichet, now=now)
    assert (len(maya.stopped), len(maya.accepted), len(maya.listed)) == (4, 3, 11)

    figures = figures_of(guichet)
    told = dict(figures.funnel)
    assert told.pop("Retirées") == 0
    assert all(count and count >= 11 for count in told.values()), told
    assert figures.days is not None
    assert dict(figures.reasons) == {
        "Plus de place ou de véhicule": 13, "Horaires non couverts": 11,
        "Personne non joignable": None,
    }  # fmt: skip
    assert len(tables_of(guichet, today=now.date())[0].weeks) == 8
    # Three people waited 32 days for the car: the catalogue says so.
    solution = Orientation.objects.filter(solution="voiture-solidaire").first().solution
    assert waiting(solution, now.date()).delay_days == 32

    assert mailoutbox == []
    assert set(SentMail.objects.values_list("error", flat=True)) == {demonstration.NOT_SENT}


def test_it_is_loaded_once_a_day_moves_with_the_days_and_leaves_the_files_of_visitors(
    loaded, opened, now
):
    mine = opened()
    assert loaded(A_FEW, now=now) == 13
    assert loaded(A_FEW, now=now + timedelta(hours=3)) == 0
    before = set(Parcours.objects.exclude(pk=mine.pk).values_list("pk", "opened_at"))
    assert loaded(A_FEW, now=now + timedelta(days=1)) == 13
    moved = {(key, at + timedelta(days=1)) for key, at in before}
    assert set(Parcours.objects.values_list("pk", "opened_at")) == moved | {(mine.pk, now)}

"""Two organisations with an adviser, a DPO and a steering member each; a file opened in `ici`."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.desk.followup import operations
from traitdunion.desk.followup.snapshots import document_of

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SUMMARY = {
    "days": "du lundi au vendredi",
    "hours": "8 h – 16 h",
    "person": "Sans permis",
    "bike": "sans vélo",
    "week": "23 novembre 2026",
}


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def team(db):
    """People of `team.ici`, each named after what they do; `team.stranger` is elsewhere."""
    ici = Organisation.objects.create(slug="ici", nom="Agence d'ici")
    ailleurs = Organisation.objects.create(slug="ailleurs", nom="Agence d'ailleurs")
    found = SimpleNamespace(ici=ici, ailleurs=ailleurs)
    for name, organisation, role in (
        ("adviser", ici, Role.CONSEILLER),
        ("colleague", ici, Role.CONSEILLER),
        ("moderator", ici, Role.MMS),
        ("steering", ici, Role.PILOTAGE),
        ("dpo", ici, Role.DPO),
        ("stranger", ailleurs, Role.CONSEILLER),
    ):
        user = User.objects.create(email=f"{name}@{organisation.slug}.example", nom=name.title())
        Membership.objects.create(user=user, organisation=organisation, role=role)
        setattr(found, name, user)
    return found


@pytest.fixture
def document(samples):
    return document_of(samples.sample_answer(), SUMMARY)


@pytest.fixture
def opened(team, document, now):
    """Opens a file; what is given replaces the usual."""

    def open_(**given):
        usual = {
            "by": team.adviser,
            "organisation": team.ici,
            "initiales": "a.b.",
            "annee_naissance": 1990,
            "situations": ["7"],
            "objectifs": ["7", "4"],
            "prioritaire": True,
            "answer": document,
            "now": now,
        }
        return operations.open_parcours(**usual | given)

    return open_

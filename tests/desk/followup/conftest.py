"""Two organisations with an adviser, a DPO and a steering member each; a file opened in `ici`."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.forms import taken_out
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.desk.followup import operations, orientations
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
    the_team = SimpleNamespace(ici=ici, ailleurs=ailleurs)
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
        setattr(the_team, name, user)
    return the_team


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
        given = usual | given
        person = taken_out(operations.Person, given)
        return operations.open_parcours(person=person, **given)

    return open_


@pytest.fixture
def solutions(team):
    """A garage that has an address, kept by its own organisation, and one that has none."""
    garage = Organisation.objects.create(slug="garage", nom="Garage du Velay")
    team.provider = User.objects.create(email="garagiste@garage.example", nom="Gaëlle")
    Membership.objects.create(user=team.provider, organisation=garage, role=Role.PRESTATAIRE)
    the_team = SimpleNamespace(organisation=garage)
    for key, courriel in (("garage", "accueil@garage.example"), ("sans-adresse", "")):
        structure = Structure.objects.create(
            id=key, nom=key.title(), courriel=courriel, organisation=garage
        )
        solution = Solution.objects.create(
            id=key, structure=structure, nom=f"Prêt de {key}", cle=f" pret de {key}",
            statut="publie", type_solution="location_velo",
        )  # fmt: skip
        setattr(the_team, key.replace("-", "_"), solution)
    return the_team


@pytest.fixture
def oriented(opened, team, solutions, now):
    """A file oriented to the garage, with a known secret: `(orientation, sent)`."""
    return orientations.orient(
        by=team.adviser,
        parcours=opened(),
        solution=solutions.garage,
        message="Un scooter pour décembre.",
        now=now,
        token="un-secret-de-test",
    )

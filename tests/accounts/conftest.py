"""Two organisations, a person for each role in each, and somebody who is in none."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "un mot de passe assez long"


@pytest.fixture
def now():
    return NOW


class People(dict):
    """`people["editeur_catalogue", "ici"]`; `people.ici`, `people.ailleurs`, `people.nobody`."""


@pytest.fixture
def people(db):
    return create_people()


def create_people() -> People:
    people = People()
    people.ici = Organisation.objects.create(slug="ici", nom="Guichet d'ici")
    people.ailleurs = Organisation.objects.create(slug="ailleurs", nom="Guichet d'ailleurs")
    for slug in ("ici", "ailleurs"):
        for role in Role:
            user = User.objects.create_user(
                f"{role}@{slug}.example", PASSWORD, nom=f"{role} {slug}"
            )
            Membership.objects.create(user=user, organisation_id=slug, role=role)
            people[role.value, slug] = user
    people.nobody = User.objects.create_user("personne@rien.example", PASSWORD)
    people.admin = people["administrateur", "ici"]
    return people


@pytest.fixture
def mails(mailoutbox):
    return SimpleNamespace(
        all=mailoutbox,
        link=lambda: next(word for word in mailoutbox[-1].body.split() if word.startswith("http")),
    )

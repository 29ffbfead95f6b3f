"""An organisme de foncier solidaire with its keeper, its administrator, a commune, an index."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.housing.enums import Confiance, NatureBail, NatureReference
from traitdunion.housing.leases.operations import LeasedHome, LeaseTerms, sign_lease
from traitdunion.housing.models import Reference
from traitdunion.housing.references.operations import verify
from traitdunion.territory.models import Commune, Departement, Region

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
IRL = {
    "2022T1": "133.93", "2023T1": "138.61", "2024T1": "143.46", "2025T1": "145.47",
    "2026T1": "146.60",
}  # fmt: skip


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hash cheaply: hashing is slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def ofs(db):
    """Return `ofs`: `organisation`, people, `commune`, `lease(…)`, `index()`, `tick()`."""
    organisation = Organisation.objects.create(slug="ofs", nom="Foncier solidaire")
    other = Organisation.objects.create(slug="autre", nom="Autre organisme")
    people = {}
    for name, role, where in (
        ("keeper", Role.PILOTAGE, organisation),
        ("admin", Role.ADMINISTRATEUR, organisation),
        ("stranger", Role.PILOTAGE, other),
    ):
        person = User.objects.create_user(f"{name}@ofs.example", "un mot de passe assez long")
        Membership.objects.create(user=person, organisation=where, role=role)
        people[name] = person
    region = Region.objects.create(code="84", nom="Auvergne-Rhône-Alpes")
    departement = Departement.objects.create(
        code="43", nom="Haute-Loire", nom_avec_charniere="de la Haute-Loire", region=region
    )
    commune = Commune.objects.create(
        code_insee="43112", nom="Langeac", nom_avec_charniere="de Langeac", cle="langeac",
        departement=departement, lat=45.1, lon=3.49,
    )  # fmt: skip
    world = SimpleNamespace(
        organisation=organisation, other=other, commune=commune, now=NOW, **people
    )

    def index(values=IRL, confiance=Confiance.SECONDAIRE):
        for key, value in values.items():
            Reference.objects.create(
                nature=NatureReference.IRL, cle=key, valeur=value, source="série de l'essai",
                depuis=date(int(key[:4]), 3 * int(key[5]) - 2, 1), confiance=confiance,
                ecrite_le=NOW,
            )  # fmt: skip

    def tick(nature=NatureReference.IRL, keys=None):
        for row in Reference.objects.filter(nature=nature):
            if keys is None or row.cle in keys:
                verify(
                    by=world.admin, organisation=organisation, reference=row,
                    source="Journal officiel", now=NOW,
                )  # fmt: skip

    def lease(numero="0007", **more):
        home = {
            "numero": numero, "nature": NatureBail.DIRECT, "logement": "T3, 4 rue du Pont",
            "commune": commune, "surface_utile": Decimal(70),
        }  # fmt: skip
        terms = {
            "duree_ans": 60, "prix": Decimal("150000.00"), "redevance": Decimal("78.00"),
            "indice_base": "2022T1", "indice": NatureReference.IRL, "plancher": None,
        }  # fmt: skip
        others = {
            "preneur": "Sonia F.", "signe_le": date(2022, 3, 14), "by": world.keeper,
            "organisation": organisation, "now": NOW,
        }  # fmt: skip
        return sign_lease(
            home=LeasedHome(**{name: more.pop(name, home[name]) for name in home}),
            terms=LeaseTerms(**{name: more.pop(name, terms[name]) for name in terms}),
            **others | more,
        )

    world.index, world.tick, world.lease = index, tick, lease
    return world

"""The demonstration of housing: loaded by the usual operations, fictitious, the same twice."""

from datetime import UTC, datetime

import pytest
import yaml

from traitdunion.accounts.operations import load_demonstration as load_accounts
from traitdunion.demonstration.housing import BODY, load_demonstration
from traitdunion.demonstration.network import DEMO
from traitdunion.housing.ledger.queries import faults_of
from traitdunion.housing.models import Bail, Demande, Ecriture, Etape, Operation, Plan, Projet
from traitdunion.territory.models import Commune, Departement, Region

pytestmark = pytest.mark.django_db
PATH = DEMO.with_name("logement.yaml")


@pytest.mark.parametrize("day", [(2026, 11, 30), (2027, 3, 1), (2028, 2, 29)])
def test_it_loads_on_any_day_is_fictitious_and_the_same_twice(day):
    region = Region.objects.create(code="84", nom="R")
    departement = Departement.objects.create(code="43", nom="Haute-Loire", region=region)
    for code, nom in (("43112", "Langeac"), ("43157", "Le Puy-en-Velay")):
        Commune.objects.create(code_insee=code, nom=nom, departement=departement, lat=45, lon=3.5)
    accounts = yaml.safe_load(DEMO.with_name("accounts.yaml").read_text("utf-8"))
    load_accounts(accounts, password="x")
    now = datetime(*day, 9, tzinfo=UTC)
    models = (Bail, Demande, Ecriture, Etape, Operation, Plan, Projet)
    load_demonstration(PATH, now=now)
    first = [model.objects.count() for model in models]
    load_demonstration(PATH, now=now)
    assert [model.objects.count() for model in models] == first
    assert first == [1, 3, 5, 3, 2, 1, 1]
    lease = Bail.objects.get()
    assert "Fictive" in lease.preneur
    assert all(
        row.demonstration
        for model in (Bail, Demande, Operation, Plan)
        for row in model.objects.all()
    )
    assert faults_of(Projet.objects.get(pk=BODY).organisation) == []

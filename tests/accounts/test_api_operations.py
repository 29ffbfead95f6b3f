"""Every operation of the OpenAPI × every role × own and other organisation × signed out."""

from pathlib import Path

import pytest

from tests.accounts.test_every_address import ACTORS
from traitdunion.accounts.access_decorators import PUBLIC
from traitdunion.catalogue import operations
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.web.urls import api

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/permissions.md"
# Of each organisation: an entry that everybody reads, a draft, and one taken out.
STATES = ("publie", "brouillon", "archive")
KEYS = [f"{slug}-{state}" for slug in ("ici", "ailleurs") for state in STATES]


def described() -> dict[str, tuple[str, str, object]]:
    """What the OpenAPI describes: `(method, path, gate)` by the name of the operation."""
    schema = api.get_openapi_schema()["paths"]
    gates = {
        operation.view_func.__name__: getattr(operation.view_func, "gate", None)
        for _, router in api._routers
        for path in router.path_operations.values()
        for operation in path.operations
    }
    collected = {}
    for path, methods in schema.items():
        for method, each_method in methods.items():
            name = next(
                gate for gate in gates if f"_{each_method['operationId']}".endswith(f"_{gate}")
            )
            collected[name] = (method.upper(), path, gates[name])
    return collected


OPERATIONS = described()


@pytest.fixture
def entries(people, now):
    for slug in ("ici", "ailleurs"):
        structure = Structure.objects.create(
            id=slug, nom=f"Maison de {slug}", organisation_id=slug, courriel="cache@prive.example"
        )
        for state in STATES:
            operations.create_solution(
                by=people["editeur_catalogue", slug], now=now, key=f"{slug}-{state}",
                content={"structure": structure.pk, "nom": f"Vélo {slug} {state}",
                         "type_solution": "location_velo", "contact_nom": "Zoé Secrète",
                         "contact_public": False},
            )  # fmt: skip
            Solution.objects.filter(pk=f"{slug}-{state}").update(statut=state)


@pytest.fixture
def as_actor(people, client):
    def become(actor):
        client.logout()
        if actor == "nobody":
            client.force_login(people.nobody)
        elif actor != "signed out":
            client.force_login(people[actor])
        return client

    return become


def answers(client, path):
    """What an operation answers, entry by entry."""
    keys = KEYS if "{key}" in path else [""]
    clients = (client.get(path.replace("{key}", key)) for key in keys)
    return [(each_client.status_code, each_client.content) for each_client in clients]


def test_every_operation_wears_a_gate_and_the_document_tells_it():
    assert OPERATIONS
    document = DOCUMENT.read_text("utf-8").splitlines()
    for name, (method, path, gate) in sorted(OPERATIONS.items()):
        assert gate is not None, name
        needed = gate.permission.label if gate.permission else "rien : ouvert à tous"
        assert document.count(f"| `{method} {path}` | {needed} |") == 1, name


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_open_to_all_says_the_same_to_each_role(name, entries, as_actor):
    """Not one byte more for who may see drafts on the pages: no key, no role, no cookie counts."""
    method, path, gate = OPERATIONS[name]
    assert (method, gate) == ("GET", PUBLIC)
    said = answers(as_actor("signed out"), path)
    for actor in ACTORS:
        assert answers(as_actor(actor), path) == said, actor
    if "{key}" in path:
        statuses = dict(zip(KEYS, (status for status, _ in said), strict=True))
        assert {key for key, status in statuses.items() if status != 404} <= {
            "ici-publie", "ailleurs-publie",
        }  # fmt: skip
    whole = b"".join(content for _, content in said)
    assert b"brouillon" not in whole
    assert "Secrète".encode() not in whole


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_nothing_is_written_by_the_api_whoever_asks(name, entries, as_actor):
    path = OPERATIONS[name][1].replace("{key}", "ici-publie")
    before = list(Solution.objects.order_by("pk").values_list())
    for actor in ACTORS:
        client = as_actor(actor)
        for method in ("post", "put", "patch", "delete"):
            response = getattr(client, method)(path, "{}", content_type="application/json")
            assert response.status_code == 405, (actor, method)
    assert list(Solution.objects.order_by("pk").values_list()) == before


def test_entries_that_everybody_reads_are_read(entries, client):
    path = OPERATIONS["one_solution"][1]
    assert client.get(path.replace("{key}", "ici-publie")).status_code == 200
    listed = client.get(OPERATIONS["list_solutions"][1]).json()["solutions"]
    assert {solution["id"] for solution in listed} == {"ici-publie", "ailleurs-publie"}

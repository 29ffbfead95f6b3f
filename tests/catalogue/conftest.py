"""A structure kept by an organisation, its people, and a small solution of any type."""

import json
from datetime import UTC, datetime

import pytest
from gtfs_validator.cli import main as gtfs_validator

from tests.remembered_rows import written_once
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.catalogue import operations
from traitdunion.catalogue.enums import FormatFichier
from traitdunion.catalogue.exchange.applying import apply, prepare
from traitdunion.catalogue.exchange.preview import preview
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.demonstration.network import DEMO

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def organisation(db):
    return Organisation.objects.create(slug="ici", nom="Guichet d'ici")


@pytest.fixture
def structure(organisation):
    return Structure.objects.create(
        id="mms", nom="Maison des mobilités", telephone="04 65 71 00 10", organisation=organisation
    )


@pytest.fixture
def person(organisation):
    """Function that gives somebody with a role in an organisation (here, if not told)."""

    def make(role=Role.EDITEUR, at=organisation, nom=""):
        name = nom or f"{role} {at.slug}"
        user, _ = User.objects.get_or_create(
            email=f"{name.replace(' ', '-').lower()}@x.example", defaults={"nom": name}
        )
        Membership.objects.get_or_create(user=user, organisation=at, role=role)
        return user

    return make


@pytest.fixture
def editor(person):
    return person()


SMALL = {
    "structure": "mms",
    "nom": "Un vélo",
    "type_solution": "location_velo",
    "description": "Un vélo prêté.",
    "verifie_le": "2026-11-02",
}


@pytest.fixture
def made(structure, editor, now):
    """Function that creates a draft from a document."""

    def make(key="velo", **content):
        return operations.create_solution(by=editor, content=SMALL | content, now=now, key=key)

    return make


@pytest.fixture
def published(made, editor, now):
    """Function that creates an entry and publishes it."""

    def make(key="velo", **content) -> Solution:
        made(key, **content)
        return operations.change_statut(by=editor, key=key, statut="publie", now=now)

    return make


@pytest.fixture
def bring(editor, now, organisation):
    """Function that prepares a batch, and applies it with decisions."""

    def make(batch, decisions=None, applied=True, leave_out=False):
        row = prepare(
            by=editor,
            organisation=organisation,
            format=FormatFichier.CSV,
            nom="essai",
            batch=batch,
            now=now,
        )
        previewed = preview(row)
        if applied:
            apply(by=editor, row=row, decisions=decisions or {}, now=now, leave_out=leave_out)
        row.refresh_from_db()
        return row, previewed

    return make


@pytest.fixture
def demonstration_rows(db, now):
    """The catalogue of demonstration, checked entry by entry once a run."""
    file = DEMO.with_name("catalogue.yaml")
    written_once("demonstration", "catalogue", lambda: operations.load_catalogue(file, now=now))


@pytest.fixture
def demonstration(organisation, demonstration_rows):
    Structure.objects.update(organisation=organisation)
    return organisation


@pytest.fixture
def gtfs_errors(tmp_path):
    """Function that gives the errors an independent validator finds in a GTFS archive."""

    def check(text: bytes, on: str) -> list[tuple[str, list]]:
        path, out = tmp_path / "feed.zip", tmp_path / "told"
        path.write_bytes(text)
        assert gtfs_validator(["-i", str(path), "-o", str(out), "-d", on, "-c", "FR"]) == 0
        assert json.loads((out / "system_errors.json").read_text())["notices"] == []
        report = json.loads((out / "report.json").read_text())
        return [
            (notice["code"], notice["sampleNotices"])
            for notice in report["notices"]
            if notice["severity"] == "ERROR"
        ]

    return check

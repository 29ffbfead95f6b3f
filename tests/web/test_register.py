"""The register of processing says what the code does, and forgets no table."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from traitdunion.accounts.models import User
from traitdunion.web.register import NOBODY, in_markdown, table, treatments

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/registre-des-traitements.md"


@pytest.fixture(autouse=True)
def usual_periods(settings):
    """Those of a site that sets none."""
    settings.TRAITDUNION_FILES_KEPT_DAYS = 730


def classed() -> list[str]:
    return [label for treatment in treatments() for label in treatment.models]


def test_the_document_is_what_the_table_gives():
    _, mark, rest = DOCUMENT.read_text("utf-8").partition("## 1. ")
    assert mark + rest == in_markdown()


def test_the_command_writes_it(capsys):
    call_command("register")
    assert capsys.readouterr().out == in_markdown()


def test_every_model_is_in_one_treatment_or_holds_nobody():
    labels = classed()
    assert len(labels) == len(set(labels))
    assert not NOBODY & set(labels)
    assert {model._meta.label for model in apps.get_models()} == NOBODY | set(labels)


NAMES = {"nom", "prenom", "telephone", "courriel", "email", "contact", "contact_nom"}
OF_PLACES_OR_BODIES = {
    "accounts.Organisation.courriel",
    "accounts.Organisation.nom",
    "accounts.Organisation.telephone",
    "catalogue.Arret.nom",
    "catalogue.ZoneService.nom",
    "cooperation.Instance.nom",
    "cooperation.PresenceComptee.nom",
    "observatory.CommuneBassin.nom",
    "observatory.InputFile.nom",
    "observatory.Pole.nom",
    "employers.Club.nom",
    "employers.FichierMetiers.nom",
    "housing.Operation.nom",
    "housing.Creancier.nom",
    "housing.PartenaireOfs.nom",
    "territory.Commune.nom",
    "territory.Departement.nom",
    "territory.Epci.nom",
    "territory.PartieDeCommune.nom",
    "territory.Region.nom",
}


def test_a_model_said_to_hold_nobody_has_no_column_that_could_name_somebody():
    suspects = {
        f"{label}.{field.name}"
        for label in NOBODY
        for field in apps.get_model(label)._meta.concrete_fields
        if field.related_model is User
        or isinstance(field, models.EmailField)
        or field.name in NAMES
    }
    assert suspects == OF_PLACES_OR_BODIES


def test_periods_are_those_of_the_settings_and_of_the_code(settings, monkeypatch):
    settings.TRAITDUNION_FILES_KEPT_DAYS = 365 * 3
    settings.SESSION_COOKIE_AGE = 7200
    monkeypatch.setattr(table, "LINK_VALID", timedelta(days=5))
    monkeypatch.setattr(table, "JOURNAL_KEPT", timedelta(days=180))
    monkeypatch.setattr(table, "SESSION_KEPT", timedelta(days=90))
    written = in_markdown()
    assert "Parcours : 1095 jours après le dernier contact" in written
    assert "Session : valable 2 heures, effacée" in written
    assert "valable 5 jours, une fois" in written
    assert "Invités, placement et annonces : 90 jours après la séance" in written
    assert "Journal des accès : 180 jours." in written

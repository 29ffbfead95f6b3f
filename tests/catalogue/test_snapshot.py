"""Answers read frozen records, built again as soon as a row that they hold changes."""

from dataclasses import FrozenInstanceError, fields
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from traitdunion.accounts.models import Organisation
from traitdunion.catalogue import models
from traitdunion.catalogue.offers import triggers
from traitdunion.catalogue.offers.records import Closure, Offer, Provider, Tier, Wait
from traitdunion.catalogue.offers.snapshot import current_snapshot, read_snapshot
from traitdunion.catalogue.offers.version import Held, current_version
from traitdunion.catalogue.operations import load_catalogue
from traitdunion.catalogue.queries import published_around
from traitdunion.catalogue.regular_trips import regular_trips
from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.demonstration.network import DEMO
from traitdunion.matching import bulk

DEMONSTRATION = DEMO.with_name("catalogue.yaml")
ON = date(2026, 11, 23)


@pytest.fixture
def structure(db):
    return models.Structure.objects.create(id="s", nom="S", telephone="04", site="https://s.fr")


@pytest.fixture
def velo(structure):
    return models.Solution.objects.create(
        id="velo", structure=structure, nom="Vélo", type_solution="location_velo", mode="velo",
        statut="publie", trajets_max_mois=40,
    )  # fmt: skip


def test_a_record_holds_what_the_row_and_its_lists_hold(velo):
    other = models.Solution.objects.create(
        id="autre", structure=velo.structure, nom="Autre", type_solution="garage"
    )
    models.SolutionZone.objects.create(solution=velo, nature="commune", code="43112")
    models.ZoneService.objects.create(solution=velo, nom="z", geojson="{}")
    models.TrancheTarif.objects.create(solution=velo, unite="par_mois_eur", montant_eur=Decimal(9))
    models.Fermeture.objects.create(solution=velo, du=ON, motif="travaux")
    models.Attente.objects.create(solution=velo, inscrit_le=ON)
    models.Cumul.objects.create(solution=velo, nature="exclusif", autre=other)
    models.Demande.objects.create(solution=velo, trajets_max_mois=8)
    models.Covoiturage.objects.create(solution=velo, forme="ligne", places=3)
    (record,) = read_snapshot().offers
    for field in fields(Offer):
        if hasattr(models.Solution, field.name) and field.name not in LISTED:
            assert getattr(record, field.name) == getattr(velo, field.name), field.name
    assert record.structure == Provider("S", "04", "", "https://s.fr", "")
    assert record.zones == {("commune", "43112")}
    assert record.zones_service == ("{}",)
    assert record.tranches == (Tier("par_mois_eur", None, Decimal(9)),)
    assert record.fermetures == (Closure("fermeture", ON, None, "travaux"),)
    assert record.attentes == (Wait(ON),)
    assert record.exclues == ("autre",)
    assert record.trajets_max_mois == 8
    assert (record.forme_covoiturage, record.places_covoiturage) == ("ligne", 3)
    with pytest.raises(FrozenInstanceError):
        record.nom = "Autre"


LISTED = {"structure", "zones", "zones_service", "tranches", "fermetures", "attentes",
          "trajets_max_mois"}  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_is_read_in_a_query_by_list():
    load_catalogue(DEMONSTRATION)
    with CaptureQueriesContext(connection) as asked:
        assert len(read_snapshot().offers) >= 28
    assert len(asked) == 8
    current_snapshot()
    with CaptureQueriesContext(connection) as asked:
        published_around(["43112", "43157"], on=ON)
    assert len(asked) <= 3


@pytest.mark.usefixtures("demonstration_rows")
def test_the_order_is_that_of_the_catalogue():
    assert [(offer.type_solution, offer.nom) for offer in read_snapshot().offers] == sorted(
        models.Solution.objects.published().values_list("type_solution", "nom")
    )


@pytest.mark.usefixtures("demonstration_rows")
def test_what_answers_keep_of_the_catalogue_reads_no_table_that_is_not_watched():
    """Exact invalidation: a table read without its triggers would be answered from the past."""
    models.PageCitee.objects.create(url="https://www.legifrance.gouv.fr/x", annonce_fin=True)
    with CaptureQueriesContext(connection) as asked:
        read_snapshot()
        regular_trips(start=ON, days=30)
        rules_in_force()
    tables = {model._meta.db_table for model in _all_models()}
    read = {
        table
        for table in tables
        for query in asked.captured_queries
        if f'"{table}"' in query["sql"]
    }
    assert {"catalogue_solution", "catalogue_arret", "catalogue_regle"} <= read
    assert read - {triggers.VERSION} <= set(triggers.WATCHED)


def _all_models():
    from django.apps import apps

    return apps.get_models(include_auto_created=True)


@pytest.mark.django_db
def test_each_table_watched_has_its_triggers():
    """A migration that remakes a table on SQLite drops them: `watch` is to be called again."""
    names = {name for table in triggers.WATCHED for name in triggers.trigger_names(
        table, connection.vendor)}  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert names <= {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_any_insertion_change_or_deletion_in_a_table_changes_the_version():
    """By plain SQL: whatever writes, a version that stood before stands no more."""
    load_catalogue(DEMONSTRATION)
    models_watched = {each_model._meta.db_table: each_model for each_model in _all_models()}
    for table in triggers.WATCHED:
        model = models_watched[table]
        if not model.objects.exists():
            _one_row(model)
        key = model._meta.pk.column
        versions = [current_version()]
        with connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET "{key}" = "{key}"')
        versions.append(current_version())
        if table not in ("catalogue_solution", "catalogue_structure"):
            copied = model.objects.order_by("pk").last()
            rows = model.objects.filter(pk=copied.pk)
            rows._raw_delete(rows.db)
            versions.append(current_version())
            model.objects.bulk_create([copied])
            versions.append(current_version())
        assert len(set(versions)) == len(versions), table


def _owner():
    return Organisation.objects.get_or_create(slug="o", defaults={"nom": "O"})[0]


def _one_row(model):
    solution = models.Solution.objects.first()
    day = date(2026, 1, 1)
    if model is models.Regle:
        model.objects.create(name="r", content={}, organisation=_owner(), at="2026-01-01T00:00Z")
    elif model is models.PageCitee:
        model.objects.create(url="https://exemple.fr/page")
    elif model is models.RelecturePage:
        page = models.PageCitee.objects.first()
        model.objects.create(
            page=page, organisation=_owner(), empreinte="x", at="2026-01-01T00:00Z"
        )
    elif model is models.Attente:
        model.objects.create(solution=solution, inscrit_le=day)
    elif model is models.Fermeture:
        model.objects.create(solution=solution, du=day)
    elif model is models.ExceptionHoraire:
        model.objects.create(solution=solution, le=day, horaires="off")
    else:
        raise AssertionError(f"no row of {model.__name__} to change")


@pytest.mark.django_db(transaction=True)
def test_a_change_is_read_at_once_and_nothing_else_is_read_again(velo_now):
    first = current_snapshot()
    assert current_snapshot() is first
    models.Solution.objects.filter(pk="velo").update(nom="Vélo cargo")
    assert [offer.nom for offer in current_snapshot().offers] == ["Vélo cargo"]
    models.Solution.objects.filter(pk="velo").update(statut="archive")
    assert current_snapshot().offers == ()


@pytest.fixture
def velo_now(structure_now):
    return models.Solution.objects.create(
        id="velo", structure=structure_now, nom="Vélo", type_solution="location_velo",
        statut="publie",
    )  # fmt: skip


@pytest.fixture
def structure_now(transactional_db):
    return models.Structure.objects.create(id="s", nom="S")


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_read_of_its_own_rows_does_not_outlive_its_rollback(velo_now):
    before = current_snapshot()
    with transaction.atomic():
        models.Solution.objects.update(nom="Jamais")
        assert [offer.nom for offer in current_snapshot().offers] == ["Jamais"]
        transaction.set_rollback(True)
    assert [offer.nom for offer in current_snapshot().offers] == ["Vélo"]
    assert current_snapshot().offers == before.offers
    # Another change after the rollback draws a version of its own.
    models.Solution.objects.update(nom="Après")
    assert [offer.nom for offer in current_snapshot().offers] == ["Après"]


@pytest.mark.django_db(transaction=True)
def test_rows_that_change_while_they_are_read_are_read_again(velo_now):
    readings = []

    def read():
        snapshot = read_snapshot()
        readings.append(snapshot)
        if len(readings) == 1:
            models.Solution.objects.update(nom="Entre-temps")
        return snapshot

    assert [offer.nom for offer in Held(read).get().offers] == ["Entre-temps"]
    assert len(readings) == 2


@pytest.mark.django_db
def test_dates_of_validity_are_those_of_the_day_asked(velo):
    models.Solution.objects.update(valide_du=ON, valide_au=ON + timedelta(1))
    snapshot = current_snapshot()
    held = [len(snapshot.valid(ON + timedelta(day))) for day in (-1, 0, 1, 2)]
    assert held == [0, 1, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_a_price_that_changes_is_counted_at_once(velo_now):
    """What is kept of a record is not taken for the record of after the change."""

    def by_day():
        table = bulk.offer_table(current_snapshot().offers, homes=[], sites=[], shifts=[], week=ON,
                                 epci_of=lambda code: None)  # fmt: skip
        return round(float(table.eur[0, 1]), 2)

    prices = []
    for euros in (Decimal(4), Decimal(5), Decimal(4)):
        models.Solution.objects.update(par_jour_eur=euros)
        prices.append(by_day())
    assert prices == [17.33, 21.67, 17.33]

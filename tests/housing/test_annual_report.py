"""Five years of a lease, its resale, and a report whose every figure ties out with the ledger."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pypdf
import pytest
from django.core.management import CommandError, call_command

from traitdunion.housing.enums import EvenementRevente as E
from traitdunion.housing.enums import NatureBail
from traitdunion.housing.leases.billing import bill_month
from traitdunion.housing.leases.resales import open_resale, record_event, set_checks
from traitdunion.housing.ledger.operations import record_payment
from traitdunion.housing.models import Ligne, Revente
from traitdunion.housing.report.assembling import report_of
from traitdunion.housing.report.writing import report_json
from traitdunion.housing.retention import NOT_SOLD_KEPT, PROOFS_KEPT, forget_due

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("housing", *args, stdout=out)
    return out.getvalue()


def lived(ofs, first_month):
    """Bill a lease and a shop up to November 2026, both paid, but for two months of the lease."""
    ofs.index()
    ofs.tick()
    ofs.first = ofs.lease()
    ofs.shop = ofs.lease("A1", nature=NatureBail.ACTIVITE, surface_utile=Decimal(20),
                         redevance=Decimal("50.00"), preneur="Atelier")  # fmt: skip
    for n in range(first_month, 59):
        month = date(2022 + n // 12, n % 12 + 1, 1)
        bill_month(by=ofs.keeper, organisation=ofs.organisation, month=month, now=ofs.now)
    for line in Ligne.objects.filter(compte="411", debit__gt=0).select_related("bail"):
        if line.bail == ofs.first and line.mois in (date(2026, 9, 1), date(2026, 10, 1)):
            continue
        record_payment(by=ofs.keeper, bail=line.bail, le=line.echeance, amount=line.debit,
                       now=ofs.now)  # fmt: skip
    return ofs


@pytest.fixture
def five_years(ofs):
    return lived(ofs, 2)


@pytest.fixture
def some_months(ofs):
    return lived(ofs, 55)


def test_every_amount_of_the_report_is_that_of_the_ledger(five_years):
    ofs = five_years
    report = report_of(ofs.organisation, 2026)
    items = {item.rank: item.data for item in report.items}
    assert sorted(items) == list(range(1, 11))
    lines = list(Ligne.objects.select_related("ecriture"))
    for name, lease in (("brs", ofs.first), ("brsa", ofs.shop)):
        section = items[2]["sections"][name]
        mine = [row for row in lines if row.bail == lease]
        asked = sum(row.debit for row in mine if row.ecriture.le.year == 2026)
        paid = sum(row.credit for row in mine if row.ecriture.le.year == 2026)
        owed = sum(row.debit - row.credit for row in mine)
        assert section["appele"] == Decimal(asked) / 100
        assert section["recu"] == Decimal(paid) / 100
        assert section["du_au_31_decembre"] == Decimal(owed) / 100
    sections = items[2]["sections"].values()
    assert items[4]["impayes"] - items[4]["avances"] == sum(
        s["du_au_31_decembre"] for s in sections
    )
    assert sum(items[4]["par_anciennete"].values()) == items[4]["impayes"]
    # Two months of 85.38 €: the payment of November settles September, the oldest.
    assert items[4]["impayes"] == Decimal("170.76")
    ages = items[4]["par_anciennete"]
    assert (ages["61-90"], ages["90+"]) == (Decimal("85.38"), 0)
    assert items[9]["logements"] == 1
    assert items[9]["part_des_locaux"] == Decimal("0.2857")
    assert (report.due_region, report.due_departements) == (date(2027, 7, 31), date(2027, 7, 30))
    assert any("commissaire aux comptes" in lack for lack in report.missing)


def test_the_command_writes_data_and_pages(some_months, tmp_path):
    shown = run("report", "--year", "2026", "-o", str(tmp_path / "out"))
    assert "commissaire aux comptes" in shown
    document = json.loads((tmp_path / "out" / "rapport-ofs-2026.json").read_text("utf-8"))
    assert document == json.loads(report_json(report_of(some_months.organisation, 2026)))
    pdf = pypdf.PdfReader(BytesIO((tmp_path / "out" / "rapport-ofs-2026.pdf").read_bytes()))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert "Rapport annuel 2026" in text
    assert "170,76" in text


def test_the_commands_of_the_ledger_and_of_a_lease(some_months):
    document = json.loads(run("ledger", "check", "--json"))
    assert document["faults"] == {"ofs": []}
    assert document["entries"] > 10
    ceiling = json.loads(run("resale-ceiling", "ofs/0007", "--on", "2026-11-30", "--json"))
    assert (ceiling["p_max"], ceiling["state"]) == ("164190.25", "vérifié")
    with pytest.raises(CommandError, match="Bail inconnu"):
        run("resale-ceiling", "12", "--on", "2026-11-30")
    shown = run("bill", "ofs", "--month", "2026-12-01", "--by", "keeper@ofs.example")
    assert shown.startswith("2 bail(s)")


def test_names_are_erased_when_their_period_is_over(some_months):
    ofs = some_months
    resale = open_resale(by=ofs.keeper, bail=ofs.first, acquereur="Malik P.",
                         prix=Decimal("160000.00"), now=ofs.now)  # fmt: skip
    assert forget_due(now=ofs.now).total == 0
    assert forget_due(now=ofs.now + NOT_SOLD_KEPT).buyers == 0
    assert forget_due(now=ofs.now + NOT_SOLD_KEPT + timedelta(days=1)).buyers == 1
    resale.refresh_from_db()
    assert resale.acquereur == ""
    sold = Revente.objects.create(bail=ofs.shop, acquereur="Ana", prix_centimes=1,
                                  ouverte_le=ofs.now)  # fmt: skip
    set_checks(by=ofs.keeper, revente=sold, ressources=True, financement=True,
               non_proprietaire=True, now=ofs.now)  # fmt: skip
    days = {E.OFFRE_RECUE: date(2026, 9, 1), E.ACCEPTATION: date(2026, 9, 20)}
    days |= {E.TRANSMISSION: date(2026, 9, 25), E.AGREMENT: date(2026, 10, 1)}
    for nature, le in (*days.items(), (E.ACTE, date(2026, 10, 20))):
        record_event(by=ofs.keeper, revente=sold, nature=nature, le=le, preuve="acte",
                     now=ofs.now)  # fmt: skip
    deed = datetime(2026, 10, 20, 9, tzinfo=UTC)
    assert forget_due(now=deed + PROOFS_KEPT).buyers == 0
    assert forget_due(now=deed + PROOFS_KEPT + timedelta(days=1)).buyers == 1
    # The lease of 2022 ends in 2082: its holder is erased five years later, and not before.
    assert forget_due(now=datetime(2087, 3, 1, tzinfo=UTC)).holders == 0
    assert forget_due(now=datetime(2087, 4, 1, tzinfo=UTC)).holders == 1

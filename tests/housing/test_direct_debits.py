"""Direct debits: keys checked before the file is written, and what the file holds."""

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from traitdunion.accounts.models import Access
from traitdunion.housing.enums import SchemaSepa
from traitdunion.housing.errors import HousingError
from traitdunion.housing.leases.billing import bill_month
from traitdunion.housing.leases.collecting import (
    debits_of,
    entries_csv,
    keep_creditor,
    sign_mandate,
)
from traitdunion.housing.leases.direct_debits import (
    Creditor,
    Debit,
    direct_debit_file,
    faults_of,
    iban_fault,
    ics_fault,
)
from traitdunion.housing.ledger.operations import record_payment
from traitdunion.housing.models import Mandat
from traitdunion.housing.retention import MANDATE_KEPT, forget_due

IBAN, OTHER = "FR76 3000 6000 0112 3456 7890 189", "FR14 2004 1010 0505 0001 3M02 606"
ICS = "FR72ZZZ123456"
TODAY, ON = date(2026, 11, 30), date(2026, 12, 7)
CREDITOR = Creditor("Foncier solidaire", ICS, IBAN)


def debit(**more):
    given = {
        "lease": "0007", "name": "Sonia Fictive", "iban": OTHER, "mandate": "RUM-0007",
        "signed_on": date(2026, 1, 5), "cents": 7812, "reference": "0007-202612",
        "label": "Redevance de décembre 2026",
    }  # fmt: skip
    return Debit(**{**given, **more})


@pytest.mark.parametrize("text", [IBAN, OTHER, "DE89 3704 0044 0532 0130 00"])
def test_a_sound_iban_is_taken(text):
    assert iban_fault(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "FR76 3000 6000 0112 3456 7890 188",  # a digit changed
        "FR49 3000 6000 0112 3456 7890 190",  # its own key is right, that of the RIB is not
        "FR76", "", "CH93 0076 2011 6238 5295 7",
    ],
)  # fmt: skip
def test_a_wrong_or_foreign_iban_is_refused(text):
    assert iban_fault(text)


def test_the_own_key_of_that_iban_is_right():
    """ISO 7064: moved to the end, the number leaves 1 when divided by 97."""
    compact = "FR4930006000011234567890190"
    moved = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    assert int(moved) % 97 == 1


def test_the_key_of_a_creditor_is_checked_without_its_business_code():
    assert ics_fault(ICS) == ics_fault("FR72ABC123456") == ""
    assert ics_fault("FR73ZZZ123456")
    assert ics_fault("123456")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"iban": "FR76"}, "IBAN faux"),
        ({"name": " "}, "titulaire"),
        ({"cents": 0}, "rien à prélever"),
        ({"mandate": "RUM_é"}, "référence"),
        ({"signed_on": date(2026, 12, 8)}, "signé après"),
    ],
)
def test_each_fault_is_named_with_its_lease(changed, words):
    (fault,) = faults_of(CREDITOR, [debit(**changed)], ON, TODAY)
    assert fault.startswith("Bail 0007")
    assert words in fault


def test_a_file_without_rows_or_on_a_wrong_day_is_refused():
    assert faults_of(CREDITOR, [debit()], ON, TODAY) == []
    assert len(faults_of(CREDITOR, [], date(2026, 12, 6), date(2026, 12, 6))) == 3
    assert len(faults_of(CREDITOR, [debit(), debit()], ON, TODAY)) == 1


@pytest.mark.parametrize("schema", SchemaSepa)
def test_the_file_is_of_its_schema_and_sums_in_cents(schema):
    rows = [debit(), debit(lease="0008", mandate="RUM-0008", cents=18999, reference="0008")]
    creditor = Creditor(CREDITOR.name, ICS, IBAN, schema)
    root = ElementTree.fromstring(direct_debit_file(creditor, rows, on=ON))
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{schema}}}"
    assert root.tag == f"{space}Document"

    def texts(name):
        return [node.text for node in root.iter(space + name)]

    assert texts("CtrlSum")[0] == "268.11"  # 78.12 + 189.99
    assert texts("InstdAmt") == ["78.12", "189.99"]
    assert texts("MndtId") == ["RUM-0007", "RUM-0008"]
    assert texts("EndToEndId") == ["0007-202612", "0008"]
    assert texts("ReqdColltnDt") == ["2026-12-07"]
    assert not texts("PstlAdr")
    assert not texts("AdrLine")
    assert texts("IBAN") == [
        "".join(IBAN.split()), "".join(OTHER.split()), "".join(OTHER.split())
    ]  # fmt: skip


@pytest.fixture
def billed(ofs):
    """A lease with a mandate, December asked: 78 € × 146.60 / 133.93 = 85.38 €."""
    ofs.index()
    ofs.tick()
    row = ofs.lease()
    sign_mandate(
        by=ofs.keeper, bail=row, rum="RUM-0007", titulaire="Sonia Fictive", iban=OTHER,
        signe_le=date(2026, 1, 5), now=ofs.now,
    )  # fmt: skip
    bill_month(by=ofs.keeper, organisation=ofs.organisation, month=date(2026, 11, 1), now=ofs.now)
    return row


@pytest.mark.django_db
def test_what_is_paid_already_is_not_taken_again(ofs, billed):
    (row,) = debits_of(ofs.organisation, date(2026, 11, 15))
    assert (row.cents, row.iban) == (8538, "".join(OTHER.split()))
    assert debits_of(ofs.organisation, date(2026, 12, 1)) == []
    record_payment(by=ofs.keeper, bail=billed, le=TODAY, amount=8000, now=ofs.now)
    (row,) = debits_of(ofs.organisation, date(2026, 11, 1))
    assert row.cents == 538
    record_payment(by=ofs.keeper, bail=billed, le=TODAY, amount=538, now=ofs.now)
    assert debits_of(ofs.organisation, date(2026, 11, 1)) == []


@pytest.mark.django_db
def test_an_iban_is_sealed_and_ends_with_its_period(ofs, billed):
    kept = Mandat.objects.get()
    assert "2004" not in kept.iban
    with pytest.raises(HousingError, match="IBAN faux"):
        sign_mandate(
            by=ofs.keeper, bail=billed, rum="R2", titulaire="S", iban="FR76", signe_le=TODAY,
            now=ofs.now,
        )  # fmt: skip
    sign_mandate(
        by=ofs.keeper, bail=billed, rum="R2", titulaire="S", iban=IBAN, signe_le=TODAY, now=ofs.now
    )
    assert [row.mandate for row in debits_of(ofs.organisation, date(2026, 11, 1))] == ["R2"]
    forget_due(now=ofs.now + MANDATE_KEPT)
    kept.refresh_from_db()
    assert kept.iban
    forget_due(now=ofs.now + MANDATE_KEPT * 2)
    kept.refresh_from_db()
    assert (kept.iban, kept.titulaire) == ("", "")


@pytest.mark.django_db
def test_the_accountant_gets_every_line_balanced(ofs, billed):
    text = entries_csv(ofs.organisation, 2026)
    head, *rows = (line.split(";") for line in text.strip().split("\r\n"))
    debits = sum(Decimal(row[head.index("debit")] or 0) for row in rows)
    credits_ = sum(Decimal(row[head.index("credit")] or 0) for row in rows)
    assert debits == credits_ == Decimal("85.38")
    assert entries_csv(ofs.organisation, 2025).count("\r\n") == 1


@pytest.mark.django_db
def test_the_file_is_downloaded_once_all_is_sound(client, ofs, billed):
    client.force_login(ofs.keeper)
    url = reverse("housing:debits", kwargs={"organisation": "ofs"})
    assert "Renseignez d'abord le créancier" in client.get(url).content.decode()
    wrong = {"nom": "Foncier", "ics": "FR73ZZZ123456", "iban": IBAN, "schema": SchemaSepa.V08}
    assert "sa clé ne tombe pas juste" in client.post(url, wrong).content.decode()
    assert client.post(url, {**wrong, "ics": ICS}).status_code == 302
    late = {"mois": "2026-11", "le": "2026-01-04", "fichier": "1"}
    assert "est à venir" in client.get(url, late).content.decode()
    good = {"mois": "2026-11", "le": "2099-12-07", "fichier": "1"}
    page = client.get(url, good)
    assert page.headers["Content-Type"] == "application/xml"
    assert b"pain.008.001.08" in page.content
    assert "no-store" in page.headers["Cache-Control"]
    assert Access.objects.filter(user=ofs.keeper, action="exporter").count() == 1
    csv = client.get(reverse("housing:entries", kwargs={"organisation": "ofs"}), {"annee": "2026"})
    assert b"Redevances" in csv.content
    assert Access.objects.filter(user=ofs.keeper, action="exporter").count() == 2


@pytest.mark.django_db
def test_a_creditor_is_changed_without_losing_the_former_key(ofs):
    given = {"by": ofs.keeper, "organisation": ofs.organisation, "ics": ICS, "iban": IBAN,
             "schema": SchemaSepa.V08, "now": ofs.now}  # fmt: skip
    keep_creditor(nom="Un", **given)
    assert keep_creditor(nom="Deux", **given).nom == "Deux"

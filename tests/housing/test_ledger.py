"""The ledger balances, whatever is tried; leases are billed, revised, caught up."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from traitdunion.housing.enums import NatureBail, NatureEcriture, NatureReference, Section
from traitdunion.housing.errors import HousingError
from traitdunion.housing.leases.billing import bill_month
from traitdunion.housing.leases.operations import amend
from traitdunion.housing.ledger.operations import (
    Heading,
    Line,
    cancel_entry,
    record_payment,
    write_entry,
)
from traitdunion.housing.ledger.queries import arrears_of, balances, faults_of, results_of
from traitdunion.housing.models import Ecriture, Ligne, Reference

pytestmark = pytest.mark.django_db


def entry(ofs, lines, **more):
    heading = Heading(date(2026, 1, 5), NatureEcriture.DIVERS, Section.BRS, "Essai")
    given = {"by": ofs.keeper, "organisation": ofs.organisation, "heading": heading, "now": ofs.now}
    return write_entry(lines=lines, **{**given, **more})


PAIR = [Line("512", debit=100), Line("758", credit=100)]


def test_entries_are_numbered_without_a_gap(ofs):
    assert [entry(ofs, PAIR).numero for _ in range(3)] == [1, 2, 3]
    assert faults_of(ofs.organisation) == []


@pytest.mark.parametrize(
    "lines",
    [
        [Line("512", debit=100)],
        [Line("512", debit=100), Line("758", credit=99)],
        [Line("512", debit=100, credit=100), Line("758", credit=100)],
        [Line("512", debit=-100), Line("758", credit=-100)],
        [Line("512", debit=100), Line("999", credit=100)],
    ],
)
def test_an_unsound_entry_is_refused(ofs, lines):
    with pytest.raises(HousingError):
        entry(ofs, lines)
    assert not Ligne.objects.exists()


def test_who_keeps_another_organisation_writes_nothing(ofs):
    with pytest.raises(PermissionDenied):
        entry(ofs, PAIR, by=ofs.stranger)


def test_the_lease_of_another_organisation_is_refused(ofs):
    lease = ofs.lease()
    lines = [Line("512", debit=1), Line("411", credit=1, bail=lease)]
    with pytest.raises(HousingError, match="autre organisme"):
        entry(ofs, lines, by=ofs.stranger, organisation=ofs.other)


REFUSED = {
    "an entry changed": "UPDATE housing_ecriture SET libelle = 'x'",
    "a line changed": "UPDATE housing_ligne SET debit = debit + 1 WHERE debit > 0",
    "an entry removed": "DELETE FROM housing_ecriture",
    "a line removed": "DELETE FROM housing_ligne",
    "a line added to an entry that stands": (
        "INSERT INTO housing_ligne (ecriture_id, compte, debit, credit) "
        "SELECT id, '512', 5, 0 FROM housing_ecriture"
    ),
    "an unbalanced entry": (
        "INSERT INTO housing_ecriture (id, organisation_id, numero, le, nature, section, libelle, "
        "piece, ecrite_le) SELECT '{other}', organisation_id, 99, le, nature, section, libelle, "
        "piece, ecrite_le FROM housing_ecriture"
    ),
    "a reference changed": "UPDATE housing_reference SET valeur = '1'",
    "a reference removed": "DELETE FROM housing_reference",
    "a version of a lease changed": "UPDATE housing_versionbail SET duree_ans = 20",
    "a version of a lease removed": "DELETE FROM housing_versionbail",
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(ofs, what):
    ofs.index()
    ofs.lease()
    entry(ofs, PAIR)
    # A line alone under the identifier of an entry to come, which it leaves unbalanced.
    other = "0" * 32
    if what == "an unbalanced entry":
        Ligne.objects.create(ecriture_id=other, compte="512", debit=5)
        Ligne.objects.create(ecriture_id=other, compte="758", credit=4)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REFUSED[what].format(other=other))
    if what == "an unbalanced entry":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM housing_ecriture")
            assert cursor.fetchone() == (1,)
        # Leave no line without its entry behind: the two lines are balanced by a third.
        Ligne.objects.create(ecriture_id=other, compte="758", credit=1)
        Ecriture.objects.create(
            id=other, organisation=ofs.organisation, numero=2, le=date(2026, 1, 5),
            nature="divers", section="brs", libelle="Suite", ecrite_le=ofs.now,
        )  # fmt: skip
    assert faults_of(ofs.organisation) == []


cents = st.integers(1, 10**9)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["411", "512", "164"]), cents), min_size=1, max_size=5))
def test_the_ledger_always_balances(ofs, parts):
    lines = [Line(compte, debit=amount) for compte, amount in parts]
    lines.append(Line("758", credit=sum(amount for _, amount in parts)))
    entry(ofs, lines)
    total = Ligne.objects.aggregate(d=Sum("debit"), c=Sum("credit"))
    assert total["d"] == total["c"]
    assert faults_of(ofs.organisation) == []


def test_an_entry_is_cancelled_by_another_once(ofs):
    first = entry(ofs, PAIR)
    second = cancel_entry(by=ofs.keeper, entry=first, le=date(2026, 2, 1), now=ofs.now)
    assert [b.solde for b in balances(ofs.organisation, until=date(2026, 12, 31))] == [0, 0]
    for again in (first, second):
        with pytest.raises(HousingError, match="déjà annulée"):
            cancel_entry(by=ofs.keeper, entry=again, le=date(2026, 2, 2), now=ofs.now)


# -- redevances ----------------------------------------------------------------------------------


def billed(ofs, month, **more):
    return bill_month(by=ofs.keeper, organisation=ofs.organisation, month=month, now=ofs.now)


def asked_of(lease, month):
    rows = Ligne.objects.filter(bail=lease, mois=month).aggregate(d=Sum("debit"), c=Sum("credit"))
    return Decimal((rows["d"] or 0) - (rows["c"] or 0)) / 100


def test_a_month_is_asked_once_and_revised_at_the_anniversary(ofs):
    ofs.index()
    ofs.tick()
    lease = ofs.lease()
    assert billed(ofs, date(2022, 4, 1)).asked == 7800
    assert billed(ofs, date(2022, 4, 1)).asked == 0
    billed(ofs, date(2023, 4, 1))
    # 78 × 138.61 / 133.93 = 80.7256
    assert asked_of(lease, date(2023, 4, 1)) == Decimal("80.73")
    billed(ofs, date(2022, 3, 1))
    # 18 days of 31 from 14 March: 78 × 18/31 = 45.2903
    assert asked_of(lease, date(2022, 3, 1)) == Decimal("45.29")
    assert faults_of(ofs.organisation) == []


def test_an_index_not_checked_leaves_the_former_amount_then_the_difference_is_asked(ofs):
    ofs.index()
    ofs.tick(keys={"2022T1"})
    lease = ofs.lease()
    assert billed(ofs, date(2023, 4, 1)).waiting == {"0007": ("2023T1",)}
    assert asked_of(lease, date(2023, 4, 1)) == Decimal("78.00")
    ofs.tick(keys={"2023T1"})
    again = billed(ofs, date(2023, 4, 1))
    assert (again.asked, again.differences) == (0, 273)
    assert asked_of(lease, date(2023, 4, 1)) == Decimal("80.73")
    natures = list(Ecriture.objects.order_by("numero").values_list("nature", flat=True))
    assert natures == ["appel", "regularisation"]


def test_an_amendment_adds_a_version_and_changes_none(ofs):
    ofs.index()
    ofs.tick()
    lease = ofs.lease()
    amend(
        by=ofs.keeper, bail=lease, depuis=date(2022, 4, 16), motif="Baisse", now=ofs.now,
        redevance_centimes=6000,
    )  # fmt: skip
    billed(ofs, date(2022, 4, 1))
    # 15 days of 30 at 78, 15 at 60
    assert asked_of(lease, date(2022, 4, 1)) == Decimal("69.00")
    assert [v.redevance_centimes for v in lease.versions.all()] == [7800, 6000]
    with pytest.raises(HousingError, match="après la version"):
        amend(by=ofs.keeper, bail=lease, depuis=date(2022, 4, 1), motif="Non", now=ofs.now)


def test_leases_of_activity_stand_in_a_section_of_their_own(ofs):
    ofs.index()
    ofs.tick()
    ofs.lease()
    ofs.lease("A1", nature=NatureBail.ACTIVITE, redevance=Decimal("50.00"))
    billed(ofs, date(2022, 4, 1))
    results = {row.section: row for row in results_of(ofs.organisation, 2022)}
    assert (results["brs"].billed, results["brsa"].billed) == (7800, 5000)


def test_arrears_are_read_from_the_ledger(ofs):
    ofs.index()
    ofs.tick()
    lease = ofs.lease()
    for month in (4, 5, 6):
        billed(ofs, date(2022, month, 1))
    record_payment(by=ofs.keeper, bail=lease, le=date(2022, 4, 10), amount=8000, now=ofs.now)
    late = arrears_of(lease, as_of=date(2022, 6, 30))
    assert late.open == Decimal("154.00")  # 3 × 78 − 80
    assert late.buckets["31-60"] == Decimal("76.00")
    with pytest.raises(HousingError, match="supérieur à zéro"):
        record_payment(by=ofs.keeper, bail=lease, le=date(2022, 4, 10), amount=0, now=ofs.now)


def test_a_newer_row_replaces_a_value_and_must_be_checked_again(ofs):
    ofs.index()
    ofs.tick()
    ofs.lease()
    old = Reference.objects.get(nature=NatureReference.IRL, cle="2023T1")
    Reference.objects.create(
        nature=old.nature, cle=old.cle, depuis=old.depuis, valeur="139.00", source="autre",
        confiance="secondaire", ecrite_le=ofs.now,
    )  # fmt: skip
    assert billed(ofs, date(2023, 4, 1)).waiting == {"0007": ("2023T1",)}

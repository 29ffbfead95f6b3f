"""A convention opens what it says, to who it says, from its first to its last day: cell by cell."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.accounts.conftest import create_people
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Organisation
from traitdunion.accounts.permissions import ROLES_OF, Permission
from traitdunion.employers.conventions.access import NEEDS, convention_for
from traitdunion.employers.conventions.operations import Terms, close_convention, open_convention
from traitdunion.employers.enums import Acces, Usage
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import Consentement, Convention, DemandeSite, Intervenant

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
FIRST, LAST, CLOSED = date(2026, 6, 10), date(2026, 9, 30), date(2026, 8, 1)
DAYS = {
    "the day before": (FIRST - timedelta(days=1), False, False),
    "the first day": (FIRST, True, True),
    "the eve of its closing": (CLOSED - timedelta(days=1), True, True),
    "the day of its closing": (CLOSED, True, False),
    "the last day": (LAST, True, False),
    "the day after": (LAST + timedelta(days=1), False, False),
}
"""Each day, whether a convention gives access on it, and whether it does once closed early."""
PAGES = {Acces.VIVIER: "employers:shared-pool", Acces.DEMANDES: "employers:shared-requests"}
NAME, REFERENCE = "Zébuline", "REF-SECRETE"


@pytest.fixture(scope="module")
def kept(kept_database):
    """Two organisations with a person of each role; a third; a speaker and a request of `ici`."""
    people = create_people()
    speaker = Intervenant.objects.create(
        organisation=people.ici, pseudonyme=NAME, statut="salarie", romes=["H2102"],
        themes=["accueil"], jours=[1], inscrit_le=NOW,
    )  # fmt: skip
    for usage in (Usage.CONTACT, Usage.PAROLE):
        Consentement.objects.create(
            intervenant=speaker, usage=usage, version="1", public="salle", support="oral",
            donne_le=NOW, expire_le=date(2027, 1, 1),
        )  # fmt: skip
    DemandeSite.objects.create(
        organisation=people.ici, reference=REFERENCE, precision="Le lundi matin", rome="N1101",
        nature="immersion", demandee_le=NOW,
    )  # fmt: skip
    return people


@pytest.fixture
def people(kept, db):
    return kept


def signed(people, acces, *, close_le=None, de="ici", vers="ailleurs"):
    given, to = getattr(people, de), getattr(people, vers)
    return Convention.objects.create(
        de=given, vers=to, acces=acces, reference="C-1", debut_le=FIRST, fin_le=LAST, ecrite_le=NOW,
        close_le=close_le,
    )  # fmt: skip


@pytest.mark.parametrize(("acces", "held", "role"), list(product(Acces, Acces, Role)))
def test_each_cell_of_the_table(people, acces, held, role):
    """`held`: what the convention is about; `acces`: what the reader asks for."""
    for close_le, (name, (day, is_open, is_open_once_closed)) in product(
        (None, CLOSED), DAYS.items()
    ):
        row = signed(people, held, close_le=close_le)
        in_time = is_open if close_le is None else is_open_once_closed
        expected = held == acces and role in ROLES_OF[NEEDS[acces]] and in_time
        reader = people[role.value, "ailleurs"]
        assert (convention_for(reader, people.ici, acces, on=day) == row) is expected, name
        # It opens nothing the other way, nor of a third, nor to a person of none.
        third = Organisation.objects.get_or_create(slug="tiers", nom="Tiers")[0]
        assert convention_for(people[role.value, "ici"], people.ailleurs, acces, on=day) is None
        assert convention_for(reader, third, acces, on=day) is None
        assert convention_for(people.nobody, people.ici, acces, on=day) is None
        row.delete()


@pytest.mark.parametrize(("acces", "role"), list(product(Acces, Role)))
def test_each_page_opens_on_its_days_and_reads_no_person(people, client, time_machine, acces, role):
    page = reverse(PAGES[acces], args=["ici"])
    client.force_login(people[role.value, "ailleurs"])
    may_read = role in ROLES_OF[NEEDS[acces]]
    signed(people, acces)
    for day, is_open, _ in DAYS.values():
        time_machine.move_to(datetime.combine(day, time(9), UTC))
        client.force_login(people[role.value, "ailleurs"])
        answer = client.get(page)
        assert answer.status_code == (200 if is_open and may_read else 403)
        if answer.status_code == 200:
            text = answer.content.decode()
            assert NAME not in text
            assert REFERENCE not in text
            assert "Le lundi" not in text
            assert {Acces.VIVIER: "H2102", Acces.DEMANDES: "N1101"}[acces] in text
            assert client.post(page).status_code == 405
    reads = Access.objects.filter(organisation=people.ici, action="consulter")
    assert reads.exists() is may_read


def test_a_reader_by_convention_opens_nothing_else_of_the_pool(people, client, time_machine):
    time_machine.move_to(datetime(2026, 6, 20, 9, tzinfo=UTC))
    for acces in Acces:
        signed(people, acces)
    client.force_login(people["conseiller", "ailleurs"])
    speaker = Intervenant.objects.get()
    for name, given in (
        ("speakers", {"organisation": "ici"}), ("moderation", {"organisation": "ici"}),
        ("speaker", {"pk": speaker.pk}), ("site-requests", {"organisation": "ici"}),
        ("conventions", {"organisation": "ici"}),
    ):  # fmt: skip
        assert client.get(reverse(f"employers:{name}", kwargs=given)).status_code == 403, name


@pytest.mark.parametrize("role", list(Role))
def test_only_an_administrator_opens_and_either_side_closes(people, role):
    terms = Terms(people.ailleurs, Acces.VIVIER, "C-2", FIRST, LAST)
    may = role in ROLES_OF[Permission.MANAGE_MEMBERS]
    by = people[role.value, "ici"]
    if not may:
        with pytest.raises(PermissionDenied):
            open_convention(by=by, organisation=people.ici, terms=terms, now=NOW)
        row = signed(people, Acces.VIVIER)
    else:
        row = open_convention(by=by, organisation=people.ici, terms=terms, now=NOW)
    closer = people[role.value, "ailleurs"]
    if may:
        close_convention(by=closer, organisation=people.ailleurs, key=row.pk, now=NOW)
        with pytest.raises(EmployersError, match="déjà close"):
            close_convention(by=by, organisation=people.ici, key=row.pk, now=NOW)
    else:
        with pytest.raises(PermissionDenied):
            close_convention(by=closer, organisation=people.ailleurs, key=row.pk, now=NOW)
    row.refresh_from_db()
    assert row.close_le == (NOW.date() if may else None)


def test_a_third_organisation_closes_nothing(people):
    row = signed(people, Acces.VIVIER, de="ailleurs", vers="ici")
    third = Organisation.objects.create(slug="tiers", nom="Tiers")
    by = people["administrateur", "ici"]
    by.memberships.create(organisation=third, role=Role.ADMINISTRATEUR)
    with pytest.raises(EmployersError, match="déjà close"):
        close_convention(by=by, organisation=third, key=row.pk, now=NOW)


def test_it_is_recorded_listed_and_closed_on_screen(people, client, time_machine):
    time_machine.move_to(NOW)
    client.force_login(people["administrateur", "ici"])
    page = reverse("employers:conventions", args=["ici"])
    sent = {"vers": "ailleurs", "acces": "vivier", "reference": "C-3", "debut_le": "2026-06-01",
            "fin_le": "2026-09-30"}  # fmt: skip
    for wrong in ({"fin_le": "2026-05-31"}, {"vers": "ici"}, {"acces": "tout"}, {"fin_le": ""}):
        assert client.post(page, sent | wrong).status_code == 422
    assert (
        client.post(page, sent | {"debut_le": "2026-01-01", "fin_le": "2026-05-01"}).status_code
        == 422
    )
    assert client.post(page, sent).status_code == 302
    row = Convention.objects.get()
    shared = reverse("employers:shared-pool", args=["ici"])
    client.force_login(people["conseiller", "ailleurs"])
    assert client.get(shared).status_code == 200
    client.force_login(people["administrateur", "ailleurs"])
    theirs = reverse("employers:conventions", args=["ailleurs"])
    assert shared in client.get(theirs).content.decode()
    client.post(theirs, {"clore": row.pk})
    client.force_login(people["conseiller", "ailleurs"])
    assert client.get(shared).status_code == 403


def test_the_database_refuses_one_that_ends_before_it_begins_or_with_oneself(people):
    for wrong in ({"fin_le": FIRST - timedelta(days=1)}, {"vers": people.ici}, {"acces": "tout"}):
        row = signed(people, Acces.VIVIER)
        with pytest.raises(IntegrityError), transaction.atomic():
            Convention.objects.filter(pk=row.pk).update(**wrong)

"""A call: who calls, the search, one press; counted by week, and never of fewer than eleven."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.desk.models import Call
from traitdunion.desk.phone import operations
from traitdunion.desk.phone.counts import tables_of

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday
QUESTION = (
    "/?domicile=Langeac+%2843%29&travail=Le+Puy-en-Velay+%2843%29&jours=lun&debut=08%3A00"
    "&fin=16%3A00&permis={}&semaine=2026-11-23"
)


@pytest.fixture
def ici(db):
    return Organisation.objects.create(slug="ici", nom="Agence d'ici")


@pytest.fixture
def adviser(ici):
    user = User.objects.create(email="conseiller@ici.example", nom="Camille")
    Membership.objects.create(user=user, organisation=ici, role=Role.CONSEILLER)
    return user


@pytest.fixture
def signed(client, adviser, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(adviser)
    return client


def take(client, appelant="proche"):
    return client.post("/organisations/ici/telephone/prendre/", {"appelant": appelant})


def end(client, issue):
    return client.post("/organisations/ici/telephone/fin/", {"issue": issue})


def test_a_call_is_written_by_its_first_search_and_ends_with_one_press(signed, sampled):
    assert take(signed).url == "/"
    asking = signed.get("/").content.decode()
    assert "Appel en cours\u00a0: un proche" in asking
    assert Call.objects.count() == 0
    for permis in ("aucun", "aucun", "b"):  # the second is the same page read again
        answered = signed.get(QUESTION.format(permis)).content.decode()
    assert "Appel en cours\u00a0: un proche" in answered
    call = Call.objects.get()
    assert (call.week, call.appelant, call.issue, call.n_searches) == (
        date(2026, 11, 23), "proche", "", 2
    )  # fmt: skip
    assert end(signed, "renseigne").url == "/organisations/ici/telephone/"
    assert Call.objects.get().issue == "renseigne"
    assert "Appel en cours" not in signed.get("/").content.decode()


def test_a_call_without_a_search_counts_too(signed, sampled):
    take(signed, "employeur")
    end(signed, "rappeler")
    assert Call.objects.values_list("appelant", "issue", "n_searches").get() == (
        "employeur", "rappeler", 0
    )  # fmt: skip


def test_whoever_asks_to_be_called_back_must_agree_to_leave_a_number(signed, sampled):
    take(signed)
    end(signed, "rappeler")
    page = signed.get("/organisations/ici/telephone/").content.decode()
    assert "notez l&#x27;accord de la personne" in page


def test_searches_outside_a_call_write_none_and_set_no_cookie(client, sampled, db):
    page = client.get(QUESTION.format("aucun"))
    assert not page.cookies
    assert Call.objects.count() == 0


def test_a_call_keeps_nothing_of_anybody():
    """What is kept is here in full: no name, no number, no hour, no question, no adviser."""
    assert {field.name for field in Call._meta.get_fields()} == {
        "id", "organisation", "week", "appelant", "issue", "n_searches"
    }  # fmt: skip


@pytest.mark.parametrize("wrong", ["", "voisin"])
def test_what_is_not_in_the_list_is_refused(signed, sampled, wrong):
    assert take(signed, wrong).url == "/organisations/ici/telephone/"
    take(signed)
    end(signed, wrong)
    assert Call.objects.count() == 0


def test_a_call_is_taken_and_ended_where_one_follows_people(ici, adviser):
    ailleurs = Organisation.objects.create(slug="ailleurs", nom="Ailleurs")
    with pytest.raises(PermissionDenied):
        operations.take(by=adviser, organisation=ailleurs, appelant="proche")
    line = operations.take(by=adviser, organisation=ici, appelant="proche")
    Membership.objects.create(user=adviser, organisation=ailleurs, role=Role.CONSEILLER)
    with pytest.raises(ValidationError):
        operations.end(by=adviser, line=line, organisation=ailleurs, issue="oriente", now=NOW)


# --- counts ---------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite alone numbers its rows")
def test_the_order_of_the_calls_of_a_week_is_drawn(signed, monkeypatch):
    places = [30, 10, 20]
    monkeypatch.setattr("secrets.randbits", lambda bits: places.pop(0))
    for who in ("proche", "employeur", "personne"):
        take(signed, who)
        end(signed, "renseigne")
    with connection.cursor() as cursor:
        cursor.execute("SELECT appelant FROM desk_call ORDER BY rowid")
        # taken in the order proche, employeur, personne; kept at places 30, 10, 20
        assert [who for (who,) in cursor.fetchall()] == ["employeur", "personne", "proche"]


def calls(organisation, monday, n, issue="renseigne", appelant="personne"):
    Call.objects.bulk_create(
        Call(organisation=organisation, week=monday, issue=issue, appelant=appelant)
        for _ in range(n)
    )


def test_calls_are_counted_by_week_and_small_numbers_withheld(ici):
    this, before, old = date(2026, 11, 23), date(2026, 11, 16), date(2026, 9, 28)
    calls(ici, this, 30)
    calls(ici, this, 12, "oriente")
    calls(ici, this, 3, "rien_trouve", "employeur")
    calls(ici, before, 10)
    calls(ici, old, 40)
    outcomes, callers = tables_of(ici, today=date(2026, 12, 2))
    # Of 45 calls, 3 are too few to tell; 12 goes with them, else 45 - 30 - 12 would tell.
    assert [(week.monday, week.total, week.parts) for week in outcomes.weeks] == [
        (this, 45, [30, None, None, 0, 0]),
        # 10 of one kind: whatever is shown of the week, all of it is hidden.
        (before, None, [None, 0, 0, 0, 0]),
    ]
    assert callers.weeks[0].parts == [None, 0, 0, None]


def test_the_week_under_way_is_not_counted(ici):
    calls(ici, date(2026, 11, 23), 30)
    assert tables_of(ici, today=date(2026, 11, 29))[0].weeks == []
    assert len(tables_of(ici, today=date(2026, 11, 30))[0].weeks) == 1


def test_the_page_of_figures_shows_the_calls(client, ici, adviser):
    Membership.objects.create(user=adviser, organisation=ici, role=Role.PILOTAGE)
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    calls(ici, monday - timedelta(days=7), 14)
    client.force_login(adviser)
    html = client.get("/organisations/ici/suivi/").content.decode()
    assert "Appels par issue" in html
    assert "<td>14</td>" in html

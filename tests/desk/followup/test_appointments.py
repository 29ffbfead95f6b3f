"""Appointments in another tool: a reference that travels alone, signed messages that come back."""

import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils import timezone

from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Access, Membership, User
from traitdunion.accounts.sealing import unseal
from traitdunion.desk.appointments import notifications, operations
from traitdunion.desk.followup import privacy
from traitdunion.desk.followup.operations import FollowUpError
from traitdunion.desk.models import Notification, OutilRendezVous, RendezVous

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESS = "https://rdv.example/prescripteur?motif=mobilite&ref={reference}"
DOOR = "/rendez-vous/ici/notifications/"


@pytest.fixture
def admin(team):
    user = User.objects.create(email="admin@ici.example", nom="Admin")
    Membership.objects.create(user=user, organisation=team.ici, role=Role.ADMINISTRATEUR)
    return user


@pytest.fixture
def secret(admin, team, now):
    return operations.set_tool(by=admin, organisation=team.ici, adresse=ADDRESS, now=now)


@pytest.fixture
def appointment(secret, opened, team, now):
    return operations.ask(by=team.adviser, parcours=opened(), now=now)


@pytest.fixture
def still(monkeypatch, now):
    """The clock of the site stands at `now`, until it is moved."""
    moment = [now]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])
    return moment


def message(reference, at, event_at=None, **data):
    """A body as the documentation of RDV Service Public shows it."""
    fields = {
        "id": 42, "status": "unknown", "starts_at": "2026-12-01 10:30:00 +0100",
        "context": f"Prescription mobilité, {reference}", "users": [{"first_name": "Anne"}],
    }  # fmt: skip
    meta = {
        "model": "Rdv", "event": data.pop("event", "created"),
        "event_occurred_at": (event_at or at).isoformat(), "payload_computed_at": at.isoformat(),
    }  # fmt: skip
    return json.dumps({"data": fields | data, "meta": meta}).encode()


@pytest.fixture
def post(client, secret):
    def post_(body, signed_with=None, door=DOOR):
        signature = hmac.new((signed_with or secret).encode(), body, hashlib.sha256).hexdigest()
        return client.post(
            door, body, content_type="application/json",
            headers={"X-Lapin-Signature": signature},
        )  # fmt: skip

    return post_


@pytest.mark.parametrize(
    "adresse",
    ["http://rdv.example/{reference}", "https://rdv.example/", "https://x/{reference}/{nom}",
     "javascript:alert({reference})", "https://x/{reference}{reference}"],
)  # fmt: skip
def test_only_the_reference_travels_and_over_https(admin, team, now, adresse):
    with pytest.raises(ValidationError):
        operations.set_tool(by=admin, organisation=team.ici, adresse=adresse, now=now)


def test_the_link_of_a_file_holds_the_reference_and_nothing_else(client, appointment, team):
    client.force_login(team.adviser)
    html = client.get(f"/parcours/{appointment.parcours_id}/").content.decode()
    link = f"https://rdv.example/prescripteur?motif=mobilite&amp;ref={appointment.reference}"
    assert f'rel="noreferrer" href="{link}"' in html
    assert str(appointment.parcours_id) not in link
    assert appointment.parcours.reference not in link


def test_a_reference_tells_nothing_and_is_never_twice_the_same(secret, opened, team, now):
    parcours = opened()
    drawn = {operations.ask(by=team.adviser, parcours=parcours, now=now).reference for _ in "12345"}
    assert len(drawn) == 5
    assert all(notifications.REFERENCE.fullmatch(reference) for reference in drawn)


def test_a_signed_message_writes_the_appointment_down(post, appointment, still, now):
    answer = post(message(appointment.reference, now))
    assert (answer.status_code, answer.json()) == (200, {"resultat": "noté"})
    appointment.refresh_from_db()
    assert (appointment.statut, appointment.external_id) == ("pris", "42")
    # 10:30 at Paris in December is 9:30 UTC.
    assert appointment.starts_at == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert "Anne" not in str(appointment.__dict__)
    assert not answer.cookies


@pytest.mark.parametrize(
    ("data", "statut"),
    [({"status": "seen"}, "honore"), ({"status": "noshow"}, "absent"),
     ({"status": "excused"}, "annule"), ({"status": "revoked"}, "annule"),
     ({"event": "destroyed"}, "annule"), ({"status": None}, "pris")],
)  # fmt: skip
def test_each_status_of_the_tool_has_its_word(post, appointment, still, now, data, statut):
    post(message(appointment.reference, now, **data))
    appointment.refresh_from_db()
    assert appointment.statut == statut


def test_an_unsigned_or_tampered_message_is_refused(client, post, appointment, still, now):
    body = message(appointment.reference, now)
    assert post(body, signed_with="un autre secret").status_code == 401
    assert client.post(DOOR, body, content_type="application/json").status_code == 401
    signature = "é" * 64
    headers = {"X-Lapin-Signature": signature.encode().decode("latin-1")}
    assert client.post(
        DOOR, body, content_type="application/json", headers=headers
    ).status_code == 401  # fmt: skip
    assert post(body, door="/rendez-vous/ailleurs/notifications/").status_code == 401
    assert client.get(DOOR).status_code == 405
    appointment.refresh_from_db()
    assert appointment.statut == "demande"


def test_the_secret_of_the_tool_follows_a_change_of_key(secret, settings):
    first, second = settings.TRAITDUNION_MFA_KEYS[0], "une autre phrase, assez longue aussi"
    settings.TRAITDUNION_MFA_KEYS = (second, first)
    call_command("accounts", "seal")
    settings.TRAITDUNION_MFA_KEYS = (second,)
    assert unseal(OutilRendezVous.objects.get().secret) == secret


def test_a_secret_sealed_under_a_lost_phrase_signs_nothing(post, appointment, still, now, settings):
    settings.TRAITDUNION_MFA_KEYS = ("une autre phrase, longue de trente-deux signes",)
    assert post(message(appointment.reference, now)).status_code == 401


def test_what_a_message_says_of_the_person_is_neither_kept_nor_logged(
    post, appointment, still, now, caplog
):
    caplog.set_level(logging.DEBUG)
    fields = {"users": [{"last_name": "Quillebeuf"}], "name": "Quillebeuf"}
    assert post(message(appointment.reference, now, **fields)).status_code == 200
    assert post(message(appointment.reference, now, **fields)[:-2]).status_code == 400
    kept = [*RendezVous.objects.values_list(), *Access.objects.values_list()]
    assert "Quillebeuf" not in f"{kept}{caplog.text}"


def test_a_former_secret_signs_nothing(post, appointment, admin, team, secret, still, now):
    operations.set_tool(by=admin, organisation=team.ici, adresse=ADDRESS, now=now)
    assert post(message(appointment.reference, now), signed_with=secret).status_code == 401


@pytest.mark.parametrize(
    ("age", "status"),
    [(timedelta(hours=23, minutes=59), 200), (timedelta(hours=24), 400),
     (timedelta(minutes=-5), 200), (timedelta(minutes=-6), 400)],
)  # fmt: skip
def test_a_message_is_taken_in_within_a_day(post, appointment, still, now, age, status):
    assert post(message(appointment.reference, now - age)).status_code == status


def test_the_same_message_counts_once_and_is_forgotten_when_it_can_no_longer_come(
    post, appointment, still, now
):
    body = message(appointment.reference, now)
    assert post(body).json() == {"resultat": "noté"}
    RendezVous.objects.update(statut="honore")
    assert post(body).json() == {"resultat": "rien à changer"}
    assert RendezVous.objects.get().statut == "honore"
    still[0] = now + 2 * DAY
    post(message(appointment.reference, now + 2 * DAY))
    assert Notification.objects.count() == 1


def test_what_comes_late_does_not_undo_what_came_after(post, appointment, still, now):
    cancelled, taken = now - timedelta(minutes=1), now - timedelta(minutes=9)
    post(message(appointment.reference, now, cancelled, status="excused"))
    answer = post(message(appointment.reference, now, taken, status="unknown"))
    assert answer.json() == {"resultat": "rien à changer"}
    assert RendezVous.objects.get().statut == "annule"


def test_an_appointment_elsewhere_is_nobody_s_here(
    post, appointment, team, admin, opened, still, now
):
    Membership.objects.create(user=admin, organisation=team.ailleurs, role=Role.ADMINISTRATEUR)
    theirs = operations.set_tool(by=admin, organisation=team.ailleurs, adresse=ADDRESS, now=now)
    body = message(appointment.reference, now)
    answer = post(body, signed_with=theirs, door="/rendez-vous/ailleurs/notifications/")
    assert answer.json() == {"resultat": "rien à changer"}
    assert RendezVous.objects.get().statut == "demande"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[]", 400), (b"{}", 400), (b"\xff", 400), (b'{"data": 1, "meta": 2}', 400),
     (b'{"data": {}, "meta": {"payload_computed_at": "hier"}}', 400),
     (b'{"data": {}, "meta": {"payload_computed_at": "2026-11-24T09:00:00"}}', 400)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(post, still, body, status):
    assert post(body).status_code == status


def test_what_is_about_something_else_is_left(post, appointment, still, now):
    for body in (
        message(appointment.reference, now).replace(b'"Rdv"', b'"Absence"'),
        message("TU-CETTEREF", now),
    ):
        assert post(body).status_code == 200
    for data in ({"status": "lost"}, {"starts_at": "demain"}, {"status": ["seen"]}):
        assert post(message(appointment.reference, now, **data)).status_code == 400
    assert RendezVous.objects.get().statut == "demande"


def test_who_sets_the_tool_and_who_asks(admin, secret, opened, team, now):
    with pytest.raises(PermissionDenied):
        operations.set_tool(by=team.adviser, organisation=team.ici, adresse=ADDRESS, now=now)
    parcours = opened()
    for who in (team.stranger, team.dpo, admin):
        with pytest.raises(PermissionDenied):
            operations.ask(by=who, parcours=parcours, now=now)
    OutilRendezVous.objects.all().delete()
    with pytest.raises(FollowUpError, match="Aucun outil"):
        operations.ask(by=team.adviser, parcours=parcours, now=now)


def test_the_page_shows_the_secret_once(client, admin):
    client.force_login(admin)
    page = "/organisations/ici/rendez-vous/"
    answer = client.post(page, {"adresse": ADDRESS}).content.decode()
    row = OutilRendezVous.objects.get()
    secret = unseal(row.secret)
    assert secret in answer
    assert secret not in row.secret
    assert "http://testserver/rendez-vous/ici/notifications/" in answer
    assert secret not in client.get(page).content.decode()
    assert client.post(page, {"adresse": "rdv"}).status_code == 422


def test_it_is_exported_forgotten_and_erased_with_the_person(appointment, opened, team, now):
    copy = privacy.export(by=team.dpo, parcours=appointment.parcours, now=now)
    assert copy["rendez_vous"][0]["reference"] == appointment.reference
    operations.ask(by=team.adviser, parcours=opened(), now=now)
    privacy.erase(by=team.dpo, parcours=appointment.parcours, now=now)
    assert RendezVous.objects.count() == 1
    privacy.anonymise_due(now=now + 730 * DAY, kept=730 * DAY)
    assert not RendezVous.objects.exists()

"""A session: private at first, closed by its hour, cancelled with its guests told, deleted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from tests.mailbox import delivered
from traitdunion.cooperation.enums import Avis, CollegeDeclare, EtatSeance
from traitdunion.cooperation.models import Creneau, Idee, Invite, Seance
from traitdunion.cooperation.operations import CooperationError
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.cooperation.sessions import ideas as idea_operations
from traitdunion.cooperation.sessions import invitations, lifecycle, preparing

pytestmark = pytest.mark.django_db
SESSION = "/cooperation/seances/demi-journee/"
SITE = "https://coop.example"
BEFORE = datetime(2026, 6, 1, 9, tzinfo=UTC)


PHONE = "/participer/ABC234/"
STATE = reverse("cooperation:room-state", kwargs={"code": "ABC234"})


@pytest.fixture
def phone(half_day):
    """A phone that declared its college."""
    client = Client()
    client.post(PHONE, {"college": "etat"})
    return client


@pytest.fixture
def invited(half_day):
    """Ana and Bob were invited, Cy said no, Dan was never written to."""
    columns = {"seance": half_day.seance, "organisation": "O", "college": "etat"}
    for nom, more in (
        ("Ana", {"invite_le": BEFORE}), ("Bob", {"invite_le": BEFORE, "reponse": "oui"}),
        ("Cy", {"invite_le": BEFORE, "reponse": "non"}), ("Dan", {}),
    ):  # fmt: skip
        Invite.objects.create(nom=nom, courriel=f"{nom}@x.example".lower(), **columns, **more)
    return half_day


def as_prepared(seance, **changes):
    fields = {name: getattr(seance, name) for name in preparing.SESSION}
    return fields | {"aims": [], "slots": []} | changes


def test_a_session_and_its_roadmap_are_private_until_they_are_published(half_day, client):
    made = preparing.create_session(
        by=half_day.steerer, organisation=half_day.steering, now=BEFORE, titre="Neuve",
        tenue_le=date(2026, 8, 1), aims=[], slots=[],
    )  # fmt: skip
    assert (made.visibilite, made.visibilite_feuille) == ("privee", "privee")
    assert made.relecture == "avant"
    address = f"/cooperation/seances/{made.pk}/"
    assert client.get(address).status_code == 302
    assert "Neuve" not in client.get("/cooperation/").content.decode()
    client.force_login(half_day.steerer)
    assert "Neuve" in client.get("/cooperation/").content.decode()
    client.post(
        address + "gerer/",
        {"faire": "publier", "visibilite": "publique", "visibilite_feuille": "membres"},
    )
    signed_out = Client()
    assert signed_out.get(address).status_code == 200
    assert signed_out.get(address + "feuille-de-route/").status_code == 302
    assert "Neuve" in signed_out.get("/cooperation/").content.decode()
    # What is not public is kept by no cache.
    assert "no-store" in client.get(address + "feuille-de-route/")["Cache-Control"]


def test_a_session_closes_by_itself_and_its_code_dies(half_day):
    seance = half_day.seance
    Creneau.objects.create(seance=seance, debut="09:00", fin="12:30", titre="Tables")
    # 12:30 in Paris is 10:30 UTC; two hours later, 12:30 UTC.
    morning, end = datetime(2026, 6, 19, 7, tzinfo=UTC), datetime(2026, 6, 19, 12, 30, tzinfo=UTC)
    lifecycle.change_state(by=half_day.steerer, seance=seance, etat=EtatSeance.OUVERTE, now=morning)
    assert seance.closes_at == end
    assert seance.is_open_at(end - timedelta(minutes=1))
    assert not seance.is_open_at(end)
    with pytest.raises(CooperationError, match="ne prend pas de contribution"):
        idea_operations.add_idea(axe=seance.axes.first(), texte="Cinq mois après", now=end)
    assert lifecycle.close_due(now=end - timedelta(minutes=1)) == 0
    assert (lifecycle.close_due(now=end), lifecycle.close_due(now=end)) == (1, 0)
    # Opened on another day, to rehearse: twelve hours.
    lifecycle.change_state(by=half_day.steerer, seance=seance, etat=EtatSeance.OUVERTE, now=BEFORE)
    assert seance.closes_at == BEFORE + timedelta(hours=12)


def test_a_moved_date_is_told_to_the_guests_with_their_calendar(invited):
    seance = invited.seance
    n = preparing.change_session(
        by=invited.steerer, seance=seance, now=BEFORE, site=SITE,
        **as_prepared(seance, tenue_le=date(2026, 6, 26)),
    )  # fmt: skip
    sent = {mail.to[0]: mail for mail in delivered()}
    assert n == 2
    assert set(sent) == {"ana@x.example", "bob@x.example"}
    mail = sent["ana@x.example"]
    assert "Date : vendredi 26 juin 2026" in mail.body
    ana = Invite.objects.get(nom="Ana")
    assert f"{SITE}/invitation/{ana.secret}/" in mail.body
    (event,) = Calendar.from_ical(mail.attachments[0][1]).events
    assert (event["uid"], event["sequence"]) == ("demi-journee@trait-d-union", 1)
    assert event.start.date() == date(2026, 6, 26)
    # What a guest need not know is not written about.
    assert not preparing.change_session(
        by=invited.steerer, seance=seance, now=BEFORE, site=SITE,
        **as_prepared(seance, pilote="Une autre"),
    )  # fmt: skip


def test_cancelling_tells_the_guests_and_takes_it_out_of_their_calendar(invited, client):
    client.force_login(invited.steerer)
    client.post(SESSION + "gerer/", {"faire": "annuler", "motif": "Trop de neige."})
    invited.seance.refresh_from_db()
    assert invited.seance.etat == "annulee"
    sent = {mail.to[0]: mail for mail in delivered()}
    assert set(sent) == {"ana@x.example", "bob@x.example"}
    assert "Trop de neige." in sent["bob@x.example"].body
    text = sent["bob@x.example"].attachments[0][1]
    (event,) = Calendar.from_ical(text).events
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 1)
    assert "METHOD:CANCEL" in (text if isinstance(text, str) else text.decode())
    client.post(SESSION + "gerer/", {"faire": "annuler"})  # twice: told once
    assert len(delivered()) == 2
    assert "Cette séance est annulée" in client.get(SESSION).content.decode()
    with pytest.raises(CooperationError):
        inviting.answer(guest=Invite.objects.get(nom="Ana"), reponse="oui", now=BEFORE)


def test_a_session_is_deleted_while_nothing_was_said_and_nobody_awaits_it(invited, now):
    seance = invited.seance
    with pytest.raises(PermissionDenied):
        lifecycle.delete(by=invited.adviser, seance=seance, now=now)
    with pytest.raises(CooperationError, match="annulez d'abord"):
        lifecycle.delete(by=invited.steerer, seance=seance, now=now)
    idea = idea_operations.add_idea(axe=invited.axes[0], texte="Un", now=now)
    lifecycle.cancel(by=invited.steerer, seance=seance, motif="", site=SITE, now=now)
    with pytest.raises(CooperationError, match="elle ne se supprime plus"):
        lifecycle.delete(by=invited.steerer, seance=seance, now=now)
    idea.delete()
    lifecycle.delete(by=invited.steerer, seance=seance, now=now)
    assert not Seance.objects.exists()
    assert not Invite.objects.exists()


def test_a_helper_takes_tables_and_arrivals_by_a_link_without_an_account(half_day, client):
    client.force_login(half_day.steerer)
    links = {}
    for role, path in (("scribe", "saisie"), ("porte", "arrivees")):
        page = client.post(SESSION + "gerer/", {"faire": "lien", "role": role})
        assert "no-store" in page["Cache-Control"]
        links[role] = page.context["address"].removeprefix("http://testserver")
        assert links[role].startswith(f"/salle/{path}/")
    helper, axe = Client(), half_day.axes[0]
    assert helper.get(links["scribe"]).status_code == 200
    helper.post(links["scribe"], {"axe": axe.pk, "table": 2, "idees": "Une navette"})
    assert Idee.objects.get().table == 2
    came = {"faire": "ajouter", "nom": "Zoé", "organisation": "Café", "college": "employeurs"}
    assert helper.post(links["porte"], came).status_code == 302
    assert Invite.objects.present().get().nom == "Zoé"
    # Each link does its own work alone, and dies with the session or when another is drawn.
    for swapped in (links["scribe"].replace("saisie", "arrivees"), SESSION + "saisie/"):
        assert helper.get(swapped).status_code in (302, 410)
    client.post(SESSION + "gerer/", {"faire": "lien", "role": "scribe"})
    assert helper.get(links["scribe"]).status_code == 410
    client.post(SESSION + "animer/", {"faire": "state", "etat": "close"})
    assert helper.get(links["porte"]).status_code == 410


def test_a_guest_who_came_is_not_deleted_without_a_word(half_day, client, now):
    ana = Invite.objects.create(
        seance=half_day.seance, nom="Ana", organisation="O", college="etat", arrive_le=now
    )
    client.force_login(half_day.steerer)
    client.post(f"/cooperation/invites/{ana.pk}/", {"faire": "retirer"})
    assert Invite.objects.filter(pk=ana.pk).exists()
    inviting.take_back_arrival(by=half_day.steerer, guest=ana, now=now)
    client.post(f"/cooperation/invites/{ana.pk}/", {"faire": "retirer"})
    assert not Invite.objects.exists()


def test_the_calendar_of_an_invitation_starts_at_version_nought(half_day, now):
    (event,) = Calendar.from_ical(invitations.calendar_of(half_day.seance, now=now)).events
    assert event["sequence"] == 0


def test_the_screen_counts_down_until_the_next_step(half_day, client, now):
    client.force_login(half_day.steerer)
    page = SESSION + "animer/"
    client.post(page, {"faire": "timer", "minutes": "10"})
    half_day.seance.refresh_from_db()
    left = half_day.seance.minuteur_le - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    screen = client.get(SESSION + "ecran/").content.decode()
    assert f'data-until="{timezone.localtime(half_day.seance.minuteur_le):%Y-%m-%dT%H:%M}' in screen
    client.post(page, {"faire": "step", "etape": "avis"})
    assert "data-until" not in client.get(SESSION + "ecran/").content.decode()
    client.post(page, {"faire": "timer", "minutes": "999"})
    half_day.seance.refresh_from_db()
    assert half_day.seance.minuteur_le is None


def test_the_screen_goes_black_and_phones_look_at_the_speaker_until_the_next_step(
    half_day, client, phone
):
    client.force_login(half_day.steerer)
    page, screen = SESSION + "animer/", SESSION + "ecran/"
    before = phone.get(STATE).json()
    client.post(page, {"faire": "dark", "noir": "1"})
    shown = client.get(screen).content.decode()
    assert "room--dark" in shown
    assert half_day.seance.code not in shown
    assert "Regardez qui anime" in phone.get(PHONE).content.decode()
    assert phone.get(STATE).json() != before
    client.post(page, {"faire": "dark", "noir": "0"})
    assert phone.get(STATE).json() == before
    assert "room--dark" not in client.get(screen).content.decode()
    for lit in ({"faire": "step", "etape": "avis"}, {"faire": "next"}):
        client.post(page, {"faire": "dark", "noir": "1"})
        client.post(page, lit)
        half_day.seance.refresh_from_db()
        assert not half_day.seance.ecran_noir


def test_the_announced_end_is_on_the_screen_the_phones_and_the_remote(
    half_day, client, phone, time_machine
):
    time_machine.move_to(datetime(2026, 6, 19, 14, tzinfo=UTC))  # 16 h in Paris
    client.force_login(half_day.steerer)
    page = SESSION + "animer/"
    before = phone.get(STATE).json()
    client.post(page, {"faire": "end", "fin": "17:30"})
    half_day.seance.refresh_from_db()
    assert half_day.seance.fin_annoncee_le == datetime(2026, 6, 19, 15, 30, tzinfo=UTC)
    for text in (client.get(SESSION + "ecran/"), client.get(page)):
        assert 'data-until="2026-06-19T17:30' in text.content.decode()
    assert "Fin à 17 h 30" in phone.get(PHONE).content.decode().replace("\xa0", " ")
    assert phone.get(STATE).json() != before
    for wrong in ("15:59", "plus tard"):
        assert client.post(page, {"faire": "end", "fin": wrong}).status_code == 422
    client.post(page, {"faire": "end", "fin": "17:30", "retirer": "1"})
    half_day.seance.refresh_from_db()
    assert half_day.seance.fin_annoncee_le is None


def test_the_timer_is_on_the_phones_too(half_day, client, phone):
    client.force_login(half_day.steerer)
    before = phone.get(STATE).json()
    client.post(SESSION + "animer/", {"faire": "timer", "minutes": "5"})
    assert "data-until" in phone.get(PHONE).content.decode()
    assert phone.get(STATE).json() != before


def test_the_remote_moves_the_screen_and_the_phones_one_idea_at_a_time(half_day, client, now):
    """The agreement is hidden from all until it is revealed, and shows no college under eleven."""
    ideas = [
        Idee.objects.create(axe=half_day.axes[0], texte=text, source="telephone", dite_le=now)
        for text in ("Un car avant six heures", "Une place de crèche")
    ]
    client.force_login(half_day.steerer)
    page, screen, phone = SESSION + "animer/", SESSION + "ecran/", "/participer/ABC234/etat/"
    client.post(page, {"faire": "step", "etape": "avis"})
    assert "Un car avant six heures" in client.get(screen).content.decode()
    assert "Une place de crèche" not in client.get(screen).content.decode()
    before = client.get(phone).json()["version"]
    for n in range(24):  # twelve on each: what is hidden of either would be shown
        idea_operations.give_opinion(
            idea=ideas[n % 2], voix=f"v{n // 2}", college=CollegeDeclare.EMPLOYEURS,
            avis=Avis.ACCORD, now=now,
        )  # fmt: skip
    hidden = client.get(screen).content.decode()
    assert "<strong>12</strong> voix" in hidden
    assert "<li>Employeurs\u00a0:" not in hidden
    client.post(page, {"faire": "reveal"})
    shown = client.get(screen).content.decode()
    assert "<li>Employeurs\u00a0:" in shown
    assert client.get(phone).json()["version"] != before
    client.post(page, {"faire": "next"})
    following = client.get(screen).content.decode()
    assert "Une place de crèche" in following
    assert "idée 2 sur 2" in following
    assert "<li>Employeurs\u00a0:" not in following
    client.post(page, {"faire": "next"})
    assert "Un car avant six heures" in client.get(screen).content.decode()
    client.post(page, {"faire": "step", "etape": "pause"})
    assert "Un car avant six heures" not in client.get(screen).content.decode()
    refused = client.post(page, {"faire": "next"})
    assert refused.status_code == 422

"""A club announces a meeting; its organiser gets the kit by one link, then records it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from django.core.management import call_command
from django.urls import reverse
from icalendar import Calendar

from tests.cooperation.conftest import half_day  # noqa: F401 (fixture)
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Membership, Organisation, OutgoingMessage, User
from traitdunion.accounts.outbox.operations import unpack
from traitdunion.cooperation.enums import EtatEngagement
from traitdunion.cooperation.models import Action, Engagement
from traitdunion.employers import retention
from traitdunion.employers.clubs import operations, reminders
from traitdunion.employers.clubs.kit import DUREES_MIN, kit_of
from traitdunion.employers.enums import Bloc, Categorie, Secteur, Taille, TypeEngagement
from traitdunion.employers.errors import EmployersError
from traitdunion.employers.models import Club, EngagementEmployeur, Rencontre
from traitdunion.french.pages import without_breaks_in_page

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
HELD = date(2026, 6, 30)
SITE = "https://site.example"


@pytest.fixture
def keeper(half_day):  # noqa: F811
    organisation = Organisation.objects.create(slug="asso", nom="Association du club")
    user = User.objects.create_user("hugo@x.example", "un mot de passe assez long")
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATEUR)
    return user


@pytest.fixture
def club(keeper, half_day):  # noqa: F811
    action = Action.objects.create(axe=half_day.axes[0], titre="Accueillir")
    return operations.create_club(
        by=keeper, organisation=keeper.organisations.get(), nom="Club du Velay", now=NOW,
        secteur=Secteur.INDUSTRIE, action=action,
    )  # fmt: skip


@pytest.fixture
def meeting(keeper, club):
    return operations.announce(
        by=keeper, club=club, titre="Petit déjeuner", tenue_le=HELD, heure=time(8, 30),
        lieu="Mairie", courriel="o@club.example", publique=True, now=NOW,
    )  # fmt: skip


def at(day, hour=9):
    return datetime.combine(day, time(hour), UTC)


def test_each_kit_lasts_what_it_says():
    for minutes, secteur, taille in product(DUREES_MIN, Secteur, Taille):
        kit = kit_of(minutes, secteur, taille)
        assert sum(step.minutes for step in kit.steps) == minutes
        assert f"({minutes} min)" in kit.agenda[0]
        assert kit.question.endswith("?")
        assert len(kit.leads) == 3
        assert kit.advice


def test_messages_leave_three_weeks_and_one_week_before_then_after_each_once(meeting):
    def queued(day):
        return reminders.run(now=at(day), site=SITE)

    assert queued(HELD - timedelta(days=22)) == 0
    assert queued(HELD - timedelta(days=21)) == 1
    assert queued(HELD - timedelta(days=20)) == 0
    assert queued(HELD - timedelta(days=7)) == 1
    assert queued(HELD) == 0
    assert queued(HELD + timedelta(days=1)) == 1
    assert queued(HELD + timedelta(days=2)) == 0
    texts = [unpack(row)[0] for row in OutgoingMessage.objects.order_by("pk")]
    link = SITE + reverse("employers:organiser", kwargs={"token": meeting.token})
    assert all(text.count(link) == 1 for text in texts)
    assert {row.to for row in OutgoingMessage.objects.all()} == {"o@club.example"}


def test_not_this_time_stops_messages_until_the_meeting(meeting):
    operations.plan_block(meeting=meeting, minutes=None, now=NOW)
    assert reminders.due_on(HELD - timedelta(days=7)) == []
    assert len(reminders.due_on(HELD + timedelta(days=1))) == 1


def test_a_cancelled_or_demonstration_meeting_gets_no_message(keeper, meeting, club):
    Club.objects.update(demonstration=True)
    assert reminders.due_on(HELD - timedelta(days=7)) == []
    Club.objects.update(demonstration=False)
    operations.cancel(by=keeper, meeting=meeting, now=NOW)
    assert reminders.due_on(HELD - timedelta(days=7)) == []


def test_the_day_moved_is_announced_again(keeper, meeting):
    reminders.run(now=at(HELD - timedelta(days=7)), site=SITE)
    later = HELD + timedelta(days=1)
    values = {"tenue_le": later}
    row = operations.correct_meeting(by=keeper, meeting=meeting, values=values, now=NOW)
    assert row.sequence == 1
    assert reminders.run(now=at(HELD - timedelta(days=6)), site=SITE) == 1


def test_only_who_keeps_the_club_announces(half_day, club):  # noqa: F811
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        operations.announce(by=half_day.steerer, club=club, titre="X", tenue_le=HELD, now=NOW)


def test_the_link_shows_the_kit_then_records_in_one_form(client, meeting, time_machine):
    time_machine.move_to(at(HELD - timedelta(days=7)))
    url = reverse("employers:organiser", kwargs={"token": meeting.token})
    page = client.get(url).content.decode()
    question = without_breaks_in_page(kit_of(20, Secteur.INDUSTRIE).question)
    assert question.replace("'", "&#x27;") in page
    assert "ce qui s'est fait" not in page
    assert client.post(url, {"faire": "prevoir", "duree": "45"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.bloc, meeting.duree_bloc) == (Bloc.PREVU, 45)
    time_machine.move_to(at(HELD, 12))
    sent = {
        "faire": "raconter",
        "tenu": "oui",
        "minutes": "40",
        "paroles": ["salarie", "demandeur"],
        "idees": "Un tuteur dès le premier jour",
    }
    assert client.post(url, sent).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.bloc, meeting.minutes) == (Bloc.TENU, 40)
    assert meeting.paroles == ["demandeur", "salarie"]
    assert client.post(url, sent | {"tenu": "non"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.bloc, meeting.minutes, meeting.paroles) == (Bloc.NON, None, [])


def test_an_idea_with_an_address_is_refused(client, meeting, time_machine):
    time_machine.move_to(at(HELD, 12))
    url = reverse("employers:organiser", kwargs={"token": meeting.token})
    answer = client.post(url, {"faire": "raconter", "tenu": "oui", "idees": "voir a@b.example"})
    assert answer.status_code == 422
    assert "adresse" in answer.content.decode()
    meeting.refresh_from_db()
    assert not meeting.is_recorded


def test_the_link_closes_three_months_after_and_a_wrong_one_opens_nothing(
    client, meeting, time_machine
):
    url = reverse("employers:organiser", kwargs={"token": meeting.token})
    time_machine.move_to(at(HELD + timedelta(days=90)))
    assert client.get(url).status_code == 200
    time_machine.move_to(at(HELD + timedelta(days=91)))
    assert client.get(url).status_code == 410
    assert client.get(url.replace(meeting.token, f"{meeting.pk}.faux")).status_code == 404


def test_nothing_is_recorded_before_the_day_nor_planned_after(meeting):
    outcome = operations.Record(held=True, minutes=10, spoke=(Categorie.TUTEURS,))
    with pytest.raises(EmployersError, match="pas encore eu lieu"):
        operations.record_meeting(meeting=meeting, outcome=outcome, now=NOW)
    with pytest.raises(EmployersError, match="passée"):
        operations.plan_block(meeting=meeting, minutes=10, now=at(HELD + timedelta(days=1)))


def test_a_commitment_is_in_force_once_the_mailbox_of_the_firm_confirms(
    client, meeting, time_machine
):
    time_machine.move_to(at(HELD, 12))
    url = reverse("employers:organiser", kwargs={"token": meeting.token})
    sent = {"faire": "engager", "nature": "tuteur", "entreprise": "Scierie fictive",
            "courriel": "rh@scierie.example", "quantite": "6", "pour_le": "2026-12-31"}  # fmt: skip
    assert client.post(url, sent).status_code == 302
    taken = EngagementEmployeur.objects.get()
    assert (taken.nature, taken.rencontre) == (TypeEngagement.TUTEUR, meeting)
    assert taken.engagement.etat == EtatEngagement.PROPOSE
    text = unpack(OutgoingMessage.objects.get())[0]
    assert "pendant « Petit déjeuner, 30/06/2026 »" in text
    link = next(word for word in text.split() if word.startswith("http"))
    confirm = {"faire": "confirmer", "engagement": taken.engagement_id}
    assert client.post(link.replace("http://testserver", ""), confirm).status_code == 302
    taken.engagement.refresh_from_db()
    assert taken.engagement.etat == EtatEngagement.CONFIRME


def test_a_club_without_an_action_takes_no_commitment(meeting, club):
    Club.objects.update(action=None)
    meeting.refresh_from_db()
    with pytest.raises(EmployersError, match="feuille de route"):
        operations.promise(
            meeting=meeting, nature=TypeEngagement.TUTEUR, entreprise="E", courriel="e@e.example",
            quantite=1, pour_le=HELD, site=SITE, now=NOW,
        )  # fmt: skip
    assert not Engagement.objects.exists()


def test_the_feed_has_the_public_meetings_and_marks_a_cancelled_one(
    client, keeper, club, meeting, time_machine
):
    time_machine.move_to(NOW)
    operations.announce(by=keeper, club=club, titre="Bureau fermé", tenue_le=HELD, now=NOW)
    url = reverse("employers:club-feed", kwargs={"slug": club.pk})
    (event,) = Calendar.from_ical(client.get(url).content).walk("VEVENT")
    assert str(event["summary"]) == "Petit déjeuner"
    assert event.decoded("dtstart").isoformat() == "2026-06-30T08:30:00+02:00"
    assert "o@club.example" not in client.get(url).content.decode()
    operations.cancel(by=keeper, meeting=meeting, now=NOW)
    (event,) = Calendar.from_ical(client.get(url).content).walk("VEVENT")
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 1)


def test_public_pages_show_public_meetings_alone(client, keeper, club, meeting, time_machine):
    time_machine.move_to(NOW)
    operations.announce(by=keeper, club=club, titre="Bureau fermé", tenue_le=HELD, now=NOW)
    page = client.get(reverse("employers:club", kwargs={"slug": club.pk})).content.decode()
    assert "Petit déjeuner" in page
    assert "Bureau fermé" not in page
    assert "o@club.example" not in page
    assert "1 rencontre à venir" in client.get(reverse("employers:clubs")).content.decode()


def test_who_keeps_a_club_creates_announces_corrects_and_cancels_on_screen(
    client, keeper, time_machine
):
    time_machine.move_to(NOW)
    client.force_login(keeper)
    desk = reverse("employers:desk", kwargs={"organisation": "asso"})
    assert client.post(desk, {"nom": ""}).status_code == 422
    sent = {"nom": "Club des scieries", "secteur": "agricole", "taille": "pme"}
    made = client.post(desk, sent)
    assert made.url == reverse("employers:club-desk", kwargs={"slug": "club-des-scieries"})
    new = reverse("employers:new-meeting", kwargs={"slug": "club-des-scieries"})
    form = {"titre": "Réunion", "nature": "reunion", "tenue_le": "2026-06-30", "faire": "corriger"}
    assert client.post(new, form | {"ou": "Nulle Part"}).status_code == 422
    assert client.post(new, form).status_code == 302
    row = Rencontre.objects.get(titre="Réunion")
    url = reverse("employers:meeting", kwargs={"pk": row.pk})
    assert row.token in client.get(url).content.decode()
    assert client.post(url, form | {"titre": "Atelier"}).status_code == 302
    assert client.post(url, {"faire": "annuler"}).status_code == 302
    row.refresh_from_db()
    assert (row.titre, row.annulee_le is not None) == ("Atelier", True)


def test_the_daily_command_writes_then_forgets_the_mailbox_a_year_later(meeting, capsys):
    call_command("roadmap", "--now", at(HELD - timedelta(days=21)).isoformat(), "--sure")
    assert "1 message(s) à envoyer sur des rencontres" in capsys.readouterr().out
    assert retention.forget_due(now=at(HELD + timedelta(days=365))) == 0
    assert retention.forget_due(now=at(HELD + timedelta(days=366))) == 1
    meeting.refresh_from_db()
    assert meeting.courriel == ""


def test_the_database_refuses_a_record_without_its_moment(meeting):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Rencontre.objects.update(bloc=Bloc.TENU)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rencontre.objects.update(minutes=5)

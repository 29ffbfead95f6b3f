"""Reminders of invitations that leave by themselves, with the clock moved."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from tests.mailbox import delivered
from traitdunion.cooperation.enums import EtatSeance, ReponseInvitation
from traitdunion.cooperation.models import Invite, Seance
from traitdunion.cooperation.sessions import guests as inviting
from traitdunion.cooperation.sessions import invitations
from traitdunion.cooperation.sessions import reminders as invitation_reminders

SITE = "https://coop.example"
HELD = date(2026, 7, 31)  # six weeks after `now`, the 19th of June


@pytest.fixture
def guest(half_day, now):
    """Function that invites somebody to the session of 31 July, as of `now`."""
    half_day.seance.tenue_le = HELD
    half_day.seance.save()

    def made(nom, *, courriel=None, seance=None, invited=now, **fields):
        return Invite.objects.create(
            seance=seance or half_day.seance, nom=nom, organisation="O", college="etat",
            courriel=f"{nom}@x.example" if courriel is None else courriel, invite_le=invited,
            **fields,
        )  # fmt: skip

    return made


def run(at):
    mail.outbox = []
    return invitation_reminders.run(now=at, site=SITE), delivered()


def days_of_messages(now, n_days):
    """Days after `now` on which a message leaves, with whom it goes to."""
    collected = []
    for n in range(n_days):
        _, left = run(now + timedelta(n))
        collected += [(n, mail.to[0]) for mail in left]
    return collected


def test_two_reminders_spaced_and_no_more(guest, now):
    ana = guest("ana")
    assert invitation_reminders.next_on(ana) == date(2026, 6, 26)
    assert days_of_messages(now, 60) == [(7, "ana@x.example"), (21, "ana@x.example")]


def test_nothing_leaves_the_day_after_nor_twice_the_same_day(guest, now):
    guest("ana")
    assert run(now + timedelta(1))[0].n_messages == 0
    sent = [run(now + timedelta(7, hours=h))[0].n_messages for h in (0, 1, 2)]
    assert sent == [1, 0, 0]


@pytest.mark.parametrize("reponse", ["oui", "peut_etre", "non"])
def test_any_answer_stops_them(guest, now, reponse):
    ana = guest("ana")
    inviting.answer(guest=ana, reponse=ReponseInvitation(reponse), now=now + timedelta(8))
    assert days_of_messages(now + timedelta(8), 40) == []


def test_none_leaves_on_the_eve_or_later(guest, now):
    guest("tard", invited=now + timedelta(34))  # due on the 30th of July, the eve
    guest("juste", invited=now + timedelta(33))  # due two days before
    assert days_of_messages(now + timedelta(30), 30) == [(10, "juste@x.example")]


def test_several_invitations_of_an_address_make_one_message(half_day, guest, now):
    other = Seance.objects.create(
        slug="suite", titre="La suite", organisation=half_day.steering, tenue_le=HELD, code="ZZZ234"
    )
    guest("ana", courriel="Secretariat@x.example")
    guest("bob", courriel="secretariat@x.example")
    guest("cid", courriel="secretariat@x.example", seance=other, invited=now + timedelta(3))
    assert days_of_messages(now, 10) == []  # four days after the third invitation is too near
    done, (message,) = run(now + timedelta(10))
    assert (done.n_messages, done.n_invitations) == (1, 3)
    assert message.subject == "Rappel : 3 invitations"
    for each_guest in Invite.objects.all():
        assert f"{SITE}/invitation/{each_guest.secret}/" in message.body
    assert len(message.attachments) == 2
    assert run(now + timedelta(11))[0].n_messages == 0


def test_a_reminder_sent_by_hand_counts_and_moves_the_next(half_day, guest, now):
    ana = guest("ana")
    invitations.send(
        by=half_day.steerer, seance=half_day.seance, guests=[ana], site=SITE, now=now + timedelta(5)
    )
    assert len(delivered()) == 1
    assert days_of_messages(now, 60) == [(19, "ana@x.example")]


def test_nobody_else_is_written_to(half_day, guest, now):
    guest("sans", courriel="")
    guest("pas-encore", invited=None)
    assert days_of_messages(now, 40) == []
    ana = guest("ana")
    for change in (
        {"demonstration": True},
        {"etat": EtatSeance.CLOSE},
        {"relances_prevues": False},
    ):
        kept = {name: getattr(half_day.seance, name) for name in change}
        Seance.objects.filter(pk=half_day.seance.pk).update(**change)
        assert run(now + timedelta(8))[0].n_messages == 0, change
        ana.refresh_from_db()
        assert invitation_reminders.next_on(Invite.objects.get(pk=ana.pk)) is None
        Seance.objects.filter(pk=half_day.seance.pk).update(**kept)
    assert run(now + timedelta(8))[0].n_messages == 1


def test_a_run_that_read_the_guests_before_another_wrote_to_them_writes_to_nobody(guest, now):
    """As when two runs start at once: the second read the rows before the first marked them."""
    guest("ana")
    at = now + timedelta(7)
    read = invitation_reminders._due(at.date())
    assert run(at)[0].n_messages == 1
    assert [invitation_reminders._queue(to, rows, at, SITE) for to, rows in read.items()] == [0]
    assert Invite.objects.get().relances == 1


def test_a_run_killed_half_way_marks_nobody_whose_message_is_not_queued(guest, now, monkeypatch):
    guest("ana")
    guest("bob")
    queue, queued = invitation_reminders.queue_mail, []

    def killed_after_one(**message):
        if queued:
            raise KeyboardInterrupt
        queued.append(queue(**message))

    with monkeypatch.context() as patch:
        patch.setattr(invitation_reminders, "queue_mail", killed_after_one)
        with pytest.raises(KeyboardInterrupt):
            run(now + timedelta(7))
    assert sorted(Invite.objects.values_list("relances", flat=True)) == [0, 1]
    assert run(now + timedelta(7))[0].n_messages == 1
    assert sorted(Invite.objects.values_list("relances", flat=True)) == [1, 1]


def test_they_are_announced_on_the_page_and_stopped_there(half_day, guest, client, now):
    for nom in ("ana", "bob"):
        guest(nom)
    client.force_login(half_day.steerer)
    page = "/cooperation/seances/demi-journee/invites/"
    content = client.get(page).content.decode()
    assert "Le 26 juin 2026\u00a0: 2 personnes sans réponse." in content
    client.post(page, {"faire": "arreter"})
    assert "Arrêtés pour cette séance" in client.get(page).content.decode()
    assert run(now + timedelta(7))[0].n_messages == 0
    client.post(page, {"faire": "reprendre"})
    assert run(now + timedelta(7))[0].n_messages == 2
    with pytest.raises(PermissionDenied):
        invitation_reminders.stop(
            by=half_day.adviser, seance=half_day.seance, stopped=True, now=now
        )


def test_the_command_of_every_day_sends_them(guest, now, capsys):
    guest("ana")
    call_command("roadmap", site=SITE, now=now + timedelta(7))
    assert "1 rappel(s) à envoyer pour 1 invitation(s)." in capsys.readouterr().out
    assert f"{SITE}/invitation/" in delivered()[0].body

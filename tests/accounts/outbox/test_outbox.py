"""A queued message is sent once, tried again where that may help, and shown where it failed."""

import uuid
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from tests.accounts.outbox import mail_servers
from traitdunion.accounts.forms import taken_out
from traitdunion.accounts.models import Organisation, OutgoingMessage
from traitdunion.accounts.outbox import operations, queries, worker
from traitdunion.accounts.outbox.delivery import as_mail
from traitdunion.accounts.outbox.models import State

CONSOLE = "django.core.mail.backends.console.EmailBackend"
pytestmark = pytest.mark.django_db


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: int) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(now) -> Clock:
    return Clock(now)


@pytest.fixture
def answers(settings):
    settings.EMAIL_BACKEND = "tests.accounts.outbox.mail_servers.Answering"
    mail_servers.answers.clear()
    yield mail_servers.answers
    mail_servers.answers.clear()


@pytest.fixture
def queue(now):
    def call(key="acte:1", to="ana@x.example", **given):
        given = {"subject": "Un objet", "text": "Un lien : /secret/", "now": now} | given
        sender = taken_out(operations.Sender, given)
        return operations.queue_mail(key=key, to=to, sender=sender, **given)

    return call


def drain(clock):
    return worker.drain(clock=clock)


def state_of(message):
    message.refresh_from_db()
    return State(message.state)


# -- queueing --------------------------------------------------------------------------------------


def test_the_same_deed_for_the_same_address_queues_one_message(queue):
    assert queue() == queue(to=" ANA@x.example ", subject="Autre objet")
    assert queue(to="bea@x.example") != queue(key="acte:2")
    assert OutgoingMessage.objects.count() == 3


def test_a_deed_undone_queues_nothing(queue):
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not OutgoingMessage.objects.exists()


def test_the_text_is_sealed_while_it_waits_and_erased_once_it_left(queue, clock):
    message = queue()
    assert "secret" not in message.body
    drain(clock)
    assert state_of(message) == State.SENT
    assert message.body == ""
    assert mail.outbox[0].body.startswith("Un lien : /secret/\n")


def test_a_subject_on_two_lines_cannot_add_a_header(queue):
    message = queue(subject="Un objet\nBcc: tous@x.example")
    assert as_mail(message).message()["Subject"] == "Un objet Bcc: tous@x.example"


def test_the_person_who_asked_answers_replies(queue, people):
    assert queue(by=people.admin).reply_to == people.admin.email
    assert queue(key="b", by=people.admin, reply_to="accueil@x.example").reply_to == (
        "accueil@x.example"
    )


# -- sending ---------------------------------------------------------------------------------------


def test_a_message_is_sent_once(queue, clock):
    message = queue()
    assert (drain(clock), drain(clock)) == (1, 0)
    assert [each_mail.to for each_mail in mail.outbox] == [["ana@x.example"]]
    assert (message.attempts, state_of(message), message.attempts) == (0, State.SENT, 1)


def test_the_oldest_leaves_first(queue, clock, now):
    queue(key="second", subject="Second", now=now)
    queue(key="first", subject="Premier", now=now - timedelta(minutes=1))
    drain(clock)
    assert [each_mail.subject for each_mail in mail.outbox] == ["Premier", "Second"]


def test_attachments_arrive_as_they_were(queue, clock):
    agenda = operations.Attachment("seance.ics", "BEGIN é".encode(), "text/calendar")
    image = operations.Attachment("plan.png", b"\x89PNG\x00", "image/png")
    queue(attachments=[agenda, image])
    drain(clock)
    assert [
        (attachment[0], attachment[1], attachment[2]) for attachment in mail.outbox[0].attachments
    ] == [
        ("seance.ics", "BEGIN é", "text/calendar"),
        ("plan.png", b"\x89PNG\x00", "image/png"),
    ]


def test_a_message_claimed_by_one_worker_is_left_alone_by_the_others(queue, clock):
    message = queue()
    assert worker.claim(clock()) == message
    assert worker.claim(clock()) is None
    assert state_of(message) == State.SENDING


def test_a_message_is_never_claimed_inside_a_transaction(queue, clock):
    queue()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        worker.claim(clock())


def test_what_a_dead_worker_was_sending_is_taken_over_under_the_same_message_id(
    queue, clock, settings
):
    settings.DEFAULT_FROM_EMAIL = "Guichet <guichet@ici.example>"
    message = queue()
    known_as = as_mail(message).extra_headers["Message-ID"]
    died = worker.claim(clock())
    clock.advance(seconds=worker.CLAIM_S - 1)
    assert drain(clock) == 0
    clock.advance(seconds=1)
    assert drain(clock) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == known_as
    assert known_as == f"<{message.identifier}@ici.example>"  # whichever machine sends it
    assert state_of(message) == State.SENT
    # The one that was only slow finds that the message is no longer its own.
    worker._release(died, state=State.WAITING, error="trop tard")
    assert state_of(message) == State.SENT


def test_a_worker_asked_to_stop_finishes_the_message_it_is_sending(queue, clock, monkeypatch):
    first, second = queue(), queue(key="acte:2")
    running = worker.Worker(clock=clock)
    hand_over = worker.MailServer.hand_over

    def stopped_meanwhile(server, message, entrust):
        running.ask_to_stop()
        hand_over(server, message, entrust)

    monkeypatch.setattr(worker.MailServer, "hand_over", stopped_meanwhile)
    running.run()
    assert (state_of(first), state_of(second)) == (State.SENT, State.WAITING)


def test_a_worker_outlives_a_mail_server_and_a_database_that_fail(
    queue, clock, answers, monkeypatch, caplog
):
    answers[:] = [ConnectionRefusedError(111, "Connection refused")]
    monkeypatch.setattr(worker, "PAUSES_S", (0,))
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)  # it is the test's
    message = queue()
    running, due, asked = worker.Worker(clock=clock), worker.claim, []

    def claim(*given, **named):
        asked.append(given)
        if len(asked) == 2:
            raise OperationalError("the database restarts")
        if len(asked) > 3:
            running.ask_to_stop()
        return due(*given, **named)

    monkeypatch.setattr(worker, "claim", claim)
    running.run()
    assert state_of(message) == State.SENT
    assert caplog.text.count("Les messages attendent 0 s") == 2


def test_the_log_alerts_of_late_messages_once_a_quarter_of_an_hour(queue, clock, caplog):
    queue(now=clock() - timedelta(minutes=15))
    running = worker.Worker(clock=clock)
    for _ in range(3):
        running._alert()
    assert caplog.text.count("1 message(s) en attente depuis plus de 15 minutes") == 1
    clock.advance(minutes=15)
    running._alert()
    assert caplog.text.count("depuis plus de 15 minutes") == 2


def test_the_command_sends_what_waits_and_counts_what_is_left(queue, answers, capsys):
    answers[:] = [mail_servers.unknown_mailbox("x")]
    for n in range(3):
        queue(key=f"acte:{n}", now=timezone.now())
    call_command("worker", "--once")
    assert "0 message(s) en attente" in capsys.readouterr().out
    assert len(mail.outbox) == 2
    answers[:] = [ConnectionRefusedError(111, "Connection refused")]
    queue(key="acte:4", now=timezone.now())
    with pytest.raises(
        CommandError, match="Rien n'est parti : le serveur de courriel ne répond pas"
    ):
        call_command("worker", "--once")


def test_what_the_server_may_have_accepted_before_a_crash_is_left_to_a_person(queue, clock, people):
    message = queue(organisation=people.ici)
    dead = worker.claim(clock())
    worker._entrust(dead, clock())  # the server got the text, then the worker died
    clock.advance(seconds=worker.CLAIM_S)
    drain(clock)
    assert state_of(message) == State.FAILED
    assert "peut-être arrivé" in message.standing
    assert mail.outbox == []
    operations.retry(by=people.admin, organisation=people.ici, message=message, now=clock())
    drain(clock)
    assert (state_of(message), len(mail.outbox)) == (State.SENT, 1)


def test_a_server_that_leaves_without_an_answer_leaves_a_doubt(queue, clock, answers):
    answers[:] = [SMTPServerDisconnected("Connection unexpectedly closed")]
    message = queue()
    drain(clock)
    assert state_of(message) == State.FAILED
    assert "peut-être arrivé" in message.standing


def test_a_worker_whose_claim_ended_gives_the_server_nothing(queue, clock):
    queue()
    slow = worker.claim(clock())
    clock.advance(seconds=worker.CLAIM_S)
    assert worker.claim(clock()) is not None
    with pytest.raises(worker.ClaimLost):
        worker._entrust(slow, clock())


# -- refusals --------------------------------------------------------------------------------------


def test_a_passing_refusal_is_tried_again_after_a_growing_wait(queue, clock, answers, now):
    answers[:] = [mail_servers.greylisted(), mail_servers.greylisted()]
    message = queue()
    waits = []
    while state_of(message) != State.SENT:
        drain(clock)
        waits.append((message.due_at - now).total_seconds() if state_of(message) == "attend" else 0)
        clock.now = message.due_at
    # 30 s after the first attempt, at 0 s; 120 s after the second, at 30 s.
    assert (waits, message.attempts) == ([30, 150, 0], 3)


def test_an_address_refused_for_good_is_tried_once_and_shown(queue, clock, answers, people):
    answers[:] = [mail_servers.unknown_mailbox("ana@x.example")]
    message = queue(organisation=people.ici)
    other = queue(key="acte:2", to="bea@x.example")
    drain(clock)
    assert state_of(message) == State.FAILED
    assert message.standing == "Échec : l'adresse est refusée (550 5.1.1 no such mailbox)"
    assert state_of(other) == State.SENT
    assert queries.needing_care(people.ici, now=clock()) == [message]
    assert queries.needing_care(people.ailleurs, now=clock()) == []


def test_a_server_that_is_down_uses_up_no_attempt(queue, clock, answers):
    answers[:] = [ConnectionRefusedError(111, "Connection refused")]
    message = queue()
    with pytest.raises(worker.ServerUnreachable):
        drain(clock)
    assert (state_of(message), message.attempts) == (State.WAITING, 0)
    assert "Connection refused" in message.standing
    drain(clock)
    assert state_of(message) == State.SENT


def test_a_message_too_old_to_help_is_left_to_an_administrator(queue, clock):
    message = queue()
    clock.advance(days=2, seconds=1)
    drain(clock)
    assert state_of(message) == State.FAILED
    assert "a attendu plus de 2 jours" in message.standing
    assert mail.outbox == []


def test_a_failed_message_is_sent_again_or_abandoned_once(queue, clock, answers, people):
    answers[:] = [mail_servers.unknown_mailbox("x")] * 2
    again, lost = queue(organisation=people.ici), queue(key="acte:2", organisation=people.ici)
    drain(clock)
    who = {"by": people.admin, "organisation": people.ici, "now": clock()}
    operations.retry(message=again, **who)
    drain(clock)
    operations.abandon(message=lost, **who)
    assert (state_of(again), state_of(lost), lost.body) == (State.SENT, State.ABANDONED, "")
    for message in (again, lost):
        for do in (operations.retry, operations.abandon):
            with pytest.raises(operations.OutboxError):
                do(message=message, **who)
    stranger = who | {"by": people["administrateur", "ailleurs"]}
    with pytest.raises(PermissionDenied):
        operations.retry(message=lost, **stranger)


def test_the_page_of_an_administrator_shows_what_fails_and_acts_on_it(
    queue, clock, answers, people, client
):
    answers[:] = [mail_servers.unknown_mailbox("x")]
    message = queue(organisation=people.ici)
    drain(clock)
    client.force_login(people.admin)
    assert "Messages\u00a0: 1 en échec." in client.get("/mon-espace/").content.decode()
    page = client.get("/organisations/ici/messages/").content.decode()
    assert "est refusée (550 5.1.1 no such mailbox)" in page
    act = f"/organisations/ici/messages/{message.pk}/"
    page = client.post(act, {"faire": "renvoyer"}, follow=True).content.decode()
    assert "part dans la minute" in page
    assert state_of(message) == State.WAITING
    page = client.post(act, {"faire": "abandonner"}, follow=True).content.decode()
    assert "est abandonné" in page
    assert "Rien à régler" in page
    assert "Messages\u00a0:" not in client.get("/mon-espace/").content.decode()


def test_an_administrator_acts_on_no_message_of_another_organisation(queue, people, client):
    message = queue(organisation=people.ailleurs)
    client.force_login(people.admin)
    answer = client.post(f"/organisations/ici/messages/{message.pk}/", {"faire": "abandonner"})
    assert answer.status_code == 404
    assert state_of(message) == State.WAITING


def test_everyone_gives_the_telephone_that_signs_their_messages(queue, people, client, clock):
    client.force_login(people.admin)
    mine = {"nom": "Ana Durand", "telephone": "04 71 00 00 00"}
    assert client.post("/mon-espace/coordonnees/", mine).status_code == 302
    ours = {
        "nom": "Guichet d'ici", "courriel": "accueil@ici.example", "telephone": "04 71 00 00 09"
    }  # fmt: skip
    assert client.post("/organisations/ici/coordonnees/", ours).status_code == 302
    people.admin.refresh_from_db()
    people.ici.refresh_from_db()
    queue(by=people.admin, organisation=people.ici)
    queue(key="sans personne", organisation=people.ici)
    drain(clock)
    by_ana, by_the_site = mail.outbox
    assert by_ana.body.endswith(
        "-- \nAna Durand, Guichet d'ici\nTéléphone : 04 71 00 00 00\nEnvoyé par Trait d'union\n"
    )
    assert by_the_site.reply_to == ["accueil@ici.example"]
    assert "Téléphone : 04 71 00 00 09" in by_the_site.body


# -- without a mail server -------------------------------------------------------------------------


def test_without_a_mail_server_a_message_is_printed_once_and_waits(queue, clock, settings, capsys):
    settings.EMAIL_BACKEND = CONSOLE
    message = queue()
    assert message.promise == (
        "Le message à ana@x.example attend : aucun serveur de courriel n'est réglé."
    )
    assert (drain(clock), drain(clock)) == (1, 0)
    assert "Un lien : /secret/" in capsys.readouterr().out
    assert state_of(message) == State.WAITING
    assert message.standing == "En attente : aucun serveur de courriel n'est réglé"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    drain(clock)
    assert (state_of(message), message.standing) == (State.SENT, "Parti")


# -- what is late, and what is forgotten -----------------------------------------------------------


def test_a_message_is_late_after_a_quarter_of_an_hour(queue, clock, people):
    queue(organisation=people.ici)
    late = [queries.counts(now=clock() + timedelta(minutes=m)).late for m in (14, 15)]
    assert late == [0, 1]
    assert queries.counts(now=clock(), organisation=people.ailleurs).waiting == 0


def test_a_message_of_the_site_itself_is_shown_to_the_organisations_of_its_addressee(
    queue, people, now
):
    queue(to=people.admin.email)
    assert queries.counts(now=now, organisation=people.ici).waiting == 1
    assert queries.counts(now=now, organisation=people.ailleurs).waiting == 0


def test_the_rows_of_old_messages_are_forgotten_but_those_that_wait(queue, clock, now):
    sent, waiting = queue(), queue(key="acte:2", now=now + timedelta(seconds=1))
    drain(clock)
    assert operations.forget_due(now=now + operations.KEPT) == 0
    assert operations.forget_due(now=now + operations.KEPT + timedelta(seconds=1)) == 1
    assert list(OutgoingMessage.objects.all()) == [waiting]
    assert not OutgoingMessage.objects.filter(pk=sent.pk).exists()


def test_the_database_refuses_a_message_sent_whose_text_is_kept(queue, now):
    message = queue()
    with pytest.raises(IntegrityError):
        OutgoingMessage.objects.filter(pk=message.pk).update(state=State.SENT, ended_at=now)


def test_the_database_refuses_a_second_row_for_a_key(queue):
    message = queue()
    message.pk, message.identifier = None, uuid.uuid4()
    with pytest.raises(IntegrityError):
        message.save(force_insert=True)


def test_a_message_dies_with_its_organisation(queue, people):
    queue(organisation=people.ici)
    Organisation.objects.filter(pk="ici").delete()
    assert not OutgoingMessage.objects.exists()

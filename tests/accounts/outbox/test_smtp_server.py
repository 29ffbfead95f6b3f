"""What a real SMTP server answers, or does not: refusals for now, for good, and silence."""

import socket
import threading
import time
from contextlib import closing, contextmanager
from email import message_from_bytes
from smtplib import SMTPServerDisconnected

import pytest
from aiosmtpd.controller import Controller

from tests.accounts.outbox.test_outbox import Clock, drain, state_of
from traitdunion.accounts.outbox import delivery, operations, queries, worker
from traitdunion.accounts.outbox.models import State

pytestmark = pytest.mark.django_db
ACCEPTED = "250 OK"


class Handler:
    """Give the answers listed for each command, in their order, then accept; keep what came."""

    def __init__(self, **answers: list[str]) -> None:
        self.answers, self.accepted = answers, []

    def _next(self, command: str) -> str:
        left = self.answers.get(command)
        return left.pop(0) if left else ACCEPTED

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self._next("mail")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self._next("rcpt")
        if answer == ACCEPTED:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self._next("data")
        if answer == ACCEPTED:
            self.accepted.append(message_from_bytes(envelope.content))
        return answer


@contextmanager
def smtp_server(settings, **answers):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    handler = Handler(**answers)
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    use(settings, port)
    try:
        yield handler
    finally:
        controller.stop()


def use(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_TIMEOUT = 1


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def message(now):
    return operations.queue_mail(
        key="acte:1", to="ana@x.example", subject="Un objet", text="Un texte", now=now
    )


@pytest.mark.parametrize(
    "answers",
    [
        {"rcpt": ["450 4.2.0 greylisted"]},
        {"rcpt": ["452 4.2.2 mailbox full"]},
        {"data": ["451 4.7.1 try again later"]},
        {"mail": ["451 4.3.0 try again later"]},
        {"mail": ["421 4.3.2 closing"]},
    ],
    ids=lambda value: f"{next(iter(value))} {next(iter(value.values()))[0][:3]}",
)
def test_a_passing_refusal_is_tried_again_and_the_message_leaves_once(
    settings, clock, message, answers
):
    with smtp_server(settings, **answers) as server:
        drain(clock)
        assert state_of(message) == State.WAITING
        assert message.attempts == 1
        assert (message.due_at - clock.now).total_seconds() == worker.BACKOFF_S[0]
        assert message.entrusted_at is None  # the server answered: no doubt is left
        assert server.accepted == []
        drain(clock)  # not before its moment
        assert server.accepted == []
        clock.now = message.due_at
        drain(clock)
        assert state_of(message) == State.SENT
        assert [each_message["Subject"] for each_message in server.accepted] == ["Un objet"]


@pytest.mark.parametrize(
    "answers",
    [{"rcpt": ["550 5.1.1 no such mailbox"]}, {"data": ["554 5.7.1 refused as spam"]}],
    ids=["rcpt 550", "data 554"],
)
def test_a_refusal_for_good_is_a_dead_letter_at_once_and_others_leave(
    settings, clock, message, people, answers
):
    type(message).objects.update(organisation=people.ici)
    other = operations.queue_mail(
        key="acte:2", to="bea@x.example", subject="Un autre", text="Un texte", now=clock.now
    )
    with smtp_server(settings, **answers) as server:
        drain(clock)
    assert state_of(message) == State.FAILED
    assert next(iter(answers.values())) == []  # it was the server that refused
    assert queries.needing_care(people.ici, now=clock.now) == [message]
    assert state_of(other) == State.SENT
    assert [each_message["Subject"] for each_message in server.accepted] == ["Un autre"]


def test_a_sender_refused_is_no_fault_of_the_message(settings, clock, message):
    """The host mends its setting: the messages of two days still leave by themselves."""
    with smtp_server(settings, mail=["550 5.7.1 sender not allowed"]):
        drain(clock)
        assert (state_of(message), message.attempts) == (State.WAITING, 1)
        clock.now = message.due_at
        drain(clock)
        assert state_of(message) == State.SENT


@contextmanager
def half_open(*said: bytes, pause_s: float = 0.0):
    """A peer that takes the connection, says these lines, then neither answers nor leaves."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stopping = threading.Event()
        peers: list[socket.socket] = []

        def answer(peer: socket.socket) -> None:
            for line in said:
                if stopping.wait(pause_s):
                    return
                try:
                    peer.sendall(line)
                    peer.recv(4096)
                except OSError:
                    return

        def accept() -> None:
            while not stopping.is_set():
                try:
                    peer, _ = listening.accept()
                except OSError:
                    return
                peers.append(peer)
                threading.Thread(target=answer, args=(peer,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            stopping.set()
            for peer in peers:
                peer.close()


GREETING = (b"220 ready\r\n", b"250 hello\r\n")


def test_a_server_that_takes_the_connection_and_says_nothing_is_given_up(settings, clock, message):
    with half_open() as port:
        use(settings, port)
        began = time.monotonic()
        with pytest.raises(delivery.ServerUnreachable):
            drain(clock)
        assert time.monotonic() - began < 15
    assert (state_of(message), message.attempts) == (State.WAITING, 0)


def test_a_server_silent_before_the_text_leaves_no_doubt(settings, clock, message):
    with half_open(*GREETING) as port:
        use(settings, port)
        drain(clock)
    assert (state_of(message), message.entrusted_at) == (State.WAITING, None)
    with smtp_server(settings) as server:
        clock.now = message.due_at
        drain(clock)
        assert len(server.accepted) == 1


def test_a_server_silent_after_the_text_leaves_a_doubt_and_nothing_leaves_twice(
    settings, clock, message
):
    with half_open(*GREETING, b"250 sender\r\n", b"250 recipient\r\n", b"354 go\r\n") as port:
        use(settings, port)
        drain(clock)
    assert state_of(message) == State.FAILED
    assert "peut-être arrivé" in message.standing
    with smtp_server(settings) as server:
        clock.advance(days=1)
        drain(clock)
        assert server.accepted == []


def test_a_server_that_answers_each_command_just_in_time_is_cut(
    settings, clock, message, monkeypatch
):
    """Each answer is within EMAIL_TIMEOUT; the whole would outlast the claim."""
    monkeypatch.setattr(delivery, "LONGEST_S", 1.0)
    slow = (*GREETING, b"250 sender\r\n", b"250 recipient\r\n", b"354 go\r\n", b"250 kept\r\n")
    with half_open(*slow, pause_s=0.4) as port:
        use(settings, port)
        settings.EMAIL_TIMEOUT = 30
        began = time.monotonic()
        drain(clock)
        assert time.monotonic() - began < 15
    assert state_of(message) in (State.WAITING, State.FAILED)


def test_the_doubt_is_that_of_a_connection_that_broke():
    """What these tests suppose of smtplib: a cut connection is no answer of the server."""
    assert not issubclass(SMTPServerDisconnected, worker.ANSWERED)

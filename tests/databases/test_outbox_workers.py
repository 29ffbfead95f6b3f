"""Several workers on one PostgreSQL: each message is claimed by one of them."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from traitdunion.accounts.models import OutgoingMessage
from traitdunion.accounts.outbox import worker
from traitdunion.accounts.outbox.operations import queue_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]
NOW = datetime(2026, 6, 19, 9, 0, tzinfo=UTC)
MESSAGES, WORKERS = 30, 4


def test_workers_that_run_at_once_send_each_message_once(monkeypatch):
    received = Counter()

    def accept(self, messages):
        time.sleep(0.005)
        received.update(message.to[0] for message in messages)
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", accept)
    for n in range(MESSAGES):
        queue_mail(key=f"acte:{n}", to=f"p{n}@x.example", subject="S", text="T", now=NOW)
    start = threading.Barrier(WORKERS)

    def work():
        start.wait()
        try:
            worker.drain(clock=lambda: NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert received == Counter({f"p{n}@x.example": 1 for n in range(MESSAGES)})
    assert set(OutgoingMessage.objects.values_list("state", flat=True)) == {"parti"}


def test_two_that_queue_the_same_deed_at_once_queue_one_message(meanwhile):
    def queue():
        return queue_mail(key="acte", to="a@x.example", subject="S", text="T", now=NOW).pk

    assert meanwhile(queue, queue) == OutgoingMessage.objects.get().pk

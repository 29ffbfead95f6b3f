"""With a healthy server, a message is handed over within ten seconds of the deed.

The worker that `serve` runs, a mail server on this machine, deeds that go on meanwhile.
"""

import time

import pytest
from django.utils import timezone

from benchmarks.kills import mail_server
from traitdunion.accounts.models import OutgoingMessage
from traitdunion.accounts.outbox import operations, worker
from traitdunion.accounts.outbox.models import State

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.databases, pytest.mark.threads,
]  # fmt: skip
N_MESSAGES = 60
SERVER_S = 0.02
MAX_WAIT_S = 10.0
GIVEN_UP_S = 300


def test_each_message_is_handed_over_once_within_ten_seconds(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    with mail_server(SERVER_S) as (received, settings.EMAIL_PORT):
        running = worker.Worker()
        running.start()
        try:
            for number in range(N_MESSAGES):
                operations.queue_mail(
                    key=f"deed:{number}", to=f"ana-{number}@x.example", subject="Un objet",
                    text="Un texte", now=timezone.now(),
                )  # fmt: skip
            until = time.monotonic() + GIVEN_UP_S
            while OutgoingMessage.objects.exclude(state=State.SENT).exists():
                assert time.monotonic() < until
                time.sleep(0.1)
        finally:
            running.stop()
    waits_s = [
        (row.ended_at - row.created_at).total_seconds() for row in OutgoingMessage.objects.all()
    ]
    assert len(waits_s) == N_MESSAGES
    # 99.9 % of sixty are all of them.
    assert max(waits_s) <= MAX_WAIT_S
    assert [sum(ids.values()) for ids in received.accepted.values()] == [1] * N_MESSAGES

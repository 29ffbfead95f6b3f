"""The messages of a test: queued by what it does, handed over when it looks at them."""

from contextlib import suppress

from django.core import mail

from traitdunion.accounts.outbox import worker
from traitdunion.accounts.outbox.models import OutgoingMessage, State


def deliver_queued() -> None:
    """Let the worker try each queued message once, at the moment its test queued it."""
    untried = OutgoingMessage.objects.filter(state=State.WAITING, attempts=0).order_by("due_at")
    with worker.MailServer() as server, suppress(worker.ServerUnreachable):
        while (row := untried.first()) is not None:
            worker.deliver_one(server, clock=lambda at=row.due_at: at)


def delivered() -> list:
    """Return what Django's mailbox of tests holds once the queue is delivered."""
    deliver_queued()
    return mail.outbox


class Delivered(list):
    """A mailbox that delivers the queue before it is read; `received` is where messages arrive."""

    def __init__(self, received=lambda: mail.outbox):
        super().__init__()
        self._received = received

    def _delivered(self) -> list:
        deliver_queued()
        return self._received()

    def __len__(self):
        return len(self._delivered())

    def __iter__(self):
        return iter(self._delivered())

    def __getitem__(self, place):
        return self._delivered()[place]

    def __eq__(self, other):
        return self._delivered() == other

    def __repr__(self):
        return repr(self._delivered())

    def clear(self):
        self._delivered().clear()

"""The worker: claim a due message, hand it over outside any transaction, write what became of it.

Several workers may run at once, in one process or on several machines. A claim is one short
transaction; it ends by itself after `CLAIM_S`, so that another worker takes over what a worker
that died was sending. Between the moment the server gets the text and the moment the row records
its answer, a crash leaves a doubt that SMTP cannot lift (RFC 1047): the message is left to an
administrator, so that nothing is sent twice.
"""

import logging
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.db import close_old_connections, transaction
from django.db.utils import Error as DatabaseFailure
from django.utils import timezone

from .background import BackgroundLoop
from .delivery import (
    LONGEST_S,
    MailServer,
    NeverDeliverable,
    ServerUnreachable,
    as_mail,
    reason,
)
from .models import IN_DOUBT, NO_SERVER, OutgoingMessage, State, is_configured

logger = logging.getLogger(__name__)

CLAIM_S = LONGEST_S + 60
# Seconds before the next attempt, after the first, the second… then every four hours.
BACKOFF_S = (30, 120, 600, 1800, 3600, 7200, 14400)
# A link in a message lives a week; one older than this would mislead more than help.
LONGEST_WAIT = timedelta(days=2)
POLL_S = 1.0
ALERTED_EVERY = timedelta(minutes=15)
PAUSES_S = (2, 5, 15, 30, 60)

Clock = Callable[[], datetime]
# Errors by which the server answered that it did not accept the message.
ANSWERED = (SMTPResponseException, SMTPRecipientsRefused)


class ClaimLost(Exception):
    """Another worker took the message over; this one sends nothing."""


def claim(now: datetime, *, claim_s: float = CLAIM_S) -> OutgoingMessage | None:
    """Claim the message that has been due for longest; None where none is due.

    `durable` refuses to run inside a transaction: a claim must be committed before anything is
    sent. PostgreSQL skips rows that another worker is claiming. SQLite lets one transaction write
    at a time, and the update compares what was read.
    """
    if not OutgoingMessage.objects.due(now).exists():  # without the right to write on SQLite
        return None
    with transaction.atomic(durable=True):
        rows = OutgoingMessage.objects.select_for_update(skip_locked=True).due(now)
        row = rows.order_by("due_at", "pk").first()
        if row is None:
            return None
        before, row.claim = row.claim, uuid.uuid4()
        same = OutgoingMessage.objects.filter(pk=row.pk, state=row.state, claim=before)
        if not same.update(
            state=State.SENDING,
            claim=row.claim,
            claimed_until=now + timedelta(seconds=claim_s),
        ):
            return None
    row.state = State.SENDING
    return row


def deliver_one(server: MailServer, *, clock: Clock, claim_s: float = CLAIM_S) -> bool:
    """Send one due message; False where there is none. Raises ServerUnreachable."""
    now = clock()
    row = claim(now, claim_s=claim_s)
    if row is None:
        return False
    if row.entrusted_at is not None:  # its worker died while the server had the text
        logger.error("Remise interrompue (n° %s) : à vérifier", row.pk)
        _release(row, state=State.FAILED, error=IN_DOUBT)
        return True
    if now - row.waiting_since > LONGEST_WAIT:
        _release(row, state=State.FAILED, error=_too_old(row))
        return True
    try:
        server.hand_over(row, lambda: _entrust(row, clock()))
    except ServerUnreachable as unreachable:
        # No message is to blame: it keeps its attempts, and the worker pauses.
        _release(row, state=State.WAITING, error=str(unreachable))
        raise
    except NeverDeliverable as refused:
        logger.warning("Message refusé pour de bon (n° %s) : %s", row.pk, refused)
        _release(row, state=State.FAILED, attempts=row.attempts + 1, error=str(refused))
    except ClaimLost:
        logger.warning("Message repris par un autre envoi (n° %s)", row.pk)
    except (OSError, SMTPException) as failed:
        _retry_later(row, failed, clock())
    except Exception as unexpected:  # one message never stops the others
        logger.exception("Message non envoyé (n° %s)", row.pk)
        _retry_later(row, unexpected, clock())
    else:
        _release(row, state=State.SENT, ended_at=clock(), body="", error="",
                 attempts=row.attempts + 1)  # fmt: skip
    return True


def _entrust(row: OutgoingMessage, now: datetime) -> None:
    """Write, before the server gets the text, that it will; raises ClaimLost."""
    mine = OutgoingMessage.objects.filter(pk=row.pk, state=State.SENDING, claim=row.claim)
    if not mine.update(entrusted_at=now):
        raise ClaimLost
    row.entrusted_at = now


def _retry_later(row: OutgoingMessage, failed: Exception, now: datetime) -> None:
    if row.entrusted_at is not None and not isinstance(failed, ANSWERED):
        # The server had the text and answered nothing: it may have accepted it.
        _release(row, state=State.FAILED, attempts=row.attempts + 1,
                 error=f"{IN_DOUBT} ({reason(failed)})"[:300])  # fmt: skip
        return
    wait_s = BACKOFF_S[min(row.attempts, len(BACKOFF_S) - 1)]
    logger.warning("Message non envoyé (n° %s), nouvel essai dans %s s", row.pk, wait_s)
    _release(row, state=State.WAITING, attempts=row.attempts + 1, error=reason(failed),
             due_at=now + timedelta(seconds=wait_s), entrusted_at=None)  # fmt: skip


def _release(row: OutgoingMessage, **changed: object) -> None:
    """Write what became of a claimed message, unless another worker took it over meanwhile."""
    mine = OutgoingMessage.objects.filter(pk=row.pk, state=State.SENDING, claim=row.claim)
    mine.update(claim=None, claimed_until=None, **changed)


def _too_old(row: OutgoingMessage) -> str:
    why = f" ({row.error})" if row.error else ""
    return f"a attendu plus de {LONGEST_WAIT.days} jours{why} : renvoyez-le ou abandonnez-le"[:300]


def print_waiting(*, clock: Clock) -> int:
    """Print messages that wait for want of a mail server, each once; return how many.

    They stay waiting: printing is no sending.
    """
    now = clock()
    rows = OutgoingMessage.objects.filter(state=State.WAITING, printed_at=None)
    n_printed = 0
    for row in rows.order_by("pk"):
        mine = OutgoingMessage.objects.filter(pk=row.pk, state=State.WAITING, printed_at=None)
        if not mine.update(printed_at=now, error=NO_SERVER):
            continue
        try:
            print(f"{as_mail(row).message().as_string()}\n{'-' * 79}", flush=True)
        except NeverDeliverable as closed:
            logger.warning("Message illisible (n° %s) : %s", row.pk, closed)
        n_printed += 1
    too_old = OutgoingMessage.objects.filter(
        state=State.WAITING, waiting_since__lt=now - LONGEST_WAIT
    )
    too_old.update(state=State.FAILED, error=NO_SERVER)
    return n_printed


def drain(*, clock: Clock = timezone.now, claim_s: float = CLAIM_S) -> int:
    """Send all that is due, then return how many messages were tried."""
    if not is_configured():
        return print_waiting(clock=clock)
    n_tried = 0
    with MailServer() as server:
        while deliver_one(server, clock=clock, claim_s=claim_s):
            n_tried += 1
    return n_tried


class Worker(BackgroundLoop):
    """Send due messages until stopped; the message being sent is finished first."""

    thread_name = "outbox"
    # A mail server is given 20 s for each answer (EMAIL_TIMEOUT).
    stopped_within_s = 30.0

    def __init__(self, *, clock: Clock = timezone.now, claim_s: float = CLAIM_S) -> None:
        super().__init__()
        self._clock, self._claim_s = clock, claim_s
        self._alerted_at: datetime | None = None

    def run(self) -> None:
        """Send, wait, send again; neither the mail server nor the database ends it."""
        n_failures = 0
        while not self._stopping.is_set():
            try:
                self._send_all_due()
                self._alert()
                n_failures, pause_s = 0, POLL_S
            except (ServerUnreachable, DatabaseFailure) as down:
                pause_s = PAUSES_S[min(n_failures, len(PAUSES_S) - 1)]
                logger.warning("Les messages attendent %s s : %s", pause_s, down)
                n_failures += 1
                close_old_connections()  # a database that restarted needs a new one
            except Exception:
                logger.exception("Les messages attendent %s s", PAUSES_S[-1])
                pause_s = PAUSES_S[-1]
            self._stopping.wait(pause_s)

    def _send_all_due(self) -> None:
        if not is_configured():
            print_waiting(clock=self._clock)
            return
        with MailServer() as server:
            while not self._stopping.is_set():
                if not deliver_one(server, clock=self._clock, claim_s=self._claim_s):
                    return

    def _alert(self) -> None:
        """Write to the log, every quarter of an hour, how many messages wait for too long."""
        now = self._clock()
        if self._alerted_at is not None and now - self._alerted_at < ALERTED_EVERY:
            return
        if n_late := OutgoingMessage.objects.late(now).count():
            self._alerted_at = now
            logger.error("%s message(s) en attente depuis plus de 15 minutes", n_late)

"""Hand one message over to the mail server. The worker alone calls this module."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.utils import parseaddr
from smtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Self

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from ..sealing import UnreadableSecret
from .models import OutgoingMessage
from .operations import unpack

# A server that answers each command just in time could otherwise hold a message past its claim.
LONGEST_S = 120


class NeverDeliverable(Exception):
    """The message will never be accepted as it is; the text gives the reason."""


class ServerUnreachable(Exception):
    """No conversation with the mail server could begin; no message is to blame."""


class MailServer:
    """One conversation with the mail server, opened for the first message and kept for the next."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):  # the server may have left already
                self._connection.close()
        self._connection = None

    def hand_over(self, message: OutgoingMessage, entrust: Callable[[], None]) -> None:
        """Return once the server accepted the message; `entrust` is called before it gets the text.

        Raises NeverDeliverable, ServerUnreachable, or OSError and SMTPException where a later
        attempt may succeed.
        """
        mail = as_mail(message)
        connection = self._opened()
        try:
            _before_text(connection, entrust)
            with _time_limit(connection, LONGEST_S):
                connection.send_messages([mail])
        except (SMTPRecipientsRefused, SMTPDataError) as refused:
            self.close()
            if is_final(refused):
                raise NeverDeliverable(reason(refused)) from refused
            raise
        except (ValueError, UnicodeError) as unwritable:  # an address that is none, for instance
            self.close()
            raise NeverDeliverable(reason(unwritable)) from unwritable
        except BaseException:
            self.close()
            raise

    def _opened(self) -> Any:
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except Exception as refused:
                raise ServerUnreachable(
                    f"le serveur de courriel ne répond pas ({_error_in_words(refused)})"
                ) from refused
            self._connection = connection
        return self._connection


def _before_text(connection: Any, entrust: Callable[[], None]) -> None:
    """Have `entrust` called just before the SMTP command DATA, or now where there is no SMTP."""
    smtp = getattr(connection, "connection", None)
    if not isinstance(smtp, SMTP):
        entrust()
        return

    def data(text: bytes | str) -> tuple[int, bytes]:
        entrust()
        return SMTP.data(smtp, text)

    smtp.data = data  # type: ignore[method-assign,assignment]


def as_mail(message: OutgoingMessage) -> EmailMessage:
    """Return the message as Django sends it; raises NeverDeliverable where its text is closed."""
    try:
        text, files = unpack(message)
    except UnreadableSecret as closed:
        raise NeverDeliverable(
            "le texte est scellé sous une clé que ce serveur n'a pas (TRAITDUNION_MFA_KEYS)"
        ) from closed
    mail = EmailMessage(
        message.subject,
        text,
        None,
        [message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": f"<{message.identifier}@{_own_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    for file in files:
        is_text = file.mimetype.startswith("text/")
        mail.attach(file.name, file.content.decode() if is_text else file.content, file.mimetype)
    return mail


def _own_domain() -> str:
    """Return the domain the site writes from: the same whichever machine takes a message over."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def is_final(refused: Exception) -> bool:
    """Return whether a refusal stands however often it is tried again (codes 5xx of RFC 5321)."""
    if isinstance(refused, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refused.recipients.values())
    return isinstance(refused, SMTPResponseException) and refused.smtp_code >= 500


def reason(wrong: Exception) -> str:
    """Return what was wrong in French, with what the server or the system answered."""
    if isinstance(wrong, SMTPRecipientsRefused):
        return f"l'adresse est refusée ({_error_in_words(wrong)})"
    if isinstance(wrong, SMTPResponseException):
        return f"le message est refusé ({_error_in_words(wrong)})"
    return f"l'essai a échoué ({_error_in_words(wrong)})"


def _error_in_words(wrong: Exception) -> str:
    if isinstance(wrong, SMTPRecipientsRefused):
        code, answer = next(iter(wrong.recipients.values()))
        return _line(f"{code} {_decoded(answer)}")
    if isinstance(wrong, SMTPResponseException):
        return _line(f"{wrong.smtp_code} {_decoded(wrong.smtp_error)}")
    return _line(f"{type(wrong).__name__} {wrong}")


def _decoded(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _line(text: str) -> str:
    return " ".join(text.split())[:240]


@contextmanager
def _time_limit(connection: Any, limit_s: float) -> Iterator[None]:
    """Cut the conversation after `limit_s`, so that nothing is accepted once the claim is over."""
    smtp = getattr(connection, "connection", None)
    sock = getattr(smtp, "sock", None)
    if sock is None:
        yield
        return

    def cut() -> None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(limit_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

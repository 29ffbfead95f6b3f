"""Mail servers that refuse, as Django's mail backends see them."""

from smtplib import SMTPDataError, SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend as Accepting

answers: list[Exception] = []
"""What the server answers to the next messages; it accepts once nothing is left."""


class Answering(Accepting):
    def open(self):
        if answers and isinstance(answers[0], ConnectionRefusedError):
            raise answers.pop(0)

    def send_messages(self, messages):
        if answers:
            raise answers.pop(0)
        return super().send_messages(messages)


def unknown_mailbox(address: str) -> Exception:
    return SMTPRecipientsRefused({address: (550, b"5.1.1 no such mailbox")})


def greylisted() -> Exception:
    return SMTPDataError(451, b"4.7.1 try again later")

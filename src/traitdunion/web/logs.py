"""Logs without the secret of a link, nor an address, a question or a telephone number.

The text of an error may quote what was given (PostgreSQL quotes the row that it refuses), so that
what looks like a person's address or number is removed from every line, tracebacks included.
"""

import logging
import re

# Beginnings of the addresses that carry a secret; a test holds them against those of the site.
LINKS = (
    "invitation",
    "invitations",
    "repondre",
    "nouvelles",
    "badge",
    "salle/saisie",
    "salle/arrivees",
    "engagement",
    "proposition",
    "employeurs/rencontre",
    "employeurs/ma-parole",
    "employeurs/bilan",
    "employeurs/demandes-recues",
    "mon-bail",
    "compte/mot-de-passe/nouveau",
)
SECRET = re.compile(rf"/({'|'.join(LINKS)})/[^/\s'\"?]+")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<![\w.:-])(?:(?:\+33|0033)[ .]?|0)[1-9](?:[ .-]?\d{2}){4}(?!\w)")
# The question stands in the address of its page: a home, hours, a licence.
QUERY = re.compile(r"(?<=\S)\?[^\s'\"<>=]+=[^\s'\"<>]*")
QUOTED_ROW = re.compile(r"(DETAIL:\s*).*")
CODE = re.compile(r"\b(code|state|iss|id_token_hint)=[^&\s'\"]+")


def discreet(text: str) -> str:
    """Remove from a text what opens a page or names a person."""
    text = SECRET.sub(r"/\1/…", text)
    text = QUERY.sub("?…", text)
    text = CODE.sub(r"\1=…", text)
    text = QUOTED_ROW.sub(r"\1…", text)
    return NUMBER.sub("[numéro]", ADDRESS.sub("[adresse]", text))


class DiscreetFormatter(logging.Formatter):
    """Formatter that removes what is not for a log."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "discreet": {
            "()": DiscreetFormatter,
            "format": "%(asctime)s %(levelname)s %(name)s : %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Its own handlers would write as they please, or mail each error to no address.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # A page that does not exist is no event; a breakdown is.
        "django.request": {"level": "ERROR"},
    },
}

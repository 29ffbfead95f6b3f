"""Logs without the secret of a link, nor an address, a question or a telephone number.

The text of an error may quote what was given (PostgreSQL quotes the row that it refuses), so that
what looks like a person's address or number is removed from every line, tracebacks included.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

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
ACCESS = "traitdunion.access"
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


class JsonFormatter(DiscreetFormatter):
    """One JSON object a line, for a collector of logs; what is not for a log is removed alike."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": discreet(record.getMessage()),
        }
        fields |= getattr(record, "fields", {})
        if record.exc_info:
            fields["exception"] = discreet(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


def logging_settings(*, as_json: bool, access: bool) -> dict[str, Any]:
    """Return the settings of the logs: one line of text or of JSON an event, requests or not."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "discreet": {
                "()": DiscreetFormatter,
                "format": "%(asctime)s %(levelname)s %(name)s : %(message)s",
            },
            "json": {"()": JsonFormatter},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "discreet",
            }
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            # Its own handlers would write as they please, or mail each error to no address.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            # A page that does not exist is no event; a breakdown is.
            "django.request": {"level": "ERROR"},
            ACCESS: {"level": "INFO" if access else "WARNING"},
        },
    }

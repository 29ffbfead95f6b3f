"""Writes of cooperation: keyword-only, one transaction, permission checked, trace left."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from traitdunion.accounts.checks import full_clean
from traitdunion.accounts.shared_words import check_shared_words, refusal_of


class CooperationError(ValueError):
    """What was asked cannot be done; the message gives the reason and what to do, in French."""


def lock_rows(*rows: models.Model) -> None:
    """Lock these rows until the transaction ends.

    SQLite has one writer at a time; PostgreSQL has many, which do not see what the others write.
    """
    for row in sorted(rows, key=lambda row: row.pk):
        type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)


def refuse_personal(texte: str) -> None:
    """Raise CooperationError where a text holds a telephone number, an address or the like."""
    if refused := refusal_of(texte):
        raise CooperationError(refused)


def clean(row: Any) -> None:
    """Refuse what the columns or the constraints of a row refuse. Raises CooperationError."""
    try:
        check_shared_words(row)
        full_clean(row)
    except ValidationError as wrong:
        raise CooperationError(" ".join(wrong.messages)) from wrong

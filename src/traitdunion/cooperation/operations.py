"""Writes of cooperation: keyword-only, one transaction, permission checked, trace left."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

# What looks like a telephone number, an e-mail address or a social-security number.
PERSONAL = re.compile(r"(?:\d[ .-]?){9,}|[\w.+-]+@[\w-]+\.\w+")


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
    if PERSONAL.search(texte):
        raise CooperationError(
            f"« {texte[:60]} » contient un numéro ou une adresse. Retirez ce qui désigne une "
            "personne, puis envoyez de nouveau."
        )


def clean(row: Any) -> None:
    """Refuse what the columns or the constraints of a row refuse. Raises CooperationError."""
    try:
        row.full_clean(validate_constraints=True)
    except ValidationError as wrong:
        raise CooperationError(" ".join(wrong.messages)) from wrong

"""What a model declares of the words that are read beyond the organisation that wrote them.

Such words are kept free of what reaches a person when they are written, and whoever may write them
corrects or erases them afterwards, on one page for all models (`cooperation.shared_words`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models

from ..permissions import Permission

# What looks like a telephone number, an e-mail address or a social-security number.
PERSONAL = re.compile(r"(?:\d[ .-]?){9,}|[\w.+-]+@[\w-]+\.\w+")


@dataclass(frozen=True)
class SharedWords:
    """Columns of words that others read; a model keeps one as `shared_words`.

    `columns`: their names, with the label of each in French. `organisation`: path to the one that
    answers for them, as a lookup. `permission`: of who may write them. `readers`: in French.
    """

    columns: Mapping[str, str]
    organisation: str
    permission: Permission
    readers: str


def refusal_of(text: str) -> str:
    """Return why a text may not be read by others, in French; "" where it may."""
    if not PERSONAL.search(text):
        return ""
    return (
        f"« {text[:60]} » contient un numéro ou une adresse. Retirez ce qui désigne une "
        "personne, puis envoyez de nouveau."
    )


def check_shared_words(row: models.Model) -> None:
    """Raise ValidationError where words that others read hold a number or an address."""
    declared: SharedWords | None = getattr(row, "shared_words", None)
    for name in declared.columns if declared is not None else ():
        if refused := refusal_of(getattr(row, name) or ""):
            raise ValidationError(refused)

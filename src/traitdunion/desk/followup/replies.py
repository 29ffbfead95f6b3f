"""What a structure may answer to an orientation: yes, no, or a place on its waiting list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.db.models.functions import Coalesce

from ..enums import MotifRefus, StatutOrientation

ACCEPT, LIST, REFUSE = "accepter", "attendre", "refuser"
LONGEST_TEXT = 1_000
LAST_RANK = 999


@dataclass(frozen=True)
class Reply:
    """Yes or no; `motif` is why the structure refuses, "" where it accepts."""

    accepted: bool
    motif: str = ""
    commentaire: str = ""

    def __post_init__(self) -> None:
        if self.accepted and self.motif:
            raise ValidationError("Une orientation acceptée n'a pas de motif de refus.")
        if not self.accepted and self.motif not in MotifRefus.values:
            raise ValidationError("Dites pourquoi : choisissez un motif de refus.")

    def fields(self, now: datetime) -> dict[str, Any]:
        """Return the columns of the orientation once answered."""
        statut = StatutOrientation.ACCEPTEE if self.accepted else StatutOrientation.REFUSEE
        return {
            "statut": statut,
            "motif": self.motif,
            "commentaire": self.commentaire[:LONGEST_TEXT],
            "answered_at": now,
        }


@dataclass(frozen=True)
class Listed:
    """A place on a waiting list: the rank and the day a place is expected, each if it is known."""

    rang: int | None = None
    expected_on: date | None = None
    commentaire: str = ""

    def __post_init__(self) -> None:
        if self.rang is not None and not 1 <= self.rang <= LAST_RANK:
            raise ValidationError(f"Le rang va de 1 à {LAST_RANK}.")

    def fields(self, now: datetime) -> dict[str, Any]:
        """Return the columns of the orientation once listed; the first day of waiting stays."""
        return {
            "statut": StatutOrientation.EN_ATTENTE,
            "rang": self.rang,
            "expected_on": self.expected_on,
            "commentaire": self.commentaire[:LONGEST_TEXT],
            "listed_at": Coalesce(F("listed_at"), now),
        }


Answer = Reply | Listed

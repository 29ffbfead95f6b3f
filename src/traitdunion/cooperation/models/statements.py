"""Words that a person sent, and the trace of what was done to them.

Words that may not be read are not in their row: they are moved to the trace, which only those who
run the session read. A page that forgets to look at `propos` shows a placeholder, never the words.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation

from ..enums import EtatPropos, Geste
from .sessions import Seance, is_known


class Statement(models.Model):
    """Words sent by a phone or a guest, or written by who runs the room; `WORDS`: their columns.

    `auteur`: digest that only the phone of the author can give again; empty for the others.
    """

    WORDS: ClassVar[tuple[str, ...]] = ()

    propos = models.CharField(
        "état du propos", max_length=10, choices=EtatPropos, default=EtatPropos.MONTRE
    )
    motif_refus = models.CharField("motif du refus", max_length=300, blank=True)
    auteur = models.CharField("auteur", max_length=32, blank=True, editable=False)

    class Meta:
        abstract = True

    @staticmethod
    def constraints(name: str) -> list[models.CheckConstraint]:
        """Return the constraints of the columns above, for the table of that name."""
        return [is_known("propos", EtatPropos.values, f"{name}_propos_is_known")]

    @property
    def is_shown(self) -> bool:
        return self.propos == EtatPropos.MONTRE

    @property
    def journal_label(self) -> str:
        """Return how the journal names the row: by its key, never by words that may be erased."""
        return f"{self._meta.verbose_name} {self.pk}"

    def save_words(self) -> None:
        """Save the words and their state once moderated; the trace is already written."""
        self.save(update_fields=[*self.WORDS, *self._state_columns()])

    def _state_columns(self) -> Iterable[str]:
        return ("propos", "motif_refus")

    @property
    def session(self) -> Seance:
        """Return the session in which the words were sent."""
        raise NotImplementedError


class Moderation(models.Model):
    """What was done to the words of a row: by whom, when, why; only ever added.

    `mots`: the words as they stood before, column by column, emptied by an erasure and when the
    session is forgotten. `par` is empty where the author did it, or the site by itself.
    `organisation`: the one that keeps words of no session (`cooperation.shared_words`).
    """

    seance = models.ForeignKey(
        Seance, models.CASCADE, null=True, blank=True, related_name="moderations"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="+"
    )
    sorte = models.CharField("table", max_length=20)
    numero = models.PositiveBigIntegerField("ligne")
    geste = models.CharField("geste", max_length=10, choices=Geste)
    motif = models.CharField("motif", max_length=300, blank=True)
    mots: Any = models.JSONField("mots d'avant", default=dict, blank=True)
    par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    le = models.DateTimeField("le")

    class Meta:
        verbose_name = "modération"
        ordering = ["le", "pk"]
        indexes = [models.Index(fields=["sorte", "numero"], name="moderation_of")]
        constraints = [
            is_known("geste", Geste.values, "moderation_geste_is_known"),
            models.CheckConstraint(
                condition=Q(seance=None, organisation__isnull=False)
                | Q(seance__isnull=False, organisation=None),
                name="moderation_of_a_session_or_an_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sorte} {self.numero} : {self.get_geste_display()}"

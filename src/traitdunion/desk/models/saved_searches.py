"""Searches an adviser keeps for a person, to know when an answer appears."""

from typing import Self

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import User

from .files import Parcours


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Adjectives of saved searches."""

    def watched(self) -> Self:
        """Filter those of an open file."""
        return self.filter(parcours__closed_at=None, parcours__anonymised_at=None)

    def appeared(self) -> Self:
        """Filter those whose answer appeared and was not seen."""
        return self.exclude(appeared_at=None).filter(seen_at=None)


class SavedSearch(models.Model):
    """A question asked again every day for a person.

    `query` is the question as it stands in an address, without its week: that of the day it is
    asked again is taken. `answered` is whether anything answered it the last time; `appeared_at` is
    when something began to.
    """

    parcours = models.ForeignKey(Parcours, models.CASCADE, related_name="saved_searches")
    LONGEST_QUERY, LONGEST_LABEL = 4000, 300

    # A roster of fourteen lines takes some two thousand signs of an address.
    query = models.CharField("question", max_length=LONGEST_QUERY)
    label = models.CharField("en mots", max_length=LONGEST_LABEL)
    saved_at = models.DateTimeField("gardée le")
    saved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answered = models.BooleanField("a une réponse")
    checked_at = models.DateTimeField("posée de nouveau le")
    appeared_at = models.DateTimeField("réponse apparue le", null=True, blank=True)
    told_at = models.DateTimeField("dite le", null=True, blank=True)
    seen_at = models.DateTimeField("vue le", null=True, blank=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "recherche surveillée"
        verbose_name_plural = "recherches surveillées"
        ordering = ["saved_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parcours", "query"], name="search_saved_once"),
            models.CheckConstraint(
                condition=Q(appeared_at=None) | Q(answered=True), name="search_appeared_is_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"recherche du {self.saved_at:%Y-%m-%d}, {self.parcours}"

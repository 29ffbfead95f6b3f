"""The calls taken at the desk, without anybody in them."""

import uuid

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation

from ..enums import Appelant, IssueAppel


class Call(models.Model):
    """One call: who called in coarse terms, how many searches were made, what came of it.

    Neither number nor hour nor who answered is kept: the key is drawn at random and only the week
    is written, as for a `Search`. A call without a recorded end has no `issue`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="calls")
    week = models.DateField("semaine de l'appel (lundi)")
    appelant = models.CharField("qui appelle", max_length=14, choices=Appelant)
    issue = models.CharField("issue", max_length=12, choices=IssueAppel, blank=True)
    n_searches = models.PositiveSmallIntegerField("recherches", default=0)

    class Meta:
        verbose_name = "appel"
        ordering = ["-week", "pk"]
        indexes = [models.Index(fields=["organisation", "week"], name="call_of_week")]
        constraints = [
            models.CheckConstraint(
                condition=Q(appelant__in=Appelant.values), name="call_caller_is_known"
            ),
            models.CheckConstraint(
                condition=Q(issue__in=["", *IssueAppel.values]), name="call_outcome_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"appel de la semaine du {self.week}"

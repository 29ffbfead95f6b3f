"""The row of a scheduled work: when it is due, which worker does it, how it went last time."""

from django.db import models
from django.db.models import Q


class Outcome(models.TextChoices):
    """How the last run of a work ended."""

    NEVER = "jamais", "pas encore lancé"
    DONE = "fait", "fait"
    FAILED = "echec", "en échec"
    NOT_WANTED = "sans_objet", "sans objet ici"


class ScheduledWork(models.Model):
    """A command run at set hours; a claim makes one worker run it, and ends by itself."""

    name = models.CharField("nom", max_length=40, primary_key=True)
    due_at = models.DateTimeField("prochain passage")
    claim = models.UUIDField("prise", null=True, blank=True)
    claimed_until = models.DateTimeField("prise jusqu'à", null=True, blank=True)
    started_at = models.DateTimeField("dernier départ", null=True, blank=True)
    ended_at = models.DateTimeField("dernière fin", null=True, blank=True)
    outcome = models.CharField("issue", max_length=12, choices=Outcome, default=Outcome.NEVER)
    message = models.CharField("ce que la commande a écrit", max_length=500, blank=True)

    class Meta:
        verbose_name = "travail planifié"
        verbose_name_plural = "travaux planifiés"
        constraints = [
            models.CheckConstraint(
                condition=Q(claim=None, claimed_until=None)
                | Q(claim__isnull=False, claimed_until__isnull=False, started_at__isnull=False),
                name="work_claimed_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name

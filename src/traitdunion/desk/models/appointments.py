"""Appointments taken in another tool: how to reach it, and what it sends of each."""

from typing import Self

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User

from ..enums import StatutRendezVous
from .files import Parcours


class OutilRendezVous(models.Model):
    """The appointment tool of an organisation.

    `adresse` is the address that opens it, `{reference}` standing for the reference of the
    appointment. `secret` signs what the tool sends: it is shown once, and kept sealed
    (`accounts.sealing`), for a signature is checked against it.
    """

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, primary_key=True, related_name="outil_rendez_vous"
    )
    adresse = models.CharField("adresse de prise de rendez-vous", max_length=300)
    secret = models.TextField("secret partagé, scellé")
    changed_at = models.DateTimeField("réglé le")

    sealed_columns = ("secret",)

    class Meta:
        verbose_name = "outil de rendez-vous"
        verbose_name_plural = "outils de rendez-vous"

    def __str__(self) -> str:
        return f"outil de rendez-vous de {self.organisation}"

    def address_for(self, reference: str) -> str:
        """Return the address that opens the tool for one appointment."""
        return self.adresse.replace("{reference}", reference)


class RendezVousQuerySet(models.QuerySet["RendezVous"]):
    """Adjectives of appointments."""

    def to_come(self) -> Self:
        """Filter those taken and not known to be over."""
        return self.filter(statut=StatutRendezVous.PRIS)


class RendezVous(models.Model):
    """An appointment asked for from a file; only its reference travels.

    `external_id` is the key the tool gives it; `event_at` is when what is known of it happened
    there: what comes late does not undo what came after.
    """

    parcours = models.ForeignKey(Parcours, models.CASCADE, related_name="rendez_vous")
    reference = models.CharField("référence", max_length=20, unique=True)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField("demandé le")
    statut = models.CharField("statut", max_length=10, choices=StatutRendezVous)
    starts_at = models.DateTimeField("commence le", null=True, blank=True)
    external_id = models.CharField("clé dans l'outil", max_length=40, blank=True)
    event_at = models.DateTimeField("su le", null=True, blank=True)

    objects = RendezVousQuerySet.as_manager()

    class Meta:
        verbose_name = "rendez-vous"
        verbose_name_plural = "rendez-vous"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(statut__in=StatutRendezVous.values), name="appointment_statut_is_known"
            ),
            models.CheckConstraint(
                condition=Q(statut=StatutRendezVous.DEMANDE) | Q(event_at__isnull=False),
                name="appointment_known_by_an_event",
            ),
        ]

    def __str__(self) -> str:
        return f"rendez-vous {self.reference}"


class Notification(models.Model):
    """A message of a tool that was taken in: the hash of its text, for it not to count twice."""

    digest = models.CharField("empreinte", max_length=64, unique=True)
    received_at = models.DateTimeField("reçue le")

    class Meta:
        verbose_name = "notification reçue"
        verbose_name_plural = "notifications reçues"

    def __str__(self) -> str:
        return f"notification du {self.received_at:%Y-%m-%d %H:%M}"

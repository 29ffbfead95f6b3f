"""What is counted beside the entries: waits without identity, and the car-pool places."""

from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation

from ..enums import TypeLieu
from .solutions import Solution, one_of


class Attente(models.Model):
    """An anonymous wait for a solution: two dates from which delays are known."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="attentes")
    inscrit_le = models.DateField("inscrit le")
    servi_le = models.DateField("servi le", null=True, blank=True)
    parti_le = models.DateField("a renoncé le", null=True, blank=True)

    class Meta:
        verbose_name = "attente"
        ordering = ["inscrit_le"]
        constraints = [
            models.CheckConstraint(
                condition=Q(servi_le=None) | Q(servi_le__gte=F("inscrit_le")),
                name="attente_served_after",
            ),
            models.CheckConstraint(
                condition=Q(servi_le=None) | Q(parti_le=None), name="attente_served_or_gone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id}, depuis le {self.inscrit_le}"


class LieuCovoiturage(models.Model):
    """A place of the Base nationale des lieux de covoiturage, with its published columns."""

    id_lieu = models.CharField("id_lieu", max_length=20, primary_key=True)
    id_local = models.CharField("id_local", max_length=60, blank=True)
    nom_lieu = models.CharField("nom", max_length=150)
    ad_lieu = models.CharField("adresse", max_length=200, blank=True)
    com_lieu = models.CharField("commune", max_length=80)
    insee = models.CharField("code INSEE", max_length=5)
    type = models.CharField("type", max_length=20, choices=TypeLieu)
    date_maj = models.DateField("mis à jour le")
    ouvert = models.BooleanField("ouvert")
    source = models.CharField("SIREN de la source", max_length=9)
    lon = models.FloatField("Xlong")
    lat = models.FloatField("Ylat")
    nbre_pl = models.PositiveIntegerField("places", null=True, blank=True)
    nbre_pmr = models.PositiveIntegerField("places PMR", null=True, blank=True)
    duree = models.PositiveIntegerField("stationnement au plus (min)", null=True, blank=True)
    horaires = models.CharField("horaires", max_length=255, blank=True)
    proprio = models.CharField("propriétaire", max_length=150, blank=True)
    lumiere = models.BooleanField("éclairé", null=True, blank=True)
    comm = models.TextField("commentaire", blank=True)
    solution = models.ForeignKey(
        Solution, models.SET_NULL, null=True, blank=True, related_name="lieux"
    )

    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lieux",
        verbose_name="organisation qui tient ce lieu",
    )

    class Meta:
        verbose_name = "lieu de covoiturage"
        verbose_name_plural = "lieux de covoiturage"
        ordering = ["id_lieu"]
        constraints = [
            one_of("type", TypeLieu.values, "lieu_type_is_known"),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="lieu_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return self.nom_lieu

"""Runs, and what files of open data bring to them: nothing here is about one person."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from .enums import EtatCalcul, Mesure, Source

SILENT_AFTER = timedelta(minutes=10)
"""A run without a sign for so long has been interrupted."""


class Run(models.Model):
    """One computation; immutable once it ends: what differs is another run.

    `code` is its public name. `manifest`: parameters, code version, hashes of all inputs. `digest`
    is that of its figures: two runs of the same manifest have the same. Figures are files, in the
    folder of the code.
    """

    code = models.CharField("calcul", max_length=40, primary_key=True)
    created_at = models.DateTimeField("lancé le")
    week = models.DateField("semaine calculée (lundi)")
    departement = models.CharField("département", max_length=3)
    etat = models.CharField("état", max_length=8, choices=EtatCalcul)
    progress = models.FloatField("avancement", default=0.0)
    seen_at = models.DateTimeField("dernier signe", null=True, blank=True)
    message = models.TextField("message", blank=True)
    manifest = models.JSONField("manifeste", default=dict)
    digest = models.CharField("empreinte des chiffres", max_length=64, blank=True)
    seconds = models.FloatField("durée (s)", null=True)
    memory_mb = models.FloatField("mémoire (Mo)", null=True)
    demonstration = models.BooleanField("réseau ou catalogue de démonstration", default=False)
    published_at = models.DateTimeField("publié le", null=True, blank=True)

    class Meta:
        verbose_name = "calcul de l'observatoire"
        verbose_name_plural = "calculs de l'observatoire"
        ordering = ["-created_at", "-code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatCalcul.values), name="observatory_run_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatCalcul.FINI) | ~Q(digest=""),
                name="observatory_run_finished_has_figures",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0, progress__lte=1),
                name="observatory_run_progress_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"Calcul {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to write over a run that ended, but for the day of its publication."""
        columns = set(kwargs.get("update_fields") or ())
        known = type(self).objects.filter(pk=self.pk).values_list("etat", flat=True).first()
        if known is not None and known != EtatCalcul.EN_COURS and columns != {"published_at"}:
            raise ValidationError(f"Le calcul {self.code} est terminé : il ne change plus.")
        super().save(*args, **kwargs)

    def is_silent(self, now: datetime) -> bool:
        """Return whether it computes no longer, though nothing marked its end."""
        last = self.seen_at or self.created_at
        return self.etat == EtatCalcul.EN_COURS and now - last > SILENT_AFTER

    def can_resume(self, now: datetime) -> bool:
        """Return whether its chunks may be taken up again."""
        return self.etat == EtatCalcul.ARRETE or self.is_silent(now)


class Pole(models.Model):
    """A commune where many work, set by an administrator: used while no file of flows is loaded."""

    code_insee = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("pôle d'emploi", max_length=80)

    class Meta:
        verbose_name = "pôle d'emploi"
        verbose_name_plural = "pôles d'emploi"
        ordering = ["code_insee"]

    def __str__(self) -> str:
        return self.nom


class InputFile(models.Model):
    """One file loaded: the latest of its kind is used. `faults`: what was left aside, in French."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField("nature", max_length=12, choices=Source)
    nom = models.CharField("fichier", max_length=150)
    publisher = models.CharField("producteur", max_length=120)
    licence = models.CharField("licence", max_length=80)
    vintage = models.CharField("millésime", max_length=20)
    sha256 = models.CharField("empreinte", max_length=64)
    n_rows = models.PositiveIntegerField("lignes")
    faults = models.JSONField("avertissements", default=list)
    loaded_at = models.DateTimeField("chargé le")

    class Meta:
        verbose_name = "fichier de l'observatoire"
        verbose_name_plural = "fichiers de l'observatoire"
        ordering = ["-loaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="observatory_file_source_known"
            ),
            models.UniqueConstraint(fields=["source"], name="observatory_file_one_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.vintage})"


class CommuneFigure(models.Model):
    """A figure of a commune as a file gives it; None where the publisher keeps it secret."""

    file = models.ForeignKey(InputFile, models.CASCADE, related_name="figures")
    code_insee = models.CharField("code INSEE", max_length=5)
    mesure = models.CharField("mesure", max_length=20, choices=Mesure)
    value = models.FloatField("valeur", null=True)

    class Meta:
        verbose_name = "chiffre d'une commune"
        verbose_name_plural = "chiffres des communes"
        ordering = ["code_insee", "mesure"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "code_insee", "mesure"], name="observatory_figure_given_once"
            ),
            models.CheckConstraint(
                condition=Q(mesure__in=Mesure.values), name="observatory_figure_measure_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_insee} {self.mesure}"


class CommuneFlow(models.Model):
    """Workers who live in a commune and work in another, weighted."""

    file = models.ForeignKey(InputFile, models.CASCADE, related_name="flows")
    home = models.CharField("commune de résidence", max_length=5)
    work = models.CharField("commune de travail", max_length=5)
    people = models.FloatField("actifs")

    class Meta:
        verbose_name = "flux domicile-travail"
        verbose_name_plural = "flux domicile-travail"
        ordering = ["home", "work"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "home", "work"], name="observatory_flow_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.home} → {self.work}"


class CommuneBassin(models.Model):
    """The basin that a commune belongs to."""

    file = models.ForeignKey(InputFile, models.CASCADE, related_name="bassins")
    code_insee = models.CharField("code INSEE", max_length=5)
    bassin = models.CharField("code du bassin", max_length=9)
    nom = models.CharField("bassin", max_length=120)

    class Meta:
        verbose_name = "bassin d'une commune"
        verbose_name_plural = "bassins des communes"
        ordering = ["code_insee"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "code_insee"], name="observatory_basin_given_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code_insee} : {self.nom}"


class Carreau(models.Model):
    """An inhabited square, and the commune where its centre stands; people may be fractions."""

    file = models.ForeignKey(InputFile, models.CASCADE, related_name="carreaux")
    code_insee = models.CharField("code INSEE", max_length=5)
    identifiant = models.CharField("carreau", max_length=40)
    lat = models.FloatField("latitude")
    lon = models.FloatField("longitude")
    people = models.FloatField("habitants")

    class Meta:
        verbose_name = "carreau habité"
        verbose_name_plural = "carreaux habités"
        ordering = ["code_insee", "identifiant"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "identifiant"], name="observatory_square_given_once"
            ),
            models.CheckConstraint(condition=Q(people__gt=0), name="observatory_square_has_people"),
        ]

    def __str__(self) -> str:
        return self.identifiant

"""Tables of the occupations: ROME titles and codes, projects by basin, posts of the sites."""

from django.db import models
from django.db.models import Q

from traitdunion.territory.models import Equipe, Site

from ..enums import FichierMetier, NaturePoste, is_known


class FichierMetiers(models.Model):
    """A published file in use, one of each nature; the next one takes its place."""

    nature = models.CharField("nature", max_length=10, choices=FichierMetier, unique=True)
    nom = models.CharField("fichier", max_length=150)
    source = models.CharField("source", max_length=120)
    licence = models.CharField("licence", max_length=60)
    millesime = models.CharField("millésime", max_length=20)
    sha256 = models.CharField("empreinte", max_length=64)
    lignes = models.PositiveIntegerField("lignes")
    charge_le = models.DateTimeField("chargé le")
    demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = "fichier des métiers"
        verbose_name_plural = "fichiers des métiers"
        ordering = ["nature"]
        constraints = [is_known("nature", FichierMetier.values, "fichier_metiers_nature_is_known")]

    def __str__(self) -> str:
        return f"{self.source}, {self.millesime}"


class MetierRome(models.Model):
    """A ROME code and its name."""

    fichier = models.ForeignKey(FichierMetiers, models.CASCADE, related_name="metiers")
    code = models.CharField("code ROME", max_length=5, primary_key=True)
    libelle = models.CharField("métier", max_length=200)

    class Meta:
        verbose_name = "métier (ROME)"
        verbose_name_plural = "métiers (ROME)"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.libelle} ({self.code})"


class AppellationRome(models.Model):
    """An everyday title of an occupation; `cle`: its words folded, each after a space."""

    code = models.CharField("code de l'appellation", max_length=10, primary_key=True)
    libelle = models.CharField("appellation", max_length=200)
    rome = models.ForeignKey(MetierRome, models.CASCADE, related_name="appellations")
    cle = models.CharField("clé de recherche", max_length=220)

    class Meta:
        verbose_name = "appellation (ROME)"
        verbose_name_plural = "appellations (ROME)"
        ordering = ["libelle"]

    def __str__(self) -> str:
        return f"{self.libelle} ({self.rome_id})"


class ProjetsBassin(models.Model):
    """Recruitment projects of a basin for a FAP family (BMO); None where the publisher hides it."""

    fichier = models.ForeignKey(FichierMetiers, models.CASCADE, related_name="projets")
    bassin = models.CharField("code du bassin", max_length=6)
    bassin_nom = models.CharField("bassin", max_length=200)
    fap = models.CharField("code FAP", max_length=5)
    fap_nom = models.CharField("famille professionnelle", max_length=200)
    projets = models.DecimalField("projets", max_digits=9, decimal_places=1, null=True)
    difficiles = models.DecimalField("jugés difficiles", max_digits=9, decimal_places=1, null=True)
    saisonniers = models.DecimalField("saisonniers", max_digits=9, decimal_places=1, null=True)

    class Meta:
        verbose_name = "projets d'embauche d'un bassin"
        verbose_name_plural = "projets d'embauche des bassins"
        ordering = ["bassin_nom", "fap_nom"]
        constraints = [
            models.UniqueConstraint(fields=["bassin", "fap"], name="projets_bassin_given_once")
        ]

    def __str__(self) -> str:
        return f"{self.bassin_nom}, {self.fap_nom}"


class PosteSite(models.Model):
    """An occupation that a site looks for or lets people discover, at one of its shifts.

    `titre`: as it was chosen. `nombre`: posts; None where it is not known. `equipe`: None where the
    hours are not known.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="postes")
    equipe = models.ForeignKey(
        Equipe, models.SET_NULL, null=True, blank=True, related_name="postes", verbose_name="équipe"
    )
    nature = models.CharField("nature", max_length=10, choices=NaturePoste)
    rome = models.CharField("métier (code ROME)", max_length=5)
    titre = models.CharField("métier", max_length=200)
    nombre = models.PositiveSmallIntegerField("nombre", null=True, blank=True)
    depuis = models.DateField("depuis le")

    class Meta:
        verbose_name = "poste d'un site"
        verbose_name_plural = "postes des sites"
        ordering = ["titre", "pk"]
        constraints = [
            is_known("nature", NaturePoste.values, "poste_site_nature_is_known"),
            models.CheckConstraint(
                condition=Q(nombre=None) | Q(nombre__gte=1), name="poste_site_number_from_one"
            ),
            models.UniqueConstraint(
                fields=["site", "equipe", "nature", "rome", "titre"], name="poste_site_given_once"
            ),
            models.UniqueConstraint(
                fields=["site", "nature", "rome", "titre"],
                condition=Q(equipe=None),
                name="poste_site_given_once_without_shift",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.titre} ({self.rome})"

"""Tables of the French territory: regions, départements, EPCI, communes and their parts."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q

from .enums import PointSource, TypeEpci, TypePartie


class Region(models.Model):
    code = models.CharField("code INSEE", max_length=2, primary_key=True)
    nom = models.CharField(max_length=60)

    class Meta:
        verbose_name = "région"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    """`nom` has no article ("Haute-Loire"); `nom_avec_charniere` is "de la Haute-Loire"."""

    code = models.CharField("code INSEE", max_length=3, primary_key=True)
    nom = models.CharField(max_length=60)
    nom_avec_charniere = models.CharField(max_length=70)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departements")

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"


class Epci(models.Model):
    siren = models.CharField("SIREN", max_length=9, primary_key=True)
    nom = models.CharField(max_length=150)
    type = models.CharField(max_length=2, choices=TypeEpci.choices)

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ["siren"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=TypeEpci.values), name="territory_epci_type_known"
            )
        ]

    def __str__(self) -> str:
        return self.nom


class Commune(models.Model):
    """A commune of today.

    `lat`, `lon` (degrees, EPSG:4326) are a point one can trust to lie in the commune, unless
    `point_source` is "voisinage": then they are an estimate. `population` is None where the census
    gives none (Mayotte). `boundary` is a GeoJSON geometry as text, loaded on demand.
    """

    code_insee = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField(max_length=80)
    nom_avec_charniere = models.CharField(max_length=90)
    cle = models.CharField("clé de recherche", max_length=80, db_index=True)
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="communes")
    epci = models.ForeignKey(
        Epci, models.PROTECT, related_name="communes", null=True, blank=True, verbose_name="EPCI"
    )
    population = models.PositiveIntegerField(null=True, blank=True)
    codes_postaux = models.JSONField("codes postaux", default=list, blank=True)
    lat = models.FloatField("latitude")
    lon = models.FloatField("longitude")
    point_source = models.CharField(
        "origine du point", max_length=10, choices=PointSource.choices, default=PointSource.MAIRIE
    )
    boundary = models.TextField("contour (GeoJSON)", null=True, blank=True)

    homonyms: Sequence["Commune"] = ()
    """Others that the text answers to which named this one (`queries.commune_named`)."""

    class Meta:
        ordering = ["code_insee"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="territory_commune_point_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(point_source__in=PointSource.values),
                name="territory_commune_point_source_known",
            ),
            models.CheckConstraint(condition=~Q(nom=""), name="territory_commune_has_a_name"),
            models.CheckConstraint(
                condition=Q(code_insee__startswith=F("departement")),
                name="territory_commune_code_begins_like_its_departement",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Name and département, enough to distinguish any two communes: "Langeac (43)"."""
        return f"{self.nom} ({self.departement_id})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        from .names import fold

        self.cle = self.cle or fold(self.nom)
        super().save(*args, **kwargs)


class PartieDeCommune(models.Model):
    """A part of a commune that people still name: arrondissement, commune déléguée or associée."""

    code_insee = models.CharField("code INSEE", max_length=5, primary_key=True)
    type = models.CharField(max_length=14, choices=TypePartie.choices)
    nom = models.CharField(max_length=80)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="parties")

    class Meta:
        verbose_name = "partie de commune"
        verbose_name_plural = "parties de communes"
        ordering = ["code_insee"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=TypePartie.values), name="territory_partie_type_known"
            )
        ]

    def __str__(self) -> str:
        return self.nom


class TerritoryEdition(models.Model):
    """The one row about what is loaded; `digest` changes when anything loaded does."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    source = models.CharField(max_length=120)
    licence = models.CharField(max_length=60)
    population_year = models.PositiveSmallIntegerField("année de population")
    digest = models.CharField(max_length=64)
    departements_with_boundaries = models.JSONField("départements dont les contours sont chargés")
    departement = models.CharField("département servi", max_length=3, blank=True, default="")
    voisins = models.JSONField("ses voisins", default=list, blank=True)

    class Meta:
        verbose_name = "édition du territoire"
        verbose_name_plural = "éditions du territoire"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="territory_only_one_edition")]

    def __str__(self) -> str:
        return self.source


class Site(models.Model):
    """A place where an employer has people work.

    `lat`, `lon` (degrees) are the entrance where `precis`; else the centre of the commune.
    """

    code = models.SlugField("code", max_length=80, primary_key=True)
    nom = models.CharField(max_length=120)
    employeur = models.CharField(max_length=120)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="sites")
    lat = models.FloatField("latitude")
    lon = models.FloatField("longitude")
    precis = models.BooleanField("entrée située", default=False)
    demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = "site d'un employeur"
        verbose_name_plural = "sites des employeurs"
        ordering = ["employeur", "nom"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="territory_site_point_on_earth",
            ),
            models.CheckConstraint(condition=~Q(nom=""), name="territory_site_has_a_name"),
            models.UniqueConstraint(
                fields=["employeur", "nom"], name="territory_site_one_name_by_employer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employeur}, {self.nom}"


class Equipe(models.Model):
    """A shift of a site: its days (0 is Monday), its hours, how many people, may it move.

    `fin_s` passes 86,400 where the shift ends on the next day. `decalable_min`: by how many minutes
    the employer may move it; None where the employer has not said.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="equipes")
    nom = models.CharField(max_length=60)
    jours = models.JSONField("jours")
    debut_s = models.PositiveIntegerField("début (s après minuit)")
    fin_s = models.PositiveIntegerField("fin (s après minuit)")
    personnes = models.PositiveIntegerField("personnes", null=True)
    decalable_min = models.PositiveSmallIntegerField("décalable de (min)", null=True)

    class Meta:
        verbose_name = "équipe d'un site"
        verbose_name_plural = "équipes des sites"
        ordering = ["site", "debut_s", "nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "nom"], name="territory_equipe_one_name_a_site"
            ),
            models.CheckConstraint(
                condition=Q(debut_s__lt=86_400, fin_s__gt=F("debut_s")),
                name="territory_equipe_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(fin_s__lte=F("debut_s") + 86_400),
                name="territory_equipe_lasts_a_day_at_most",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

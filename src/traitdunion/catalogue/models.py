"""Tables of the catalogue: structures, the solutions they offer, and where these apply.

The fields are a superset of the Service of data·inclusion v1. A null is never "open to all": it
is *non renseigné*, and the matching answers *à vérifier*.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from .enums import (
    Famille,
    Fraicheur,
    ModePrete,
    NatureZone,
    PermisRequis,
    Statut,
    TypeReservation,
    TypeSolution,
)
from .opening_hours import validate_opening_hours

DAYS_A_MONTH = 30.4
AMOUNTS = (
    "par_trajet_eur",
    "par_jour_eur",
    "par_semaine_eur",
    "par_mois_eur",
    "par_km_eur",
    "caution_eur",
)


def one_of(field: str, values: Sequence[str], name: str) -> models.CheckConstraint:
    """The database itself refuses a code that is not on the list."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": values}),
        name=name,
        violation_error_message=f"« {field} » ne prend que : {', '.join(filter(None, values))}.",
    )


class Structure(models.Model):
    """An organisation that offers solutions."""

    id = models.SlugField("identifiant", primary_key=True, max_length=80)
    nom = models.CharField("nom", max_length=150)
    description = models.TextField("description", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    site = models.URLField("site", blank=True)
    commune = models.CharField("commune (code INSEE)", max_length=5, blank=True)

    class Meta:
        verbose_name = "structure"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom


class SolutionQuerySet(models.QuerySet["Solution"]):
    """Adjectives of solutions."""

    def published(self) -> Self:
        return self.filter(statut=Statut.PUBLIE)

    def valid(self, on: date) -> Self:
        """Within their dates of validity, unknown ones included."""
        begun = Q(valide_du=None) | Q(valide_du__lte=on)
        return self.filter(begun, Q(valide_au=None) | Q(valide_au__gte=on))


def amount(label: str) -> models.DecimalField:
    """A price in euros; null where it is not known, 0 where it is free."""
    return models.DecimalField(
        label,
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )


class Solution(models.Model):
    """One way to be mobile, or one help towards it, in the terms of the field."""

    id = models.SlugField("identifiant", primary_key=True, max_length=80)
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="solutions")
    nom = models.CharField("nom", max_length=150)
    description = models.TextField("description", blank=True)
    type_solution = models.CharField("type", max_length=30, choices=TypeSolution)
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.BROUILLON)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    zone_libre = models.BooleanField("ouvert sans condition de lieu", default=False)
    conditions_acces = models.TextField("conditions d'accès", blank=True)
    permis_requis = models.CharField("permis", max_length=5, choices=PermisRequis, blank=True)
    mode = models.CharField("véhicule prêté", max_length=10, choices=ModePrete, blank=True)
    distance_max_km = models.DecimalField(
        "distance la plus longue (km)",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    gtfs_agency = models.CharField("réseau (agency_name du GTFS)", max_length=120, blank=True)

    horaires_accueil = models.CharField(
        "accueil (opening_hours)",
        max_length=255,
        blank=True,
        validators=[validate_opening_hours],
    )
    horaires_service = models.CharField(
        "service (opening_hours)",
        max_length=255,
        blank=True,
        validators=[validate_opening_hours],
    )
    booking_type = models.CharField(
        "réservation", max_length=1, choices=TypeReservation, blank=True
    )
    prior_notice_duration_min = models.PositiveIntegerField("préavis (min)", null=True, blank=True)
    prior_notice_last_day = models.PositiveSmallIntegerField(
        "préavis (jours)", null=True, blank=True
    )
    prior_notice_last_time = models.TimeField("dernière heure du préavis", null=True, blank=True)
    delai_jours = models.PositiveSmallIntegerField(
        "délai avant de commencer", null=True, blank=True
    )
    duree_max_jours = models.PositiveSmallIntegerField(
        "durée la plus longue", null=True, blank=True
    )

    par_trajet_eur = amount("par trajet (€)")
    par_jour_eur = amount("par jour (€)")
    par_semaine_eur = amount("par semaine (€)")
    par_mois_eur = amount("par mois (€)")
    par_km_eur = amount("par kilomètre (€)")
    caution_eur = amount("caution (€)")
    tarif_precisions = models.TextField("précisions sur le tarif", blank=True)

    telephone = models.CharField("téléphone", max_length=30, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    lien_mobilisation = models.URLField("lien", blank=True)
    contact_public = models.BooleanField("contact public", default=True)
    retrait_nom = models.CharField("lieu de retrait", max_length=150, blank=True)
    retrait_commune = models.CharField("commune de retrait (INSEE)", max_length=5, blank=True)
    retrait_lat = models.FloatField("latitude du retrait", null=True, blank=True)
    retrait_lon = models.FloatField("longitude du retrait", null=True, blank=True)

    source_url = models.URLField("source", blank=True)
    source_citation = models.CharField("citation de la source", max_length=200, blank=True)
    verifie_le = models.DateField("vérifié le", null=True, blank=True)
    frequence_maj_mois = models.PositiveSmallIntegerField(
        "à revoir tous les (mois)", default=6, validators=[MinValueValidator(1)]
    )
    valide_du = models.DateField("valide du", null=True, blank=True)
    valide_au = models.DateField("valide au", null=True, blank=True)

    objects = SolutionQuerySet.as_manager()

    class Meta:
        verbose_name = "solution"
        ordering = ["type_solution", "nom"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valide_du=None) | Q(valide_au=None) | Q(valide_au__gte=F("valide_du")),
                name="solution_valide_au_follows_valide_du",
                violation_error_message="« valide_au » est avant « valide_du » : inversez-les.",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{field: None}) | Q(**{f"{field}__gte": 0}),
                    name=f"solution_{field}_not_negative",
                    violation_error_message=f"« {field} » est négatif : écrivez 0 ou plus.",
                )
                for field in (*AMOUNTS, "distance_max_km")
            ),
            models.CheckConstraint(
                condition=Q(retrait_lat__isnull=True, retrait_lon__isnull=True)
                | Q(
                    retrait_lat__isnull=False,
                    retrait_lon__isnull=False,
                    retrait_lat__range=(-90, 90),
                    retrait_lon__range=(-180, 180),
                ),
                name="solution_retrait_is_a_point",
                violation_error_message="« retrait_lat » et « retrait_lon » vont ensemble, en "
                "degrés : par exemple 45.0429 et 3.8924.",
            ),
            models.CheckConstraint(
                condition=Q(frequence_maj_mois__gte=1),
                name="solution_frequence_maj_at_least_a_month",
                violation_error_message="« frequence_maj_mois » est nul : écrivez 1 ou plus.",
            ),
            # booking_rules.txt of GTFS-Flex: minutes the same day, days and a last hour before.
            models.CheckConstraint(
                condition=Q(prior_notice_duration_min=None) | Q(booking_type="1"),
                name="solution_notice_in_minutes_is_of_the_day",
                violation_error_message="« prior_notice_duration_min » demande « booking_type » 1.",
            ),
            models.CheckConstraint(
                condition=Q(prior_notice_last_day=None) | Q(booking_type="2"),
                name="solution_notice_in_days_is_of_before",
                violation_error_message="« prior_notice_last_day » demande « booking_type » 2.",
            ),
            models.CheckConstraint(
                condition=Q(prior_notice_last_time=None) | Q(prior_notice_last_day__isnull=False),
                name="solution_last_time_has_its_day",
                violation_error_message="« prior_notice_last_time » demande "
                "« prior_notice_last_day ».",
            ),
            one_of("type_solution", TypeSolution.values, "solution_type_is_known"),
            one_of("statut", Statut.values, "solution_statut_is_known"),
            one_of("permis_requis", ["", *PermisRequis.values], "solution_permis_is_known"),
            one_of("mode", ["", *ModePrete.values], "solution_mode_is_known"),
            one_of("booking_type", ["", *TypeReservation.values], "solution_booking_is_known"),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def famille(self) -> Famille:
        """What it does for a person."""
        return TypeSolution(self.type_solution).famille

    @property
    def zone(self) -> list[str]:
        """Codes of the areas it serves; empty where they are not known."""
        return [zone.code for zone in self.zones.all()]

    def freshness(self, on: date) -> Fraicheur:
        """Up to date within its frequency of review, out of date after twice that."""
        if self.verifie_le is None:
            return Fraicheur.INCONNUE
        due = timedelta(days=self.frequence_maj_mois * DAYS_A_MONTH)
        age = on - self.verifie_le
        if age <= due:
            return Fraicheur.A_JOUR
        return Fraicheur.A_REVERIFIER if age <= 2 * due else Fraicheur.PERIME


class SolutionZone(models.Model):
    """One area that a solution serves."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="zones")
    nature = models.CharField("nature", max_length=12, choices=NatureZone)
    code = models.CharField("code", max_length=9)

    class Meta:
        verbose_name = "zone"
        ordering = ["nature", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "nature", "code"], name="solution_zone_once"
            ),
            one_of("nature", NatureZone.values, "solution_zone_nature_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.code}"

    @property
    def key(self) -> tuple[Any, str]:
        return self.nature, self.code

"""What a solution has several of: areas, codes, closures, price tiers… one table each.

A row has no life of its own: it is replaced along with its solution (`entries.save_entry`).
"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from ..areas import validate_polygons
from ..enums import (
    CODES_OF,
    ListeCodes,
    NatureCumul,
    NatureFermeture,
    NaturePiece,
    NatureZone,
    UniteTarif,
)
from ..opening_hours import validate_opening_hours
from .solutions import Solution, one_of


class Part(models.Model):
    """One row of a list that belongs to a solution."""

    NAME: ClassVar[str]

    class Meta:
        abstract = True

    @classmethod
    def columns(cls) -> "list[models.Field[Any, Any]]":
        """Return the columns with a meaning: neither the key nor the solution."""
        return [f for f in cls._meta.concrete_fields if f.name not in ("id", "solution")]


class SolutionZone(Part):
    """One area where the person must live or work."""

    NAME = "zones"
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


class SolutionCode(Part):
    """One code of one of the lists of `ListeCodes`."""

    NAME = "codes"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="codes")
    liste = models.CharField("liste", max_length=20, choices=ListeCodes)
    code = models.CharField("code", max_length=100)

    class Meta:
        verbose_name = "code"
        ordering = ["liste", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "liste", "code"], name="solution_code_once"
            ),
            one_of("liste", ListeCodes.values, "solution_code_liste_is_known"),
        ]
        indexes = [models.Index(fields=["liste", "code"], name="solution_code_found")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Return what the code means; a thematic that is not of mobility is shown as published."""
        choices = CODES_OF[ListeCodes(self.liste)]
        return choices(self.code).label if self.code in choices.values else self.code

    def clean(self) -> None:
        # The many thematics of data·inclusion that are not of mobility are kept as they came.
        if self.liste in ListeCodes.values and self.liste != ListeCodes.THEMATIQUES:
            known = CODES_OF[ListeCodes(self.liste)].values
            if self.code not in known:
                raise ValidationError({"code": f"Valeurs possibles : {', '.join(known)}."})


class ZoneService(Part):
    """Where the service itself runs, drawn: a named polygon, as GeoJSON text."""

    NAME = "zones_service"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="zones_service")
    nom = models.CharField("nom", max_length=80)
    geojson = models.TextField("contour (GeoJSON)", validators=[validate_polygons])

    class Meta:
        verbose_name = "zone de service"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "nom"], name="zone_service_named_once")
        ]

    def __str__(self) -> str:
        return self.nom


class Paire(Part):
    """A ride that is allowed, from an area or stop to another, by their names; none: all are."""

    NAME = "paires"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="paires")
    origine = models.CharField("de", max_length=80)
    destination = models.CharField("vers", max_length=80)

    class Meta:
        verbose_name = "trajet permis"
        ordering = ["origine", "destination"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "origine", "destination"], name="paire_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.origine} → {self.destination}"


class Arret(Part):
    """A stop, station or meeting place, in its order; with its hours for a shuttle."""

    NAME = "arrets"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="arrets")
    ordre = models.PositiveSmallIntegerField("ordre", default=0)
    nom = models.CharField("nom", max_length=120)
    lat = models.FloatField("latitude")
    lon = models.FloatField("longitude")
    aller = models.TimeField("heure à l'aller", null=True, blank=True)
    retour = models.TimeField("heure au retour", null=True, blank=True)

    class Meta:
        verbose_name = "arrêt"
        ordering = ["ordre", "nom"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="arret_on_earth"
            )
        ]

    def __str__(self) -> str:
        return self.nom


class LigneDesservie(Part):
    """A line of the timetable (`route_id` of GTFS)."""

    NAME = "lignes"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="lignes")
    route_id = models.CharField("route_id", max_length=120)

    class Meta:
        verbose_name = "ligne"
        ordering = ["route_id"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "route_id"], name="ligne_desservie_once")
        ]

    def __str__(self) -> str:
        return self.route_id


class ExceptionHoraire(Part):
    """A day whose hours are not the usual ones; none at all where `horaires` is "off"."""

    NAME = "exceptions"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="exceptions")
    le = models.DateField("le")
    horaires = models.CharField(
        "heures ce jour-là",
        max_length=80,
        validators=[validate_opening_hours],
        help_text="Par exemple 08:00-12:00, ou off.",
    )

    class Meta:
        verbose_name = "jour particulier"
        ordering = ["le"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "le"], name="exception_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.le} : {self.horaires}"


class Fermeture(Part):
    """Days without service, ends included; without an end, until further notice."""

    NAME = "fermetures"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="fermetures")
    nature = models.CharField(
        "nature", max_length=12, choices=NatureFermeture, default=NatureFermeture.FERMETURE
    )
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)
    motif = models.CharField("motif", max_length=150, blank=True)

    class Meta:
        verbose_name = "fermeture"
        ordering = ["du"]
        constraints = [
            models.CheckConstraint(
                condition=Q(au=None) | Q(au__gte=F("du")),
                name="fermeture_au_follows_du",
                violation_error_message="La fin est avant le début : inversez-les.",
            ),
            one_of("nature", NatureFermeture.values, "fermeture_nature_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} du {self.du}" + (f" au {self.au}" if self.au else "")


class TrancheTarif(Part):
    """A price up to a quotient familial; without one, for those above all the others."""

    NAME = "tranches"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="tranches")
    unite = models.CharField("unité", max_length=20, choices=UniteTarif)
    qf_max_eur = models.DecimalField(
        "quotient familial au plus (€)",
        max_digits=7,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="Vide pour tous ceux qui dépassent les autres tranches.",
    )
    montant_eur = models.DecimalField(
        "montant (€)", max_digits=8, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = "tranche de tarif"
        ordering = ["unite", F("qf_max_eur").asc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "unite", "qf_max_eur"], name="tranche_once"
            ),
            models.UniqueConstraint(
                fields=["solution", "unite"],
                condition=Q(qf_max_eur=None),
                name="tranche_one_above_all",
            ),
            models.CheckConstraint(condition=Q(montant_eur__gte=0), name="tranche_not_negative"),
            one_of("unite", UniteTarif.values, "tranche_unite_is_known"),
        ]

    def __str__(self) -> str:
        top = f"jusqu'à {self.qf_max_eur}" if self.qf_max_eur is not None else "au-delà"
        return f"{self.get_unite_display()}, {top} : {self.montant_eur} €"


class Piece(Part):
    """Something asked before: a paper to show, a condition to meet."""

    NAME = "pieces"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="pieces")
    nature = models.CharField("nature", max_length=15, choices=NaturePiece)
    texte = models.CharField("texte", max_length=200)

    class Meta:
        verbose_name = "pièce ou condition"
        ordering = ["nature", "texte"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "nature", "texte"], name="piece_once"),
            one_of("nature", NaturePiece.values, "piece_nature_is_known"),
        ]

    def __str__(self) -> str:
        return self.texte


class Cumul(Part):
    """How it combines with another solution; one side only need have it."""

    NAME = "cumuls"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="cumuls")
    nature = models.CharField("nature", max_length=12, choices=NatureCumul)
    autre = models.ForeignKey(Solution, models.CASCADE, related_name="cumuls_inverses")

    class Meta:
        verbose_name = "cumul"
        ordering = ["nature", "autre"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "autre"], name="cumul_once"),
            models.CheckConstraint(
                condition=~Q(solution=F("autre")),
                name="cumul_with_another",
                violation_error_message="Une solution ne se compare pas à elle-même.",
            ),
            one_of("nature", NatureCumul.values, "cumul_nature_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.autre_id}"


class Seance(Part):
    """A dated session, or a day when a course begins."""

    NAME = "seances"
    solution = models.ForeignKey(Solution, models.CASCADE, related_name="seances")
    le = models.DateField("le")
    debut = models.TimeField("à", null=True, blank=True)
    places = models.PositiveSmallIntegerField("places", null=True, blank=True)

    class Meta:
        verbose_name = "séance"
        ordering = ["le", "debut"]

    def __str__(self) -> str:
        return f"{self.le}" + (f" {self.debut:%H:%M}" if self.debut else "")


PARTS: tuple[type[Part], ...] = (
    SolutionZone,
    SolutionCode,
    ZoneService,
    Paire,
    Arret,
    LigneDesservie,
    ExceptionHoraire,
    Fermeture,
    TrancheTarif,
    Piece,
    Cumul,
    Seance,
)

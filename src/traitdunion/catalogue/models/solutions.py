"""Tables of the catalogue: structures, the solutions they offer, and where these apply.

The fields are a superset of the Service of data·inclusion v1. A null is never "open to all": it
is *non renseigné*, and the matching answers *à vérifier*.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Self

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation, User

from ..enums import (
    Accueil,
    Famille,
    Fraicheur,
    Frais,
    ModePrete,
    PermisRequis,
    Statut,
    TypeReservation,
    TypeService,
    TypeSolution,
)
from ..opening_hours import validate_opening_hours

DAYS_A_MONTH = 30.4
AMOUNTS = (
    "par_trajet_eur",
    "par_jour_eur",
    "par_semaine_eur",
    "par_mois_eur",
    "par_km_eur",
    "par_heure_eur",
    "forfait_eur",
    "caution_eur",
    "plafond_mois_eur",
)


def one_of(field: str, values: Sequence[str], name: str) -> models.CheckConstraint:
    """Return a constraint: the database itself refuses a code that is not on the list."""
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
    siret = models.CharField(
        "SIRET",
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\d{14}$", "Un SIRET a quatorze chiffres.")],
    )
    adresse = models.CharField("adresse", max_length=200, blank=True)
    complement_adresse = models.CharField("complément d'adresse", max_length=200, blank=True)
    code_postal = models.CharField(
        "code postal",
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", "Un code postal a cinq chiffres.")],
    )
    commune = models.CharField("commune (code INSEE)", max_length=5, blank=True)
    lat = models.FloatField("latitude", null=True, blank=True)
    lon = models.FloatField("longitude", null=True, blank=True)
    horaires_accueil = models.CharField("heures d'accueil", max_length=255, blank=True)
    accessibilite_lieu = models.URLField("fiche acceslibre", blank=True)
    lien_source = models.URLField("fiche d'origine", blank=True)
    reference = models.CharField("identifiant chez l'éditeur d'origine", max_length=200, blank=True)
    maj_le = models.DateField("à jour le", null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="structures",
        verbose_name="organisation qui tient ses fiches",
    )

    MANAGED = frozenset({"organisation"})
    """Columns that files and forms of entries leave alone."""

    class Meta:
        verbose_name = "structure"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(reference=""),
                name="structure_reference_once",
                violation_error_message="Cet identifiant d'origine est celui d'une autre.",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(
                    lat__isnull=False,
                    lon__isnull=False,
                    lat__range=(-90, 90),
                    lon__range=(-180, 180),
                ),
                name="structure_is_a_point",
                violation_error_message="« lat » et « lon » vont ensemble, en degrés.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class StructureReseau(models.Model):
    """A network or administration that carries a structure (`reseaux_porteurs`)."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="reseaux")
    code = models.CharField("réseau", max_length=60)

    class Meta:
        verbose_name = "réseau porteur"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["structure", "code"], name="structure_reseau_once")
        ]

    def __str__(self) -> str:
        return self.code


class SolutionQuerySet(models.QuerySet["Solution"]):
    """Adjectives of solutions."""

    def published(self) -> Self:
        return self.filter(statut=Statut.PUBLIE)

    def kept_by(self, organisation: Organisation) -> Self:
        """Keep those of the structures that an organisation owns."""
        return self.filter(structure__organisation=organisation)

    def valid(self, on: date) -> Self:
        """Keep those within their dates of validity, unknown ones included."""
        begun = Q(valide_du=None) | Q(valide_du__lte=on)
        return self.filter(begun, Q(valide_au=None) | Q(valide_au__gte=on))


def amount(label: str) -> models.DecimalField:
    """Return a column for a price in euros; null where it is not known, 0 where it is free."""
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
    parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="enfants",
        limit_choices_to={"type_solution": TypeSolution.PLATEFORME},
        verbose_name="plateforme",
        help_text="La plateforme qui propose cette solution, s'il y en a une.",
    )
    nom = models.CharField(
        "nom",
        max_length=150,
        help_text="Court, sans point final, tel qu'on le dirait au téléphone.",
    )
    description = models.TextField(
        "description",
        blank=True,
        help_text="En phrases courtes, entre 200 et 2 000 caractères : pour qui, quoi, comment.",
    )
    type_solution = models.CharField("type", max_length=30, choices=TypeSolution)
    type_service = models.CharField(
        "nature (data·inclusion)",
        max_length=20,
        choices=TypeService,
        blank=True,
        help_text="Laissez vide pour la nature habituelle de ce type.",
    )
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.BROUILLON)
    demonstration = models.BooleanField("donnée de démonstration", default=False)

    accueil = models.CharField(
        "accueil",
        max_length=15,
        choices=Accueil,
        blank=True,
        help_text="Jusqu'où les publics cochés comptent. Vide : on ne sait pas.",
    )
    publics_precisions = models.TextField("précisions sur les publics", blank=True)
    zone_libre = models.BooleanField(
        "ouvert sans condition de lieu",
        default=False,
        help_text="À cocher si le lieu de vie ne compte pas ; sinon, donnez la zone.",
    )
    conditions_acces = models.TextField(
        "conditions d'accès",
        blank=True,
        help_text="Ce qu'il faut remplir. Vide : on ne sait pas ; écrivez « Aucune » s'il n'y en "
        "a pas.",
    )
    regle = models.SlugField(
        "règle",
        max_length=60,
        blank=True,
        help_text="Nom de la règle qui dit qui y a droit ; elle remplace le texte des conditions.",
    )
    permis_requis = models.CharField("permis", max_length=5, choices=PermisRequis, blank=True)
    mode = models.CharField("véhicule prêté", max_length=10, choices=ModePrete, blank=True)
    distance_max_km = models.DecimalField(
        "distance la plus longue (km)",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="L'aller seul ; au-delà, ce véhicule ou ce service ne convient plus.",
    )
    trajets_max_mois = models.PositiveSmallIntegerField(
        "trajets par mois, au plus",
        null=True,
        blank=True,
        help_text="Pour une personne ; un aller et un retour font deux trajets.",
    )
    destination_dans_zone = models.BooleanField(
        "ne conduit que dans la zone",
        null=True,
        blank=True,
        help_text="Oui si le lieu d'arrivée doit être lui aussi dans la zone.",
    )
    gtfs_agency = models.CharField(
        "réseau (agency_name du GTFS)",
        max_length=120,
        blank=True,
        help_text="Le nom exact du réseau dans ses horaires publiés : il relie prix et trajets.",
    )

    horaires_accueil = models.CharField(
        "heures d'accueil",
        max_length=255,
        blank=True,
        validators=[validate_opening_hours],
        help_text="Heures du bureau ou du téléphone, par exemple Mo-Fr 09:00-12:00,14:00-17:00.",
    )
    horaires_service = models.CharField(
        "heures de service",
        max_length=255,
        blank=True,
        validators=[validate_opening_hours],
        help_text="Heures où l'on est transporté ou servi, par exemple Mo-Sa 06:30-19:30.",
    )
    booking_type = models.CharField(
        "réservation", max_length=1, choices=TypeReservation, blank=True
    )
    prior_notice_duration_min = models.PositiveIntegerField(
        "préavis (min)",
        null=True,
        blank=True,
        help_text="Pour une réservation le jour même : minutes à prévoir, 120 pour deux heures.",
    )
    prior_notice_duration_max = models.PositiveIntegerField(
        "réservation au plus tôt (min)", null=True, blank=True
    )
    prior_notice_last_day = models.PositiveSmallIntegerField(
        "préavis (jours)",
        null=True,
        blank=True,
        help_text="Pour une réservation avant : 1 pour la veille.",
    )
    prior_notice_last_time = models.TimeField("dernière heure du préavis", null=True, blank=True)
    prior_notice_start_day = models.PositiveSmallIntegerField(
        "réservation au plus tôt (jours avant)", null=True, blank=True
    )
    prior_notice_start_time = models.TimeField(
        "heure d'ouverture de la réservation", null=True, blank=True
    )
    booking_url = models.URLField("lien de réservation", blank=True)
    delai_jours = models.PositiveSmallIntegerField(
        "délai avant de commencer",
        null=True,
        blank=True,
        help_text="En jours, entre la demande et le premier usage.",
    )
    delai_reponse_jours = models.PositiveSmallIntegerField(
        "délai de réponse déclaré (jours)", null=True, blank=True
    )
    duree_max_jours = models.PositiveSmallIntegerField(
        "durée la plus longue", null=True, blank=True, help_text="En jours."
    )
    renouvelable = models.BooleanField("renouvelable", null=True, blank=True)

    par_trajet_eur = amount("par trajet (€)")
    par_jour_eur = amount("par jour (€)")
    par_semaine_eur = amount("par semaine (€)")
    par_mois_eur = amount("par mois (€)")
    par_km_eur = amount("par kilomètre (€)")
    par_heure_eur = amount("par heure (€)")
    forfait_eur = amount("une fois (€)")
    caution_eur = amount("caution (€)")
    plafond_mois_eur = amount("au plus, par mois (€)")
    frais = models.CharField(
        "frais",
        max_length=8,
        choices=Frais,
        blank=True,
        help_text="Vide : on le déduit des montants, s'ils sont connus.",
    )
    tarif_precisions = models.TextField("précisions sur le tarif", blank=True)

    capacite_unites = models.PositiveIntegerField("places ou véhicules", null=True, blank=True)
    capacite_disponibles = models.PositiveIntegerField("disponibles", null=True, blank=True)
    capacite_maj_le = models.DateField("compté le", null=True, blank=True)
    attente_personnes = models.PositiveIntegerField(
        "personnes en liste d'attente", null=True, blank=True
    )
    subsidiaire = models.BooleanField(
        "après les autres seulement",
        null=True,
        blank=True,
        help_text="Oui si elle ne s'accorde que lorsqu'aucune autre aide n'est possible.",
    )

    telephone = models.CharField("téléphone", max_length=30, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    lien_mobilisation = models.URLField("lien", blank=True)
    mobilisation_precisions = models.TextField("précisions sur la demande", blank=True)
    contact_nom = models.CharField("personne à demander", max_length=120, blank=True)
    contact_public = models.BooleanField("contact public", default=True)
    retrait_nom = models.CharField("lieu de retrait", max_length=150, blank=True)
    retrait_adresse = models.CharField("adresse du lieu", max_length=200, blank=True)
    retrait_code_postal = models.CharField(
        "code postal du lieu",
        max_length=5,
        blank=True,
        validators=[RegexValidator(r"^\d{5}$", "Un code postal a cinq chiffres.")],
    )
    retrait_commune = models.CharField("commune de retrait (INSEE)", max_length=5, blank=True)
    retrait_lat = models.FloatField("latitude du retrait", null=True, blank=True)
    retrait_lon = models.FloatField("longitude du retrait", null=True, blank=True)
    accessibilite_lieu = models.URLField("fiche acceslibre", blank=True)

    source_url = models.URLField("source", blank=True)
    source_citation = models.CharField("citation de la source", max_length=200, blank=True)
    lien_source = models.URLField("fiche d'origine", blank=True)
    reference = models.CharField("identifiant chez l'éditeur d'origine", max_length=200, blank=True)
    verifie_le = models.DateField("vérifié le", null=True, blank=True)
    frequence_maj_mois = models.PositiveSmallIntegerField(
        "à revoir tous les (mois)", default=6, validators=[MinValueValidator(1)]
    )
    valide_du = models.DateField("valide du", null=True, blank=True)
    valide_au = models.DateField("valide au", null=True, blank=True)

    version = models.PositiveIntegerField("version", default=1, editable=False)
    modified_at = models.DateTimeField("modifiée le", null=True, editable=False)
    modified_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", editable=False
    )
    cle = models.TextField("texte cherché, sans accents", blank=True, editable=False)

    MANAGED = frozenset({"version", "modified_at", "modified_by", "cle"})
    """Columns that files and forms leave alone."""

    objects = SolutionQuerySet.as_manager()

    class Meta:
        verbose_name = "solution"
        ordering = ["type_solution", "nom"]
        indexes = [models.Index(fields=["statut", "nom"], name="solution_shown_by_name")]
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
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(reference=""),
                name="solution_reference_once",
                violation_error_message="Cet identifiant d'origine est celui d'une autre fiche.",
            ),
            models.CheckConstraint(
                condition=Q(capacite_disponibles=None)
                | Q(capacite_unites=None)
                | Q(capacite_disponibles__lte=F("capacite_unites")),
                name="solution_no_more_free_than_there_are",
                violation_error_message="Il y a plus de disponibles que de places en tout.",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")),
                name="solution_is_not_its_own_parent",
                violation_error_message="Une plateforme ne se contient pas elle-même.",
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
            models.CheckConstraint(
                condition=Q(prior_notice_duration_max=None)
                | Q(
                    prior_notice_duration_min__isnull=False,
                    prior_notice_duration_max__gte=F("prior_notice_duration_min"),
                ),
                name="solution_notice_max_follows_min",
                violation_error_message="« prior_notice_duration_max » va avec "
                "« prior_notice_duration_min », et n'est pas plus petit.",
            ),
            models.CheckConstraint(
                condition=Q(prior_notice_start_day=None) | Q(booking_type="2"),
                name="solution_notice_start_is_of_before",
                violation_error_message="« prior_notice_start_day » demande « booking_type » 2.",
            ),
            models.CheckConstraint(
                condition=Q(prior_notice_start_time=None) | Q(prior_notice_start_day__isnull=False),
                name="solution_start_time_has_its_day",
                violation_error_message="« prior_notice_start_time » demande "
                "« prior_notice_start_day ».",
            ),
            one_of("type_service", ["", *TypeService.values], "solution_type_service_is_known"),
            one_of("frais", ["", *Frais.values], "solution_frais_is_known"),
            one_of("accueil", ["", *Accueil.values], "solution_accueil_is_known"),
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
        """Return what it does for a person."""
        return TypeSolution(self.type_solution).famille

    @property
    def zone(self) -> list[str]:
        """Return the codes of the areas it serves; empty where they are not known."""
        return [zone.code for zone in self.zones.all()]

    def freshness(self, on: date) -> Fraicheur:
        """Return "up to date" within its frequency of review, "out of date" after twice that."""
        if self.verifie_le is None:
            return Fraicheur.INCONNUE
        due = timedelta(days=self.frequence_maj_mois * DAYS_A_MONTH)
        age = on - self.verifie_le
        if age <= due:
            return Fraicheur.A_JOUR
        return Fraicheur.A_REVERIFIER if age <= 2 * due else Fraicheur.PERIME

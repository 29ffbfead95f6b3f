"""What each type of solution has of its own: one table per kind, one row per solution at most."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from ..enums import (
    FormeCovoiturage,
    FormeDemande,
    FormeGarage,
    FormeVente,
    NiveauFrancais,
    Periode,
    Propulsion,
    TitreConduite,
    TypeSolution,
    UniteAide,
)
from .solutions import Solution, amount, one_of


def yes_or_no(label: str, help_text: str = "") -> models.BooleanField:
    """Return a column of three values: null where unknown."""
    return models.BooleanField(label, null=True, blank=True, help_text=help_text)


def number(label: str, help_text: str = "") -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True, help_text=help_text)


def choice(label: str, choices: Any, help_text: str = "") -> models.CharField:
    longest = max(len(value) for value in choices.values)
    return models.CharField(
        label, max_length=longest, choices=choices, blank=True, help_text=help_text
    )


def share(label: str, help_text: str = "") -> models.DecimalField:
    """Return a column for a part of a whole, 0 to 1."""
    return models.DecimalField(
        label,
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=help_text,
    )


def known(model: str, **choices: Any) -> list[models.CheckConstraint]:
    """Return a constraint: the database refuses a code that is not on its list."""
    return [
        one_of(field, ["", *values.values], f"{model}_{field}_is_known")
        for field, values in choices.items()
    ]


def within(model: str, *fields: str) -> list[models.CheckConstraint]:
    """Return a constraint: the database refuses a share out of 0–1."""
    return [
        models.CheckConstraint(
            condition=Q(**{field: None}) | Q(**{f"{field}__range": (0, 1)}),
            name=f"{model}_{field}_is_a_share",
            violation_error_message=f"« {field} » est une part, de 0 à 1.",
        )
        for field in fields
    ]


class Detail(models.Model):
    """The columns that only some types have."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} de {self.pk}"

    @classmethod
    def columns(cls) -> "list[models.Field[Any, Any]]":
        return [f for f in cls._meta.concrete_fields if f.name != "solution"]


def of_solution(related_name: str) -> models.OneToOneField:
    return models.OneToOneField(
        Solution, models.CASCADE, primary_key=True, related_name=related_name
    )


class Ligne(Detail):
    """Regular public transport, or a shuttle run like it."""

    solution = of_solution("ligne")
    gtfs_feed = models.URLField("horaires publiés (GTFS)", blank=True)
    accessible = yes_or_no("accessible en fauteuil")
    velo_a_bord = yes_or_no("vélo à bord")
    reserve_a = models.CharField(
        "réservée à",
        max_length=200,
        blank=True,
        help_text="Qui peut monter : salariés d'un site, personnes en chantier d'insertion…",
    )

    class Meta:
        verbose_name = "ligne"


class Demande(Detail):
    """A ride that one books: on-demand transport, volunteer drivers."""

    solution = of_solution("demande")
    forme = choice("forme", FormeDemande)
    safe_duration_factor = models.DecimalField(
        "durée sûre, facteur", max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
        help_text="Durée à prévoir = facteur × temps en voiture + minutes ci-dessous "
        "(GTFS-Flex, 95 fois sur 100).",
    )  # fmt: skip
    safe_duration_offset_min = number("durée sûre, minutes en plus")
    passagers_min = number("passagers au moins", "Nombre à partir duquel le trajet est assuré.")
    trajets_max_mois = number("trajets au plus par mois")
    adhesion_requise = yes_or_no("adhésion nécessaire")
    conditions_passager = models.CharField("qui peut monter", max_length=200, blank=True)

    class Meta:
        verbose_name = "transport sur réservation"
        constraints = [
            *known("demande", forme=FormeDemande),
            models.CheckConstraint(
                condition=Q(safe_duration_factor=None) | Q(safe_duration_factor__gt=0),
                name="demande_safe_factor_is_positive",
                violation_error_message="« safe_duration_factor » est plus grand que zéro.",
            ),
        ]


class Covoiturage(Detail):
    """Car-pooling."""

    solution = of_solution("covoiturage")
    forme = choice("forme", FormeCovoiturage)
    garantie_retour = yes_or_no(
        "retour garanti", "Un taxi ou un autre moyen est payé si le conducteur fait défaut."
    )
    conducteurs_min = number("conducteurs connus", "Sur ces trajets, chaque jour de semaine.")
    tolerance_min = number(
        "souplesse, minutes", "De combien le départ peut être avancé ou retardé."
    )
    places = number("places offertes", "Par trajet, conducteur non compris.")
    application = models.URLField("application ou site d'inscription", blank=True)

    class Meta:
        verbose_name = "covoiturage"
        constraints = known("covoiturage", forme=FormeCovoiturage)


class Pret(Detail):
    """A vehicle lent or let: bicycle, scooter, car, shared car."""

    solution = of_solution("pret")
    propulsion = choice("énergie", Propulsion)
    gbfs_url = models.URLField("flux GBFS", blank=True)
    age_min = number("âge au moins")
    permis_anciennete_ans = number("années de permis au moins")
    km_inclus_mois = models.PositiveIntegerField(
        "kilomètres compris par mois", null=True, blank=True
    )
    equipement_prete = models.CharField("équipement prêté", max_length=150, blank=True)
    assurance_comprise = yes_or_no("assurance comprise")
    entretien_compris = yes_or_no("entretien compris")
    prescription_requise = yes_or_no("sur orientation d'un professionnel")
    retour_meme_lieu = yes_or_no("à rendre au même endroit")
    convient_hiver = yes_or_no("convient de nuit et en hiver")

    class Meta:
        verbose_name = "véhicule prêté"
        constraints = known("pret", propulsion=Propulsion)


class Vente(Detail):
    """A vehicle sold at a social price, given, or leased."""

    solution = of_solution("vente")
    forme = choice("forme", FormeVente)
    prix_min_eur = amount("prix, à partir de (€)")
    prix_max_eur = amount("prix, jusqu'à (€)")
    garantie_mois = number("garantie (mois)")
    partenaire_financier = models.CharField("partenaire financier", max_length=120, blank=True)

    class Meta:
        verbose_name = "véhicule vendu"
        constraints = known("vente", forme=FormeVente)


class Garage(Detail):
    """Repairs, done or helped."""

    solution = of_solution("atelier_reparation")
    forme = choice("forme", FormeGarage)
    pieces_au_prix_coutant = yes_or_no("pièces au prix coûtant")
    prepare_controle_technique = yes_or_no("prépare le contrôle technique")
    prescription_requise = yes_or_no("sur orientation d'un professionnel")
    vehicule_de_pret = yes_or_no("véhicule prêté pendant la réparation")

    class Meta:
        verbose_name = "réparation"
        constraints = known("garage", forme=FormeGarage)


class Formation(Detail):
    """Preparing a licence."""

    solution = of_solution("formation")
    titre = choice("prépare", TitreConduite)
    heures_par_semaine = models.DecimalField(
        "heures par semaine", max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    semaines = number("semaines")
    niveau_francais = choice("français au moins", NiveauFrancais)
    prescription_requise = yes_or_no("sur orientation d'un professionnel")
    simulateur = yes_or_no("simulateur de conduite")

    class Meta:
        verbose_name = "préparation au permis"
        constraints = known("formation", titre=TitreConduite, niveau_francais=NiveauFrancais)


class Aide(Detail):
    """Money, or what stands for it."""

    solution = of_solution("aide")
    unite = choice("comptée", UniteAide)
    montant_min_eur = amount("montant, au moins (€)")
    montant_max_eur = amount("montant, au plus (€)")
    par_km_eur = models.DecimalField(
        "par kilomètre (€)", max_digits=6, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    taux_share = share("part prise en charge", "De 0 à 1 : 0.5 pour la moitié.")
    base = models.CharField(
        "de quoi", max_length=150, blank=True, help_text="Ce que la part couvre."
    )
    plafond_eur = amount("plafond (€)")
    plafond_periode = choice("plafond compté", Periode)
    taux_interet_share = share("taux d'intérêt", "Pour un prêt, de 0 à 1 : 0.04 pour 4 %.")
    duree_remboursement_mois = number("à rembourser en (mois)")
    avant_depense = yes_or_no(
        "à demander avant", "Oui si la demande doit précéder l'inscription ou la dépense."
    )
    demande_sous_jours = number("à demander sous (jours)", "Après le fait qui y donne droit.")
    formulaire = models.URLField("formulaire", blank=True)
    employeur_siret = models.CharField(
        "SIRET de l'employeur", max_length=14, blank=True,
        validators=[RegexValidator(r"^\d{14}$", "Un SIRET a quatorze chiffres.")],
    )  # fmt: skip

    class Meta:
        verbose_name = "aide"
        constraints = [
            *known("aide", unite=UniteAide, plafond_periode=Periode),
            *within("aide", "taux_share", "taux_interet_share"),
            models.CheckConstraint(
                condition=Q(montant_min_eur=None)
                | Q(montant_max_eur=None)
                | Q(montant_max_eur__gte=models.F("montant_min_eur")),
                name="aide_max_follows_min",
                violation_error_message="Le montant au plus est sous le montant au moins.",
            ),
        ]


class Accompagnement(Detail):
    """Time with a professional: assessment, workshop, one-stop platform."""

    solution = of_solution("accompagnement")
    nombre_seances = number("nombre de séances")
    duree_min = number("durée d'une séance (min)")
    groupe_max = number("personnes au plus par groupe")
    prescription_requise = yes_or_no("sur orientation d'un professionnel")
    outils = models.CharField("tests et outils employés", max_length=200, blank=True)

    class Meta:
        verbose_name = "accompagnement"


class Logement(Detail):
    """A home nearer to work."""

    solution = of_solution("logement")
    loyer_min_eur = amount("loyer, à partir de (€)")
    loyer_max_eur = amount("loyer, jusqu'à (€)")
    charges_comprises = yes_or_no("charges comprises")
    pieces_min = number("pièces, à partir de")
    meuble = yes_or_no("meublé")
    visale = yes_or_no("garantie Visale acceptée")

    class Meta:
        verbose_name = "logement"


class Venue(Detail):
    """What comes to the person: remote work, a service on wheels."""

    solution = of_solution("venue")
    a_distance_share = share("part à distance", "De 0 à 1 : 0.4 pour deux jours sur cinq.")
    passages = models.CharField(
        "passages", max_length=200, blank=True, help_text="Où et quand, pour un service itinérant."
    )
    materiel_prete = yes_or_no("matériel prêté")

    class Meta:
        verbose_name = "service qui vient"
        constraints = within("venue", "a_distance_share")


DETAIL_OF: dict[TypeSolution, type[Detail]] = {
    TypeSolution.TC_LIGNE: Ligne,
    TypeSolution.NAVETTE: Ligne,
    TypeSolution.TAD: Demande,
    TypeSolution.TRANSPORT_SOLIDAIRE: Demande,
    TypeSolution.COVOITURAGE: Covoiturage,
    TypeSolution.AUTOPARTAGE: Pret,
    TypeSolution.LOCATION_VOITURE: Pret,
    TypeSolution.LOCATION_2RM: Pret,
    TypeSolution.LOCATION_VELO: Pret,
    TypeSolution.VENTE_VEHICULE: Vente,
    TypeSolution.GARAGE: Garage,
    TypeSolution.PERMIS_AUTO_ECOLE: Formation,
    TypeSolution.AIDE_PERMIS: Aide,
    TypeSolution.AIDE_DEPLACEMENT: Aide,
    TypeSolution.AIDE_VEHICULE: Aide,
    TypeSolution.AIDE_EMPLOYEUR: Aide,
    TypeSolution.DIAGNOSTIC: Accompagnement,
    TypeSolution.ATELIER: Accompagnement,
    TypeSolution.PLATEFORME: Accompagnement,
    TypeSolution.RAPPROCHEMENT_LOGEMENT: Logement,
    TypeSolution.VENIR_A_SOI: Venue,
}

"""Closed lists of the observatory."""

from django.db.models import TextChoices


class Niveau(TextChoices):
    """Territories that figures are given for."""

    COMMUNE = "commune", "Commune"
    EPCI = "epci", "Intercommunalité"
    BASSIN = "bassin", "Bassin"
    DEPARTEMENT = "departement", "Département"


class EtatCalcul(TextChoices):
    """Life of a run."""

    EN_COURS = "en_cours", "En cours"
    FINI = "fini", "Terminé"
    ECHEC = "echec", "Échec"
    ARRETE = "arrete", "Arrêté"


class Source(TextChoices):
    """Kinds of files that the observatory reads, one importer each."""

    RECENSEMENT = "recensement", "Recensement par commune (Insee)"
    FLUX = "flux", "Déplacements domicile-travail (Insee)"
    BASSINS = "bassins", "Bassins (Insee, table d'appartenance)"
    EQUIPEMENT = "equipement", "Ménages sans voiture (Insee, logement)"
    COVOITURAGE = "covoiturage", "Trajets de covoiturage (registre de preuve)"
    CARREAUX = "carreaux", "Carreaux habités de 200 m ou 1 km (Insee, Filosofi)"


class Mesure(TextChoices):
    """What files give of a commune."""

    POPULATION = "population", "Habitants"
    POPULATION_15_64 = "population_15_64", "Habitants de 15 à 64 ans"
    EMPLOIS = "emplois", "Emplois au lieu de travail"
    CHOMEURS = "chomeurs", "Chômeurs au sens du recensement"
    ACTIFS = "actifs", "Actifs"
    REVENU_MEDIAN = "revenu_median", "Niveau de vie médian, € par an"
    MENAGES = "menages", "Ménages"
    MENAGES_SANS_VOITURE = "menages_sans_voiture", "Ménages sans voiture"
    COVOITURAGES = "covoiturages", "Trajets de covoiturage par mois"
    COVOITURAGES_AIDES = "covoiturages_aides", "Trajets de covoiturage aidés par mois"

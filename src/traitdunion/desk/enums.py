"""Closed lists of the desk."""

from django.db.models import TextChoices


class Horaire(TextChoices):
    """Kind of shift, as coarse as the observatory needs it."""

    MATIN = "matin", "Matin"
    APRES_MIDI = "apres_midi", "Après-midi"
    NUIT = "nuit", "Nuit"
    JOURNEE = "journee", "Journée"
    COUPE = "coupe", "Coupé"
    WEEK_END = "week_end", "Week-end"


CONTRAINTE = ("23", "Développer sa mobilité")
"""Constraint of France Travail's *diagnostic usager* under which situations and aims stand."""


class Situation(TextChoices):
    """Situations of constraint 23, with France Travail's codes and words."""

    SANS_TRANSPORT = "6", "Aucun moyen de transport à disposition"
    TRANSPORTS_EN_COMMUN = "7", "Dépendant des transports en commun"
    PERMIS_NON_VALIDE = "8", "Permis non valide ou suspendu"


class Objectif(TextChoices):
    """Aims of constraint 23, with France Travail's codes and words."""

    POINT_COMPLET = "4", "Faire un point complet sur sa mobilité"
    ACCEDER_VEHICULE = "29", "Accéder à un véhicule"
    ENTRETENIR_VEHICULE = "5", "Entretenir ou réparer son véhicule"
    PERMIS = "6", "Obtenir le permis (code ou conduite)"
    SOLUTION_TRANSPORT = "7", "Trouver une solution de transport (hors acquisition ou entretien)"
    MOBILITE_PSYCHOLOGIQUE = "30", "Travailler la mobilité psychologique"

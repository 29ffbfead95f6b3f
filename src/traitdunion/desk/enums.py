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


class Situation(TextChoices):
    """Situations of constraint 23 of France Travail, « Développer sa mobilité »."""

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


class StatutOrientation(TextChoices):
    """Life of an orientation: DORA's words, then a waiting list and what the adviser withdraws."""

    A_MODERER = "a_moderer", "À modérer"
    OUVERTE = "ouverte", "Ouverte"
    EN_ATTENTE = "en_attente", "Sur liste d'attente"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"
    EXPIREE = "expiree", "Expirée"
    RETIREE = "retiree", "Retirée"


class MotifRefus(TextChoices):
    """Why an orientation is refused: DORA's eleven reasons, then those of mobility."""

    NON_JOIGNABLE = "non_joignable", "Personne non joignable"
    ABSENT = "absent", "Personne absente au rendez-vous"
    EN_EMPLOI = "en_emploi", "Personne en emploi"
    EN_FORMATION = "en_formation", "Personne en formation"
    NON_ELIGIBLE = "non_eligible", "Personne non éligible"
    NON_MOBILE = "non_mobile", "Personne non mobile"
    NON_INTERESSE = "non_interesse", "Personne non intéressée"
    FREINS = "freins_peripheriques", "Freins périphériques"
    SESSION_COMPLETE = "session_complete", "Session complète"
    DOUBLON = "doublon", "Orientation en doublon"
    AUTRE = "autre", "Autre"
    PLUS_DE_PLACE = "plus_de_place", "Plus de place ou de véhicule"
    HORAIRES = "horaires", "Horaires non couverts"
    ZONE = "zone", "Zone non desservie"
    DELAI = "delai", "Délai trop long"
    RESTE_A_CHARGE = "reste_a_charge", "Reste à charge trop élevé"


class Courrier(TextChoices):
    """Kinds of messages the follow-up sends."""

    ENVOI = "envoi", "Orientation"
    RELANCE = "relance", "Relance"
    REPONSE = "reponse", "Réponse de la structure"
    EXPIRATION = "expiration", "Orientation expirée"
    SUIVI = "suivi", "Point de suivi"
    LISTE = "liste", "Liste d'attente"
    PLACE = "place", "Place libérée"
    RETRAIT = "retrait", "Orientation retirée"
    VEILLE = "veille", "Recherches surveillées"
    DATE = "date", "Date proposée"
    RELIRE = "relire", "Demande à relire"
    PERSONNE = "personne", "Nouvelles à la personne"


class IssueParcours(TextChoices):
    """What had become of a person when their file was closed."""

    EN_EMPLOI = "en_emploi", "En emploi"
    EN_FORMATION = "en_formation", "En formation"
    MOBILE = "mobile", "La mobilité n'est plus un frein, sans emploi pour l'instant"
    AILLEURS = "ailleurs", "Suivie ailleurs, ou partie du territoire"
    ARRET = "arret", "Ne souhaite plus être suivie"
    SANS_NOUVELLES = "sans_nouvelles", "Sans nouvelles"
    AUTRE = "autre", "Autre"


class Servi(TextChoices):
    """Whether a person still uses the solution, at a point of the follow-up."""

    OUI = "oui", "Oui"
    NON = "non", "Non"
    SANS_NOUVELLES = "sans_nouvelles", "Sans nouvelles"


class Appelant(TextChoices):
    """Who calls, in terms too coarse to identify a person."""

    PERSONNE = "personne", "La personne"
    PROCHE = "proche", "Un proche"
    PROFESSIONNEL = "professionnel", "Un professionnel"
    EMPLOYEUR = "employeur", "Un employeur"


class IssueAppel(TextChoices):
    """What came of a call."""

    RENSEIGNE = "renseigne", "Renseigné"
    ORIENTE = "oriente", "Orienté"
    RIEN_TROUVE = "rien_trouve", "Rien trouvé"
    RAPPELER = "rappeler", "Rappeler"


class StatutRendezVous(TextChoices):
    """Where an appointment taken in another tool stands."""

    DEMANDE = "demande", "À prendre"
    PRIS = "pris", "Pris"
    HONORE = "honore", "Honoré"
    ABSENT = "absent", "Absence"
    ANNULE = "annule", "Annulé"

"""Closed lists of the catalogue: types of solution, states, licences, vehicles lent."""

from django.db.models import TextChoices


class Famille(TextChoices):
    """What a type of solution does for a person, in the order an adviser would try them."""

    SE_DEPLACER = "se_deplacer", "Se déplacer avec d'autres"
    VEHICULE = "vehicule", "Disposer d'un véhicule"
    ENTRETENIR = "entretenir", "Entretenir son véhicule"
    PERMIS = "permis", "Passer le permis"
    FINANCER = "financer", "Financer ses déplacements"
    ACCOMPAGNER = "accompagner", "Être accompagné"
    RAPPROCHER = "rapprocher", "Réduire la distance"


class TypeSolution(TextChoices):
    """Canonical types of mobility solutions, by what the matching must do with each."""

    TC_LIGNE = "tc_ligne", "Transport public régulier"
    TAD = "tad", "Transport à la demande"
    TRANSPORT_SOLIDAIRE = "transport_solidaire", "Transport solidaire"
    COVOITURAGE = "covoiturage", "Covoiturage"
    AUTOPARTAGE = "autopartage", "Autopartage"
    LOCATION_VOITURE = "location_voiture", "Location solidaire de voiture"
    LOCATION_2RM = "location_2rm", "Location de scooter ou cyclomoteur"
    LOCATION_VELO = "location_velo", "Location de vélo"
    VENTE_VEHICULE = "vente_vehicule", "Véhicule à prix solidaire"
    GARAGE = "garage", "Garage solidaire"
    PERMIS_AUTO_ECOLE = "permis_auto_ecole", "Auto-école sociale"
    AIDE_PERMIS = "aide_permis", "Aide au permis"
    AIDE_DEPLACEMENT = "aide_deplacement", "Aide aux déplacements"
    AIDE_VEHICULE = "aide_vehicule", "Aide à l'achat ou à la réparation"
    AIDE_EMPLOYEUR = "aide_employeur", "Aide de l'employeur"
    DIAGNOSTIC = "diagnostic", "Bilan de mobilité"
    ATELIER = "atelier", "Atelier mobilité"
    PLATEFORME = "plateforme", "Plateforme de mobilité"
    NAVETTE = "navette", "Navette d'entreprise ou de chantier"
    RAPPROCHEMENT_LOGEMENT = "rapprochement_logement", "Logement plus proche"
    VENIR_A_SOI = "venir_a_soi", "Service qui vient à la personne"

    @property
    def famille(self) -> Famille:
        return FAMILLES[self]


FAMILLES = {
    TypeSolution.TC_LIGNE: Famille.SE_DEPLACER,
    TypeSolution.TAD: Famille.SE_DEPLACER,
    TypeSolution.TRANSPORT_SOLIDAIRE: Famille.SE_DEPLACER,
    TypeSolution.COVOITURAGE: Famille.SE_DEPLACER,
    TypeSolution.NAVETTE: Famille.SE_DEPLACER,
    TypeSolution.AUTOPARTAGE: Famille.VEHICULE,
    TypeSolution.LOCATION_VOITURE: Famille.VEHICULE,
    TypeSolution.LOCATION_2RM: Famille.VEHICULE,
    TypeSolution.LOCATION_VELO: Famille.VEHICULE,
    TypeSolution.VENTE_VEHICULE: Famille.VEHICULE,
    TypeSolution.GARAGE: Famille.ENTRETENIR,
    TypeSolution.PERMIS_AUTO_ECOLE: Famille.PERMIS,
    TypeSolution.AIDE_PERMIS: Famille.PERMIS,
    TypeSolution.AIDE_DEPLACEMENT: Famille.FINANCER,
    TypeSolution.AIDE_VEHICULE: Famille.FINANCER,
    TypeSolution.AIDE_EMPLOYEUR: Famille.FINANCER,
    TypeSolution.DIAGNOSTIC: Famille.ACCOMPAGNER,
    TypeSolution.ATELIER: Famille.ACCOMPAGNER,
    TypeSolution.PLATEFORME: Famille.ACCOMPAGNER,
    TypeSolution.RAPPROCHEMENT_LOGEMENT: Famille.RAPPROCHER,
    TypeSolution.VENIR_A_SOI: Famille.RAPPROCHER,
}


class Statut(TextChoices):
    """Life of an entry; only `publie` is shown."""

    BROUILLON = "brouillon", "Brouillon"
    PUBLIE = "publie", "Publié"
    SUSPENDU = "suspendu", "Suspendu"
    ARCHIVE = "archive", "Archivé"


class PermisRequis(TextChoices):
    """Licence needed to use it; empty where nobody has told."""

    AUCUN = "aucun", "Aucun permis"
    AM = "am", "Permis AM (cyclomoteur)"
    B = "b", "Permis B"


class ModePrete(TextChoices):
    """Vehicle lent."""

    VELO = "velo", "Vélo"
    VAE = "vae", "Vélo à assistance électrique"
    SCOOTER = "scooter", "Scooter"
    VOITURETTE = "voiturette", "Voiture sans permis"
    VOITURE = "voiture", "Voiture"


class TypeReservation(TextChoices):
    """`booking_type` of GTFS-Flex (booking_rules.txt)."""

    TEMPS_REEL = "0", "Sans préavis"
    MEME_JOUR = "1", "Le jour même, avec un préavis"
    JOUR_AVANT = "2", "La veille ou avant"


class NatureZone(TextChoices):
    """What the code of an area names."""

    COMMUNE = "commune", "Commune (code INSEE)"
    EPCI = "epci", "EPCI (SIREN)"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    FRANCE = "france", "France"


class Fraicheur(TextChoices):
    """How far what we say can be trusted on a day."""

    A_JOUR = "a_jour", "À jour"
    A_REVERIFIER = "a_reverifier", "À revérifier"
    PERIME = "perime", "Périmé"
    INCONNUE = "inconnue", "Date de vérification non renseignée"

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
    """Licence needed to use it; empty where unknown."""

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


# -- vocabulary of data·inclusion v1 (a test holds it against the published schema) --------------


class TypeService(TextChoices):
    """`type` of a service."""

    ACCOMPAGNEMENT = "accompagnement", "Accompagnement"
    AIDE_FINANCIERE = "aide-financiere", "Aide financière"
    AIDE_MATERIELLE = "aide-materielle", "Aide matérielle"
    ATELIER = "atelier", "Atelier"
    FORMATION = "formation", "Formation"
    INFORMATION = "information", "Information"


class Thematique(TextChoices):
    """`thematiques` of mobility, and those of housing that bring work nearer."""

    VEHICULE = "mobilite--acceder-a-un-vehicule", "Accéder à un véhicule"
    ENTRETENIR = "mobilite--entretenir-reparer-son-vehicule", "Entretenir, réparer son véhicule"
    PARCOURS = (
        "mobilite--etre-accompagne-dans-son-parcours-mobilite",
        "Être accompagné dans son parcours mobilité",
    )
    FINANCER = "mobilite--financer-ma-mobilite", "Financer ma mobilité"
    PERMIS = "mobilite--preparer-un-permis", "Préparer un permis"
    PARTAGEE = (
        "mobilite--mobilite-douce-partagee-collective",
        "Mobilité douce, partagée, collective",
    )
    LOUER = "logement-hebergement--louer-un-logement", "Louer un logement"
    TEMPORAIRE = (
        "logement-hebergement--rechercher-une-solution-dhebergement-temporaire",
        "Rechercher un hébergement temporaire",
    )


class Public(TextChoices):
    """`publics`: one of them is enough."""

    TOUS = "tous-publics", "Tous publics"
    ACTIFS = "actifs", "Actifs"
    MINIMAS = "beneficiaires-des-minimas-sociaux", "Bénéficiaires des minimas sociaux"
    DEMANDEURS_EMPLOI = "demandeurs-emploi", "Demandeurs d'emploi"
    ETUDIANTS = "etudiants", "Étudiants"
    FAMILLES = "familles", "Familles"
    FEMMES = "femmes", "Femmes"
    JEUNES = "jeunes", "Jeunes"
    HANDICAP = "personnes-en-situation-de-handicap", "Personnes en situation de handicap"
    URGENCE = "personnes-en-situation-durgence", "Personnes en situation d'urgence"
    JURIDIQUE = (
        "personnes-en-situation-juridique-specifique",
        "Personnes en situation juridique spécifique",
    )
    EXILEES = "personnes-exilees", "Personnes exilées"
    QPV_FRR = "residents-qpv-frr", "Résidents de QPV et de FRR"
    SENIORS = "seniors", "Seniors"


class Frais(TextChoices):
    """`frais`."""

    GRATUIT = "gratuit", "Gratuit"
    PAYANT = "payant", "Payant"


class ModeAccueil(TextChoices):
    """`modes_accueil`."""

    A_DISTANCE = "a-distance", "À distance"
    EN_PRESENTIEL = "en-presentiel", "En présentiel"


class ModeMobilisation(TextChoices):
    """`modes_mobilisation`: how one asks for it."""

    COURRIEL = "envoyer-un-courriel", "Envoyer un courriel"
    SE_PRESENTER = "se-presenter", "Se présenter"
    TELEPHONER = "telephoner", "Téléphoner"
    LIEN = "utiliser-lien-mobilisation", "Utiliser le lien"


class MobilisablePar(TextChoices):
    """`mobilisable_par`: who may ask for it."""

    USAGERS = "usagers", "La personne elle-même"
    PROFESSIONNELS = "professionnels", "Un professionnel qui l'accompagne"


# -- ours ----------------------------------------------------------------------------------------


class Amenagement(TextChoices):
    """What a solution offers to those who need it; a person needs all of theirs."""

    FAUTEUIL = "fauteuil", "Accessible en fauteuil roulant"
    ACCOMPAGNATEUR = "accompagnateur", "Accompagnateur accepté"
    CHIEN_GUIDE = "chien_guide", "Chien guide accepté"
    SIEGE_ENFANT = "siege_enfant", "Siège enfant"
    BAGAGES = "bagages", "Bagages ou courses"
    COMMANDES_ADAPTEES = "commandes_adaptees", "Commandes adaptées à la conduite"
    LANGUE_SIGNES = "langue_signes", "Langue des signes"
    AUTRE_LANGUE = "autre_langue", "Interprète ou autre langue"
    PAR_TELEPHONE = "par_telephone", "Réservation par téléphone, sans Internet"


class Motif(TextChoices):
    """What a ride may be for, where that is limited."""

    EMPLOI = "emploi", "Emploi"
    FORMATION = "formation", "Formation"
    ENTRETIEN = "entretien", "Entretien d'embauche"
    SANTE = "sante", "Santé"
    DEMARCHES = "demarches", "Démarches"
    COURSES = "courses", "Courses, loisirs"


class ListeCodes(TextChoices):
    """Lists of codes that a solution holds, several of each."""

    THEMATIQUES = "thematiques", "Thématiques"
    PUBLICS = "publics", "Publics"
    MODES_ACCUEIL = "modes_accueil", "Modes d'accueil"
    MODES_MOBILISATION = "modes_mobilisation", "Comment la demander"
    MOBILISABLE_PAR = "mobilisable_par", "Qui peut la demander"
    AMENAGEMENTS = "amenagements", "Aménagements"
    MOTIFS = "motifs", "Motifs de déplacement acceptés"


CODES_OF: dict[ListeCodes, type[TextChoices]] = {
    ListeCodes.THEMATIQUES: Thematique,
    ListeCodes.PUBLICS: Public,
    ListeCodes.MODES_ACCUEIL: ModeAccueil,
    ListeCodes.MODES_MOBILISATION: ModeMobilisation,
    ListeCodes.MOBILISABLE_PAR: MobilisablePar,
    ListeCodes.AMENAGEMENTS: Amenagement,
    ListeCodes.MOTIFS: Motif,
}


class Accueil(TextChoices):
    """How strictly the audience is meant (after Soliguide)."""

    INCONDITIONNEL = "inconditionnel", "Inconditionnel : tout le monde"
    PREFERENTIEL = "preferentiel", "Préférentiel : ces publics d'abord"
    EXCLUSIF = "exclusif", "Exclusif : ces publics seulement"


class UniteTarif(TextChoices):
    """What an amount pays for; the name of the column of `Solution` that holds the plain price."""

    TRAJET = "par_trajet_eur", "Par trajet"
    JOUR = "par_jour_eur", "Par jour"
    SEMAINE = "par_semaine_eur", "Par semaine"
    MOIS = "par_mois_eur", "Par mois"
    KM = "par_km_eur", "Par kilomètre"
    HEURE = "par_heure_eur", "Par heure"
    FORFAIT = "forfait_eur", "Une fois (forfait, adhésion)"
    CAUTION = "caution_eur", "Caution"


class NaturePiece(TextChoices):
    """What is asked before."""

    JUSTIFICATIF = "justificatif", "Justificatif à fournir"
    PRE_REQUIS = "pre_requis", "Condition préalable"


class NatureCumul(TextChoices):
    """How a solution goes with another."""

    COMPATIBLE = "compatible", "Se cumule avec"
    EXCLUSIF = "exclusif", "Ne se cumule pas avec"


class NatureFermeture(TextChoices):
    """Why it does not work for a while."""

    FERMETURE = "fermeture", "Fermeture temporaire"
    SUSPENSION = "suspension", "Suspension (plus de nouvelles demandes)"


class FormeDemande(TextChoices):
    """Shape of a service on demand."""

    ZONE = "zone", "De porte à porte dans une zone"
    ARRETS = "arrets", "D'arrêt à arrêt"
    LIGNE_VIRTUELLE = "ligne_virtuelle", "Ligne virtuelle (horaires fixes, sur réservation)"
    RABATTEMENT = "rabattement", "Vers une gare ou un car"


class FormeCovoiturage(TextChoices):
    """Shape of a car-pool service."""

    LIGNE = "ligne", "Ligne de covoiturage"
    PLATEFORME = "plateforme", "Plateforme de mise en relation"
    GROUPE = "groupe", "Groupe d'une entreprise ou d'une zone"
    AUTOSTOP = "autostop", "Auto-stop organisé"


class Propulsion(TextChoices):
    """`propulsion_type` of GBFS, the part that we meet."""

    HUMAN = "human", "Force musculaire"
    ELECTRIC_ASSIST = "electric_assist", "Assistance électrique"
    ELECTRIC = "electric", "Électrique"
    COMBUSTION = "combustion", "Essence"
    COMBUSTION_DIESEL = "combustion_diesel", "Diesel"
    HYBRID = "hybrid", "Hybride"


class FormeVente(TextChoices):
    """How a vehicle changes hands."""

    VENTE = "vente", "Vente"
    DON = "don", "Don"
    LOA = "loa", "Location avec option d'achat"


class FormeGarage(TextChoices):
    """Kind of workshop."""

    GARAGE = "garage", "Garage"
    SELF = "self", "Self-garage"
    VELO = "velo", "Atelier vélo"


class TitreConduite(TextChoices):
    """What a driving school prepares."""

    CODE = "code", "Code de la route"
    AM = "am", "Permis AM (BSR)"
    A1 = "a1", "Permis A1"
    A2 = "a2", "Permis A2"
    B = "b", "Permis B"
    B_AUTO = "b78", "Permis B, boîte automatique"


class NiveauFrancais(TextChoices):
    """Level of the common European framework."""

    A1 = "a1", "A1"
    A2 = "a2", "A2"
    B1 = "b1", "B1"
    B2 = "b2", "B2"


class UniteAide(TextChoices):
    """What an aid is counted in."""

    EUR = "eur", "En euros"
    EUR_KM = "eur_km", "En euros par kilomètre"
    POURCENT = "pourcent", "En part de la dépense"
    PRET = "pret", "Prêt à rembourser"
    NATURE = "nature", "En nature (bon, titre)"


class Periode(TextChoices):
    """Over what a ceiling holds."""

    DEMANDE = "demande", "Par demande"
    MOIS = "mois", "Par mois"
    AN = "an", "Par an"
    DOUZE_MOIS = "douze_mois", "Sur douze mois glissants"
    VIE = "vie", "Une seule fois"


class TypeLieu(TextChoices):
    """`type` of a car-pool place (Base nationale des lieux de covoiturage, schema 0.2)."""

    AIRE = "Aire de covoiturage", "Aire de covoiturage"
    SORTIE = "Sortie d'autoroute", "Sortie d'autoroute"
    PARKING = "Parking", "Parking"
    SUPERMARCHE = "Supermarché", "Supermarché"
    RELAIS = "Parking relais", "Parking relais"
    DELAISSE = "Délaissé routier", "Délaissé routier"
    AUTOSTOP = "Auto-stop", "Auto-stop"


class EtatProposition(TextChoices):
    """Life of something written and not applied."""

    BROUILLON = "brouillon", "Brouillon"
    PROPOSEE = "proposee", "En attente"
    ACCEPTEE = "acceptee", "Acceptée"
    REFUSEE = "refusee", "Refusée"


class NatureSignalement(TextChoices):
    """What a reader finds wrong with an entry (after the reports of DORA)."""

    CONTACT = "contact", "Le téléphone, le courriel ou l'adresse sont faux"
    PERIME = "perime", "Les informations ne sont plus à jour"
    ZONE = "zone", "La zone n'est pas la bonne"
    TARIF = "tarif", "Le prix n'est pas le bon"
    HORAIRES = "horaires", "Les horaires ne sont pas les bons"
    DELAI = "delai", "Le délai annoncé n'est pas le bon"
    DISPARU = "disparu", "Cette solution n'existe plus"
    AUTRE = "autre", "Autre chose"


class EtatSignalement(TextChoices):
    """What became of a report."""

    OUVERT = "ouvert", "À traiter"
    CORRIGE = "corrige", "Corrigé"
    ECARTE = "ecarte", "Écarté"


class FormatFichier(TextChoices):
    """What a file taken in is."""

    INCLUSION = "data-inclusion", "data·inclusion v1 (JSON)"
    CSV = "csv", "Tableau CSV"
    XLSX = "xlsx", "Classeur XLSX"
    BNLC = "bnlc", "Lieux de covoiturage (BNLC, CSV)"
    FLEX = "gtfs-flex", "Transport à la demande (GTFS-Flex, zip)"
    GBFS = "gbfs", "Vélos et voitures partagés (GBFS, zip ou adresse)"


class EtatImport(TextChoices):
    """Life of a file taken in."""

    ATTENDU = "attendu", "En cours de lecture"
    ECHEC = "echec", "Illisible"
    COLONNES = "colonnes", "Colonnes à associer"
    PREPARE = "prepare", "À relire"
    APPLIQUE = "applique", "Appliqué"
    ANNULE = "annule", "Annulé"

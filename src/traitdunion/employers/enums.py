"""Closed lists of employers: meetings, who spoke there, kinds of commitments."""

from django.db import models
from django.db.models import Q, TextChoices

from traitdunion.cooperation.enums import EtatEngagement


def is_known(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """Return the constraint of a column that holds one of a closed list."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Secteur(TextChoices):
    """Activity of the members of a club; the kit has a variant of each."""

    TOUS = "tous", "Tous secteurs"
    INDUSTRIE = "industrie", "Industrie et agroalimentaire"
    BATIMENT = "batiment", "Bâtiment et travaux publics"
    COMMERCE = "commerce", "Commerce, hôtellerie et restauration"
    SOIN = "soin", "Soin et aide à la personne"
    AGRICOLE = "agricole", "Agriculture et forêt"
    TRANSPORT = "transport", "Transport et logistique"


class Taille(TextChoices):
    """Size of most members of a club."""

    TOUTES = "toutes", "Toutes tailles"
    TPE = "tpe", "Moins de 10 salariés"
    PME = "pme", "De 10 à 249 salariés"
    GRANDE = "grande", "250 salariés et plus"


class NatureRencontre(TextChoices):
    """Kind of meeting."""

    REUNION = "reunion", "Réunion du club"
    GROUPE = "groupe", "Séance d'un groupe de travail"
    VISITE = "visite", "Visite d'entreprise"
    JOB_DATING = "job_dating", "Job dating"
    DUODAY = "duoday", "DuoDay"


class Bloc(TextChoices):
    """Where the integration item of a meeting stands."""

    INCONNU = "inconnu", "Non renseigné"
    PREVU = "prevu", "Prévu à l'ordre du jour"
    NON_PREVU = "non_prevu", "Pas cette fois"
    TENU = "tenu", "Tenu"
    NON = "non", "Pas tenu"


BLOC_RECORDED = (Bloc.TENU, Bloc.NON)


class Categorie(TextChoices):
    """Who speaks, without a name."""

    SALARIES = "salarie", "Salariés"
    DEMANDEURS = "demandeur", "Demandeurs d'emploi"
    ANCIENS = "ancien", "Anciens demandeurs d'emploi"
    TUTEURS = "tuteur", "Tuteurs"
    EMPLOYEURS = "employeur", "Employeurs"


INVITED = (Categorie.SALARIES, Categorie.DEMANDEURS, Categorie.ANCIENS, Categorie.TUTEURS)
"""Those whom the retained action invites to speak."""


class TypeEngagement(TextChoices):
    """What an employer commits to, measured (catalogue E9)."""

    TUTEUR = "tuteur", "Nommer un tuteur pour chaque embauche"
    ACCUEIL = "accueil", "Consacrer une demi-journée à l'accueil"
    VISITE = "visite", "Faire visiter le site avant la signature"
    IMMERSION = "immersion", "Accueillir des immersions (PMSMP)"
    HORAIRES = "horaires", "Adapter les horaires au car ou au train"
    COVOITURAGE = "covoiturage", "Organiser le covoiturage dès l'embauche"
    LOGEMENT = "logement", "Remettre la fiche des contacts logement"
    ANNONCE = "annonce", "Rédiger les offres sans critère inutile"
    REPONSE = "reponse", "Répondre à chaque candidat en dix jours"
    ENTRETIENS = "entretiens", "Tenir un entretien à 7, 30 et 90 jours"


IN_FORCE = (
    EtatEngagement.CONFIRME,
    EtatEngagement.TENU,
    EtatEngagement.PARTIEL,
    EtatEngagement.NON_TENU,
)
"""Where a commitment stands once its employer has confirmed it."""


UNITES = {
    TypeEngagement.TUTEUR: "embauches avec un tuteur",
    TypeEngagement.ACCUEIL: "accueils d'une demi-journée",
    TypeEngagement.VISITE: "visites avant signature",
    TypeEngagement.IMMERSION: "immersions accueillies",
    TypeEngagement.HORAIRES: "équipes aux horaires adaptés",
    TypeEngagement.COVOITURAGE: "embauches avec un covoiturage proposé",
    TypeEngagement.LOGEMENT: "fiches remises",
    TypeEngagement.ANNONCE: "offres relues",
    TypeEngagement.REPONSE: "candidats qui ont reçu une réponse",
    TypeEngagement.ENTRETIENS: "personnes suivies par trois entretiens",
}
"""What is counted of each kind of commitment."""


class ReponseDiagnostic(TextChoices):
    """An answer of the self-diagnosis of a site; unknown is kept as no answer."""

    OUI = "oui", "Oui"
    EN_PARTIE = "en_partie", "En partie"
    NON = "non", "Non"


class MotifDepart(TextChoices):
    """A group of reasons for which people left; none is about one person."""

    FIN = "fin", "Fin de contrat prévue"
    ESSAI = "essai", "Rupture pendant l'essai"
    TRANSPORT = "transport", "Trajet ou horaires"
    LOGEMENT = "logement", "Logement"
    ENFANTS = "enfants", "Garde d'enfants"
    TRAVAIL = "travail", "Conditions de travail ou accueil"
    AUTRE = "autre", "Autre, ou non su"


class Usage(TextChoices):
    """What a person consents to, each by itself (E5)."""

    CONTACT = "contact", "Être contactée par l'intermédiaire"
    PAROLE = "parole", "Parler devant les participants"
    NOM = "nom", "Être annoncée sous le nom choisi"
    PHOTO = "photo", "Être photographiée"
    ENREGISTREMENT = "enregistrement", "Être enregistrée"
    TEMOIGNAGE = "temoignage", "Voir son témoignage publié"


class Public(TextChoices):
    """Before whom a consent holds."""

    SALLE = "salle", "Les participants de la rencontre"
    CLUB = "club", "Les membres du club"
    TOUS = "tous", "Tout le monde"


class Support(TextChoices):
    """By which medium a consent holds."""

    ORAL = "oral", "De vive voix"
    PAPIER = "papier", "Sur papier"
    SITE = "site", "Sur le site"


class Signature(TextChoices):
    """How the author of a testimony signs."""

    CATEGORIE = "categorie", "Ma catégorie seulement (salarié, demandeur d'emploi…)"
    NOM = "nom", "Le nom que j'ai choisi"


class EtatTemoignage(TextChoices):
    """Where a testimony stands; withdrawn, it is deleted."""

    ATTENTE = "attente", "À relire"
    PUBLIE = "publie", "Publié"
    REFUSE = "refuse", "Refusé"


class Acces(TextChoices):
    """What a convention lets another organisation read."""

    VIVIER = "vivier", "Le vivier d'intervenants"
    DEMANDES = "demandes", "Les demandes aux sites"


class EtatIntervention(TextChoices):
    """Where an intervention stands; a refusal is seen by the intermediary alone."""

    PROPOSEE = "proposee", "Proposée à la personne"
    CONFIRMEE = "confirmee", "Confirmée"
    REFUSEE = "refusee", "Refusée par la personne"
    ANNULEE = "annulee", "Annulée"
    TENUE = "tenue", "Tenue"


class Payeur(TextChoices):
    """Who pays the trip of a speaker."""

    ORGANISATEUR = "organisateur", "L'organisateur"
    INTERMEDIAIRE = "intermediaire", "L'intermédiaire"
    AUTRE = "autre", "Un autre financeur"


class Paiement(TextChoices):
    """Where the payment of a trip stands; no bank data is kept."""

    A_ENGAGER = "a_engager", "À engager"
    ENGAGE = "engage", "Engagé"
    PAYE = "paye", "Payé"


class NatureDemande(TextChoices):
    """What a site is asked for."""

    IMMERSION = "immersion", "Une immersion (PMSMP)"
    VISITE = "visite", "Une visite du site"
    ENTRETIEN = "entretien", "Un entretien pour une offre d'emploi"
    DUODAY = "duoday", "Un DuoDay"


class EtatDemande(TextChoices):
    """Where a request to sites stands."""

    EN_COURS = "en_cours", "En cours"
    ACCEPTEE = "acceptee", "Un site accepte"
    EPUISEE = "epuisee", "Plus de site à solliciter"
    CLOSE = "close", "Close"


class EtatEnvoi(TextChoices):
    """Where a request stands at one site."""

    ATTENTE = "attente", "Attend son tour"
    ENVOYE = "envoye", "Envoyée"
    OUI = "oui", "Oui"
    PAS_MAINTENANT = "pas_maintenant", "Pas maintenant"
    PLUS_TARD = "plus_tard", "Plus tard"
    SILENCE = "silence", "Sans réponse"
    ECARTE = "ecarte", "Non sollicité : il ne reçoit plus de demande"
    SANS_OBJET = "sans_objet", "Sans objet"


REPONSES = (EtatEnvoi.OUI, EtatEnvoi.PAS_MAINTENANT, EtatEnvoi.PLUS_TARD)
"""The three answers of a site, in the order of its buttons."""


class FichierMetier(TextChoices):
    """What a published file of occupations holds."""

    TITRES = "titres", "Appellations et codes ROME"
    PROJETS = "projets", "Projets d'embauche par bassin (BMO)"


class NaturePoste(TextChoices):
    """What a site does with an occupation."""

    EMPLOI = "emploi", "Recrute"
    DECOUVERTE = "decouverte", "Fait découvrir (immersion, visite)"

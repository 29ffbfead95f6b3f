"""Closed lists of cooperation: colleges, opinions, gates, states."""

from django.db.models import TextChoices


class CollegeDeclare(TextChoices):
    """To whom a participant says they belong; the groups of the agreement."""

    ETAT = "etat", "État"
    COLLECTIVITES = "collectivites", "Collectivités"
    EMPLOYEURS = "employeurs", "Employeurs"
    SYNDICATS = "syndicats", "Syndicats"
    OPERATEURS = "operateurs", "Opérateurs de l'emploi"
    ASSOCIATIONS = "associations", "Associations"
    PERSONNES = "personnes", "Personnes concernées"


class EtatSeance(TextChoices):
    PREPAREE = "preparee", "En préparation"
    OUVERTE = "ouverte", "En cours"
    CLOSE = "close", "Terminée"


class Source(TextChoices):
    """How an idea came."""

    TELEPHONE = "telephone", "sur un téléphone"
    TABLE = "table", "à une table"
    REGROUPEMENT = "regroupement", "par regroupement ou séparation"


class Lien(TextChoices):
    """How an idea comes from another."""

    FUSION = "fusion", "regroupe"
    SCISSION = "scission", "vient de"


class Avis(TextChoices):
    ACCORD = "accord", "D'accord"
    DESACCORD = "desaccord", "Pas d'accord"
    PASSE = "passe", "Je passe"


class Critere(TextChoices):
    """The four gates of the half-day."""

    COURT_TERME = "court_terme", "À court terme"
    COOPERATION = "cooperation", "En coopération"
    PRESENTS = "presents", "Implique les personnes présentes"
    DEPARTEMENT = "departement", "À l'échelle du département"


class Reponse(TextChoices):
    OUI = "oui", "oui"
    EN_PARTIE = "en_partie", "en partie"
    NON = "non", "non"


class ResultatDecision(TextChoices):
    RETENUE = "retenue", "Retenue"
    ECARTEE = "ecartee", "Écartée"
    REPORTEE = "reportee", "Reportée"


class EtatAction(TextChoices):
    """Where an action is; late is no state, it is computed from the dates."""

    A_VENIR = "a_venir", "À venir"
    EN_COURS = "en_cours", "En cours"
    REALISEE = "realisee", "Réalisée"
    ABANDONNEE = "abandonnee", "Abandonnée"


class EtatEngagement(TextChoices):
    """Where a commitment is; it is in force from the confirmation of its organisation on."""

    PROPOSE = "propose", "Proposé"
    CONFIRME = "confirme", "Confirmé"
    TENU = "tenu", "Tenu"
    PARTIEL = "partiel", "Tenu en partie"
    NON_TENU = "non_tenu", "Non tenu"
    RETIRE = "retire", "Retiré"


class UniteBudget(TextChoices):
    EUROS = "eur", "€"
    ETP = "etp", "ETP"


class RolePilote(TextChoices):
    PILOTE = "pilote", "Pilote"
    COPILOTE = "copilote", "Copilote"


class SensIndicateur(TextChoices):
    """Which way an indicator goes when the action succeeds."""

    HAUSSE = "hausse", "plus c'est haut, mieux c'est"
    BAISSE = "baisse", "plus c'est bas, mieux c'est"


class Frequence(TextChoices):
    """How often an indicator is read."""

    MENSUELLE = "mensuelle", "chaque mois"
    TRIMESTRIELLE = "trimestrielle", "chaque trimestre"
    SEMESTRIELLE = "semestrielle", "chaque semestre"
    ANNUELLE = "annuelle", "chaque année"
    LIBRE = "libre", "quand c'est possible"


ACTION_OVER = (EtatAction.REALISEE, EtatAction.ABANDONNEE)
ENGAGEMENT_ANSWERED = (
    EtatEngagement.TENU,
    EtatEngagement.PARTIEL,
    EtatEngagement.NON_TENU,
)
ENGAGEMENT_CONFIRMED = (EtatEngagement.CONFIRME, *ENGAGEMENT_ANSWERED)


class ReponseInvitation(TextChoices):
    SANS = "sans", "Sans réponse"
    OUI = "oui", "Oui, je viens"
    PEUT_ETRE = "peut_etre", "Peut-être"
    NON = "non", "Non"


class Voisinage(TextChoices):
    """What is kept of two guests whatever it costs the mixing."""

    SEPARES = "separes", "Jamais à la même table"
    ENSEMBLE = "ensemble", "Toujours à la même table"


class SorteAnnonce(TextChoices):
    """What an organisation says of itself in the directory."""

    FAIT = "fait", "Ce que nous faisons"
    AIDE = "aide", "Nous pouvons aider"
    CHERCHE = "cherche", "Nous cherchons"

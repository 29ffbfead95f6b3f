"""Closed lists of cooperation: colleges, opinions, gates, states."""

from enum import StrEnum

from django.db.models import TextChoices

from traitdunion.accounts.enums import Visibilite as Visibilite


class CollegeDeclare(TextChoices):
    """The group to which a participant declares belonging; the groups of the agreement."""

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
    ANNULEE = "annulee", "Annulée"


class Relecture(TextChoices):
    """When the words sent by phones are read by those who run a session."""

    SANS = "sans", "Sans relecture"
    APRES = "apres", "Après affichage, sauf si un nom semble y figurer"
    AVANT = "avant", "Avant que la salle les voie"


class EtatPropos(TextChoices):
    """What became of the words that a person sent."""

    ATTENTE = "attente", "En attente de relecture"
    MONTRE = "montre", "Montré à la salle"
    REFUSE = "refuse", "Refusé"
    RETIRE = "retire", "Retiré par son auteur"
    EFFACE = "efface", "Effacé"


# What a row holds instead of words that may not be read.
PLACEHOLDERS = {
    EtatPropos.ATTENTE: "(propos en attente de relecture)",
    EtatPropos.REFUSE: "(propos refusé)",
    EtatPropos.RETIRE: "(propos retiré par son auteur)",
    EtatPropos.EFFACE: "(propos effacé)",
}


class Geste(TextChoices):
    """What was done to the words that a person sent."""

    ATTENDRE = "attendre", "mis en attente"
    MONTRER = "montrer", "montré"
    REFUSER = "refuser", "refusé"
    CORRIGER = "corriger", "corrigé"
    RETIRER = "retirer", "retiré par son auteur"
    EFFACER = "effacer", "effacé"


class Etape(TextChoices):
    """What the room is doing; phones show it first."""

    IDEES = "idees", "Dire ses idées"
    AVIS = "avis", "Donner son avis"
    GOMMETTES = "gommettes", "Poser ses gommettes"
    SITUATIONS = "situations", "Regarder une situation"
    ENGAGEMENTS = "engagements", "S'engager"
    PAUSE = "pause", "Pause"


class RoleSalle(TextChoices):
    """What a person without an account may do in the room, by a link."""

    SCRIBE = "scribe", "Saisir les tables"
    PORTE = "porte", "Noter les arrivées"


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
    """What an organisation does, offers or looks for, as listed in the directory."""

    FAIT = "fait", "Ce que nous faisons"
    AIDE = "aide", "Nous pouvons aider"
    CHERCHE = "cherche", "Nous cherchons"


class College(StrEnum):
    """Category of a committee member; the last four sit without a vote (R5311-37)."""

    ETAT = "etat"
    REGION = "region"
    DEPARTEMENT = "departement"
    COMMUNES = "communes"
    EPCI = "epci"
    SYNDICATS = "syndicats"
    EMPLOYEURS = "employeurs"
    EMPLOYEURS_MULTIPROFESSIONNELS = "employeurs_multiprofessionnels"
    FRANCE_TRAVAIL = "france_travail"
    MISSIONS_LOCALES = "missions_locales"
    CAP_EMPLOI = "cap_emploi"


WITHOUT_VOTE = frozenset(
    {
        College.EMPLOYEURS_MULTIPROFESSIONNELS,
        College.FRANCE_TRAVAIL,
        College.MISSIONS_LOCALES,
        College.CAP_EMPLOI,
    }
)

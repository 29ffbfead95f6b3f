"""Closed lists of the accounts: roles in an organisation, and the actions of the journal."""

from django.db.models import TextChoices


class Role(TextChoices):
    """A role of a person in an organisation; a person may hold several, in several of them."""

    CONSEILLER = "conseiller", "Conseiller"
    MMS = "mms", "Maison de la mobilité solidaire"
    PRESTATAIRE = "prestataire", "Prestataire"
    PILOTAGE = "pilotage", "Pilotage"
    DPO = "dpo", "Délégué à la protection des données"
    EDITEUR = "editeur_catalogue", "Éditeur du catalogue"
    CONTRIBUTEUR = "contributeur", "Contributeur"
    ADMINISTRATEUR = "administrateur", "Administrateur"


class Action(TextChoices):
    """An action in the journal."""

    CONSULTER = "consulter", "a consulté"
    CREER = "creer", "a créé"
    MODIFIER = "modifier", "a modifié"
    PUBLIER = "publier", "a publié"
    ARCHIVER = "archiver", "a archivé"
    PROPOSER = "proposer", "a proposé"
    ACCEPTER = "accepter", "a accepté"
    REFUSER = "refuser", "a refusé"
    INVITER = "inviter", "a invité"
    RETIRER = "retirer", "a retiré"
    IMPORTER = "importer", "a importé"
    ANNULER = "annuler", "a annulé"
    EXPORTER = "exporter", "a exporté"
    SUIVRE = "suivre", "a suivi"
    ORIENTER = "orienter", "a orienté"
    REPONDRE = "repondre", "a répondu"
    RELANCER = "relancer", "a relancé"
    ANONYMISER = "anonymiser", "a anonymisé"
    DEMANDER = "demander", "a demandé de remettre à zéro la connexion de"
    REMETTRE = "remettre", "a remis à zéro la double vérification de"
    EFFACER = "effacer", "a effacé"
    RELIER = "relier", "a relié à un fournisseur d'identité"
    DETACHER = "detacher", "a détaché du fournisseur d'identité"


class Visibilite(TextChoices):
    """Who sees an object, besides those who run it."""

    PRIVEE = "privee", "Ceux qui animent"
    ORGANISATION = "organisation", "Les membres de l'organisation"
    MEMBRES = "membres", "Toute personne qui a un compte"
    PUBLIQUE = "publique", "Tout le monde"

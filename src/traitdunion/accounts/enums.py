"""Closed lists of the accounts: roles in an organisation, and what the journal tells."""

from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is to an organisation; one may be several things, in several of them."""

    CONSEILLER = "conseiller", "Conseiller"
    MMS = "mms", "Maison de la mobilité solidaire"
    PRESTATAIRE = "prestataire", "Prestataire"
    PILOTAGE = "pilotage", "Pilotage"
    DPO = "dpo", "Délégué à la protection des données"
    EDITEUR = "editeur_catalogue", "Éditeur du catalogue"
    CONTRIBUTEUR = "contributeur", "Contributeur"
    ADMINISTRATEUR = "administrateur", "Administrateur"


class Action(TextChoices):
    """What somebody did, in the journal."""

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
    REMETTRE = "remettre", "a remis à zéro la double vérification de"
    EFFACER = "effacer", "a effacé"
    RELIER = "relier", "a relié à un fournisseur d'identité"
    DETACHER = "detacher", "a détaché du fournisseur d'identité"

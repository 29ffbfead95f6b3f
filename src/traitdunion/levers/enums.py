"""Who can change something, what, how sure it is, and where a proposal stands."""

from django.db import models
from django.db.models import TextChoices


class Acteur(TextChoices):
    """Those who can make a lever; the label follows « proposer à »."""

    EMPLOYEUR = "employeur", "l'employeur"
    REGION = "region", "la Région"
    EPCI = "epci", "l'intercommunalité"
    MMS = "mms", "la Maison de la mobilité"
    DEPARTEMENT = "departement", "le Département"
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    BAILLEUR = "bailleur", "le bailleur ou l'OFS"
    PERSONNE = "personne", "la personne"


class Nature(TextChoices):
    """The family of a change; its cost model has the same name (`data/leviers/couts.yaml`)."""

    DECALER_POSTE = "decaler_poste", "décaler un poste"
    TRAVAILLER_A_DISTANCE = "travailler_a_distance", "travailler à distance certains jours"
    DEPLACER_COURSE = "deplacer_course", "déplacer une course"
    AJOUTER_COURSE = "ajouter_course", "ajouter une course"
    SUPPRIMER_COURSE = "supprimer_course", "supprimer une course"
    OUVRIR_TAD = "ouvrir_tad", "ouvrir un transport à la demande"
    REDUIRE_PREAVIS = "reduire_preavis", "raccourcir un délai de réservation"
    PRETER_VEHICULE = "preter_vehicule", "prêter un véhicule"
    RELEVER_PLAFOND = "relever_plafond", "relever le seuil d'une aide"
    MONTANT_AIDE = "montant_aide", "relever le montant d'une aide"
    PERMIS_AM = "permis_am", "passer le permis AM"
    PERMIS_B = "permis_b", "passer le permis B"
    LOGER_PLUS_PRES = "loger_plus_pres", "se loger plus près"


class Confiance(TextChoices):
    """How sure a lever is: searched in full, resting on an estimate, or to be checked."""

    SUR = "sur", "sûr"
    ESTIME = "estime", "estimé"
    A_VERIFIER = "a_verifier", "à vérifier"

    @property
    def bars(self) -> int:
        """Return how many of three bars are drawn."""
        return {Confiance.SUR: 3, Confiance.ESTIME: 2, Confiance.A_VERIFIER: 1}[self]


class EtatProposition(TextChoices):
    """What became of a proposal; one without an answer after a month is shown so, never stored."""

    ENVOYEE = "envoyee", "envoyée"
    OUI = "oui", "acceptée"
    CONDITIONS = "conditions", "acceptée sous conditions"
    NON = "non", "refusée"
    RETIREE = "retiree", "retirée"


ACCEPTED = (EtatProposition.OUI, EtatProposition.CONDITIONS)


def is_known(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """Return a constraint: a column holds one of the values of its choices."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)

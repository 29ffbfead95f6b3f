"""A concomitant plan: housing, job and mobility of a household, in steps given to partners."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.shared_words import SharedWords
from traitdunion.territory.models import Commune

from ..enums import Volet
from .households import Demande, draw_reference


class Plan(models.Model):
    """A plan of a pseudonymous household, led by a referent.

    `reference_siao`: the one that the SIAO gave; neither motive nor health is received. `logee_le`
    and `en_emploi_le`: when the household was housed, and hired.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plans_ofs")
    reference = models.CharField("référence", max_length=8, default=draw_reference, unique=True)
    referent = models.ForeignKey(User, models.PROTECT, related_name="+")
    demande = models.ForeignKey(
        Demande, models.PROTECT, null=True, blank=True, related_name="plans"
    )
    reference_siao = models.CharField("référence du SIAO", max_length=40, blank=True)
    personnes = models.PositiveSmallIntegerField("personnes", null=True, blank=True)
    communes = models.ManyToManyField(Commune, related_name="+", verbose_name="communes")
    lieu_travail = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, related_name="+"
    )
    horaires = models.CharField("jours et heures du poste", max_length=80, blank=True)
    ouvert_le = models.DateTimeField("ouvert le")
    touche_le = models.DateTimeField("dernier changement le")
    logee_le = models.DateField("logée le", null=True, blank=True)
    en_emploi_le = models.DateField("en emploi le", null=True, blank=True)
    clos_le = models.DateTimeField("clos le", null=True, blank=True)
    demonstration = models.BooleanField("plan de démonstration", default=False)

    shared_words = SharedWords(
        {"horaires": "Les jours et heures du poste"}, "organisation", Permission.HANDLE_DEMANDS,
        "les partenaires de l'emploi et de la mobilité",
    )  # fmt: skip

    class Meta:
        verbose_name = "plan logement et emploi"
        verbose_name_plural = "plans logement et emploi"
        ordering = ["-ouvert_le", "pk"]

    def __str__(self) -> str:
        return f"plan {self.reference}"


class Etape(models.Model):
    """A dated step of a plan, given to one partner, which sees it under its own reference."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="etapes")
    reference = models.CharField("référence", max_length=8, default=draw_reference, unique=True)
    volet = models.CharField("volet", max_length=16, choices=Volet.choices)
    partenaire = models.ForeignKey(
        Organisation, models.PROTECT, related_name="etapes_ofs", verbose_name="partenaire"
    )
    quoi = models.CharField("à faire", max_length=200)
    pour_le = models.DateField("pour le")
    faite_le = models.DateField("faite le", null=True, blank=True)

    shared_words = SharedWords(
        {"quoi": "À faire"}, "plan__organisation", Permission.HANDLE_DEMANDS,
        "le partenaire à qui l'étape est confiée",
    )  # fmt: skip

    class Meta:
        verbose_name = "étape d'un plan"
        verbose_name_plural = "étapes d'un plan"
        ordering = ["pour_le", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(volet__in=Volet.values), name="etape_volet_is_known"
            ),
            models.CheckConstraint(condition=~Q(quoi=""), name="etape_says_what"),
        ]

    def __str__(self) -> str:
        return f"étape {self.reference}"

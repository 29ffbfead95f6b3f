"""Promises: actions, commitments of organisations, and the events of their life."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation

from ..enums import ACTION_OVER, ENGAGEMENT_CONFIRMED, EtatAction, EtatEngagement
from .ideas import Decision
from .sessions import Axe, is_known


class Action(models.Model):
    """An action of the roadmap; a part of one is an action too."""

    EVENT_FIELDS = ("titre", "reference", "description", "etat", "debut_le", "fin_prevue_le",
                    "fini_le", "blocage", "deblocage", "epci")  # fmt: skip

    axe = models.ForeignKey(Axe, models.PROTECT, related_name="actions")
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, blank=True, related_name="actions"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sous_actions"
    )
    titre = models.CharField("titre", max_length=300)
    reference = models.CharField("référence", max_length=30, blank=True)
    description = models.TextField("description", blank=True)
    etat = models.CharField("état", max_length=12, choices=EtatAction, default=EtatAction.A_VENIR)
    debut_le = models.DateField("début", null=True, blank=True)
    fin_prevue_le = models.DateField("fin prévue", null=True, blank=True)
    fini_le = models.DateField("finie le", null=True, blank=True)
    blocage = models.CharField("ce qui bloque", max_length=300, blank=True)
    deblocage = models.CharField("ce qui débloquerait", max_length=300, blank=True)
    # Names of intercommunalités; none where the action is for the whole département.
    epci: Any = models.JSONField("intercommunalités", default=list, blank=True)

    class Meta:
        verbose_name = "action"
        ordering = ["axe__ordre", "pk"]
        constraints = [
            is_known("etat", EtatAction.values, "action_etat_is_known"),
            models.CheckConstraint(
                condition=~Q(etat=EtatAction.REALISEE) | ~Q(fini_le=None),
                name="action_done_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(debut_le=None)
                | Q(fin_prevue_le=None)
                | Q(fin_prevue_le__gte=F("debut_le")),
                name="action_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("pk")), name="action_not_its_own_part"
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    def is_late(self, on: date) -> bool:
        """Return whether it is past its day and not over."""
        return is_late(self.etat, self.fin_prevue_le, on)


def is_late(etat: str, due: date | None, on: date) -> bool:
    """Whether something due is late on a day; late is never stored."""
    return due is not None and due < on and etat not in ACTION_OVER


class EngagementQuerySet(models.QuerySet["Engagement"]):
    """Adjectives of commitments."""

    def published(self) -> "EngagementQuerySet":
        """Keep those of an organisation with an account, or that were once in force."""
        never_in_force = Q(etat=EtatEngagement.PROPOSE) | Q(
            etat=EtatEngagement.RETIRE, confirme_le=None
        )
        return self.exclude(never_in_force, organisation=None)


class Engagement(models.Model):
    """A promise of an organisation: never in force without its own confirmation.

    An organisation without an account (`organisation_nom`) commits by a mailbox: the link sent
    there, of which only the digest is kept, confirms and reports.
    """

    EVENT_FIELDS = ("quoi", "quantite", "unite", "pour_le", "contact", "preuve", "etat")

    action = models.ForeignKey(Action, models.PROTECT, related_name="engagements")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="engagements"
    )
    organisation_nom = models.CharField("organisation sans compte", max_length=150, blank=True)
    courriel = models.EmailField("adresse qui confirme", blank=True)
    empreinte = models.CharField("empreinte du lien", max_length=64, blank=True, editable=False)
    propose_le = models.DateTimeField("proposé le", null=True, blank=True)
    # The lever answered yes that it comes from; the proposal may be forgotten before it.
    proposition = models.PositiveBigIntegerField(
        "proposition d'origine", null=True, blank=True, unique=True, editable=False
    )
    quoi = models.CharField("ce qui est promis", max_length=300)
    quantite = models.DecimalField("quantité", max_digits=10, decimal_places=2)
    unite = models.CharField("unité", max_length=60)
    pour_le = models.DateField("pour le")
    contact = models.CharField("contact", max_length=150, blank=True)
    preuve = models.CharField("preuve", max_length=300, blank=True)
    etat = models.CharField(
        "état", max_length=10, choices=EtatEngagement, default=EtatEngagement.PROPOSE
    )
    confirme_par = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirme_le = models.DateTimeField("confirmé le", null=True, blank=True)

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = "engagement"
        ordering = ["pour_le", "pk"]
        constraints = [
            is_known("etat", EtatEngagement.values, "engagement_etat_is_known"),
            models.CheckConstraint(
                condition=~Q(etat__in=ENGAGEMENT_CONFIRMED) | ~Q(confirme_le=None),
                name="engagement_in_force_was_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatEngagement.TENU) | ~Q(preuve=""),
                name="engagement_kept_has_a_proof",
            ),
            models.CheckConstraint(condition=Q(quantite__gt=0), name="engagement_of_something"),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, organisation_nom="")
                | (Q(organisation=None) & ~Q(organisation_nom="")),
                name="engagement_of_one_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.porteur} : {self.quoi}"

    @property
    def porteur(self) -> str:
        """Return the name of the organisation, with or without an account."""
        return str(self.organisation) if self.organisation is not None else self.organisation_nom

    def is_late(self, on: date) -> bool:
        """Return whether it is past its day, confirmed, and not yet reported on."""
        return self.etat == EtatEngagement.CONFIRME and self.pour_le < on


class Evenement(models.Model):
    """What happened to an action or a commitment, and how it then stood; only ever added.

    `contenu` holds the columns `EVENT_FIELDS` of the row after the event, so that the roadmap
    can be read as it was on any day. `changement` holds the rows that were changed, before and
    after, where the event can be undone (`actions.changes`); `annule` is the event that this one
    undoes.
    """

    action = models.ForeignKey(Action, models.CASCADE, null=True, related_name="evenements")
    engagement = models.ForeignKey(Engagement, models.CASCADE, null=True, related_name="evenements")
    at = models.DateTimeField("le")
    par = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    commentaire = models.TextField("commentaire", blank=True)
    contenu: Any = models.JSONField("état de la ligne")
    changement: Any = models.JSONField("ce qui a changé", null=True)
    annule = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="annule_par", verbose_name="annule"
    )

    class Meta:
        verbose_name = "événement"
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"], name="evenement_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(action=None, engagement__isnull=False)
                | Q(action__isnull=False, engagement=None),
                name="evenement_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y} {self.commentaire}"

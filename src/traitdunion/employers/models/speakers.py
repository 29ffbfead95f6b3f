"""Tables of the speakers: a person under a chosen name, what they consent to, where they speak.

No address, no telephone, no career: the intermediary that holds the pool reaches the person.
"""

from datetime import date
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation
from traitdunion.territory.models import Commune

from ..enums import (
    INVITED,
    Categorie,
    EtatIntervention,
    Paiement,
    Payeur,
    Public,
    Support,
    Usage,
    is_known,
)
from .clubs import Rencontre

STATUTS = [(category.value, category.label) for category in INVITED]
MAX_NOTE = 5


def signer() -> Signer:
    """Return what signs the links of speakers; what the database keeps opens none."""
    return Signer(salt="traitdunion.employers.intervenant", sep=".")


class Intervenant(models.Model):
    """A volunteer, held by a trusted intermediary; emptied once they withdraw (`retire_le`).

    `romes`: codes of the occupations they can speak about. `jours`: days of the week on which they
    may come (0 is Monday). `voiture`: whether they have one; None where unknown.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="intervenants", verbose_name="intermédiaire"
    )
    pseudonyme = models.CharField("nom choisi", max_length=60, blank=True)
    statut = models.CharField("statut", max_length=10, choices=STATUTS)
    romes: Any = models.JSONField("métiers (codes ROME)", default=list, blank=True)
    naf = models.CharField("section NAF", max_length=1, blank=True)
    themes: Any = models.JSONField("thèmes", default=list, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    jours: Any = models.JSONField("jours possibles", default=list)
    voiture = models.BooleanField("a une voiture", null=True, blank=True)
    inscrit_le = models.DateTimeField("inscrit le")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    class Meta:
        verbose_name = "intervenant"
        ordering = ["pk"]
        constraints = [
            is_known("statut", [value for value, _ in STATUTS], "intervenant_statut_is_known"),
            models.CheckConstraint(
                condition=Q(retire_le=None)
                | Q(pseudonyme="", romes=[], themes=[], naf="", commune=None),
                name="intervenant_withdrawn_keeps_nothing",
            ),
            models.UniqueConstraint(
                fields=["organisation", "pseudonyme"],
                condition=~Q(pseudonyme=""),
                name="intervenant_one_name_by_intermediary",
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonyme or f"intervenant n° {self.pk}"

    @property
    def journal_label(self) -> str:
        """Return how the journal names the person: by a number, which outlives the name."""
        return f"intervenant n° {self.pk}"

    @property
    def token(self) -> str:
        """Return the secret of the link by which the person withdraws."""
        return signer().sign(str(self.pk))

    @classmethod
    def by_token(cls, token: str) -> "Intervenant | None":
        """Return the speaker of a link; None where the link is wrong."""
        try:
            pk = signer().unsign(token)
        except BadSignature:
            return None
        return cls.objects.select_related("organisation").filter(pk=pk).first()


class ConsentementQuerySet(models.QuerySet["Consentement"]):
    """Adjectives of consents."""

    def in_force(self, on: date) -> "ConsentementQuerySet":
        """Keep those given, not withdrawn and not ended on a day."""
        return self.filter(retire_le=None, expire_le__gte=on)


class Consentement(models.Model):
    """A consent to one use; kept as its proof after the withdrawal (GDPR, article 7)."""

    intervenant = models.ForeignKey(Intervenant, models.PROTECT, related_name="consentements")
    usage = models.CharField("usage", max_length=15, choices=Usage)
    version = models.CharField("version du texte", max_length=20)
    public = models.CharField("public", max_length=10, choices=Public)
    support = models.CharField("support", max_length=10, choices=Support)
    donne_le = models.DateTimeField("donné le")
    expire_le = models.DateField("jusqu'au")
    retire_le = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ConsentementQuerySet.as_manager()

    class Meta:
        verbose_name = "consentement"
        ordering = ["usage", "-donne_le"]
        constraints = [
            is_known("usage", Usage.values, "consentement_usage_is_known"),
            is_known("public", Public.values, "consentement_public_is_known"),
            is_known("support", Support.values, "consentement_support_is_known"),
            models.CheckConstraint(
                condition=Q(retire_le=None) | Q(retire_le__gte=F("donne_le")),
                name="consentement_withdrawn_after_it_was_given",
            ),
            models.UniqueConstraint(
                fields=["intervenant", "usage"],
                condition=Q(retire_le=None),
                name="consentement_one_open_by_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_usage_display()}, jusqu'au {self.expire_le:%d/%m/%Y}"


class DemandeIntervenant(models.Model):
    """A request of an organiser to an intermediary, for one meeting."""

    rencontre = models.ForeignKey(Rencontre, models.CASCADE, related_name="demandes")
    intermediaire = models.ForeignKey(
        Organisation, models.PROTECT, related_name="demandes_d_intervenants"
    )
    rome = models.CharField("métier (code ROME)", max_length=5, blank=True)
    naf = models.CharField("section NAF", max_length=1, blank=True)
    theme = models.CharField("thème", max_length=60, blank=True)
    fin = models.TimeField("fin de la rencontre")
    demandee_le = models.DateTimeField("demandée le")
    close_le = models.DateTimeField("close le", null=True, blank=True)

    class Meta:
        verbose_name = "demande d'intervenant"
        verbose_name_plural = "demandes d'intervenants"
        ordering = ["rencontre__tenue_le", "pk"]

    def __str__(self) -> str:
        return f"{self.rencontre}"


class Intervention(models.Model):
    """A speaker at a meeting: the trip and its cost, who pays, the speaker's own feedback.

    `trajet_min`, `cout_eur`: there and back, by the engine; None where unknown. `note`: of the
    speaker, 1 to 5. `ancien_employeur_verifie_le`: the intermediary checked that neither organiser
    nor host is a former employer (L5425-8).
    """

    demande = models.ForeignKey(DemandeIntervenant, models.CASCADE, related_name="interventions")
    intervenant = models.ForeignKey(Intervenant, models.PROTECT, related_name="interventions")
    etat = models.CharField(
        "état", max_length=10, choices=EtatIntervention, default=EtatIntervention.PROPOSEE
    )
    proposee_le = models.DateTimeField("proposée le")
    ancien_employeur_verifie_le = models.DateTimeField("vérifié le", null=True, blank=True)
    trajet = models.CharField("trajet", max_length=200, blank=True)
    trajet_min = models.PositiveSmallIntegerField("aller et retour (min)", null=True, blank=True)
    cout_eur = models.DecimalField(
        "coût (€)", max_digits=7, decimal_places=2, null=True, blank=True
    )
    payeur = models.CharField(
        "qui paie", max_length=13, choices=Payeur, default=Payeur.ORGANISATEUR
    )
    paiement = models.CharField(
        "paiement", max_length=10, choices=Paiement, default=Paiement.A_ENGAGER
    )
    paye_le = models.DateField("payé le", null=True, blank=True)
    note = models.PositiveSmallIntegerField("avis de la personne", null=True, blank=True)

    class Meta:
        verbose_name = "intervention"
        ordering = ["proposee_le", "pk"]
        constraints = [
            is_known("etat", EtatIntervention.values, "intervention_etat_is_known"),
            is_known("payeur", Payeur.values, "intervention_payeur_is_known"),
            is_known("paiement", Paiement.values, "intervention_paiement_is_known"),
            models.CheckConstraint(
                condition=Q(paiement=Paiement.PAYE, paye_le__isnull=False)
                | (~Q(paiement=Paiement.PAYE) & Q(paye_le=None)),
                name="intervention_paid_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(note=None) | Q(note__gte=1, note__lte=MAX_NOTE),
                name="intervention_note_from_one_to_five",
            ),
            models.UniqueConstraint(
                fields=["demande", "intervenant"], name="intervention_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_etat_display()}, {self.demande}"

    @property
    def journal_label(self) -> str:
        """Return how the journal names the row, without the person."""
        return f"intervention n° {self.pk}"

    @property
    def category(self) -> str:
        """Return what the person is, as it is shown without a name."""
        return Categorie(self.intervenant.statut).label

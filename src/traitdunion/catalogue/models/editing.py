"""What surrounds an entry: its history, what is suggested, what readers report, its links."""

from typing import Self

from django.db import models
from django.db.models import Q

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User

from ..enums import EtatProposition, EtatSignalement, NatureSignalement, TypeSolution
from .solutions import Solution, one_of


class Revision(models.Model):
    """An entry as it was after a change, whole (`entries.content_of`): read, compared, restored."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField("version")
    at = models.DateTimeField("le", null=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    action = models.CharField("action", max_length=12, choices=Action)
    statut = models.CharField("statut", max_length=10)
    content = models.JSONField("fiche")
    motif = models.CharField("motif", max_length=200, blank=True)

    class Meta:
        verbose_name = "version"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "version"], name="revision_once")
        ]

    def __str__(self) -> str:
        return f"{self.solution_id}, version {self.version}"


class PropositionQuerySet(models.QuerySet["Proposition"]):
    """Adjectives of suggestions."""

    def pending(self) -> Self:
        return self.filter(etat=EtatProposition.PROPOSEE)


class Proposition(models.Model):
    """An entry written but not applied: somebody's draft, or a suggestion to be moderated.

    `base` is the document it was written from ({} for a new entry): only what differs from it is
    meant.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="propositions")
    solution = models.ForeignKey(Solution, models.CASCADE, null=True, related_name="propositions")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    etat = models.CharField(
        "état", max_length=10, choices=EtatProposition, default=EtatProposition.BROUILLON
    )
    content = models.JSONField("fiche proposée")
    base = models.JSONField("fiche de départ", default=dict)
    message = models.TextField("message", blank=True)
    modified_at = models.DateTimeField("modifiée le")
    decided_at = models.DateTimeField("décidée le", null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reponse = models.TextField("réponse", blank=True)

    objects = PropositionQuerySet.as_manager()

    class Meta:
        verbose_name = "proposition"
        ordering = ["-modified_at"]
        constraints = [
            one_of("etat", EtatProposition.values, "proposition_etat_is_known"),
            models.CheckConstraint(
                condition=Q(etat__in=["brouillon", "proposee"], decided_at=None)
                | Q(etat__in=["acceptee", "refusee"], decided_at__isnull=False),
                name="proposition_decided_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.content.get("nom") or "Fiche sans nom")


class Modele(models.Model):
    """A document that new entries of a type may start from."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="modeles")
    type_solution = models.CharField("type", max_length=30, choices=TypeSolution)
    nom = models.CharField("nom du modèle", max_length=80)
    content = models.JSONField("fiche")

    class Meta:
        verbose_name = "modèle"
        ordering = ["type_solution", "nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "type_solution", "nom"], name="modele_named_once"
            ),
            one_of("type_solution", TypeSolution.values, "modele_type_is_known"),
        ]

    def __str__(self) -> str:
        return self.nom


class SignalementQuerySet(models.QuerySet["Signalement"]):
    """Adjectives of reports."""

    def open(self) -> Self:
        return self.filter(etat=EtatSignalement.OUVERT)


class Signalement(models.Model):
    """An anonymous report that an entry is wrong."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="signalements")
    nature = models.CharField("ce qui ne va pas", max_length=20, choices=NatureSignalement)
    message = models.TextField("précisions", max_length=1000, blank=True)
    at = models.DateTimeField("le")
    etat = models.CharField(
        "état", max_length=10, choices=EtatSignalement, default=EtatSignalement.OUVERT
    )
    handled_at = models.DateTimeField("traité le", null=True)
    handled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = SignalementQuerySet.as_manager()

    class Meta:
        verbose_name = "signalement"
        ordering = ["-at"]
        constraints = [
            one_of("nature", NatureSignalement.values, "signalement_nature_is_known"),
            models.CheckConstraint(
                condition=Q(etat="ouvert", handled_at=None)
                | Q(etat__in=["corrige", "ecarte"], handled_at__isnull=False),
                name="signalement_handled_when_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} : {self.solution_id}"


class LienVerifie(models.Model):
    """What a link of an entry last answered."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="liens")
    champ = models.CharField("champ", max_length=40)
    url = models.URLField("adresse")
    checked_at = models.DateTimeField("vérifié le")
    works = models.BooleanField("répond")
    reason = models.CharField("réponse", max_length=120)
    broken_since = models.DateTimeField("cassé depuis le", null=True)

    class Meta:
        verbose_name = "lien vérifié"
        ordering = ["solution", "champ"]
        constraints = [
            models.UniqueConstraint(fields=["solution", "champ"], name="lien_verifie_once")
        ]

    def __str__(self) -> str:
        return f"{self.url} : {self.reason}"

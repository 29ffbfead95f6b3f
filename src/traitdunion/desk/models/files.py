"""The files of people followed: as little as a follow-up needs, and no name unless they agree."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User

from ..enums import IssueParcours


class ParcoursQuerySet(models.QuerySet["Parcours"]):
    """Adjectives of files."""

    def of(self, organisation: Organisation) -> Self:
        """Filter the files of an organisation that are not anonymised."""
        return self.filter(organisation=organisation, anonymised_at=None)

    def followed_by(self, user: User) -> Self:
        """Filter those that a person follows today."""
        followed = Follower.objects.filter(user=user, until=None)
        return self.filter(pk__in=followed.values("parcours"))

    def without_adviser(self) -> Self:
        """Filter those without a follower who can sign in."""
        followed = Follower.objects.filter(until=None, user__is_active=True)
        return self.exclude(pk__in=followed.values("parcours"))


class Parcours(models.Model):
    """A person followed: initials and year of birth, their need in France Travail's vocabulary.

    The key is drawn at random, so that it means nothing and cannot be guessed. `situations` and
    `objectifs` are lists of codes (`enums.Situation`, `enums.Objectif`), never a diagnosis. Name
    and contact are there only with the person's agreement, kept with the words they agreed to.
    `touched_at` is the last contact, from which the time a file is kept is counted. `libelle` is a
    mark by which colleagues recognise a file in a list; it leaves with the initials.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parcours")
    initiales = models.CharField("initiales", max_length=4, blank=True)
    annee_naissance = models.PositiveSmallIntegerField("année de naissance", null=True, blank=True)
    situations = models.JSONField("situations", default=list)
    objectifs = models.JSONField("objectifs", default=list)
    prioritaire = models.BooleanField("la mobilité est sa contrainte prioritaire", default=False)
    libelle = models.CharField("repère privé", max_length=40, blank=True)
    nom = models.CharField("nom", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    agreed_at = models.DateTimeField("accord donné le", null=True, blank=True)
    agreed_text = models.TextField("accord donné à", blank=True)
    agreed_with = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    opened_at = models.DateTimeField("ouvert le")
    touched_at = models.DateTimeField("dernier contact le")
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    issue = models.CharField("issue", max_length=16, choices=IssueParcours, blank=True)
    en_emploi_le = models.DateField("en emploi depuis le", null=True, blank=True)
    anonymised_at = models.DateTimeField("anonymisé le", null=True, blank=True)

    objects = ParcoursQuerySet.as_manager()

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        ordering = ["-touched_at", "pk"]
        indexes = [
            models.Index(fields=["organisation", "-touched_at"], name="parcours_of_organisation"),
            models.Index(fields=["touched_at"], name="parcours_touched"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(nom="", telephone="", courriel="") | Q(agreed_at__isnull=False),
                name="parcours_contact_only_with_agreement",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_at=None)
                | Q(initiales="", annee_naissance=None, agreed_at=None, libelle=""),
                name="parcours_anonymised_is_nobody",
            ),
            models.CheckConstraint(
                condition=Q(issue="") | Q(issue__in=IssueParcours.values, closed_at__isnull=False),
                name="parcours_outcome_once_closed",
            ),
        ]

    def __str__(self) -> str:
        """Return its reference: all that the journal and the messages may show."""
        return f"parcours {self.reference}"

    @property
    def reference(self) -> str:
        """Return the eight signs by which colleagues name a file without naming the person."""
        return str(self.pk)[:8].upper()

    @property
    def has_adviser(self) -> bool:
        """Return whether an active account follows the person today."""
        return any(
            follower.until is None and follower.user.is_active for follower in self.followers.all()
        )

    @property
    def person(self) -> str:
        """Return the person as a colleague reads it: "A.B., 1990"."""
        initials = "".join(f"{letter}." for letter in self.initiales)
        if self.annee_naissance is None:
            return initials or "Personne anonymisée"
        return f"{initials}, {self.annee_naissance}"


class Follower(models.Model):
    """Who follows a person, since when, until when."""

    parcours = models.ForeignKey(Parcours, models.CASCADE, related_name="followers")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    since = models.DateTimeField("depuis le")
    until = models.DateTimeField("jusqu'au", null=True, blank=True)

    class Meta:
        verbose_name = "accompagnant"
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcours", "user"],
                condition=Q(until=None),
                name="follower_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.parcours}"


class KeptAnswer(models.Model):
    """An answer of the desk as it was given that day; `document`: see `followup.snapshots`."""

    parcours = models.ForeignKey(Parcours, models.CASCADE, related_name="answers")
    document = models.JSONField("réponse")
    kept_at = models.DateTimeField("gardée le")
    kept_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "réponse gardée"
        ordering = ["-kept_at", "-pk"]

    def __str__(self) -> str:
        return f"réponse du {self.kept_at:%Y-%m-%d}, {self.parcours}"

"""Orientations to structures, the links by which they answer, the messages that were sent."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation, OutgoingMessage, User
from traitdunion.catalogue.models import Attente, Solution, Structure

from ..enums import Courrier, MotifRefus, Servi, StatutOrientation
from .files import KeptAnswer, Parcours

ANSWERED = (StatutOrientation.ACCEPTEE, StatutOrientation.REFUSEE)
AWAITED = (StatutOrientation.OUVERTE, StatutOrientation.EN_ATTENTE)


class OrientationQuerySet(models.QuerySet["Orientation"]):
    """Adjectives of orientations."""

    def open(self) -> Self:
        return self.filter(statut=StatutOrientation.OUVERTE)

    def on_waiting_list(self) -> Self:
        return self.filter(statut=StatutOrientation.EN_ATTENTE)

    def awaited(self) -> Self:
        """Filter those without a yes or a no: open, or on a waiting list."""
        return self.filter(statut__in=AWAITED)

    def sent_before(self, when: datetime) -> Self:
        return self.filter(sent_at__lte=when)


class Orientation(models.Model):
    """A person proposed to a structure for a solution, and what the structure answers.

    `sent_at` is when the structure was first written to: reminder and expiry count from it.
    `listed_at` is when it put the person on its waiting list, with `rang` and `expected_on` as it
    gave them; `attente` is the nameless row by which the catalogue measures how long people wait.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parcours = models.ForeignKey(Parcours, models.CASCADE, related_name="orientations")
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="orientations")
    solution = models.ForeignKey(Solution, models.SET_NULL, null=True, related_name="+")
    solution_nom = models.CharField("solution", max_length=150)
    answer = models.ForeignKey(KeptAnswer, models.SET_NULL, null=True, related_name="+")
    message = models.TextField("message à la structure", blank=True)
    statut = models.CharField("statut", max_length=12, choices=StatutOrientation)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("faite le")
    sent_to = models.EmailField("envoyée à", blank=True)
    sent_at = models.DateTimeField("envoyée le", null=True, blank=True)
    reminded_at = models.DateTimeField("relancée le", null=True, blank=True)
    answered_at = models.DateTimeField("réponse le", null=True, blank=True)
    motif = models.CharField("motif du refus", max_length=24, choices=MotifRefus, blank=True)
    commentaire = models.TextField("commentaire de la structure", blank=True)
    started_on = models.DateField("commencée le", null=True, blank=True)
    meeting_at = models.DateTimeField("date proposée", null=True, blank=True)
    meeting_words = models.CharField("lieu ou précision", max_length=200, blank=True)
    listed_at = models.DateTimeField("sur liste d'attente depuis le", null=True, blank=True)
    rang = models.PositiveSmallIntegerField("rang sur la liste", null=True, blank=True)
    expected_on = models.DateField("place attendue le", null=True, blank=True)
    attente = models.OneToOneField(
        Attente, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = OrientationQuerySet.as_manager()

    class Meta:
        verbose_name = "orientation"
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["statut", "sent_at"], name="orientation_statut_sent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(statut__in=StatutOrientation.values), name="orientation_statut_is_known"
            ),
            models.CheckConstraint(
                condition=Q(statut=StatutOrientation.REFUSEE, motif__in=MotifRefus.values)
                | (~Q(statut=StatutOrientation.REFUSEE) & Q(motif="")),
                name="orientation_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(statut__in=ANSWERED, answered_at__isnull=False)
                | (~Q(statut__in=ANSWERED) & Q(answered_at=None)),
                name="orientation_answered_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(statut__in=AWAITED) | Q(sent_at__isnull=False),
                name="orientation_open_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(statut=StatutOrientation.ACCEPTEE),
                name="orientation_started_was_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(statut=StatutOrientation.EN_ATTENTE) | Q(listed_at__isnull=False),
                name="orientation_waits_since_a_day",
            ),
            models.CheckConstraint(
                condition=Q(statut=StatutOrientation.RETIREE, withdrawn_at__isnull=False)
                | (~Q(statut=StatutOrientation.RETIREE) & Q(withdrawn_at=None)),
                name="orientation_withdrawn_has_its_day",
            ),
            models.UniqueConstraint(
                fields=["parcours", "structure"],
                condition=Q(statut__in=[StatutOrientation.A_MODERER, *AWAITED]),
                name="orientation_waits_once_for_a_structure",
            ),
        ]

    def __str__(self) -> str:
        return f"orientation du {self.parcours} vers {self.structure}"


READABLE_FOR = timedelta(days=30)
"""Time after an acceptance during which its link still opens the request, to read it."""


class AnswerLinkQuerySet(models.QuerySet["AnswerLink"]):
    """Adjectives of links."""

    def readable(self, now: datetime) -> Self:
        """Filter those used to accept a recent request, of a file that is open."""
        return self.filter(
            used_at__isnull=False,
            revoked_at=None,
            orientation__statut=StatutOrientation.ACCEPTEE,
            orientation__answered_at__gt=now - READABLE_FOR,
            orientation__parcours__closed_at=None,
            orientation__parcours__anonymised_at=None,
        )

    def open(self, now: datetime) -> Self:
        """Filter those unused and valid, of an orientation that still waits."""
        return self.filter(
            used_at=None,
            revoked_at=None,
            expires_at__gt=now,
            orientation__statut__in=AWAITED,
        )


class AnswerLink(models.Model):
    """A link by which a structure answers without an account; only its hash is kept."""

    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="links")
    token_hash = models.CharField("empreinte du secret", max_length=64, unique=True)
    created_at = models.DateTimeField("envoyé le")
    expires_at = models.DateTimeField("valable jusqu'au")
    used_at = models.DateTimeField("employé le", null=True, blank=True)
    revoked_at = models.DateTimeField("remplacé le", null=True, blank=True)

    objects = AnswerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien de réponse"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="link_expires_after_it_is_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"lien du {self.created_at:%Y-%m-%d}, {self.orientation}"


class SentMail(models.Model):
    """A message of the follow-up: to whom, when, about what; never its text.

    It is about an orientation, or about several files of an organisation at once. `message` is its
    row in the outbox; the demonstration has none, as `error` notes.
    """

    orientation = models.ForeignKey(
        Orientation, models.CASCADE, null=True, blank=True, related_name="mails"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="+"
    )
    kind = models.CharField("nature", max_length=12, choices=Courrier)
    to = models.EmailField("destinataire")
    subject = models.CharField("objet", max_length=160)
    at = models.DateTimeField("le")
    error = models.CharField("ce qui a manqué", max_length=200, blank=True)
    message = models.OneToOneField(
        OutgoingMessage, models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "message envoyé"
        verbose_name_plural = "messages envoyés"
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Courrier.values), name="mail_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(orientation=None, organisation__isnull=False)
                | Q(orientation__isnull=False, organisation=None),
                name="mail_is_about_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.at:%Y-%m-%d}"

    @property
    def recipient(self) -> str:
        """Return what pages show of the recipient, in French."""
        return "la personne" if self.kind == Courrier.PERSONNE else self.to

    @property
    def promise(self) -> str:
        """Return what to answer the person who just asked for the message, in French."""
        return self.message.promise if self.message else self.standing

    @property
    def standing(self) -> str:
        """Return what became of the message, in French."""
        return self.message.standing if self.message else f"Non : {self.error}"


class CheckPoint(models.Model):
    """One, three or six months after the start: is the person still served, are they in a job."""

    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="checkpoints")
    month = models.PositiveSmallIntegerField("mois après le début")
    asked_at = models.DateTimeField("demandé le")
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    servi = models.CharField("encore servi", max_length=16, choices=Servi, blank=True)
    en_emploi = models.BooleanField("en emploi", null=True, blank=True)

    class Meta:
        verbose_name = "point de suivi"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["orientation", "month"], name="checkpoint_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, servi="")
                | Q(answered_at__isnull=False, servi__in=Servi.values),
                name="checkpoint_answered_says_whether_served",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month} mois, {self.orientation}"

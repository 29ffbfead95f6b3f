"""Table of outgoing messages."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

LATE_AFTER = timedelta(minutes=15)
"""An administrator is alerted of a message that waits for longer."""

NO_SERVER = "aucun serveur de courriel n'est réglé"
IN_DOUBT = (
    "la remise a été interrompue, le message est peut-être arrivé : vérifiez, puis renvoyez-le ou "
    "abandonnez-le"
)


CONSOLE = "django.core.mail.backends.console.EmailBackend"


def is_configured() -> bool:
    """Return whether a mail server is set; otherwise messages are printed and wait."""
    return settings.EMAIL_BACKEND != CONSOLE


class State(models.TextChoices):
    """Where a message stands. `SENT` means that a mail server accepted it."""

    WAITING = "attend", "En attente"
    SENDING = "en_cours", "En cours d'envoi"
    SENT = "parti", "Parti"
    FAILED = "echec", "Échec"
    ABANDONED = "abandonne", "Abandonné"


PENDING = (State.WAITING, State.SENDING)


class MessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """Adjectives of outgoing messages."""

    def due(self, now: datetime) -> Self:
        """To be sent now: waiting, or claimed by a worker that died."""
        return self.filter(
            Q(state=State.WAITING, due_at__lte=now) | Q(state=State.SENDING, claimed_until__lte=now)
        )

    def late(self, now: datetime) -> Self:
        return self.filter(state__in=PENDING, waiting_since__lte=now - LATE_AFTER)

    def failed(self) -> Self:
        return self.filter(state=State.FAILED)


class OutgoingMessage(models.Model):
    """A message to one address, from the deed that queues it until a mail server accepts it.

    `key` names the deed and the recipient: queueing the same key twice queues one message.
    `body` is the sealed text and attachments; it is erased once the message is sent or abandoned,
    because it may carry the secret of a link. `identifier` gives the Message-ID, the same at each
    attempt. `entrusted_at` is written just before the server is given the text: a worker that dies
    between then and the end leaves a doubt, which a person lifts; nothing is sent twice by itself.
    `to_person_followed`: who administers messages does not read the address.
    """

    key = models.CharField("acte et destinataire", max_length=460, unique=True)
    identifier = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.CASCADE, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    to = models.EmailField("destinataire")
    to_person_followed = models.BooleanField("à une personne suivie", default=False)
    reply_to = models.CharField("réponse à", max_length=400, blank=True)
    subject = models.CharField("objet", max_length=300)
    body = models.TextField("texte et pièces jointes, scellés", blank=True)
    created_at = models.DateTimeField("demandé le")
    waiting_since = models.DateTimeField("en attente depuis le")
    due_at = models.DateTimeField("prochain essai le")
    state = models.CharField("état", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    entrusted_at = models.DateTimeField("remise commencée le", null=True, blank=True)
    error = models.CharField("ce qui a manqué", max_length=300, blank=True)
    claim = models.UUIDField("envoi en cours", null=True, blank=True)
    claimed_until = models.DateTimeField("réservé jusqu'au", null=True, blank=True)
    printed_at = models.DateTimeField("écrit dans le terminal le", null=True, blank=True)
    ended_at = models.DateTimeField("parti ou abandonné le", null=True, blank=True)

    objects = MessageQuerySet.as_manager()
    sealed_columns = ("body",)

    class Meta:
        app_label = "accounts"
        verbose_name = "message à envoyer"
        verbose_name_plural = "messages à envoyer"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["attend", "en_cours"]), name="message_due"
            ),
            # Each signed-in page of an administrator counts those that wait for too long.
            models.Index(fields=["state", "waiting_since"], name="message_state"),
            models.Index(fields=["organisation", "-created_at"], name="message_of_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="message_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="en_cours", claim__isnull=False, claimed_until__isnull=False)
                | (~Q(state="en_cours") & Q(claim=None, claimed_until=None)),
                name="message_being_sent_is_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["parti", "abandonne"], ended_at__isnull=False, body="")
                | (~Q(state__in=["parti", "abandonne"]) & Q(ended_at=None)),
                name="message_ended_keeps_no_text",
            ),
        ]

    def __str__(self) -> str:
        return f"message du {self.created_at:%Y-%m-%d} : {self.subject}"[:160]

    @property
    def promise(self) -> str:
        """Return the answer to the person who queued the message, in French."""
        if is_configured():
            return f"Le message à {self.recipient} part dans la minute."
        return f"Le message à {self.recipient} attend : {NO_SERVER}."

    @property
    def recipient(self) -> str:
        """Return what pages show of the recipient, in French."""
        return "la personne suivie" if self.to_person_followed else self.to

    @property
    def standing(self) -> str:
        """Where the message stands, in French; "Parti" only once a mail server accepted it."""
        label = State(self.state).label
        return f"{label} : {self.error}" if self.error and self.state != State.SENT else label

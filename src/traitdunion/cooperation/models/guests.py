"""Who comes to a session: guests and their answers, tables, what their organisations offer."""

import secrets

from django.db import models
from django.db.models import F, Q, TextChoices

from ..enums import CollegeDeclare, ReponseInvitation, SorteAnnonce, Voisinage
from .sessions import Seance, is_known


def draw_token() -> str:
    """A secret that opens a page: a guest's own, or the card that a badge shows."""
    return secrets.token_urlsafe(16)


class InviteQuerySet(models.QuerySet["Invite"]):
    """Adjectives of guests."""

    def expected(self) -> "InviteQuerySet":
        """Those for whom a seat is kept: they said yes, or came without a word."""
        return self.filter(Q(reponse=ReponseInvitation.OUI) | ~Q(arrive_le=None))

    def present(self) -> "InviteQuerySet":
        return self.exclude(arrive_le=None)

    def unanswered(self) -> "InviteQuerySet":
        """Written to, and neither yes nor no."""
        open_ = (ReponseInvitation.SANS, ReponseInvitation.PEUT_ETRE)
        return self.filter(reponse__in=open_).exclude(invite_le=None)


class Invite(models.Model):
    """Somebody invited to a session: on whose behalf they come, what they answered, whether they
    came. `anime` is the table they facilitate.

    `jeton` opens the page on which they answer, and goes into their messages only; `badge` opens
    the card of a badge that everybody sees, which names them where `carte_publique` says so.
    """

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="invites")
    nom = models.CharField("nom", max_length=120)
    organisation = models.CharField("organisation", max_length=150)
    college = models.CharField("collège", max_length=14, choices=CollegeDeclare)
    domaine = models.CharField("domaine", max_length=80, blank=True)
    epci = models.CharField("intercommunalité", max_length=120, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    jeton = models.CharField("secret", max_length=32, unique=True, default=draw_token)
    badge = models.CharField("code du badge", max_length=32, unique=True, default=draw_token)
    carte_publique = models.BooleanField("accepte que son badge montre sa carte", default=False)
    reponse = models.CharField(
        "réponse", max_length=10, choices=ReponseInvitation, default=ReponseInvitation.SANS
    )
    invite_le = models.DateTimeField("invité le", null=True, blank=True)
    relance_le = models.DateTimeField("relancé le", null=True, blank=True)
    relances = models.PositiveSmallIntegerField("relances envoyées", default=0)
    repondu_le = models.DateTimeField("a répondu le", null=True, blank=True)
    arrive_le = models.DateTimeField("arrivé le", null=True, blank=True)
    anime = models.PositiveSmallIntegerField("anime la table", null=True, blank=True)

    objects = InviteQuerySet.as_manager()

    class Meta:
        verbose_name = "invité"
        ordering = ["organisation", "nom", "pk"]
        constraints = [
            is_known("college", CollegeDeclare.values, "invite_college_is_known"),
            is_known("reponse", ReponseInvitation.values, "invite_reponse_is_known"),
            models.UniqueConstraint(fields=["seance", "nom", "organisation"], name="invite_once"),
            models.UniqueConstraint(fields=["seance", "anime"], name="invite_one_for_each_table"),
        ]

    def __str__(self) -> str:
        return f"{self.nom} ({self.organisation})"


class Contrainte(models.Model):
    """Two guests kept apart, or together."""

    un = models.ForeignKey(Invite, models.CASCADE, related_name="contraintes")
    autre = models.ForeignKey(Invite, models.CASCADE, related_name="+")
    sorte = models.CharField("contrainte", max_length=10, choices=Voisinage)

    class Meta:
        verbose_name = "contrainte"
        ordering = ["pk"]
        constraints = [
            is_known("sorte", Voisinage.values, "contrainte_sorte_is_known"),
            models.UniqueConstraint(fields=["un", "autre"], name="contrainte_once"),
            models.CheckConstraint(condition=~Q(un=F("autre")), name="contrainte_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.un} / {self.autre} : {self.get_sorte_display()}"


class Place(models.Model):
    """Where a guest sits at a round; rounds and tables are numbered from 1."""

    invite = models.ForeignKey(Invite, models.CASCADE, related_name="places")
    manche = models.PositiveSmallIntegerField("manche")
    table = models.PositiveSmallIntegerField("table")

    class Meta:
        verbose_name = "place"
        ordering = ["manche", "table", "invite"]
        constraints = [
            models.UniqueConstraint(fields=["invite", "manche"], name="place_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(manche__gte=1, table__gte=1), name="place_numbered_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"manche {self.manche}, table {self.table}"


class Annonce(models.Model):
    """What an organisation does, offers or looks for, and where; said by one of its guests."""

    invite = models.ForeignKey(Invite, models.CASCADE, related_name="annonces")
    sorte = models.CharField("annonce", max_length=8, choices=SorteAnnonce)
    quoi = models.CharField("quoi", max_length=300)
    ou = models.CharField("où", max_length=120, blank=True)

    class Meta:
        verbose_name = "annonce"
        ordering = ["invite__organisation", "sorte", "pk"]
        constraints = [
            is_known("sorte", SorteAnnonce.values, "annonce_sorte_is_known"),
            models.UniqueConstraint(fields=["invite", "sorte", "quoi"], name="annonce_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invite.organisation} : {self.quoi}"


class GroupePresence(TextChoices):
    """Columns of a guest by which presence is counted."""

    DOMAINE = "domaine", "domaine"
    COLLEGE = "college", "collège"
    EPCI = "epci", "intercommunalité"


class PresenceComptee(models.Model):
    """How many of a group were present, once the names are gone."""

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="presences_comptees")
    groupe = models.CharField("groupe", max_length=8, choices=GroupePresence)
    nom = models.CharField("nom du groupe", max_length=150)
    nombre = models.PositiveIntegerField("présents")

    class Meta:
        verbose_name = "présence comptée"
        verbose_name_plural = "présences comptées"
        ordering = ["groupe", "-nombre", "nom"]
        constraints = [
            is_known("groupe", GroupePresence.values, "presence_comptee_groupe_is_known"),
            models.UniqueConstraint(
                fields=["seance", "groupe", "nom"], name="presence_comptee_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nom} : {self.nombre}"

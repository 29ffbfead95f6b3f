"""Guests of a session: answers, tables, what their organisations offer, links of the room."""

import secrets

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import F, Q, TextChoices

from ..enums import CollegeDeclare, ReponseInvitation, RoleSalle, SorteAnnonce, Voisinage
from .sessions import Seance, is_known
from .statements import Statement


def draw_token() -> str:
    """Draw a secret that opens a page: a guest's own, or the card that a badge shows."""
    return secrets.token_urlsafe(16)


def signer() -> Signer:
    """Return what signs the links of guests, under the key of the site."""
    return Signer(salt="traitdunion.cooperation.invitation", sep=".")


class InviteQuerySet(models.QuerySet["Invite"]):
    """Adjectives of guests."""

    def expected(self) -> "InviteQuerySet":
        """Keep those for whom a seat is kept: they answered yes, or came."""
        return self.filter(Q(reponse=ReponseInvitation.OUI) | ~Q(arrive_le=None))

    def present(self) -> "InviteQuerySet":
        return self.exclude(arrive_le=None)

    def of_link(self, secret: str) -> "InviteQuerySet":
        """Keep the guest whose own page a secret opens; none where the site did not sign it."""
        try:
            return self.filter(jeton=signer().unsign(secret))
        except BadSignature:
            return self.none()

    def unanswered(self) -> "InviteQuerySet":
        """Keep those written to who answered neither yes nor no."""
        open_ = (ReponseInvitation.SANS, ReponseInvitation.PEUT_ETRE)
        return self.filter(reponse__in=open_).exclude(invite_le=None)


class Invite(models.Model):
    """A guest of a session: organisation, answer, arrival. `anime` is the table they facilitate.

    `secret` opens the page on which they answer, and goes into their messages only. It is `jeton`
    signed with the key of the site: the database alone opens no page, and each reminder can give
    the same link. `badge` opens the card of a badge that everybody sees, which names them where
    `carte_publique` is true.
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
    # A voice was given for this badge; which one is written nowhere.
    voix_donnee = models.BooleanField("a eu sa voix", default=False)

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

    @property
    def secret(self) -> str:
        """What opens the guest's own page."""
        return signer().sign(self.jeton)


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


class Annonce(Statement):
    """What an organisation does, offers or looks for, and where; written by one of its guests."""

    WORDS = ("quoi", "ou")

    invite = models.ForeignKey(Invite, models.CASCADE, related_name="annonces")
    sorte = models.CharField("annonce", max_length=8, choices=SorteAnnonce)
    quoi = models.CharField("quoi", max_length=300)
    ou = models.CharField("où", max_length=120, blank=True)

    class Meta:
        verbose_name = "annonce"
        ordering = ["invite__organisation", "sorte", "pk"]
        constraints = [
            *Statement.constraints("annonce"),
            is_known("sorte", SorteAnnonce.values, "annonce_sorte_is_known"),
            models.UniqueConstraint(
                fields=["invite", "sorte", "quoi"],
                condition=Q(propos="montre"),
                name="annonce_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invite.organisation} : {self.quoi}"

    @property
    def session(self) -> Seance:
        return self.invite.seance


class AccesSalle(models.Model):
    """A link by which a person without an account takes the tables' ideas, or arrivals.

    It dies with the session, or when another is drawn. Only the digest of its secret is kept.
    """

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="acces")
    role = models.CharField("rôle", max_length=8, choices=RoleSalle)
    empreinte = models.CharField("empreinte du secret", max_length=64, unique=True)
    tire_le = models.DateTimeField("tiré le")

    class Meta:
        verbose_name = "accès de la salle"
        verbose_name_plural = "accès de la salle"
        ordering = ["role"]
        constraints = [
            is_known("role", RoleSalle.values, "acces_role_is_known"),
            models.UniqueConstraint(fields=["seance", "role"], name="acces_one_of_a_role"),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class GroupePresence(TextChoices):
    """Columns of a guest by which presence is counted."""

    DOMAINE = "domaine", "domaine"
    COLLEGE = "college", "collège"
    EPCI = "epci", "intercommunalité"


class PresenceComptee(models.Model):
    """Number of people of a group who were present, once the names are gone."""

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

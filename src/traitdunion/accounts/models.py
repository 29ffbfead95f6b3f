"""Tables of the accounts: people, organisations, who is what in which, and what they did."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from .enums import Action, Role
from .outbox.models import OutgoingMessage
from .scheduled.models import ScheduledWork

__all__ = [
    "Access", "Invitation", "Membership", "Organisation", "OutgoingMessage", "ProviderIdentity",
    "ScheduledWork", "User", "UserManager", "role_is_known",
]  # fmt: skip


class UserManager(BaseUserManager["User"]):
    """Manager of people; it keeps e-mail addresses in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create and save a person; without a password, they cannot sign in until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address; what they may do lies in their memberships."""

    email = models.EmailField("adresse électronique", unique=True)
    nom = models.CharField("nom affiché", max_length=100, blank=True)
    telephone = models.CharField("téléphone professionnel", max_length=30, blank=True)
    is_active = models.BooleanField("peut se connecter", default=True)
    demonstration = models.BooleanField("personne de démonstration", default=False)
    created_at = models.DateTimeField("créé le", auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "personne"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case"),
        ]

    def __str__(self) -> str:
        return self.nom or self.email


class Organisation(models.Model):
    """A body whose members share files, entries of the catalogue or sessions."""

    slug = models.SlugField("identifiant", primary_key=True, max_length=60)
    nom = models.CharField("nom", max_length=150)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    demonstration = models.BooleanField("organisation de démonstration", default=False)
    members = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        verbose_name = "organisation"
        ordering = ["nom"]

    def __str__(self) -> str:
        return self.nom


def role_is_known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(role__in=Role.values), name=name)


class Membership(models.Model):
    """A role of a person in an organisation; one row each."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField("rôle", max_length=20, choices=Role)
    created_at = models.DateTimeField("depuis le", auto_now_add=True)

    class Meta:
        verbose_name = "rôle d'une personne"
        ordering = ["organisation", "user", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="membership_role_once"
            ),
            role_is_known("membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} de {self.organisation}"


class ProviderIdentity(models.Model):
    """Who a person is at an OpenID Connect provider; one identity each there."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.URLField("fournisseur")
    sub = models.CharField("identifiant chez le fournisseur", max_length=255)
    linked_at = models.DateTimeField("relié le")

    class Meta:
        verbose_name = "identité chez un fournisseur"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="provider_identity_once"),
            models.UniqueConstraint(fields=["issuer", "user"], name="one_identity_by_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.issuer}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters of invitations."""

    def open(self, now: datetime) -> Self:
        """Keep those neither used, nor withdrawn, nor out of date."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """A link sent once by e-mail; only the hash of its secret is kept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=20, choices=Role)
    token_hash = models.CharField("empreinte du secret", max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("envoyée le")
    expires_at = models.DateTimeField("valable jusqu'au")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)
    revoked_at = models.DateTimeField("retirée le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-created_at"]
        constraints = [
            role_is_known("invitation_role_is_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitation_expires_after_it_is_sent",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None),
                name="invitation_accepted_or_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()} de {self.organisation}"


class SecurityReset(models.Model):
    """A request to take away what a person signs in with, by an administrator (`resets`)."""

    class Kind(models.TextChoices):
        SECOND_FACTOR = "second_factor", "double vérification"
        IDENTITY = "identity", "lien avec le fournisseur d'identité"

        @property
        def nothing(self) -> str:
            """Return the French for having none, after "n'a"."""
            return {
                "second_factor": "pas de double vérification",
                "identity": "pas de compte relié à un fournisseur",
            }[self.value]

    class Outcome(models.TextChoices):
        DONE = "done", "faite"
        REFUSED = "refused", "refusée"

    person = models.ForeignKey(User, models.CASCADE, related_name="security_resets")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    agreements = models.ManyToManyField(Organisation, related_name="+")
    asked_at = models.DateTimeField("demandée le")
    due_at = models.DateTimeField("faite le, sauf refus")
    ended_at = models.DateTimeField("close le", null=True, blank=True)
    outcome = models.CharField("issue", max_length=10, choices=Outcome, blank=True)

    class Meta:
        verbose_name = "remise à zéro d'une connexion"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(ended_at=None),
                name="one_open_reset_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | Q(ended_at__isnull=False, outcome__in=["done", "refused"]),
                name="reset_ends_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")), name="reset_is_due_after_it_is_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} de {self.person}"


class OpenSession(AbstractBaseSession):
    """A session and the person who signed in with it (`sessions`); anonymous ones have no user."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="open_sessions")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session ouverte"

    @classmethod
    def get_session_store_class(cls) -> type:
        from .sessions import SessionStore

        return SessionStore


class Counter(models.Model):
    """A limit being counted: the table of Django's default cache, shared by all processes.

    Keys are hashed and values are counts; rows that are over are deleted by `retention`.
    """

    cache_key = models.CharField("compteur", primary_key=True, max_length=255)
    value = models.TextField("valeur")
    expires = models.DateTimeField("jusqu'au", db_index=True)

    class Meta:
        verbose_name = "compteur d'essais"

    def __str__(self) -> str:
        return self.cache_key


class ErasureRun(models.Model):
    """The last time that a daily command erased what was due; a jump of the clock shows against it.

    No one writes it by using the site: a person who signs in under a wrong clock does not make it
    right.
    """

    command = models.CharField("commande", max_length=20, primary_key=True)
    at = models.DateTimeField("dernier passage")

    class Meta:
        verbose_name = "passage d'effacement"
        verbose_name_plural = "passages d'effacement"

    def __str__(self) -> str:
        return f"{self.command}, {self.at}"


class Access(models.Model):
    """One line of the journal: who saw or changed what, and when. Lines are only ever added."""

    at = models.DateTimeField("le")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="accesses"
    )
    action = models.CharField("action", max_length=12, choices=Action)
    target_type = models.CharField("nature", max_length=40)
    target_id = models.CharField("identifiant", max_length=80)
    target_label = models.CharField("libellé", max_length=160, blank=True)

    class Meta:
        verbose_name = "accès"
        verbose_name_plural = "accès"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-at"], name="access_of_organisation"),
            models.Index(fields=["target_type", "target_id"], name="access_of_target"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=Action.values), name="access_action_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target_type} {self.target_id}"

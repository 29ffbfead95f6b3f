"""Tables of the accounts: people, organisations, who is what in which, and what they did."""

from datetime import datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from .enums import Action, Role


class UserManager(BaseUserManager["User"]):
    """Creates people; an e-mail address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person saved, who cannot sign in until a password is set if none is given."""
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
    """Those who work together on a part of the catalogue."""

    slug = models.SlugField("identifiant", primary_key=True, max_length=60)
    nom = models.CharField("nom", max_length=150)
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
    """Adjectives of invitations."""

    def open(self, now: datetime) -> Self:
        """Neither used, nor withdrawn, nor out of date."""
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

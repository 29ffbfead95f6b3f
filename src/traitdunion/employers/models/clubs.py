"""Tables of the clubs: a club, its meetings, the commitments taken there.

Who speaks in a meeting is kept as categories; no name of a person is.
"""

from datetime import date, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.shared_words import SharedWords
from traitdunion.cooperation.models import Action, Engagement
from traitdunion.territory.models import Commune, Epci

from ..enums import (
    BLOC_RECORDED,
    Bloc,
    NatureRencontre,
    Secteur,
    Taille,
    TypeEngagement,
    is_known,
)

LINK_OPEN = timedelta(days=90)
"""After a meeting, its link no longer opens."""


COUNTS_OPEN = timedelta(days=730)
"""After a commitment was confirmed, the link of its follow-up no longer opens."""


def counts_signer() -> Signer:
    """Return what signs the links by which employers declare counts."""
    return Signer(salt="traitdunion.employers.bilan", sep=".")


def signer() -> Signer:
    """Return what signs the links of organisers; what the database keeps opens none."""
    return Signer(salt="traitdunion.employers.rencontre", sep=".")


class Club(models.Model):
    """A club of employers, kept by its own organisation.

    `action`: the action of the roadmap that takes the commitments of its meetings; None until the
    club has chosen.
    """

    slug = models.SlugField("identifiant", primary_key=True, max_length=60)
    nom = models.CharField("nom", max_length=150)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="clubs")
    secteur = models.CharField("secteur", max_length=10, choices=Secteur, default=Secteur.TOUS)
    taille = models.CharField("taille", max_length=10, choices=Taille, default=Taille.TOUTES)
    epci = models.ForeignKey(
        Epci, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name="intercommunalité",
    )  # fmt: skip
    action = models.ForeignKey(
        Action, models.SET_NULL, null=True, blank=True, related_name="clubs",
        verbose_name="action de la feuille de route",
    )  # fmt: skip
    demonstration = models.BooleanField("club de démonstration", default=False)

    class Meta:
        verbose_name = "club d'employeurs"
        verbose_name_plural = "clubs d'employeurs"
        ordering = ["nom"]
        constraints = [
            is_known("secteur", Secteur.values, "club_secteur_is_known"),
            is_known("taille", Taille.values, "club_taille_is_known"),
            models.CheckConstraint(condition=~Q(nom=""), name="club_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.nom


class RencontreQuerySet(models.QuerySet["Rencontre"]):
    """Adjectives of meetings."""

    def public(self) -> "RencontreQuerySet":
        return self.filter(publique=True)

    def kept(self) -> "RencontreQuerySet":
        """Keep those that were not cancelled."""
        return self.filter(annulee_le=None)

    def recorded(self) -> "RencontreQuerySet":
        """Keep those whose organiser recorded what happened."""
        return self.filter(bloc__in=BLOC_RECORDED)


class Rencontre(models.Model):
    """A meeting of a club: announced, then recorded by its organiser through one link.

    `courriel`: the mailbox of the organiser; empty where the organisation of the club answers.
    `paroles`: categories of those who spoke; None where it was not recorded. `minutes`: length of
    the integration item; None where unknown. `uid`: of the calendar file it was read from.
    """

    club = models.ForeignKey(Club, models.CASCADE, related_name="rencontres")
    nature = models.CharField(
        "nature", max_length=12, choices=NatureRencontre, default=NatureRencontre.REUNION
    )
    groupe = models.ForeignKey(
        "employers.GroupeTravail", models.SET_NULL, null=True, blank=True,
        related_name="rencontres", verbose_name="groupe de travail",
    )  # fmt: skip
    titre = models.CharField("titre", max_length=200)
    tenue_le = models.DateField("date")
    heure = models.TimeField("heure", null=True, blank=True)
    lieu = models.CharField("lieu", max_length=200, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, blank=True, related_name="+")
    courriel = models.EmailField("adresse de l'organisateur", blank=True)
    publique = models.BooleanField("annoncée à tous", default=False)
    bloc = models.CharField("temps intégration", max_length=10, choices=Bloc, default=Bloc.INCONNU)
    duree_bloc = models.PositiveSmallIntegerField("durée prévue (min)", null=True, blank=True)
    minutes = models.PositiveSmallIntegerField("durée tenue (min)", null=True, blank=True)
    paroles: Any = models.JSONField("qui a parlé", null=True, blank=True)
    idees = models.TextField("idées", max_length=2000, blank=True)
    enregistree_le = models.DateTimeField("compte rendu le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    # Number of the last change announced in the calendar (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField("version de l'événement", default=0)
    uid = models.CharField("identifiant du fichier d'agenda", max_length=255, blank=True)

    objects = RencontreQuerySet.as_manager()
    shared_words = SharedWords(
        {"titre": "Le titre", "lieu": "Le lieu", "idees": "Les idées"},
        "club__organisation", Permission.KEEP_CLUBS,
        "l'organisateur ; tout le monde, si la rencontre est annoncée à tous",
    )  # fmt: skip

    class Meta:
        verbose_name = "rencontre d'employeurs"
        verbose_name_plural = "rencontres d'employeurs"
        ordering = ["tenue_le", "heure", "pk"]
        constraints = [
            is_known("nature", NatureRencontre.values, "rencontre_nature_is_known"),
            is_known("bloc", Bloc.values, "rencontre_bloc_is_known"),
            models.CheckConstraint(
                condition=Q(bloc__in=BLOC_RECORDED, enregistree_le__isnull=False)
                | (~Q(bloc__in=BLOC_RECORDED) & Q(enregistree_le=None, paroles=None)),
                name="rencontre_recorded_when_it_is",
            ),
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(bloc=Bloc.TENU, minutes__gte=1),
                name="rencontre_minutes_of_what_was_held",
            ),
            models.CheckConstraint(
                condition=Q(groupe=None) | Q(nature=NatureRencontre.GROUPE),
                name="rencontre_of_a_group_is_its_session",
            ),
            models.UniqueConstraint(
                fields=["club", "uid"], condition=~Q(uid=""), name="rencontre_once_by_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.titre}, {self.tenue_le:%d/%m/%Y}"

    @property
    def token(self) -> str:
        """Return the secret of the link of its organiser."""
        return signer().sign(str(self.pk))

    @classmethod
    def by_token(cls, token: str) -> "Rencontre | None":
        """Return the meeting of a link; None where the link is wrong or the meeting gone."""
        try:
            pk = signer().unsign(token)
        except BadSignature:
            return None
        rows = cls.objects.select_related("club__organisation", "club__action", "commune")
        return rows.filter(pk=pk).first()

    @property
    def is_recorded(self) -> bool:
        return self.bloc in BLOC_RECORDED

    def link_is_open(self, on: date) -> bool:
        """Return whether the link of the organiser still opens on a day."""
        return on <= self.tenue_le + LINK_OPEN


class EngagementEmployeur(models.Model):
    """The kind of a commitment of the roadmap taken in a meeting of employers."""

    engagement = models.OneToOneField(
        Engagement, models.CASCADE, related_name="employeur", primary_key=True
    )
    rencontre = models.ForeignKey(Rencontre, models.CASCADE, related_name="engagements")
    nature = models.CharField("nature", max_length=12, choices=TypeEngagement)

    class Meta:
        verbose_name = "engagement d'un employeur"
        verbose_name_plural = "engagements d'employeurs"
        ordering = ["rencontre", "pk"]
        constraints = [
            is_known("nature", TypeEngagement.values, "engagement_employeur_nature_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} ({self.engagement.porteur})"

    @property
    def token(self) -> str:
        """Return the secret of the link by which the employer declares its counts."""
        return counts_signer().sign(str(self.pk))

    @classmethod
    def by_token(cls, token: str) -> "EngagementEmployeur | None":
        """Return the commitment of a link; None where the link is wrong or the commitment gone."""
        try:
            pk = counts_signer().unsign(token)
        except BadSignature:
            return None
        rows = cls.objects.select_related(
            "engagement__organisation", "rencontre__club__organisation"
        )
        return rows.filter(pk=pk).first()

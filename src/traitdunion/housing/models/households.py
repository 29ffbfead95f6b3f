"""Demands of households, homes to allot, and the decisions taken, which never change."""

import secrets

from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User
from traitdunion.territory.models import Commune

from ..enums import EtatDemande, Provenance, Souhait
from .operations import Operation

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def draw_reference() -> str:
    """Return eight signs drawn at random, by which colleagues name a demand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


class Lot(models.Model):
    """A home of an operation, to be sold or rented."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="lots")
    libelle = models.CharField("logement", max_length=80)
    pieces = models.PositiveSmallIntegerField("pièces")
    surface_utile = models.DecimalField("surface utile, m²", max_digits=6, decimal_places=2)
    genre = models.CharField("genre", max_length=10, choices=Souhait.choices)

    class Meta:
        verbose_name = "logement à attribuer"
        verbose_name_plural = "logements à attribuer"
        ordering = ["operation", "libelle", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "libelle"], name="lot_once"),
            models.CheckConstraint(
                condition=Q(genre__in=[Souhait.ACCESSION, Souhait.LOCATIF]),
                name="lot_genre_is_known",
            ),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="lot_has_a_room"),
        ]

    def __str__(self) -> str:
        return self.libelle


class Demande(models.Model):
    """A household that asks for a home: how to answer it, and as little else as allotting needs.

    Income, documents and health are not kept: only what was checked of them. Once erased, the row
    keeps what counts households, without any contact.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="demandes_ofs")
    reference = models.CharField("référence", max_length=8, default=draw_reference, unique=True)
    provenance = models.CharField("provenance", max_length=16, choices=Provenance.choices)
    souhait = models.CharField("souhait", max_length=10, choices=Souhait.choices)
    communes = models.ManyToManyField(Commune, related_name="+", verbose_name="communes")
    personnes = models.PositiveSmallIntegerField("personnes", null=True, blank=True)
    categorie = models.PositiveSmallIntegerField("catégorie", null=True, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = models.CharField("téléphone", max_length=30, blank=True)
    accord = models.TextField("accord donné à", blank=True)
    ressources_verifiees = models.BooleanField("ressources sous le plafond", null=True, blank=True)
    non_proprietaire = models.BooleanField("déclaration de non-propriétaire", null=True, blank=True)
    avis = models.CharField("réponse du simulateur", max_length=10, blank=True)
    etat = models.CharField(
        "état", max_length=12, choices=EtatDemande.choices, default=EtatDemande.RECUE
    )
    recue_le = models.DateTimeField("reçue le")
    touchee_le = models.DateTimeField("dernier contact le")
    demonstration = models.BooleanField("demande de démonstration", default=False)

    class Meta:
        verbose_name = "demande de logement"
        verbose_name_plural = "demandes de logement"
        ordering = ["recue_le", "pk"]
        indexes = [models.Index(fields=["organisation", "etat"], name="demande_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(etat__in=EtatDemande.values), name="demande_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(courriel="", telephone="") | ~Q(accord=""),
                name="demande_contact_only_with_agreement",
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDemande.EFFACEE) | Q(courriel="", telephone="", accord=""),
                name="demande_erased_is_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.reference}"


class DecisionDemande(models.Model):
    """A decision on a demand, with its reason; never changed nor removed.

    `rang`: place on the list of the home when it was allotted. `regles`: version of the rules.
    """

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="decisions")
    etat = models.CharField("décision", max_length=12, choices=EtatDemande.choices)
    motif = models.CharField("motif", max_length=300)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, blank=True, related_name="decisions")
    rang = models.PositiveIntegerField("rang", null=True, blank=True)
    regles = models.CharField("version des règles", max_length=16)
    par = models.ForeignKey(User, models.PROTECT, related_name="+")
    le = models.DateTimeField("le")

    class Meta:
        verbose_name = "décision sur une demande"
        verbose_name_plural = "décisions sur une demande"
        ordering = ["le", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(motif=""), name="decision_demande_has_a_reason"),
            models.CheckConstraint(
                condition=Q(etat__in=EtatDemande.values), name="decision_demande_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(etat=EtatDemande.ATTRIBUEE) | Q(lot__isnull=False, rang__isnull=False),
                name="decision_allots_a_home",
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(etat=EtatDemande.ATTRIBUEE), name="lot_allotted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_etat_display()} : {self.motif}"

"""The session as it is prepared: aims, programme, axes with their question and findings."""

from django.db import models
from django.db.models import F, Q

from traitdunion.accounts.models import Organisation

from ..enums import EtatSeance


def is_known(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """A column that holds one of a closed list."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Seance(models.Model):
    """A half-day of cooperation, run by an organisation; `code` opens it to phones."""

    slug = models.SlugField("identifiant", primary_key=True, max_length=60)
    titre = models.CharField("titre", max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seances")
    pilote = models.CharField("pilotée par", max_length=200, blank=True)
    lieu = models.CharField("lieu", max_length=200, blank=True)
    tenue_le = models.DateField("date")
    etat = models.CharField("état", max_length=10, choices=EtatSeance, default=EtatSeance.PREPAREE)
    code = models.CharField("code de participation", max_length=8, unique=True)
    places = models.PositiveSmallIntegerField("places", null=True, blank=True)
    n_tables = models.PositiveSmallIntegerField("tables", default=8)
    n_manches = models.PositiveSmallIntegerField("manches", default=3)
    gommettes = models.PositiveSmallIntegerField("gommettes par personne", default=3)
    vote_ouvert = models.BooleanField("vote par gommettes ouvert", default=False)
    relances_prevues = models.BooleanField("relances d'invitation prévues", default=True)
    demonstration = models.BooleanField("séance de démonstration", default=False)

    class Meta:
        verbose_name = "séance"
        ordering = ["-tenue_le", "slug"]
        constraints = [
            is_known("etat", EtatSeance.values, "seance_etat_is_known"),
            models.CheckConstraint(
                condition=Q(n_tables__gte=1, n_manches__gte=1), name="seance_has_a_table"
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    @property
    def is_open(self) -> bool:
        """Whether it takes ideas and opinions."""
        return self.etat == EtatSeance.OUVERTE


class Objectif(models.Model):
    """An aim of a session, or a part of one."""

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="objectifs")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="sous_objectifs"
    )
    texte = models.CharField("objectif", max_length=300)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "objectif"
        ordering = ["ordre", "pk"]

    def __str__(self) -> str:
        return self.texte


class Creneau(models.Model):
    """A slot of the programme."""

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="creneaux")
    debut = models.TimeField("de")
    fin = models.TimeField("à")
    titre = models.CharField("quoi", max_length=200)

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ["debut"]
        constraints = [
            models.CheckConstraint(condition=Q(fin__gt=F("debut")), name="creneau_ends_after"),
        ]

    def __str__(self) -> str:
        return f"{self.debut:%H:%M} {self.titre}"


class Axe(models.Model):
    """A direction of work, with the question asked to the tables."""

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="axes")
    ordre = models.PositiveSmallIntegerField("ordre")
    titre = models.CharField("titre", max_length=200)
    question = models.CharField("question", max_length=300)

    class Meta:
        verbose_name = "axe"
        ordering = ["seance", "ordre"]
        constraints = [
            models.UniqueConstraint(fields=["seance", "ordre"], name="axe_order_once"),
        ]

    def __str__(self) -> str:
        return f"Axe {self.ordre} : {self.titre}"


class Constat(models.Model):
    """A finding from which an axe starts, always with its source and its date."""

    axe = models.ForeignKey(Axe, models.CASCADE, related_name="constats")
    texte = models.TextField("constat")
    source = models.CharField("source", max_length=200)
    source_url = models.URLField("lien", blank=True)
    constate_le = models.DateField("date")

    class Meta:
        verbose_name = "constat"
        ordering = ["constate_le", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="constat_has_a_source"),
        ]

    def __str__(self) -> str:
        return self.texte

"""The session as it is prepared: aims, programme, axes with their question and findings."""

from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from traitdunion.accounts.models import Organisation

from ..enums import Etape, EtatSeance, Relecture, Visibilite

# A session closes by itself this long after the end of its programme.
CLOSES_AFTER = timedelta(hours=2)
# A slot that begins from the one on and ends by the other may pass midnight.
EVENING, MORNING = time(17), time(6)


def is_known(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """Return the constraint of a column that holds one of a closed list."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Seance(models.Model):
    """A half-day of cooperation, run by an organisation; `code` opens it to phones."""

    slug = models.SlugField("identifiant", primary_key=True, max_length=60)
    titre = models.CharField("titre", max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seances")
    pilote = models.CharField("pilotée par", max_length=200, blank=True)
    lieu = models.CharField("lieu", max_length=200, blank=True)
    # Code INSEE; guests are shown how to come there.
    commune = models.CharField("commune", max_length=5, blank=True)
    tenue_le = models.DateField("date")
    etat = models.CharField("état", max_length=10, choices=EtatSeance, default=EtatSeance.PREPAREE)
    code = models.CharField("code de participation", max_length=8, unique=True)
    places = models.PositiveSmallIntegerField("places", null=True, blank=True)
    n_tables = models.PositiveSmallIntegerField("tables", default=8)
    n_manches = models.PositiveSmallIntegerField("manches", default=3)
    gommettes = models.PositiveSmallIntegerField("gommettes par personne", default=3)
    # Until when what the room is doing lasts; the screen counts down to it.
    minuteur_le = models.DateTimeField("minuteur", null=True, blank=True)
    # When the session is announced to end; the screen, the phones and the remote count down to it.
    fin_annoncee_le = models.DateTimeField("fin annoncée", null=True, blank=True)
    # Nothing is projected, so that the room looks at the person who speaks.
    ecran_noir = models.BooleanField("écran noir", default=False)
    vote_ouvert = models.BooleanField("vote par gommettes ouvert", default=False)
    relances_prevues = models.BooleanField("relances d'invitation prévues", default=True)
    echos_prevus = models.BooleanField("nouvelles après la séance prévues", default=True)
    demonstration = models.BooleanField("séance de démonstration", default=False)
    repete = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="repetitions",
        verbose_name="séance répétée",
    )
    visibilite = models.CharField(
        "qui voit la séance", max_length=12, choices=Visibilite, default=Visibilite.PRIVEE
    )
    visibilite_feuille = models.CharField(
        "qui voit la feuille de route", max_length=12, choices=Visibilite, default=Visibilite.PRIVEE
    )
    relecture = models.CharField(
        "relecture", max_length=8, choices=Relecture, default=Relecture.AVANT
    )
    motifs_refus = models.TextField("motifs de refus, un par ligne", blank=True)
    etape = models.CharField("ce que fait la salle", max_length=12, choices=Etape, default="idees")
    # The idea that the room gives its opinion on, and whether the agreement on it is shown.
    idee_montree = models.ForeignKey(
        "cooperation.Idee", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    idee_revelee = models.BooleanField("accord sur l'idée montré", default=False)
    voix_par_badge = models.BooleanField("une voix par badge lu", default=False)
    vote_revele = models.BooleanField("résultat du vote montré", default=False)
    ferme_le = models.DateTimeField("se ferme le", null=True, blank=True)
    # Number of the last calendar file sent (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField("version de l'événement", default=0)

    class Meta:
        verbose_name = "séance"
        ordering = ["-tenue_le", "slug"]
        constraints = [
            is_known("etat", EtatSeance.values, "seance_etat_is_known"),
            is_known("visibilite", Visibilite.values, "seance_visibilite_is_known"),
            is_known("visibilite_feuille", Visibilite.values, "seance_feuille_is_known"),
            is_known("relecture", Relecture.values, "seance_relecture_is_known"),
            is_known("etape", Etape.values, "seance_etape_is_known"),
            models.CheckConstraint(
                condition=Q(n_tables__gte=1, n_manches__gte=1), name="seance_has_a_table"
            ),
        ]

    def __str__(self) -> str:
        return self.titre

    def is_open_at(self, now: datetime) -> bool:
        """Return whether it takes ideas and opinions at an instant; its code dies with it."""
        return self.etat == EtatSeance.OUVERTE and (self.demonstration or now < self.closes_at)

    def is_over(self, on: date) -> bool:
        """Return whether the session is closed, or its day past."""
        return self.etat == EtatSeance.CLOSE or self.tenue_le < on

    def may_still_run(self, now: datetime) -> bool:
        """Return whether it is neither closed nor cancelled, nor past its end."""
        coming = self.etat in (EtatSeance.PREPAREE, EtatSeance.OUVERTE)
        return coming and (self.demonstration or now < self.closes_at)

    @property
    def closes_at(self) -> datetime:
        """Return the instant at which it closes by itself."""
        return self.ferme_le or self.end_of_programme + CLOSES_AFTER

    @property
    def end_of_programme(self) -> datetime:
        """Return the end of the last slot, or of the day where there is no programme."""
        end_of_day = datetime.combine(self.tenue_le, time.max)
        ends = (creneau.ends_on(self.tenue_le) for creneau in self.creneaux.all())
        return timezone.make_aware(max(ends, default=end_of_day))

    @property
    def refusal_reasons(self) -> list[str]:
        """Return the published reasons for refusing a statement."""
        return [line.strip() for line in self.motifs_refus.splitlines() if line.strip()]


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
    """A slot of the programme; `lendemain`: it begins after midnight, the day after the session.

    A slot that ends before it begins passes midnight.
    """

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="creneaux")
    debut = models.TimeField("de")
    fin = models.TimeField("à")
    titre = models.CharField("quoi", max_length=200)
    lendemain = models.BooleanField("le lendemain", default=False)

    class Meta:
        verbose_name = "créneau"
        verbose_name_plural = "créneaux"
        ordering = ["lendemain", "debut"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut"))
                | Q(debut__gte=EVENING, fin__lte=MORNING, lendemain=False),
                name="creneau_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debut:%H:%M} {self.titre}"

    def begins_on(self, day: date) -> datetime:
        """Return when it begins, where the session is held on `day`; naive, in local time."""
        return datetime.combine(day + timedelta(days=self.lendemain), self.debut)

    def ends_on(self, day: date) -> datetime:
        """Return when it ends, where the session is held on `day`; naive, in local time."""
        is_after_midnight = self.lendemain or self.fin <= self.debut
        return datetime.combine(day + timedelta(days=is_after_midnight), self.fin)


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

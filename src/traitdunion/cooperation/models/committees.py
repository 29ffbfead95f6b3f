"""Statutory meetings: committees, their seats, who came, what was voted, minutes (R5311-22 to -46).

A result, a quorum or the end of a mandate is never stored: it is computed from what is here.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q, TextChoices

from traitdunion.accounts.models import Organisation

from ..enums import WITHOUT_VOTE, Visibilite
from .roadmap import Action
from .sessions import is_known


class NatureInstance(TextChoices):
    CDPE = "cdpe", "Comité départemental pour l'emploi"
    LOCAL = "local", "Comité local pour l'emploi"


class CollegeMembre(TextChoices):
    """Category of a member, as `deliberation.College`."""

    ETAT = "etat", "État"
    REGION = "region", "Région"
    DEPARTEMENT = "departement", "Département"
    EPCI = "epci", "Intercommunalités"
    COMMUNES = "communes", "Communes et groupements"
    SYNDICATS = "syndicats", "Organisations syndicales de salariés"
    EMPLOYEURS = "employeurs", "Organisations d'employeurs interprofessionnelles"
    EMPLOYEURS_MULTI = (
        "employeurs_multiprofessionnels",
        "Organisations d'employeurs multiprofessionnelles",
    )
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    MISSIONS_LOCALES = "missions_locales", "Missions locales"
    CAP_EMPLOI = "cap_emploi", "Cap emploi"


class Occupant(TextChoices):
    """Who sits: the member or the substitute."""

    TITULAIRE = "titulaire", "Titulaire"
    SUPPLEANT = "suppleant", "Suppléant"


class Choix(TextChoices):
    POUR = "pour", "Pour"
    CONTRE = "contre", "Contre"
    ABSTENTION = "abstention", "Abstention"


class Instance(models.Model):
    """A statutory committee, its secretariat held by an organisation."""

    slug = models.SlugField("identifiant", primary_key=True, max_length=60)
    nature = models.CharField("nature", max_length=8, choices=NatureInstance)
    nom = models.CharField("nom", max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="instances")
    arrete = models.CharField("arrêté de composition", max_length=200, blank=True)
    demonstration = models.BooleanField("comité de démonstration", default=False)
    visibilite = models.CharField(
        "qui voit le comité", max_length=12, choices=Visibilite, default=Visibilite.PRIVEE
    )

    class Meta:
        verbose_name = "comité"
        ordering = ["nature", "nom"]
        constraints = [
            is_known("nature", NatureInstance.values, "instance_nature_is_known"),
            is_known("visibilite", Visibilite.values, "instance_visibilite_is_known"),
        ]

    def __str__(self) -> str:
        return self.nom


class Membre(models.Model):
    """A seat with its votes, held from a day to another; `preponderante`: the casting vote.

    `mandat_au` is the end of the term even where the seat falls vacant before, on `vacant_le`: who
    follows (`succede_a`) is named for what is left of the term (R5311-36).
    """

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="membres")
    college = models.CharField("collège", max_length=32, choices=CollegeMembre)
    siege = models.CharField("siège", max_length=150)
    titulaire = models.CharField("titulaire", max_length=150)
    suppleant = models.CharField("suppléant", max_length=150, blank=True)
    courriel = models.EmailField("adresse du titulaire", blank=True)
    courriel_suppleant = models.EmailField("adresse du suppléant", blank=True)
    voix = models.PositiveSmallIntegerField("voix", default=1)
    preside = models.BooleanField("copréside", default=False)
    preponderante = models.BooleanField("voix prépondérante", default=False)
    mandat_du = models.DateField("mandat du", null=True, blank=True)
    mandat_au = models.DateField("mandat jusqu'au", null=True, blank=True)
    vacant_le = models.DateField("vacant depuis le", null=True, blank=True)
    succede_a = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="successeur"
    )

    class Meta:
        verbose_name = "membre"
        ordering = ["-preside", "college", "siege", "pk"]
        constraints = [
            is_known("college", CollegeMembre.values, "membre_college_is_known"),
            models.CheckConstraint(
                condition=Q(mandat_au=None) | Q(mandat_au__gte=F("mandat_du")),
                name="membre_mandate_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(vacant_le=None) | Q(vacant_le__gt=F("mandat_du")),
                name="membre_sat_before_the_seat_fell_vacant",
            ),
            models.CheckConstraint(
                condition=Q(preponderante=False) | Q(preside=True, college=CollegeMembre.ETAT),
                name="membre_casting_vote_is_of_the_state",
            ),
            models.UniqueConstraint(
                fields=["instance"],
                condition=Q(preponderante=True),
                name="membre_one_casting_vote",
            ),
        ]

    def __str__(self) -> str:
        return self.siege

    @property
    def has_vote(self) -> bool:
        """Whether it votes (R5311-37)."""
        return self.preside or self.college not in WITHOUT_VOTE

    def sits_on(self, on: date) -> bool:
        """Whether the mandate runs on a day; without dates it goes with the office."""
        begun = self.mandat_du is None or self.mandat_du <= on
        left = self.vacant_le is not None and self.vacant_le <= on
        return begun and not left and (self.mandat_au is None or on <= self.mandat_au)

    def is_over(self, on: date) -> bool:
        """Whether the mandate ran and runs no more on a day."""
        left = self.vacant_le is not None and self.vacant_le <= on
        return left or (self.mandat_au is not None and self.mandat_au < on)


class Reunion(models.Model):
    """A meeting; `premiere` is the one that met no quorum, where this one is called again."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="reunions")
    tenue_le = models.DateField("date")
    heure = models.TimeField("heure")
    lieu = models.CharField("lieu", max_length=200, blank=True)
    ordre_du_jour = models.TextField("ordre du jour")
    convoquee_le = models.DateField("convocation envoyée le", null=True, blank=True)
    visio = models.URLField("lien de la visioconférence", max_length=300, blank=True)
    urgence = models.CharField("motif d'urgence", max_length=300, blank=True)
    premiere = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="seconde"
    )
    sans_quorum_annonce = models.BooleanField(
        "la convocation dit qu'aucun quorum ne sera exigé", default=False
    )

    presences_notees_le = models.DateTimeField("présences notées le", null=True, blank=True)
    annulee_le = models.DateTimeField("annulée le", null=True, blank=True)
    annulee_pour = models.CharField("motif de l'annulation", max_length=300, blank=True)
    # Number of the last calendar file sent (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField("version de l'événement", default=0)
    actions = models.ManyToManyField(
        Action, blank=True, related_name="reunions", verbose_name="actions à l'ordre du jour"
    )

    class Meta:
        verbose_name = "réunion"
        ordering = ["-tenue_le", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(convoquee_le=None) | Q(convoquee_le__lte=F("tenue_le")),
                name="reunion_called_before_it_is_held",
            ),
            models.CheckConstraint(
                condition=Q(sans_quorum_annonce=False) | ~Q(premiere=None),
                name="reunion_no_quorum_told_only_again",
            ),
            models.CheckConstraint(
                condition=Q(annulee_le=None, annulee_pour="")
                | (Q(annulee_le__isnull=False) & ~Q(annulee_pour="")),
                name="reunion_cancelled_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance}, {self.tenue_le:%d/%m/%Y}"

    @property
    def points(self) -> tuple[str, ...]:
        """The agenda, point by point."""
        lines = (" ".join(line.split()) for line in self.ordre_du_jour.splitlines())
        return tuple(line for line in lines if line)


class Convocation(models.Model):
    """The notice of a meeting sent to one person; kept as the proof that they were called."""

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="convocations")
    membre = models.ForeignKey(Membre, models.PROTECT, related_name="convocations")
    occupant = models.CharField("à qui", max_length=10, choices=Occupant)
    envoyee_le = models.DateTimeField("envoyée le")

    class Meta:
        verbose_name = "convocation"
        ordering = ["pk"]
        constraints = [
            is_known("occupant", Occupant.values, "convocation_occupant_is_known"),
            models.UniqueConstraint(
                fields=["reunion", "membre", "occupant"], name="convocation_sent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membre}, {self.get_occupant_display().lower()}"


class Presence(models.Model):
    """A member or a substitute who is there; the seat counts once even when both are."""

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="presences")
    membre = models.ForeignKey(Membre, models.PROTECT, related_name="presences")
    occupant = models.CharField("qui siège", max_length=10, choices=Occupant)
    a_distance = models.BooleanField("à distance", default=False)

    class Meta:
        verbose_name = "présence"
        ordering = ["pk"]
        constraints = [
            is_known("occupant", Occupant.values, "presence_occupant_is_known"),
            models.UniqueConstraint(
                fields=["reunion", "membre", "occupant"], name="presence_counted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membre}, {self.get_occupant_display().lower()}"


class Pouvoir(models.Model):
    """A proxy: the seat that gives it, the seat of the same college that votes in its place."""

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="pouvoirs")
    donne_par = models.ForeignKey(Membre, models.PROTECT, related_name="pouvoirs_donnes")
    porte_par = models.ForeignKey(Membre, models.PROTECT, related_name="pouvoirs_portes")

    class Meta:
        verbose_name = "pouvoir"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["reunion", "donne_par"], name="pouvoir_given_once"),
            models.CheckConstraint(
                condition=~Q(donne_par=F("porte_par")), name="pouvoir_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donne_par} → {self.porte_par}"


class Scrutin(models.Model):
    """A question put to the vote, with who was there when it was.

    feuille: attendance at the moment of the vote: keys of seats under `titulaires` and
    `suppleants`, and `pouvoirs` from the seat that gives to the seat that votes.
    A vote typed wrong is cancelled with its reason, never changed; another one replaces it.
    """

    reunion = models.ForeignKey(Reunion, models.CASCADE, related_name="scrutins")
    question = models.CharField("ce qui est mis aux voix", max_length=500)
    action = models.ForeignKey(
        Action, models.PROTECT, null=True, blank=True, related_name="scrutins"
    )
    feuille = models.JSONField("présents au moment du vote", default=dict, blank=True)
    annule_le = models.DateTimeField("annulé le", null=True, blank=True)
    annule_pour = models.CharField("motif d'annulation", max_length=300, blank=True)
    remplace = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="remplace_par"
    )

    class Meta:
        verbose_name = "scrutin"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annule_le=None, annule_pour="")
                | (~Q(annule_le=None) & ~Q(annule_pour="")),
                name="scrutin_cancelled_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class Suffrage(models.Model):
    """What a seat voted."""

    scrutin = models.ForeignKey(Scrutin, models.CASCADE, related_name="bulletins")
    membre = models.ForeignKey(Membre, models.PROTECT, related_name="bulletins")
    choix = models.CharField("vote", max_length=10, choices=Choix)

    class Meta:
        verbose_name = "suffrage"
        ordering = ["pk"]
        constraints = [
            is_known("choix", Choix.values, "suffrage_choix_is_known"),
            models.UniqueConstraint(fields=["scrutin", "membre"], name="suffrage_once_a_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.membre} : {self.get_choix_display().lower()}"


class ProcesVerbal(models.Model):
    """Minutes: what was discussed, then, once approved, what was computed too; frozen from then on.

    `constats`: attendance, quorum and votes as they stood on the day of approval.
    """

    reunion = models.OneToOneField(Reunion, models.PROTECT, related_name="proces_verbal")
    texte = models.TextField("ce qui s'est dit")
    constats = models.TextField("présences, quorum et votes", blank=True)
    redige_le = models.DateTimeField("rédigé le")
    approuve_le = models.DateField("approuvé le", null=True, blank=True)
    approuve_par = models.CharField("approuvé par", max_length=200, blank=True)

    class Meta:
        verbose_name = "procès-verbal"
        verbose_name_plural = "procès-verbaux"
        constraints = [
            models.CheckConstraint(
                condition=Q(approuve_le=None, constats="", approuve_par="")
                | (~Q(approuve_le=None) & ~Q(constats="") & ~Q(approuve_par="")),
                name="proces_verbal_approved_in_full",
            ),
        ]

    def __str__(self) -> str:
        return f"Procès-verbal : {self.reunion}"

    @property
    def is_frozen(self) -> bool:
        return self.approuve_le is not None

"""Ideas with their lineage, anonymous opinions, gates and decisions."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q

from ..enums import Avis, CollegeDeclare, Critere, Lien, Reponse, ResultatDecision, Source
from .sessions import Axe, Seance, is_known
from .statements import Moderation, Statement


class IdeeQuerySet(models.QuerySet["Idee"]):
    """Adjectives of ideas."""

    def shown(self) -> "IdeeQuerySet":
        """Keep those whose words may be read."""
        return self.filter(propos="montre")

    def current(self) -> "IdeeQuerySet":
        """Keep those that may be read and that no other replaces."""
        return self.shown().filter(suites=None)


class Idee(Statement):
    """An idea. A merge or a split makes new ones, linked to those they come from."""

    WORDS = ("texte",)

    axe = models.ForeignKey(Axe, models.CASCADE, related_name="idees")
    texte = models.CharField("idée", max_length=500)
    source = models.CharField("venue", max_length=12, choices=Source)
    table = models.PositiveSmallIntegerField("table", null=True, blank=True)
    dite_le = models.DateTimeField("le")
    # Drawn by the phone: sent twice after a loss of network, an idea is kept once.
    cle = models.CharField("clé d'envoi", max_length=36, null=True, unique=True, editable=False)
    issue_de: models.ManyToManyField = models.ManyToManyField(
        "self", through="Filiation", symmetrical=False, related_name="devenues"
    )

    objects = IdeeQuerySet.as_manager()

    class Meta:
        verbose_name = "idée"
        ordering = ["dite_le", "pk"]
        constraints = [
            *Statement.constraints("idee"),
            is_known("source", Source.values, "idee_source_is_known"),
            models.CheckConstraint(condition=~Q(texte=""), name="idee_says_something"),
        ]

    def __str__(self) -> str:
        return self.texte

    @property
    def session(self) -> Seance:
        return self.axe.seance


class Filiation(models.Model):
    """A link between an idea and one it comes from; a child is always younger: no circle.

    `gommettes`, `votants`: the dots the parent had when the child was made, and from how many
    voices. Dots follow a merge; a split gives them back to the phones.
    """

    enfant = models.ForeignKey(Idee, models.CASCADE, related_name="origines")
    parent = models.ForeignKey(Idee, models.PROTECT, related_name="suites")
    lien = models.CharField("lien", max_length=10, choices=Lien)
    gommettes = models.PositiveIntegerField("gommettes alors", default=0)
    votants = models.PositiveIntegerField("voix alors", default=0)

    class Meta:
        verbose_name = "filiation"
        constraints = [
            models.UniqueConstraint(fields=["enfant", "parent"], name="filiation_once"),
            models.CheckConstraint(
                condition=Q(enfant__gt=F("parent")), name="filiation_child_is_younger"
            ),
            is_known("lien", Lien.values, "filiation_lien_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.enfant_id} {self.lien} {self.parent_id}"


class AvisIdee(models.Model):
    """An opinion on an idea. `voix` is a digest of the voice of a phone; no person is linked."""

    idee = models.ForeignKey(Idee, models.CASCADE, related_name="avis")
    voix = models.CharField("voix", max_length=32)
    college = models.CharField("collège déclaré", max_length=14, choices=CollegeDeclare)
    avis = models.CharField("avis", max_length=10, choices=Avis)

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        constraints = [
            models.UniqueConstraint(fields=["idee", "voix"], name="avis_one_for_each_voice"),
            is_known("avis", Avis.values, "avis_is_known"),
            is_known("college", CollegeDeclare.values, "avis_college_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_college_display()} : {self.get_avis_display()}"


class Filtre(models.Model):
    """The answer of an idea to one of the four gates, with its reason."""

    idee = models.ForeignKey(Idee, models.CASCADE, related_name="filtres")
    critere = models.CharField("critère", max_length=12, choices=Critere)
    reponse = models.CharField("réponse", max_length=10, choices=Reponse)
    pourquoi = models.CharField("pourquoi", max_length=300, blank=True)

    class Meta:
        verbose_name = "filtre"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["idee", "critere"], name="filtre_once"),
            is_known("critere", Critere.values, "filtre_critere_is_known"),
            is_known("reponse", Reponse.values, "filtre_reponse_is_known"),
            models.CheckConstraint(
                condition=Q(reponse=Reponse.OUI) | ~Q(pourquoi=""),
                name="filtre_says_why_unless_yes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_critere_display()} : {self.get_reponse_display()}"


class Decision(Statement):
    """A decision: what, by whom and how; a poll is no decision.

    The database refuses to change it: another decision replaces it. Its words alone change, and
    only by an act of moderation that left its trace, of which `gestes` counts the number
    (`triggers`). `fiche` is what carried it, as it stood: for each idea its gates, objections,
    opinions and dots (`sessions.deliberation`); the reasons of the gates are in `RaisonFiltre`.
    """

    WORDS = ("texte", "methode", "par")

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="decisions")
    idees = models.ManyToManyField(Idee, related_name="decisions")
    texte = models.TextField("texte")
    methode = models.CharField("méthode", max_length=200)
    par = models.CharField("qui a décidé", max_length=200)
    resultat = models.CharField("résultat", max_length=10, choices=ResultatDecision)
    prise_le = models.DateField("prise le")
    revue_le = models.DateField("à revoir le", null=True, blank=True)
    remplace = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="remplacee_par"
    )
    fiche: Any = models.JSONField("ce qui l'a portée", null=True, blank=True)
    gestes = models.PositiveIntegerField("gestes de relecture", default=0, editable=False)

    class Meta:
        verbose_name = "décision"
        ordering = ["prise_le", "pk"]
        constraints = [
            *Statement.constraints("decision"),
            is_known("resultat", ResultatDecision.values, "decision_resultat_is_known"),
            models.CheckConstraint(
                condition=Q(revue_le=None) | Q(revue_le__gt=F("prise_le")),
                name="decision_reviewed_after",
            ),
        ]

    def __str__(self) -> str:
        return self.texte

    @property
    def session(self) -> Seance:
        return self.seance

    def _state_columns(self) -> Iterable[str]:
        acts = Moderation.objects.filter(sorte=self._meta.model_name, numero=self.pk)
        self.gestes = acts.count()
        return (*super()._state_columns(), "gestes")


class RaisonFiltre(Statement):
    """The reason given at a gate, as it stood when a decision was made; moderated like words."""

    WORDS = ("pourquoi",)

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="raisons")
    idee = models.ForeignKey(Idee, models.CASCADE, related_name="+")
    critere = models.CharField("critère", max_length=12, choices=Critere)
    pourquoi = models.CharField("pourquoi", max_length=300)

    class Meta:
        verbose_name = "raison d'un filtre"
        verbose_name_plural = "raisons des filtres"
        ordering = ["pk"]
        constraints = [
            *Statement.constraints("raison"),
            models.UniqueConstraint(fields=["decision", "idee", "critere"], name="raison_once"),
            is_known("critere", Critere.values, "raison_critere_is_known"),
        ]

    def __str__(self) -> str:
        return self.pourquoi

    @property
    def session(self) -> Seance:
        return self.decision.seance

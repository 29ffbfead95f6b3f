"""What lies between an idea and a decision: objections, dots, sheets, situations and levers."""

from django.db import models
from django.db.models import Q

from ..enums import CollegeDeclare, EtatPropos
from .ideas import Idee
from .roadmap import Engagement
from .sessions import Axe, Seance, is_known
from .statements import Statement


class Objection(Statement):
    """A reason not to consent to an idea as it stands, and its answer; `levee`: withdrawn.

    Hiding its words does not lift it.
    """

    WORDS = ("texte", "reponse")

    idee = models.ForeignKey(Idee, models.CASCADE, related_name="objections")
    texte = models.CharField("objection", max_length=500)
    reponse = models.CharField("réponse", max_length=500, blank=True)
    levee = models.BooleanField("levée", default=False)
    dite_le = models.DateTimeField("le")

    class Meta:
        verbose_name = "objection"
        ordering = ["pk"]
        constraints = [
            *Statement.constraints("objection"),
            models.CheckConstraint(
                condition=Q(levee=False) | ~Q(reponse=""), name="objection_lifted_was_answered"
            ),
        ]

    def __str__(self) -> str:
        return self.texte

    @property
    def session(self) -> Seance:
        return self.idee.axe.seance


class Gommette(models.Model):
    """Dots put by a phone on an idea; the session sets how many it has in all."""

    idee = models.ForeignKey(Idee, models.CASCADE, related_name="gommettes")
    voix = models.CharField("voix", max_length=32)
    nombre = models.PositiveSmallIntegerField("nombre")

    class Meta:
        verbose_name = "gommette"
        constraints = [
            models.UniqueConstraint(fields=["idee", "voix"], name="gommette_once_for_each_voice"),
            models.CheckConstraint(condition=Q(nombre__gte=1), name="gommette_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.nombre} sur {self.idee}"


class FeuilleDeTable(models.Model):
    """The photograph of the paper of a table, without what the camera wrote beside it."""

    axe = models.ForeignKey(Axe, models.CASCADE, related_name="feuilles")
    table = models.PositiveSmallIntegerField("table")
    contenu = models.BinaryField("image")
    nature = models.CharField("type", max_length=20)
    prise_le = models.DateTimeField("le")

    class Meta:
        verbose_name = "feuille de table"
        verbose_name_plural = "feuilles de table"
        ordering = ["axe", "table", "pk"]
        constraints = [is_known("nature", ["image/jpeg", "image/png"], "feuille_nature_is_known")]

    def __str__(self) -> str:
        return f"Table {self.table}, {self.axe}"


class Situation(Statement):
    """A person's situation, under another name, for all to look at from their own side."""

    WORDS = ("prenom", "recit")

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="situations")
    prenom = models.CharField("prénom d'emprunt", max_length=40)
    recit = models.TextField("la situation")
    # Codes INSEE and hours: what the levers of the situation are looked for with; all or none.
    domicile = models.CharField("commune du domicile", max_length=5, blank=True)
    travail = models.CharField("commune du travail", max_length=5, blank=True)
    debut = models.TimeField("début du poste", null=True, blank=True)
    fin = models.TimeField("fin du poste", null=True, blank=True)

    class Meta:
        verbose_name = "situation"
        ordering = ["pk"]
        constraints = [
            *Statement.constraints("situation"),
            # Those whose words are hidden all bear the same placeholder.
            models.UniqueConstraint(
                fields=["seance", "prenom"],
                condition=Q(propos=EtatPropos.MONTRE),
                name="situation_one_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.prenom

    @property
    def has_a_job(self) -> bool:
        """Return whether a home, a place of work and its hours are all given, and may be shown."""
        given = self.domicile and self.travail and self.debut and self.fin
        return bool(given) and self.is_shown

    def save_words(self) -> None:
        """Write the words; the communes and hours go with words that are erased."""
        super().save_words()
        if self.propos == EtatPropos.EFFACE:
            self.domicile, self.travail, self.debut, self.fin = "", "", None, None
            self.save(update_fields=["domicile", "travail", "debut", "fin"])

    @property
    def session(self) -> Seance:
        return self.seance


class Regard(Statement):
    """A situation seen by an organisation, and the lever it holds; a commitment starts there."""

    WORDS = ("organisation", "vu", "levier")

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="regards")
    organisation = models.CharField("organisation", max_length=150)
    college = models.CharField("collège", max_length=14, choices=CollegeDeclare)
    vu = models.CharField("ce que nous voyons", max_length=500)
    levier = models.CharField("le levier que nous tenons", max_length=300, blank=True)
    dit_le = models.DateTimeField("le")
    # Drawn by the phone: sent twice after a loss of network, a look is kept once.
    cle = models.CharField("clé d'envoi", max_length=36, null=True, unique=True, editable=False)
    engagement = models.OneToOneField(
        Engagement, models.SET_NULL, null=True, blank=True, related_name="regard"
    )

    class Meta:
        verbose_name = "regard"
        ordering = ["college", "pk"]
        constraints = [
            *Statement.constraints("regard"),
            is_known("college", CollegeDeclare.values, "regard_college_is_known"),
            models.CheckConstraint(
                condition=Q(engagement=None) | ~Q(levier=""), name="regard_pledge_has_a_lever"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} : {self.vu}"

    @property
    def session(self) -> Seance:
        return self.situation.seance


class Voix(models.Model):
    """A voice that a phone may be given once; it opens opinions and dots.

    Voices are drawn in advance and given in a random order, so that neither a date nor the order
    of the rows links a voice to an arrival. Its key is signed before a phone gets it.
    """

    cle = models.CharField("clé", primary_key=True, max_length=32)
    seance = models.ForeignKey(Seance, models.CASCADE, related_name="voix")
    donnee = models.BooleanField("donnée à un téléphone", default=False)

    class Meta:
        verbose_name = "voix"
        verbose_name_plural = "voix"
        ordering = ["cle"]

    def __str__(self) -> str:
        return "voix donnée" if self.donnee else "voix à donner"

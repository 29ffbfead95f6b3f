"""The parts of an action sheet: who leads, who takes part, what it costs, what measures it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from traitdunion.disclosure import is_small
from traitdunion.french import number

from ..enums import CollegeDeclare, Frequence, RolePilote, SensIndicateur, UniteBudget
from .roadmap import Action
from .sessions import is_known


class Pilote(models.Model):
    """A person who leads an action, alone or with others: with an account, or by name."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="pilotes")
    compte = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    nom = models.CharField("nom", max_length=150, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    role = models.CharField("rôle", max_length=10, choices=RolePilote, default=RolePilote.PILOTE)
    organisme = models.CharField("organisation", max_length=150, blank=True)
    college = models.CharField("collège", max_length=14, choices=CollegeDeclare, blank=True)

    class Meta:
        verbose_name = "pilote"
        ordering = ["-role", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(compte=None) & ~Q(nom="")) | (~Q(compte=None) & Q(nom="")),
                name="pilote_account_or_name",
            ),
            is_known("role", RolePilote.values, "pilote_role_is_known"),
            is_known("college", ["", *CollegeDeclare.values], "pilote_college_is_known"),
        ]

    def __str__(self) -> str:
        return self.nom or str(self.compte)


class Partenaire(models.Model):
    """An organisation that takes part in an action without leading it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="partenaires")
    organisme = models.CharField("organisation", max_length=150)
    college = models.CharField("collège", max_length=14, choices=CollegeDeclare, blank=True)
    apport = models.CharField("ce qu'elle apporte", max_length=200, blank=True)

    class Meta:
        verbose_name = "partenaire"
        ordering = ["organisme", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action", "organisme"], name="partenaire_once"),
            is_known("college", ["", *CollegeDeclare.values], "partenaire_college_is_known"),
        ]

    def __str__(self) -> str:
        return self.organisme


class Indicateur(models.Model):
    """What an action is measured by; `personnes`: it counts people, fewer than 11 are not shown.

    `calcul`: the figure computed by the product that its readings follow; "" where it is typed.
    """

    action = models.ForeignKey(Action, models.CASCADE, related_name="indicateurs")
    definition = models.CharField("définition", max_length=300)
    unite = models.CharField("unité", max_length=60)
    sens = models.CharField(
        "sens", max_length=8, choices=SensIndicateur, default=SensIndicateur.HAUSSE
    )
    source = models.CharField("source", max_length=200)
    frequence = models.CharField(
        "fréquence", max_length=14, choices=Frequence, default=Frequence.LIBRE
    )
    depart = models.DecimalField(
        "au départ", max_digits=12, decimal_places=2, null=True, blank=True
    )
    depart_le = models.DateField("date du départ", null=True, blank=True)
    cible = models.DecimalField("cible", max_digits=12, decimal_places=2, null=True, blank=True)
    personnes = models.BooleanField("compte des personnes", default=False)
    calcul = models.CharField("chiffre suivi", max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = "indicateur"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "calcul"],
                condition=~Q(calcul=""),
                name="indicateur_follows_a_figure_once",
            ),
            is_known("sens", SensIndicateur.values, "indicateur_sens_is_known"),
            is_known("frequence", Frequence.values, "indicateur_frequence_is_known"),
        ]

    def __str__(self) -> str:
        return self.definition

    def clean(self) -> None:
        """Refuse a start that counts one to ten people: pages show it."""
        if self.personnes and self.unite.strip() != "%" and is_small(self.depart):
            raise ValidationError(
                {"depart": "De un à dix personnes ne s'écrivent pas : laissez vide, ou mettez 0."}
            )


class Releve(models.Model):
    """A value of an indicator on a day and for a territory, « » for the whole of it.

    Where it is `secret`, nothing of it was kept: it counted fewer than eleven people.
    `inconnus`: cases that a share leaves out because nothing is known of them; None where unknown.
    """

    indicateur = models.ForeignKey(Indicateur, models.CASCADE, related_name="releves")
    releve_le = models.DateField("le")
    periode = models.CharField("période", max_length=60, blank=True)
    territoire = models.CharField("territoire", max_length=150, blank=True)
    valeur = models.DecimalField("valeur", max_digits=12, decimal_places=2, null=True, blank=True)
    numerateur = models.PositiveIntegerField("numérateur", null=True, blank=True)
    denominateur = models.PositiveIntegerField("dénominateur", null=True, blank=True)
    inconnus = models.PositiveIntegerField("non renseignés", null=True, blank=True)
    secret = models.BooleanField("secret statistique", default=False)

    class Meta:
        verbose_name = "relevé"
        ordering = ["releve_le", "territoire"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicateur", "releve_le", "territoire"], name="releve_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(
                    secret=True, valeur=None, numerateur=None, denominateur=None, inconnus=None
                )
                | Q(secret=False, valeur__isnull=False),
                name="releve_tells_or_is_secret",
            ),
            models.CheckConstraint(
                condition=Q(numerateur=None, denominateur=None)
                | Q(numerateur__isnull=False, denominateur__gt=0),
                name="releve_share_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(inconnus=None) | Q(denominateur__isnull=False),
                name="releve_unknown_beside_a_share",
            ),
        ]

    def __str__(self) -> str:
        text = "secret" if self.valeur is None else number(self.valeur)
        where = f", {self.territoire}" if self.territoire else ""
        return f"{self.indicateur}, {self.releve_le:%d/%m/%Y}{where} : {text}"


class LigneBudget(models.Model):
    """What an action costs in a year, in euros or in full-time work.

    `prevu` is what it takes; `demande` and `obtenu` what a funder was asked for and gave; `reel`
    what was spent. None where it is not known.
    """

    action = models.ForeignKey(Action, models.CASCADE, related_name="budget")
    annee = models.PositiveSmallIntegerField("année")
    unite = models.CharField("unité", max_length=4, choices=UniteBudget)
    objet = models.CharField("objet", max_length=200)
    financeur = models.CharField("financeur", max_length=150, blank=True)
    prevu = models.DecimalField("prévu", max_digits=12, decimal_places=2, null=True, blank=True)
    demande = models.DecimalField("demandé", max_digits=12, decimal_places=2, null=True, blank=True)
    obtenu = models.DecimalField("obtenu", max_digits=12, decimal_places=2, null=True, blank=True)
    reel = models.DecimalField("réel", max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "ligne de budget"
        verbose_name_plural = "lignes de budget"
        ordering = ["annee", "unite", "pk"]
        constraints = [
            is_known("unite", UniteBudget.values, "budget_unite_is_known"),
            models.CheckConstraint(
                condition=(Q(prevu=None) | Q(prevu__gte=0))
                & (Q(demande=None) | Q(demande__gte=0))
                & (Q(obtenu=None) | Q(obtenu__gte=0))
                & (Q(reel=None) | Q(reel__gte=0)),
                name="budget_not_negative",
            ),
        ]

    def __str__(self) -> str:
        planned = (
            "non chiffré"
            if self.prevu is None
            else f"{number(self.prevu)} {self.get_unite_display()}"
        )
        return f"{self.objet}, {self.annee} : {planned}"

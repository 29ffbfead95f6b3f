"""Tables of the levers: costs typed on screen, who receives what, proposals and their answers.

Nothing here is about the person for whom a lever was looked for: a proposal names a change, the
organisations that asked for it, and the mailbox that answers.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Q

from traitdunion.accounts.models import Organisation
from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.shared_words import SharedWords

from .enums import ACCEPTED, Acteur, Confiance, EtatProposition, Nature, is_known

WITHOUT_ANSWER = timedelta(days=30)
"""After it, a proposal is shown as one without an answer."""


def signer() -> Signer:
    """Return what signs the links of answers; what the database keeps opens none."""
    return Signer(salt="traitdunion.levers.answer", sep=".")


class CoutSaisi(models.Model):
    """A cost typed on screen for a kind of change, with its source; the newest replaces others."""

    nature = models.CharField("changement", max_length=30, choices=Nature)
    montant_eur = models.DecimalField(
        "coût public (€)", max_digits=10, decimal_places=2, null=True, blank=True
    )
    unite = models.CharField("unité", max_length=60, default="€ par an")
    source = models.CharField("source", max_length=300)
    lu_le = models.DateField("lu le")
    confiance = models.CharField(
        "confiance", max_length=1, choices=[("A", "A"), ("B", "B"), ("C", "C")], default="C"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name="saisi par"
    )
    saisi_le = models.DateTimeField("saisi le")

    class Meta:
        verbose_name = "coût saisi"
        verbose_name_plural = "coûts saisis"
        ordering = ["nature", "-saisi_le"]
        constraints = [
            is_known("nature", Nature.values, "levier_cout_nature_is_known"),
            models.CheckConstraint(
                condition=Q(montant_eur=None) | Q(montant_eur__gte=0),
                name="levier_cout_is_not_negative",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="levier_cout_has_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()} : {self.montant_eur}"


class Destinataire(models.Model):
    """Who receives the proposals to an actor, on a territory, about a kind of change.

    `territoire`: code of a commune, SIREN of an EPCI, code of a département, empty for all.
    `nature`: empty for all kinds. `suppleant`: a second mailbox, which receives them as well.
    """

    acteur = models.CharField("acteur", max_length=20, choices=Acteur)
    territoire = models.CharField("territoire", max_length=9, blank=True)
    nature = models.CharField("changement", max_length=30, choices=Nature, blank=True)
    nom = models.CharField("organisation", max_length=150)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name="organisation du site",
    )  # fmt: skip
    courriel = models.EmailField("boîte de fonction")
    suppleant = models.EmailField("boîte du suppléant", blank=True)
    pause_jusqu_au = models.DateField("en pause jusqu'au", null=True, blank=True)

    class Meta:
        verbose_name = "destinataire"
        ordering = ["acteur", "territoire", "nature"]
        constraints = [
            is_known("acteur", Acteur.values, "levier_destinataire_acteur_is_known"),
            models.UniqueConstraint(
                fields=["acteur", "territoire", "nature"], name="levier_destinataire_once_each"
            ),
        ]

    def __str__(self) -> str:
        return self.nom


class PropositionQuerySet(models.QuerySet["Proposition"]):
    """Adjectives of proposals."""

    def open(self) -> "PropositionQuerySet":
        """Keep those that wait for an answer."""
        return self.filter(etat=EtatProposition.ENVOYEE)

    def accepted(self) -> "PropositionQuerySet":
        """Keep those answered yes, conditions or not."""
        return self.filter(etat__in=ACCEPTED)


class Proposition(models.Model):
    """A lever proposed to an actor, without the person; answered once, by the link of a mailbox.

    `cle` names the lever: those who propose the same one to the same mailbox add up (`soutiens`).
    `par_defaut`: no recipient is known for that actor, the mailbox of the MMS received it.
    """

    cle = models.CharField("levier", max_length=200)
    acteur = models.CharField("acteur", max_length=20, choices=Acteur)
    nature = models.CharField("changement", max_length=30, choices=Nature)
    phrase = models.CharField("ce qui est proposé", max_length=300)
    message = models.TextField("message")
    territoire = models.CharField("territoire", max_length=9, blank=True)
    cout = models.CharField("coût", max_length=80)
    delai = models.CharField("délai", max_length=40)
    confiance = models.CharField("confiance", max_length=12, choices=Confiance)
    detail: Any = models.JSONField("changement", default=dict, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="propositions_de_leviers",
        verbose_name="proposé par",
    )  # fmt: skip
    destinataire = models.CharField("proposé à", max_length=150)
    courriel = models.EmailField("boîte qui répond", blank=True)
    par_defaut = models.BooleanField("envoyé à la boîte de la MMS", default=False)
    envoyee_le = models.DateTimeField("envoyée le")
    etat = models.CharField(
        "état", max_length=10, choices=EtatProposition, default=EtatProposition.ENVOYEE
    )
    repondue_le = models.DateTimeField("répondue le", null=True, blank=True)
    reponse = models.TextField("pourquoi, ou à quelles conditions", max_length=600, blank=True)

    objects = PropositionQuerySet.as_manager()
    shared_words = SharedWords(
        {"message": "Le message", "reponse": "La réponse reçue"},
        "organisation", Permission.PROPOSE_LEVERS,
        "la boîte qui répond, et les organisations qui soutiennent la proposition",
    )  # fmt: skip

    class Meta:
        verbose_name = "proposition de levier"
        verbose_name_plural = "propositions de leviers"
        ordering = ["-envoyee_le", "-pk"]
        constraints = [
            is_known("acteur", Acteur.values, "levier_proposition_acteur_is_known"),
            is_known("nature", Nature.values, "levier_proposition_nature_is_known"),
            is_known("etat", EtatProposition.values, "levier_proposition_etat_is_known"),
            is_known("confiance", Confiance.values, "levier_proposition_confiance_is_known"),
            models.UniqueConstraint(
                fields=["cle", "destinataire"],
                condition=Q(etat=EtatProposition.ENVOYEE),
                name="levier_proposition_open_once_by_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[*ACCEPTED, EtatProposition.NON]) | ~Q(repondue_le=None),
                name="levier_proposition_answered_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=[EtatProposition.NON, EtatProposition.CONDITIONS])
                | ~Q(reponse=""),
                name="levier_proposition_refused_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.phrase

    @property
    def token(self) -> str:
        """Return the secret of the link by which the mailbox answers."""
        return signer().sign(str(self.pk))

    @classmethod
    def by_token(cls, token: str) -> "Proposition | None":
        """Return the proposal of a link; None where the link is wrong or the proposal gone."""
        try:
            pk = signer().unsign(token)
        except BadSignature:
            return None
        return cls.objects.select_related("organisation").filter(pk=pk).first()

    def days_without_answer(self, now: datetime) -> int | None:
        """Return the days since it was sent once they are too many; None before, or answered."""
        since = now - self.envoyee_le
        is_late = self.etat == EtatProposition.ENVOYEE and since >= WITHOUT_ANSWER
        return since.days if is_late else None


class Soutien(models.Model):
    """An organisation that proposes a lever too; a day, and no person."""

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="soutiens")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    le = models.DateField("le")

    class Meta:
        verbose_name = "soutien d'une proposition"
        verbose_name_plural = "soutiens d'une proposition"
        ordering = ["le", "pk"]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.le}"


FORM_OF_SEARCH = 1
"""Form of a kept search (`territory.published`); raised where a field comes, goes or changes."""

FORM_OF_COMPARISON = 1
"""Form of a kept comparison (`scenarios.Compared.json`)."""


class RechercheTerritoire(models.Model):
    """The levers of the territory as last searched, for its page; counts of residents alone.

    One that another version of the product kept may miss what the page reads: `is_readable`.
    """

    resultat: Any = models.JSONField("résultat")
    profil = models.CharField("profil", max_length=20, default="a_pied", unique=True)
    reseau = models.CharField("réseau", max_length=200)
    demonstration = models.BooleanField("réseau de démonstration", default=False)
    calculee_le = models.DateTimeField("calculée le")

    class Meta:
        verbose_name = "recherche de leviers du territoire"
        verbose_name_plural = "recherches de leviers du territoire"
        ordering = ["-calculee_le"]

    def __str__(self) -> str:
        return f"{self.calculee_le:%d/%m/%Y}"

    @property
    def is_readable(self) -> bool:
        """Return whether the result has the form that the pages read."""
        return bool(self.resultat.get("form") == FORM_OF_SEARCH)


class Scenario(models.Model):
    """A list of changes that an organisation compares with today; each edit makes a version."""

    titre = models.CharField("titre", max_length=120)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="scenarios", verbose_name="organisation"
    )
    cree_le = models.DateTimeField("créé le")

    class Meta:
        verbose_name = "scénario"
        ordering = ["-cree_le", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(titre=""), name="levier_scenario_has_a_title")
        ]

    def __str__(self) -> str:
        return self.titre


class VersionDeScenario(models.Model):
    """The changes of a scenario at one moment and what they give; never written over.

    `resultat`: as `scenarios.Compared.json` writes it, of the network `reseau`; one that another
    version of the product kept may miss what the page reads: `is_readable`.
    """

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="versions")
    numero = models.PositiveIntegerField("version")
    changements: Any = models.JSONField("changements", default=list, blank=True)
    resultat: Any = models.JSONField("résultat", default=dict, blank=True)
    reseau = models.CharField("réseau", max_length=200)
    profil = models.CharField("profil", max_length=20)
    le = models.DateTimeField("le")

    class Meta:
        verbose_name = "version d'un scénario"
        verbose_name_plural = "versions des scénarios"
        ordering = ["scenario", "-numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "numero"], name="levier_scenario_version_once"
            ),
            models.CheckConstraint(
                condition=Q(numero__gte=1), name="levier_scenario_version_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario}, version {self.numero}"

    @property
    def is_readable(self) -> bool:
        """Return whether the comparison has the form that the page reads."""
        return bool(self.resultat.get("form") == FORM_OF_COMPARISON)


def is_paused(recipient: Destinataire, on: date) -> bool:
    """Return whether a recipient asked for no message until a later day."""
    return recipient.pause_jusqu_au is not None and on <= recipient.pause_jusqu_au

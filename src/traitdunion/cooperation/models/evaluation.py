"""What people thought of a session, anonymous from birth: ballots that know nothing, and counts."""

import secrets

from django.db import models

from .sessions import Seance

# Drawn at random within what each database keeps whole.
BIGGEST_KEY = 2**53


def draw_key() -> int:
    """Draw the key of a row, whose order then reveals nothing."""
    return secrets.randbelow(BIGGEST_KEY) + 1


class Bulletin(models.Model):
    """The right to answer once. Only the digest of its code is kept, and whether it has served:
    neither whose it is, nor when it served, nor its answers.
    """

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="bulletins")
    empreinte = models.CharField("empreinte du code", max_length=64, unique=True)
    rempli = models.BooleanField("a servi", default=False)

    class Meta:
        verbose_name = "bulletin d'évaluation"
        verbose_name_plural = "bulletins d'évaluation"
        ordering = ["empreinte"]

    def __str__(self) -> str:
        return "bulletin rempli" if self.rempli else "bulletin à remplir"


class CompteEvaluation(models.Model):
    """How many chose an answer. No row belongs to a person: the order of rows reveals nothing."""

    seance = models.ForeignKey(Seance, models.CASCADE, related_name="comptes_evaluation")
    question = models.CharField("question", max_length=30)
    reponse = models.CharField("réponse", max_length=30)
    nombre = models.PositiveIntegerField("nombre", default=0)

    class Meta:
        verbose_name = "compte d'évaluation"
        verbose_name_plural = "comptes d'évaluation"
        ordering = ["question", "reponse"]
        constraints = [
            models.UniqueConstraint(
                fields=["seance", "question", "reponse"], name="compte_evaluation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}, {self.reponse} : {self.nombre}"


class EvaluationPubliee(models.Model):
    """What was last published of an evaluation: the counts of so many ballots.

    A ballot filled after that is published only with ten others at least.
    """

    seance = models.OneToOneField(Seance, models.CASCADE, related_name="evaluation_publiee")
    n_bulletins = models.PositiveIntegerField("bulletins comptés")
    comptes = models.JSONField("nombre par question et réponse")
    # Once shares were published without their numbers, numbers would give back those of before.
    avec_nombres = models.BooleanField("publiée avec ses nombres", default=False)

    class Meta:
        verbose_name = "évaluation publiée"
        verbose_name_plural = "évaluations publiées"

    def __str__(self) -> str:
        return f"évaluation de {self.seance_id}, {self.n_bulletins} bulletins"


class MotEvaluation(models.Model):
    """Words left on a ballot, tied to neither its answers nor a moment; the key is drawn.

    `lisible`: those who run the session may read them. `montre`: the bilan publishes them.
    """

    id = models.BigIntegerField("clé", primary_key=True, default=draw_key, editable=False)
    seance = models.ForeignKey(Seance, models.CASCADE, related_name="mots_evaluation")
    texte = models.CharField("mot", max_length=500)
    lisible = models.BooleanField("lisible par l'animation", default=False)
    montre = models.BooleanField("publié", default=False)

    class Meta:
        verbose_name = "mot d'évaluation"
        verbose_name_plural = "mots d'évaluation"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(montre=False) | models.Q(lisible=True),
                name="mot_evaluation_read_before_shown",
            ),
        ]

    def __str__(self) -> str:
        return self.texte


class PresencesPubliees(models.Model):
    """What is published of who was present, once arrivals change after the session is over.

    Until then the arrivals themselves are read.
    """

    seance = models.OneToOneField(Seance, models.CASCADE, related_name="presences_publiees")
    comptes = models.JSONField("présents par groupe")

    class Meta:
        verbose_name = "présences publiées"
        verbose_name_plural = "présences publiées"

    def __str__(self) -> str:
        return f"présences de {self.seance_id}"

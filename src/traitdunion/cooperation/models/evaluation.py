"""What people thought of a session, anonymous from birth: ballots that know nothing, and counts."""

from django.db import models

from .sessions import Seance


class Bulletin(models.Model):
    """The right to answer once. Only the digest of its code is kept, and whether it has served:
    neither whose it is, nor when it served, nor what it said."""

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
    """How many chose an answer. No row is anybody's, so that no order of rows tells who did."""

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

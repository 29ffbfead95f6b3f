"""Table of the working groups of a club: mandate, question, members, deliverable."""

from django.db import models
from django.db.models import Q

from traitdunion.accounts.permissions import Permission
from traitdunion.accounts.shared_words import SharedWords
from traitdunion.cooperation.models import Action

from .clubs import Club


class GroupeTravail(models.Model):
    """A working group of a club; its sessions are meetings of the club.

    `membres`: employers and organisations, one a line; no person. `action`: the action of the
    roadmap by which the deliverable reaches a committee. `remis_le`: day of the deliverable.
    `clos_le`: day on which the group ended.
    """

    club = models.ForeignKey(Club, models.CASCADE, related_name="groupes")
    nom = models.CharField("nom", max_length=150)
    mandat = models.TextField("mandat", max_length=1000)
    question = models.CharField("question posée", max_length=300)
    membres = models.TextField("membres", max_length=2000, blank=True)
    livrable = models.CharField("livrable attendu", max_length=300)
    pour_le = models.DateField("pour le")
    remis_le = models.DateField("remis le", null=True, blank=True)
    lien = models.URLField("adresse du livrable", max_length=300, blank=True)
    action = models.ForeignKey(
        Action, models.SET_NULL, null=True, blank=True, related_name="groupes_d_employeurs",
        verbose_name="action de la feuille de route",
    )  # fmt: skip
    publique = models.BooleanField("montré à tous", default=False)
    clos_le = models.DateField("clos le", null=True, blank=True)

    shared_words = SharedWords(
        {"nom": "Le nom", "mandat": "Le mandat", "question": "La question",
         "membres": "Les membres", "livrable": "Le livrable"},
        "club__organisation", Permission.KEEP_CLUBS,
        "tout le monde, si le groupe est montré à tous",
    )  # fmt: skip

    class Meta:
        verbose_name = "groupe de travail d'employeurs"
        verbose_name_plural = "groupes de travail d'employeurs"
        ordering = ["clos_le", "pour_le", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["club", "nom"], name="groupe_travail_one_by_name"),
            models.CheckConstraint(
                condition=Q(lien="") | Q(remis_le__isnull=False),
                name="groupe_travail_delivered_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    @property
    def members(self) -> list[str]:
        """Return the members, each once, in the order given."""
        lines = (" ".join(line.split()) for line in self.membres.splitlines())
        return list(dict.fromkeys(line for line in lines if line))

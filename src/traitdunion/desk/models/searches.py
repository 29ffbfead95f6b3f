"""The searches made, without anybody in them."""

import uuid

from django.db import models
from django.db.models import Q

from traitdunion.matching.answer import Filtre
from traitdunion.matching.situation import Permis, Vehicule

from ..enums import Horaire


class Search(models.Model):
    """One question asked, too coarse to identify its author: the raw material of the observatory.

    The key is drawn at random and only the week is kept, so that the order of rows means nothing.
    An area is a commune where it has inhabitants enough, else its EPCI or its département
    (`operations.area_of`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    week = models.DateField("semaine de la question (lundi)")
    home_area = models.CharField("secteur du domicile", max_length=9)
    work_area = models.CharField("secteur du travail", max_length=9)
    horaire = models.CharField("horaire", max_length=12, choices=Horaire)
    n_days = models.PositiveSmallIntegerField("jours par semaine")
    permis = models.CharField("permis", max_length=8, choices=[(p, p.label) for p in Permis])
    vehicule = models.CharField("véhicule", max_length=12, choices=[(v, v.label) for v in Vehicule])
    n_sure = models.PositiveSmallIntegerField("solutions sûres")
    n_to_check = models.PositiveSmallIntegerField("solutions à vérifier")
    filtre = models.CharField(
        "filtre qui a écarté la dernière",
        max_length=12,
        blank=True,
        choices=[(f, f.label) for f in Filtre],
    )
    demonstration = models.BooleanField("réseau de démonstration", default=False)

    class Meta:
        verbose_name = "recherche"
        indexes = [models.Index(fields=["week"], name="search_week")]
        constraints = [
            models.CheckConstraint(
                condition=Q(filtre="") | Q(n_sure=0, n_to_check=0),
                name="search_filtre_only_where_nothing_is_left",
            ),
            models.CheckConstraint(
                condition=Q(horaire__in=Horaire.values), name="search_horaire_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.home_area} → {self.work_area}, semaine du {self.week}"

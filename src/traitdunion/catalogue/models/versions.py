"""The one row that changes whenever a row that answers read does (`offers.triggers`)."""

from django.db import models
from django.db.models import Q


class CatalogueVersion(models.Model):
    """A random token, drawn by the database at each change: a rollback brings the former back."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField("jeton", max_length=36)

    class Meta:
        verbose_name = "version du catalogue"
        verbose_name_plural = "versions du catalogue"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_version_once")]

    def __str__(self) -> str:
        return self.token

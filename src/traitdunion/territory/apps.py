"""Django application `territory`."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "traitdunion.territory"
    default_auto_field = "django.db.models.BigAutoField"

"""Django application `housing`."""

from django.apps import AppConfig


class HousingConfig(AppConfig):
    name = "traitdunion.housing"
    default_auto_field = "django.db.models.BigAutoField"

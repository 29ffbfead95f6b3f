"""Django application `observatory`."""

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    name = "traitdunion.observatory"
    default_auto_field = "django.db.models.BigAutoField"

"""Django application `levers`."""

from django.apps import AppConfig


class LeversConfig(AppConfig):
    name = "traitdunion.levers"
    default_auto_field = "django.db.models.BigAutoField"

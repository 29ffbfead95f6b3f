"""Django application `employers`."""

from django.apps import AppConfig


class EmployersConfig(AppConfig):
    name = "traitdunion.employers"
    default_auto_field = "django.db.models.BigAutoField"

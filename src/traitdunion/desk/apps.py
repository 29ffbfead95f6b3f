"""Django application `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "traitdunion.desk"
    default_auto_field = "django.db.models.BigAutoField"

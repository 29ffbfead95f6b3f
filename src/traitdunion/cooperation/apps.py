"""Django application `cooperation`."""

from django.apps import AppConfig


class CooperationConfig(AppConfig):
    name = "traitdunion.cooperation"
    default_auto_field = "django.db.models.BigAutoField"

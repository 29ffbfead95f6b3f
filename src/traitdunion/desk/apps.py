"""Django application `desk`."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "traitdunion.desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from traitdunion.accounts.signals import role_removed

        from .followup.departures import hand_over

        role_removed.connect(hand_over)

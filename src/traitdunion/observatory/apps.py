"""Django application `observatory`."""

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    name = "traitdunion.observatory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the map of reach the jobs that the census counts in each commune."""
        from traitdunion.desk.reach_map import jobs

        from .queries import job_places

        jobs.register(job_places)

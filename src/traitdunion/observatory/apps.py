"""Django application `observatory`."""

from django.apps import AppConfig


class ObservatoryConfig(AppConfig):
    name = "traitdunion.observatory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the map of reach the jobs that the census counts in each commune."""
        from traitdunion.desk.reach_map import jobs

        jobs.register(_job_places)


def _job_places() -> dict[str, int]:
    """Return the jobs of each commune; the tables they are read with are loaded when asked for."""
    from .queries import job_places

    return job_places()

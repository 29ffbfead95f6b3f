"""The département that the site serves (`TRAITDUNION_DEPARTEMENT`)."""

from django.conf import settings


def home_departement() -> str:
    """Return the code of the département served, "43" unless the host sets another."""
    return str(settings.TRAITDUNION_DEPARTEMENT)

"""Django application `catalogue`."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "traitdunion.catalogue"
    default_auto_field = "django.db.models.BigAutoField"

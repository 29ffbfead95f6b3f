"""Django application `web`: the shell that holds the base templates and the command line."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "traitdunion.web"

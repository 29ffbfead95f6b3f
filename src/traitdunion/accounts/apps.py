"""Django application `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "traitdunion.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "comptes"

"""Django application `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "traitdunion.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "comptes"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from .second_factor import remember_what_was_just_set_up

        authenticator_added.connect(remember_what_was_just_set_up)

"""Django application `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "traitdunion.accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "comptes"

    def ready(self) -> None:
        from allauth.account.signals import password_reset
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        from .devices import remember_device
        from .second_factor import remember_what_was_just_set_up
        from .sessions import note_opening

        authenticator_added.connect(remember_what_was_just_set_up)
        user_logged_in.connect(remember_device)
        user_logged_in.connect(note_opening)
        password_reset.connect(remember_device)

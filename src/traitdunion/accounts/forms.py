"""Forms of the accounts."""

from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms

from .enums import Role


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text="La personne recevra un lien valable sept jours, qui ne sert qu'une fois.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Rôle", choices=Role.choices, widget=forms.RadioSelect)


class AddKeyForm(webauthn.AddWebAuthnForm):
    """A key, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
        self.fields["passwordless"].label = "Elle suffit à me connecter"
        self.fields[
            "passwordless"
        ].help_text = (
            "Sans mot de passe : l'appareil demande alors un code, une empreinte ou un visage."
        )


class RenameKeyForm(webauthn.EditWebAuthnForm):
    """The name of a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"


class AcceptanceForm(forms.Form):
    """What a new person tells of themselves."""

    nom = forms.CharField(
        label="Votre nom",
        max_length=100,
        help_text="Tel que vos collègues le liront, dans l'historique des fiches par exemple.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label="Mot de passe",
        help_text="Douze caractères au moins ; une phrase courte convient très bien.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

"""Forms of the accounts."""

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

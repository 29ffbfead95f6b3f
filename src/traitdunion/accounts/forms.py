"""Forms of the accounts."""

from collections.abc import MutableMapping
from dataclasses import fields
from typing import Any, TypeVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.core.cache import cache

from .enums import Role
from .models import Organisation, User

TOTP_PERIOD_S = 30
KEY_DIGITS = 17
CODE_LIVES_S = TOTP_PERIOD_S * (2 * settings.MFA_TOTP_TOLERANCE + 1)


def typed_key(text: str | None) -> int:
    """Return the key that a page sends back, 0 for what is none: no row has it.

    SQLite holds integers of eighteen digits; more would be an error of the base.
    """
    return int(text) if text and text.isdecimal() and len(text) <= KEY_DIGITS else 0


Grouped = TypeVar("Grouped")


def taken_out(kind: type[Grouped], cleaned: MutableMapping[str, Any]) -> Grouped:
    """Return the dataclass `kind` of the cleaned values named as its fields, which leave the rest.

    The values left are the other parameters of what is done with them.
    """
    names = [field.name for field in fields(kind) if field.name in cleaned]  # type: ignore[arg-type]
    return kind(**{name: cleaned.pop(name) for name in names})


class InvitationForm(forms.Form):
    """The address to invite, and its role."""

    email = forms.EmailField(
        label="Adresse électronique",
        help_text="La personne recevra un lien valable sept jours, qui ne sert qu'une fois.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Rôle", choices=Role.choices, widget=forms.RadioSelect)


class OnceOnly:
    """Refuse a code of an application that served already, for as long as it can be computed.

    django-allauth remembers it for one period of thirty seconds, but takes it for three of them.
    """

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]
            used = f"code used: {self.authenticator.pk} {''.join(code.split())}"  # type: ignore[attr-defined]
            if not cache.add(used, True, CODE_LIVES_S):
                raise get_adapter().validation_error("incorrect_code")
        return str(code)


class AuthenticateForm(OnceOnly, mfa.AuthenticateForm):
    """The second factor at sign-in."""


class ReauthenticateForm(OnceOnly, mfa.ReauthenticateForm):
    """The second factor asked again before a delicate act."""


class AddKeyForm(webauthn.AddWebAuthnForm):
    """Form that adds a security key, with our labels."""

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
    """Form that renames a security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"


class AcceptanceForm(forms.Form):
    """Name and password of a new person."""

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


class OwnContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a person is named, and by which telephone one answers their messages."""

    class Meta:
        model = User
        fields = ("nom", "telephone")
        labels = {"nom": "Votre nom", "telephone": "Téléphone professionnel"}
        help_texts = {
            "nom": "Tel que vos collègues le lisent.",
            "telephone": "Écrit sous les messages que vous envoyez, à une structure par exemple.",
        }
        widgets = {"telephone": forms.TextInput(attrs={"type": "tel", "autocomplete": "work tel"})}


class OrganisationForm(forms.Form):
    """Another organisation, and who will administer it."""

    nom = forms.CharField(
        label="Nom de l'organisation",
        max_length=Organisation._meta.get_field("nom").max_length,
        help_text="Tel que tous le liront : Mission locale du Velay, par exemple.",
    )
    administrator = forms.EmailField(
        label="Adresse électronique de son administrateur",
        help_text="Cette personne reçoit une invitation, puis invite les autres.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """How an organisation is named, and where one answers the messages that it sends."""

    class Meta:
        model = Organisation
        fields = ("nom", "courriel", "telephone")
        labels = {
            "nom": "Nom de l'organisation",
            "courriel": "Adresse électronique",
            "telephone": "Téléphone",
        }
        help_texts = {
            "courriel": "Une adresse relevée par plusieurs : elle reçoit les réponses aux messages "
            "que le site envoie de lui-même, et ce que plus aucun conseiller ne suit.",
            "telephone": "Écrit sous les messages, quand qui les envoie n'en a pas.",
        }
        widgets = {"telephone": forms.TextInput(attrs={"type": "tel"})}

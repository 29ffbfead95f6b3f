"""Forms of the follow-up."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ..enums import Objectif, Situation
from .operations import AGREEMENT, checked_initials, checked_year
from .queries import Wanted

NO_HEALTH = "Le besoin, jamais le diagnostic : rien sur la santé."


class NeedForm(forms.Form):
    """What a person needs, in France Travail's words."""

    situations = forms.MultipleChoiceField(
        label="Sa situation",
        choices=Situation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=NO_HEALTH,
    )
    objectifs = forms.MultipleChoiceField(
        label="Ses objectifs",
        choices=Objectif.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un objectif."},
    )
    prioritaire = forms.BooleanField(
        label="La mobilité est sa contrainte prioritaire", required=False
    )


class OpenForm(NeedForm):
    """A person who is going to be followed; `today` bounds the year of birth."""

    initiales = forms.CharField(
        label="Initiales",
        max_length=12,
        help_text="Une à quatre lettres. Le nom ne se note que plus tard, avec son accord.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    annee_naissance = forms.IntegerField(
        label="Année de naissance",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Écrivez une année, par exemple 1990."},
    )
    field_order = ("initiales", "annee_naissance", "situations", "objectifs", "prioritaire")

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, label_suffix="")
        self.today = today

    def clean_initiales(self) -> str:
        return checked_initials(self.cleaned_data["initiales"])

    def clean_annee_naissance(self) -> int:
        return checked_year(self.cleaned_data["annee_naissance"], on=self.today)


class AgreementForm(forms.Form):
    """Name and contact of a person who agrees that they be kept."""

    nom = forms.CharField(
        label="Nom et prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    telephone = forms.CharField(
        label="Téléphone",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    courriel = forms.EmailField(
        label="Adresse électronique",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    accord = forms.BooleanField(
        label="La personne a entendu ceci, et elle accepte",
        help_text=f"« {AGREEMENT} »",
        error_messages={"required": "Sans son accord, ses coordonnées ne peuvent pas être notées."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("telephone") or cleaned.get("courriel") or self.errors):
            raise ValidationError("Donnez un téléphone ou une adresse électronique.")
        return cleaned


class FilesForm(forms.Form):
    """Which files to show."""

    q = forms.CharField(
        label="Chercher",
        required=False,
        max_length=40,
        help_text="Des initiales, ou le début d'une référence.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    qui = forms.ChoiceField(
        label="Suivis par",
        required=False,
        choices=[("", "Toute l'organisation"), ("moi", "Moi")],
    )
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Ouverts"), ("clos", "Clos")]
    )

    def wanted(self) -> Wanted:
        """What is looked for; a field that is wrong filters nothing."""
        self.is_valid()
        told = self.cleaned_data
        return Wanted(
            text=told.get("q", ""),
            mine=told.get("qui") == "moi",
            closed=told.get("etat") == "clos",
        )

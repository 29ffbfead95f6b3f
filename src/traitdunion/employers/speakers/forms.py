"""Forms of the speakers."""

import re
from typing import Any

from django import forms

from traitdunion.accounts.models import Organisation
from traitdunion.cooperation.forms import day_field
from traitdunion.territory.models import Commune
from traitdunion.territory.queries import UnknownCommune, commune_named

from ..enums import Paiement, Payeur, Public, Support, Usage
from ..models.speakers import MAX_NOTE, STATUTS
from ..occupations.fields import OccupationField, rome_codes
from .consents import texts

DAYS = list(enumerate(("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")))
NAF = re.compile(r"^[A-U]?$")
CAR = {"oui": True, "non": False, "": None}
TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class SpeakerForm(forms.Form):
    """A volunteer, under the name they chose."""

    pseudonyme = forms.CharField(
        label="Nom choisi", max_length=60, help_text="Un prénom d'emprunt suffit."
    )
    statut = forms.ChoiceField(label="Statut", choices=STATUTS, widget=forms.RadioSelect)
    romes = forms.CharField(
        label="Métiers", required=False, max_length=1000,
        help_text="Appellations ou codes ROME, séparés par un point-virgule : cariste ; H2102.",
    )  # fmt: skip
    naf = forms.CharField(label="Section NAF", required=False, max_length=1, help_text="A à U.")
    themes = forms.CharField(
        label="Thèmes", required=False, help_text="Séparés par des virgules : trajet, accueil…"
    )
    ou = forms.CharField(label="Commune", required=False, help_text="Pour calculer le trajet.")
    jours = forms.TypedMultipleChoiceField(
        label="Jours possibles", choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    voiture = forms.ChoiceField(
        label="Une voiture ?", required=False, widget=forms.RadioSelect,
        choices=[("oui", "oui"), ("non", "non"), ("", "je ne sais pas")], initial="",
    )  # fmt: skip

    def clean_romes(self) -> list[str]:
        """Return the codes typed."""
        return rome_codes(self.cleaned_data["romes"])

    def clean_naf(self) -> str:
        """Return the letter of a section."""
        text = str(self.cleaned_data["naf"]).upper()
        if not NAF.match(text):
            raise forms.ValidationError("Une lettre de A à U.")
        return text

    def clean_ou(self) -> Commune | None:
        """Return the commune typed; None where the field is empty."""
        text = str(self.cleaned_data["ou"]).strip()
        try:
            return commune_named(text) if text else None
        except UnknownCommune as unknown:
            raise forms.ValidationError(str(unknown)) from unknown

    def values(self) -> dict[str, Any]:
        """Return the columns of a valid form."""
        values = dict(self.cleaned_data)
        commune = values.pop("ou")
        themes = [part.strip().lower() for part in values["themes"].split(",") if part.strip()]
        return {**values, "commune": commune, "themes": themes, "voiture": CAR[values["voiture"]]}


class ConsentForm(forms.Form):
    """Consents that a person gives, each ticked by itself after its text was read."""

    usages = forms.MultipleChoiceField(
        label="La personne accepte", widget=forms.CheckboxSelectMultiple
    )
    public = forms.ChoiceField(label="Devant qui", choices=Public, initial=Public.SALLE)
    support = forms.ChoiceField(label="Par quel moyen", choices=Support, initial=Support.ORAL)
    expire_le = day_field("Jusqu'au", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usages"].choices = [  # type: ignore[attr-defined]
            (usage.value, f"{usage.label}. {texts().of[usage]}") for usage in Usage
        ]

    def given(self) -> dict[Usage, tuple[Public, Support]]:
        """Return the consents of a valid form."""
        how = Public(self.cleaned_data["public"]), Support(self.cleaned_data["support"])
        return {Usage(name): how for name in self.cleaned_data["usages"]}


class RequestForm(forms.Form):
    """A request of an organiser."""

    intermediaire = forms.ModelChoiceField(
        label="À qui demander", queryset=Organisation.objects.none(), empty_label=None
    )
    rome = OccupationField(required=False)
    theme = forms.CharField(label="Thème", required=False, max_length=60)
    fin = forms.TimeField(label="Heure de fin de la rencontre", widget=TIME)

    def __init__(self, *args: Any, intermediaries: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Organisation.objects.filter(
            pk__in=[organisation.pk for organisation in intermediaries]
        )
        self.fields["intermediaire"].queryset = held  # type: ignore[attr-defined]

    def clean_rome(self) -> str:
        """Return the code of the occupation, or nothing."""
        occupation = self.cleaned_data["rome"]
        return occupation.rome if occupation else ""

    def values(self) -> dict[str, Any]:
        """Return the arguments of the request of a valid form."""
        values = self.cleaned_data
        return {**values, "naf": "", "theme": values["theme"].strip().lower()}


class PayForm(forms.Form):
    """Who pays a trip, and where the payment stands."""

    payeur = forms.ChoiceField(label="Qui paie", choices=Payeur)
    paiement = forms.ChoiceField(label="Paiement", choices=Paiement)


class NoteForm(forms.Form):
    """What a speaker thought of the meeting."""

    note = forms.TypedChoiceField(
        label="Comment cela s'est-il passé pour vous ? (1 mal, 5 très bien)", coerce=int,
        choices=[(n, str(n)) for n in range(1, MAX_NOTE + 1)], widget=forms.RadioSelect,
    )  # fmt: skip

"""Forms of the clubs: a club, a meeting, the kit, what is recorded after a meeting."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from traitdunion.cooperation.forms import day_field
from traitdunion.cooperation.models import Action
from traitdunion.territory.models import Commune
from traitdunion.territory.queries import UnknownCommune, commune_named

from ..enums import Categorie, NatureRencontre, Secteur, Taille, TypeEngagement
from ..models import Club, Rencontre
from .kit import DUREES_MIN
from .operations import Record
from .queries import epci_served

TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
MAX_MINUTES = 480
NOT_THIS_TIME = "non"
LENGTHS = [(str(minutes), f"{minutes} minutes") for minutes in DUREES_MIN]


class ClubForm(forms.ModelForm):  # type: ignore[type-arg]
    """A club, as it says itself."""

    class Meta:
        model = Club
        fields = ("nom", "secteur", "taille", "epci", "action")
        help_texts = {
            "secteur": "Le kit s'y adapte.",
            "action": "Elle reçoit les engagements pris dans les rencontres.",
        }

    def __init__(self, *args: Any, actions: QuerySet[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].queryset = actions  # type: ignore[attr-defined]
        self.fields["epci"].queryset = epci_served()  # type: ignore[attr-defined]
        self.fields["epci"].empty_label = "Tout le département"  # type: ignore[attr-defined]
        self.fields["action"].empty_label = "Pas encore choisie"  # type: ignore[attr-defined]


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A meeting to announce or to correct."""

    nature = forms.ChoiceField(label="Nature", choices=NatureRencontre)
    tenue_le = day_field("Date", required=True)
    ou = forms.CharField(
        label="Commune", max_length=120, required=False,
        help_text="Pour calculer les trajets des personnes invitées.",
    )  # fmt: skip

    class Meta:
        model = Rencontre
        fields = (
            "titre", "nature", "groupe", "tenue_le", "heure", "lieu", "courriel", "publique",
        )  # fmt: skip
        widgets = {"heure": TIME}
        labels = {"publique": "Annoncée à tous, dans le calendrier public"}
        help_texts = {
            "courriel": "Reçoit le kit et le lien. Vide : l'adresse du club.",
            "groupe": "Pour une séance de ce groupe.",
        }

    def __init__(self, *args: Any, club: Club, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groupe"].queryset = club.groupes.filter(clos_le=None)  # type: ignore[attr-defined]
        self.fields["groupe"].empty_label = "Aucun groupe"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Take a meeting of a group for its session, whatever its kind was."""
        given = super().clean() or {}
        if given.get("groupe"):
            given["nature"] = NatureRencontre.GROUPE
        return given

    def clean_ou(self) -> Commune | None:
        """Return the commune typed; None where the field is empty."""
        text = str(self.cleaned_data["ou"]).strip()
        if not text:
            return None
        try:
            return commune_named(text)
        except UnknownCommune as unknown:
            raise forms.ValidationError(str(unknown)) from unknown

    def values(self) -> dict[str, Any]:
        """Return the columns of a valid form."""
        values = dict(self.cleaned_data)
        commune = values.pop("ou")
        return {**values, "commune": commune}


class CalendarForm(forms.Form):
    """A calendar file of the club."""

    agenda = forms.FileField(
        label="Fichier d'agenda (.ics)", widget=forms.FileInput(attrs={"accept": ".ics"}),
        help_text="Les rencontres restent privées tant que vous ne les annoncez pas.",
    )  # fmt: skip


class KitForm(forms.Form):
    """Which kit: how long, for which sector and size."""

    duree = forms.ChoiceField(label="Durée", choices=LENGTHS, widget=forms.RadioSelect)
    secteur = forms.ChoiceField(label="Secteur", choices=Secteur)
    taille = forms.ChoiceField(label="Taille des entreprises", choices=Taille)


class PlanForm(forms.Form):
    """The answer of an organiser before the meeting."""

    duree = forms.ChoiceField(
        label="Prévoyez-vous un temps sur l'accueil ?",
        choices=[*LENGTHS, (NOT_THIS_TIME, "pas cette fois")],
        widget=forms.RadioSelect,
    )

    def minutes(self) -> int | None:
        """Return the length chosen; None for « pas cette fois »."""
        chosen = self.cleaned_data["duree"]
        return None if chosen == NOT_THIS_TIME else int(chosen)


class RecordForm(forms.Form):
    """What an organiser records after the meeting."""

    tenu = forms.ChoiceField(
        label="Le temps sur l'accueil a-t-il été tenu ?",
        choices=[("oui", "oui"), ("non", "non")],
        widget=forms.RadioSelect,
    )
    minutes = forms.IntegerField(
        label="Combien de minutes ?", required=False, min_value=1, max_value=MAX_MINUTES,
        help_text="Laissez vide si vous ne savez pas.",
    )  # fmt: skip
    paroles = forms.MultipleChoiceField(
        label="Qui a parlé ?", choices=Categorie, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="Des catégories, jamais des noms.",
    )  # fmt: skip
    idees = forms.CharField(
        label="Idées entendues", required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="Sans nom ni coordonnées.",
    )  # fmt: skip

    def outcome(self) -> Record:
        """Return what a valid form records."""
        data = self.cleaned_data
        spoke: Sequence[Categorie] = [Categorie(category) for category in data["paroles"]]
        return Record(data["tenu"] == "oui", data["minutes"], spoke, data["idees"])


class PromiseForm(forms.Form):
    """A commitment of an employer taken in a meeting."""

    nature = forms.ChoiceField(label="Engagement", choices=TypeEngagement)
    entreprise = forms.CharField(label="Entreprise", max_length=150)
    courriel = forms.EmailField(
        label="Adresse qui confirme", help_text="Rien n'est publié avant sa confirmation."
    )
    quantite = forms.IntegerField(label="Combien", min_value=1, max_value=10_000, initial=1)
    pour_le = day_field("Pour le", required=True)

    def values(self) -> dict[str, Any]:
        """Return the arguments of the commitment of a valid form."""
        return {**self.cleaned_data, "nature": TypeEngagement(self.cleaned_data["nature"])}

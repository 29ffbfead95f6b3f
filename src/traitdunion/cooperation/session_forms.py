"""Forms of a session: its preparation, guests, tables, and what happens in the room."""

from typing import Any

from django import forms
from django.forms import formset_factory

from traitdunion.accounts.models import Organisation

from . import preparing
from .enums import CollegeDeclare, ReponseInvitation, SorteAnnonce, Voisinage
from .forms import MOST_CSV_BYTES, day_field
from .models import Action, Axe, Invite, Seance
from .operations import CooperationError


def lines(n: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": n})


class SessionForm(forms.Form):
    """A session; aims and programme are typed one a line."""

    titre = forms.CharField(label="Titre", max_length=200)
    tenue_le = day_field("Date", required=True)
    lieu = forms.CharField(label="Lieu", max_length=200, required=False)
    pilote = forms.CharField(label="Pilotée par", max_length=200, required=False)
    aims = forms.CharField(
        label="Objectifs",
        required=False,
        widget=lines(5),
        help_text="Un par ligne. Une ligne qui commence par un tiret est un sous-objectif.",
    )
    slots = forms.CharField(
        label="Programme",
        required=False,
        widget=lines(6),
        help_text="Un créneau par ligne : « 9h00 - 9h30 Accueil ».",
    )
    places = forms.IntegerField(
        label="Places", min_value=1, max_value=2000, required=False, help_text="Vide : sans limite."
    )
    n_tables = forms.IntegerField(label="Tables", min_value=1, max_value=100, initial=8)
    n_manches = forms.IntegerField(
        label="Manches", min_value=1, max_value=8, initial=3, help_text="On change de table entre."
    )
    gommettes = forms.IntegerField(
        label="Gommettes par personne", min_value=1, max_value=20, initial=3
    )

    def clean_aims(self) -> list[preparing.Aim]:
        return self._read("aims", preparing.read_aims)

    def clean_slots(self) -> list[preparing.Slot]:
        return self._read("slots", preparing.read_programme)

    def _read(self, name: str, read: Any) -> Any:
        try:
            return read(self.cleaned_data[name])
        except CooperationError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    @staticmethod
    def of(seance: Seance) -> dict[str, Any]:
        """What the form shows of a session."""
        told: dict[str, Any] = {name: getattr(seance, name) for name in preparing.SESSION}
        told["aims"] = preparing.aims_as_typed(seance)
        told["slots"] = preparing.programme_as_typed(seance)
        return told


class AxeForm(forms.Form):
    titre = forms.CharField(label="Titre de l'axe", max_length=200)
    question = forms.CharField(label="Question posée aux tables", max_length=300, widget=lines(2))


class FindingForm(forms.Form):
    """A finding; left empty, it is none."""

    texte = forms.CharField(label="Constat", required=False, max_length=1000, widget=lines(2))
    source = forms.CharField(label="Source", required=False, max_length=200)
    source_url = forms.URLField(label="Lien", required=False, assume_scheme="https")
    constate_le = day_field("Date du constat")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("texte"):
            for name, label in (("source", "source"), ("constate_le", "date")):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, f"Un constat a toujours sa {label}.")
        return told


FindingFormSet = formset_factory(FindingForm, extra=2, max_num=20)


class GuestForm(forms.Form):
    nom = forms.CharField(label="Nom", max_length=120)
    organisation = forms.CharField(label="Organisation", max_length=150)
    college = forms.ChoiceField(label="Collège", choices=CollegeDeclare)
    domaine = forms.CharField(
        label="Domaine", max_length=80, required=False, help_text="Emploi, logement, mobilité…"
    )
    epci = forms.CharField(label="Intercommunalité", max_length=120, required=False)
    courriel = forms.EmailField(label="Adresse électronique", required=False)


class GuestEditForm(GuestForm):
    reponse = forms.ChoiceField(label="Réponse", choices=ReponseInvitation)
    anime = forms.IntegerField(label="Anime la table", min_value=1, max_value=100, required=False)


class GuestFileForm(forms.Form):
    """A list of guests, read before anything is written."""

    fichier = forms.FileField(
        label="Fichier CSV",
        help_text="Première ligne : nom, organisation, college, domaine, epci, courriel. UTF-8.",
    )

    def clean_fichier(self) -> str:
        file = self.cleaned_data["fichier"]
        if file.size > MOST_CSV_BYTES:
            raise forms.ValidationError("Fichier trop gros : 200 ko au plus.")
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise forms.ValidationError("Enregistrez le fichier en UTF-8.") from wrong
        return text


class AnnounceForm(forms.Form):
    sorte = forms.ChoiceField(label="Vous dites", choices=SorteAnnonce, widget=forms.RadioSelect)
    quoi = forms.CharField(
        label="Quoi", max_length=300, help_text="Sans nom, téléphone ni adresse."
    )
    ou = forms.CharField(label="Où", max_length=120, required=False)


class ComposeForm(forms.Form):
    n_done = forms.IntegerField(
        label="Manches déjà tenues", min_value=0, max_value=8, initial=0,
        help_text="Elles restent comme elles étaient.",
    )  # fmt: skip
    present_only = forms.BooleanField(label="Seulement les personnes arrivées", required=False)


class PairForm(forms.Form):
    un = forms.ModelChoiceField(Invite.objects.none(), label="Une personne", empty_label=None)
    autre = forms.ModelChoiceField(Invite.objects.none(), label="Une autre", empty_label=None)
    sorte = forms.ChoiceField(label="Contrainte", choices=Voisinage, widget=forms.RadioSelect)

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("un", "autre"):
            self.fields[name].queryset = seance.invites.all()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("un") and told.get("un") == told.get("autre"):
            self.add_error("autre", "Choisissez deux personnes.")
        return told


class PhotoForm(forms.Form):
    axe = forms.ModelChoiceField(queryset=Axe.objects.none(), label="Axe", empty_label=None)
    table = forms.IntegerField(label="Table", min_value=1, max_value=999)
    photo = forms.FileField(
        label="Photo de la feuille",
        help_text="JPEG ou PNG, 8 Mo au plus. Le lieu et l'heure inscrits dedans sont ôtés.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
    )

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axe"].queryset = seance.axes.all()


class SituationForm(forms.Form):
    prenom = forms.CharField(
        label="Prénom d'emprunt", max_length=40, help_text="Jamais celui de la personne."
    )
    recit = forms.CharField(
        label="La situation",
        max_length=3000,
        widget=lines(5),
        help_text="Sans nom, adresse, employeur ni détail qui la ferait reconnaître.",
    )


class LookForm(forms.Form):
    organisation = forms.CharField(label="Votre organisation", max_length=150)
    vu = forms.CharField(
        label="Ce que vous voyez de là où vous êtes", max_length=500, widget=lines(2)
    )
    levier = forms.CharField(
        label="Le levier que vous tenez",
        max_length=300,
        required=False,
        help_text="S'il y en a un.",
    )


class LeverForm(forms.Form):
    """From a lever to a commitment proposed to its organisation."""

    action = forms.ModelChoiceField(Action.objects.none(), label="Action", empty_label=None)
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label="Organisation",
        empty_label=None,
        help_text="L'engagement n'est en vigueur qu'une fois confirmé par elle.",
    )
    quantite = forms.DecimalField(
        label="Quantité", max_digits=10, decimal_places=2, min_value=0, initial=1
    )
    unite = forms.CharField(label="Unité", max_length=60)
    pour_le = day_field("Pour le", required=True)

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].queryset = Action.objects.filter(axe__seance=seance)

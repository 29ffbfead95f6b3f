"""Forms of a session: its preparation, guests, tables, and what happens in the room."""

from datetime import datetime
from typing import Any

from django import forms
from django.forms import formset_factory

from traitdunion.accounts.models import Organisation
from traitdunion.desk.queries import commune_label
from traitdunion.sources.bounded import Unreadable, clean_text, decoded
from traitdunion.territory.models import Commune
from traitdunion.territory.queries import (
    TerritoryNotLoaded,
    UnknownCommune,
    commune_named,
)

from ..enums import (
    CollegeDeclare,
    Critere,
    Etape,
    Relecture,
    Reponse,
    ReponseInvitation,
    ResultatDecision,
    SorteAnnonce,
    Visibilite,
    Voisinage,
)
from ..forms import MAX_CSV_BYTES, day_field
from ..models import Action, Axe, Decision, Invite, Seance
from ..operations import CooperationError
from ..room_codes import typed_code
from . import preparing
from .moderation import SUGGESTED_REASONS


def lines(n: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": n})


class SessionForm(forms.Form):
    """A session; aims and programme are typed one a line."""

    titre = forms.CharField(label="Titre", max_length=200)
    tenue_le = day_field("Date", required=True)
    lieu = forms.CharField(label="Lieu", max_length=200, required=False)
    commune = forms.CharField(
        label="Commune du lieu",
        max_length=80,
        required=False,
        help_text="Chaque invité pourra y chercher comment venir et repartir.",
    )
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
    relecture = forms.ChoiceField(
        label="Relecture des propos envoyés par téléphone",
        choices=Relecture,
        initial=Relecture.AVANT,
        required=False,
    )
    motifs_refus = forms.CharField(
        label="Motifs de refus",
        max_length=2000,
        required=False,
        widget=lines(5),
        initial=SUGGESTED_REASONS,
        help_text="Un par ligne. Publiés aux participants ; sans eux la séance ne s'ouvre pas.",
    )
    voix_par_badge = forms.BooleanField(
        label="Une voix par badge lu à l'arrivée",
        required=False,
        help_text="Sinon une voix par téléphone, pas plus que de présents.",
    )

    def clean_commune(self) -> str:
        """Return the code of the commune named."""
        return code_of(self.cleaned_data["commune"])

    def clean_relecture(self) -> str:
        return self.cleaned_data["relecture"] or Relecture.AVANT.value

    def clean_aims(self) -> list[preparing.Aim]:
        return self._cleaned_by("aims", preparing.read_aims)

    def clean_slots(self) -> list[preparing.Slot]:
        return self._cleaned_by("slots", preparing.read_programme)

    def _cleaned_by(self, name: str, read: Any) -> Any:
        try:
            return read(self.cleaned_data[name])
        except CooperationError as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    @staticmethod
    def of(seance: Seance) -> dict[str, Any]:
        """Return what the form shows of a session."""
        shown: dict[str, Any] = {name: getattr(seance, name) for name in preparing.SESSION}
        commune = Commune.objects.filter(pk=seance.commune).first()
        shown["commune"] = commune_label(commune) if commune else ""
        shown["aims"] = preparing.aims_as_typed(seance)
        shown["slots"] = preparing.programme_as_typed(seance)
        return shown


class VisibilityForm(forms.Form):
    """Who sees a session, and its roadmap."""

    visibilite = forms.ChoiceField(
        label="La séance : programme, idées, filiation, bilan", choices=Visibilite
    )
    visibilite_feuille = forms.ChoiceField(
        label="La feuille de route : actions, engagements, exports", choices=Visibilite
    )


class StepForm(forms.Form):
    etape = forms.ChoiceField(label="Ce que fait la salle", choices=Etape)


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
        cleaned = super().clean() or {}
        if cleaned.get("texte"):
            for name, label in (("source", "source"), ("constate_le", "date")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"Un constat a toujours sa {label}.")
        return cleaned


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


class WalkInForm(forms.Form):
    """A person who came without an invitation."""

    nom = forms.CharField(label="Nom", max_length=120)
    organisation = forms.CharField(label="Organisation", max_length=150)
    college = forms.ChoiceField(label="Collège", choices=CollegeDeclare)


class GuestEditForm(GuestForm):
    reponse = forms.ChoiceField(label="Réponse", choices=ReponseInvitation)
    anime = forms.IntegerField(label="Anime la table", min_value=1, max_value=100, required=False)


class GuestFileForm(forms.Form):
    """A list of guests, read before anything is written."""

    fichier = forms.FileField(
        label="Fichier CSV",
        help_text="Première ligne : nom, organisation, college, domaine, epci, courriel.",
    )

    def clean_fichier(self) -> str:
        file = self.cleaned_data["fichier"]
        if file.size > MAX_CSV_BYTES:
            raise forms.ValidationError("Fichier trop gros : 200 ko au plus.")
        try:
            return decoded(file.read())[0]
        except Unreadable as refused:
            raise forms.ValidationError(str(refused)) from refused


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
        cleaned = super().clean() or {}
        if cleaned.get("un") and cleaned.get("un") == cleaned.get("autre"):
            self.add_error("autre", "Choisissez deux personnes.")
        return cleaned


class PhotoForm(forms.Form):
    axe = forms.ModelChoiceField(queryset=Axe.objects.none(), label="Axe", empty_label=None)
    table = forms.IntegerField(label="Table", min_value=1, max_value=999)
    photo = forms.FileField(
        label="Photo de la feuille",
        help_text="JPEG, PNG ou WebP, 25 Mo au plus. Le lieu et l'heure inscrits dedans sont ôtés.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axe"].queryset = seance.axes.all()


def hour() -> forms.TimeInput:
    """Return the widget of an hour of the day."""
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def code_of(name: str) -> str:
    """Return the code INSEE of a commune by its name; empty for none named."""
    if not name.strip():
        return ""
    try:
        return commune_named(name).code_insee
    except (UnknownCommune, TerritoryNotLoaded) as unknown:
        raise forms.ValidationError(str(unknown)) from unknown


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
    domicile = forms.CharField(
        label="Commune du domicile", max_length=80, required=False,
        help_text="Avec le travail et ses heures, la page montre ce que chacun peut changer.",
    )  # fmt: skip
    travail = forms.CharField(label="Commune du travail", max_length=80, required=False)
    debut = forms.TimeField(label="Début du poste", required=False, widget=hour())
    fin = forms.TimeField(label="Fin du poste", required=False, widget=hour())

    def clean_domicile(self) -> str:
        """Return the code of the commune named."""
        return code_of(self.cleaned_data["domicile"])

    def clean_travail(self) -> str:
        """Return the code of the commune named."""
        return code_of(self.cleaned_data["travail"])


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


class CodeForm(forms.Form):
    """The code shown in the room, of a session that may still run at `now`."""

    code = forms.CharField(
        label="Code de la séance",
        max_length=20,
        help_text="Huit lettres et chiffres, affichés dans la salle.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.now = now

    def clean_code(self) -> str:
        code = typed_code(self.cleaned_data["code"])
        seance = Seance.objects.filter(code=code).first()
        if seance is None:
            raise forms.ValidationError("Aucune séance n'a ce code : relisez-le à l'écran.")
        if not seance.may_still_run(self.now):
            raise forms.ValidationError("Cette séance est terminée : son code ne sert plus.")
        return code


class CollegeForm(forms.Form):
    college = forms.ChoiceField(
        label="Vous participez au titre de", choices=CollegeDeclare, widget=forms.RadioSelect
    )


class IdeaForm(forms.Form):
    texte = forms.CharField(
        label="Votre idée",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans nom, téléphone ni adresse.",
    )


class ScribeForm(forms.Form):
    """A table noted by its scribe: one idea a line, typed or from a file."""

    axe = forms.ModelChoiceField(queryset=Axe.objects.none(), label="Axe", empty_label=None)
    table = forms.IntegerField(label="Table", min_value=1, max_value=999)
    idees = forms.CharField(
        label="Idées, une par ligne",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True}),
        help_text="Les lignes déjà enregistrées pour cette table ne le sont pas deux fois.",
    )
    fichier = forms.FileField(
        label="Ou un fichier CSV", required=False, help_text="Une idée par ligne."
    )

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axe"].queryset = seance.axes.all()

    def clean_fichier(self) -> list[str]:
        file = self.cleaned_data.get("fichier")
        if not file:
            return []
        if file.size > MAX_CSV_BYTES:
            raise forms.ValidationError("Fichier trop gros : 200 ko au plus.")
        try:
            text, _ = decoded(file.read())
        except Unreadable as refused:
            raise forms.ValidationError(str(refused)) from refused
        return [clean_text(line) for line in text.splitlines()]

    def lines(self) -> list[str]:
        typed = self.cleaned_data["idees"].splitlines()
        return [*typed, *(line.strip().strip('"') for line in self.cleaned_data["fichier"])]


class MergeForm(forms.Form):
    texte = forms.CharField(label="L'idée qui les regroupe", max_length=500)


class SplitForm(forms.Form):
    idees = forms.CharField(
        label="Les idées, une par ligne", widget=forms.Textarea(attrs={"rows": 3})
    )


class GatesForm(forms.Form):
    """The four gates of an idea, each with its reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for critere in Critere:
            self.fields[critere.value] = forms.ChoiceField(
                label=critere.label, choices=Reponse, widget=forms.RadioSelect
            )
            self.fields[f"{critere.value}_pourquoi"] = forms.CharField(
                label=f"{critere.label} : pourquoi",
                max_length=300,
                required=False,
                help_text="À dire, sauf si c'est oui.",
            )

    def answers(self) -> dict[Critere, tuple[Reponse, str]]:
        cleaned = self.cleaned_data
        return {
            critere: (Reponse(cleaned[critere.value]), cleaned[f"{critere.value}_pourquoi"])
            for critere in Critere
        }


class DecisionForm(forms.Form):
    texte = forms.CharField(
        label="Ce qui est décidé", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    resultat = forms.ChoiceField(
        label="Résultat", choices=ResultatDecision, widget=forms.RadioSelect
    )
    methode = forms.CharField(label="Méthode", max_length=200, help_text="Consentement, vote…")
    par = forms.CharField(label="Qui a décidé", max_length=200)
    prise_le = day_field("Prise le", required=True)
    revue_le = day_field("À revoir le")
    remplace = forms.ModelChoiceField(
        queryset=Decision.objects.none(),
        label="Remplace",
        required=False,
        empty_label="Aucune",
        help_text="Une décision enregistrée ne se réécrit pas : une autre la remplace.",
    )

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remplace"].queryset = seance.decisions.filter(remplacee_par=None)


class EndForm(forms.Form):
    """The time at which a session is announced to end."""

    fin = forms.TimeField(label="Fin annoncée", required=False)

"""Forms of cooperation."""

from typing import Any

from django import forms

from traitdunion.accounts.models import Organisation

from .enums import (
    CollegeDeclare,
    Critere,
    EtatAction,
    EtatEngagement,
    Reponse,
    ResultatDecision,
)
from .models import Axe, Decision, Seance

MOST_CSV_BYTES = 200_000


def day_field(label: str, *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=required, widget=widget)


class CodeForm(forms.Form):
    """The code told in the room; read whatever the case and the spaces."""

    code = forms.CharField(
        label="Code de la séance",
        max_length=12,
        help_text="Six lettres et chiffres, affichés dans la salle.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split()).upper()
        if not Seance.objects.filter(code=code).exists():
            raise forms.ValidationError("Aucune séance n'a ce code : relisez-le à l'écran.")
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
        label="Ou un fichier CSV", required=False, help_text="Une idée par ligne, UTF-8."
    )

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["axe"].queryset = seance.axes.all()

    def clean_fichier(self) -> list[str]:
        file = self.cleaned_data.get("fichier")
        if not file:
            return []
        if file.size > MOST_CSV_BYTES:
            raise forms.ValidationError("Fichier trop gros : 200 ko au plus.")
        try:
            return file.read().decode("utf-8-sig").splitlines()
        except UnicodeDecodeError as wrong:
            raise forms.ValidationError("Enregistrez le fichier en UTF-8.") from wrong

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
        told = self.cleaned_data
        return {
            critere: (Reponse(told[critere.value]), told[f"{critere.value}_pourquoi"])
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


class ActionForm(forms.Form):
    """A new action, from a decision that retains one."""

    decision = forms.ModelChoiceField(
        queryset=Decision.objects.none(), label="Décision", empty_label=None
    )
    axe = forms.ModelChoiceField(queryset=Axe.objects.none(), label="Axe", empty_label=None)
    titre = forms.CharField(label="Titre de l'action", max_length=300)
    debut_le = day_field("Début")
    fin_prevue_le = day_field("Fin prévue")

    def __init__(self, *args: Any, seance: Seance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        retained = seance.decisions.filter(resultat=ResultatDecision.RETENUE, remplacee_par=None)
        self.fields["decision"].queryset = retained
        self.fields["axe"].queryset = seance.axes.all()


class FollowForm(forms.Form):
    commentaire = forms.CharField(
        label="Ce qui s'est passé",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    etat = forms.ChoiceField(label="État", choices=EtatAction, widget=forms.RadioSelect)
    fin_prevue_le = day_field("Fin prévue")
    fini_le = day_field("Finie le")
    blocage = forms.CharField(label="Ce qui bloque", max_length=300, required=False)
    deblocage = forms.CharField(label="Ce qui débloquerait", max_length=300, required=False)


class PledgeForm(forms.Form):
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.all(),
        label="Organisation",
        empty_label=None,
        help_text="L'engagement n'est en vigueur qu'une fois confirmé par elle.",
    )
    quoi = forms.CharField(label="Ce qui est promis", max_length=300)
    quantite = forms.DecimalField(label="Quantité", max_digits=10, decimal_places=2, min_value=0)
    unite = forms.CharField(label="Unité", max_length=60)
    pour_le = day_field("Pour le", required=True)
    contact = forms.CharField(
        label="Contact", max_length=150, required=False, help_text="Un service, une fonction."
    )


class ReportForm(forms.Form):
    """What became of a commitment."""

    etat = forms.ChoiceField(
        label="Qu'en est-il ?",
        choices=[
            (one.value, one.label)
            for one in (EtatEngagement.TENU, EtatEngagement.PARTIEL, EtatEngagement.NON_TENU)
        ],
        widget=forms.RadioSelect,
    )
    preuve = forms.CharField(
        label="Preuve", max_length=300, required=False, help_text="Il en faut une s'il est tenu."
    )
    commentaire = forms.CharField(label="Commentaire", max_length=2000, required=False)

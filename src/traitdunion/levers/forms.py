"""Forms of the levers: a message to send, an answer, a cost, a recipient."""

from typing import Any

from django import forms

from .enums import Acteur, EtatProposition, Nature
from .models import CoutSaisi, Destinataire
from .operations import MAX_REPLY

ANSWERS = [
    (EtatProposition.OUI, "Oui"),
    (EtatProposition.CONDITIONS, "Oui, à certaines conditions"),
    (EtatProposition.NON, "Non"),
]


class ProposalForm(forms.Form):
    """The message to who can make the change, ready and editable."""

    message = forms.CharField(
        label="Message",
        help_text="Sans le nom ni la situation de la personne : seul le changement est proposé.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 9}),
    )


class AnswerForm(forms.Form):
    """Yes, yes on conditions or no, and why."""

    etat = forms.ChoiceField(label="Votre réponse", choices=ANSWERS, widget=forms.RadioSelect)
    reponse = forms.CharField(
        label="Pourquoi, ou à quelles conditions",
        help_text="À remplir si ce n'est pas un simple oui.",
        max_length=MAX_REPLY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CostForm(forms.ModelForm):  # type: ignore[type-arg]
    """The cost of a kind of change, with its source."""

    class Meta:
        model = CoutSaisi
        fields = ("nature", "montant_eur", "unite", "source", "lu_le", "confiance")
        help_texts = {
            "montant_eur": "Vide si personne ne l'a encore donné ; 0 veut dire sans coût public.",
            "source": "Qui l'a donné, ou la page lue.",
        }
        widgets = {"lu_le": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class RecipientForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who receives the proposals to an actor."""

    class Meta:
        model = Destinataire
        fields = ("acteur", "territoire", "nature", "nom", "courriel", "suppleant",
                  "pause_jusqu_au")  # fmt: skip
        help_texts = {
            "territoire": "Code d'une commune, SIREN d'une intercommunalité ; vide pour tout le "
            "département.",
            "nature": "Vide pour tous les changements.",
            "courriel": "Une boîte de fonction plutôt que celle d'une personne.",
        }
        widgets = {"pause_jusqu_au": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acteur"].choices = [  # type: ignore[attr-defined]
            choice for choice in Acteur.choices if choice[0] != Acteur.PERSONNE
        ]
        self.fields["nature"].choices = [  # type: ignore[attr-defined]
            ("", "Tous les changements"),
            *Nature.choices,
        ]

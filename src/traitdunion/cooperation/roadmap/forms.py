"""Forms of actions and commitments."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from traitdunion.accounts.models import Organisation

from ..enums import EtatAction, EtatEngagement, ResultatDecision
from ..forms import day_field
from ..models import Action, Axe, Decision, Seance


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


class CommitForm(forms.Form):
    """A commitment made in the room, by an organisation without an account."""

    organisation = forms.CharField(label="Votre organisation", max_length=150)
    courriel = forms.EmailField(
        label="Adresse électronique de travail",
        help_text="Un message y demande de confirmer. Elle n'est jamais publiée.",
    )
    action = forms.ModelChoiceField(Action.objects.none(), label="Pour l'action", empty_label=None)
    quoi = forms.CharField(
        label="Ce que vous ferez", max_length=300, help_text="Sans nom ni téléphone."
    )
    quantite = forms.DecimalField(
        label="Combien", max_digits=10, decimal_places=2, min_value=0, initial=1
    )
    unite = forms.CharField(label="Unité", max_length=60, help_text="Places, heures, véhicules…")
    pour_le = day_field("Pour le", required=True)

    def __init__(self, *args: Any, actions: QuerySet[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].queryset = actions


class ReportForm(forms.Form):
    """What became of a commitment."""

    etat = forms.ChoiceField(
        label="Qu'en est-il ?",
        choices=[
            (state.value, state.label)
            for state in (EtatEngagement.TENU, EtatEngagement.PARTIEL, EtatEngagement.NON_TENU)
        ],
        widget=forms.RadioSelect,
    )
    preuve = forms.CharField(
        label="Preuve", max_length=300, required=False, help_text="Il en faut une s'il est tenu."
    )
    commentaire = forms.CharField(label="Commentaire", max_length=2000, required=False)

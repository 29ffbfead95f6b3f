"""Forms of a plan: open it, give a step, report, record the outcome."""

from typing import Any

from django import forms

from traitdunion.accounts.models import Organisation
from traitdunion.territory.models import Commune

from ..enums import Volet
from ..households.forms import communes_named


def _day_field(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class PlanForm(forms.Form):
    """What a plan needs: neither a name, nor a motive, nor health, nor income."""

    reference_siao = forms.CharField(
        label="Référence du SIAO", max_length=40, required=False,
        help_text="Le SIAO donne une référence, la taille du ménage, des communes ; rien de plus.",
    )  # fmt: skip
    personnes = forms.IntegerField(label="Personnes", min_value=1, max_value=15, required=False)
    communes = forms.CharField(
        label="Communes possibles", max_length=300, help_text="Séparées par des virgules."
    )
    lieu_travail = forms.CharField(label="Commune de travail", max_length=80, required=False)
    horaires = forms.CharField(label="Jours et heures du poste", max_length=80, required=False)

    def clean_communes(self) -> list[Commune]:
        return communes_named(self.cleaned_data["communes"])

    def clean_lieu_travail(self) -> Commune | None:
        rows = communes_named(self.cleaned_data["lieu_travail"])
        if len(rows) > 1:
            raise forms.ValidationError("Écrivez une seule commune.")
        return rows[0] if rows else None


class StepForm(forms.Form):
    """A step; its partner is an organisation of the site."""

    volet = forms.ChoiceField(label="Volet", choices=Volet.choices)
    partenaire = forms.ModelChoiceField(
        label="Partenaire", queryset=Organisation.objects.order_by("nom")
    )
    quoi = forms.CharField(
        label="À faire",
        max_length=200,
        help_text="Le partenaire le lit : ni nom ni santé.",
    )
    pour_le = _day_field("Pour le")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partenaire"].empty_label = None  # type: ignore[attr-defined]


class ReportForm(forms.Form):
    faite_le = _day_field("Faite le")


class OutcomeForm(forms.Form):
    logee_le = _day_field("Logée le", required=False)
    en_emploi_le = _day_field("En emploi le", required=False)

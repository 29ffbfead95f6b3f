"""Forms of an action sheet, each small enough to be filled between two telephone calls."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from traitdunion.french import number

from ..enums import CollegeDeclare
from ..forms import day_field
from ..models import Action, Indicateur, LigneBudget, Partenaire, Pilote
from ..operations import CooperationError
from .plan_import.pasted_readings import Pasted, read_lines

COLLEGES = [("", "Je ne sais pas"), *CollegeDeclare.choices]
FIRST_YEAR, LAST_YEAR = 2000, 2100


def lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class FrenchDecimalField(forms.DecimalField):
    """A number typed as one writes it: « 1 234,50 », « 12 € »."""

    def __init__(self, label: str, *, help_text: str = "", required: bool = False) -> None:
        super().__init__(
            label=label,
            max_digits=12,
            decimal_places=2,
            required=required,
            help_text=help_text,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = re.sub(r"[\s€%]|ETP", "", value).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        return number(value) if isinstance(value, Decimal) else value


class EssentialsForm(forms.Form):
    """The title, dates, description and territory of an action."""

    titre = forms.CharField(label="Titre", max_length=300)
    reference = forms.CharField(
        label="Référence",
        max_length=30,
        required=False,
        help_text="Son numéro dans votre plan, s'il en a un : 2.1, A3…",
    )
    description = forms.CharField(
        label="Description", max_length=4000, required=False, widget=lines(4)
    )
    debut_le = day_field("Début")
    fin_prevue_le = day_field("Fin prévue")
    epci = forms.CharField(
        label="Intercommunalités concernées",
        required=False,
        widget=lines(3),
        help_text="Une par ligne. Rien si l'action vaut pour tout le département.",
    )

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        values = {name: getattr(action, name) for name in self.base_fields}
        kwargs.setdefault("initial", values | {"epci": "\n".join(action.epci)})
        super().__init__(*args, **kwargs)

    def clean_epci(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["epci"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("debut_le"), data.get("fin_prevue_le")
        if begins and ends and ends < begins:
            self.add_error("fin_prevue_le", "La fin vient après le début.")
        return data


class StepForm(forms.Form):
    titre = forms.CharField(label="Étape", max_length=300)
    fin_prevue_le = day_field("Pour le")


class PartForm(forms.ModelForm):
    """A part of a sheet; `action` is given by the page."""

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        if "college" in self.fields:
            self.fields["college"].choices = COLLEGES

    def _post_clean(self) -> None:
        """Skip the checks of the model: the operation checks the row, with its constraints."""


class PilotForm(PartForm):
    class Meta:
        model = Pilote
        fields = ("nom", "courriel", "role", "organisme", "college")
        widgets = {"role": forms.RadioSelect}
        help_texts = {
            "nom": "Une personne ou un service.",
            "courriel": "Pour les relances ; elle n'est pas publiée. Celle d'un compte d'ici "
            "désigne cette personne.",
        }


class PartnerForm(PartForm):
    class Meta:
        model = Partenaire
        fields = ("organisme", "college", "apport")
        help_texts = {"apport": "Une salle, une compétence, un réseau… facultatif."}


class BudgetForm(PartForm):
    prevu = FrenchDecimalField(
        "Ce qu'il faut", help_text="En euros, ou en ETP. Vide : pas encore chiffré."
    )
    demande = FrenchDecimalField("Demandé", help_text="Vide si rien n'est demandé.")
    obtenu = FrenchDecimalField("Obtenu", help_text="Vide si la réponse n'est pas venue.")
    reel = FrenchDecimalField("Dépensé")
    annee = forms.IntegerField(label="Année", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    class Meta:
        model = LigneBudget
        fields = (
            "objet", "annee", "unite", "prevu", "financeur", "demande", "obtenu", "reel",
        )  # fmt: skip
        widgets = {"unite": forms.RadioSelect}
        labels = {"objet": "Pour quoi"}
        help_texts = {"financeur": "Vide s'il reste à trouver."}


class IndicatorForm(PartForm):
    depart = FrenchDecimalField("Valeur de départ")
    cible = FrenchDecimalField("Cible")
    depart_le = day_field("Valeur de départ au")

    class Meta:
        model = Indicateur
        fields = (
            "definition", "unite", "personnes", "sens", "depart", "depart_le", "cible", "source",
            "frequence",
        )  # fmt: skip
        widgets = {"sens": forms.RadioSelect}
        labels = {
            "definition": "Ce qu'on mesure",
            "personnes": "Il compte des personnes",
            "frequence": "On le relève",
        }
        help_texts = {
            "definition": "Assez précis pour que deux personnes comptent pareil.",
            "unite": "logements, véhicules, % (une part, avec ses deux nombres)…",
            "personnes": "Alors rien n'est gardé ni montré de moins de onze personnes.",
            "source": "D'où vient le chiffre : un fichier, un service, une enquête.",
        }


class ReadingForm(forms.Form):
    """A reading of one of the indicators of an action."""

    indicateur = forms.ModelChoiceField(
        Indicateur.objects.none(), label="Indicateur", empty_label=None
    )
    releve_le = day_field("Relevé le", required=True)
    valeur = FrenchDecimalField(
        "Valeur", help_text="Ou, pour une part, les deux nombres ci-dessous."
    )
    numerateur = forms.IntegerField(label="Combien", required=False, min_value=0)
    denominateur = forms.IntegerField(label="Sur combien", required=False, min_value=0)
    periode = forms.CharField(
        label="Période", max_length=60, required=False, help_text="3e trimestre 2026, année 2025…"
    )
    territoire = forms.CharField(
        label="Territoire",
        max_length=150,
        required=False,
        help_text="Vide pour tout le département.",
    )

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicateur"].queryset = action.indicateurs.all()


class PastedReadingsForm(forms.Form):
    """Readings of an indicator, pasted from a spreadsheet."""

    lignes = forms.CharField(
        label="Cellules copiées du tableur",
        widget=lines(8),
        strip=False,
        help_text="Une ligne par relevé : le jour (ou T1 2026, mars 2026), la valeur, et le "
        "territoire s'il y en a un. Pour une part : combien, sur combien.",
    )

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicateur"] = forms.ModelChoiceField(
            action.indicateurs.all(), label="Indicateur", empty_label=None
        )
        self.order_fields(["indicateur", "lignes"])

    def clean_lignes(self) -> list[Pasted]:
        try:
            return read_lines(self.cleaned_data["lignes"])
        except CooperationError as refused:
            raise forms.ValidationError(str(refused)) from refused


FORMS: dict[str, type[PartForm]] = {
    "pilote": PilotForm,
    "partenaire": PartnerForm,
    "budget": BudgetForm,
    "indicateur": IndicatorForm,
}

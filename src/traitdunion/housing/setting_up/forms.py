"""Forms of the project: what is known of it, a point, a document, a partner, what it brings."""

from decimal import Decimal
from typing import Any

from django import forms

from ..enums import AvisCrhh, EtatApport, EtatPiece, FormeOfs, GenreApport, NaturePartenaire
from ..households.forms import AmountField
from ..models.setting_up import MENTIONS
from .operations import Partner

ANSWERS = (("", "à vérifier"), ("oui", "oui"), ("non", "non"))
LABELS = {
    "reference": "Statuts : se réfèrent à l'article L.329-1",
    "perimetre": "Statuts : 1° périmètre géographique",
    "reserves": "Statuts : 2° part des bénéfices affectée aux réserves",
    "retrait": "Statuts : 3° suspension ou retrait, dévolution sous un an",
}


def _day(label: str, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def _text(label: str, length: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, help_text=hint)


class ProjectForm(forms.Form):
    """What is known of a project."""

    forme = forms.ChoiceField(label="Forme juridique", choices=FormeOfs.choices)
    territoire = _text("Périmètre d'intervention", 200)
    colleges = _text("Collèges, voix et quorum", 1000, hint="La loi les laisse libres.")
    autres_ofs = _text("Autres OFS du territoire", 1000)
    avis_crhh = forms.ChoiceField(
        label="Avis du CRHH", choices=[("", "pas encore"), *AvisCrhh.choices], required=False
    )
    avis_le = _day("Avis du CRHH le")
    depose_le = _day("Dossier déposé le")
    complet_le = _day("Dossier reçu complet le")
    complet_preuve = _text("Preuve du dossier complet", 200, hint="La lettre du préfet.")
    agree_le = _day("Agréé le")
    arrete = _text("Arrêté d'agrément", 200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MENTIONS:
            self.fields[f"mention_{name}"] = forms.ChoiceField(
                label=LABELS[name], choices=ANSWERS, required=False
            )

    @property
    def fields_of_project(self) -> dict[str, Any]:
        """Return what was given, ready for the row."""
        given = dict(self.cleaned_data)
        for name in MENTIONS:
            key = f"mention_{name}"
            given[key] = {"oui": True, "non": False}.get(given[key])
        given["forme"] = FormeOfs(given["forme"])
        return given


class PointForm(forms.Form):
    etat = forms.ChoiceField(label="État", choices=EtatPiece.choices)
    responsable = _text("Qui l'apporte", 100)
    remarque = _text("Remarque", 300)


class DocumentForm(forms.Form):
    titre = _text("Document", 120, required=True)
    fichier = forms.FileField(label="PDF, dix mégaoctets au plus")


class PartnerForm(forms.Form):
    nature = forms.ChoiceField(label="Nature", choices=NaturePartenaire.choices)
    nom = _text("Organisme", 120, required=True)
    demande = _text("Ce qu'il demande", 300)
    convention = _text("Convention", 200)
    convention_le = _day("Convention signée le")

    @property
    def partner(self) -> Partner:
        given = self.cleaned_data
        return Partner(**{**given, "nature": NaturePartenaire(given["nature"])})


class ContributionForm(forms.Form):
    genre = forms.ChoiceField(label="Genre", choices=GenreApport.choices)
    quoi = _text("Ce qu'il apporte", 200, required=True)
    montant = AmountField(
        label="Montant, €", required=False, min_value=Decimal(0), max_value=Decimal(10**9),
        max_digits=12, decimal_places=2, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    etat = forms.ChoiceField(label="État", choices=EtatApport.choices)
    depuis = _day("Depuis le", required=True)

"""Forms of households: the simulator, the demand, what the desk records."""

from decimal import Decimal
from typing import Any

from django import forms

from traitdunion.territory.models import Commune

from ..enums import EtatDemande, Souhait
from .eligibility import Household

YES_NO = (("", "je ne sais pas"), ("oui", "oui"), ("non", "non"))


def _answered(value: Any) -> bool | None:
    return {"oui": True, "non": False}.get(value)


class AmountField(forms.DecimalField):
    """An amount as people write it: « 24 000 », « 24000,50 »."""

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


def _amount(label: str, help_text: str = "", high: str = "2000000") -> forms.DecimalField:
    return AmountField(
        label=label, required=False, min_value=Decimal(0), max_value=Decimal(high), max_digits=10,
        decimal_places=2, localize=True, help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip


def _count(label: str, high: int, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=high, help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


def _choice(label: str, help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=YES_NO, required=False, help_text=help_text)


def communes_named(text: str) -> list[Commune]:
    """Return the communes of a text, separated by commas, by code or by name.

    Raises ValidationError where one is not known, or is several.
    """
    communes = []
    for word in (part.strip() for part in text.split(",")):
        if not word:
            continue
        rows = list(Commune.objects.filter(pk=word)[:1] or Commune.objects.filter(nom__iexact=word))
        if len(rows) != 1:
            wrong = "Plusieurs communes" if rows else "Aucune commune"
            raise forms.ValidationError(f"{wrong} : « {word} ». Écrivez son code Insee.")
        communes.append(rows[0])
    return communes


class SimulatorForm(forms.Form):
    """What a household gives to know what it may hope for; all but the commune may be left out."""

    commune = forms.CharField(
        label="Commune souhaitée", max_length=80, help_text="Son nom, ou son code Insee."
    )
    adultes = _count("Adultes dans le logement", 8)
    a_charge = _count("Enfants et personnes à charge", 12)
    jeune_menage = _choice("En couple, vos deux âges font 55 ans ou moins")
    handicap = _choice(
        "Une personne a la carte d'invalidité", "Seulement pour le plafond ; non gardé."
    )
    rfr = _amount("Revenu fiscal de référence, €", "Celui d'il y a deux ans, sur l'avis d'impôt.")
    proprietaire = _choice("Vous possédez déjà un logement")
    residence_principale = _choice("Ce serait votre résidence principale")
    prix = _amount("Prix du logement, €", "Pour un plan d'achat ; laissez vide sinon.")
    apport = _amount("Apport, €")
    taux = _amount("Taux de la banque, %", high="20")
    annees = _count("Durée du prêt, ans", 30)
    redevance = _amount("Redevance par mois, €", high="5000")
    revenus = _amount("Revenus par mois, €", "Ceux d'aujourd'hui, nets.", high="50000")

    def clean_commune(self) -> Commune:
        rows = communes_named(self.cleaned_data["commune"])
        if len(rows) != 1:
            raise forms.ValidationError("Écrivez une seule commune.")
        return rows[0]

    @property
    def household(self) -> Household:
        """Return what was answered."""
        given = self.cleaned_data
        return Household(
            adultes=given.get("adultes"),
            a_charge=given.get("a_charge"),
            jeune_menage=_answered(given.get("jeune_menage")),
            handicap=_answered(given.get("handicap")),
            rfr=given.get("rfr"),
            proprietaire=_answered(given.get("proprietaire")),
            residence_principale=_answered(given.get("residence_principale")),
        )


AGREEMENT = (
    "J'accepte que l'organisme garde mon adresse, mon téléphone et ma demande pour me répondre. "
    "Je peux demander à tout moment que ce soit effacé."
)


class DemandForm(forms.Form):
    """How to answer a household; the site field is for robots."""

    courriel = forms.EmailField(label="Adresse électronique", required=False)
    telephone = forms.CharField(label="Téléphone", max_length=30, required=False)
    souhait = forms.ChoiceField(label="Vous cherchez", choices=Souhait.choices)
    communes = forms.CharField(
        label="Autres communes possibles", max_length=300, required=False,
        help_text="Séparées par des virgules.",
    )  # fmt: skip
    accord = forms.BooleanField(label=AGREEMENT)
    site = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_communes(self) -> list[Commune]:
        return communes_named(self.cleaned_data["communes"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("courriel") and not cleaned.get("telephone"):
            self.add_error("courriel", "Une adresse ou un téléphone, pour vous répondre.")
        return cleaned


class CheckForm(forms.Form):
    """What the desk checked on the documents, in three values."""

    ressources = _choice("Ressources sous le plafond", "Sur l'avis d'impôt, qui n'est pas gardé.")
    non_proprietaire = _choice("Déclaration de non-propriétaire reçue (R.255-1-1)")
    categorie = forms.IntegerField(label="Catégorie de ménage", min_value=1, max_value=20)

    @property
    def checked(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "ressources": _answered(given["ressources"]),
            "non_proprietaire": _answered(given["non_proprietaire"]),
            "categorie": given["categorie"],
        }


class DecisionForm(forms.Form):
    """A decision on a demand; its reason is always written."""

    etat = forms.ChoiceField(
        label="Décision",
        choices=[(e.value, e.label) for e in (EtatDemande.EN_ATTENTE, EtatDemande.REFUSEE)],
    )
    motif = forms.CharField(label="Motif", max_length=300, help_text="Jamais un nom ni la santé.")


class LotForm(forms.Form):
    """A home of an operation."""

    libelle = forms.CharField(label="Logement", max_length=80, help_text="Ex. : T3, lot 4.")
    pieces = forms.IntegerField(label="Pièces", min_value=1, max_value=9)
    surface_utile = forms.DecimalField(
        label="Surface utile, m²", min_value=Decimal(9), max_value=Decimal(500), max_digits=6,
        decimal_places=2, localize=True, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    genre = forms.ChoiceField(
        label="Genre",
        choices=[(s.value, s.label) for s in (Souhait.ACCESSION, Souhait.LOCATIF)],
    )


class AllocationForm(forms.Form):
    """To whom a home goes, and why."""

    demande = forms.IntegerField(widget=forms.HiddenInput)
    motif = forms.CharField(label="Motif", max_length=300)

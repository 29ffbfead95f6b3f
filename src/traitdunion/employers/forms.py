"""Forms of the pages for employers; nothing of them is kept."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from .immersion import Agreement, Post, Purpose
from .welcome import Condition, Contract, Hire

CONTRACTS = {Contract.CDI: "CDI", Contract.CDD: "CDD", Contract.INTERIM: "intérim"}
CONDITIONS = {
    Condition.NIGHT: "Travail de nuit ?",
    Condition.MINOR: "Moins de 18 ans ?",
    Condition.RISKS: "Poste à risques (suivi médical renforcé) ?",
}
PURPOSES = {
    Purpose.DISCOVER: "découvrir un métier",
    Purpose.CONFIRM: "confirmer un projet",
    Purpose.RECRUIT: "initier un recrutement",
}
POSTS = {
    Post.OBSERVED: "observer et s'essayer",
    Post.PERMANENT: "les tâches d'un poste permanent",
    Post.SURGE: "renforcer un surcroît d'activité",
    Post.SEASONAL: "un emploi saisonnier",
    Post.REPLACEMENT: "remplacer une personne absente",
}
THREE = {"oui": "oui", "non": "non", "": "je ne sais pas"}
KNOWN = {"oui": True, "non": False}


def _day_field(label: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget)


def _one_of(label: str, choices: Mapping[Any, str], *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=list(choices.items()), widget=forms.RadioSelect, required=required
    )


class WelcomeForm(forms.Form):
    """The day of hiring, the contract, and three conditions that may stay unknown."""

    embauche = _day_field("Jour de l'embauche")
    contrat = _one_of("Contrat", CONTRACTS, required=True)

    def __init__(self, data: MultiValueDict[str, str] | None) -> None:
        super().__init__(data, initial={"contrat": Contract.CDI.value})
        for condition, label in CONDITIONS.items():
            self.fields[condition.value] = _one_of(label, THREE)
            self.initial[condition.value] = ""

    def hire(self) -> Hire:
        """Return the hiring of a valid form."""
        cleaned = self.cleaned_data
        known = {c: KNOWN[cleaned[c.value]] for c in Condition if cleaned[c.value] in KNOWN}
        return Hire(cleaned["embauche"], Contract(cleaned["contrat"]), known)


class ImmersionForm(forms.Form):
    """An immersion asked, and what is known of the one before."""

    debut = _day_field("Premier jour")
    fin = _day_field("Dernier jour")
    objet = _one_of("Objet", PURPOSES, required=True)
    poste = _one_of("Ce que la personne fera", {**POSTS, "": "je ne sais pas"})
    avant = _one_of("Déjà une immersion dans cette entreprise depuis douze mois ?", THREE)
    avant_debut = _day_field("Premier jour de la précédente")
    avant_fin = _day_field("Dernier jour de la précédente")
    avant_objet = _one_of("Objet de la précédente", PURPOSES)
    renouvelle = _one_of(
        "Est-ce un renouvellement, pour le même objet ?", {"oui": "oui", "": "non"}
    )

    def __init__(self, data: MultiValueDict[str, str] | None) -> None:
        super().__init__(data, initial={"objet": Purpose.DISCOVER.value, "poste": "", "avant": ""})
        for name in ("avant_debut", "avant_fin"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for the dates of the one before where there was one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("avant") == "oui":
            for name in ("avant_debut", "avant_fin", "avant_objet"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, "Il y en a eu une : indiquez-le.")
        return cleaned

    def asked(self) -> Agreement:
        """Return the immersion asked by a valid form."""
        cleaned = self.cleaned_data
        renews = cleaned["renouvelle"] == "oui"
        return Agreement(cleaned["debut"], cleaned["fin"], Purpose(cleaned["objet"]), renews)

    def before(self) -> list[Agreement] | None:
        """Return the immersions before; None where unknown."""
        cleaned = self.cleaned_data
        if cleaned["avant"] not in KNOWN:
            return None
        if not KNOWN[cleaned["avant"]]:
            return []
        purpose = Purpose(cleaned["avant_objet"])
        return [Agreement(cleaned["avant_debut"], cleaned["avant_fin"], purpose)]

    def post(self) -> Post | None:
        """Return what the person would do; None where unknown."""
        return Post(self.cleaned_data["poste"]) if self.cleaned_data["poste"] else None

"""Forms of the requests to sites."""

import re
from datetime import date
from typing import Any

from django import forms

from traitdunion.cooperation.forms import day_field
from traitdunion.territory.models import Site

from ..enums import NatureDemande
from ..models import ContactSite
from ..occupations.fields import OccupationField
from .queries import may_be_asked

REFERENCE = re.compile(r"^(?=.*\d)[A-Za-z0-9-]{3,20}$")
CHOSEN = ("premier", "deuxieme", "troisieme")


class ContactField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """A site that may be asked, with its commune."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.site}, {obj.site.commune.nom}"


class AskForm(forms.Form):
    """A request for one person, and the sites in order."""

    nature = forms.ChoiceField(
        label="Demande", choices=NatureDemande, widget=forms.RadioSelect,
        initial=NatureDemande.IMMERSION,
    )  # fmt: skip
    reference = forms.CharField(
        label="Référence de la personne", max_length=20,
        help_text="Jamais son nom : celle de votre outil, avec un chiffre. Le site ne la voit pas.",
    )  # fmt: skip
    rome = OccupationField(required=False)
    precision = forms.CharField(
        label="Précision pour le site", required=False, max_length=300,
        help_text="Dates, durée, horaires possibles. Rien qui désigne la personne.",
    )  # fmt: skip
    premier = ContactField(
        label="Premier site", queryset=ContactSite.objects.none(), empty_label="Choisissez"
    )
    deuxieme = ContactField(
        label="Puis, s'il n'accepte pas",
        queryset=ContactSite.objects.none(),
        required=False,
        empty_label="Aucun autre",
    )
    troisieme = ContactField(
        label="Puis", queryset=ContactSite.objects.none(), required=False, empty_label="Aucun autre"
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in CHOSEN:
            self.fields[name].queryset = may_be_asked(on)  # type: ignore[attr-defined]

    def clean_reference(self) -> str:
        """Return the reference; ValidationError where it may be a name."""
        text = str(self.cleaned_data["reference"])
        if not REFERENCE.match(text):
            raise forms.ValidationError(
                "Trois à vingt lettres, chiffres ou tirets, dont un chiffre : exemple, ML-0412."
            )
        return text

    def clean_rome(self) -> str:
        """Return the code of the occupation, or nothing."""
        occupation = self.cleaned_data["rome"]
        return occupation.rome if occupation else ""

    def values(self) -> dict[str, Any]:
        """Return the arguments of the request of a valid form."""
        values = dict(self.cleaned_data)
        contacts = [contact for name in CHOSEN if (contact := values.pop(name)) is not None]
        return {**values, "nature": NatureDemande(values["nature"]), "contacts": contacts}


class ContactForm(forms.Form):
    """The mailbox of a site that agreed to be asked."""

    site = forms.ModelChoiceField(
        label="Site", queryset=Site.objects.all(), empty_label="Choisissez"
    )
    courriel = forms.EmailField(label="Adresse de son contact", max_length=254)
    accord = forms.BooleanField(
        label="Le contact est d'accord pour recevoir des demandes",
        error_messages={"required": "Demandez d'abord son accord au contact du site."},
    )


class LimitsForm(forms.Form):
    """What a site accepts to receive."""

    plafond = forms.IntegerField(
        label="Demandes par mois, au plus", required=False, min_value=1, max_value=99,
        help_text="Vide : sans limite.",
    )  # fmt: skip
    pause_jusqu_au = day_field("En pause jusqu'au")

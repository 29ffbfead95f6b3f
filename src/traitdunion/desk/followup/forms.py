"""Forms of the follow-up."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from traitdunion.catalogue.models import Solution

from ..enums import MotifRefus, Objectif, Servi, Situation
from .operations import AGREEMENT, checked_initials, checked_year
from .queries import Wanted
from .replies import LAST_RANK, LONGEST_TEXT, Answer, Listed, Reply

NO_HEALTH = "Le besoin, jamais le diagnostic : rien sur la santé."


class NeedForm(forms.Form):
    """What a person needs, in France Travail's words."""

    situations = forms.MultipleChoiceField(
        label="Sa situation",
        choices=Situation.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=NO_HEALTH,
    )
    objectifs = forms.MultipleChoiceField(
        label="Ses objectifs",
        choices=Objectif.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un objectif."},
    )
    prioritaire = forms.BooleanField(
        label="La mobilité est sa contrainte prioritaire", required=False
    )


class OpenForm(NeedForm):
    """A person who is going to be followed; `today` bounds the year of birth."""

    initiales = forms.CharField(
        label="Initiales",
        max_length=12,
        help_text="Une à quatre lettres. Le nom ne se note que plus tard, avec son accord.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    annee_naissance = forms.IntegerField(
        label="Année de naissance",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Écrivez une année, par exemple 1990."},
    )
    field_order = ("initiales", "annee_naissance", "situations", "objectifs", "prioritaire")

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, label_suffix="")
        self.today = today

    def clean_initiales(self) -> str:
        return checked_initials(self.cleaned_data["initiales"])

    def clean_annee_naissance(self) -> int:
        return checked_year(self.cleaned_data["annee_naissance"], on=self.today)


class AgreementForm(forms.Form):
    """Name and contact of a person who agrees that they be kept."""

    nom = forms.CharField(
        label="Nom et prénom", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    telephone = forms.CharField(
        label="Téléphone",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    courriel = forms.EmailField(
        label="Adresse électronique",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    accord = forms.BooleanField(
        label="La personne a entendu ceci, et elle accepte",
        help_text=f"« {AGREEMENT} »",
        error_messages={"required": "Sans son accord, ses coordonnées ne peuvent pas être notées."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("telephone") or cleaned.get("courriel") or self.errors):
            raise ValidationError("Donnez un téléphone ou une adresse électronique.")
        return cleaned


class FilesForm(forms.Form):
    """Which files to show."""

    q = forms.CharField(
        label="Chercher",
        required=False,
        max_length=40,
        help_text="Des initiales, ou le début d'une référence.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    qui = forms.ChoiceField(
        label="Suivis par",
        required=False,
        choices=[("", "Toute l'organisation"), ("moi", "Moi")],
    )
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Ouverts"), ("clos", "Clos")]
    )

    def wanted(self) -> Wanted:
        """What is looked for; a field that is wrong filters nothing."""
        self.is_valid()
        told = self.cleaned_data
        return Wanted(
            text=told.get("q", ""),
            mine=told.get("qui") == "moi",
            closed=told.get("etat") == "clos",
        )


class ReferenceForm(forms.Form):
    """Which reference to show; nothing of a person, so that it may stand in an address."""

    q = forms.CharField(
        label="Chercher une référence",
        required=False,
        max_length=8,
        help_text="Ses premiers signes : le conseiller la lit sur le parcours.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


ACCEPT, LIST, REFUSE = "accepter", "attendre", "refuser"


class OrientForm(forms.Form):
    """To which solution, and with what word; `solutions` are those one may choose."""

    solution = forms.ChoiceField(
        label="Vers quelle solution",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une solution."},
    )
    message = forms.CharField(
        label="Message à la structure",
        required=False,
        max_length=LONGEST_TEXT,
        help_text=f"Ce dont la personne a besoin, et pour quand. {NO_HEALTH}",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any, *, solutions: Sequence[Solution], chosen: str = "") -> None:
        super().__init__(data, label_suffix="", initial={"solution": chosen})
        self.solutions = {one.pk: one for one in solutions}
        self.fields["solution"].choices = [
            (one.pk, f"{one.nom} ({one.structure.nom})") for one in solutions
        ]

    def clean_solution(self) -> Solution:
        return self.solutions[self.cleaned_data["solution"]]


def motif_field() -> forms.ChoiceField:
    """Why an orientation is refused, to choose in a list."""
    return forms.ChoiceField(
        label="Motif, en cas de refus",
        required=False,
        choices=[("", "Choisir un motif"), *MotifRefus.choices],
    )


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """A day, chosen or written as one does."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Dites quel jour.", "invalid": "Cette date n'existe pas."},
    )


class ReplyForm(forms.Form):
    """What a structure answers."""

    reponse = forms.ChoiceField(
        label="Votre réponse",
        choices=[
            (ACCEPT, "Nous acceptons"),
            (LIST, "Nous mettons sur liste d'attente"),
            (REFUSE, "Nous refusons"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Acceptez-vous cette orientation, ou non ?"},
    )
    rang = forms.IntegerField(
        label="Rang sur la liste d'attente",
        required=False,
        min_value=1,
        max_value=LAST_RANK,
        help_text="Si vous le connaissez : 1 pour la prochaine personne servie.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Écrivez un nombre, par exemple 3."},
    )
    expected_on = day_field("Place attendue vers le", required=False)
    motif = motif_field()
    commentaire = forms.CharField(
        label="Commentaire",
        required=False,
        max_length=LONGEST_TEXT,
        help_text="La date d'un rendez-vous, ce qui manque… Rien sur la santé.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reponse") == REFUSE and not cleaned.get("motif"):
            self.add_error("motif", "Dites pourquoi : choisissez un motif de refus.")
        return cleaned

    def reply(self) -> Answer:
        """What the valid form answers; a reason left in the list is no reason to accept."""
        told = self.cleaned_data
        if told["reponse"] == LIST:
            return Listed(told["rang"], told["expected_on"], told["commentaire"])
        accepted = told["reponse"] == ACCEPT
        return Reply(accepted, "" if accepted else told["motif"], told["commentaire"])


class ModerateForm(forms.Form):
    """The address of a structure that the catalogue does not know."""

    courriel = forms.EmailField(label="Adresse électronique de la structure")


class DeclineForm(forms.Form):
    """Why an orientation does not go."""

    motif = motif_field()
    commentaire = forms.CharField(label="Commentaire", required=False, max_length=LONGEST_TEXT)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.fields["motif"].required = True


class StartForm(forms.Form):
    """The day from which a person is served."""

    started_on = day_field("Commencée le")


class PointForm(forms.Form):
    """One, three or six months after the start."""

    servi = forms.ChoiceField(
        label="Se sert-elle encore de la solution ?",
        choices=Servi.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Dites si elle s'en sert encore."},
    )
    en_emploi = forms.TypedChoiceField(
        label="Est-elle en emploi ?",
        choices=[("oui", "Oui"), ("non", "Non"), ("", "Je ne sais pas")],
        coerce=lambda text: text == "oui",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

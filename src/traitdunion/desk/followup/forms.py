"""Forms of the follow-up."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from traitdunion.catalogue.models import Solution

from ..enums import IssueParcours, MotifRefus, Objectif, Servi, Situation
from .operations import AGREEMENT, checked_initials, checked_year
from .proposals import TAKEN_ALONE
from .queries import Wanted
from .replies import ACCEPT, LAST_RANK, LIST, LONGEST_TEXT, REFUSE, Answer, Listed, Reply

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
    libelle = forms.CharField(
        label="Repère privé",
        required=False,
        max_length=40,
        help_text="Pour la reconnaître dans vos listes, par exemple « atelier du mardi ». Jamais "
        "le nom ; seule votre organisation le lit.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = (
        "initiales", "annee_naissance", "libelle", "situations", "objectifs", "prioritaire",
    )  # fmt: skip

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
        help_text="Des initiales, le début d'une référence ou un repère.",
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    qui = forms.ChoiceField(
        label="Suivis par",
        required=False,
        choices=[
            ("", "Toute l'organisation"),
            ("moi", "Moi"),
            ("personne", "Personne (sans conseiller)"),
        ],
    )
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Ouverts"), ("clos", "Clos")]
    )

    def wanted(self) -> Wanted:
        """Return which files to show; an invalid field filters nothing."""
        self.is_valid()
        cleaned = self.cleaned_data
        return Wanted(
            text=cleaned.get("q", ""),
            mine=cleaned.get("qui") == "moi",
            orphan=cleaned.get("qui") == "personne",
            closed=cleaned.get("etat") == "clos",
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

    def __init__(
        self, data: Any, *, solutions: Sequence[Solution], chosen: str = "", message: str = ""
    ) -> None:
        initial = {"solution": chosen, "message": message}
        super().__init__(data, label_suffix="", initial=initial)
        self.solutions = {solution.pk: solution for solution in solutions}
        if chosen in self.solutions and self.solutions[chosen].type_solution in TAKEN_ALONE:
            self.initial["solution"] = ""
        self.fields["solution"].choices = [
            (solution.pk, f"{solution.nom} ({solution.structure.nom})") for solution in solutions
        ]

    def clean_solution(self) -> Solution:
        return self.solutions[self.cleaned_data["solution"]]


def motif_field() -> forms.ChoiceField:
    """Build the list of reasons for refusing an orientation."""
    return forms.ChoiceField(
        label="Motif, en cas de refus",
        required=False,
        choices=[
            ("", "Choisir un motif"),
            # A service of mobility does not refuse a person for not being mobile.
            *(choice for choice in MotifRefus.choices if choice[0] != MotifRefus.NON_MOBILE),
        ],
    )


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    """Build the field of a day, picked or written in figures."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"required": "Dites quel jour.", "invalid": "Cette date n'existe pas."},
    )


class ReplyForm(forms.Form):
    """What a structure answers."""

    CHOICES: ClassVar[dict[str, str]] = {
        ACCEPT: "Nous acceptons",
        LIST: "Nous mettons sur liste d'attente",
        REFUSE: "Nous refusons",
    }

    reponse = forms.ChoiceField(
        label="Votre réponse",
        choices=[*CHOICES.items()],
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

    def chosen(self) -> str:
        """Return the answer that a link of the message chose, in words; "" where there is none."""
        return self.CHOICES.get(str(self.initial.get("reponse", "")), "")

    def reply(self) -> Answer:
        """Return the reply of the valid form; a reason is kept only with a refusal."""
        cleaned = self.cleaned_data
        if cleaned["reponse"] == LIST:
            return Listed(cleaned["rang"], cleaned["expected_on"], cleaned["commentaire"])
        accepted = cleaned["reponse"] == ACCEPT
        return Reply(accepted, "" if accepted else cleaned["motif"], cleaned["commentaire"])


class DateForm(forms.Form):
    """The date that a structure proposes to a person it accepted."""

    day = day_field("Quel jour")
    hour = forms.TimeField(
        label="À quelle heure",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "Dites à quelle heure.", "invalid": "Écrivez l'heure : 14:30."},
    )
    words = forms.CharField(
        label="Lieu ou précision",
        required=False,
        max_length=200,
        help_text="Où venir, qui demander, quoi apporter. Rien sur la santé.",
    )

    def proposal(self) -> dict[str, Any]:
        """Return the date in the time zone of the site, and the words."""
        given = self.cleaned_data
        at = timezone.make_aware(datetime.combine(given["day"], given["hour"]))
        return {"at": at, "words": given["words"]}


class CloseForm(forms.Form):
    """What became of a person, asked when their file is closed."""

    issue = forms.ChoiceField(
        label="Où en est la personne ?",
        choices=IssueParcours.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez où en est la personne."},
    )


class JobForm(forms.Form):
    """Since when a person has a job."""

    en_emploi_le = day_field("En emploi depuis le")


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

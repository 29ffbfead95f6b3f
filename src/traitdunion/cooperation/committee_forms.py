"""Forms of the statutory meetings."""

from datetime import date
from typing import Any

from django import forms

from . import committees
from .forms import day_field
from .models.committees import (
    Choix,
    CollegeMembre,
    Instance,
    Membre,
    NatureInstance,
    Occupant,
    Reunion,
)
from .vote_calculator import (
    Shared,
    WrongAudience,
    broken_by,
    read_audience,
    read_employers,
    share_employers,
    share_unions,
    votes_of,
)
from .vote_shares import BrokenRule

TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
BOTH = "titulaire_suppleant"
ABSENT = ""
WHO = [
    (ABSENT, "absent"),
    (Occupant.TITULAIRE.value, "titulaire"),
    (Occupant.SUPPLEANT.value, "suppléant"),
    (BOTH, "titulaire et suppléant"),
]


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A seat of a committee."""

    college = forms.ChoiceField(label="Collège", choices=CollegeMembre)
    mandat_du = day_field("Mandat du")
    mandat_au = day_field("Mandat jusqu'au")

    class Meta:
        model = Membre
        fields = ("siege", "college", "titulaire", "courriel", "suppleant", "courriel_suppleant",
                  "voix", "preside", "preponderante", "mandat_du", "mandat_au")  # fmt: skip
        help_texts = {
            "courriel": "Pour les convocations ; elle n'est pas publiée.",
            "siege": "L'organisation et, si elle en a plusieurs, le numéro du siège.",
            "voix": "Le nombre fixé par l'arrêté du préfet.",
            "preponderante": "Seul le représentant de l'État qui copréside l'a.",
        }


class SuccessorForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who takes a vacant seat for what is left of the term."""

    mandat_du = day_field("Siège à partir du", required=True)

    class Meta:
        model = Membre
        fields = ("titulaire", "courriel", "suppleant", "courriel_suppleant")


class VacancyForm(forms.Form):
    vacant_le = day_field("Vacant depuis le", required=True)


class CommitteeForm(forms.Form):
    """A committee to keep."""

    nature = forms.ChoiceField(label="Nature", choices=NatureInstance, widget=forms.RadioSelect)
    nom = forms.CharField(
        label="Nom", max_length=200, help_text="Tel qu'il sera sur les convocations."
    )
    arrete = forms.CharField(
        label="Arrêté de composition",
        max_length=200,
        required=False,
        help_text="Numéro et date de l'arrêté du préfet.",
    )


class VotesForm(forms.Form):
    """A distribution of votes to try; nothing of it is kept."""

    audience = forms.CharField(
        label="Organisations syndicales et leur audience",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Une par ligne : « Syndicat A 26,6 ». Audience nationale interprofessionnelle.",
    )
    organisations = forms.CharField(
        label="Organisations d'employeurs",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Une par ligne : « Organisation X 30 65 », parts des entreprises, puis de leurs "
        "salariés.",
    )

    def __init__(self, *args: Any, instance: Instance, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nature = instance.nature
        self.on = on
        votes = votes_of(instance, on)
        kinds = CDPE_COLLEGES if instance.nature == NatureInstance.CDPE else LOCAL_COLLEGES
        for one in kinds:
            self.fields[one.value] = forms.IntegerField(
                label=one.label, min_value=0, max_value=1000, initial=votes.get(one.value, 0)
            )
        if instance.nature != NatureInstance.CDPE:
            del self.fields["audience"], self.fields["organisations"]
        self.order_fields([one.value for one in kinds])

    def clean_audience(self) -> Any:
        return self._read("audience", read_audience)

    def clean_organisations(self) -> Any:
        return self._read("organisations", read_employers)

    def _read(self, name: str, read: Any) -> Any:
        text = self.cleaned_data[name]
        try:
            return read(text) if text.strip() else None
        except WrongAudience as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def broken(self) -> list[BrokenRule]:
        return broken_by(self.nature, self.cleaned_data, on=self.on)

    def shared(self) -> list[tuple[str, str, Shared]]:
        """Votes by audience: label, article, votes; nothing where no audience is told."""
        told, found = self.cleaned_data, []
        if told.get("audience"):
            votes = share_unions(told["audience"], told["syndicats"])
            found.append(("Organisations syndicales", "R5311-38, 3°", votes))
        if told.get("organisations"):
            firms, employees = told["organisations"]
            votes = share_employers(firms, employees, told["employeurs"], on=self.on)
            found.append(("Organisations d'employeurs", "R5311-38, 4°", votes))
        return found


CDPE_COLLEGES = tuple(
    CollegeMembre(one)
    for one in ("etat", "region", "departement", "communes", "syndicats", "employeurs")
)
LOCAL_COLLEGES = tuple(
    CollegeMembre(one) for one in ("etat", "region", "departement", "epci", "communes")
)


class CallForm(forms.Form):
    """A notice of meeting."""

    tenue_le = day_field("Date de la réunion", required=True)
    heure = forms.TimeField(label="Heure", widget=TIME)
    lieu = forms.CharField(label="Lieu", max_length=200, required=False)
    visio = forms.URLField(
        label="Lien de la visioconférence", max_length=300, required=False, assume_scheme="https",
        help_text="Quand les circonstances le justifient (R5311-42).",
    )  # fmt: skip
    convoquee_le = day_field("Convocation déjà envoyée le")
    urgence = forms.CharField(
        label="Motif d'urgence", max_length=300, required=False,
        help_text="Seulement si le délai n'est pas tenu.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        called, on = told.get("convoquee_le"), told.get("tenue_le")
        if called and on and called > on:
            self.add_error("convoquee_le", "La convocation part avant la réunion.")
        return told


class FirstCallForm(CallForm):
    ordre_du_jour = forms.CharField(
        label="Ordre du jour, un point par ligne", widget=forms.Textarea(attrs={"rows": 5})
    )


class AttendanceForm(forms.Form):
    """For each seat: who is there, at a distance or not, or to whom it gives its proxy."""

    def __init__(self, *args: Any, meeting: Reunion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = committees.members_on(meeting.instance, meeting.tenue_le)
        came: dict[int, set[str]] = {}
        for row in meeting.presences.all():
            came.setdefault(row.membre_id, set()).add(row.occupant)
        remote = {row.membre_id for row in meeting.presences.all() if row.a_distance}
        given = {row.donne_par_id: row.porte_par_id for row in meeting.pouvoirs.all()}
        for one in self.members:
            there = came.get(one.pk, set())
            self.fields[f"qui_{one.pk}"] = forms.ChoiceField(
                label=f"{one.siege} : qui siège",
                choices=WHO if one.suppleant else WHO[:2],
                required=False,
                initial=BOTH if len(there) > 1 else next(iter(there), ABSENT),
            )
            self.fields[f"distance_{one.pk}"] = forms.BooleanField(
                label=f"{one.siege} : à distance", required=False, initial=one.pk in remote
            )
            self.fields[f"pouvoir_{one.pk}"] = forms.ChoiceField(
                label=f"{one.siege} : pouvoir à",
                required=False,
                initial=str(given.get(one.pk, "")),
                choices=[("", "aucun"), *self._holders(one)],
            )

    def _holders(self, giver: Membre) -> list[tuple[str, str]]:
        """Members of the same college (R5311-43)."""
        return [
            (str(one.pk), one.siege)
            for one in self.members
            if one.college == giver.college and one != giver
        ]

    def rows(self) -> list[tuple[Membre, Any, Any, Any]]:
        """Each member with the three fields of the seat."""
        return [
            (one, self[f"qui_{one.pk}"], self[f"distance_{one.pk}"], self[f"pouvoir_{one.pk}"])
            for one in self.members
        ]

    def came(self) -> list[tuple[Membre, Occupant, bool]]:
        found = []
        for one in self.members:
            who, remote = (self.cleaned_data[f"{name}_{one.pk}"] for name in ("qui", "distance"))
            sitting = list(Occupant) if who == BOTH else [Occupant(who)] if who else []
            found += [(one, occupant, remote) for occupant in sitting]
        return found

    def proxies(self) -> dict[Membre, Membre]:
        by_key = {str(one.pk): one for one in self.members}
        given = {one: self.cleaned_data[f"pouvoir_{one.pk}"] for one in self.members}
        return {giver: by_key[holder] for giver, holder in given.items() if holder}


class VoteForm(forms.Form):
    """A question and the ballot of each seat that votes."""

    question = forms.CharField(label="Ce qui est mis aux voix", max_length=500)

    def __init__(self, *args: Any, voters: list[Membre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voters = voters
        for one in voters:
            self.fields[f"voix_{one.pk}"] = forms.ChoiceField(
                label=f"{one.siege} ({one.voix} voix)",
                choices=[("", "ne prend pas part"), *Choix.choices],
                required=False,
            )

    def ballots(self) -> dict[Membre, Choix]:
        said = {one: self.cleaned_data[f"voix_{one.pk}"] for one in self.voters}
        return {one: Choix(choix) for one, choix in said.items() if choix}


class MinutesForm(forms.Form):
    texte = forms.CharField(label="Ce qui s'est dit", widget=forms.Textarea(attrs={"rows": 10}))


class ApprovalForm(forms.Form):
    approuve_le = day_field("Approuvé le", required=True)
    approuve_par = forms.CharField(
        label="Approuvé par", max_length=200, help_text="Les présidents, ou le comité en séance."
    )

"""Forms of the statutory meetings."""

from typing import Any

from django import forms

from . import committees
from .forms import day_field
from .models.committees import Choix, CollegeMembre, Membre, Occupant, Reunion

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
        fields = ("siege", "college", "titulaire", "suppleant", "voix", "preside", "preponderante",
                  "mandat_du", "mandat_au")  # fmt: skip
        help_texts = {
            "siege": "L'organisation et, si elle en a plusieurs, le numéro du siège.",
            "voix": "Le nombre fixé par l'arrêté du préfet.",
            "preponderante": "Seul le représentant de l'État qui copréside l'a.",
        }


class CallForm(forms.Form):
    """A notice of meeting."""

    tenue_le = day_field("Date de la réunion", required=True)
    heure = forms.TimeField(label="Heure", widget=TIME)
    lieu = forms.CharField(label="Lieu", max_length=200, required=False)
    convoquee_le = day_field("Convocation envoyée le")
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

"""Forms of the statutory meetings."""

from datetime import date
from typing import Any

from django import forms

from ..enums import Visibilite
from ..forms import day_field
from ..models.committees import (
    Choix,
    CollegeMembre,
    Instance,
    Membre,
    NatureInstance,
    Occupant,
    Reunion,
    Scrutin,
)
from ..models.roadmap import Action
from . import queries as committees
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


class CommitteeVisibilityForm(forms.Form):
    """Who sees a committee."""

    visibilite = forms.ChoiceField(
        label="Le comité : composition, voix, règles", choices=Visibilite
    )


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
        for kind in kinds:
            self.fields[kind.value] = forms.IntegerField(
                label=kind.label, min_value=0, max_value=1000, initial=votes.get(kind.value, 0)
            )
        if instance.nature != NatureInstance.CDPE:
            del self.fields["audience"], self.fields["organisations"]
        self.order_fields([kind.value for kind in kinds])

    def clean_audience(self) -> Any:
        return self._cleaned_by("audience", read_audience)

    def clean_organisations(self) -> Any:
        return self._cleaned_by("organisations", read_employers)

    def _cleaned_by(self, name: str, read: Any) -> Any:
        text = self.cleaned_data[name]
        try:
            return read(text) if text.strip() else None
        except WrongAudience as wrong:
            raise forms.ValidationError(str(wrong)) from wrong

    def broken(self) -> list[BrokenRule]:
        return broken_by(self.nature, self.cleaned_data, on=self.on)

    def shared(self) -> list[tuple[str, str, Shared]]:
        """Return the votes by audience: label, article, votes; empty where no audience is given."""
        data, shares = self.cleaned_data, []
        if data.get("audience"):
            votes = share_unions(data["audience"], data["syndicats"])
            shares.append(("Organisations syndicales", "R5311-38, 3°", votes))
        if data.get("organisations"):
            firms, employees = data["organisations"]
            votes = share_employers(firms, employees, data["employeurs"], on=self.on)
            shares.append(("Organisations d'employeurs", "R5311-38, 4°", votes))
        return shares


CDPE_COLLEGES = tuple(
    CollegeMembre(name)
    for name in ("etat", "region", "departement", "communes", "syndicats", "employeurs")
)
LOCAL_COLLEGES = tuple(
    CollegeMembre(name) for name in ("etat", "region", "departement", "epci", "communes")
)


class MoveForm(forms.Form):
    """When and where a meeting is held."""

    tenue_le = day_field("Date de la réunion", required=True)
    heure = forms.TimeField(label="Heure", widget=TIME)
    lieu = forms.CharField(label="Lieu", max_length=200, required=False)
    visio = forms.URLField(
        label="Lien de la visioconférence", max_length=300, required=False, assume_scheme="https",
        help_text="Quand les circonstances le justifient (R5311-42).",
    )  # fmt: skip


class CancelMeetingForm(forms.Form):
    pourquoi = forms.CharField(
        label="Motif", max_length=300, help_text="Il est écrit à toutes les personnes convoquées."
    )


class CallForm(MoveForm):
    """A notice of meeting."""

    convoquee_le = day_field("Convocation déjà envoyée le")
    urgence = forms.CharField(
        label="Motif d'urgence", max_length=300, required=False,
        help_text="Seulement si le délai n'est pas tenu.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        called, on = data.get("convoquee_le"), data.get("tenue_le")
        if called and on and called > on:
            self.add_error("convoquee_le", "La convocation part avant la réunion.")
        return data


class FirstCallForm(CallForm):
    """A first notice, with its agenda: points typed, and actions of the roadmap."""

    ordre_du_jour = forms.CharField(
        label="Ordre du jour, un point par ligne",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    actions = forms.ModelMultipleChoiceField(
        queryset=Action.objects.none(),
        label="Actions de la feuille de route à l'ordre du jour",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Chacune devient un point ; le vote qui l'adopte s'inscrit sur sa fiche.",
    )

    def __init__(self, *args: Any, instance: Instance, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actions"].queryset = committees.actions_to_put(instance)
        if not self.fields["actions"].queryset.exists():
            del self.fields["actions"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("ordre_du_jour") and not cleaned.get("actions"):
            self.add_error("ordre_du_jour", "Écrivez au moins un point, ou choisissez une action.")
        return cleaned


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
        for member in self.members:
            there = came.get(member.pk, set())
            self.fields[f"qui_{member.pk}"] = forms.ChoiceField(
                label=f"{member.siege} : qui siège",
                choices=WHO if member.suppleant else WHO[:2],
                required=False,
                initial=BOTH if len(there) > 1 else next(iter(there), ABSENT),
            )
            self.fields[f"distance_{member.pk}"] = forms.BooleanField(
                label=f"{member.siege} : à distance", required=False, initial=member.pk in remote
            )
            self.fields[f"pouvoir_{member.pk}"] = forms.ChoiceField(
                label=f"{member.siege} : pouvoir à",
                required=False,
                initial=str(given.get(member.pk, "")),
                choices=[("", "aucun"), *self._holders(member)],
            )

    def _holders(self, giver: Membre) -> list[tuple[str, str]]:
        """Return the members to whom a seat may give its proxy."""
        return [
            (str(member.pk), member.siege)
            for member in self.members
            if committees.may_give_proxy(giver, member)
        ]

    def rows(self) -> list[tuple[Membre, Any, Any, Any]]:
        """Return each member with the three fields of the seat."""
        return [
            (
                member,
                self[f"qui_{member.pk}"],
                self[f"distance_{member.pk}"],
                self[f"pouvoir_{member.pk}"],
            )
            for member in self.members
        ]

    def came(self) -> list[tuple[Membre, Occupant, bool]]:
        sitters = []
        for member in self.members:
            who, remote = (self.cleaned_data[f"{name}_{member.pk}"] for name in ("qui", "distance"))
            sitting = list(Occupant) if who == BOTH else [Occupant(who)] if who else []
            sitters += [(member, occupant, remote) for occupant in sitting]
        return sitters

    def proxies(self) -> dict[Membre, Membre]:
        by_key = {str(member.pk): member for member in self.members}
        given = {member: self.cleaned_data[f"pouvoir_{member.pk}"] for member in self.members}
        return {giver: by_key[holder] for giver, holder in given.items() if holder}


class VoteForm(forms.Form):
    """A question and the ballot of each seat that votes."""

    question = forms.CharField(label="Ce qui est mis aux voix", max_length=500)
    action = forms.ModelChoiceField(
        queryset=Action.objects.none(),
        label="Action de l'ordre du jour",
        required=False,
        empty_label="Aucune",
        help_text="Le résultat s'inscrit sur sa fiche.",
    )

    def __init__(
        self, *args: Any, voters: list[Membre], meeting: Reunion | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.voters = voters
        if meeting is not None and meeting.actions.exists():
            self.fields["action"].queryset = meeting.actions.all()
        else:
            del self.fields["action"]
        for voter in voters:
            self.fields[f"voix_{voter.pk}"] = forms.ChoiceField(
                label=f"{voter.siege} ({voter.voix} voix)",
                choices=[("", "ne prend pas part"), *Choix.choices],
                required=False,
            )

    def ballots(self) -> dict[Membre, Choix]:
        """Return the ballot of each seat that took part."""
        chosen = {member: self.cleaned_data[f"voix_{member.pk}"] for member in self.voters}
        return {member: Choix(choix) for member, choix in chosen.items() if choix}


class CorrectedVoteForm(VoteForm):
    """The ballots of a vote typed wrong, with the reason; the question stays."""

    pourquoi = forms.CharField(
        label="Motif de la correction",
        max_length=300,
        help_text="Le procès-verbal garde le vote annulé et ce motif.",
    )

    def __init__(self, *args: Any, vote: Scrutin, **kwargs: Any) -> None:
        attendance = committees.attendance_at(vote)
        super().__init__(*args, voters=committees.voters(vote.reunion, attendance), **kwargs)
        del self.fields["question"]
        cast = {ballot.membre_id: ballot.choix for ballot in vote.bulletins.all()}
        for member in self.voters:
            self.fields[f"voix_{member.pk}"].initial = cast.get(member.pk, "")
        self.order_fields([*(f"voix_{member.pk}" for member in self.voters), "pourquoi"])


class CancelVoteForm(forms.Form):
    pourquoi = forms.CharField(label="Motif de l'annulation", max_length=300)


class MinutesForm(forms.Form):
    texte = forms.CharField(label="Ce qui s'est dit", widget=forms.Textarea(attrs={"rows": 10}))


class ApprovalForm(forms.Form):
    approuve_le = day_field("Approuvé le", required=True)
    approuve_par = forms.CharField(
        label="Approuvé par", max_length=200, help_text="Les présidents, ou le comité en séance."
    )

"""Working groups of a club: opened, corrected, and their step to a committee for employment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Prefetch, QuerySet

from traitdunion import french
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.cooperation.forms import day_field
from traitdunion.cooperation.models import Action, Reunion
from traitdunion.cooperation.operations import CooperationError, clean
from traitdunion.cooperation.visibility import committees_seen_by
from traitdunion.sources.bounded.writing import BOM, csv_text

from ..errors import EmployersError
from ..models import Club, GroupeTravail

NO_ACTION = "Aucune action de la feuille de route ne porte ce groupe."
NOT_ON_AGENDA = "L'action n'est à l'ordre du jour d'aucune réunion de comité."


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group as a page shows it. `step`: where it stands towards a committee, in French."""

    group: GroupeTravail
    members: list[str]
    step: str


@transaction.atomic
def keep_group(
    *, by: User, club: Club, group: GroupeTravail | None, values: Mapping[str, Any], now: datetime
) -> GroupeTravail:
    """Open a working group of a club, or correct it."""
    check(by, Permission.KEEP_CLUBS, club.organisation)
    row = group or GroupeTravail(club=club)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        clean(row)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
    row.save()
    did = Did.CREER if group is None else Did.MODIFIER
    record(by=by, organisation=club.organisation, action=did, target=row, at=now)
    return row


def lines_of(groups: QuerySet[GroupeTravail], person: Any, *, on: date) -> list[GroupLine]:
    """Return groups with their step to the committees that a person may see."""
    seen = Reunion.objects.filter(
        instance__in=committees_seen_by(person), annulee_le=None
    ).select_related("instance")
    rows = groups.select_related("action", "club").prefetch_related(
        Prefetch("action__reunions", seen.order_by("tenue_le", "pk"), to_attr="seen_meetings")
    )
    return [GroupLine(row, row.members, _step(row, on)) for row in rows]


def _step(group: GroupeTravail, on: date) -> str:
    """Return where a group stands: the next committee, else the last one."""
    if group.action is None:
        return NO_ACTION
    meetings: Iterable[Reunion] = group.action.seen_meetings  # type: ignore[attr-defined]
    coming = [row for row in meetings if row.tenue_le >= on]
    past = [row for row in meetings if row.tenue_le < on]
    if coming:
        return f"À l'ordre du jour : {_named(coming[0])}."
    return f"Passé en réunion : {_named(past[-1])}." if past else NOT_ON_AGENDA


def _named(meeting: Reunion) -> str:
    return f"{meeting.instance.nom}, {french.day(meeting.tenue_le)}"


GROUP_COLUMNS = (
    "club", "groupe", "question", "mandat", "membres", "livrable", "pour_le", "remis_le",
    "adresse_du_livrable", "vers_le_comite", "clos_le",
)  # fmt: skip


def groups_csv(lines: Iterable[GroupLine]) -> str:
    """Return groups for a French spreadsheet, a line each; members are parted by « | »."""
    rows = [
        (
            line.group.club.nom, line.group.nom, line.group.question, line.group.mandat,
            " | ".join(line.members), line.group.livrable, line.group.pour_le,
            line.group.remis_le, line.group.lien, line.step, line.group.clos_le,
        )
        for line in lines
    ]  # fmt: skip
    return BOM + csv_text(GROUP_COLUMNS, rows)


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A working group, as its club says it."""

    pour_le = day_field("Livrable pour le", required=True)
    remis_le = day_field("Livrable remis le")
    lien = forms.URLField(
        label="Adresse du livrable", required=False, max_length=300, assume_scheme="https"
    )
    clos_le = day_field("Groupe clos le")

    class Meta:
        model = GroupeTravail
        fields = (
            "nom", "question", "mandat", "membres", "livrable", "pour_le", "remis_le", "lien",
            "action", "publique", "clos_le",
        )  # fmt: skip
        widgets = {
            "mandat": forms.Textarea(attrs={"rows": 3}),
            "membres": forms.Textarea(attrs={"rows": 4}),
        }
        labels = {"publique": "Montré à tous, sur la page du club"}
        help_texts = {
            "question": "Une seule question, à laquelle le livrable répond.",
            "membres": "Entreprises et organisations, une par ligne ; aucune personne.",
            "action": "Mise à l'ordre du jour d'un comité, elle y porte le livrable.",
        }

    def __init__(self, *args: Any, actions: QuerySet[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].queryset = actions  # type: ignore[attr-defined]
        self.fields["action"].empty_label = "Pas encore choisie"  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse the address of a deliverable that has no day."""
        given = super().clean() or {}
        if given.get("lien") and not given.get("remis_le"):
            self.add_error("remis_le", "Donnez le jour où le livrable a été remis.")
        return given

"""The roadmap as it stands, as it stood on any past day, and what changed between two days."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from traitdunion.french import number

from ..enums import EtatAction, EtatEngagement
from ..models import Action, Axe, Engagement, Evenement, Seance
from ..models.roadmap import is_late

LABELS = {"titre": "titre", "etat": "état", "debut_le": "début", "fin_prevue_le": "fin prévue",
          "fini_le": "finie le", "blocage": "blocage", "deblocage": "déblocage", "quoi": "promesse",
          "quantite": "quantité", "unite": "unité", "pour_le": "échéance", "preuve": "preuve",
          "contact": "contact", "description": "description", "reference": "référence",
          "epci": "intercommunalités"}  # fmt: skip


@dataclass(frozen=True)
class CommitmentThen:
    """A commitment as it stood; `in_force` once its organisation confirmed it."""

    row: Engagement
    etat: EtatEngagement
    fields: dict[str, Any]
    pour_le: date
    is_late: bool

    @property
    def quantite(self) -> Decimal:
        return Decimal(self.fields["quantite"])

    @property
    def in_force(self) -> bool:
        return self.etat not in (EtatEngagement.PROPOSE, EtatEngagement.RETIRE)


@dataclass(frozen=True)
class ActionThen:
    """An action as it stood, with its parts and its commitments."""

    row: Action
    etat: EtatAction
    titre: str
    fields: dict[str, Any]
    debut_le: date | None
    fin_prevue_le: date | None
    is_late: bool
    commitments: list[CommitmentThen]
    parts: list["ActionThen"]

    @property
    def blocage(self) -> str:
        return str(self.fields["blocage"])

    @property
    def deblocage(self) -> str:
        return str(self.fields["deblocage"])

    @property
    def epci(self) -> list[str]:
        """Return the intercommunalités of an action; none where it is for the whole département."""
        return list(self.fields.get("epci") or ())

    @property
    def reference(self) -> str:
        return str(self.fields.get("reference") or "")


def pledges_in_force(actions: Iterable[ActionThen]) -> list[CommitmentThen]:
    """Return the commitments taken and not withdrawn, for actions and for their parts."""
    return [
        pledge
        for action in actions
        for node in (action, *action.parts)
        for pledge in node.commitments
        if pledge.in_force
    ]


@dataclass(frozen=True)
class AxeThen:
    axe: Axe
    actions: list[ActionThen]


@dataclass(frozen=True)
class Difference:
    """What changed for an action or a commitment: labels with the value before and after.

    Both are empty where it is new.
    """

    what: Action | Engagement
    is_new: bool
    changes: list[tuple[str, str, str]]

    @property
    def action(self) -> Action:
        return self.what if isinstance(self.what, Action) else self.what.action


def end_of(day: date) -> datetime:
    """Last instant of a day here."""
    return timezone.make_aware(datetime.combine(day, time.max))


def roadmap(seance: Seance, *, on: date) -> list[AxeThen]:
    """Return axes, their actions and commitments as they stood at the end of a day."""
    return roadmaps([seance], on=on)[seance.pk]


def roadmaps(seances: Collection[Seance], *, on: date) -> dict[str, list[AxeThen]]:
    """Return the same for several sessions, by key, in as many queries as for one."""
    latest = _last_contents(seances, on)
    commitments: dict[int, list[CommitmentThen]] = {}
    rows = Engagement.objects.filter(action__axe__seance__in=seances)
    for row in rows.select_related("organisation").order_by("pk"):
        if content := latest.get(("engagement", row.pk)):
            commitments.setdefault(row.action_id, []).append(_commitment_then(row, content, on))
    actions = Action.objects.filter(axe__seance__in=seances).order_by("pk")
    actions = actions.prefetch_related(
        "pilotes__compte", "partenaires", "budget", "indicateurs__releves"
    )
    parts: dict[int, list[Action]] = {}
    of_axe: dict[int, list[Action]] = {}
    for action in actions:
        if ("action", action.pk) not in latest:
            continue
        if action.parent_id is None:
            of_axe.setdefault(action.axe_id, []).append(action)
        else:
            parts.setdefault(action.parent_id, []).append(action)
    stood: dict[str, list[AxeThen]] = {seance.pk: [] for seance in seances}
    for axe in Axe.objects.filter(seance__in=seances).select_related("seance"):
        then = [_action_then(row, parts, latest, commitments, on) for row in of_axe.get(axe.pk, [])]
        stood[axe.seance_id].append(AxeThen(axe, then))
    return stood


def _last_contents(seances: Collection[Seance], on: date) -> dict[tuple[str, int], dict[str, Any]]:
    """Return what the last event until the end of a day kept of each action and commitment."""
    latest: dict[tuple[str, int], dict[str, Any]] = {}
    for event in _events(seances).filter(at__lte=end_of(on)):
        key = (
            ("action", event.action_id) if event.action_id else ("engagement", event.engagement_id)
        )
        latest[key] = event.contenu
    return latest


def _events(seances: Collection[Seance]) -> Any:
    of_action = Evenement.objects.filter(action__axe__seance__in=seances)
    of_commitment = Evenement.objects.filter(engagement__action__axe__seance__in=seances)
    return (of_action | of_commitment).order_by("at", "pk")


def _date_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _commitment_then(row: Engagement, values: dict[str, Any], on: date) -> CommitmentThen:
    etat, due = EtatEngagement(values["etat"]), date.fromisoformat(values["pour_le"])
    return CommitmentThen(row, etat, values, due, etat == EtatEngagement.CONFIRME and due < on)


def _action_then(
    row: Action,
    parts: Mapping[int, Sequence[Action]],
    values: dict[tuple[str, int], dict[str, Any]],
    commitments: dict[int, list[CommitmentThen]],
    on: date,
) -> ActionThen:
    content = values["action", row.pk]
    due = _date_or_none(content["fin_prevue_le"])
    return ActionThen(
        row=row,
        etat=EtatAction(content["etat"]),
        titre=content["titre"],
        fields=content,
        debut_le=_date_or_none(content["debut_le"]),
        fin_prevue_le=due,
        is_late=is_late(content["etat"], due, on),
        commitments=commitments.get(row.pk, []),
        parts=[
            _action_then(part, parts, values, commitments, on) for part in parts.get(row.pk, ())
        ],
    )


def differences(seance: Seance, *, since: date, until: date) -> list[Difference]:
    """Return what changed between the end of a day and the end of a later one."""
    before, after = _last_contents([seance], since), _last_contents([seance], until)
    actions = Action.objects.in_bulk([pk for kind, pk in after if kind == "action"])
    commitments = Engagement.objects.select_related("organisation", "action").in_bulk(
        [pk for kind, pk in after if kind == "engagement"]
    )
    changed = []
    for key, content in after.items():
        row = actions[key[1]] if key[0] == "action" else commitments[key[1]]
        if key not in before:
            changed.append(Difference(row, True, []))
        elif changes := _changes(row, before[key], content):
            changed.append(Difference(row, False, changes))
    return sorted(changed, key=lambda row: (row.action.pk, row.what is not row.action, row.what.pk))


def _changes(
    row: Action | Engagement, before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Return what reads differently: 2, as typed, and 2.00, as the database has it, do not."""
    states = EtatAction if isinstance(row, Action) else EtatEngagement
    in_words = [
        (LABELS[name], *(_in_words(name, state.get(name), states) for state in (before, after)))
        for name in row.EVENT_FIELDS
    ]
    return [(label, former, new) for label, former, new in in_words if former != new]


def _in_words(name: str, value: Any, states: Any) -> str:
    if not value:
        return "rien"
    if isinstance(value, list):
        return ", ".join(value)
    if name == "quantite":
        return number(Decimal(value))
    if name == "etat":
        return str(states(value).label).lower()
    return f"{date.fromisoformat(value):%d/%m/%Y}" if name.endswith("_le") else str(value)

"""The roadmap as it stands, as it stood on any past day, and what changed between two days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from .enums import EtatAction, EtatEngagement
from .models import Action, Axe, Engagement, Evenement, Seance
from .models.roadmap import is_late

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
    told: dict[str, Any]
    pour_le: date
    is_late: bool

    @property
    def quantite(self) -> Decimal:
        return Decimal(self.told["quantite"])

    @property
    def in_force(self) -> bool:
        return self.etat not in (EtatEngagement.PROPOSE, EtatEngagement.RETIRE)


@dataclass(frozen=True)
class ActionThen:
    """An action as it stood, with its parts and its commitments."""

    row: Action
    etat: EtatAction
    titre: str
    told: dict[str, Any]
    debut_le: date | None
    fin_prevue_le: date | None
    is_late: bool
    commitments: list[CommitmentThen]
    parts: list["ActionThen"]

    @property
    def blocage(self) -> str:
        return str(self.told["blocage"])

    @property
    def deblocage(self) -> str:
        return str(self.told["deblocage"])

    @property
    def epci(self) -> list[str]:
        """Intercommunalités it is for; none where it is for the whole département."""
        return list(self.told.get("epci") or ())

    @property
    def reference(self) -> str:
        return str(self.told.get("reference") or "")


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
    """Axes, their actions and commitments as they stood at the end of a day."""
    told = _last_told(seance, on)
    commitments: dict[int, list[CommitmentThen]] = {}
    rows = Engagement.objects.filter(action__axe__seance=seance)
    for row in rows.select_related("organisation").order_by("pk"):
        if content := told.get(("engagement", row.pk)):
            commitments.setdefault(row.action_id, []).append(_commitment_then(row, content, on))
    actions = Action.objects.filter(axe__seance=seance).order_by("pk")
    actions = actions.prefetch_related(
        "pilotes__compte", "partenaires", "budget", "indicateurs__releves"
    )
    known = [row for row in actions if ("action", row.pk) in told]
    return [
        AxeThen(
            axe,
            [
                _action_then(row, known, told, commitments, on)
                for row in known
                if row.axe_id == axe.pk and row.parent_id is None
            ],
        )
        for axe in seance.axes.all()
    ]


def _last_told(seance: Seance, on: date) -> dict[tuple[str, int], dict[str, Any]]:
    """What the last event until the end of a day says of each action and commitment."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for event in _events(seance).filter(at__lte=end_of(on)):
        key = (
            ("action", event.action_id) if event.action_id else ("engagement", event.engagement_id)
        )
        found[key] = event.contenu
    return found


def _events(seance: Seance) -> Any:
    of_action = Evenement.objects.filter(action__axe__seance=seance)
    of_commitment = Evenement.objects.filter(engagement__action__axe__seance=seance)
    return (of_action | of_commitment).order_by("at", "pk")


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _commitment_then(row: Engagement, told: dict[str, Any], on: date) -> CommitmentThen:
    etat, due = EtatEngagement(told["etat"]), date.fromisoformat(told["pour_le"])
    return CommitmentThen(row, etat, told, due, etat == EtatEngagement.CONFIRME and due < on)


def _action_then(
    row: Action,
    known: Iterable[Action],
    told: dict[tuple[str, int], dict[str, Any]],
    commitments: dict[int, list[CommitmentThen]],
    on: date,
) -> ActionThen:
    content = told["action", row.pk]
    due = _day(content["fin_prevue_le"])
    return ActionThen(
        row=row,
        etat=EtatAction(content["etat"]),
        titre=content["titre"],
        told=content,
        debut_le=_day(content["debut_le"]),
        fin_prevue_le=due,
        is_late=is_late(content["etat"], due, on),
        commitments=commitments.get(row.pk, []),
        parts=[
            _action_then(part, known, told, commitments, on)
            for part in known
            if part.parent_id == row.pk
        ],
    )


def differences(seance: Seance, *, since: date, until: date) -> list[Difference]:
    """What changed between the end of a day and the end of a later one."""
    before, after = _last_told(seance, since), _last_told(seance, until)
    actions = Action.objects.in_bulk([pk for kind, pk in after if kind == "action"])
    commitments = Engagement.objects.select_related("organisation", "action").in_bulk(
        [pk for kind, pk in after if kind == "engagement"]
    )
    found = []
    for key, content in after.items():
        row = actions[key[1]] if key[0] == "action" else commitments[key[1]]
        if key not in before:
            found.append(Difference(row, True, []))
        elif changes := _changes(row, before[key], content):
            found.append(Difference(row, False, changes))
    return sorted(found, key=lambda one: (one.action.pk, one.what is not one.action, one.what.pk))


def _changes(
    row: Action | Engagement, before: dict[str, Any], after: dict[str, Any]
) -> list[tuple[str, str, str]]:
    states = EtatAction if isinstance(row, Action) else EtatEngagement
    return [
        (LABELS[name], *(_in_words(name, one.get(name), states) for one in (before, after)))
        for name in row.TOLD
        if (before.get(name) or None) != (after.get(name) or None)
    ]


def _in_words(name: str, value: Any, states: Any) -> str:
    if not value:
        return "rien"
    if isinstance(value, list):
        return ", ".join(value)
    if name == "etat":
        return str(states(value).label).lower()
    return f"{date.fromisoformat(value):%d/%m/%Y}" if name.endswith("_le") else str(value)

"""The roadmap given out: a table of actions and commitments, or a document."""

import csv
from datetime import date
from io import StringIO
from typing import Any

from .models import Seance
from .roadmap import ActionThen, CommitmentThen, roadmap

COLUMNS = (
    "axe", "nature", "intitule", "partie_de", "organisation", "pilotes", "etat", "en_retard",
    "debut_le", "echeance", "quantite", "unite", "blocage", "deblocage",
)  # fmt: skip
# A cell that begins like a formula is run by spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(seance: Seance, *, on: date) -> str:
    """One line for each action and commitment as they stood; separator `;`, with a BOM."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for axe in roadmap(seance, on=on):
        for action in axe.actions:
            writer.writerows(_safe(line) for line in _lines(axe.axe.titre, action, ""))
    return "\ufeff" + out.getvalue()


def _safe(line: dict[str, Any]) -> dict[str, str]:
    told = {name: "" if value is None else str(value) for name, value in line.items()}
    return {name: f"'{v}" if v.startswith(FORMULA) else v for name, v in told.items()}


def _lines(axe: str, action: ActionThen, part_of: str) -> list[dict[str, Any]]:
    lines = [
        {
            "axe": axe,
            "nature": "action",
            "intitule": action.titre,
            "partie_de": part_of,
            "pilotes": ", ".join(str(one) for one in action.row.pilotes.all()),
            "etat": action.etat.label,
            "en_retard": "oui" if action.is_late else "non",
            "debut_le": action.debut_le,
            "echeance": action.fin_prevue_le,
            "blocage": action.blocage,
            "deblocage": action.deblocage,
        }
    ]
    for one in action.commitments:
        lines.append(
            {
                "axe": axe,
                "nature": "engagement",
                "intitule": one.told["quoi"],
                "partie_de": action.titre,
                "organisation": str(one.row.organisation),
                "etat": one.etat.label,
                "en_retard": "oui" if one.is_late else "non",
                "echeance": one.pour_le,
                "quantite": one.told["quantite"],
                "unite": one.told["unite"],
            }
        )
    for part in action.parts:
        lines += _lines(axe, part, action.titre)
    return lines


def as_json(seance: Seance, *, on: date) -> dict[str, Any]:
    """The whole roadmap as it stood, nested as it is read."""
    return {
        "seance": {"id": seance.pk, "titre": seance.titre, "tenue_le": seance.tenue_le},
        "au": on,
        "demonstration": seance.demonstration,
        "axes": [
            {
                "ordre": axe.axe.ordre,
                "titre": axe.axe.titre,
                "question": axe.axe.question,
                "actions": [_action(one) for one in axe.actions],
            }
            for axe in roadmap(seance, on=on)
        ],
    }


def _action(action: ActionThen) -> dict[str, Any]:
    return {
        "id": action.row.pk,
        "en_retard": action.is_late,
        **action.told,
        "pilotes": [str(one) for one in action.row.pilotes.all()],
        "engagements": [_commitment(one) for one in action.commitments],
        "sous_actions": [_action(one) for one in action.parts],
    }


def _commitment(one: CommitmentThen) -> dict[str, Any]:
    return {
        "organisation": str(one.row.organisation),
        "en_vigueur": one.in_force,
        "en_retard": one.is_late,
        **{name: value for name, value in one.told.items() if name != "contact"},
    }

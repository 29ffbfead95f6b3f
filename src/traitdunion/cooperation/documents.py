"""The roadmap in PDF, by Typst; what they show goes in as JSON, never as text to run."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import typst

from traitdunion.rules.wording import day

from .roadmap import ActionThen, AxeThen

LAYOUTS = Path(__file__).parent / "layouts"


def roadmap_pdf(titre: str, axes: list[AxeThen], *, on: date, demonstration: bool) -> bytes:
    """The roadmap as it stood: axes, actions, commitments."""
    told = {
        "titre": titre,
        "on": day(on),
        "demonstration": demonstration,
        "axes": [
            {
                "titre": str(one.axe),
                "question": one.axe.question,
                "actions": [_action(action) for action in one.actions],
            }
            for one in axes
        ],
    }
    return _compile("roadmap", told)


def _action(one: ActionThen) -> dict[str, Any]:
    return {
        "titre": one.titre,
        "etat": one.etat.label,
        "late": one.is_late,
        "due": day(one.fin_prevue_le) if one.fin_prevue_le else "",
        "pilotes": ", ".join(str(pilot) for pilot in one.row.pilotes.all()),
        "blocage": one.blocage,
        "deblocage": one.deblocage,
        "engagements": [
            {
                "who": str(pledge.row.organisation),
                "what": f"{pledge.told['quoi']}, {pledge.quantite.normalize():f} "
                f"{pledge.told['unite']}",
                "due": day(pledge.pour_le),
                "etat": pledge.etat.label,
                "late": pledge.is_late,
            }
            for pledge in one.commitments
        ],
        "parts": [_action(part) for part in one.parts],
    }


def _compile(layout: str, told: dict[str, Any]) -> bytes:
    made: bytes = typst.compile(
        str(LAYOUTS / f"{layout}.typ"), sys_inputs={"told": json.dumps(told, ensure_ascii=False)}
    )
    return made

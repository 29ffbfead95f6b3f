"""The roadmap in PDF, by Typst; what they show goes in as JSON, never as text to run."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import typst

from traitdunion.rules.wording import day

from .roadmap import ActionThen, AxeThen
from .telling import lines_of

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
                "actions": [_action(action, on) for action in one.actions],
            }
            for one in axes
        ],
    }
    return _compile("roadmap", told)


def _action(one: ActionThen, on: date) -> dict[str, Any]:
    return {"titre": one.titre, "lines": lines_of(one, on=on)}


def _compile(layout: str, told: dict[str, Any]) -> bytes:
    made: bytes = typst.compile(
        str(LAYOUTS / f"{layout}.typ"), sys_inputs={"told": json.dumps(told, ensure_ascii=False)}
    )
    return made

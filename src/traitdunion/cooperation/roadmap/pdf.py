"""The roadmap in PDF, by Typst; what they show goes in as JSON, never as text to run."""

from datetime import date
from typing import Any

from traitdunion.french import day

from ..printing.layout_pdf import compile_layout
from .action_lines import lines_of
from .roadmap import ActionThen, AxeThen


def roadmap_pdf(titre: str, axes: list[AxeThen], *, on: date, demonstration: bool) -> bytes:
    """Return the roadmap as it stood: axes, actions, commitments."""
    values = {
        "titre": titre,
        "on": day(on),
        "demonstration": demonstration,
        "axes": [
            {
                "titre": str(ax.axe),
                "question": ax.axe.question,
                "actions": [_action(action, on) for action in ax.actions],
            }
            for ax in axes
        ],
    }
    return compile_layout("roadmap", None, values)


def _action(action: ActionThen, on: date) -> dict[str, Any]:
    return {"titre": action.titre, "lines": lines_of(action, on=on)}

"""The questions asked at the end of a session: a dated file, the same for every session."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parents[2] / "data" / "cooperation" / "evaluation.yaml"


@dataclass(frozen=True)
class Question:
    """`reponses`: labels by code; `favorables`: the codes counted in the numerator.

    `dit` words them; `est_titre`: one of the two questions that a bilan shows first.
    """

    code: str
    texte: str
    dit: str
    source: str
    reponses: dict[str, str]
    favorables: frozenset[str]
    est_titre: bool


@cache
def questions() -> tuple[Question, ...]:
    """Return the questions, in the order in which they are asked."""
    content = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple(
        Question(
            code=code,
            texte=columns["texte"],
            dit=columns["dit"],
            source=columns["source"],
            reponses=columns["reponses"],
            favorables=frozenset(columns["favorables"]),
            est_titre=columns.get("titre", False),
        )
        for code, columns in content.items()
    )

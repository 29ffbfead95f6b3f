"""The questions asked at the end of a session: a dated file, the same for every session."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parents[1] / "data" / "cooperation" / "evaluation.yaml"


@dataclass(frozen=True)
class Question:
    """`reponses`: labels by code; `favorables`: the codes counted in the numerator, of which one
    says "`dit`"; `est_titre`: one of the two that a bilan tells first."""

    code: str
    texte: str
    dit: str
    source: str
    reponses: dict[str, str]
    favorables: frozenset[str]
    est_titre: bool


@cache
def questions() -> tuple[Question, ...]:
    """The questions, in the order in which they are asked."""
    content = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple(
        Question(
            code=code,
            texte=told["texte"],
            dit=told["dit"],
            source=told["source"],
            reponses=told["reponses"],
            favorables=frozenset(told["favorables"]),
            est_titre=told.get("titre", False),
        )
        for code, told in content.items()
    )

"""Levers as the pages draw them: under a no, at most three, each with its link to propose it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from .changes import Lever
from .enums import Acteur
from .operations import offer_token
from .person import shown


@dataclass(frozen=True)
class Card:
    """A lever ready to draw; `url`: where it is proposed, empty for what the person decides.

    `explains_people`: the first card of a list that counts residents, under which it is explained.
    """

    lever: Lever
    url: str
    quickest: bool = False
    explains_people: bool = False

    @property
    def bars(self) -> int:
        return self.lever.confiance.bars

    @property
    def verb(self) -> str:
        return f"Proposer {_to(self.lever.acteur)}"


def cards_of(levers: Iterable[Lever], territoire: str, *, most: int = 3) -> list[Card]:
    """Return the cards of the first levers, one an actor; the quickest is marked."""
    kept = shown(levers, most)
    weeks = [lever.cost.delai_semaines for lever in kept]
    soonest = weeks.index(min(weeks)) if len(set(weeks)) > 1 else None
    counted = next((row for row, lever in enumerate(kept) if lever.people), None)
    return [
        Card(lever, _url(lever, territoire), row == soonest, row == counted)
        for row, lever in enumerate(kept)
    ]


def _url(lever: Lever, territoire: str) -> str:
    if lever.acteur == Acteur.PERSONNE:
        return ""
    query = urlencode({"levier": offer_token(lever, territoire)})
    return f"{reverse('levers:propose-first')}?{query}"


def _to(acteur: Acteur) -> str:
    """Return the actor after « à »: à l'employeur, au bailleur ou à l'OFS."""
    names = str(acteur.label).split(" ou ")
    return " ou ".join(
        f"au {name.removeprefix('le ')}" if name.startswith("le ") else f"à {name}"
        for name in names
    )

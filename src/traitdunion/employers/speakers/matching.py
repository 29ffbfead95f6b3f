"""Choose speakers for a request: who may be asked, in which order, and why (E4).

Plain values in, plain values out. No protected ground enters the order (L1132-1): neither age,
sex, origin, health nor residence, which counts only through the trip.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

RESTED = timedelta(days=30)
"""A person is asked once a month at most."""
DOMAIN = 3
"""Characters of a ROME code that name its domain."""


class Closeness(IntEnum):
    """What a speaker shares with a request, the closest first."""

    SAME_ROME = 0
    SAME_DOMAIN = 1
    SAME_NAF = 2
    SAME_THEME = 3
    ANY = 4
    NONE = 5


WORDS = {
    Closeness.SAME_ROME: "même métier",
    Closeness.SAME_DOMAIN: "même domaine de métiers",
    Closeness.SAME_NAF: "même secteur d'activité",
    Closeness.SAME_THEME: "même thème",
    Closeness.ANY: "la demande ne précise ni métier ni thème",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an organiser asks for; an empty text is no wish."""

    on: date
    rome: str = ""
    naf: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """A day there and back. `feasible`: None where it could not be computed."""

    feasible: bool | None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A speaker as the choice sees one. `agrees`: to be contacted and to speak, on that day."""

    key: int
    agrees: bool
    days: frozenset[int]
    romes: frozenset[str]
    naf: str
    themes: frozenset[str]
    last_asked_on: date | None
    trip: Trip


@dataclass(frozen=True, slots=True)
class Choice:
    """A speaker who may be asked, with the reasons of their place, in French."""

    candidate: Candidate
    closeness: Closeness
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A speaker who may not be asked, with the first reason, in French."""

    candidate: Candidate
    reason: str


def choose(
    wanted: Wanted, candidates: Iterable[Candidate]
) -> tuple[tuple[Choice, ...], tuple[Refusal, ...]]:
    """Return those who may be asked, in order, and the others with why.

    Order: what is shared; then a trip that is known, the shortest; then the least recently asked.
    """
    choices, refusals = [], []
    for candidate in candidates:
        reason = why_not(wanted, candidate)
        if reason:
            refusals.append(Refusal(candidate, reason))
        else:
            choices.append(
                Choice(candidate, closeness(wanted, candidate), _reasons(wanted, candidate))
            )
    return tuple(sorted(choices, key=_rank)), tuple(refusals)


def why_not(wanted: Wanted, candidate: Candidate) -> str:
    """Return the first reason why a person may not be asked; "" where they may."""
    if not candidate.agrees:
        return "pas d'accord en vigueur pour être contactée et prendre la parole"
    if wanted.on.weekday() not in candidate.days:
        return "n'est pas disponible ce jour"
    if candidate.last_asked_on is not None and wanted.on - candidate.last_asked_on < RESTED:
        return "déjà sollicitée depuis moins d'un mois"
    if candidate.trip.feasible is False:
        return "aucun trajet aller et retour"
    if closeness(wanted, candidate) is Closeness.NONE:
        return "ni métier, ni secteur, ni thème en commun"
    return ""


def closeness(wanted: Wanted, candidate: Candidate) -> Closeness:
    """Return the closest thing a person shares with a request."""
    if wanted.rome and wanted.rome in candidate.romes:
        return Closeness.SAME_ROME
    if wanted.rome and wanted.rome[:DOMAIN] in {rome[:DOMAIN] for rome in candidate.romes}:
        return Closeness.SAME_DOMAIN
    if wanted.naf and wanted.naf == candidate.naf:
        return Closeness.SAME_NAF
    if wanted.theme and wanted.theme in candidate.themes:
        return Closeness.SAME_THEME
    return Closeness.NONE if wanted.rome or wanted.naf or wanted.theme else Closeness.ANY


def _rank(choice: Choice) -> tuple[int, bool, int, date, int]:
    candidate = choice.candidate
    unknown = candidate.trip.minutes is None
    asked = candidate.last_asked_on or date.min
    return choice.closeness, unknown, candidate.trip.minutes or 0, asked, candidate.key


def _reasons(wanted: Wanted, candidate: Candidate) -> tuple[str, ...]:
    trip = (
        "trajet à vérifier"
        if candidate.trip.minutes is None
        else f"{candidate.trip.minutes} min en tout"
    )
    asked = (
        "jamais sollicitée"
        if candidate.last_asked_on is None
        else f"sollicitée le {candidate.last_asked_on:%d/%m/%Y}"
    )
    return WORDS[closeness(wanted, candidate)], trip, asked

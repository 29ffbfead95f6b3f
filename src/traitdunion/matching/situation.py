"""What is known of the person and of the job: the question put to the matching."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from traitdunion.rules import Value

if TYPE_CHECKING:
    from traitdunion.reach import Shift


class Permis(StrEnum):
    """Driving licence held; the value is stable, the label is for the screen."""

    AUCUN = "aucun"
    AM = "am"
    B = "b"
    INCONNU = "inconnu"

    @property
    def label(self) -> str:
        """French label."""
        return {
            Permis.AUCUN: "sans permis",
            Permis.AM: "permis AM",
            Permis.B: "permis B",
            Permis.INCONNU: "permis non précisé",
        }[self]


class Vehicule(StrEnum):
    """Vehicle the person can already use every day."""

    AUCUN = "aucun"
    VELO = "velo"
    DEUX_ROUES = "deux_roues"
    VOITURE = "voiture"
    INCONNU = "inconnu"

    @property
    def label(self) -> str:
        """French label."""
        return {
            Vehicule.AUCUN: "sans véhicule",
            Vehicule.VELO: "avec un vélo",
            Vehicule.DEUX_ROUES: "avec un deux-roues motorisé",
            Vehicule.VOITURE: "avec une voiture",
            Vehicule.INCONNU: "véhicule non précisé",
        }[self]


@dataclass(frozen=True)
class Place:
    """A home or a place of work; `lat` and `lon` in WGS 84 degrees."""

    label: str
    lat: float
    lon: float
    code_insee: str | None = None


@dataclass(frozen=True)
class Situation:
    """One person, one job, one week; anything about the person may be unknown.

    `week` is the Monday of the week looked at; `now` is the time the question is asked. `facts`
    are what the rules know of the person, by criterion; `skipped` the criteria they were asked for
    and do not know. Neither is ever stored.
    """

    home: Place
    work: Place
    shift: "Shift"
    week: date
    permis: Permis
    vehicule: Vehicule
    now: datetime
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)
    skipped: frozenset[str] = frozenset()


def quotient_of(situation: Situation) -> Decimal | None:
    """Quotient familial that was told, € a month; None where it is not known."""
    told = situation.facts.get("qf_eur")
    return told if isinstance(told, Decimal) else None


def coming_monday(day: date) -> date:
    """Monday of the first week that has not begun: what is asked is for days to come."""
    return day + timedelta(-day.weekday() % 7)

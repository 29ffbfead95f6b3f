"""What is known of the person and of the job: the question put to the matching."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from traitdunion.rules import Value

from .needs import NO_NEEDS, Needs
from .places import Place as Place

if TYPE_CHECKING:
    from traitdunion.reach import Shift

    from .feasibility.rosters import Roster


class Permis(StrEnum):
    """Driving licence held; the value is stable, the label is for the screen."""

    AUCUN = "aucun"
    AM = "am"
    B = "b"
    INCONNU = "inconnu"

    @property
    def label(self) -> str:
        """Return the French label."""
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
        """Return the French label."""
        return {
            Vehicule.AUCUN: "sans véhicule",
            Vehicule.VELO: "avec un vélo",
            Vehicule.DEUX_ROUES: "avec un deux-roues motorisé",
            Vehicule.VOITURE: "avec une voiture",
            Vehicule.INCONNU: "véhicule non précisé",
        }[self]


@dataclass(frozen=True)
class Margins:
    """What is kept so that no connection hangs on a minute.

    `access_percent`: share of the time to the first stop, where it is estimated, that one is there
    before the vehicle leaves; `access_s` at least. `transfer_s`: least time between two vehicles,
    kept after a walk between two stops too.
    """

    access_percent: int = 40
    access_s: int = 120
    transfer_s: int = 120


USUAL_MARGINS = Margins()


@dataclass(frozen=True)
class Situation:
    """One person, one job, one week; anything about the person may be unknown.

    `week` is the Monday of the week looked at; `now` is the time the question is asked.
    `roster`: the hours of each week where they differ, `shift` being those of the week looked at;
    `second_work`: where the second period of `shift` is worked, by who has two employers in a day;
    `period`: the first and the last day of the contract; `needs`, empty by default, as `facts`
    are never stored. `facts`
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
    margins: Margins = USUAL_MARGINS
    roster: "Roster | None" = None
    second_work: Place | None = None
    period: tuple[date, date] | None = None
    needs: Needs = field(default=NO_NEEDS, repr=False)

    def shift_on(self, on: date) -> "Shift":
        """Return the hours of a day: those of the roster where there is one."""
        return (self.roster.shift_on(on) if self.roster else None) or self.shift

    @property
    def is_within_one_commune(self) -> bool:
        """Return whether both ends are the one point that stands for a commune.

        The way from an address to another is then not known, and is not nothing.
        """
        home, work = self.home, self.work
        same = (home.lat, home.lon) == (work.lat, work.lon)
        return same and home.code_insee is not None and home.code_insee == work.code_insee


class Job(Protocol):
    """The hours of work of one week, as a situation holds them."""

    @property
    def shift(self) -> "Shift": ...

    @property
    def week(self) -> date: ...


class Person(Protocol):
    """What rules read of a person on a day, as a situation holds it."""

    @property
    def now(self) -> datetime: ...

    @property
    def facts(self) -> Mapping[str, Value]: ...

    @property
    def skipped(self) -> frozenset[str]: ...


def quotient_of(situation: Situation) -> Decimal | None:
    """Return the quotient familial that was given, € a month; None where it is not known."""
    quotient = situation.facts.get("qf_eur")
    return quotient if isinstance(quotient, Decimal) else None


def coming_monday(day: date) -> date:
    """Return the Monday of the first week that has not begun: what is asked is for days to come."""
    return day + timedelta(-day.weekday() % 7)

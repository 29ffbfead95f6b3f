"""What the matching replies: ranked ways to hold the job, and why the others do not do.

Times are seconds after midnight of the day they belong to, and may pass 86 400 for a night shift;
every text is French and ready for the screen.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from traitdunion.rules import Month, Question, Reponse

from .feasibility.week_held import WeekHeld
from .situation import Situation


class Verdict(StrEnum):
    """How sure we are that this option lets the person hold the job."""

    POSSIBLE = "possible"
    SOUS_CONDITION = "possible_sous_condition"
    A_VERIFIER = "a_verifier"
    NON = "non"

    @property
    def label(self) -> str:
        """Return the French label."""
        return {
            Verdict.POSSIBLE: "Possible",
            Verdict.SOUS_CONDITION: "Possible sous condition",
            Verdict.A_VERIFIER: "À vérifier",
            Verdict.NON: "Ne convient pas",
        }[self]


class Filtre(StrEnum):
    """What may remove a candidate, in the order in which candidates are sifted."""

    ZONE = "zone"
    ALLER = "aller"
    RETOUR = "retour"
    PREAVIS = "preavis"
    BESOINS = "besoins"
    ELIGIBILITE = "eligibilite"
    CAPACITE = "capacite"
    COUT = "cout"

    @property
    def label(self) -> str:
        """Return the French label."""
        return {
            Filtre.ZONE: "Zone",
            Filtre.ALLER: "Aller",
            Filtre.RETOUR: "Retour",
            Filtre.PREAVIS: "Réservation",
            Filtre.BESOINS: "Besoins",
            Filtre.ELIGIBILITE: "Conditions",
            Filtre.CAPACITE: "Disponibilité",
            Filtre.COUT: "Coût",
        }[self]

    @property
    def rank(self) -> int:
        """Return the place in the order of sifting, 0 for the first."""
        return _RANKS[self]


_RANKS = {filtre: rank for rank, filtre in enumerate(Filtre)}


class Award(StrEnum):
    """What one way does best among those that are possible, or under a condition."""

    CHEAPEST = "cheapest"
    FASTEST = "fastest"
    SIMPLEST = "simplest"

    @property
    def label(self) -> str:
        """Return the French label."""
        return {
            Award.CHEAPEST: "Le moins cher",
            Award.FASTEST: "Le plus rapide",
            Award.SIMPLEST: "Le plus simple",
        }[self]


class Finding(NamedTuple):
    """One thing that weighs on an option: how much, its French sentence, the filter it is of."""

    verdict: Verdict
    text: str
    filtre: Filtre


@dataclass(frozen=True)
class Step:
    """One leg as it is shown; `kind` is walk, ride, on_demand, bike, ebike, scooter, car…

    `color` is "#rrggbb" or ""; `points` are (lat, lon) pairs in the order travelled. `booking`:
    until when to ask for it, and of whom; nothing where one need not. `margin_s`: kept after it,
    because its time is estimated.
    """

    kind: str
    label: str
    from_name: str
    to_name: str
    departure_s: int
    arrival_s: int
    distance_m: float | None
    color: str
    estimated: bool
    points: tuple[tuple[float, float], ...]
    booking: str = ""
    margin_s: int = 0


@dataclass(frozen=True)
class DayPlan:
    """The way out and back of one day; when it is not feasible, `reason` states why.

    `unknown`: the hours of that day are not published yet, which is no "no". `onward`: from the
    first place of work to the second, where there are two.
    """

    on: date
    feasible: bool
    out: tuple[Step, ...]
    back: tuple[Step, ...]
    leave_s: int | None
    arrive_s: int | None
    leave_work_s: int | None
    home_s: int | None
    reason: str
    filtre: Filtre | None = None
    unknown: bool = False
    onward: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps of the whole day, in order."""
        return (*self.out, *self.onward, *self.back)


class Apart(NamedTuple):
    """Something that may not be had along with what bears it, and what states it."""

    name: str
    source: str
    url: str


class NotCounted(NamedTuple):
    """An aid left out of a budget, and what it may not be had with."""

    title: str
    apart: Apart


@dataclass(frozen=True)
class Budget:
    """The first month of a way to go, then any other; `travel_h` hours on the road in a month.

    `once_eur` is paid once, apart from the months; `to_check` names what may come on top;
    `not_counted` the aids that may not be had with those that are counted, or with the way itself.
    """

    first: Month
    next: Month
    travel_h: Decimal
    once_eur: Decimal
    to_check: tuple[str, ...]
    not_counted: tuple[NotCounted, ...] = ()


@dataclass(frozen=True)
class Option:
    """One way to hold the job: a mode, a solution of the catalogue, or several joined.

    `checks`: all that weighs on it, in the order of sifting; `reasons`: what is shown of them.
    Of the cost, `subscription_eur` is for subscriptions and `rail_eur` for tickets of the railway.
    `cost_is_final` is False where something one pays, as fuel, is not counted. `budget`: a month
    before and after aids, None where the cost is not known. `minutes_onward`: from the first place
    of work to the second, None where there is one. `weeks`: those of the timetable, none
    where they were not searched.
    """

    key: str
    title: str
    summary: str
    modes: tuple[str, ...]
    verdict: Verdict
    days: tuple[DayPlan, ...]
    feasible_days: int
    asked_days: int
    minutes_out: int | None
    minutes_back: int | None
    monthly_cost_eur: Decimal | None
    cost_detail: str
    lead_time_days: int | None
    next_step: str
    contact_name: str
    telephone: str
    courriel: str
    lien: str
    estimated: bool
    reasons: tuple[str, ...]
    solutions: tuple[str, ...]
    demonstration: bool
    verified_on: date | None
    checks: tuple[Finding, ...] = ()
    subscription_eur: Decimal = Decimal(0)
    rail_eur: Decimal = Decimal(0)
    cost_is_final: bool = True
    budget: Budget | None = None
    awards: tuple[Award, ...] = ()
    weeks: tuple[WeekHeld, ...] = ()
    minutes_onward: int | None = None

    @property
    def paid_eur(self) -> Decimal | None:
        """Return what a month costs once sure aids are taken off; None where it is not known."""
        return self.budget.next.after_eur if self.budget else self.monthly_cost_eur

    @property
    def filtre(self) -> Filtre | None:
        """Return the first filter that removes it; None where none does."""
        return next((check.filtre for check in self.checks if check.verdict == Verdict.NON), None)


class FailingDay(NamedTuple):
    """A day that a way does not keep, and why."""

    on: date
    cause: str


@dataclass(frozen=True)
class Alternative:
    """A way worth choosing for its days, time, money, rides or walking; several by one means.

    `key` is that of its option, of which some are not shown. `minutes_out`: from leaving home to
    the moment one must be at work; `minutes_back`: from the moment one may leave to being home,
    waits included, on the most frequent day; None where it is not measured. `monthly_cost_eur`:
    any month after the aids that are sure, None where a part is not known. `bookings`, `rides` and
    `walk_min`, the minutes on foot, are those of the week. `booking`: what to ask for first, empty
    where nothing is asked.
    """

    key: str
    title: str
    verdict: Verdict
    kept_days: int
    asked_days: int
    failing_days: tuple[FailingDay, ...]
    minutes_out: int | None
    minutes_back: int | None
    monthly_cost_eur: Decimal | None
    bookings: int
    rides: int
    walk_min: int
    booking: str
    awards: tuple[Award, ...] = ()


@dataclass(frozen=True)
class Help:
    """A solution that is no way to travel but may open one: a grant, a garage, advice…"""

    key: str
    title: str
    summary: str
    type_solution: str
    to_check: bool
    contact_name: str
    telephone: str
    courriel: str
    lien: str
    demonstration: bool
    verified_on: date | None
    apart: tuple[Apart, ...] = ()


@dataclass(frozen=True)
class Task:
    """Something to do for an aid; `before` is the last day, None where there is none known."""

    text: str
    before: date | None


@dataclass(frozen=True)
class Aid:
    """An aid as its rule answers; `missing` states what lifts a *non* or settles an *à vérifier*.

    `doubtful`: nothing that may be learnt of the person would make it a *oui*. `apart`: what it may
    not be had with.
    """

    key: str
    title: str
    summary: str
    reponse: Reponse
    doubtful: bool
    missing: tuple[str, ...]
    sums: tuple[str, ...]
    to_do: tuple[Task, ...]
    conflicts: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    contact_name: str
    telephone: str
    lien: str
    solutions: tuple[str, ...] = ()
    apart: tuple[Apart, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Ranked `options` (never NON) and the `excluded` ones with their reasons.

    `covers` is the first and the last day the network has timetables for; `helps` serve the home.
    `aids` are those the rules know, the surest first; `questions` those worth asking next.
    `alternatives`: the ways that keep some day, most days first, with the three awards.
    `streets_label`: the streets ways were computed on; empty where all are estimated. `elsewhere`:
    how many solutions of other areas are not even named.
    """

    situation: Situation
    options: tuple[Option, ...]
    excluded: tuple[Option, ...]
    network_label: str
    network_is_demonstration: bool
    covers: tuple[date, date]
    computed_ms: float
    helps: tuple[Help, ...] = ()
    aids: tuple[Aid, ...] = ()
    questions: tuple[Question, ...] = ()
    streets_label: str = ""
    elsewhere: int = 0
    alternatives: tuple[Alternative, ...] = ()

    @property
    def last_filtre(self) -> Filtre | None:
        """Filter that removed the candidate which went furthest, where nothing is left."""
        if self.options:
            return None
        removed = [option.filtre for option in self.excluded if option.filtre is not None]
        return max(removed, key=lambda filtre: filtre.rank, default=None)

"""What the templates need to draw the answers: days grouped, waits named, lines for the map."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from traitdunion.matching.answer import Answer, Budget, DayPlan, Filtre, Option, Step, Verdict
from traitdunion.matching.situation import Place

from .timelines import Timeline, timeline_of
from .wording import DAYS, days_of_week, euros

SHORTEST_WAIT_S = 60


@dataclass(frozen=True)
class Row:
    """One line of the list of steps: a step, or the wait before the next one."""

    step: Step | None
    wait_min: int = 0


@dataclass(frozen=True)
class Alike:
    """Days of the week that go exactly the same way."""

    title: str
    plan: DayPlan
    timeline: Timeline | None
    out: tuple[Row, ...]
    back: tuple[Row, ...]


@dataclass(frozen=True)
class Cell:
    """A day in the strip of the week: `state` is yes, no or off."""

    short: str
    name: str
    state: str


@dataclass(frozen=True)
class Card:
    """One option, ready to draw; `typical` is its most frequent feasible day."""

    rank: int
    option: Option
    tone: str
    week: tuple[Cell, ...]
    yes: str
    no: str
    alike: tuple[Alike, ...]
    typical: Alike | None
    map: dict[str, Any] | None
    after_aids: tuple[str, str] | None = None
    left: str = ""
    travel: str = ""

    @property
    def map_id(self) -> str:
        """Identifier of the data of the map in the page."""
        return f"carte-{self.rank}"


TONES = {
    Verdict.POSSIBLE: "yes",
    Verdict.SOUS_CONDITION: "maybe",
    Verdict.A_VERIFIER: "maybe",
    Verdict.NON: "no",
}


def cards_of(answer: Answer) -> list[Card]:
    """Ranked options as cards."""
    return [card_of(rank, option, answer) for rank, option in enumerate(answer.options, start=1)]


def card_of(rank: int, option: Option, answer: Answer) -> Card:
    """One option as a card."""
    situation = answer.situation
    alike = tuple(days_alike(option.days, situation.shift))
    typical = next((group for group in alike if group.plan.feasible), None)
    state = {day.on.weekday(): day.feasible for day in option.days}
    return Card(
        rank=rank,
        option=option,
        tone=TONES[option.verdict],
        week=tuple(week_cells(state)),
        yes=_named(day for day, feasible in state.items() if feasible),
        no=_named(day for day, feasible in state.items() if not feasible),
        alike=alike,
        typical=typical,
        map=map_of(typical.plan, situation.home, situation.work) if typical else None,
        after_aids=after_aids(option.budget),
        left=left_to_live_on(option.budget),
        travel=f"{round(option.budget.travel_h)}\u00a0h" if option.budget else "",
    )


def after_aids(budget: Budget | None) -> tuple[str, str] | None:
    """Cost of a month after aids, and the first month where it differs; None without any aid."""
    if budget is None or not (budget.first.aids_eur or budget.next.aids_eur):
        return None
    first = ""
    if budget.first.after_eur != budget.next.after_eur:
        first = f"{euros(budget.first.after_eur)} le premier mois"
    return euros(budget.next.after_eur), first


def left_to_live_on(budget: Budget | None) -> str:
    """What is left a month once trips are paid; "" where incomes or charges are not told."""
    if budget is None or budget.next.left_eur is None:
        return ""
    return euros(budget.next.left_eur) if budget.next.left_eur else "0\u00a0€"


def _named(days: Iterator[int]) -> str:
    found = list(days)
    return days_of_week(found) if found else ""


def week_cells(feasible_by_day: dict[int, bool]) -> Iterator[Cell]:
    """Seven cells, Monday first."""
    for number, name in enumerate(DAYS):
        asked = number in feasible_by_day
        state = ("yes" if feasible_by_day[number] else "no") if asked else "off"
        yield Cell(name[:1].upper(), name, state)


def days_alike(days: Sequence[DayPlan], shift: Any) -> list[Alike]:
    """Days grouped by identical plan: feasible first, then the most frequent."""
    groups: dict[Any, list[DayPlan]] = {}
    for day in days:
        groups.setdefault((day.feasible, day.out, day.back, day.reason), []).append(day)
    ordered = sorted(groups.values(), key=lambda group: (not group[0].feasible, -len(group)))
    return [_alike(group, shift) for group in ordered]


def _alike(group: list[DayPlan], shift: Any) -> Alike:
    plan = group[0]
    return Alike(
        title=days_of_week(day.on.weekday() for day in group),
        plan=plan,
        timeline=timeline_of(plan, shift),
        out=tuple(rows_of(plan.out)),
        back=tuple(rows_of(plan.back)),
    )


def rows_of(steps: Sequence[Step]) -> Iterator[Row]:
    """Steps with the waits of a minute and more between them."""
    reached_s = None
    for step in steps:
        if reached_s is not None and step.departure_s - reached_s >= SHORTEST_WAIT_S:
            yield Row(None, round((step.departure_s - reached_s) / 60))
        reached_s = step.arrival_s
        yield Row(step)


def map_of(plan: DayPlan, home: Place, work: Place) -> dict[str, Any]:
    """Lines of the way out and back, and the two ends, as the map script reads them."""
    lines = [
        {
            "type": "Feature",
            "properties": {"kind": step.kind, "color": step.color},
            "geometry": {
                "type": "LineString",
                "coordinates": [[lon, lat] for lat, lon in step.points],
            },
        }
        for step in (*plan.out, *plan.back)
        if len(step.points) > 1
    ]
    ends = [
        {"title": "Domicile", "name": home.label, "kind": "home", "lngLat": [home.lon, home.lat]},
        {
            "title": "Lieu de travail",
            "name": work.label,
            "kind": "work",
            "lngLat": [work.lon, work.lat],
        },
    ]
    return {"lines": {"type": "FeatureCollection", "features": lines}, "ends": ends}


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way when nothing is possible; `nearest` is the option least far from it.

    `possible_days` are the days of the week (Monday 0) on which `nearest` does work.
    """

    reason: str
    nearest: Option | None
    possible_days: tuple[int, ...]


def main_obstacle(answer: Answer) -> Obstacle:
    """Most frequent reason of the excluded options, and the one that comes nearest."""
    reasons = Counter(reason for option in answer.excluded for reason in reasons_of(option)[:1])
    nearest = max(answer.excluded, key=lambda option: option.feasible_days, default=None)
    days = [day.on.weekday() for day in nearest.days if day.feasible] if nearest else []
    return Obstacle(
        reason=reasons.most_common(1)[0][0] if reasons else "",
        nearest=nearest if days else None,
        possible_days=tuple(days),
    )


class ExcludedGroups(NamedTuple):
    """What was removed, with the reasons: what serves the way, then what serves elsewhere."""

    here: list[tuple[Option, list[str]]]
    elsewhere: list[tuple[Option, list[str]]]


def excluded_groups(answer: Answer) -> ExcludedGroups:
    """The excluded options, those whose service area is another one apart."""
    groups = ExcludedGroups([], [])
    for option in answer.excluded:
        group = groups.elsewhere if option.filtre == Filtre.ZONE else groups.here
        group.append((option, reasons_of(option)))
    return groups


def reasons_of(option: Option) -> list[str]:
    """Why an option does not do: its own reasons, else those of its days, each once."""
    own = option.reasons or tuple(day.reason for day in option.days if day.reason)
    return list(dict.fromkeys(own))

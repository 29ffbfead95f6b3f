"""What the templates need to draw the answers: days grouped, waits named, lines for the map."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from traitdunion.french import DAYS, days_of_week, price
from traitdunion.matching.answer import (
    Alternative,
    Answer,
    Award,
    Budget,
    DayPlan,
    Filtre,
    Option,
    Step,
    Verdict,
)
from traitdunion.matching.situation import Situation

from .calendars import site_calendar
from .day_bars import DayBar, day_bar, doors_min
from .paging import A_PAGE, Page
from .strips import (
    PILLS,
    Confidence,
    Price,
    WeekStrip,
    calls_words,
    changes_words,
    confidence_of,
    month_price,
    week_strip,
)
from .timelines import Timeline, timeline_of

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
    onward: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A day in the strip of the week: `state` is yes, no or off."""

    short: str
    name: str
    state: str


@dataclass(frozen=True)
class Card:
    """One option, ready to draw; `typical` is its most frequent feasible day.

    `out_min` and `back_min`: door to door, waits included; None where they are not measured.
    """

    rank: int
    option: Option
    tone: str
    week: tuple[Cell, ...]
    yes: str
    no: str
    alike: tuple[Alike, ...]
    typical: Alike | None
    map: dict[str, Any] | None
    price: Price
    weeks: WeekStrip | None
    confidence: Confidence
    icon: str
    calls: str = ""
    changes: str = ""
    pill: str = ""
    bar: DayBar | None = None
    out_min: int | None = None
    back_min: int | None = None
    after_aids: tuple[str, str] | None = None
    left: str = ""
    travel: str = ""

    @property
    def map_id(self) -> str:
        """Return the identifier of the data of the map in the page."""
        return f"carte-{self.rank}"

    @property
    def is_fastest(self) -> bool:
        """Return whether the key figure is a duration: the fastest, which is not the cheapest."""
        return self.option.awards[:1] == (Award.FASTEST,)

    @property
    def is_simplest(self) -> bool:
        """Return whether the key figure is a number of calls: the simplest, and nothing else."""
        return self.option.awards[:1] == (Award.SIMPLEST,)


TONES = {
    Verdict.POSSIBLE: "yes",
    Verdict.SOUS_CONDITION: "maybe",
    Verdict.A_VERIFIER: "maybe",
    Verdict.NON: "no",
}


def cards_of(answer: Answer, page: Page[Option]) -> list[Card]:
    """Build the cards of a page of the ranked options."""
    first = (page.number - 1) * A_PAGE + 1
    return [card_of(rank, option, answer) for rank, option in enumerate(page.rows, start=first)]


def awarded(answer: Answer) -> list[Card]:
    """Build a card for each way that holds an award, in the order of the awards.

    A way that holds two has one card, with both names.
    """
    ranked = [(rank, option) for rank, option in enumerate(answer.options, 1) if option.awards]
    order = list(Award)
    ranked.sort(key=lambda pair: order.index(pair[1].awards[0]))
    return [card_of(rank, option, answer) for rank, option in ranked]


def icon_of(option: Option) -> str:
    """Return the sign of a way: of its vehicle, else of what it rides, else of walking."""
    kinds = list(dict.fromkeys(step.kind for day in option.days for step in day.out))
    for kind in (*kinds, *option.modes):
        if kind not in ("walk", "ride", "wait"):
            return kind
    labels = [step.label for day in option.days for step in day.out if step.kind == "ride"]
    if labels:
        return "train" if labels[0].startswith(("Train", "TER", "Tram")) else "ride"
    return "walk" if "walk" in (*kinds, *option.modes) else "phone"


def choice_of(option: Option, answer: Answer) -> Alternative | None:
    """Return what the awards weighed of an option; None where it was not routed."""
    return next(
        (alternative for alternative in answer.alternatives if alternative.key == option.key), None
    )


def doors_of(option: Option, situation: Situation) -> tuple[int, int] | None:
    """Return the minutes door to door, waits included, out and back, of its usual day.

    None where they are not measured.
    """
    alike = days_alike(option.days, situation.shift_on)
    return _doors(option, next((group for group in alike if group.plan.feasible), None), situation)


def _doors(option: Option, typical: Alike | None, situation: Situation) -> tuple[int, int] | None:
    if typical is None or option.minutes_out is None:
        return None
    return doors_min(typical.plan, situation.shift_on(typical.plan.on))


def card_of(rank: int, option: Option, answer: Answer) -> Card:
    """Build the card of an option."""
    situation = answer.situation
    choice = choice_of(option, answer)
    alike = tuple(days_alike(option.days, situation.shift_on))
    typical = next((group for group in alike if group.plan.feasible), None)
    state = {day.on.weekday(): day.feasible for day in option.days}
    measured = typical is not None and option.minutes_out is not None
    shift = situation.shift_on(typical.plan.on) if typical else situation.shift
    doors = _doors(option, typical, situation)
    return Card(
        rank=rank,
        option=option,
        tone=TONES[option.verdict],
        week=tuple(week_cells(state)),
        yes=_named(day for day, feasible in state.items() if feasible),
        no=_named(day for day, feasible in state.items() if not feasible),
        alike=alike,
        typical=typical,
        map=map_of(typical.plan, situation) if typical else None,
        price=month_price(option),
        weeks=week_strip(option.weeks, site_calendar()),
        confidence=confidence_of(option),
        icon=icon_of(option),
        calls=calls_words(choice),
        changes=changes_words(typical.plan if typical else None),
        pill=PILLS[option.verdict],
        bar=day_bar(typical.plan, shift) if typical and measured else None,
        out_min=doors[0] if doors else None,
        back_min=doors[1] if doors else None,
        after_aids=after_aids(option.budget),
        left=left_to_live_on(option.budget),
        travel=f"{round(option.budget.travel_h)}\u00a0h" if option.budget else "",
    )


def after_aids(budget: Budget | None) -> tuple[str, str] | None:
    """Return the monthly cost after aids, and the first month if it differs; None without aid."""
    if budget is None or not (budget.first.aids_eur or budget.next.aids_eur):
        return None
    first = ""
    if budget.first.after_eur != budget.next.after_eur:
        first = f"{price(budget.first.after_eur)} le premier mois"
    return price(budget.next.after_eur), first


def left_to_live_on(budget: Budget | None) -> str:
    """Return what is left a month once trips are paid; "" where incomes or charges are unknown."""
    if budget is None or budget.next.left_eur is None:
        return ""
    return price(budget.next.left_eur) if budget.next.left_eur else "0\u00a0€"


def _named(days: Iterator[int]) -> str:
    in_order = list(days)
    return days_of_week(in_order) if in_order else ""


def week_cells(feasible_by_day: dict[int, bool]) -> Iterator[Cell]:
    """Yield seven cells, Monday first."""
    for number, name in enumerate(DAYS):
        asked = number in feasible_by_day
        state = ("yes" if feasible_by_day[number] else "no") if asked else "off"
        yield Cell(name[:1].upper(), name, state)


def days_alike(days: Sequence[DayPlan], shift_on: Callable[[date], Any]) -> list[Alike]:
    """Group the days by identical plan and hours: feasible first, then the most frequent."""
    groups: dict[Any, list[DayPlan]] = {}
    for day in days:
        groups.setdefault((day.feasible, day.steps, day.reason), []).append(day)
    ordered = sorted(groups.values(), key=lambda group: (not group[0].feasible, -len(group)))
    return [_alike(group, shift_on(group[0].on)) for group in ordered]


def _alike(group: list[DayPlan], shift: Any) -> Alike:
    plan = group[0]
    return Alike(
        title=days_of_week(day.on.weekday() for day in group),
        plan=plan,
        timeline=timeline_of(plan, shift),
        out=tuple(rows_of(plan.out)),
        back=tuple(rows_of(plan.back)),
        onward=tuple(rows_of(plan.onward)),
    )


def rows_of(steps: Sequence[Step]) -> Iterator[Row]:
    """Yield the steps with the waits of a minute and more between them."""
    reached_s = None
    for step in steps:
        if reached_s is not None and step.departure_s - reached_s >= SHORTEST_WAIT_S:
            yield Row(None, round((step.departure_s - reached_s) / 60))
        reached_s = step.arrival_s
        yield Row(step)


def map_of(plan: DayPlan, situation: Situation) -> dict[str, Any]:
    """Return the lines of the ways of a day, and their ends, for the map script."""
    home, work, second = situation.home, situation.work, situation.second_work
    lines = [
        {
            "type": "Feature",
            "properties": {"kind": step.kind, "color": step.color},
            "geometry": {
                "type": "LineString",
                "coordinates": [[lon, lat] for lat, lon in step.points],
            },
        }
        for step in plan.steps
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
    if second is not None:
        ends.append({
            "title": "Deuxième lieu de travail", "name": second.label, "kind": "work",
            "lngLat": [second.lon, second.lat],
        })  # fmt: skip
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
    """Return the most frequent reason of the excluded options, and the nearest option."""
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


def excluded_groups(excluded: Iterable[Option]) -> ExcludedGroups:
    """Separate the excluded options that serve another area from the others."""
    groups = ExcludedGroups([], [])
    for option in excluded:
        group = groups.elsewhere if option.filtre == Filtre.ZONE else groups.here
        group.append((option, reasons_of(option)))
    return groups


def reasons_of(option: Option) -> list[str]:
    """Return why an option is excluded: its own reasons, else those of its days, each once."""
    own = option.reasons or tuple(day.reason for day in option.days if day.reason)
    return list(dict.fromkeys(own))

"""Put who can come to a site in words and figures, for its page, its paper and its JSON."""

from dataclasses import dataclass
from typing import Any

from traitdunion import french
from traitdunion.observatory.presenting import people, rounded_people

from .site_reach import Population, ShiftReach, SiteReach, TeamReach

BAR_PX = 40
NAMED = 6


@dataclass(frozen=True)
class Bar:
    """People who can come at hours moved by some minutes; `height` in pixels of `BAR_PX`."""

    moved_min: int
    hours: str
    people: str
    height: int
    is_today: bool
    is_best: bool


@dataclass(frozen=True)
class Row:
    """A shift of the site. `best`: the move with which most can come, in words; "" for none.

    `lost`: people whom that move keeps from coming.
    """

    name: str
    hours: str
    days: str
    n_people: str
    to_check: str
    job_seekers: str
    carless_households: str
    kinds: tuple[tuple[str, str], ...]
    communes: str
    bars: tuple[Bar, ...]
    best: str
    lost: str


def rows_of(reached: SiteReach) -> tuple[Row, ...]:
    """Return the shifts of a site, on one scale of bars."""
    most = max(
        (
            reached.population(shift.sure).residents
            for team in reached.teams
            for shift in (team.today, *team.moved)
        ),
        default=0,
    )
    return tuple(_row(reached, team, most) for team in reached.teams)


def site_json(reached: SiteReach) -> dict[str, Any]:
    """Return the figures of a site: people by shift and kind of solution, and changes."""
    return {
        "site": reached.site.code,
        "employeur": reached.site.employeur,
        "week": reached.week_on.isoformat(),
        "horaires_inconnus": list(reached.feeds_unknown),
        "estimation": True,
        "population": reached.ground.people_label,
        "shifts": [
            {
                "team": team.team.nom,
                **_shift_json(reached, team.today),
                "kinds": {
                    kind: _people_json(reached.population(rows))
                    for kind, rows in team.today.by_kind.items()
                },
                "changes": [
                    {
                        "moved_min": shift.moved_min,
                        **_shift_json(reached, shift),
                        "opened": _people_json(reached.population(team.opened(shift))),
                        "closed": _people_json(reached.population(team.closed(shift))),
                    }
                    for shift in team.moved
                ],
            }
            for team in reached.teams
        ],
    }


def _shift_json(reached: SiteReach, shift: ShiftReach) -> dict[str, Any]:
    return {
        "start": french.clock(shift.start_s),
        "end": french.clock(shift.end_s),
        "communes": reached.names(shift.sure),
        "people": _people_json(reached.population(shift.sure)),
        "to_check": _people_json(reached.population(shift.to_check)),
    }


def _people_json(population: Population) -> dict[str, int | None]:
    def rounded(value: int | None) -> int | None:
        return None if value is None else rounded_people(value)

    return {
        "residents": rounded(population.residents),
        "job_seekers": rounded(population.job_seekers),
        "carless_households": rounded(population.carless_households),
    }


def _row(reached: SiteReach, team: TeamReach, most: int) -> Row:
    today = reached.population(team.today.sure)
    shifts = sorted((team.today, *team.moved), key=lambda shift: shift.moved_min)
    counts = {shift.moved_min: reached.population(shift.sure).residents for shift in shifts}
    best = max(team.moved, key=lambda shift: _net(reached, team, shift), default=None)
    has_gain = best is not None and rounded_people(_net(reached, team, best)[0]) > 0
    opened = reached.population(team.opened(best)).residents if best else 0
    lost = reached.population(team.closed(best)).residents if best and has_gain else 0
    return Row(
        name=team.team.nom,
        hours=hours_of(team.today),
        days=french.days_of_week(team.team.jours),
        n_people=people(today.residents),
        to_check=people(reached.population(team.today.to_check).residents),
        job_seekers=people(today.job_seekers),
        carless_households=people(today.carless_households),
        kinds=tuple(
            (kind, people(reached.population(rows).residents))
            for kind, rows in team.today.by_kind.items()
        ),
        communes=_named(reached, team.today),
        bars=tuple(
            Bar(
                moved_min=shift.moved_min,
                hours=hours_of(shift),
                people=people(counts[shift.moved_min]),
                height=round(BAR_PX * counts[shift.moved_min] / most) if most else 0,
                is_today=shift.moved_min == 0,
                is_best=has_gain and shift is best,
            )
            for shift in shifts
        ),
        best=f"{hours_of(best)} : {people(opened)} de plus" if best and has_gain else "",
        lost=people(lost) if lost else "",
    )


def _net(reached: SiteReach, team: TeamReach, shift: ShiftReach) -> tuple[int, int]:
    """Return people opened less people closed; among equals the smaller move comes first."""
    opened = reached.population(team.opened(shift)).residents
    closed = reached.population(team.closed(shift)).residents
    return opened - closed, -abs(shift.moved_min)


def hours_of(shift: ShiftReach) -> str:
    """Return the hours of a shift in words."""
    return f"{french.clock(shift.start_s)} – {french.clock(shift.end_s)}"


def _named(reached: SiteReach, shift: ShiftReach) -> str:
    names = reached.names(shift.sure)
    if not names:
        return "aucune commune"
    more = len(names) - NAMED
    shown = [*names[:NAMED], french.counted(more, "autre")] if more > 1 else names
    return french.listed(shown)

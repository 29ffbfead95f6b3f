"""From where a site can be reached: each commune at each shift, as a map, a table and a file."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from traitdunion import french
from traitdunion.observatory.pages.maps import Layer, layers
from traitdunion.observatory.presenting import people, rounded_people
from traitdunion.sources.bounded.writing import BOM, csv_text
from traitdunion.territory.outlines import Outlines, outlines

from .site_reach import SiteReach

YES, TO_CHECK, NO = "oui", "à vérifier", "non"
LEGEND = (
    ("deux", "à chaque horaire"),
    ("une", "à certains horaires"),
    ("inconnu", "à vérifier"),
    ("blanche", "hors de portée"),
)
TOWNS = 5


@dataclass(frozen=True)
class CommuneLine:
    """A commune: its people, its answer at each shift, its state on the map."""

    code: str
    name: str
    people: str
    rounded: int
    answers: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class Spot:
    """A named point of the map, in its units."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class SiteMap:
    """The map of a site. `counts`: a text by state, in the order of the legend."""

    outlines: Outlines
    layers: list[Layer]
    lines: tuple[CommuneLine, ...]
    counts: tuple[tuple[str, str, str], ...]
    here: Spot
    towns: tuple[Spot, ...]

    @property
    def sentence(self) -> str:
        """Return the map in words, for those who do not see it."""
        return french.listed([f"{count} {label}" for _, label, count in self.counts])


def map_of(reached: SiteReach) -> SiteMap:
    """Return the communes of a site by what its shifts ask, the most open and peopled first."""
    ground, site = reached.ground, reached.site
    lines = tuple(sorted(_lines(reached), key=_rank))
    drawn = outlines(ground.departement)
    states: Mapping[str, str] = {line.code: line.state for line in lines}
    return SiteMap(
        outlines=drawn,
        layers=layers(states, [code for code in ground.communes if code in drawn.paths]),
        lines=lines,
        counts=tuple(
            (state, label, french.counted(sum(line.state == state for line in lines), "commune"))
            for state, label in LEGEND
        ),
        here=Spot(str(site), *drawn.spot(site.lat, site.lon)),
        towns=tuple(
            Spot(ground.names[row], *drawn.spot(ground.homes[row].lat, ground.homes[row].lon))
            for row in np.argsort(-ground.people)[:TOWNS].tolist()
        ),
    )


def communes_csv(reached: SiteReach, drawn: SiteMap) -> str:
    """Return the table for a French spreadsheet: a line a commune, a column a shift."""
    shifts = [team.team.nom for team in reached.teams]
    columns = ("code_insee", "commune", f"{reached.ground.people_label} (estimation)", *shifts)
    return BOM + csv_text(
        columns, [[line.code, line.name, line.rounded, *line.answers] for line in drawn.lines]
    )


def _lines(reached: SiteReach) -> list[CommuneLine]:
    ground = reached.ground
    lines = []
    for row, code in enumerate(ground.communes):
        answers = tuple(
            YES if row in team.today.sure else TO_CHECK if row in team.today.to_check else NO
            for team in reached.teams
        )
        n_people = float(ground.people[row])
        lines.append(
            CommuneLine(
                code, ground.names[row], people(n_people), rounded_people(n_people), answers,
                _state(answers),
            )
        )  # fmt: skip
    return lines


def _state(answers: tuple[str, ...]) -> str:
    if answers and all(answer == YES for answer in answers):
        return "deux"
    if YES in answers:
        return "une"
    return "inconnu" if TO_CHECK in answers else "blanche"


def _rank(line: CommuneLine) -> tuple[int, int, int, str]:
    return -line.answers.count(YES), -line.answers.count(TO_CHECK), -line.rounded, line.name

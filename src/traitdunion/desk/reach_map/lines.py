"""The communes of the map as lines to show, to list and to export: one reading for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from traitdunion import french
from traitdunion.matching.answer import Verdict
from traitdunion.matching.reach_map.reached import Reached, WayThere

from .colours import Colouring, class_of

VERDICTS = {
    Verdict.POSSIBLE: "oui",
    Verdict.A_VERIFIER: "à vérifier",
    Verdict.NON: "hors de portée",
}
UNPRICED = "coût non renseigné"
UNCOUNTED = "emplois non renseignés"


@dataclass(frozen=True)
class Line:
    """A commune as it is shown; `code` is its class, `url` its answers."""

    insee: str
    name: str
    code: str
    reached: Reached
    way: WayThere | None
    url: str
    n_jobs: int | None = None

    @property
    def is_sure(self) -> bool:
        """Return whether one may work there for sure."""
        return self.reached.verdict == Verdict.POSSIBLE

    @property
    def word(self) -> str:
        """Return "oui", "à vérifier" or "hors de portée"."""
        return VERDICTS[self.reached.verdict]

    @property
    def cost(self) -> str:
        """Return the euros of a month, or that they are not known."""
        eur = self.way.monthly_cost_eur if self.way else None
        return UNPRICED if eur is None else french.euros(eur)

    @property
    def jobs(self) -> str:
        """Return the jobs counted in the commune, or that their number is not known."""
        if self.n_jobs is None:
            return UNCOUNTED
        return f"{french.number(self.n_jobs)} emploi{french.plural(self.n_jobs)}"

    @property
    def minutes(self) -> str:
        """Return the minutes out and back, "" where they are not measured."""
        minutes = self.way.minutes if self.way else None
        return "" if minutes is None else french.duration(minutes)

    @property
    def days(self) -> str:
        """Return the days kept where some are not: "4 jours sur 5"."""
        reached = self.reached
        if not self.is_sure or reached.kept_days == reached.asked_days:
            return ""
        return (
            f"{reached.kept_days} jour{french.plural(reached.kept_days)} sur {reached.asked_days}"
        )

    @property
    def detail(self) -> str:
        """Return what the map states of it: "34 € · 38 min", "hors de portée"."""
        if not self.is_sure:
            return self.word
        return " · ".join(filter(None, [self.cost, self.minutes, self.days]))


def lines_of(
    communes: Sequence[Reached],
    colouring: Colouring,
    urls: Iterable[str],
    jobs: Mapping[str, int],
) -> list[Line]:
    """Return every commune as a line, in the order given; `jobs` by the code of the commune."""
    return [
        Line(
            insee=reached.place.code_insee or "",
            name=reached.place.label,
            code=class_of(reached, colouring),
            reached=reached,
            way=colouring.way_of(reached),
            url=url,
            n_jobs=jobs.get(reached.place.code_insee or ""),
        )
        for reached, url in zip(communes, urls, strict=True)
    ]


def ranked(lines: Iterable[Line], colouring: Colouring) -> list[Line]:
    """Return the sure ones but the home: the cheapest, or the quickest, first."""

    def rank(line: Line) -> tuple[object, ...]:
        way = line.way
        eur = way.monthly_cost_eur if way else None
        minutes = way.minutes if way else None
        cost = (eur is None, eur or 0)
        time = (minutes is None, minutes or 0)
        return (*(cost + time if colouring is Colouring.COST else time + cost), line.name)

    return sorted((line for line in lines if line.is_sure and not line.reached.is_home), key=rank)

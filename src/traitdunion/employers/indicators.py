"""Indicators of the retained action: numerator, denominator and what is unknown.

A share is shown from `K` cases on. Counts of people go by steps of `K`, and are hidden where the
others would give a small group back (`followup.publishing`). Nothing here claims a cause.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from traitdunion.cooperation.enums import EtatEngagement
from traitdunion.disclosure import K

from .enums import IN_FORCE, INVITED, Bloc, Categorie, Secteur
from .followup.publishing import Shown, published
from .models import BilanCohorte, Club, EngagementEmployeur, Rencontre
from .models.followup import DAYS, quarter_end

MAX_SHARE = 0.85
RETENTION_EMPLOYERS = 3
"""Retention is shown from `K` hires and that many employers on, none with a larger share."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share. `unknown`: cases that neither the numerator nor the denominator counts.

    `people`: where it counts people, what may be shown of them, by steps.
    `is_withheld`: another rule keeps it from being shown.
    """

    code: str
    label: str
    unit: str
    numerator: int
    denominator: int
    unknown: int
    people: Shown | None = None
    is_withheld: bool = False

    @property
    def is_shown(self) -> bool:
        """Return whether the figures may be published."""
        hidden = self.people is not None and None in (self.people.present, self.people.hired)
        return self.denominator >= K and not hidden and not self.is_withheld

    @property
    def shown(self) -> tuple[int, int] | None:
        """Return the numerator and the denominator as published; None where they are hidden."""
        if not self.is_shown:
            return None
        if self.people is None:
            return self.numerator, self.denominator
        return self.people.present or 0, self.people.hired or 0

    @property
    def words(self) -> str:
        """Return both counts as published, in French."""
        numerator, denominator = self.shown or (0, 0)
        more = "" if self.people is None else " ou plus"
        return f"{numerator}{more} sur {denominator}{more}"

    @property
    def share(self) -> float | None:
        """Return the share of what is published, 0 to 1; None where it is not shown."""
        return None if self.shown is None else self.shown[0] / self.shown[1]

    @property
    def unknown_shown(self) -> int | None:
        """Return the unknown cases as published; None where they are people and hidden."""
        return self.unknown if self.people is None else self.people.unknown

    @property
    def percent(self) -> int:
        """Return the share of a shown indicator, in whole percents."""
        return round(100 * (self.share or 0))


@dataclass(frozen=True, slots=True)
class Report:
    """The indicators on a day; `parts`: the same by sector, by EPCI, by year, each by its name."""

    on: date
    demonstration: bool
    whole: tuple[Indicator, ...]
    parts: Mapping[str, Mapping[str, tuple[Indicator, ...]]]


def report(*, on: date) -> Report:
    """Return the indicators of all clubs; those of demonstration count where there is no other."""
    real = Club.objects.filter(demonstration=False)
    demonstration = not real.exists()
    meetings = list(
        Rencontre.objects.kept()
        .filter(club__demonstration=demonstration, tenue_le__lt=on)
        .select_related("club__epci")
    )
    promises = list(
        EngagementEmployeur.objects.filter(rencontre__club__demonstration=demonstration)
        .select_related("engagement", "rencontre__club__epci")
        .prefetch_related("engagement__evenements")
    )
    cohorts = list(
        BilanCohorte.objects.filter(
            engagement__rencontre__club__demonstration=demonstration,
            engagement__engagement__etat__in=IN_FORCE,
        ).select_related("engagement__engagement__organisation", "engagement__rencontre__club")
    )
    parts = {
        "secteur": _by(meetings, promises, on, lambda row: Secteur(row.club.secteur).label),
        "epci": _by(meetings, promises, on, _epci_of),
        "annee": _by(meetings, promises, on, lambda row: str(row.tenue_le.year)),
    }
    whole = (*_whole(meetings, promises, on), *_retention(cohorts, on))
    return Report(on, demonstration, whole, parts)


def _epci_of(row: Rencontre) -> str:
    return row.club.epci.nom if row.club.epci else "Tout le département"


def _by(
    meetings: Sequence[Rencontre],
    promises: Sequence[EngagementEmployeur],
    on: date,
    name_of: Callable[[Rencontre], str],
) -> dict[str, tuple[Indicator, ...]]:
    names = sorted({name_of(row) for row in meetings} | {name_of(p.rencontre) for p in promises})
    return {
        name: _whole(
            [row for row in meetings if name_of(row) == name],
            [row for row in promises if name_of(row.rencontre) == name],
            on,
        )
        for name in names
    }


def _whole(
    meetings: Sequence[Rencontre], promises: Sequence[EngagementEmployeur], on: date
) -> tuple[Indicator, ...]:
    return (*_of_meetings(meetings), *_of_promises(promises, on))


def _of_meetings(meetings: Sequence[Rencontre]) -> Iterable[Indicator]:
    recorded = [row for row in meetings if row.is_recorded]
    unknown = len(meetings) - len(recorded)

    def of(code: str, label: str, n: int) -> Indicator:
        return Indicator(code, label, "rencontres", n, len(recorded), unknown)

    held = sum(row.bloc == Bloc.TENU for row in recorded)
    yield of("temps_tenu", "Rencontres où un temps sur l'intégration s'est tenu", held)
    invited = {category.value for category in INVITED}
    spoke = sum(bool(invited & set(row.paroles or ())) for row in recorded)
    yield of("parole", "Rencontres où un salarié ou un demandeur d'emploi a parlé", spoke)
    for category in (*INVITED, Categorie.EMPLOYEURS):
        n = sum(category.value in (row.paroles or ()) for row in recorded)
        yield of(
            f"parole_{category.value}", f"Rencontres où ont parlé : {category.label.lower()}", n
        )


def _of_promises(promises: Sequence[EngagementEmployeur], on: date) -> Iterable[Indicator]:
    made = [row.engagement for row in promises if row.engagement.etat in IN_FORCE]
    waiting = sum(row.engagement.etat == EtatEngagement.PROPOSE for row in promises)
    n_asked = len(made) + waiting
    yield Indicator(
        "engagements_confirmes", "Engagements confirmés par l'entreprise", "engagements",
        len(made), n_asked, 0,
    )  # fmt: skip
    due = [row for row in made if row.pour_le < on]
    answered = [row for row in due if row.etat != EtatEngagement.CONFIRME]
    kept = [row for row in answered if row.etat == EtatEngagement.TENU]
    unknown = len(due) - len(answered)

    def of(code: str, label: str, n: int) -> Indicator:
        return Indicator(code, label, "engagements", n, len(answered), unknown)

    yield of("engagements_tenus", "Engagements échus et tenus", len(kept))
    on_time = sum(_kept_on(row) <= row.pour_le for row in kept)
    yield of("engagements_a_temps", "Engagements échus et tenus à temps", on_time)


def _retention(cohorts: Sequence[BilanCohorte], on: date) -> Iterable[Indicator]:
    """Return those still there among those hired, over the cohorts whose day has come.

    For all clubs together only: the parts of a sum of people would give the smallest away.
    """
    passed = {
        days: [row for row in cohorts if (on - quarter_end(row.trimestre)).days >= days]
        for days in DAYS
    }
    shown = published(passed)
    for days, rows in passed.items():
        known = [(row, n) for row in rows if (n := row.present(days)) is not None]
        hires = Counter[str]()
        for row, _ in known:
            hires[slugify(row.engagement.engagement.porteur)] += row.embauches
        total = hires.total()
        largest = max(hires.values(), default=0)
        employers = sum(n > 0 for n in hires.values())
        yield Indicator(
            f"maintien_{days}",
            f"Personnes embauchées encore présentes à {days} jours",
            "personnes",
            sum(n for _, n in known),
            total,
            sum(row.embauches for row in rows) - total,
            people=shown[days],
            is_withheld=employers < RETENTION_EMPLOYERS or largest > MAX_SHARE * total,
        )


def _kept_on(row: Any) -> date:
    """Return the day a commitment was first reported as kept."""
    moments = [event.at for event in row.evenements.all() if event.contenu.get("etat") == "tenu"]
    return timezone.localtime(min(moments)).date() if moments else date.max


def report_json(report: Report) -> dict[str, Any]:
    """Return the report as plain values; a figure that is not shown is null."""
    return {
        "on": report.on.isoformat(),
        "demonstration": report.demonstration,
        "threshold": K,
        "indicators": [_json(indicator) for indicator in report.whole],
        "by": {
            kind: {name: [_json(indicator) for indicator in rows] for name, rows in named.items()}
            for kind, named in report.parts.items()
        },
    }


def _json(indicator: Indicator) -> dict[str, Any]:
    numerator, denominator = indicator.shown or (None, None)
    return {
        "code": indicator.code,
        "label": indicator.label,
        "unit": indicator.unit,
        "numerator": numerator,
        "denominator": denominator,
        "unknown": indicator.unknown_shown,
        "step": 1 if indicator.people is None else K,
        "share": indicator.share,
        "hidden": not indicator.is_shown,
    }

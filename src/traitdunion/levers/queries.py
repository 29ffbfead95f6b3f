"""Reads of the layers below for the search of levers: network, offers, communes, costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings

from traitdunion import reach
from traitdunion.accounts.models import Organisation
from traitdunion.matching.places import Place
from traitdunion.matching.situation import Situation
from traitdunion.reach.calendar_days import monday_of

from .changes import Cost, Given, Lever, cost_of
from .enums import Nature
from .models import CoutSaisi, Proposition
from .people import with_residents
from .person import Around, person_levers_and_changes
from .profiles import ON_FOOT, TerritoryProfile
from .scenarios import Group, Pole, Territory


def around(situation: Situation, network: Any) -> Around:
    """Return what the search of levers needs for a question, of the network and catalogue."""
    from traitdunion.catalogue.queries import published_around
    from traitdunion.catalogue.rules.operations import rules_in_force
    from traitdunion.matching.answering import epci_of_commune
    from traitdunion.matching.eligibility.conditions import first_day
    from traitdunion.networks.catalogue_trips import with_catalogue_trips
    from traitdunion.networks.streets import streets_over

    timetable = with_catalogue_trips(network.timetable)
    places = (situation.home.code_insee, situation.work.code_insee)
    return Around(
        timetable,
        streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        published_around(places, on=first_day(situation)).solutions,
        rules_in_force(),
        cache(epci_of_commune),
        communes_of_home(),
        costs_given(),
        network.demonstration,
    )


def levers_of(situation: Situation, network: Any) -> list[Lever]:
    """Return the levers of a question, the smallest by actor and family."""
    from traitdunion.matching.answering import places_of_commune
    from traitdunion.matching.eligibility.facts import with_known_facts

    known = with_known_facts(situation, places_of_commune)
    here = around(known, network)
    levers, changes = person_levers_and_changes(known, here)
    return with_residents(levers, known, here, residents(), changes)


def residents() -> list[Group]:
    """Return the communes of the département served with their residents, the most first."""
    from traitdunion.territory.home import home_departement
    from traitdunion.territory.models import Commune

    rows = (
        Commune.objects.filter(departement_id=home_departement())
        .exclude(population=None)
        .order_by("-population", "code_insee")
        .values_list("nom", "lat", "lon", "code_insee", "population")
    )
    return [Group(Place(nom, lat, lon, code), n or 0) for nom, lat, lon, code, n in rows]


def communes_of_home() -> list[Place]:
    """Return the communes of the département that the site serves."""
    from traitdunion.territory.home import home_departement
    from traitdunion.territory.models import Commune

    rows = Commune.objects.filter(departement_id=home_departement())
    return [
        Place(nom, lat, lon, code)
        for nom, lat, lon, code in rows.values_list("nom", "lat", "lon", "code_insee")
    ]


def costs_given() -> dict[str, Given]:
    """Return the costs typed on screen, the newest of each nature."""
    rows = CoutSaisi.objects.order_by("saisi_le", "pk")
    return {
        row.nature: Given(row.montant_eur, row.unite, row.source, row.lu_le, row.confiance)
        for row in rows
    }


@dataclass(frozen=True)
class Followed:
    """A proposal in a list, how many organisations asked, the days it waited in vain."""

    row: Proposition
    n_support: int
    days_late: int | None


def proposals_of(organisation: Organisation, *, now: datetime) -> list[Followed]:
    """Return the proposals that an organisation made or supports, the newest first."""
    rows = Proposition.objects.filter(soutiens__organisation=organisation).distinct()
    return [
        Followed(row, row.soutiens.count(), row.days_without_answer(now))
        for row in rows.prefetch_related("soutiens")
    ]


def cost_models(*, on: date) -> list[Cost]:
    """Return the cost of each kind of change on a day, as levers use it."""
    given = costs_given()
    return [cost_of(nature, on=on, given=given) for nature in Nature]


SHIFTS = ((5, 13), (6, 14), (8, 16), (9, 17), (13, 21), (21, 29))
"""Hours of the six posts for which a territory is looked at, Monday to Friday."""
POLES = 6
"""Most populated communes, taken for the places of work: jobs by commune are not loaded."""


def territory(
    network: Any,
    *,
    on: date,
    poles: Sequence[Place] | None = None,
    profile: TerritoryProfile = ON_FOOT,
) -> Territory:
    """Return the communes of the département as groups, its largest ones as places of work.

    People are residents (census): modelled figures, to be shown rounded and named estimates.
    """
    from traitdunion.matching.margins import asked_margins, limits_of
    from traitdunion.matching.situation import coming_monday
    from traitdunion.networks.catalogue_trips import with_catalogue_trips
    from traitdunion.networks.streets import streets_over

    timetable = with_catalogue_trips(network.timetable)
    margins = asked_margins()
    groups = residents()
    places = [group.place for group in groups]
    first, last = timetable.start, timetable.end
    week = min(max(coming_monday(on), first), last)
    return Territory(
        timetable,
        streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        groups,
        [Pole(place, 1) for place in poles or places[:POLES]],
        [
            reach.Shift(
                3600 * start, 3600 * end, margin_before_s=60 * margins.before_min,
                margin_after_s=60 * margins.after_min,
            )
            for start, end in SHIFTS
        ],
        monday_of(week),
        limits_of(margins.on_the_way),
        profile,
    )  # fmt: skip

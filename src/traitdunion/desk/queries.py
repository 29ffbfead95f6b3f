"""Reads the desk needs from the layers below: the active network, its answer, the communes."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from traitdunion.matching.answer import Answer
from traitdunion.matching.situation import Situation


class NoNetworkError(LookupError):
    """No network was imported yet: nothing can be answered."""


def active_network() -> Any:
    """Network in use, or `NoNetworkError`."""
    from traitdunion.matching import networks

    try:
        return networks.current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (LookupError, FileNotFoundError) as absent:
        raise NoNetworkError from absent


def is_demonstration() -> bool:
    """True when the active network or a published solution is a demonstration."""
    from traitdunion.catalogue.models import Solution

    return active_network().demonstration or Solution.objects.filter(demonstration=True).exists()


def covered_dates(network: Any) -> tuple[date, date]:
    """First and last day `network` has timetables for."""
    timetable = network.timetable
    return timetable.start, timetable.start + timedelta(days=timetable.days - 1)


def find_answer(situation: Situation, network: Any) -> Answer:
    """Reply to `situation` with the active network and the solutions valid in its week."""
    from traitdunion.catalogue.local_rules import rules_in_force
    from traitdunion.catalogue.queries import published_around
    from traitdunion.matching.access import first_day
    from traitdunion.matching.answering import answer
    from traitdunion.matching.regular_trips import with_catalogue_trips
    from traitdunion.matching.street_maps import streets_over

    timetable = with_catalogue_trips(network.timetable)
    places = (situation.home.code_insee, situation.work.code_insee)
    found = published_around(places, on=first_day(situation))
    return answer(
        situation,
        timetable=timetable,
        solutions=found.solutions,
        elsewhere=found.elsewhere,
        network=network,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        book=rules_in_force(),
    )


def commune_named(text: str) -> Any:
    """Commune written exactly (name, "Nom (43)" or code INSEE), or `UnknownCommune`."""
    from traitdunion.territory import queries

    return queries.commune_named(text)


def search_communes(text: str, *, limit: int = 8) -> Sequence[Any]:
    """Communes whose name or postal code begins like `text`, best first."""
    from traitdunion.territory import queries

    return queries.search_communes(text, limit=limit)


def boundaries_near(codes: Sequence[str]) -> list[dict[str, Any]]:
    """GeoJSON features of the communes of the départements of `codes`, where known."""
    from traitdunion.territory.models import Commune

    found = Commune.objects.filter(code_insee__in=codes).values_list("departement_id", flat=True)
    rows = Commune.objects.filter(departement_id__in=list(found)).exclude(boundary=None)
    return [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": boundary if isinstance(boundary, dict) else json.loads(boundary),
        }
        for code, boundary in rows.values_list("code_insee", "boundary")
        if boundary
    ]


def commune_label(commune: Any) -> str:
    """Name and département, as written in the field: "Langeac (43)"."""
    code = commune.code_insee
    return f"{commune.nom} ({code[:3] if code.startswith('97') else code[:2]})"

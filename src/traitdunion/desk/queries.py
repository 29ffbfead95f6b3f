"""Reads the desk needs from the layers below: the active network, its answer, the communes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from traitdunion.matching.answer import Answer
from traitdunion.matching.reach_map.reached import Reached
from traitdunion.matching.situation import Place, Situation


class NoNetworkError(LookupError):
    """No network was imported yet."""


def active_network() -> Any:
    """Return the network in use; raises NoNetworkError."""
    from traitdunion.networks import versions as networks

    try:
        return networks.current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (LookupError, FileNotFoundError) as absent:
        raise NoNetworkError from absent


def is_demonstration() -> bool:
    """Return whether the active network or a published solution is a demonstration."""
    from traitdunion.catalogue.models import Solution

    return active_network().demonstration or Solution.objects.filter(demonstration=True).exists()


def covered_dates(network: Any) -> tuple[date, date]:
    """Return the first and last day that `network` has timetables for."""
    timetable = network.timetable
    return timetable.start, timetable.start + timedelta(days=timetable.days - 1)


def find_answer(situation: Situation, network: Any) -> Answer:
    """Reply to `situation` with the active network and the solutions valid in its week."""
    from traitdunion.catalogue.queries import published_around
    from traitdunion.catalogue.rules.operations import rules_in_force
    from traitdunion.matching.answering import answer
    from traitdunion.matching.eligibility.conditions import first_day
    from traitdunion.networks.catalogue_trips import with_catalogue_trips
    from traitdunion.networks.streets import streets_over

    timetable = with_catalogue_trips(network.timetable)
    places = (situation.home.code_insee, situation.work.code_insee)
    offers = published_around(places, on=first_day(situation))
    answered = answer(
        situation,
        timetable=timetable,
        solutions=offers.solutions,
        network=network,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        book=rules_in_force(),
    )
    return replace(answered, elsewhere=offers.elsewhere)


def find_around_centre(situation: Situation, network: Any) -> Any:
    """Return how far the centre of the home's commune stands for its addresses.

    None where its home is an address, or where no address of the commune is loaded.
    """
    from traitdunion.matching.around_centre import around_centre
    from traitdunion.networks.catalogue_trips import with_catalogue_trips
    from traitdunion.networks.streets import streets_over
    from traitdunion.territory.addresses.searching import address_index

    home = situation.home
    index = address_index(settings.TRAITDUNION_DATA_DIR)
    if index is None or home.is_precise or not home.code_insee:
        return None
    timetable = with_catalogue_trips(network.timetable)
    return around_centre(
        situation,
        index.spread_of(home.code_insee),
        timetable=timetable,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
    )


def find_levers(situation: Situation, network: Any) -> Sequence[Any]:
    """Return what each actor could change to open a job, the smallest by actor and family."""
    from traitdunion.levers.queries import levers_of

    return levers_of(situation, network)


def find_reach(situation: Situation, network: Any) -> list[Reached]:
    """Return what each commune of the département served is, from the home of `situation`."""
    from traitdunion.catalogue.queries import published_around
    from traitdunion.catalogue.rules.operations import rules_in_force
    from traitdunion.matching.eligibility.conditions import first_day
    from traitdunion.matching.reach_map.mapping import reach_map
    from traitdunion.networks.catalogue_trips import with_catalogue_trips
    from traitdunion.networks.streets import streets_over
    from traitdunion.territory.home import home_departement
    from traitdunion.territory.queries import communes_of

    timetable = with_catalogue_trips(network.timetable)
    around = communes_of([home_departement()], beside=situation.home.code_insee)
    works = [
        Place(commune.nom, commune.lat, commune.lon, commune.code_insee)
        for commune in around.communes
    ]
    codes = [situation.home.code_insee, *(work.code_insee for work in works)]
    return reach_map(
        situation,
        works,
        timetable=timetable,
        solutions=published_around(codes, on=first_day(situation)).solutions,
        epci_of=around.epci.get,
        places_of=around.places.get,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        book=rules_in_force(),
    )


def boundary_texts(departements: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the code and the outline (GeoJSON) of communes, for those that have one."""
    from traitdunion.territory.models import Commune

    rows = Commune.objects.filter(departement_id__in=departements).exclude(boundary=None)
    pairs = rows.order_by("code_insee").values_list("code_insee", "boundary")
    return tuple((code, boundary) for code, boundary in pairs if boundary)


def people_of(codes: Iterable[str]) -> dict[str, int]:
    """Return the population of communes, for those whose it is known."""
    from traitdunion.territory.models import Commune

    rows = Commune.objects.filter(code_insee__in=list(codes)).exclude(population=None)
    return dict(rows.values_list("code_insee", "population"))


def job_places() -> Mapping[str, int]:
    """Return the jobs of each commune by its code, where a room above the desk counts them."""
    from .reach_map import jobs

    return jobs.jobs_by_commune()


def commune_named(text: str) -> Any:
    """Return a commune written exactly (name, "Nom (43)" or code INSEE); raises UnknownCommune."""
    from traitdunion.territory import queries

    return queries.commune_named(text)


def place_named(text: str) -> Any:
    """Return the commune, address, stop or site that a text names; raises a LookupError."""
    from traitdunion.networks import places

    return places.place_named(text, _timetable())


def search_places(text: str, *, limit: int = 8) -> Sequence[Any]:
    """Return the places that a text may be the beginning of, best first."""
    from traitdunion.networks import places

    return places.suggestions(text, _timetable(), limit=limit)


def given_out(place: Any) -> str:
    """Return the commune that is named instead of an address, a hamlet or a point.

    "" for what may be given out as it is: a commune, a stop, the site of an employer.
    """
    from traitdunion.networks.places import PlaceKind

    if getattr(place, "kind", None) not in (
        PlaceKind.ADRESSE, PlaceKind.LIEU_DIT, PlaceKind.POINT,
    ):  # fmt: skip
        return ""
    try:
        return commune_label(commune_named(place.code_insee))
    except LookupError:
        return str(place.commune)


def _timetable() -> Any:
    try:
        return active_network().timetable
    except NoNetworkError:
        return None


def taken_among_homonyms(text: str, commune: Any) -> str:
    """Return which commune was taken for a text that others answer to, "" if it is the only one."""
    from traitdunion.territory import queries

    return queries.taken_among_homonyms(text, commune)


def search_communes(text: str, *, limit: int = 8) -> Sequence[Any]:
    """Return communes whose name or postal code begins like `text`, best first."""
    from traitdunion.territory import queries

    return queries.search_communes(text, limit=limit)


def boundaries_near(codes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the GeoJSON features of the communes of the départements of `codes`, where known."""
    from traitdunion.territory.models import Commune

    communes = Commune.objects.filter(code_insee__in=codes).values_list("departement_id", flat=True)
    return _boundaries_of(list(communes))


def boundaries_of_home() -> list[dict[str, Any]]:
    """Return the GeoJSON features of the communes of the département that the site serves."""
    from traitdunion.territory.home import home_departement

    return _boundaries_of([home_departement()])


def _boundaries_of(departements: Sequence[str]) -> list[dict[str, Any]]:
    from traitdunion.territory.models import Commune

    rows = Commune.objects.filter(departement_id__in=departements).exclude(boundary=None)
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
    """Name and département, as written in the field: "Langeac (43)"; a place has its own label."""
    if hasattr(commune, "kind"):
        return str(commune.label)
    code = commune.code_insee
    return f"{commune.nom} ({code[:3] if code.startswith('97') else code[:2]})"

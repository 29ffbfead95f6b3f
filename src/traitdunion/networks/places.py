"""Any place as a person writes it: commune, address, hamlet, stop, site, or coordinates.

A commune alone is its centre; everything else is a point of its own. Used by the question, by its
completion as one types, and by the command line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from django.conf import settings

from traitdunion.reach import Timetable
from traitdunion.territory import queries
from traitdunion.territory.addresses.searching import FoundAddress, Preference, address_index
from traitdunion.territory.addresses.words import asked_address, spelled, telling
from traitdunion.territory.home import home_departement
from traitdunion.territory.models import Commune, Site
from traitdunion.territory.names import fold
from traitdunion.territory.points import commune_at_point

LIMIT = 8
SAME_STOP_DEG = 0.006
MAX_STOPS = 200
POINT = re.compile(r"(-?\d{1,2}(?:\.\d+)?)\s*[,;]\s*(-?\d{1,3}(?:\.\d+)?)")
STOP = re.compile(r"(?:arr[eê]t|gare)\s*:?\s+(.+)", re.IGNORECASE)
ARRET = "Arrêt "
MAX_SITES = 4096


class PlaceKind(StrEnum):
    """What a place is."""

    COMMUNE = "commune"
    ADRESSE = "adresse"
    LIEU_DIT = "lieu_dit"
    ARRET = "arret"
    SITE = "site"
    POINT = "point"


class Named(Protocol):
    """What a commune and a place have in common for those who show and search them."""

    @property
    def nom(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def code_insee(self) -> str: ...


@dataclass(frozen=True)
class NamedPlace:
    """A point named otherwise than by its commune alone; degrees in WGS 84.

    `label` names it again when it is typed; `nom` is for a heading. `note`: what to know of its
    position, as a number that the street does not have; "" for nothing.
    """

    kind: PlaceKind
    label: str
    nom: str
    lat: float
    lon: float
    code_insee: str
    commune: str
    note: str = ""


class UnknownPlace(LookupError):
    """No place bears this name, or several do; `suggestions` are those that come near."""

    def __init__(self, message: str, suggestions: Sequence[Named] = ()) -> None:
        super().__init__(message)
        self.suggestions = list(suggestions)


class _Stop(NamedTuple):
    key: str
    name: str
    stop_id: str
    lat: float
    lon: float


def place_named(text: str, timetable: Timetable | None = None) -> Commune | NamedPlace:
    """Return the one place that a text names; raises a LookupError with `.suggestions`."""
    text = text.strip()
    for place in (_point(text), _stop_named(text, timetable), _site_named(text)):
        if place is not None:
            return place
    try:
        return queries.commune_named(text)
    except queries.UnknownCommune as unknown:
        addresses = _addresses(text)
        exact = [address for address in addresses if _is_named(text, address)]
        if len(exact) == 1:
            return exact[0]
        near: list[Named] = [*(exact or addresses), *unknown.suggestions]
        if not addresses:
            near += places_begun(text, timetable, limit=LIMIT)
        raise UnknownPlace(str(unknown), _once(near)) from unknown


def suggestions(text: str, timetable: Timetable | None, *, limit: int = LIMIT) -> list[Named]:
    """Return the places that a text may be the beginning of.

    Communes come first; where a text has a house number, addresses do.
    """
    communes: list[Named] = list(queries.search_communes(text, limit=limit))
    others = places_begun(text, timetable, limit=limit)
    if asked_address(text).numero and others:
        return _once([*others, *communes])[:limit]
    kept = communes[: max(limit - min(len(others), limit // 2), 1)]
    exact = [place for place in communes if fold(place.nom) == fold(text)]
    return _once([*exact, *kept, *others, *communes])[:limit]


def places_begun(text: str, timetable: Timetable | None, *, limit: int) -> list[Named]:
    """Return the sites, the addresses and the stops that a text may begin."""
    begun: list[Named] = [*_sites(text)[:2]]
    begun += _addresses(text)[:limit]
    begun += _of_stops(_stops_begun(text, timetable)[:3])
    return begun


# --- coordinates ----------------------------------------------------------------------------


def _point(text: str) -> NamedPlace | None:
    coordinates = POINT.fullmatch(text)
    if not coordinates:
        return None
    lat, lon = float(coordinates[1]), float(coordinates[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise UnknownPlace(f"Coordonnées impossibles : « {text} » (latitude, longitude).")
    commune = commune_at_point(lat, lon)
    if commune is None:
        raise UnknownPlace(f"Aucune commune n'est connue près du point {text}.")
    return NamedPlace(
        PlaceKind.POINT, f"{lat:.5f}, {lon:.5f}", f"point choisi, {commune.nom}", lat, lon,
        commune.code_insee, commune.nom,
    )  # fmt: skip


# --- addresses ------------------------------------------------------------------------------


def _addresses(text: str) -> list[NamedPlace]:
    index = address_index(settings.TRAITDUNION_DATA_DIR)
    if index is None:
        return []
    preferred = Preference((home_departement(), *queries.neighbours_of_home()))
    return list(map(_of_address, index.search(text, limit=LIMIT, preference=preferred)))


def _of_address(address: FoundAddress) -> NamedPlace:
    kind = PlaceKind.LIEU_DIT if address.is_lieu_dit else PlaceKind.ADRESSE
    note = ""
    if address.asked_numero:
        taken = (
            f"le {address.numero}, le plus proche," if address.numero else "le milieu de la voie"
        )
        note = f"Le numéro {address.asked_numero} n'est pas connu : {taken} est pris."
    named = f"{address.numero} {address.name}".strip()
    return NamedPlace(
        kind, address.label, f"{named}, {address.commune}", address.lat, address.lon,
        address.code_insee, address.commune, note,
    )  # fmt: skip


def _is_named(text: str, place: NamedPlace) -> bool:
    """Return whether a text has every word of the street, and no word but those of the address."""
    street, _, town = place.label.rpartition(", ")
    asked = set(telling(asked_address(text).words))
    named = set(telling(asked_address(street).words))
    around = {word for word in spelled(f"{town} {place.commune}") if not word.isdigit()}
    postcode = asked_address(text).postcode
    return named <= asked <= named | around and (not postcode or postcode in town)


# --- sites ----------------------------------------------------------------------------------


def _site_named(text: str) -> NamedPlace | None:
    key = fold(text)
    # Names alone are read: there may be hundreds of sites, and most texts name a commune.
    for code, employeur, nom in Site.objects.values_list("code", "employeur", "nom"):
        if key and key in _site_keys(code, employeur, nom):
            return _of_site(Site.objects.select_related("commune").get(code=code))
    return None


@lru_cache(MAX_SITES)
def _site_keys(code: str, employeur: str, nom: str) -> tuple[str, str]:
    return fold(f"{employeur}, {nom}"), fold(code.replace("-", " "))


def _sites(text: str) -> list[NamedPlace]:
    words = fold(text).split()
    if not any(len(word) > 2 for word in words):
        return []
    return [
        _of_site(site)
        for site in Site.objects.select_related("commune")
        if _begin(words, fold(f"{site.employeur} {site.nom} {site.commune.nom}").split())
    ]


def _of_site(site: Site) -> NamedPlace:
    note = "" if site.precis else f"L'entrée n'est pas située : le centre de {site.commune.nom}."
    return NamedPlace(
        PlaceKind.SITE, str(site), str(site), site.lat, site.lon, site.commune_id,
        site.commune.nom, note,
    )  # fmt: skip


def _begin(words: Sequence[str], others: Iterable[str]) -> bool:
    """Return whether every word begins one of the others."""
    others = list(others)
    return all(any(other.startswith(word) for other in others) for word in words)


# --- stops ----------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _stops(timetable: Timetable) -> tuple[_Stop, ...]:
    """Return the stops where vehicles call, those of one name close together once."""
    kept: dict[tuple[str, int, int], _Stop] = {}
    names = timetable.stops["name"].to_list()
    lats, lons = (timetable.arrays[name].tolist() for name in ("stop_lat", "stop_lon"))
    ids = timetable.stop_ids
    for row in timetable.is_served.nonzero()[0].tolist():
        key = fold(names[row])
        cell = key, round(lats[row] / SAME_STOP_DEG), round(lons[row] / SAME_STOP_DEG)
        kept.setdefault(cell, _Stop(key, names[row], ids[row], lats[row], lons[row]))
    return tuple(kept.values())


def _stops_begun(text: str, timetable: Timetable | None) -> list[_Stop]:
    if timetable is None:
        return []
    named = STOP.fullmatch(text)
    words = fold(named[1] if named and text.lower().startswith("arr") else text).split()
    if not any(len(word) > 2 for word in words):
        return []
    stops = [stop for stop in _stops(timetable) if _begin(words, stop.key.split())]
    return sorted(stops, key=lambda stop: len(stop.key))


def _stop_named(text: str, timetable: Timetable | None) -> NamedPlace | None:
    """Return the stop of an id, or of a name after « Arrêt » and its commune if given."""
    if timetable is None:
        return None
    if text in (ids := timetable.stop_ids):
        row = ids.index(text)
        lat, lon = (float(timetable.arrays[name][row]) for name in ("stop_lat", "stop_lon"))
        return _of_stops([_Stop("", timetable.stop_name(row), text, lat, lon)])[0]
    named = STOP.fullmatch(text)
    if not named or not text.lower().startswith("arr"):
        return None
    name, _, town = named[1].rpartition(", ")
    exact = [stop for stop in _stops(timetable) if stop.key in (fold(name), fold(named[1]))]
    places = _of_stops(exact[:MAX_STOPS])
    if town:
        places = [place for place in places if fold(place.commune) == fold(_bare(town))] or places
    if len(places) == 1:
        return places[0]
    if places:
        raise UnknownPlace(f"Plusieurs arrêts s'appellent « {named[1]} ».", places[:LIMIT])
    near = _of_stops(_stops_begun(text, timetable)[:LIMIT])
    raise UnknownPlace(f"Aucun arrêt ne s'appelle « {named[1]} ».", near)


def _bare(town: str) -> str:
    return re.sub(r"\s*\(.*\)$", "", town)


@lru_cache(maxsize=4096)
def _commune_once(lat: float, lon: float, digest: str) -> tuple[str, str]:
    return _commune_of(lat, lon)


def _commune_of(lat: float, lon: float) -> tuple[str, str]:
    commune = commune_at_point(lat, lon)
    return (commune.code_insee, commune.nom) if commune else ("", "")


def _of_stops(stops: Sequence[_Stop]) -> list[NamedPlace]:
    """Return stops with their communes, read once an edition of the territory."""
    digest = queries.edition_digest() if stops else ""
    return [_of_stop(stop, digest) for stop in stops]


def _of_stop(stop: _Stop, digest: str) -> NamedPlace:
    lat, lon = stop.lat, stop.lon
    code, town = _commune_once(lat, lon, digest) if digest else _commune_of(lat, lon)
    label = f"{ARRET}{stop.name}, {town}" if town else f"{ARRET}{stop.name}"
    return NamedPlace(PlaceKind.ARRET, label, f"arrêt {stop.name}, {town}".rstrip(", "),
                      stop.lat, stop.lon, code, town)  # fmt: skip


def _once(places: Iterable[Named]) -> list[Named]:
    """Return places without those that a label names already."""
    kept: dict[Any, Named] = {}
    for place in places:
        kept.setdefault((place.label, place.code_insee), place)
    return list(kept.values())


def notes(places: Iterable[Named]) -> Iterator[str]:
    """Yield what to know of the position of places."""
    for place in places:
        if isinstance(place, NamedPlace) and place.note:
            yield place.note

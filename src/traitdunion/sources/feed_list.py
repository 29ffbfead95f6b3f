"""The list of feeds to download, as YAML: where each is, who publishes it, under which licence."""

import re
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from .bounded import yaml_document

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
REQUIRED = ("name", "title", "publisher", "licence", "url", "why")
ADDRESSES = ("url", "page", "trip_updates", "service_alerts")


class FeedListError(ValueError):
    """The list cannot be used; `mistakes` are French sentences, all of them."""

    def __init__(self, path: Path, mistakes: list[str]) -> None:
        super().__init__(f"{path.name} : {' '.join(mistakes)}")
        self.mistakes = mistakes


@dataclass(frozen=True)
class ListedFeed:
    """One feed: `name` is its folder and what people type, `title` what they read.

    `page`: where people read about it; `trip_updates` and `service_alerts`: GTFS-Realtime.
    """

    name: str
    title: str
    publisher: str
    licence: str
    url: str
    why: str
    departements: tuple[str, ...] = ()
    page: str = ""
    trip_updates: str = ""
    service_alerts: str = ""


@dataclass(frozen=True)
class FeedList:
    """The feeds of a territory, in the order in which they are compiled."""

    title: str
    feeds: tuple[ListedFeed, ...]


def read_feed_list(path: Path) -> FeedList:
    """Read and check a list; raises FeedListError with everything that is wrong in it."""
    try:
        listed = yaml_document(path)
    except FileNotFoundError as absent:
        why = (
            f"ce fichier n'existe pas ({path}). Écrivez la liste des flux de votre territoire, et "
            "donnez son chemin par TRAITDUNION_FEEDS."
        )
        raise FeedListError(path, [why]) from absent
    except (yaml.YAMLError, ValueError) as unreadable:  # ValueError: a date that does not exist
        raise FeedListError(path, [f"YAML illisible ({unreadable})."]) from unreadable
    if (
        not isinstance(listed, dict)
        or not isinstance(listed.get("feeds"), list)
        or not listed["feeds"]
    ):
        raise FeedListError(path, ["écrivez « title » et une liste « feeds » d'au moins un flux."])
    mistakes = [m for n, entry in enumerate(listed["feeds"], 1) for m in _mistakes(n, entry)]
    if not str(listed.get("title") or "").strip():
        mistakes.append("il manque « title », le nom du territoire.")
    if not mistakes:
        names = Counter(entry["name"] for entry in listed["feeds"])
        mistakes = [f"« {name} » est pris {n} fois." for name, n in names.items() if n > 1]
    if mistakes:
        raise FeedListError(path, mistakes)
    return FeedList(str(listed["title"]), tuple(_feed(entry) for entry in listed["feeds"]))


def _mistakes(number: int, entry: Any) -> list[str]:
    if not isinstance(entry, dict):
        return [f"flux n° {number} : écrivez ses champs, un par ligne."]
    label = f"flux n° {number} ({entry.get('name') or 'sans nom'})"
    known = {field.name for field in fields(ListedFeed)}
    faults = [f"{label} : champ inconnu « {key} »." for key in entry if key not in known]
    for key in REQUIRED:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            faults.append(f"{label} : il manque « {key} ».")
    if isinstance(entry.get("name"), str) and not NAME.fullmatch(entry["name"]):
        faults.append(f"{label} : « name » s'écrit en minuscules, chiffres et traits d'union.")
    for key in ADDRESSES:
        value = entry.get(key) or "https://"
        if not str(value).startswith(("https://", "http://")):
            faults.append(f"{label} : « {key} » n'est pas une adresse http ou https.")
    if not isinstance(entry.get("departements", []), list):
        faults.append(f"{label} : « departements » est une liste de codes.")
    return faults


def _feed(entry: dict[str, Any]) -> ListedFeed:
    texts = {key: str(value) for key, value in entry.items() if key != "departements"}
    return ListedFeed(**texts, departements=tuple(map(str, entry.get("departements", []))))

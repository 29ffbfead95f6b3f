"""A shared fleet in GBFS (2.0 to 3.1), as draft entries: one per kind of vehicle.

Read: the system, its stations, its kinds of vehicles and its price plans. How many vehicles are
there now is left out: the catalogue holds what lasts. What cannot be taken as is is noted, file
and field, with what to do; the rest comes in.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.text import slugify

from traitdunion import french
from traitdunion.sources.bounded import number_from, parse_json, unzipped
from traitdunion.sources.downloads import DownloadError, Limits, WrongContent, download
from traitdunion.sources.public_addresses import Network

from ..entries import Content
from ..enums import ModePrete, PermisRequis, Propulsion, TypeSolution
from ..opening_hours import MAX_LENGTH, is_readable
from .batch import Batch, FileError, Read, Row, reader
from .plausible import place_problem

READ = ("system_information", "vehicle_types", "station_information", "system_pricing_plans")
KEPT = frozenset({"gbfs", *READ})
LIMITS = Limits(total_s=15, silence_s=5, size_bytes=10_000_000, pauses_s=())
MAX_NUMBER = 10**9
"""Larger numbers are no length, price or coordinate, and would not fit in a column."""
SLOW_CAR_KMH = 45
"""Fastest a car is that needs no licence B (Code de la route, art. R. 311-1, quadricycle léger)."""

Fetch = Callable[[str], bytes]
Files = Mapping[str, Any]


# -- files ---------------------------------------------------------------------------------------


@reader("ce flux GBFS")
def read_gbfs(content: bytes) -> Batch:
    """Read the fleets of an archive of GBFS files. Raises FileError where it is none."""
    return read_files(_unzipped(content))


@reader("ce flux GBFS")
def read_gbfs_at(url: str, fetch: Fetch | None = None) -> Batch:
    """Read the fleets of the feed whose gbfs.json is at an address. Raises FileError."""
    fetch = fetch or fetch_web
    index = _json("gbfs.json", _fetched(fetch, url, "gbfs.json"))
    addresses = _addresses(index)
    files = {"gbfs": index}
    for name in READ:
        if name in addresses:
            files[name] = _json(f"{name}.json", _fetched(fetch, addresses[name], f"{name}.json"))
    return read_files(files, url=url)


def fetch_web(url: str, network: Network | None = None) -> bytes:
    """Fetch a small file of the open web; inner addresses are refused. Raises DownloadError."""
    more = {} if network is None else {"network": network}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        download(url, path, called=url, check=_not_empty, limits=LIMITS, **more)
        return path.read_bytes()


def _not_empty(path: Path) -> None:
    if not path.stat().st_size:
        raise WrongContent("la réponse est vide", transient=True)


def _fetched(fetch: Fetch, url: str, name: str) -> bytes:
    try:
        return fetch(url)
    except DownloadError as failed:
        raise FileError([f"{name} : {failed.reason}"]) from failed


def _unzipped(content: bytes) -> dict[str, Any]:
    """Return the documents of an archive by their names; of several languages, French first."""
    parts = [
        (PurePosixPath(name), part) for name, part in unzipped(content, suffixes=(".json",)).items()
    ]
    # The last one of a name wins: files of another language come before the French ones.
    parts.sort(key=lambda part: "fr" in part[0].parts)
    return {path.stem: _json(str(path), part) for path, part in parts if path.stem in KEPT}


def _json(name: str, content: bytes) -> Any:
    return parse_json(content, called=name, decimals=True)


def _addresses(document: Any) -> dict[str, str]:
    """Return the addresses of the files of a feed; until GBFS 2, by language, French first."""
    data = _data(document)
    if "feeds" not in data:
        languages = [feed for feed in data.values() if isinstance(feed, dict)]
        data = data.get("fr") or next(iter(languages), {})
    feeds = data.get("feeds") if isinstance(data, dict) else None
    named = {
        str(feed.get("name")): str(feed.get("url"))
        for feed in (feeds if isinstance(feeds, list) else [])
        if isinstance(feed, dict)
    }
    if "system_information" not in named:
        raise FileError(
            ["gbfs.json, champ « data.feeds » : il ne nomme pas system_information. "
             "Donnez l'adresse du fichier gbfs.json du flux."]
        )  # fmt: skip
    return named


def _data(document: Any) -> dict[str, Any]:
    data = document.get("data") if isinstance(document, dict) else None
    return data if isinstance(data, dict) else {}


def _rows(files: Files, name: str, key: str) -> list[dict[str, Any]]:
    rows = _data(files.get(name)).get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


# -- from its documents to entries ---------------------------------------------------------------


@dataclass
class Notes:
    """What was not taken as it is written: file, field, why, and what to do."""

    messages: list[str] = field(default_factory=list)

    def add(self, file: str, where: str, why: str, advice: str) -> None:
        self.messages.append(f"{file}.json, champ « {where} » : {why} {advice}")


@dataclass(frozen=True)
class Kind:
    """A kind of vehicle as the catalogue names it; `row` is that of the feed."""

    mode: ModePrete
    permis: str
    row: Mapping[str, Any]


def read_files(files: Files, url: str = "") -> Batch:
    """Return the entries of the documents of a feed; `url` is where it is published. Raises
    FileError.
    """
    system = _data(files.get("system_information"))
    _need(files, system)
    kinds, left = _kinds(files)
    structure = _structure(system)
    groups: dict[ModePrete, Kind] = {}
    for kind in kinds:
        groups.setdefault(kind.mode, kind)
    reads = [
        _entry(kind, files, system, structure, url, several=len(groups) > 1)
        for kind in groups.values()
    ]
    return Batch([structure], [*reads, *left])


def _need(files: Files, system: dict[str, Any]) -> None:
    if "system_information" not in files:
        raise FileError(
            ["Il manque system_information.json : réunissez tous les fichiers du flux."]
        )
    problems = [
        f"system_information.json, champ « data.{name} » : il manque. Demandez-le au producteur."
        for name in ("system_id", "name")
        if not _text_in_french(system.get(name))
    ]
    if problems:
        raise FileError(problems)


def _kinds(files: Files) -> tuple[list[Kind], list[Read]]:
    """Return the kinds of vehicles, bicycles if none is given, and those the catalogue lacks."""
    rows = _rows(files, "vehicle_types", "vehicle_types")
    if not rows:
        return [Kind(ModePrete.VELO, "", {})], []
    kinds, left = [], []
    for row in rows:
        kind = _kind(row)
        if kind is not None:
            kinds.append(kind)
            continue
        form = str(row.get("form_factor"))
        name = _text_in_french(row.get("name")) or str(row.get("vehicle_type_id", "?"))
        why = f"« {form} » : le catalogue n'a pas ce genre de véhicule."
        left.append(Read(f"vehicle_types.json, {name}", "", {"nom": name}, [], why))
    return kinds, left


def _kind(row: Mapping[str, Any]) -> Kind | None:
    form, electric = str(row.get("form_factor")), "electric" in str(row.get("propulsion_type"))
    if form in ("bicycle", "cargo_bicycle"):
        return Kind(ModePrete.VAE if electric else ModePrete.VELO, "", row)
    if form in ("moped", "scooter_seated"):
        return Kind(ModePrete.SCOOTER, PermisRequis.AM.value, row)
    if form == "car":
        slow = (_decimal_from(row.get("max_permitted_speed")) or SLOW_CAR_KMH + 1) <= SLOW_CAR_KMH
        if slow:
            return Kind(ModePrete.VOITURETTE, PermisRequis.AM.value, row)
        return Kind(ModePrete.VOITURE, PermisRequis.B.value, row)
    return None


def _structure(system: Mapping[str, Any]) -> Row:
    name = _text_in_french(system.get("operator")) or _text_in_french(system.get("name"))
    return {
        "id": slugify(name)[:80],
        "nom": name[:150],
        "site": str(system.get("url") or "")[:200],
        "telephone": _phone(system.get("phone_number")),
        "courriel": str(system.get("email") or "")[:254],
    }


def _entry(
    kind: Kind,
    files: Files,
    system: Mapping[str, Any],
    structure: Row,
    url: str,
    *,
    several: bool,
) -> Read:
    notes = Notes()
    name, label = _text_in_french(system.get("name")), kind.mode.label.lower()
    stops = sorted(_stations(files, notes), key=lambda row: json.dumps(row, sort_keys=True))
    count = f"{len(stops)} station{french.plural(len(stops))}" if stops else "sans station"
    content: Content = {
        "structure": structure["id"],
        "nom": (f"{name}, {label}" if several else name)[:150],
        "type_solution": TypeSolution.AUTOPARTAGE.value,
        "mode": kind.mode.value,
        "permis_requis": kind.permis,
        "description": f"{kind.mode.label} en libre-service, {count}.",
        "reference": f"gbfs--{system['system_id']}--{kind.mode.value}"[:150],
        "horaires_service": _hours(system, notes),
        "lien_mobilisation": str(system.get("purchase_url") or system.get("url") or "")[:200],
        "arrets": stops,
        "distance_max_km": _range_km(kind),
        "detail": _detail(kind, url, notes),
        **_prices(kind, files, notes),
    }
    return Read(f"système {system['system_id']}, {label}", "", content, sorted(content),
                notes=notes.messages)  # fmt: skip


def _detail(kind: Kind, url: str, notes: Notes) -> Content:
    propulsion = str(kind.row.get("propulsion_type") or "human")
    if propulsion not in Propulsion.values:
        notes.add(
            "vehicle_types", "propulsion_type", f"« {propulsion} » n'a pas de nom ici.",
            "Choisissez l'énergie dans la fiche.",
        )  # fmt: skip
        propulsion = ""
    back = {"roundtrip_station": True, "any_station": False, "free_floating": False}
    values = {
        "propulsion": propulsion,
        "gbfs_url": url,
        "retour_meme_lieu": back.get(str(kind.row.get("return_constraint"))),
        "age_min": _whole_number(kind.row.get("min_age")),
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def _stations(files: Files, notes: Notes) -> Iterator[Content]:
    """Yield the stations with a name and a place; the others are noted."""
    file, seen = "station_information", set()
    for i, row in enumerate(_rows(files, file, "stations")):
        where = f"data.stations[{i}]"
        name, lat, lon = (
            _text_in_french(row.get("name")),
            _decimal_from(row.get("lat")),
            _decimal_from(row.get("lon")),
        )
        if not name:
            notes.add(file, f"{where}.name", "il manque.", "Cette station est laissée : nommez-la.")
        elif lat is None or lon is None:
            place = f"{row.get('lat')}, {row.get('lon')}"[:60]
            notes.add(
                file, f"{where}.lat", f"« {place} » n'est pas un lieu (station « {name} »).",
                "Cette station est laissée : corrigez ses coordonnées.",
            )  # fmt: skip
        elif why := place_problem(float(lat), float(lon)):
            notes.add(
                file, f"{where}.lat", f"{why} (station « {name[:60]} »)",
                "Elle est laissée.",
            )  # fmt: skip
        elif (name, lat, lon) in seen:
            notes.add(
                file, where, f"« {name} » est deux fois au même endroit.",
                "Une seule est gardée.",
            )  # fmt: skip
        else:
            seen.add((name, lat, lon))
            yield {"nom": name[:120], "lat": float(lat), "lon": float(lon), "ordre": 0,
                   "aller": None, "retour": None}  # fmt: skip


def _hours(system: Mapping[str, Any], notes: Notes) -> str:
    """Return the hours of the service, which the system may give since GBFS 3."""
    hours = str(system.get("opening_hours") or "").strip()
    if not hours:
        return ""
    if len(hours) > MAX_LENGTH or not is_readable(hours):
        notes.add(
            "system_information", "data.opening_hours", f"« {hours[:100]} » n'est pas compris.",
            "Écrivez les heures du service dans la fiche.",
        )  # fmt: skip
        return ""
    return hours


def _range_km(kind: Kind) -> str | None:
    metres = _decimal_from(kind.row.get("max_range_meters"))
    return None if not metres else str((metres / 1000).quantize(Decimal("0.1")))


# -- prices --------------------------------------------------------------------------------------

SEGMENTS = (("per_km_pricing", "km"), ("per_min_pricing", "minute"))


def _prices(kind: Kind, files: Files, notes: Notes) -> Content:
    """Return the price columns where one amount is the whole price; the plan in words, always.

    A trip that costs something at once and then by the minute has no single amount: a column would
    be too little.
    """
    plan = _plan(kind, files, notes)
    if plan is None:
        return {}
    words = _in_words(plan)
    prices: Content = {"tarif_precisions": words[:1000]}
    base = _decimal_from(plan.get("price"))
    steps = {key: _steps(plan, key) for key, _ in SEGMENTS}
    if plan.get("currency") != "EUR":
        notes.add(
            "system_pricing_plans", "currency", f"« {plan.get('currency')} » n'est pas l'euro.",
            "Écrivez les prix dans la fiche.",
        )  # fmt: skip
        return prices
    if base is None:
        notes.add("system_pricing_plans", "price", f"« {plan.get('price')} » n'est pas un montant.",
                  "Écrivez les prix dans la fiche.")  # fmt: skip
        return prices
    if any(base > 0 for base in (base, *(step[1] for rows in steps.values() for step in rows))):
        prices["frais"] = "payant"
    each = [key for key, _ in SEGMENTS if steps[key]]
    if not each:
        return prices | ({"par_trajet_eur": _cents(base)} if base else {"frais": "gratuit"})
    if base or not all(_is_plain(steps[key]) for key in each):
        notes.add(
            "system_pricing_plans", "data.plans", "ce tarif a plusieurs parts.",
            "Il est écrit en toutes lettres ; aucun montant n'est compté dans les réponses.",
        )  # fmt: skip
        return prices
    columns = {"per_km_pricing": ("par_km_eur", 1), "per_min_pricing": ("par_heure_eur", 60)}
    for key in each:
        (_, rate, interval) = steps[key][0]
        column, unit = columns[key]
        prices[column] = _cents(rate * unit / interval)
    return prices


def _is_plain(steps: Sequence[tuple[Decimal, Decimal, Decimal]]) -> bool:
    """Return True where one rate holds from the first unit to the last."""
    (start, _, interval), *others = steps
    return not others and not start and interval > 0


def _plan(kind: Kind, files: Files, notes: Notes) -> Mapping[str, Any] | None:
    """Return the plan of a kind of vehicle: its own, else the only one."""
    plans = _rows(files, "system_pricing_plans", "plans")
    named = kind.row.get("default_pricing_plan_id")
    own = next((plan for plan in plans if named and plan.get("plan_id") == named), None)
    if named and own is None and plans:
        notes.add("vehicle_types", "default_pricing_plan_id", f"il n'y a pas de tarif « {named} ».",
                  "Écrivez les prix dans la fiche.")  # fmt: skip
    if own is None and not named and len(plans) > 1:
        names = ", ".join(_text_in_french(plan.get("name")) for plan in plans)
        notes.add("system_pricing_plans", "data.plans", f"plusieurs tarifs ({names}).",
                  "Écrivez celui qui vaut dans la fiche.")  # fmt: skip
    return own or (plans[0] if len(plans) == 1 and not named else None)


def _steps(plan: Mapping[str, Any], key: str) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Start, rate and interval of each segment, those that cannot be read left out."""
    rows = plan.get(key)
    steps = [
        (
            _decimal_from(segment.get("start")),
            _decimal_from(segment.get("rate")),
            _decimal_from(segment.get("interval")),
        )
        for segment in (rows if isinstance(rows, list) else [])
        if isinstance(segment, dict)
    ]
    return [
        (start, rate, Decimal(1) if interval is None else interval)
        for start, rate, interval in steps
        if start is not None and rate is not None
    ]


def _in_words(plan: Mapping[str, Any]) -> str:
    """Write a plan in words: "Tarif du jour : 1 EUR par trajet ; 0,20 EUR par minute. Texte."."""
    currency = str(plan.get("currency") or "")
    parts = []
    base = _decimal_from(plan.get("price"))
    if base:
        parts.append(f"{_amount(base)} {currency} par trajet")
    for key, unit in SEGMENTS:
        for start, rate, interval in _steps(plan, key):
            each = f"par {unit}" if interval == 1 else f"toutes les {_amount(interval)} {unit}s"
            if interval == 0:
                each = "une fois"
            after = f" à partir de {_amount(start)} {unit}{french.plural(start)}" if start else ""
            parts.append(f"{_amount(rate)} {currency} {each}{after}")
    name, text = _text_in_french(plan.get("name")), _text_in_french(plan.get("description"))
    wording = f"{name} : {' ; '.join(parts)}." if parts else f"{name}."
    return f"{wording} {text}".strip()


def _amount(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _cents(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01")))


# -- values --------------------------------------------------------------------------------------


def _text_in_french(value: Any) -> str:
    """Return a text, or of several languages the French one, else the first."""
    if isinstance(value, list):
        texts = {
            str(translated.get("language")): str(translated.get("text") or "")
            for translated in value
            if isinstance(translated, dict)
        }
        value = texts.get("fr") or next(iter(_filled(texts.values())), "")
    return " ".join(str(value or "").split())


def _filled(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in texts if text.strip())


def _decimal_from(value: Any) -> Decimal | None:
    """Return a number, given as such or as a text (prices until GBFS 2); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    number = number_from(value) if isinstance(value, str) else Decimal(value)
    return number if number is not None and abs(number) < MAX_NUMBER else None


def _whole_number(value: Any) -> int | None:
    whole = _decimal_from(value)
    return None if whole is None else int(whole)


def _phone(value: Any) -> str:
    """Return a French number as it is dialled at home."""
    text = str(value or "").strip()
    digits = "".join(sign for sign in text if sign.isdigit())
    if text.startswith("+33") and len(digits) == 11:
        return " ".join(f"0{digits[2:]}"[i : i + 2] for i in range(0, 10, 2))
    return text[:30]

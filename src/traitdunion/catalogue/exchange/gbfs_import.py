"""A shared fleet told in GBFS (2.0 to 3.1), as draft entries: one per kind of vehicle.

Read: the system, its stations, its kinds of vehicles and its price plans. How many vehicles are
there now is left: the catalogue tells what lasts. What cannot be taken as it is said is told, file
and field, with what to do; the rest comes in.
"""

import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from traitdunion.sources.downloads import DownloadError, Limits, WrongContent, download
from traitdunion.sources.public_addresses import Network

from ..entries import Content
from ..enums import ModePrete, PermisRequis, Propulsion, TypeSolution
from ..opening_hours import validate_opening_hours
from .batch import Batch, FileError, Read, Row

READ = ("system_information", "vehicle_types", "station_information", "system_pricing_plans")
LARGEST_BYTES = 50_000_000
LIMITS = Limits(total_s=15, silence_s=5, size_bytes=10_000_000, pauses_s=())
SLOW_CAR_KMH = 45
"""Fastest a car is that needs no licence B (Code de la route, art. R. 311-1, quadricycle léger)."""

Fetch = Callable[[str], bytes]
Files = Mapping[str, Any]


# -- files ---------------------------------------------------------------------------------------


def read_gbfs(text: bytes) -> Batch:
    """Fleets of an archive of GBFS files. Raises FileError where it is none."""
    return read_files(_unzipped(text))


def read_gbfs_at(url: str, fetch: Fetch | None = None) -> Batch:
    """Fleets of the feed whose gbfs.json is at an address. Raises FileError."""
    fetch = fetch or fetch_web
    found = _json("gbfs.json", _fetched(fetch, url, "gbfs.json"))
    addresses = _addresses(found)
    files = {"gbfs": found}
    for name in READ:
        if name in addresses:
            files[name] = _json(f"{name}.json", _fetched(fetch, addresses[name], f"{name}.json"))
    return read_files(files, url=url)


def fetch_web(url: str, network: Network | None = None) -> bytes:
    """A small file of the open web; inner addresses are refused. Raises DownloadError."""
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


def _unzipped(text: bytes) -> dict[str, Any]:
    """Documents of an archive by their names; of several languages, French first."""
    try:
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            inside = [one for one in archive.infolist() if one.filename.endswith(".json")]
            if sum(one.file_size for one in inside) > LARGEST_BYTES:
                raise FileError(["L'archive dépasse 50 Mo une fois ouverte."])
            inside.sort(key=lambda one: "fr" in PurePosixPath(one.filename).parts)
            return {
                PurePosixPath(one.filename).stem: _json(one.filename, archive.read(one))
                for one in inside
            }
    except zipfile.BadZipFile as wrong:
        raise FileError(
            ["Ce n'est pas une archive zip : réunissez-y les fichiers JSON du flux."]
        ) from wrong


def _json(name: str, text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as wrong:
        raise FileError(
            [f"{name} : ce n'est pas de l'UTF-8. Demandez-le au producteur."]
        ) from wrong
    except json.JSONDecodeError as wrong:
        where = f"ligne {wrong.lineno}, colonne {wrong.colno}"
        raise FileError(
            [f"{name}, {where} : ce n'est pas du JSON. Vérifiez l'adresse ou le fichier."]
        ) from wrong


def _addresses(found: Any) -> dict[str, str]:
    """Addresses of the files of a feed; until GBFS 2, by language, French first."""
    data = _data(found)
    if "feeds" not in data:
        languages = [one for one in data.values() if isinstance(one, dict)]
        data = data.get("fr") or next(iter(languages), {})
    feeds = data.get("feeds") if isinstance(data, dict) else None
    named = {
        str(one.get("name")): str(one.get("url"))
        for one in (feeds if isinstance(feeds, list) else [])
        if isinstance(one, dict)
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
    return [one for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


# -- what it says --------------------------------------------------------------------------------


@dataclass
class Notes:
    """What was not taken as it is said: file, field, why, and what to do."""

    told: list[str] = field(default_factory=list)

    def add(self, file: str, where: str, why: str, advice: str) -> None:
        self.told.append(f"{file}.json, champ « {where} » : {why} {advice}")


@dataclass(frozen=True)
class Kind:
    """A kind of vehicle as the catalogue names it; `row` is what the feed says of it."""

    mode: ModePrete
    permis: str
    row: Mapping[str, Any]


def read_files(files: Files, url: str = "") -> Batch:
    """Entries of the documents of a feed; `url` is where it is published. Raises FileError."""
    system = _data(files.get("system_information"))
    _need(files, system)
    kinds, left = _kinds(files)
    structure = _structure(system)
    groups: dict[ModePrete, Kind] = {}
    for one in kinds:
        groups.setdefault(one.mode, one)
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
        if not _said(system.get(name))
    ]
    if problems:
        raise FileError(problems)


def _kinds(files: Files) -> tuple[list[Kind], list[Read]]:
    """Kinds of vehicles, and those the catalogue has no place for; none told: bicycles."""
    rows = _rows(files, "vehicle_types", "vehicle_types")
    if not rows:
        return [Kind(ModePrete.VELO, "", {})], []
    found, left = [], []
    for row in rows:
        kind = _kind(row)
        if kind is not None:
            found.append(kind)
            continue
        form = str(row.get("form_factor"))
        name = _said(row.get("name")) or str(row.get("vehicle_type_id", "?"))
        why = f"« {form} » : le catalogue n'a pas ce genre de véhicule."
        left.append(Read(f"vehicle_types.json, {name}", "", {"nom": name}, [], why))
    return found, left


def _kind(row: Mapping[str, Any]) -> Kind | None:
    form, electric = str(row.get("form_factor")), "electric" in str(row.get("propulsion_type"))
    if form in ("bicycle", "cargo_bicycle"):
        return Kind(ModePrete.VAE if electric else ModePrete.VELO, "", row)
    if form in ("moped", "scooter_seated"):
        return Kind(ModePrete.SCOOTER, PermisRequis.AM.value, row)
    if form == "car":
        slow = (_number(row.get("max_permitted_speed")) or SLOW_CAR_KMH + 1) <= SLOW_CAR_KMH
        if slow:
            return Kind(ModePrete.VOITURETTE, PermisRequis.AM.value, row)
        return Kind(ModePrete.VOITURE, PermisRequis.B.value, row)
    return None


def _structure(system: Mapping[str, Any]) -> Row:
    name = _said(system.get("operator")) or _said(system.get("name"))
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
    name, label = _said(system.get("name")), kind.mode.label.lower()
    stops = sorted(_stations(files, notes), key=lambda row: json.dumps(row, sort_keys=True))
    count = f"{len(stops)} station{'s' if len(stops) > 1 else ''}" if stops else "sans station"
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
                notes=notes.told)  # fmt: skip


def _detail(kind: Kind, url: str, notes: Notes) -> Content:
    propulsion = str(kind.row.get("propulsion_type") or "human")
    if propulsion not in Propulsion.values:
        notes.add(
            "vehicle_types", "propulsion_type", f"« {propulsion} » n'a pas de nom ici.",
            "Choisissez l'énergie dans la fiche.",
        )  # fmt: skip
        propulsion = ""
    back = {"roundtrip_station": True, "any_station": False, "free_floating": False}
    told = {
        "propulsion": propulsion,
        "gbfs_url": url,
        "retour_meme_lieu": back.get(str(kind.row.get("return_constraint"))),
        "age_min": _whole(kind.row.get("min_age")),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _stations(files: Files, notes: Notes) -> Iterator[Content]:
    """Stations with a name and a place; the others are told."""
    file, seen = "station_information", set()
    for i, row in enumerate(_rows(files, file, "stations")):
        where = f"data.stations[{i}]"
        name, lat, lon = _said(row.get("name")), _number(row.get("lat")), _number(row.get("lon"))
        if not name:
            notes.add(file, f"{where}.name", "il manque.", "Cette station est laissée : nommez-la.")
        elif lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            place = f"{row.get('lat')}, {row.get('lon')}"
            notes.add(
                file, f"{where}.lat", f"« {place} » n'est pas un lieu (station « {name} »).",
                "Cette station est laissée : corrigez ses coordonnées.",
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
    """Hours of the service, told by the system since GBFS 3."""
    hours = str(system.get("opening_hours") or "")
    try:
        validate_opening_hours(hours)
    except ValidationError:
        notes.add(
            "system_information", "data.opening_hours", f"« {hours} » n'est pas compris.",
            "Écrivez les heures du service dans la fiche.",
        )  # fmt: skip
        return ""
    return hours if len(hours) <= 255 else ""


def _range_km(kind: Kind) -> str | None:
    metres = _number(kind.row.get("max_range_meters"))
    return None if not metres else str((metres / 1000).quantize(Decimal("0.1")))


# -- prices --------------------------------------------------------------------------------------

SEGMENTS = (("per_km_pricing", "km"), ("per_min_pricing", "minute"))


def _prices(kind: Kind, files: Files, notes: Notes) -> Content:
    """The price columns, where one amount tells the whole price; the plan in words, always.

    A trip that costs something at once and then by the minute has no single amount: a column would
    tell too little.
    """
    plan = _plan(kind, files, notes)
    if plan is None:
        return {}
    words = _in_words(plan)
    told: Content = {"tarif_precisions": words[:1000]}
    base = _number(plan.get("price"))
    steps = {key: _steps(plan, key) for key, _ in SEGMENTS}
    if plan.get("currency") != "EUR":
        notes.add(
            "system_pricing_plans", "currency", f"« {plan.get('currency')} » n'est pas l'euro.",
            "Écrivez les prix dans la fiche.",
        )  # fmt: skip
        return told
    if base is None:
        notes.add("system_pricing_plans", "price", f"« {plan.get('price')} » n'est pas un montant.",
                  "Écrivez les prix dans la fiche.")  # fmt: skip
        return told
    if any(base > 0 for base in (base, *(step[1] for rows in steps.values() for step in rows))):
        told["frais"] = "payant"
    each = [key for key, _ in SEGMENTS if steps[key]]
    if not each:
        return told | ({"par_trajet_eur": _cents(base)} if base else {"frais": "gratuit"})
    if base or not all(_is_plain(steps[key]) for key in each):
        notes.add(
            "system_pricing_plans", "data.plans", "ce tarif a plusieurs parts.",
            "Il est écrit en toutes lettres ; aucun montant n'est compté dans les réponses.",
        )  # fmt: skip
        return told
    columns = {"per_km_pricing": ("par_km_eur", 1), "per_min_pricing": ("par_heure_eur", 60)}
    for key in each:
        (_, rate, interval) = steps[key][0]
        column, unit = columns[key]
        told[column] = _cents(rate * unit / interval)
    return told


def _is_plain(steps: Sequence[tuple[Decimal, Decimal, Decimal]]) -> bool:
    """True where one rate holds from the first unit to the last."""
    (start, _, interval), *others = steps
    return not others and not start and interval > 0


def _plan(kind: Kind, files: Files, notes: Notes) -> Mapping[str, Any] | None:
    """The plan of a kind of vehicle: its own, else the only one."""
    plans = _rows(files, "system_pricing_plans", "plans")
    named = kind.row.get("default_pricing_plan_id")
    own = next((one for one in plans if named and one.get("plan_id") == named), None)
    if named and own is None and plans:
        notes.add("vehicle_types", "default_pricing_plan_id", f"il n'y a pas de tarif « {named} ».",
                  "Écrivez les prix dans la fiche.")  # fmt: skip
    if own is None and not named and len(plans) > 1:
        names = ", ".join(_said(one.get("name")) for one in plans)
        notes.add("system_pricing_plans", "data.plans", f"plusieurs tarifs ({names}).",
                  "Écrivez celui qui vaut dans la fiche.")  # fmt: skip
    return own or (plans[0] if len(plans) == 1 and not named else None)


def _steps(plan: Mapping[str, Any], key: str) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Start, rate and interval of each segment, those that cannot be read left out."""
    rows = plan.get(key)
    found = [
        (_number(one.get("start")), _number(one.get("rate")), _number(one.get("interval")))
        for one in (rows if isinstance(rows, list) else [])
        if isinstance(one, dict)
    ]
    return [
        (start, rate, Decimal(1) if interval is None else interval)
        for start, rate, interval in found
        if start is not None and rate is not None
    ]


def _in_words(plan: Mapping[str, Any]) -> str:
    """ "Tarif du jour : 1 EUR par trajet ; 0,20 EUR par minute. Texte du producteur."."""
    currency = str(plan.get("currency") or "")
    parts = []
    base = _number(plan.get("price"))
    if base:
        parts.append(f"{_amount(base)} {currency} par trajet")
    for key, unit in SEGMENTS:
        for start, rate, interval in _steps(plan, key):
            each = f"par {unit}" if interval == 1 else f"toutes les {_amount(interval)} {unit}s"
            if interval == 0:
                each = "une fois"
            after = (
                f" à partir de {_amount(start)} {unit}{'s' if start > 1 else ''}" if start else ""
            )
            parts.append(f"{_amount(rate)} {currency} {each}{after}")
    name, text = _said(plan.get("name")), _said(plan.get("description"))
    told = f"{name} : {' ; '.join(parts)}." if parts else f"{name}."
    return f"{told} {text}".strip()


def _amount(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _cents(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.01")))


# -- values --------------------------------------------------------------------------------------


def _said(value: Any) -> str:
    """A text, or of several languages the French one, else the first."""
    if isinstance(value, list):
        texts = {
            str(one.get("language")): str(one.get("text") or "")
            for one in value
            if isinstance(one, dict)
        }
        value = texts.get("fr") or next(iter(_filled(texts.values())), "")
    return " ".join(str(value or "").split())


def _filled(texts: Iterable[str]) -> Iterator[str]:
    return (one for one in texts if one.strip())


def _number(value: Any) -> Decimal | None:
    """A number, given as such or as a text (prices until GBFS 2); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        found = Decimal(value)
    except ArithmeticError:
        return None
    return found if found.is_finite() else None


def _whole(value: Any) -> int | None:
    found = _number(value)
    return None if found is None else int(found)


def _phone(value: Any) -> str:
    """A French number as it is dialled at home."""
    text = str(value or "").strip()
    digits = "".join(one for one in text if one.isdigit())
    if text.startswith("+33") and len(digits) == 11:
        return " ".join(f"0{digits[2:]}"[i : i + 2] for i in range(0, 10, 2))
    return text[:30]

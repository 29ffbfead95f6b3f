"""On-demand services of a GTFS-Flex feed as entries: one per route that has windows.

Reads the adopted format (2024) and its older draft, where an area stands in `stop_id`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import slugify

from traitdunion.sources.bounded import Limits, parse_json, read_csv, unzipped

from ..entries import Content
from ..enums import TypeReservation, TypeSolution
from ..opening_hours import DAYS, MAX_LENGTH, is_readable
from .batch import Batch, FileError, Read, Row, reader

Rows = list[dict[str, str]]
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEEDED = ("agency.txt", "routes.txt", "trips.txt", "stop_times.txt")
COLUMNS = {
    "agency.txt": ("agency_name",),
    "routes.txt": ("route_id",),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id",),
    "booking_rules.txt": ("booking_rule_id",),
    "calendar.txt": ("service_id", *WEEK),
}
"""Columns without which a file says nothing; a file without them is refused, named."""
LIMITS = Limits(rows=200_000, cells=3_000_000)


@reader("cette archive GTFS")
def read_flex(content: bytes) -> Batch:
    """Read the services of an archive. Raises FileError where it is none, or holds no window."""
    files = {
        name.rsplit("/", 1)[-1]: part
        for name, part in unzipped(content, suffixes=(".txt", ".geojson")).items()
    }
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise FileError([f"Il manque dans l'archive : {', '.join(missing)}."])
    batch = Batch()
    limits = LIMITS.started()
    tables = {
        name: _table(name, files[name], limits, batch)
        for name in (*NEEDED, *COLUMNS)
        if name in files
    }
    areas = _areas(files.get("locations.geojson", b"{}"))
    windows = [row for row in tables["stop_times.txt"] if row.get("start_pickup_drop_off_window")]
    if not windows:
        raise FileError(["Aucune fenêtre de prise en charge : ce n'est pas un GTFS-Flex."])
    trips = {row["trip_id"]: row for row in tables["trips.txt"]}
    by_route: dict[str, Rows] = defaultdict(list)
    for row in windows:
        if row["trip_id"] in trips:
            by_route[trips[row["trip_id"]]["route_id"]].append(row)
    agencies = {row.get("agency_id", ""): row for row in tables["agency.txt"]}
    if not agencies:
        raise FileError(["agency.txt : aucun exploitant. Demandez-le au producteur."])
    routes = {row["route_id"]: row for row in tables["routes.txt"]}
    batch.refused += [
        f"routes.txt : « {route} », qui a des fenêtres, n'y est pas. Demandez-la au producteur."
        for route in sorted(by_route.keys() - routes.keys())
    ]
    batch.solutions = [
        _read_route(routes[route], rows, trips, tables, areas, agencies)
        for route, rows in sorted(by_route.items())
        if route in routes
    ]
    used = {read.content["structure"] for read in batch.solutions}
    batch.structures = [row for row in map(_structure, agencies.values()) if row["id"] in used]
    return batch


def _table(name: str, content: bytes, limits: Limits, batch: Batch) -> Rows:
    """Return the rows of a file; those that do not read go to `batch.refused`, with the file."""
    table = read_csv(content, limits=limits)
    missing = [column for column in COLUMNS[name] if column not in table.headings]
    if missing:
        raise FileError([f"{name} : il manque la colonne {', '.join(missing)}."])
    for fault in table.faults:
        batch.refused.append(f"{name}, {str(fault)[:1].lower()}{str(fault)[1:]}")
    return [record.cells for record in table.records]


def _areas(content: bytes) -> dict[str, dict[str, Any]]:
    """Return the features of the areas by their identifier; what is no feature is left out."""
    document = parse_json(content, called="locations.geojson")
    features = document.get("features") if isinstance(document, dict) else None
    return {
        str(feature["id"]): feature
        for feature in (features if isinstance(features, list) else [])
        if isinstance(feature, dict)
        and "id" in feature
        and isinstance(feature.get("geometry"), dict)
    }


def _structure(agency: dict[str, str]) -> Row:
    name = agency["agency_name"]
    return {
        "id": slugify(name)[:80],
        "nom": name[:150],
        "site": agency.get("agency_url", ""),
        "telephone": agency.get("agency_phone", "")[:30],
    }


def _read_route(
    route: dict[str, str],
    windows: Rows,
    trips: dict[str, dict[str, str]],
    tables: dict[str, Rows],
    areas: dict[str, dict[str, Any]],
    agencies: dict[str, dict[str, str]],
) -> Read:
    agency = agencies.get(route.get("agency_id", "")) or next(iter(agencies.values()))
    rules = {row["booking_rule_id"]: row for row in tables.get("booking_rules.txt", [])}
    rule = next((rules[row["pickup_booking_rule_id"]] for row in windows
                 if row.get("pickup_booking_rule_id") in rules), {})  # fmt: skip
    notes: list[str] = []
    content: Content = {
        "structure": slugify(agency["agency_name"])[:80],
        "nom": (route.get("route_long_name") or route.get("route_short_name") or "")[:150],
        "type_solution": TypeSolution.TAD.value,
        "description": route.get("route_desc") or rule.get("message", ""),
        "reference": f"gtfs--{route.get('agency_id', '')}--{route['route_id']}",
        "horaires_service": _hours(windows, trips, tables, notes),
        "zones_service": _drawn(windows, areas),
        "detail": {"forme": "zone"},
        **_booking(rule, notes),
    }
    return Read(
        f"ligne {route['route_id']}"[:80],
        "",
        content,
        sorted(content),
        notes=sorted(set(notes))[:20],
    )


def _drawn(windows: Rows, areas: dict[str, dict[str, Any]]) -> list[Content]:
    keys = dict.fromkeys(row.get("location_id") or row.get("stop_id", "") for row in windows)
    return [
        {
            "nom": str((areas[key].get("properties") or {}).get("stop_name") or key)[:80],
            "geojson": json.dumps(areas[key]["geometry"]),
        }
        for key in keys
        if key in areas
    ]


def _hours(
    windows: Rows, trips: dict[str, dict[str, str]], tables: dict[str, Rows], notes: list[str]
) -> str:
    """Return hours as opening_hours, by the days of the calendars; seasons are put together.

    Windows that touch or overlap become one: feeds cut a day in minutes.
    """
    calendars = {row["service_id"]: row for row in tables.get("calendar.txt", [])}
    spans: dict[tuple[str, ...], set[tuple[int, int]]] = {}
    for row in windows:
        calendar = calendars.get(trips[row["trip_id"]]["service_id"])
        if calendar is None:
            continue
        days = tuple(day for day, column in zip(DAYS, WEEK, strict=True) if calendar[column] == "1")
        start = _minutes(row["start_pickup_drop_off_window"])
        end = _minutes(row.get("end_pickup_drop_off_window", ""))
        if start is None or end is None or end <= start:
            value = f"{row['start_pickup_drop_off_window']}-{row.get('end_pickup_drop_off_window')}"
            notes.append(f"stop_times.txt : la fenêtre « {value[:40]} » ne se lit pas.")
        elif days:
            spans.setdefault(days, set()).add((start, end))
    text = "; ".join(
        f"{_listed(list(days))} {','.join(map(_clock_range, _merged(times)))}"
        for days, times in spans.items()
    )
    if len(text) > MAX_LENGTH or (text and not is_readable(text)):
        notes.append(f"Heures trop longues pour une fiche : {text[:200]}… Écrivez-les autrement.")
        return ""
    return text


def _minutes(clock: str) -> int | None:
    """Return a GTFS clock ("8:39:00", "25:10:00") in whole minutes; None if it does not read."""
    read = re.fullmatch(r"(\d{1,2}):([0-5]\d)(:[0-5]\d)?", clock)
    minutes = 60 * int(read[1]) + int(read[2]) if read else None
    return minutes if minutes is not None and minutes <= 48 * 60 else None


def _merged(times: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(times):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _clock_range(span: tuple[int, int]) -> str:
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)


def _listed(days: list[str]) -> str:
    """Write days as opening_hours does: Mo-Fr for a run of days, Mo,We for others."""
    if len(days) > 2 and DAYS.index(days[-1]) - DAYS.index(days[0]) == len(days) - 1:
        return f"{days[0]}-{days[-1]}"
    return ",".join(days)


def _link(text: str, column: str, notes: list[str]) -> str:
    """Return a web address, "" with a note for what is none ("ttps://…", "info")."""
    if not text:
        return ""
    try:
        URLValidator(schemes=("http", "https"))(text)
    except ValidationError:
        notes.append(
            f"booking_rules.txt, {column} : « {text[:80]} » n'est pas une adresse, laissée."
        )
        return ""
    return text


def _booking(rule: dict[str, str], notes: list[str]) -> Content:
    """Return the booking columns; a notice of another kind than its rule is left aside."""
    kind = rule.get("booking_type", "")
    if kind not in TypeReservation.values:
        return {}
    booking: Content = {
        "booking_type": kind,
        "telephone": rule.get("phone_number", "")[:30],
        "booking_url": _link(rule.get("booking_url", ""), "booking_url", notes),
        "lien_mobilisation": _link(rule.get("info_url", ""), "info_url", notes),
        "mobilisation_precisions": rule.get("message", ""),
    }
    if kind == TypeReservation.MEME_JOUR and rule.get("prior_notice_duration_min", "").isdecimal():
        booking["prior_notice_duration_min"] = int(rule["prior_notice_duration_min"])
    if kind == TypeReservation.JOUR_AVANT and rule.get("prior_notice_last_day", "").isdecimal():
        booking["prior_notice_last_day"] = int(rule["prior_notice_last_day"])
        clock = rule.get("prior_notice_last_time", "")
        booking["prior_notice_last_time"] = clock[:5].rjust(5, "0") if clock else None
    return booking

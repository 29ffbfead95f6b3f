"""On-demand services of a GTFS-Flex feed as entries: one per route that has windows.

Reads the adopted format (2024) and its older draft, where an area stands in `stop_id`.
"""

import csv
import io
import json
import zipfile
from collections import defaultdict
from typing import Any

from django.utils.text import slugify

from ..entries import Content
from ..enums import TypeReservation, TypeSolution
from ..opening_hours import DAYS
from .batch import Batch, FileError, Read, Row

Table = list[dict[str, str]]
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEEDED = ("agency.txt", "routes.txt", "trips.txt", "stop_times.txt")
LARGEST_BYTES = 50_000_000


def read_flex(text: bytes) -> Batch:
    """Services of an archive. Raises FileError where it is none, or holds no window."""
    files = _files(text)
    missing = [name for name in NEEDED if name not in files]
    if missing:
        raise FileError([f"Il manque dans l'archive : {', '.join(missing)}."])
    tables = {name: _table(content) for name, content in files.items() if name.endswith(".txt")}
    areas = _areas(files.get("locations.geojson", "{}"))
    windows = [row for row in tables["stop_times.txt"] if row.get("start_pickup_drop_off_window")]
    if not windows:
        raise FileError(["Aucune fenêtre de prise en charge : ce n'est pas un GTFS-Flex."])
    trips = {row["trip_id"]: row for row in tables["trips.txt"]}
    by_route: dict[str, Table] = defaultdict(list)
    for row in windows:
        if row["trip_id"] in trips:
            by_route[trips[row["trip_id"]]["route_id"]].append(row)
    agencies = {row.get("agency_id", ""): row for row in tables["agency.txt"]}
    routes = {row["route_id"]: row for row in tables["routes.txt"]}
    solutions = [
        _read(routes[route], rows, trips, tables, areas, agencies)
        for route, rows in sorted(by_route.items())
        if route in routes
    ]
    used = {one.content["structure"] for one in solutions}
    structures = [row for row in map(_structure, agencies.values()) if row["id"] in used]
    return Batch(structures, solutions)


def _files(text: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(text)) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir()]
            if sum(one.file_size for one in inside) > LARGEST_BYTES:
                raise FileError(["L'archive dépasse 50 Mo une fois ouverte."])
            return {
                one.filename.rsplit("/", 1)[-1]: archive.read(one).decode("utf-8-sig")
                for one in inside
                if one.filename.endswith((".txt", ".geojson"))
            }
    except (zipfile.BadZipFile, UnicodeDecodeError) as wrong:
        raise FileError([f"Ce n'est pas une archive GTFS lisible ({wrong})."]) from wrong


def _table(text: str) -> Table:
    rows = csv.DictReader(io.StringIO(text))
    return [{k: (v or "").strip() for k, v in row.items() if k} for row in rows]


def _areas(text: str) -> dict[str, dict[str, Any]]:
    """Features of the areas by their identifier."""
    try:
        features = json.loads(text).get("features", [])
    except ValueError as wrong:
        raise FileError([f"locations.geojson ne se lit pas ({wrong})."]) from wrong
    return {str(one["id"]): one for one in features}


def _structure(agency: dict[str, str]) -> Row:
    name = agency["agency_name"]
    return {
        "id": slugify(name)[:80],
        "nom": name[:150],
        "site": agency.get("agency_url", ""),
        "telephone": agency.get("agency_phone", "")[:30],
    }


def _read(
    route: dict[str, str],
    windows: Table,
    trips: dict[str, dict[str, str]],
    tables: dict[str, Table],
    areas: dict[str, dict[str, Any]],
    agencies: dict[str, dict[str, str]],
) -> Read:
    agency = agencies.get(route.get("agency_id", "")) or next(iter(agencies.values()))
    rules = {row["booking_rule_id"]: row for row in tables.get("booking_rules.txt", [])}
    rule = next((rules[row["pickup_booking_rule_id"]] for row in windows
                 if row.get("pickup_booking_rule_id") in rules), {})  # fmt: skip
    content: Content = {
        "structure": slugify(agency["agency_name"])[:80],
        "nom": (route.get("route_long_name") or route.get("route_short_name") or "")[:150],
        "type_solution": TypeSolution.TAD.value,
        "description": route.get("route_desc") or rule.get("message", ""),
        "reference": f"gtfs--{route.get('agency_id', '')}--{route['route_id']}",
        "horaires_service": _hours(windows, trips, tables),
        "zones_service": _drawn(windows, areas),
        "detail": {"forme": "zone"},
        **_booking(rule),
    }
    return Read(f"ligne {route['route_id']}", "", content, sorted(content))


def _drawn(windows: Table, areas: dict[str, dict[str, Any]]) -> list[Content]:
    keys = dict.fromkeys(row.get("location_id") or row.get("stop_id", "") for row in windows)
    return [
        {
            "nom": str((areas[key].get("properties") or {}).get("stop_name") or key)[:80],
            "geojson": json.dumps(areas[key]["geometry"]),
        }
        for key in keys
        if key in areas
    ]


def _hours(windows: Table, trips: dict[str, dict[str, str]], tables: dict[str, Table]) -> str:
    """Hours as opening_hours, by the days of the calendars; several seasons are told together."""
    calendars = {row["service_id"]: row for row in tables.get("calendar.txt", [])}
    spans: dict[str, dict[str, None]] = {}
    for row in windows:
        calendar = calendars.get(trips[row["trip_id"]]["service_id"])
        if calendar is None:
            continue
        days = [name for name, column in zip(DAYS, WEEK, strict=True) if calendar[column] == "1"]
        span = "-".join(
            row[name][:5].rjust(5, "0")
            for name in ("start_pickup_drop_off_window", "end_pickup_drop_off_window")
        )
        spans.setdefault(_listed(days), {})[span] = None
    return "; ".join(f"{days} {','.join(sorted(times))}" for days, times in spans.items() if days)


def _listed(days: list[str]) -> str:
    """Mo-Fr for a run of days, Mo,We for others."""
    if len(days) > 2 and DAYS.index(days[-1]) - DAYS.index(days[0]) == len(days) - 1:
        return f"{days[0]}-{days[-1]}"
    return ",".join(days)


def _booking(rule: dict[str, str]) -> Content:
    """Booking columns; a notice of another kind than its rule is left aside."""
    kind = rule.get("booking_type", "")
    if kind not in TypeReservation.values:
        return {}
    booking: Content = {
        "booking_type": kind,
        "telephone": rule.get("phone_number", "")[:30],
        "booking_url": rule.get("booking_url", ""),
        "lien_mobilisation": rule.get("info_url", ""),
        "mobilisation_precisions": rule.get("message", ""),
    }
    if kind == TypeReservation.MEME_JOUR and rule.get("prior_notice_duration_min", "").isdigit():
        booking["prior_notice_duration_min"] = int(rule["prior_notice_duration_min"])
    if kind == TypeReservation.JOUR_AVANT and rule.get("prior_notice_last_day", "").isdigit():
        booking["prior_notice_last_day"] = int(rule["prior_notice_last_day"])
        clock = rule.get("prior_notice_last_time", "")
        booking["prior_notice_last_time"] = clock[:5].rjust(5, "0") if clock else None
    return booking

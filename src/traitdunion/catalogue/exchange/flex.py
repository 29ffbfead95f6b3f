"""On-demand services as a GTFS-Flex feed (https://gtfs.org, adopted in March 2024).

Each service with its hours becomes a route with one trip per window; areas drawn are locations,
stops of a service from stop to stop make a location group. A ride inside one area is two rows with
that area. Who may ride has no place in GTFS: it goes into the message of the booking rule.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from traitdunion.sources.bounded import csv_text

from .. import wording
from ..areas import as_geometry
from ..enums import TypeReservation, TypeSolution
from ..hours import service_on
from ..models import Solution
from ..public import contacts

ON_REQUEST = frozenset({TypeSolution.TAD, TypeSolution.TRANSPORT_SOLIDAIRE})
DAYS = 90
BUS = 715
"""Demand and response bus service, of the extended route types of GTFS."""

FILES: dict[str, tuple[str, ...]] = {
    "agency.txt": ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang",
                   "agency_phone"),
    "routes.txt": ("route_id", "agency_id", "route_long_name", "route_desc", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id", "safe_duration_factor",
                  "safe_duration_offset"),
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    "location_groups.txt": ("location_group_id", "location_group_name"),
    "location_group_stops.txt": ("location_group_id", "stop_id"),
    "booking_rules.txt": ("booking_rule_id", "booking_type", "prior_notice_duration_min",
                          "prior_notice_duration_max", "prior_notice_last_day",
                          "prior_notice_last_time", "prior_notice_start_day",
                          "prior_notice_start_time", "message", "phone_number", "info_url",
                          "booking_url"),
    "stop_times.txt": ("trip_id", "stop_sequence", "location_id", "location_group_id",
                       "start_pickup_drop_off_window", "end_pickup_drop_off_window",
                       "pickup_type", "drop_off_type", "pickup_booking_rule_id",
                       "drop_off_booking_rule_id"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "feed_info.txt": ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date",
                      "feed_end_date"),
}  # fmt: skip


@dataclass
class Feed:
    """Rows by file, areas, and what could not be written, in French."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in FILES}
    )
    locations: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, file: str, **row: Any) -> None:
        """Add a row; GTFS allows no line break inside a value."""
        values = {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in row.items()}
        self.rows[file].append(values)


def flex_feed(solutions: Iterable[Solution], *, start: date, site: str) -> Feed:
    """Feed of the services on demand over ninety days from `start`; `site` is its publisher."""
    feed = Feed()
    agencies: set[str] = set()
    for solution in solutions:
        if solution.type_solution not in ON_REQUEST:
            continue
        ends = _ends(solution)
        days = _days(solution, start)
        if not ends or not days:
            why = "ni zone dessinée ni arrêts" if not ends else "aucune heure de service connue"
            feed.left_out.append(f"« {solution.nom} » : {why}.")
            continue
        if solution.structure_id not in agencies:
            agencies.add(solution.structure_id)
            _agency(feed, solution, site)
        _places(feed, solution)
        _service(feed, solution, ends, days)
    if feed.rows["routes.txt"]:
        feed.add(
            "feed_info.txt", feed_publisher_name="Trait d'union", feed_publisher_url=site,
            feed_lang="fr", feed_start_date=_gtfs_day(start),
            feed_end_date=_gtfs_day(start + timedelta(DAYS - 1)),
        )  # fmt: skip
    return feed


def _ends(solution: Solution) -> list[dict[str, str]]:
    """Return where a ride begins and ends: pairs of rows of stop_times, as columns."""
    zones = {zone.nom: {"location_id": f"{solution.pk}-{i}"}
             for i, zone in enumerate(solution.zones_service.all())}  # fmt: skip
    stops = solution.arrets.all()
    group = {"location_group_id": f"{solution.pk}-arrets"} if stops else {}
    return [*zones.values(), *([group] if group else [])]


def _days(solution: Solution, start: date) -> dict[tuple[int, int], list[date]]:
    """Return the days of each window of service, in seconds."""
    days: dict[tuple[int, int], list[date]] = {}
    for i in range(DAYS):
        day = start + timedelta(days=i)
        windows = service_on(solution, day).windows
        for span in windows.spans if windows else ():
            days.setdefault(span, []).append(day)
    return days


def _agency(feed: Feed, solution: Solution, site: str) -> None:
    structure = solution.structure
    feed.add(
        "agency.txt", agency_id=structure.pk, agency_name=structure.nom,
        agency_url=structure.site or site, agency_timezone="Europe/Paris", agency_lang="fr",
        agency_phone=structure.telephone,
    )  # fmt: skip


def _places(feed: Feed, solution: Solution) -> None:
    for i, zone in enumerate(solution.zones_service.all()):
        feed.locations.append(
            {
                "id": f"{solution.pk}-{i}",
                "type": "Feature",
                "properties": {"stop_name": zone.nom},
                "geometry": as_geometry(zone.geojson),
            }
        )
    stops = list(solution.arrets.all())
    for i, stop in enumerate(stops):
        key = f"{solution.pk}-arret-{i}"
        feed.add("stops.txt", stop_id=key, stop_name=stop.nom, stop_lat=stop.lat, stop_lon=stop.lon)
        group = f"{solution.pk}-arrets"
        feed.add("location_group_stops.txt", location_group_id=group, stop_id=key)
    if stops:
        feed.add(
            "location_groups.txt", location_group_id=f"{solution.pk}-arrets",
            location_group_name=solution.nom,
        )  # fmt: skip


def _service(
    feed: Feed,
    solution: Solution,
    ends: Sequence[dict[str, str]],
    days: dict[tuple[int, int], list[date]],
) -> None:
    key = solution.pk
    feed.add(
        "routes.txt", route_id=key, agency_id=solution.structure_id, route_long_name=solution.nom,
        route_desc=solution.description, route_type=BUS,
    )  # fmt: skip
    rule = _booking_rule(feed, solution, min(min(served) for served in days.values()))
    safe = _safe_duration(solution)
    for (start_s, end_s), served in days.items():
        service = f"{key}-{_gtfs_clock(start_s)}-{_gtfs_clock(end_s)}".replace(":", "")
        for day in served:
            feed.add(
                "calendar_dates.txt", service_id=service, date=_gtfs_day(day), exception_type=1
            )
        for n, (origin, destination) in enumerate(_rides(solution, ends)):
            trip = f"{service}-{n}"
            feed.add("trips.txt", route_id=key, service_id=service, trip_id=trip, **safe)
            for sequence, end in enumerate((origin, destination), start=1):
                feed.add(
                    "stop_times.txt", trip_id=trip, stop_sequence=sequence, **end,
                    start_pickup_drop_off_window=_gtfs_clock(start_s),
                    end_pickup_drop_off_window=_gtfs_clock(end_s),
                    pickup_type=2 if sequence == 1 else 1, drop_off_type=2 if sequence == 2 else 1,
                    pickup_booking_rule_id=rule if sequence == 1 else "",
                    drop_off_booking_rule_id=rule if sequence == 2 else "",
                )  # fmt: skip


def _rides(
    solution: Solution, ends: Sequence[dict[str, str]]
) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the ends of each ride: the pairs of areas allowed, else all of them."""
    zones = {zone.nom: end for zone, end in zip(solution.zones_service.all(), ends, strict=False)}
    pairs = [
        (zones[pair.origine], zones[pair.destination])
        for pair in solution.paires.all()
        if pair.origine in zones and pair.destination in zones
    ]
    return pairs or [(origin, other) for origin in ends for other in ends]


def _booking_rule(feed: Feed, solution: Solution, on: date) -> str:
    """Add the booking rule; one in real time where the entry gives no notice.

    `on`: the first day of service, for the conditions in force.
    """
    rule, asked = f"{solution.pk}-reservation", contacts(solution)
    kind = solution.booking_type or TypeReservation.TEMPS_REEL.value
    clock = solution.prior_notice_last_time
    opens = solution.prior_notice_start_time
    feed.add(
        "booking_rules.txt", booking_rule_id=rule, booking_type=kind,
        prior_notice_duration_min=solution.prior_notice_duration_min,
        prior_notice_duration_max=solution.prior_notice_duration_max,
        prior_notice_last_day=solution.prior_notice_last_day,
        prior_notice_last_time=_last_time(solution) if clock is None else f"{clock:%H:%M:%S}",
        prior_notice_start_day=solution.prior_notice_start_day,
        prior_notice_start_time="" if opens is None else f"{opens:%H:%M:%S}",
        message=" ".join(wording.conditions(solution, on)), phone_number=asked["telephone"],
        info_url=asked["lien"], booking_url=solution.booking_url,
    )  # fmt: skip
    return rule


def _last_time(solution: Solution) -> str:
    """Return the end of the day where a notice in days has no hour, since GTFS requires one."""
    return "23:59:00" if solution.prior_notice_last_day is not None else ""


def _safe_duration(solution: Solution) -> dict[str, Any]:
    detail = getattr(solution, "demande", None)
    if detail is None or detail.safe_duration_factor is None:
        return {}
    return {
        "safe_duration_factor": detail.safe_duration_factor,
        "safe_duration_offset": 60 * (detail.safe_duration_offset_min or 0),
    }


def _gtfs_day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _gtfs_clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:00"


def write_zip(feed: Feed) -> bytes:
    """Write the feed as the archive that is published; files without rows are left out.

    But stops: a feed of areas alone may do without, and some readers will not.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, columns in FILES.items():
            if not feed.rows[name] and name != "stops.txt":
                continue
            archive.writestr(name, csv_text(columns, feed.rows[name], separator=","))
        if feed.locations:
            collection = {"type": "FeatureCollection", "features": feed.locations}
            archive.writestr("locations.geojson", json.dumps(collection, ensure_ascii=False))
    return out.getvalue()

"""The demonstration network of Haute-Loire: a readable YAML in, a GTFS archive out."""

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from traitdunion.rules.public_holidays import public_holidays
from traitdunion.sources.school_holidays import is_school_holiday

from . import on_demand as demo_on_demand

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo" / "network.yaml"
ROUTE_TYPES = {"train": 2, "car": 3, "bus": 3}
# bikes_allowed of GTFS: regional trains take bicycles, coaches and buses do not.
BIKES_ABOARD = {"train": 1, "car": 2, "bus": 2}
DAY_TYPES = ("semaine", "samedi", "dimanche")
SCHOOL_DAYS = "scolaire"
"""Service of the weekdays on which pupils have school."""

DIRECTIONS = ("aller", "retour")
WEBSITE = "https://demonstration.example"
# A fixed stamp: the same source gives the same bytes.
STAMP = (2025, 1, 1, 0, 0, 0)


def write_demo_gtfs(source: Path, out: Path, *, start: date, days: int) -> Path:
    """Write the network of `source` as a GTFS zip to `out`, running `days` days from `start`.

    One day is added at each end, so that nights at the edges are whole. Returns `out`. Raises
    ValueError for less than one day, or a line that calls at a stop or belongs to a network that
    the file does not hold.
    """
    if days < 1:
        raise ValueError(f"Il faut au moins un jour, et non {days}.")
    network = yaml.safe_load(source.read_text(encoding="utf-8"))
    _check(network)
    asked = demo_on_demand.Services(network)
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _tables(network, asked, start, days).items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), _csv(rows))
        archive.writestr(zipfile.ZipInfo("locations.geojson", STAMP), asked.zones())
    return out


def _check(network: Mapping[str, Any]) -> None:
    """Every stop and network named by a line is described."""
    for line in network["lignes"]:
        if line["reseau"] not in network["reseaux"]:
            raise ValueError(f"Ligne {line['code']} : réseau « {line['reseau']} » non décrit.")
        for stop in line["arrets"]:
            if stop not in network["arrets"]:
                raise ValueError(f"Ligne {line['code']} : arrêt « {stop} » non décrit.")


def _tables(
    network: Mapping[str, Any], asked: demo_on_demand.Services, start: date, days: int
) -> dict[str, list[list[Any]]]:
    lines = network["lignes"]
    first, last = start - timedelta(1), start + timedelta(days)
    dates = [first + timedelta(d) for d in range((last - first).days + 1)]
    days_run = _days_run(network, dates)
    trips, stop_times = [], []
    for line in lines:
        for trip_id, service, direction, calls in _trips(line, days_run):
            headsign = network["arrets"][calls[-1][0]][0]
            bikes = BIKES_ABOARD[line["vehicule"]]
            trips.append([line["code"], service, trip_id, headsign, direction, bikes, "", ""])
            stop_times += [
                [trip_id, _clock(at), _clock(at), stop, i, *demo_on_demand.TIMED]
                for i, (stop, at) in enumerate(calls, 1)
            ]
    running_asked = asked.running(dates, day_type)
    return {
        "agency.txt": [
            [
                "agency_id",
                "agency_name",
                "agency_url",
                "agency_timezone",
                "agency_lang",
                "agency_phone",
            ],
            *(
                [key, agency["nom"], WEBSITE, "Europe/Paris", "fr", agency["telephone"]]
                for key, agency in network["reseaux"].items()
            ),
        ],
        "stops.txt": [
            ["stop_id", "stop_name", "stop_lat", "stop_lon"],
            *([key, name, lat, lon] for key, (name, lat, lon) in network["arrets"].items()),
        ],
        "routes.txt": [
            [
                "route_id",
                "agency_id",
                "route_short_name",
                "route_long_name",
                "route_type",
                "route_color",
            ],
            *(
                [
                    line["code"],
                    line["reseau"],
                    line["code"],
                    line["nom"],
                    ROUTE_TYPES[line["vehicule"]],
                    line["couleur"].lstrip("#"),
                ]
                for line in lines
            ),
            *asked.routes(),
        ],
        "trips.txt": [
            [
                "route_id",
                "service_id",
                "trip_id",
                "trip_headsign",
                "direction_id",
                "bikes_allowed",
                "safe_duration_factor",
                "safe_duration_offset",
            ],
            *trips,
            *asked.trips(running_asked),
        ],
        "stop_times.txt": [
            [
                "trip_id",
                "arrival_time",
                "departure_time",
                "stop_id",
                "stop_sequence",
                *demo_on_demand.COLUMNS,
            ],
            *stop_times,
            *asked.stop_times(running_asked),
        ],
        "fare_attributes.txt": [
            [
                "fare_id",
                "price",
                "currency_type",
                "payment_method",
                "transfers",
                "agency_id",
                "transfer_duration",
            ],
            *(
                [
                    fare["code"],
                    f"{fare['prix']:.2f}",
                    "EUR",
                    0,
                    fare["correspondances"],
                    fare["reseau"],
                    fare["minutes"] * 60,
                ]
                for fare in network.get("tarifs", [])
            ),
        ],
        "location_groups.txt": asked.groups(),
        "location_group_stops.txt": asked.group_stops(),
        "booking_rules.txt": asked.booking_rules(),
        "calendar_dates.txt": [
            ["service_id", "date", "exception_type"],
            *(
                [service, f"{on:%Y%m%d}", 1]
                for service, its_dates in days_run.items()
                for on in its_dates
            ),
            *(
                [service, f"{on:%Y%m%d}", 1]
                for service, its_dates in running_asked.items()
                if service not in DAY_TYPES
                for on in its_dates
            ),
        ],
        "feed_info.txt": [
            [
                "feed_publisher_name",
                "feed_publisher_url",
                "feed_lang",
                "feed_start_date",
                "feed_end_date",
                "feed_version",
            ],
            [
                "Réseau de démonstration",
                WEBSITE,
                "fr",
                f"{first:%Y%m%d}",
                f"{last:%Y%m%d}",
                "démonstration",
            ],
        ],
    }


def _days_run(network: Mapping[str, Any], dates: Iterable[date]) -> dict[str, list[date]]:
    """Return the dates of each service_id of the lines that runs at all."""
    days: dict[str, list[date]] = {}
    zone = network["zone_scolaire"]
    has_school_lines = any(line.get("scolaire") for line in network["lignes"])
    for on in dates:
        days.setdefault(day_type(on), []).append(on)
        if has_school_lines and day_type(on) == "semaine" and not is_school_holiday(on, zone):
            days.setdefault(SCHOOL_DAYS, []).append(on)
    return days


def _trips(
    line: Mapping[str, Any], running: Collection[str]
) -> Iterator[tuple[str, str, int, list[tuple[str, int]]]]:
    """(trip_id, service_id, direction_id, calls) of a line; a call is a stop and its minute.

    Only on the types of day in `running`: GTFS has no service without a day.
    """
    calls = list(line["arrets"].items())
    length = calls[-1][1]
    back = [(stop, length - minute) for stop, minute in reversed(calls)]
    for direction, (name, offsets) in enumerate(zip(DIRECTIONS, (calls, back), strict=True)):
        for day in DAY_TYPES:
            service = SCHOOL_DAYS if line.get("scolaire") and day == "semaine" else day
            if service not in running:
                continue
            for leaves in line[name][day].split():
                hours, minutes = map(int, leaves.split(":"))
                at = hours * 60 + minutes
                trip_id = f"{line['code']}-{name}-{day}-{hours:02}{minutes:02}"
                yield trip_id, service, direction, [(stop, at + minute) for stop, minute in offsets]


def day_type(on: date) -> str:
    """Type of day of the demonstration: public holidays run as Sundays."""
    if on.weekday() == 6 or on in public_holidays(on.year):
        return "dimanche"
    return "samedi" if on.weekday() == 5 else "semaine"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()

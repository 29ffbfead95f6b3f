"""Draws a feed from how many trips each line runs on weekdays, Saturdays and Sundays."""

import json
import zipfile
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

WEDNESDAY = date(2026, 11, 25)
"""Today, in these tests."""

DAYS = {"week": "1,1,1,1,1,0,0", "sat": "0,0,0,0,0,1,0", "sun": "0,0,0,0,0,0,1"}
STOPS = {
    "langeac": ("Langeac gare", 45.1036, 3.4996),
    "lepuy": ("Le Puy gare", 45.0432, 3.8930),
}


@dataclass(frozen=True)
class Runs:
    """Trips of a line on each kind of day."""

    week: int = 0
    sat: int = 0
    sun: int = 0
    agency: str = "Cars"
    long_name: str = ""
    calls: tuple[str, ...] = ("langeac", "lepuy")


@dataclass(frozen=True)
class Drawn:
    """A feed: lines by short name, stops by id, first and last day, more files by name."""

    lines: dict[str, Runs]
    stops: dict[str, tuple[str, float, float]] = field(default_factory=lambda: STOPS)
    first: date = date(2026, 11, 1)
    last: date = date(2026, 12, 31)
    exceptions: str = ""
    more: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in (self.files() | self.more).items():
                # Of no moment: the same feed is the same file.
                archive.writestr(zipfile.ZipInfo(name), text)
        return path

    def files(self) -> dict[str, str]:
        agencies = sorted({line.agency for line in self.lines.values()})
        routes, trips, times = [], [], []
        for number, (name, line) in enumerate(self.lines.items()):
            agency = agencies.index(line.agency)
            routes.append(f"r{number},{agency},{name},{line.long_name},3")
            for kind in DAYS:
                for turn in range(getattr(line, kind)):
                    trip = f"{name}-{kind}-{turn}"
                    trips.append(f"r{number},{kind},{trip}")
                    for place, stop in enumerate(line.calls):
                        at = f"{6 + turn % 12:02}:{10 * place:02}:00"
                        times.append(f"{trip},{at},{at},{stop},{place}")
        span = f"{self.first:%Y%m%d},{self.last:%Y%m%d}"
        return {
            "agency.txt": _table(
                "agency_id,agency_name,agency_url,agency_timezone",
                [f"{i},{name},https://exemple.fr,Europe/Paris" for i, name in enumerate(agencies)],
            ),
            "stops.txt": _table(
                "stop_id,stop_name,stop_lat,stop_lon",
                [f"{i},{name},{lat},{lon}" for i, (name, lat, lon) in self.stops.items()],
            ),
            "routes.txt": _table(
                "route_id,agency_id,route_short_name,route_long_name,route_type", routes
            ),
            "trips.txt": _table("route_id,service_id,trip_id", trips),
            "stop_times.txt": _table(
                "trip_id,arrival_time,departure_time,stop_id,stop_sequence", times
            ),
            "calendar.txt": _table(
                "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                "start_date,end_date",
                [f"{kind},{days},{span}" for kind, days in DAYS.items()],
            ),
            "calendar_dates.txt": "service_id,date,exception_type\n" + self.exceptions,
        }


def with_demand(drawn: Drawn) -> Drawn:
    """The feed and one service on demand, on weekdays, within a square around Langeac."""
    files = drawn.files()
    west, south, east, north = 3.4, 45.0, 3.6, 45.2
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    square = {"type": "Polygon", "coordinates": [ring]}
    zone = {"type": "Feature", "id": "pays", "properties": {}, "geometry": square}
    times = [row for row in files["stop_times.txt"].splitlines()[1:] if row]
    window = "tad,,,,{},pays,07:00:00,19:00:00,2,2"
    return replace(
        drawn,
        more={
            "routes.txt": files["routes.txt"] + "tad,0,TAD,,3\n",
            "trips.txt": files["trips.txt"] + "tad,week,tad\n",
            "stop_times.txt": _table(
                "trip_id,arrival_time,departure_time,stop_id,stop_sequence,location_id,"
                "start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type",
                [*(f"{row},,,,," for row in times), window.format(1), window.format(2)],
            ),
            "locations.geojson": json.dumps({"type": "FeatureCollection", "features": [zone]}),
        },
    )


def _table(header: str, rows: list[str]) -> str:
    return "\n".join([header, *rows]) + "\n"

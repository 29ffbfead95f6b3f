"""Two lines that cross at a station, written as GTFS with the fares of a test, and rides on them.

Line 1 calls at A, B, C, D; line 2 at C2, E, F; line 9, of another operator, at D, G. C and C2 are
platforms of the station S. Rides are written "1 A-C 8:00-8:20": line, ends, hours.
"""

from datetime import date
from pathlib import Path

from draw import at

from traitdunion import reach
from traitdunion.reach.shifts import DayVerdict, WeekVerdict

MONDAY = date(2025, 3, 3)
LINES = {"1": "A B C D", "2": "C2 E F", "9": "D G"}
NOWHERE = reach.Point(45.0, 3.0)

STOPS = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,zone_id\n" + "".join(
    f"{name},{name},45.{i},3.0,{int(name == 'S')},{'S' if name in ('C', 'C2') else ''},{zone}\n"
    for i, (name, zone) in enumerate(
        [("A", "1"), ("B", "1"), ("C", "2"), ("D", "3"), ("S", ""), ("C2", "2"), ("E", "2"),
         ("F", "3"), ("G", "3")]
    )
)  # fmt: skip
FILES = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\n"
    "u,Urbain,https://example.org,Europe/Paris\nx,Express,https://example.org,Europe/Paris\n",
    "stops": STOPS,
    "routes": "route_id,agency_id,route_short_name,route_type,network_id\n"
    "1,u,1,3,\n2,u,2,3,\n9,x,9,3,\n",
    "trips": "route_id,service_id,trip_id\n" + "".join(f"{n},all,t{n}\n" for n in LINES),
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    + "".join(
        f"t{line},{8 + i}:00:00,{8 + i}:00:00,{stop},{i}\n"
        for line, stops in LINES.items()
        for i, stop in enumerate(stops.split())
    ),
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nall,1,1,1,1,1,1,1,20250101,20251231\n"
    "weekdays,1,1,1,1,1,0,0,20250101,20251231\n",
}


def table(header: str, *rows: str) -> str:
    """A file of a header and its rows."""
    return "\n".join([header, *rows]) + "\n"


def write(folder: Path, **files: str) -> Path:
    """The feed with these files, or instead of those it has, by their name without ".txt"."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (FILES | files).items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def world(folder: Path, **files: str) -> reach.Timetable:
    """The feed compiled for the week of Monday 3 March 2025, nothing wrong found in it."""
    tt = reach.Timetable.from_gtfs(write(folder / "feed", **files), start=MONDAY, days=7)
    assert tt.report is not None
    assert [finding for finding in tt.report.errors if "fare" in finding.file] == []
    return tt


def ride(tt: reach.Timetable, text: str) -> reach.Leg:
    """The leg of "1 A-C 8:00-8:20", in either direction."""
    line, ends, hours = text.split()
    start, end = ends.split("-")
    leaves, arrives = hours.split("-")
    called = LINES[line].split()
    i, j = called.index(start), called.index(end)
    stops = called[i : j + 1] if i <= j else called[j : i + 1][::-1]
    return reach.Leg(
        kind="ride",
        from_name=start,
        to_name=end,
        from_point=NOWHERE,
        to_point=NOWHERE,
        departure_s=at(leaves),
        arrival_s=at(arrives),
        agency="Express" if line == "9" else "Urbain",
        stops=tuple(tt.stop_index(name) for name in stops),
        routes=(list(LINES).index(line),),
    )


def journey(tt: reach.Timetable, *rides: str, on: date = MONDAY) -> reach.Journey:
    """Rides one after the other, a walk between them."""
    walk = reach.Leg("walk", "", "", NOWHERE, NOWHERE, 0, 60)
    legs = [leg for text in rides for leg in (walk, ride(tt, text))]
    return reach.Journey(on, tuple(legs))


def cost(tt: reach.Timetable, *rides: str, on: date = MONDAY, categories=()) -> str | None:
    """The price in euros of rides, as text; None where one is not known."""
    priced = reach.fares.price(tt, journey(tt, *rides, on=on), categories=categories)
    amount = priced.amount("EUR")
    return None if amount is None else f"{amount:.2f}"


def week(tt: reach.Timetable, out: list[str], back: list[str], days: int = 5) -> WeekVerdict:
    """So many days of the week, the same rides out and back."""
    verdicts = []
    for day in range(days):
        on = date.fromordinal(MONDAY.toordinal() + day)
        there, again = journey(tt, *out, on=on), journey(tt, *back, on=on)
        verdicts.append(DayVerdict(on, out=there, back=again))
    return WeekVerdict(tuple(verdicts))

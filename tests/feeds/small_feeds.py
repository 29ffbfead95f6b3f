"""Writes the smallest GTFS feeds: one line from Langeac to Le Puy, one trip each way."""

import zipfile
from datetime import date
from pathlib import Path

MONDAY = date(2026, 11, 23)

FILES = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
    "cars,Cars,https://exemple.fr,Europe/Paris\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    "langeac,Langeac gare,45.1036,3.4996\nlepuy,Le Puy gare,45.0432,3.8930\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\nr,cars,12,3\n",
    "trips.txt": "route_id,service_id,trip_id\nr,all,out\nr,all,back\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "out,07:00:00,07:00:00,langeac,1\nout,07:40:00,07:40:00,lepuy,2\n"
    "back,16:20:00,16:20:00,lepuy,1\nback,17:00:00,17:00:00,langeac,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nall,1,1,1,1,1,0,0,20261101,20261231\n",
}


def write_zip(path: Path, **changed: str) -> Path:
    """The feed as a zip; `changed` replaces files by their name without ".txt"."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, changed.get(name.removesuffix(".txt"), text))
    return path


def write_folder(path: Path) -> Path:
    """The feed as a folder."""
    path.mkdir(parents=True)
    for name, text in FILES.items():
        (path / name).write_text(text)
    return path

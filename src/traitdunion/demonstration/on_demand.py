"""The services on demand of the demonstration network, as rows of GTFS-Flex."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from traitdunion.french import DAYS

COLUMNS: Final = (
    "location_id",
    "location_group_id",
    "start_pickup_drop_off_window",
    "end_pickup_drop_off_window",
    "pickup_type",
    "drop_off_type",
    "pickup_booking_rule_id",
    "drop_off_booking_rule_id",
)
TIMED: Final = ("",) * len(COLUMNS)
"""What a call at an hour has in these columns."""

# Detours to fetch others, and ten minutes of leeway.
FACTOR, OFFSET_S = 1.4, 600
ON_REQUEST, NOT_SERVED = 2, 1

Running = Mapping[str, Sequence[date]]


class Services:
    """`a_la_demande` of the network's YAML: each service, its zone, its windows by day, its notice.

    A service takes to the stops of `vers` and back from them, or anywhere in its zone without it.
    Days are types of days (`semaine`…) or days of the week, public holidays left out of these.
    """

    def __init__(self, network: Mapping[str, Any]) -> None:
        """Raise ValueError where a service names a stop or an agency that is not described."""
        self.services = network.get("a_la_demande", [])
        for service in self.services:
            unknown = [stop for stop in service.get("vers", []) if stop not in network["arrets"]]
            if service["reseau"] not in network["reseaux"]:
                unknown.append(service["reseau"])
            if unknown:
                raise ValueError(f"Service {service['code']} : « {unknown[0]} » non décrit.")
        self.agencies = network["reseaux"]

    def running(self, dates: Sequence[date], day_type: Callable[[date], str]) -> Running:
        """Dates of each service_id that runs at all."""

        def runs(day: str, on: date) -> bool:
            if day not in DAYS[:6]:
                return day_type(on) == day
            return day_type(on) != "dimanche" and DAYS[on.weekday()] == day

        days = dict.fromkeys(day for service in self.services for day in service["jours"])
        days_run = {day: [on for on in dates if runs(day, on)] for day in days}
        return {day: its_dates for day, its_dates in days_run.items() if its_dates}

    def routes(self) -> Iterator[list[Any]]:
        """Rows of routes.txt."""
        for service in self.services:
            yield [service["code"], service["reseau"], "", service["nom"], 3, "6b7a2a"]

    def trips(self, running: Running) -> Iterator[list[Any]]:
        """Rows of trips.txt."""
        for service, day, trip_id, _ in self._trips(running):
            yield [service["code"], day, trip_id, "", 0, "", FACTOR, OFFSET_S]

    def stop_times(self, running: Running) -> Iterator[list[Any]]:
        """Rows of stop_times.txt, with `COLUMNS`."""
        for service, day, trip_id, (first, last) in self._trips(running):
            start, end = (f"{moment}:00" for moment in service["jours"][day].split("-"))
            rule = service["code"]
            for rank, place in enumerate((first, last), 1):
                types = (ON_REQUEST, NOT_SERVED) if rank == 1 else (NOT_SERVED, ON_REQUEST)
                is_zone = place == service["code"]
                where = (place, "") if is_zone else ("", place)
                yield [trip_id, "", "", "", rank, *where, start, end, *types, rule, rule]

    def groups(self) -> list[list[Any]]:
        """location_groups.txt."""
        rows = [
            [_group(service), service["destination"]]
            for service in self.services
            if "vers" in service
        ]
        return [["location_group_id", "location_group_name"], *rows]

    def group_stops(self) -> list[list[Any]]:
        """location_group_stops.txt."""
        rows = [
            [_group(service), stop] for service in self.services for stop in service.get("vers", [])
        ]
        return [["location_group_id", "stop_id"], *rows]

    def booking_rules(self) -> list[list[Any]]:
        """booking_rules.txt."""
        header = [
            "booking_rule_id",
            "booking_type",
            "prior_notice_duration_min",
            "prior_notice_last_day",
            "prior_notice_last_time",
            "phone_number",
        ]
        rows = []
        for service in self.services:
            notice, phone = service["preavis"], self.agencies[service["reseau"]]["telephone"]
            if "minutes" in notice:
                rows.append([service["code"], 1, notice["minutes"], "", "", phone])
            else:
                rows.append(
                    [service["code"], 2, "", notice["jours"], f"{notice['heure']}:00", phone]
                )
        return [header, *rows]

    def zones(self) -> str:
        """locations.geojson."""
        features = [
            {
                "type": "Feature",
                "id": service["code"],
                "properties": {"stop_name": service["nom"]},
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        [[lon, lat] for lat, lon in [*service["zone"], service["zone"][0]]]
                    ],
                },
            }
            for service in self.services
        ]
        document = {"type": "FeatureCollection", "features": features}
        return json.dumps(document, ensure_ascii=False, indent=1)

    def _trips(
        self, running: Running
    ) -> Iterator[tuple[Mapping[str, Any], str, str, tuple[str, str]]]:
        """(service, day, trip_id, places of its two calls)."""
        for service in self.services:
            for day in service["jours"]:
                if day not in running:
                    continue
                code = service["code"]
                if "vers" not in service:
                    yield service, day, f"{code}-{day}", (code, code)
                    continue
                yield service, day, f"{code}-{day}-aller", (code, _group(service))
                yield service, day, f"{code}-{day}-retour", (_group(service), code)


def _group(service: Mapping[str, Any]) -> str:
    return f"{service['code']}-arrets"

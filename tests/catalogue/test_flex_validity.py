"""The GTFS-Flex that we publish, held against a validator that is not ours."""

import csv
import io
import json
import zipfile
from datetime import date

import pytest
from shapely.geometry import shape

from traitdunion.catalogue.exchange.flex import flex_feed, write_zip

ON = date(2026, 11, 23)
SQUARE = '{"type":"Polygon","coordinates":[[[3.8,45],[3.9,45],[3.9,45.1],[3.8,45.1],[3.8,45]]]}'
OTHER = '{"type":"Polygon","coordinates":[[[4.0,45],[4.1,45],[4.1,45.1],[4.0,45.1],[4.0,45]]]}'
TWO = (
    '{"type":"MultiPolygon","coordinates":[[[[3.8,45],[3.85,45],[3.85,45.1],[3.8,45.1],[3.8,45]]],'
    "[[[3.9,45],[3.95,45],[3.95,45.1],[3.9,45.1],[3.9,45]]]]}"
)
ZONE = [{"nom": "bourg", "geojson": SQUARE}]
STOPS = [{"nom": "Mairie", "lat": 45.01, "lon": 3.81}, {"nom": "Gare", "lat": 45.02, "lon": 3.82}]

SERVICES = {
    "in real time": {"booking_type": "0"},
    "the same day": {"booking_type": "1", "prior_notice_duration_min": 120,
                     "prior_notice_duration_max": 10_080},
    "the day before": {"booking_type": "2", "prior_notice_last_day": 1,
                       "prior_notice_last_time": "17:00", "prior_notice_start_day": 30,
                       "prior_notice_start_time": "08:00"},
    "the day before, hour untold": {"booking_type": "2", "prior_notice_last_day": 2},
    "a notice untold": {},
    "past midnight": {"booking_type": "0", "horaires_service": "Fr-Sa 22:00-26:30"},
    "several windows": {"booking_type": "0",
                        "horaires_service": "Mo-Fr 07:00-09:00,17:00-19:00; Sa 09:00-12:00"},
    "from stop to stop": {"booking_type": "0", "zones_service": [], "arrets": STOPS},
    "areas and stops": {"booking_type": "0", "arrets": STOPS},
    "two areas, one way": {"booking_type": "0", "zones_service": [
        *ZONE, {"nom": "ville", "geojson": OTHER}],
        "paires": [{"origine": "bourg", "destination": "ville"}]},
    "a safe duration": {"booking_type": "0",
                        "detail": {"safe_duration_factor": "1.5", "safe_duration_offset_min": 5}},
    "volunteers, and an accent": {"type_solution": "transport_solidaire",
                                  "nom": "Élan « solidaire »",
                                  "telephone": "04 71 00 00 01",
                                  "conditions_acces": "Sur rendez-vous,\nà l'avance."},
}  # fmt: skip


@pytest.fixture
def feed_of(made, gtfs_errors):
    """Function that makes the feed of a service, changed or not, and gives what is wrong in it."""

    def make(content, change=None):
        fields = {"type_solution": "tad", "horaires_service": "Mo-Sa 08:00-18:00",
                "zones_service": ZONE}  # fmt: skip
        text = write_zip(
            flex_feed([made(**fields | content)], start=ON, site="https://guichet.fr/")
        )
        if change:
            text = changed(text, *change)
        return gtfs_errors(text, ON.isoformat())

    return make


def changed(text, file, column, value):
    """The archive with a column of a file changed in its first row."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(text)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name).decode()
            if name == file:
                rows = list(csv.DictReader(io.StringIO(content)))
                rows[0][column] = value
                output = io.StringIO()
                writer = csv.DictWriter(output, rows[0])
                writer.writeheader()
                writer.writerows(rows)
                content = output.getvalue()
            after.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("name", SERVICES)
def test_every_kind_of_service_makes_a_valid_feed(feed_of, name):
    assert feed_of(SERVICES[name]) == []


@pytest.mark.parametrize(
    ("content", "change"),
    [
        ("the same day", ("booking_rules.txt", "prior_notice_duration_min", "")),
        ("the day before", ("booking_rules.txt", "prior_notice_last_day", "")),
        ("in real time", ("booking_rules.txt", "prior_notice_last_day", "1")),
        ("in real time", ("stop_times.txt", "location_id", "nowhere")),
        ("in real time", ("stop_times.txt", "end_pickup_drop_off_window", "")),
        ("in real time", ("stop_times.txt", "pickup_booking_rule_id", "none")),
        ("in real time", ("stop_times.txt", "pickup_type", "0")),
        ("from stop to stop", ("stop_times.txt", "location_group_id", "nowhere")),
    ],
)
def test_the_validator_sees_the_faults_of_flex(feed_of, content, change):
    """Else the test above would tell nothing."""
    assert feed_of(SERVICES[content], change)


def test_an_area_in_two_parts_stays_one_location(made):
    """GTFS allows a MultiPolygon; the validator cannot read one (ADR 26)."""
    solution = made(type_solution="tad", horaires_service="Mo 08:00-18:00", booking_type="0",
               zones_service=[{"nom": "deux", "geojson": TWO}])  # fmt: skip
    feed = flex_feed([solution], start=ON, site="https://guichet.fr/")
    assert [area["id"] for area in feed.locations] == ["velo-0"]
    assert shape(feed.locations[0]["geometry"]).equals(shape(json.loads(TWO)))


def test_the_stops_of_a_group_are_stops_of_the_feed(made):
    """The validator does not look at them (ADR 26)."""
    solution = made(type_solution="tad", horaires_service="Mo 08:00-18:00", zones_service=[],
               arrets=STOPS)  # fmt: skip
    rows = flex_feed([solution], start=ON, site="https://guichet.fr/").rows
    stops = [row["stop_id"] for row in rows["stops.txt"]]
    assert [row["stop_id"] for row in rows["location_group_stops.txt"]] == stops
    assert len(set(stops)) == 2

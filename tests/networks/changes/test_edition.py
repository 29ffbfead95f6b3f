"""What an edition is said to offer, against counts made by hand."""

import csv
import io
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from drawn_feeds import STOPS, WEDNESDAY, Drawn, Runs, with_demand

from traitdunion.networks.changes import collapse, read_edition
from traitdunion.reach.gtfs import FeedError, days_covered

SATURDAY, SUNDAY = date(2026, 11, 28), date(2026, 11, 29)


def test_trips_are_counted_by_line_and_day(edition):
    # 12 runs 3 on weekdays and 1 on Saturdays, 14 runs 2 on weekdays: 5, 1 and 0.
    read = edition(Drawn({"12": Runs(3, 1), "14": Runs(2)}))
    assert [read.trips_on(day) for day in (WEDNESDAY, SATURDAY, SUNDAY)] == [5, 1, 0]
    by_name = {line.name: line for line in read.lines.values()}
    assert read.trips_on(WEDNESDAY, by_name["12"]) == 3
    assert read.trips_on(WEDNESDAY, by_name["14"]) == 2
    assert read.trips_on(date(2027, 6, 1)) == 0


def test_it_ends_on_the_last_day_a_trip_runs_not_on_that_of_the_calendar(edition):
    # Thursday 31 December has been taken away.
    read = edition(Drawn({"12": Runs(3)}, exceptions="week,20261231,2\n"))
    assert (read.first, read.last) == (date(2026, 11, 1), date(2026, 12, 30))
    assert read.runs_on(date(2026, 12, 30))
    assert not read.runs_on(date(2026, 12, 31))


def test_a_day_added_is_counted(edition):
    read = edition(Drawn({"12": Runs(3)}, exceptions="week,20261129,1\n"))
    assert read.trips_on(SUNDAY) == 3


def test_a_calendar_for_ever_is_counted_a_year_ahead(edition):
    read = edition(Drawn({"12": Runs(1)}, first=date(2000, 1, 1), last=date(2099, 12, 31)))
    assert read.start == WEDNESDAY - timedelta(35)
    assert read.last == WEDNESDAY + timedelta(365)  # a Thursday
    assert read.first == date(2000, 1, 1)


def test_an_edition_that_is_over_keeps_its_last_weeks(edition):
    read = edition(Drawn({"12": Runs(4)}, last=date(2025, 3, 31), first=date(2025, 1, 1)))
    assert read.start == date(2025, 2, 24)
    assert read.trips_on(date(2025, 3, 31)) == 4
    assert read.last == date(2025, 3, 31)


def test_an_edition_that_begins_in_two_years_runs_on_no_day_that_matters(edition):
    read = edition(Drawn({"12": Runs(4)}, first=date(2029, 1, 1), last=date(2029, 2, 1)))
    assert read.trips_on(WEDNESDAY) == 0
    assert read.first == date(2029, 1, 1)


def test_without_any_trip_nothing_is_covered(edition):
    read = edition(Drawn({"12": Runs()}))
    assert (read.first, read.last, dict(read.lines), dict(read.stops)) == (None, None, {}, {})
    assert read.trips_on(WEDNESDAY) == 0


def test_a_frequency_counts_each_of_its_departures(edition):
    # From 7:00 to 9:00 excluded, every 30 minutes: 7:00, 7:30, 8:00, 8:30; and two more at noon.
    more = {
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\n"
        "12-week-0,07:00:00,09:00:00,1800\n12-week-0,12:00:00,13:00:00,1800\n"
    }
    read = edition(Drawn({"12": Runs(2)}, more=more))
    assert read.trips_on(WEDNESDAY) == 6 + 1


def test_routes_of_one_name_are_one_line(edition):
    routes = (
        "route_id,agency_id,route_short_name,route_long_name,route_type\n"
        "r0,0,12,Langeac - Le Puy,3\nr1,0, 12,Le Puy - Langeac,3\n"
    )
    read = edition(Drawn({"12": Runs(3), "14": Runs(2)}, more={"routes.txt": routes}))
    (line,) = read.lines.values()
    assert (line.name, line.long_name, line.agency) == ("12", "", "Cars")
    assert read.trips_on(WEDNESDAY, line) == 5


def test_a_stop_at_which_nothing_calls_is_not_one(edition):
    stops = STOPS | {"lost": ("Arrêt abandonné", 45.1, 3.6)}
    assert set(edition(Drawn({"12": Runs(1)}, stops=stops)).stops) == {"langeac", "lepuy"}


def test_prices_of_both_generations_are_named(edition):
    more = {
        "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\n"
        "Ticket unité,1.5,EUR,0,0\n",
        "fare_products.txt": "fare_product_id,fare_product_name,rider_category_id,amount,currency\n"
        "p1,Abonnement mensuel,,40,EUR\np2,Abonnement mensuel,jeune,20,EUR\n",
        "rider_categories.txt": "rider_category_id,rider_category_name,is_default_fare_category\n"
        "jeune,moins de 26 ans,0\n",
    }
    assert edition(Drawn({"12": Runs(1)}, more=more)).prices == {
        "Abonnement mensuel": "40\u00a0€",
        "Abonnement mensuel (moins de 26 ans)": "20\u00a0€",
        "Ticket unité": "1,50\u00a0€",
    }


def test_services_on_demand_are_counted_with_their_zones(edition):
    # Two trips at fixed hours on weekdays, and one window on demand the same days.
    read = edition(with_demand(Drawn({"12": Runs(2)})))
    assert read.zones == 1
    assert [read.trips_on(day) for day in (WEDNESDAY, SATURDAY)] == [3, 0]
    assert {line.name: read.trips_on(WEDNESDAY, line) for line in read.lines.values()} == {
        "12": 2,
        "TAD": 1,
    }
    alone = edition(with_demand(Drawn({"12": Runs()})))
    assert (alone.first, alone.last) == (date(2026, 11, 1), date(2026, 12, 31))
    assert alone.trips_on(WEDNESDAY) == 1


def test_a_feed_that_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "cars.zip"
    path.write_bytes(b"PK\x03\x04 and nothing else")
    with pytest.raises(FeedError, match="cars"):
        days_covered(path)
    with pytest.raises(FeedError, match="cars"):
        read_edition(path, today=WEDNESDAY)


def test_real_trains_are_counted_as_a_plain_reading_does(shared):
    """Every day of three months, against the calendar's rows counted one by one."""
    path = shared / "transit" / "sncf_ter_2025_subset_43.zip"
    read = read_edition(path, today=date(2025, 2, 26))
    trips = Counter(row["service_id"] for row in rows(path, "trips.txt"))
    expected = Counter()
    for row in rows(path, "calendar_dates.txt"):
        assert row["exception_type"] == "1"  # this feed has no calendar.txt
        expected[date.fromisoformat(row["date"])] += trips[row["service_id"]]
    first, last = days_covered(path)
    days = [first + timedelta(ahead) for ahead in range((last - first).days + 1)]
    assert [read.trips_on(day) for day in days] == [expected[day] for day in days]
    assert read.trips_on(date(2025, 3, 4)) == sum(
        read.trips_on(date(2025, 3, 4), line) for line in read.lines.values()
    )
    assert (read.first, read.last) == (min(expected), max(expected)) == (first, last)


def rows(path, name):
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_an_edition_of_services_on_demand_alone_runs_and_may_be_put_in_use(edition):
    drawn = with_demand(Drawn({"12": Runs(1)}))
    only = {
        name: "\n".join(line for line in text.splitlines() if not line.startswith("12-")) + "\n"
        for name, text in drawn.more.items()
        if name != "locations.geojson"
    }
    only["trips.txt"] = "route_id,service_id,trip_id\ntad,week,tad\n"
    after = edition(replace(drawn, more=drawn.more | only))
    assert after.last is not None
    assert collapse(None, after, today=WEDNESDAY) is None

"""Every column of the GTFS reference stands in one place: applied, told as not applied, no effect.

Columns as of the GTFS Schedule reference of 2026, for the files the product reads for journeys.
"""

import pytest

from traitdunion.reach.gtfs.checks.unapplied import REPORTED, WITHOUT_EFFECT
from traitdunion.reach.gtfs.fares.files import FILES as FARES
from traitdunion.reach.gtfs.on_demand.files import (
    BOOKING_RULES,
    LOCATION_GROUP_STOPS,
    LOCATION_GROUPS,
)
from traitdunion.reach.gtfs.tables.specs import ALL

READ = {spec.file: spec for spec in (*ALL, BOOKING_RULES, LOCATION_GROUPS, LOCATION_GROUP_STOPS)}
REFERENCE = {
    "agency.txt": "agency_id agency_name agency_url agency_timezone agency_lang agency_phone "
    "agency_fare_url agency_email cemv_support",
    "stops.txt": "stop_id stop_code stop_name tts_stop_name stop_desc stop_lat stop_lon zone_id "
    "stop_url location_type parent_station stop_timezone wheelchair_boarding level_id "
    "platform_code stop_access",
    "routes.txt": "route_id agency_id route_short_name route_long_name route_desc route_type "
    "route_url route_color route_text_color route_sort_order continuous_pickup "
    "continuous_drop_off network_id cemv_support",
    "trips.txt": "route_id service_id trip_id trip_headsign trip_short_name direction_id block_id "
    "shape_id wheelchair_accessible bikes_allowed cars_allowed safe_duration_factor "
    "safe_duration_offset",
    "stop_times.txt": "trip_id arrival_time departure_time stop_id location_group_id location_id "
    "stop_sequence stop_headsign start_pickup_drop_off_window end_pickup_drop_off_window "
    "pickup_type drop_off_type continuous_pickup continuous_drop_off shape_dist_traveled "
    "timepoint pickup_booking_rule_id drop_off_booking_rule_id",
    "calendar.txt": "service_id monday tuesday wednesday thursday friday saturday sunday "
    "start_date end_date",
    "calendar_dates.txt": "service_id date exception_type",
    "frequencies.txt": "trip_id start_time end_time headway_secs exact_times",
    "transfers.txt": "from_stop_id to_stop_id from_route_id to_route_id from_trip_id to_trip_id "
    "transfer_type min_transfer_time",
    "feed_info.txt": "feed_publisher_name feed_publisher_url feed_lang default_lang "
    "feed_start_date feed_end_date feed_version feed_contact_email feed_contact_url",
    "booking_rules.txt": "booking_rule_id booking_type prior_notice_duration_min "
    "prior_notice_duration_max prior_notice_last_day prior_notice_last_time "
    "prior_notice_start_day prior_notice_start_time prior_notice_service_id message "
    "pickup_message drop_off_message phone_number info_url booking_url",
    "location_groups.txt": "location_group_id location_group_name",
    "location_group_stops.txt": "location_group_id stop_id",
}


@pytest.mark.parametrize("file", sorted(REFERENCE))
def test_every_column_of_the_reference_is_accounted_for(file):
    read, without_effect = set(READ[file].columns), set(WITHOUT_EFFECT[file])
    assert set(REFERENCE[file].split()) <= read | without_effect
    assert not read & without_effect


def test_every_file_read_is_in_the_list():
    assert set(READ) == set(REFERENCE)
    assert not {spec.file for spec in FARES} & set(REFERENCE)


def test_columns_told_as_not_applied_are_read():
    for file, columns in REPORTED.items():
        for unapplied in columns:
            assert unapplied.column in READ[file].columns

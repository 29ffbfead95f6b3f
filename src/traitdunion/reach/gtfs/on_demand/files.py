"""The files of services on demand, with the columns each must or may have."""

from typing import Final

from ..tables.specs import TableSpec

ZONES_FILE: Final = "locations.geojson"

LOCATION_GROUPS: Final = TableSpec(
    "location_groups.txt",
    ("location_group_id",),
    ("location_group_name", "location_id"),
    dispensable=True,
)
"""The draft before the adoption of GTFS-Flex gave here, by `location_id`, what a group holds."""

LOCATION_GROUP_STOPS: Final = TableSpec(
    "location_group_stops.txt", ("location_group_id", "stop_id"), (), dispensable=True
)
BOOKING_RULES: Final = TableSpec(
    "booking_rules.txt",
    ("booking_rule_id", "booking_type"),
    (
        "prior_notice_duration_min",
        "prior_notice_duration_max",
        "prior_notice_last_day",
        "prior_notice_last_time",
        "prior_notice_start_day",
        "prior_notice_start_time",
        "prior_notice_service_id",
        "message",
        "phone_number",
        "info_url",
        "booking_url",
    ),
    dispensable=True,
)
FILES: Final = (LOCATION_GROUPS.file, LOCATION_GROUP_STOPS.file, BOOKING_RULES.file, ZONES_FILE)

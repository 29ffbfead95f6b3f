"""The files of fares of the second generation, with the columns each must or may have."""

from typing import Final

from ..tables.specs import TableSpec

CATEGORIES: Final = TableSpec(
    "rider_categories.txt",
    ("rider_category_id", "rider_category_name"),
    ("is_default_fare_category", "eligibility_url"),
    dispensable=True,
)
MEDIA: Final = TableSpec(
    "fare_media.txt",
    ("fare_media_id", "fare_media_type"),
    ("fare_media_name",),
    dispensable=True,
)
PRODUCTS: Final = TableSpec(
    "fare_products.txt",
    ("fare_product_id", "amount", "currency"),
    (
        "fare_product_name",
        "rider_category_id",
        "fare_media_id",
        "bundle_amount",
        "duration_amount",
        "duration_unit",
    ),
    dispensable=True,
)
LEG_RULES: Final = TableSpec(
    "fare_leg_rules.txt",
    ("fare_product_id",),
    (
        "leg_group_id",
        "network_id",
        "from_area_id",
        "to_area_id",
        "from_timeframe_group_id",
        "to_timeframe_group_id",
        "rule_priority",
    ),
    dispensable=True,
)
JOIN_RULES: Final = TableSpec(
    "fare_leg_join_rules.txt",
    ("from_network_id", "to_network_id"),
    ("from_stop_id", "to_stop_id"),
    dispensable=True,
)
TRANSFER_RULES: Final = TableSpec(
    "fare_transfer_rules.txt",
    ("fare_transfer_type",),
    (
        "from_leg_group_id",
        "to_leg_group_id",
        "transfer_count",
        "duration_limit",
        "duration_limit_type",
        "fare_product_id",
    ),
    dispensable=True,
)
AREAS: Final = TableSpec("areas.txt", ("area_id",), ("area_name",), dispensable=True)
STOP_AREAS: Final = TableSpec("stop_areas.txt", ("area_id", "stop_id"), (), dispensable=True)
NETWORKS: Final = TableSpec("networks.txt", ("network_id",), ("network_name",), dispensable=True)
ROUTE_NETWORKS: Final = TableSpec(
    "route_networks.txt", ("network_id", "route_id"), (), dispensable=True
)
TIMEFRAMES: Final = TableSpec(
    "timeframes.txt",
    ("timeframe_group_id", "service_id"),
    ("start_time", "end_time"),
    dispensable=True,
)
FILES: Final = (
    CATEGORIES,
    MEDIA,
    PRODUCTS,
    LEG_RULES,
    JOIN_RULES,
    TRANSFER_RULES,
    AREAS,
    STOP_AREAS,
    NETWORKS,
    ROUTE_NETWORKS,
    TIMEFRAMES,
)

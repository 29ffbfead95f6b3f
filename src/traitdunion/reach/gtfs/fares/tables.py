"""What reading the fares of GTFS gives: checked tables, stops and routes as row numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Self

import polars as pl

ANY: Final = -1
"""Row number of a route or a stop that a rule leaves open."""

NO_LIMIT: Final = -1
"""Transfers, or seconds, that nothing bounds."""

FEEDS: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "first_route": pl.Int32,
        "routes": pl.Int32,
        "timezone": pl.String,
        "ranked": pl.Boolean,
    }
)
ATTRIBUTES: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "fare_id": pl.String,
        "price": pl.String,
        "currency": pl.String,
        "transfers": pl.Int32,
        "duration_s": pl.Int32,
        "agency": pl.String,
    }
)
RULES: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "fare_id": pl.String,
        "route": pl.Int32,
        "origin": pl.String,
        "destination": pl.String,
        "contains": pl.String,
    }
)
ZONES: Final = pl.Schema({"feed": pl.Int32, "stop": pl.Int32, "zone": pl.String})
CATEGORIES: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "category_id": pl.String,
        "name": pl.String,
        "is_default": pl.Boolean,
        "url": pl.String,
    }
)
MEDIA: Final = pl.Schema({"feed": pl.Int32, "media_id": pl.String, "name": pl.String})
PRODUCTS: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "product_id": pl.String,
        "name": pl.String,
        "category_id": pl.String,
        "media_id": pl.String,
        "price": pl.String,
        "currency": pl.String,
        "valid": pl.String,
        "rides": pl.Int32,
    }
)
LEG_RULES: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "group": pl.String,
        "network": pl.String,
        "from_area": pl.String,
        "to_area": pl.String,
        "from_frame": pl.String,
        "to_frame": pl.String,
        "product_id": pl.String,
        "priority": pl.Int32,
    }
)
JOIN_RULES: Final = pl.Schema(
    {"feed": pl.Int32, "network": pl.String, "from_stop": pl.Int32, "to_stop": pl.Int32}
)
TRANSFER_RULES: Final = pl.Schema(
    {
        "feed": pl.Int32,
        "from_group": pl.String,
        "to_group": pl.String,
        "spans": pl.Int32,
        "limit_s": pl.Int32,
        "limit_type": pl.Int32,
        "kind": pl.Int32,
        "product_id": pl.String,
    }
)
AREAS: Final = pl.Schema({"feed": pl.Int32, "area_id": pl.String, "name": pl.String})
STOP_AREAS: Final = pl.Schema({"feed": pl.Int32, "stop": pl.Int32, "area": pl.String})
NETWORKS: Final = pl.Schema({"feed": pl.Int32, "network_id": pl.String, "name": pl.String})
ROUTE_NETWORKS: Final = pl.Schema({"feed": pl.Int32, "route": pl.Int32, "network": pl.String})
_TIMEFRAME: Final[dict[str, pl.DataType]] = {
    "feed": pl.Int32(),
    "frame": pl.String(),
    "start_s": pl.Int32(),
    "end_s": pl.Int32(),
    "runs": pl.List(pl.Boolean),
}
TIMEFRAMES: Final = pl.Schema(_TIMEFRAME)


@dataclass(frozen=True)
class FareTables:
    """Fares of the feeds read, each row with the number of its feed.

    `feeds` has one row per feed that has fares: its routes are the rows `first_route` to
    `first_route + routes - 1`; `ranked` where its leg rules have a priority column.
    First generation: `attributes`, `rules`, `zones` (of stops). Second: the others. Prices are
    decimal numbers as text. `products.valid` is "ride", "day", "week", "month" or "other" (no way
    to know what it buys); `rides` is how many a carnet holds, 1 for a single ticket. Times of
    `timeframes` are local seconds of a day; `runs` begins on the day before the first.
    """

    feeds: pl.DataFrame
    attributes: pl.DataFrame
    rules: pl.DataFrame
    zones: pl.DataFrame
    categories: pl.DataFrame
    media: pl.DataFrame
    products: pl.DataFrame
    leg_rules: pl.DataFrame
    join_rules: pl.DataFrame
    transfer_rules: pl.DataFrame
    areas: pl.DataFrame
    stop_areas: pl.DataFrame
    networks: pl.DataFrame
    route_networks: pl.DataFrame
    timeframes: pl.DataFrame

    @classmethod
    def empty(cls) -> Self:
        """Return tables without any fare."""
        return cls(**{name: pl.DataFrame(schema=schema) for name, schema in SCHEMAS.items()})

    @classmethod
    def joined(
        cls, parts: Sequence["FareTables"], first_stops: Sequence[int], first_routes: Sequence[int]
    ) -> Self:
        """Return the fares of several feeds, row numbers moved to where each feed begins."""
        moved = [
            part._moved(number, first_stops[number], first_routes[number])
            for number, part in enumerate(parts)
        ]
        return cls(
            **{name: pl.concat([tables[name] for tables in moved]).rechunk() for name in SCHEMAS}
        )

    def __bool__(self) -> bool:
        """Return whether at least one feed has fares."""
        return self.feeds.height > 0

    def _moved(self, feed: int, first_stop: int, first_route: int) -> dict[str, pl.DataFrame]:
        first = {"stop": first_stop, "route": first_route}
        first |= {"from_stop": first_stop, "to_stop": first_stop}
        moved = {}
        for field in fields(self):
            table: pl.DataFrame = getattr(self, field.name)
            rows = [
                pl.when(pl.col(name) == ANY)
                .then(ANY)
                .otherwise(pl.col(name) + first[name])
                .alias(name)
                for name in first.keys() & set(table.columns)
            ]
            rows.append(pl.lit(feed).alias("feed"))
            if field.name == "feeds":
                rows.append((pl.col("first_route") + first_route).alias("first_route"))
            moved[field.name] = table.with_columns(rows).cast(SCHEMAS[field.name])
        return moved


SCHEMAS: Final[dict[str, pl.Schema]] = {
    "feeds": FEEDS,
    "attributes": ATTRIBUTES,
    "rules": RULES,
    "zones": ZONES,
    "categories": CATEGORIES,
    "media": MEDIA,
    "products": PRODUCTS,
    "leg_rules": LEG_RULES,
    "join_rules": JOIN_RULES,
    "transfer_rules": TRANSFER_RULES,
    "areas": AREAS,
    "stop_areas": STOP_AREAS,
    "networks": NETWORKS,
    "route_networks": ROUTE_NETWORKS,
    "timeframes": TIMEFRAMES,
}

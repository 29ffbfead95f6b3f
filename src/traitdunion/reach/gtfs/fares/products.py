"""Reads fares of the second generation: products, rules of legs and of transfers, areas."""

from typing import NamedTuple

import polars as pl

from ..checks.notes import Notes
from ..checks.rows import (
    with_money,
    with_row,
    without_bad_enum,
    without_blanks,
    without_doubles,
    without_unknown,
)
from ..tables.archive import Archive
from ..tables.calendars import Services
from ..tables.specs import ROUTES, read_table, read_with_header
from ..tables.times import DAY_S, seconds, whole_number
from .files import (
    AREAS,
    CATEGORIES,
    JOIN_RULES,
    LEG_RULES,
    MEDIA,
    NETWORKS,
    PRODUCTS,
    ROUTE_NETWORKS,
    STOP_AREAS,
    TIMEFRAMES,
    TRANSFER_RULES,
)
from .tables import ANY, NO_LIMIT
from .validity import OTHER, validity


class SecondFares(NamedTuple):
    """The tables of `FareTables` of these names; `ranked` where leg rules have a priority."""

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
    ranked: bool


def read_second_fares(
    archive: Archive,
    stops: pl.DataFrame,
    routes: pl.DataFrame,
    services: Services,
    notes: Notes,
) -> SecondFares:
    """Read the fares; `stops` gives `stop` (row, -1 where not placed) by `stop_id`.

    `routes` gives `route` and `network_id` by `route_id`.
    """
    categories = _categories(archive, notes)
    media = _media(archive, notes)
    every_product = read_table(archive, PRODUCTS, notes)
    products = _products(every_product, categories, media, notes)
    areas, stop_areas = _areas(archive, stops, notes)
    networks, route_networks = _networks(archive, routes, notes)
    timeframes = _timeframes(archive, services, notes)
    known = _Known(
        networks=pl.concat([networks["network_id"], route_networks["network"]]),
        areas=areas["area_id"],
        frames=timeframes["frame"],
        every_product=every_product["fare_product_id"],
        products=products["product_id"],
    )
    header, every_rule = read_with_header(archive, LEG_RULES, notes)
    leg_rules = _leg_rules(every_rule, known, notes)
    return SecondFares(
        categories=categories,
        media=media,
        products=products,
        leg_rules=leg_rules,
        join_rules=_join_rules(archive, known, stops, notes),
        transfer_rules=_transfer_rules(
            archive, every_rule["leg_group_id"], leg_rules["group"], known, notes
        ),
        areas=areas,
        stop_areas=stop_areas,
        networks=networks,
        route_networks=route_networks,
        timeframes=timeframes,
        ranked="rule_priority" in header,
    )


class _Known(NamedTuple):
    """Ids that rules may name; `every_product` counts those left out too."""

    networks: pl.Series
    areas: pl.Series
    frames: pl.Series
    every_product: pl.Series
    products: pl.Series


# -- what is sold, and to whom ----------------------------------------------------------------


def _categories(archive: Archive, notes: Notes) -> pl.DataFrame:
    file = CATEGORIES.file
    table = read_table(archive, CATEGORIES, notes)
    table = without_blanks(table, file, ("rider_category_id", "rider_category_name"), notes)
    table = without_doubles(table, file, ("rider_category_id",), notes)
    table = without_bad_enum(table, file, "is_default_fare_category", ("", "0", "1"), notes)
    is_default = pl.col("is_default_fare_category") == "1"
    notes.warn(
        "several_default_categories",
        file,
        table,
        is_default & (is_default.cum_sum() > 1),
        "« {value} » est une catégorie de voyageurs ordinaire de plus : chacune vaut pour tous.",
        field="rider_category_id",
    )
    return table.select(
        pl.col("rider_category_id").alias("category_id"),
        pl.col("rider_category_name").alias("name"),
        is_default.alias("is_default"),
        pl.col("eligibility_url").alias("url"),
    )


def _media(archive: Archive, notes: Notes) -> pl.DataFrame:
    file = MEDIA.file
    table = read_table(archive, MEDIA, notes)
    table = without_blanks(table, file, ("fare_media_id",), notes)
    table = without_doubles(table, file, ("fare_media_id",), notes)
    table = without_bad_enum(table, file, "fare_media_type", ("0", "1", "2", "3", "4"), notes)
    return table.select(
        pl.col("fare_media_id").alias("media_id"), pl.col("fare_media_name").alias("name")
    )


def _products(
    table: pl.DataFrame, categories: pl.DataFrame, media: pl.DataFrame, notes: Notes
) -> pl.DataFrame:
    file = PRODUCTS.file
    table = without_blanks(table, file, ("fare_product_id",), notes)
    key = ("fare_product_id", "rider_category_id", "fare_media_id")
    table = without_doubles(table, file, key, notes)
    # Negative amounts are discounts on a transfer (fare_products.txt, amount).
    table = with_money(table, file, "amount", "currency", notes, may_be_negative=True)
    for field, known, spec in (
        ("rider_category_id", categories["category_id"], CATEGORIES),
        ("fare_media_id", media["media_id"], MEDIA),
    ):
        table = without_unknown(
            table, file, field, known, spec.file, notes, code=f"unknown_{field[:-3]}"
        )
    table = _with_validity(table, notes)
    return table.select(
        pl.col("fare_product_id").alias("product_id"),
        pl.col("fare_product_name").alias("name"),
        pl.col("rider_category_id").alias("category_id"),
        pl.col("fare_media_id").alias("media_id"),
        "price",
        "currency",
        "valid",
        "rides",
    )


def _with_validity(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Add `valid` and `rides`, with a warning where the standard does not define them."""
    file = PRODUCTS.file
    for field, kind in (
        ("bundle_amount", "un nombre de trajets"),
        ("duration_amount", "une durée"),
        ("duration_unit", "une unité de durée (0 à 6)"),
    ):
        table = notes.leave_out(
            "bad_value",
            file,
            table,
            (pl.col(field) != "") & whole_number(field).is_null(),
            "« {value} » n'est pas " + kind + " : titre laissé de côté.",
            field=field,
        )
    columns = ("fare_product_name", "bundle_amount", "duration_amount", "duration_unit")
    validities = [validity(*row) for row in table.select(columns).iter_rows()]
    table = table.with_columns(
        pl.Series("valid", [bought.valid for bought in validities], dtype=pl.String),
        pl.Series("rides", [bought.rides for bought in validities], dtype=pl.Int32),
        pl.Series("by_name", [bought.told_by_name for bought in validities], dtype=pl.Boolean),
    )
    notes.warn(
        "validity_told_by_name",
        file,
        table,
        pl.col("by_name"),
        "« {value} » : la norme ne dit pas ce que ce titre permet ; son nom le dit.",
        field="fare_product_name",
    )
    notes.warn(
        "unknown_validity",
        file,
        table,
        pl.col("valid") == OTHER,
        "« {value} » n'est ni un trajet, ni un carnet, ni un jour, une semaine ou un mois : ce "
        "titre n'entre pas dans les coûts.",
        field="fare_product_name",
    )
    return table


# -- where and when ---------------------------------------------------------------------------


def _areas(
    archive: Archive, stops: pl.DataFrame, notes: Notes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    areas = read_table(archive, AREAS, notes)
    areas = without_blanks(areas, AREAS.file, ("area_id",), notes)
    areas = without_doubles(areas, AREAS.file, ("area_id",), notes)
    file = STOP_AREAS.file
    table = read_table(archive, STOP_AREAS, notes)
    table = without_blanks(table, file, ("area_id", "stop_id"), notes)
    table = without_unknown(
        table, file, "area_id", areas["area_id"], AREAS.file, notes, code="unknown_area"
    )
    table = with_row(
        table,
        file,
        "stop_id",
        stops.select("stop_id", "stop"),
        "stops.txt",
        notes,
        code="unknown_stop",
    )
    table = notes.leave_out(
        "area_of_unplaced_stop",
        file,
        table,
        pl.col("stop") == ANY,
        "l'arrêt « {value} » est laissé de côté faute de coordonnées : cette ligne aussi.",
        field="stop_id",
        severity="warning",
    )
    table = without_doubles(table, file, ("stop_id", "area_id"), notes)
    return (
        areas.select("area_id", pl.col("area_name").alias("name")),
        table.select("stop", pl.col("area_id").alias("area")),
    )


def _networks(
    archive: Archive, routes: pl.DataFrame, notes: Notes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the networks, and those of routes; the column of routes.txt goes before the file."""
    networks = read_table(archive, NETWORKS, notes)
    networks = without_blanks(networks, NETWORKS.file, ("network_id",), notes)
    networks = without_doubles(networks, NETWORKS.file, ("network_id",), notes)
    file = ROUTE_NETWORKS.file
    table = read_table(archive, ROUTE_NETWORKS, notes)
    own = routes.filter(pl.col("network_id") != "").select("route", "network_id")
    # route_networks.txt is forbidden beside network_id of routes.txt.
    if own.height:
        table = notes.leave_out(
            "networks_twice",
            file,
            table,
            pl.lit(True),
            f"{ROUTES.file} dit déjà les réseaux (network_id) : ligne laissée de côté.",
            field="route_id",
        )
    table = without_blanks(table, file, ("network_id", "route_id"), notes)
    table = without_unknown(
        table, file, "network_id", networks["network_id"], NETWORKS.file, notes,
        code="unknown_network",
    )  # fmt: skip
    table = with_row(
        table, file, "route_id", routes.select("route_id", "route"), ROUTES.file, notes,
        code="unknown_route",
    )  # fmt: skip
    table = without_doubles(table, file, ("route_id",), notes)
    return (
        networks.select("network_id", pl.col("network_name").alias("name")),
        pl.concat([own, table.select("route", "network_id")]).rename({"network_id": "network"}),
    )


def _timeframes(archive: Archive, services: Services, notes: Notes) -> pl.DataFrame:
    file = TIMEFRAMES.file
    table = read_table(archive, TIMEFRAMES, notes)
    table = without_blanks(table, file, ("timeframe_group_id", "service_id"), notes)
    table = without_unknown(
        table, file, "service_id", services.ids, "calendar.txt ni calendar_dates.txt", notes,
        code="unknown_service",
    )  # fmt: skip
    table = table.with_columns(
        seconds("start_time").alias("start_s"), seconds("end_time").alias("end_s")
    )
    for name, other in (("start", "end"), ("end", "start")):
        blank = pl.col(f"{name}_time") == ""
        table = notes.leave_out(
            "missing_value",
            file,
            table,
            blank & (pl.col(f"{other}_time") != ""),
            f"{name}_time est vide quand {other}_time ne l'est pas : ligne laissée de côté.",
            field=f"{name}_time",
        )
        wrong = pl.col(f"{name}_s").is_null() | (pl.col(f"{name}_s") > DAY_S)
        table = notes.leave_out(
            "bad_time",
            file,
            table,
            ~blank & wrong,
            "« {value} » n'est pas une heure HH:MM:SS du jour : ligne laissée de côté.",
            field=f"{name}_time",
        )
    # Both blank is the whole day (timeframes.txt, start_time and end_time).
    table = table.with_columns(pl.col("start_s").fill_null(0), pl.col("end_s").fill_null(DAY_S))
    table = notes.leave_out(
        "bad_period",
        file,
        table,
        pl.col("end_s") <= pl.col("start_s"),
        "la période finit à {end_time}, pas après son début ({start_time}) : ligne laissée de "
        "côté.",
        field="end_time",
    )
    key = ("timeframe_group_id", "start_s", "end_s", "service_id")
    table = without_doubles(table, file, key, notes)
    runs = pl.DataFrame(
        {
            "service_id": pl.Series(services.ids, dtype=pl.String),
            "runs": pl.Series(services.runs.tolist(), dtype=pl.List(pl.Boolean)),
        }
    )
    return table.join(runs, on="service_id", how="left", maintain_order="left").select(
        pl.col("timeframe_group_id").alias("frame"), "start_s", "end_s", "runs"
    )


# -- the rules --------------------------------------------------------------------------------


def _leg_rules(table: pl.DataFrame, known: _Known, notes: Notes) -> pl.DataFrame:
    file = LEG_RULES.file
    table = _with_product(table, file, known, notes, required=True)
    for field, names, where, code in (
        ("network_id", known.networks, "networks.txt ni routes.txt", "unknown_network"),
        ("from_area_id", known.areas, AREAS.file, "unknown_area"),
        ("to_area_id", known.areas, AREAS.file, "unknown_area"),
        ("from_timeframe_group_id", known.frames, TIMEFRAMES.file, "unknown_timeframe"),
        ("to_timeframe_group_id", known.frames, TIMEFRAMES.file, "unknown_timeframe"),
    ):
        table = without_unknown(table, file, field, names, where, notes, code=code)
    table = notes.leave_out(
        "bad_value",
        file,
        table.with_columns(whole_number("rule_priority").alias("priority")),
        pl.col("priority").is_null() & (pl.col("rule_priority") != ""),
        "« {value} » n'est pas une priorité (nombre entier, 0 ou plus) : ligne laissée de côté.",
        field="rule_priority",
    )
    key = (
        "network_id",
        "from_area_id",
        "to_area_id",
        "from_timeframe_group_id",
        "to_timeframe_group_id",
        "fare_product_id",
    )
    table = without_doubles(table, file, key, notes)
    return table.select(
        pl.col("leg_group_id").alias("group"),
        pl.col("network_id").alias("network"),
        pl.col("from_area_id").alias("from_area"),
        pl.col("to_area_id").alias("to_area"),
        pl.col("from_timeframe_group_id").alias("from_frame"),
        pl.col("to_timeframe_group_id").alias("to_frame"),
        pl.col("fare_product_id").alias("product_id"),
        pl.col("priority").fill_null(0),
    )


def _with_product(
    table: pl.DataFrame, file: str, known: _Known, notes: Notes, *, required: bool
) -> pl.DataFrame:
    if required:
        table = without_blanks(table, file, ("fare_product_id",), notes)
    return without_unknown(
        table,
        file,
        "fare_product_id",
        known.every_product,
        PRODUCTS.file,
        notes,
        code="unknown_fare_product",
        kept=known.products,
    )


def _join_rules(archive: Archive, known: _Known, stops: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    file = JOIN_RULES.file
    table = read_table(archive, JOIN_RULES, notes)
    table = without_blanks(table, file, ("from_network_id", "to_network_id"), notes)
    for field in ("from_network_id", "to_network_id"):
        table = without_unknown(
            table, file, field, known.networks, "networks.txt ni routes.txt", notes,
            code="unknown_network",
        )  # fmt: skip
    table = notes.leave_out(
        "networks_differ",
        file,
        table,
        pl.col("from_network_id") != pl.col("to_network_id"),
        "« {value} » n'est pas le réseau d'avant la correspondance ({from_network_id}), et la "
        "norme veut le même : ligne laissée de côté.",
        field="to_network_id",
    )
    for name, other in (("from", "to"), ("to", "from")):
        table = notes.leave_out(
            "missing_value",
            file,
            table,
            (pl.col(f"{name}_stop_id") == "") & (pl.col(f"{other}_stop_id") != ""),
            f"{name}_stop_id est vide quand {other}_stop_id ne l'est pas : ligne laissée de côté.",
            field=f"{name}_stop_id",
        )
    placed = stops.select("stop_id", "stop")
    for end in ("from", "to"):
        table = with_row(
            table, file, f"{end}_stop_id", placed, "stops.txt", notes, code="unknown_stop"
        )
    lost = (pl.col("from_stop_id") != "") & (pl.min_horizontal("from_stop", "to_stop") == ANY)
    notes.report.leave_out(file, table.filter(lost).height)
    table = without_doubles(
        table.filter(~lost), file, ("from_network_id", "from_stop_id", "to_stop_id"), notes
    )
    return table.select(pl.col("from_network_id").alias("network"), "from_stop", "to_stop")


def _transfer_rules(
    archive: Archive, every_group: pl.Series, groups: pl.Series, known: _Known, notes: Notes
) -> pl.DataFrame:
    file = TRANSFER_RULES.file
    table = read_table(archive, TRANSFER_RULES, notes)
    table = without_bad_enum(table, file, "fare_transfer_type", ("0", "1", "2"), notes)
    for field in ("from_leg_group_id", "to_leg_group_id"):
        table = without_unknown(
            table, file, field, every_group, LEG_RULES.file, notes,
            code="unknown_leg_group", kept=groups,
        )  # fmt: skip
    table = _with_product(table, file, known, notes, required=False)
    table = _with_spans(table, notes)
    table = _with_limit(table, notes)
    key = ("from_leg_group_id", "to_leg_group_id", "fare_product_id", "spans", "limit_s")
    table = without_doubles(table, file, key, notes)
    return table.select(
        pl.col("from_leg_group_id").alias("from_group"),
        pl.col("to_leg_group_id").alias("to_group"),
        "spans",
        "limit_s",
        "limit_type",
        pl.col("fare_transfer_type").cast(pl.Int32).alias("kind"),
        pl.col("fare_product_id").alias("product_id"),
    )


def _with_spans(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Return how many transfers in a row a rule `spans`; between two groups a rule spans one."""
    file = TRANSFER_RULES.file
    alike = pl.col("from_leg_group_id") == pl.col("to_leg_group_id")
    number = whole_number("transfer_count")
    unbounded = pl.col("transfer_count") == "-1"
    table = notes.leave_out(
        "bad_transfer_count",
        file,
        table,
        alike & ~unbounded & (number.is_null() | (number == 0)),
        "« {value} » n'est pas un nombre de correspondances (-1, ou 1 et plus) : ligne laissée de "
        "côté.",
        field="transfer_count",
    )
    notes.warn(
        "transfer_count_not_used",
        file,
        table,
        ~alike & (pl.col("transfer_count") != ""),
        "« {value} » correspondances entre deux groupes différents : la norme ne le permet pas ; "
        "compté comme une.",
        field="transfer_count",
    )
    # transfer_count is forbidden between two groups (fare_transfer_rules.txt).
    spans = pl.when(~alike).then(1).when(unbounded).then(NO_LIMIT).otherwise(number)
    return table.with_columns(spans.cast(pl.Int32).alias("spans"))


def _with_limit(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    file = TRANSFER_RULES.file
    limited = pl.col("duration_limit") != ""
    number = whole_number("duration_limit")
    table = notes.leave_out(
        "bad_value",
        file,
        table,
        limited & (number.is_null() | (number == 0)),
        "« {value} » n'est pas une durée en secondes (1 et plus) : ligne laissée de côté.",
        field="duration_limit",
    )
    known = pl.col("duration_limit_type").is_in(["0", "1", "2", "3"])
    table = notes.leave_out(
        "bad_value",
        file,
        table,
        limited & ~known,
        "« {value} » ne dit pas d'où à où la durée se compte (0 à 3) : ligne laissée de côté.",
        field="duration_limit_type",
    )
    notes.warn(
        "limit_type_not_used",
        file,
        table,
        ~limited & (pl.col("duration_limit_type") != ""),
        "« {value} » sans durée limite : sans effet.",
        field="duration_limit_type",
    )
    kind = pl.when(limited).then(pl.col("duration_limit_type").cast(pl.Int32, strict=False))
    return table.with_columns(
        number.fill_null(NO_LIMIT).alias("limit_s"),
        kind.otherwise(NO_LIMIT).alias("limit_type"),
    )

"""Reads stop_times.txt: which trip calls where, when, for whom.

Checked only for trips that run on a needed day (the others are put aside first, for speed), but a
row that names a trip found nowhere is always reported.
"""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from ..checks.notes import Notes
from ..feed import NONE
from ..feed import STOP_TIMES as STOP_TIMES_SCHEMA
from .archive import Archive
from .interpolation import interpolate
from .specs import STOP_TIMES, TRIPS, read_table
from .times import DAY_S, real_number, seconds, whole_number
from .trips import LEFT_OUT, NOT_RUNNING

NO_RULE: Final = -1
"""Row of the booking rule of a call that names none."""

_FILE: Final = STOP_TIMES.file

_NO_CALL, _TO_BOOK = 1, 2
"""Values of pickup_type and drop_off_type: not available, to be booked with the agency."""

_LATEST_S: Final = 2 * DAY_S
"""Only the day before is read: what runs later than this would be missed two days on."""


class Calls(NamedTuple):
    """`rows` has the columns of `feed.STOP_TIMES`, sorted by trip then sequence.

    `unplaced` are the calls (`stop_id`) left out because their stop has no coordinates;
    `spoken_of` are the rows of the trips that a finding already reports as left out.
    `on_demand` are the rows served within a window, as text, with their `trip` and `sequence`;
    `beside` are the timed calls of the same trips. `hailed` are the rows of the trips that also
    stop between their calls, `by_driver` of those where one asks the driver.
    """

    rows: pl.DataFrame
    unplaced: pl.DataFrame
    spoken_of: pl.Series
    on_demand: pl.DataFrame
    beside: pl.DataFrame
    hailed: pl.Series
    by_driver: pl.Series


def read_stop_times(
    archive: Archive,
    trips: pl.DataFrame,
    stops: pl.DataFrame,
    rule_ids: pl.Series,
    notes: Notes,
) -> Calls:
    """Read the calls of the trips that run.

    `trips` gives `trip` by `trip_id` (see `trips.lookup`), `stops` gives `stop` by `stop_id`
    (see `stops.split_by_place`), `rule_ids` are those of the booking rules, in their order.
    """
    table = read_table(archive, STOP_TIMES, notes)
    # Most rows of a feed are of other days: they go before any check, which are slower.
    table = _of_running_trips(table, trips, notes)
    hailed = _trips_of(table.filter(is_continuous()))
    table = _with_sequence(table, notes)
    table, on_demand = _without_on_demand(table)
    table = _with_stated_times(table, notes)
    table = _with_boarding(table, notes)
    table = _with_rules(table, rule_ids, notes)
    table = _with_stop(table, stops, notes)
    table = _sorted_without_duplicates(table, notes)
    # Calls without a known stop stay until here, for times are interpolated through them.
    timed = _timed(table, notes)
    spoken_of = _trips_of(table).filter(~_trips_of(table).is_in(_trips_of(timed).implode()))
    table = timed
    unplaced = table.filter(pl.col("stop") == NONE).select("stop_id")
    notes.report.leave_out(_FILE, unplaced.height)
    table = table.filter(pl.col("stop") >= 0)
    return Calls(
        rows=table.select(STOP_TIMES_SCHEMA.names()),
        unplaced=unplaced,
        spoken_of=spoken_of,
        on_demand=on_demand,
        beside=table.join(on_demand.select("trip").unique(), on="trip", how="semi"),
        hailed=hailed,
        by_driver=_trips_of(table.filter((pl.col("pickup") == 3) | (pl.col("drop_off") == 3))),
    )


def is_continuous() -> pl.Expr:
    """Return whether riders get on or off between two stops: 0, 2 or 3; blank means no."""
    return pl.any_horizontal(
        pl.col(name).is_in(["0", "2", "3"]) for name in ("continuous_pickup", "continuous_drop_off")
    )


def without_short_trips(
    trips: pl.DataFrame,
    calls: pl.DataFrame,
    spoken_of: pl.Series,
    on_demand: pl.Series,
    notes: Notes,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out trips with fewer than two timed calls, and renumber the others.

    `trips` are the kept trips (with `line`); those whose row is `spoken_of` go without a finding,
    and those that run `on_demand` are not left out: they are kept elsewhere.
    """
    number = np.bincount(calls["trip"].to_numpy(), minlength=trips.height)
    row = pl.int_range(pl.len(), dtype=pl.Int32)
    trips = trips.with_columns(
        pl.Series("calls", number),
        row.is_in(pl.concat([spoken_of, on_demand]).implode()).alias("spoken_of"),
        row.is_in(on_demand.implode()).alias("on_demand"),
    )
    short = pl.col("calls") < 2
    unserved = short & pl.col("spoken_of") & ~pl.col("on_demand")
    notes.report.leave_out(TRIPS.file, trips.filter(unserved).height)
    notes.leave_out(
        "trip_too_short",
        TRIPS.file,
        trips,
        short & ~pl.col("spoken_of"),
        "la course « {value} » a {calls} passage(s) utilisable(s) dans stop_times.txt, il en faut "
        "deux : course laissée de côté.",
        field="trip_id",
        severity="warning",
    )
    is_long = number >= 2
    # Without meaning for the trips left out, whose calls are taken out below.
    new_row = np.cumsum(is_long, dtype=np.int32) - 1
    old_row = calls["trip"].to_numpy()
    served = trips["on_demand"].to_numpy()
    notes.report.leave_out(_FILE, int(np.count_nonzero(~(is_long | served)[old_row])))
    calls = calls.with_columns(pl.Series("trip", new_row[old_row], dtype=pl.Int32))
    return trips.filter(~short), calls.filter(pl.Series(is_long[old_row]))


def _trips_of(table: pl.DataFrame) -> pl.Series:
    return table["trip"].unique()


def _without_on_demand(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the calls at an hour from those within a window or a zone (GTFS-Flex)."""
    on_demand = pl.any_horizontal(
        pl.col(name) != ""
        for name in (
            "location_id",
            "location_group_id",
            "start_pickup_drop_off_window",
            "end_pickup_drop_off_window",
        )
    )
    return table.filter(~on_demand), table.filter(on_demand)


def _of_running_trips(table: pl.DataFrame, trips: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    # The key alone is joined: a join of the table would copy each of its columns.
    trip_rows = table.select("trip_id").join(trips, on="trip_id", how="left", maintain_order="left")
    table = table.with_columns(trip_rows.select(pl.exclude("trip_id")))
    table = notes.leave_out(
        "unknown_trip",
        _FILE,
        table,
        pl.col("trip").is_null(),
        "la course « {value} » n'existe pas dans trips.txt : ligne laissée de côté.",
        field="trip_id",
    )
    notes.report.leave_out(_FILE, table.filter(pl.col("trip") == LEFT_OUT).height)
    # NOT_RUNNING and LEFT_OUT are negative: rows of the trips kept are not.
    return table.filter(pl.col("trip") > NOT_RUNNING)


def _with_sequence(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    return notes.leave_out(
        "bad_value",
        _FILE,
        table.with_columns(whole_number("stop_sequence").alias("sequence")),
        pl.col("sequence").is_null(),
        "« {value} » n'est pas un rang (nombre entier) : ligne laissée de côté.",
        field="stop_sequence",
    )


def _with_stated_times(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Parse both times, null where blank."""
    table = table.with_columns(
        seconds("arrival_time").alias("arrival_s"), seconds("departure_time").alias("departure_s")
    )
    for name in ("arrival", "departure"):
        table = notes.leave_out(
            "bad_time",
            _FILE,
            table,
            pl.col(f"{name}_s").is_null() & (pl.col(f"{name}_time") != ""),
            "« {value} » n'est pas une heure HH:MM:SS : ligne laissée de côté.",
            field=f"{name}_time",
        )
    notes.warn(
        "very_late",
        _FILE,
        table,
        pl.col("departure_s") >= _LATEST_S,
        "« {value} » dépasse 48 h : gardé, mais un service n'est cherché que le jour même et le "
        "lendemain.",
        field="departure_time",
    )
    notes.warn(
        "bad_value",
        _FILE,
        table,
        ~pl.col("timepoint").is_in(["", "0", "1"]),
        "« {value} » devrait être 0 (heure estimée) ou 1 (heure exacte) : sans effet ici.",
        field="timepoint",
    )
    # timepoint 1 promises exact times, which blank ones cannot be (stop_times.txt, timepoint).
    untimed = pl.col("arrival_s").is_null() & pl.col("departure_s").is_null()
    notes.warn(
        "untimed_timepoint",
        _FILE,
        table,
        untimed & (pl.col("timepoint") == "1"),
        "l'horaire est dit exact (timepoint 1) mais les heures sont vides : heure estimée entre "
        "les arrêts voisins.",
        field="timepoint",
    )
    return table


def _with_boarding(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    for column, name in (("pickup_type", "pickup"), ("drop_off_type", "drop_off")):
        # Blank is 0, regularly served (stop_times.txt, pickup_type and drop_off_type).
        valid = pl.col(column).is_in(["0", "1", "2", "3"])
        notes.warn(
            "bad_value",
            _FILE,
            table,
            (pl.col(column) != "") & ~valid,
            "« {value} » devrait être compris entre 0 et 3 : tenu pour 0, comme d'habitude.",
            field=column,
        )
        table = table.with_columns(
            pl.when(valid).then(pl.col(column)).otherwise(pl.lit("0")).cast(pl.UInt8).alias(name)
        )
    return table


def _with_rules(table: pl.DataFrame, rule_ids: pl.Series, notes: Notes) -> pl.DataFrame:
    """Resolve the booking rules; a call whose rule cannot be read must still be booked."""
    for side in ("pickup", "drop_off"):
        field = f"{side}_booking_rule_id"
        known = pl.DataFrame(
            {field: rule_ids, "rule": pl.int_range(len(rule_ids), dtype=pl.Int32, eager=True)},
            schema={field: pl.String, "rule": pl.Int32},
        )
        table = table.join(known, on=field, how="left", maintain_order="left")
        named = pl.col(field) != ""
        notes.warn(
            "unknown_rule",
            _FILE,
            table,
            named & pl.col("rule").is_null(),
            "la règle de réservation « {value} » n'est pas (lisible) dans booking_rules.txt : le "
            "passage reste à réserver, sans que l'on sache jusqu'à quand.",
            field=field,
        )
        # A rule is enough to know that one books, whatever the type beside it; a call where
        # one may not get on (or off) keeps its 1.
        must_book = named & (pl.col(side) != _NO_CALL)
        table = table.with_columns(
            pl.col("rule").fill_null(NO_RULE).alias(f"{side}_rule"),
            pl.when(must_book).then(_TO_BOOK).otherwise(pl.col(side)).cast(pl.UInt8).alias(side),
        ).drop("rule")
    return table


def _with_stop(table: pl.DataFrame, stops: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Resolve the stop; unknown ones stay, null, so that times may be interpolated through them."""
    table = table.join(stops, on="stop_id", how="left", maintain_order="left")
    unknown = pl.col("stop").is_null()
    notes.leave_out(
        "unknown_stop",
        _FILE,
        table,
        unknown & (pl.col("stop_id") != ""),
        "l'arrêt « {value} » n'existe pas dans stops.txt : ligne laissée de côté.",
        field="stop_id",
    )
    notes.leave_out(
        "missing_value",
        _FILE,
        table,
        unknown & (pl.col("stop_id") == ""),
        "stop_id est vide : ligne laissée de côté.",
        field="stop_id",
    )
    notes.warn(
        "call_not_at_a_stop",
        _FILE,
        table,
        pl.col("location_type") != 0,
        "« {value} » n'est pas un arrêt mais une station ou un accès (location_type "
        "{location_type}) : gardé tel quel.",
        field="stop_id",
    )
    return table


def _sorted_without_duplicates(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    # Sorting millions of rows costs more than seeing that they are sorted, as most feeds are.
    if not _is_sorted(table):
        table = table.sort("trip", "sequence", "line")
    return notes.leave_out(
        "duplicate_key",
        _FILE,
        table,
        (pl.col("trip") == pl.col("trip").shift(1))
        & (pl.col("sequence") == pl.col("sequence").shift(1)),
        "la course « {trip_id} » a déjà un passage de rang {value} : ligne laissée de côté.",
        field="stop_sequence",
    )


def _timed(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Give each call both times, and leave out trips whose times make no sense."""
    notes.warn(
        "one_time_blank",
        _FILE,
        table,
        pl.col("arrival_s").is_null() != pl.col("departure_s").is_null(),
        "une des deux heures est vide : l'autre (« {arrival_time}{departure_time} ») vaut pour les "
        "deux.",
        field="arrival_time",
    )
    table = table.with_columns(
        pl.coalesce("arrival_s", "departure_s").alias("arrival_s"),
        pl.coalesce("departure_s", "arrival_s").alias("departure_s"),
    )
    table = _without_blank_ends(table, notes)
    table = _without_decreasing(table, notes)
    timed = table["arrival_s"].is_not_null().to_numpy()
    if timed.all():
        return table
    arrival_s, departure_s = interpolate(
        table["arrival_s"].fill_null(0).to_numpy(),
        table["departure_s"].fill_null(0).to_numpy(),
        timed,
        table.select(real_number("shape_dist_traveled").fill_null(np.nan)).to_series().to_numpy(),
    )
    return table.with_columns(
        pl.Series("arrival_s", arrival_s), pl.Series("departure_s", departure_s)
    )


def _is_sorted(table: pl.DataFrame) -> bool:
    # Both keys in one number: a sequence has nine digits at most (`times.whole_number`).
    key = table["trip"].to_numpy().astype(np.int64) << 32 | table["sequence"].to_numpy()
    return bool((key[1:] >= key[:-1]).all())


def _without_blank_ends(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    trip = pl.col("trip")
    is_end = (trip != trip.shift(1)).fill_null(True) | (trip != trip.shift(-1)).fill_null(True)
    return _without_trips_of(
        table.filter(is_end & pl.col("arrival_s").is_null()),
        table,
        "blank_end",
        "le premier ou le dernier passage de la course « {trip_id} » n'a pas d'heure : toute la "
        "course est laissée de côté.",
        notes,
    )


def _without_decreasing(table: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Leave out trips that go back in time: which of their times is wrong cannot be known."""
    timed = table.filter(pl.col("arrival_s").is_not_null())
    same_trip = pl.col("trip") == pl.col("trip").shift(1)
    timed = timed.with_columns(
        pl.when(same_trip)
        .then(pl.col("departure_s", "departure_time").shift(1))
        .name.prefix("previous_")
    )
    table = _without_trips_of(
        timed.filter(pl.col("departure_s") < pl.col("arrival_s")),
        table,
        "decreasing_time",
        "départ à {departure_time} avant l'arrivée à « {value} » : toute la course « {trip_id} » "
        "est laissée de côté.",
        notes,
    )
    return _without_trips_of(
        timed.filter(
            (pl.col("departure_s") >= pl.col("arrival_s"))
            & (pl.col("arrival_s") < pl.col("previous_departure_s"))
        ),
        table,
        "decreasing_time",
        "« {value} » précède le départ de l'arrêt d'avant ({previous_departure_time}) : toute la "
        "course « {trip_id} » est laissée de côté (après minuit, on écrit 24:10:00 et non "
        "00:10:00).",
        notes,
    )


def _without_trips_of(
    wrong: pl.DataFrame, table: pl.DataFrame, code: str, message: str, notes: Notes
) -> pl.DataFrame:
    """Leave out every trip that has a wrong call, with one finding at the first of them."""
    wrong = wrong.join(table.select("trip").unique(), on="trip", how="semi", maintain_order="left")
    if wrong.is_empty():
        return table
    wrong = wrong.unique("trip", keep="first", maintain_order=True)
    notes.note_rows("error", code, _FILE, wrong, message, field="arrival_time")
    kept = table.join(wrong.select("trip"), on="trip", how="anti", maintain_order="left")
    # Rows without a stop were counted when they were found.
    rows = table["stop"].count() - kept["stop"].count()
    notes.report.leave_out(_FILE, rows)
    return kept

"""Joins the feeds read: ids made distinct, row numbers moved."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .checks.notes import Notes
from .checks.report import Report
from .fares.tables import FareTables
from .feed import FREQUENCIES, NONE, ROUTES, STOP_TIMES, STOPS, TRANSFERS, TRIPS
from .on_demand.tables import NO_RULE, OnDemandTables
from .part import Part

_RENAMED = (
    ("stops", "stop_id", "arrêts"),
    ("routes", "route_id", "lignes de transport"),
    ("trips", "trip_id", "courses"),
    ("trips", "block_id", ""),
)


class Merged:
    """The tables of several parts, one after the other."""

    def __init__(self, parts: Sequence[Part], report: Report) -> None:
        """Join the parts; clashing ids of the n-th feed are renamed "n:ID", with a warning."""
        tables = _tables_with_distinct_ids(parts, report)
        first_rows = {
            kind: _first_rows(table.height for table in tables[kind])
            for kind in ("stops", "routes", "trips")
        }
        self.stops = _joined(tables["stops"], STOPS, {"parent": first_rows["stops"]})
        self.routes = _joined(tables["routes"], ROUTES, {})
        services = _first_rows(len(part.service_ids) for part in parts)
        trips = _joined(
            tables["trips"], TRIPS, {"route": first_rows["routes"], "service": services}
        )
        rules = _first_rows(part.on_demand.rules.height for part in parts)
        self.stop_times = _joined(
            [part.stop_times for part in parts],
            STOP_TIMES,
            {
                "trip": first_rows["trips"],
                "stop": first_rows["stops"],
                "pickup_rule": rules,
                "drop_off_rule": rules,
            },
        )
        self.frequencies = _joined(
            [part.frequencies for part in parts], FREQUENCIES, {"trip": first_rows["trips"]}
        )
        self.transfers = _joined(
            [part.transfers for part in parts],
            TRANSFERS,
            {
                f"{end}_{kind}": first_rows[f"{kind}s"]
                for end in ("from", "to")
                for kind in ("stop", "trip", "route")
            },
        )
        self.fares = FareTables.joined(
            [part.fares for part in parts], first_rows["stops"], first_rows["routes"]
        )
        ids = _distinct_lists([part.service_ids for part in parts])
        runs = np.vstack([part.runs for part in parts])
        on_demand = OnDemandTables.joined(
            [part.on_demand for part in parts], first_rows | {"services": services}
        )
        # Services of trips that do not run in these days would double the table of services.
        used = _used_services(trips, on_demand)
        self.trips = _renumbered(trips, used)
        self.on_demand = replace(
            on_demand,
            trips=_renumbered(on_demand.trips, used),
            rules=_renumbered(on_demand.rules, used),
        )
        self.service_ids = [ids[row] for row in used]
        self.services = np.ascontiguousarray(runs[used])


def _tables_with_distinct_ids(
    parts: Sequence[Part], report: Report
) -> dict[str, list[pl.DataFrame]]:
    tables = {
        kind: [getattr(part, kind) for part in parts] for kind in ("stops", "routes", "trips")
    }
    for kind, column, plural in _RENAMED:
        taken: set[str] = set()
        for number, part in enumerate(parts):
            table = tables[kind][number]
            own = set(table[column].to_list()) - {""}
            new_ids = _renamed(own, taken, number + 1)
            if new_ids:
                tables[kind][number] = table.with_columns(pl.col(column).replace(new_ids))
                _warn_renamed(new_ids, kind, column, plural, Notes(report, part.name))
            taken |= {new_ids.get(name, name) for name in own}
    return tables


def _renamed(own: set[str], taken: set[str], number: int) -> dict[str, str]:
    """Give the ids already taken a new one, not yet taken."""
    # Real time finds its trips by this prefix: see `realtime.applying.own_ids`.
    new_ids = {}
    for name in sorted(own & taken):
        new = f"{number}:{name}"
        while new in taken or new in own:
            new = f"{number}:{new}"
        new_ids[name] = new
    return new_ids


def _warn_renamed(
    new_ids: dict[str, str], kind: str, column: str, plural: str, notes: Notes
) -> None:
    # A block has no name that riders see: renamed without a warning.
    if not plural:
        return
    old, new = next(iter(new_ids.items()))
    notes.note(
        "warning",
        "id_in_several_feeds",
        f"{kind}.txt",
        f"{len(new_ids)} identifiant(s) de {plural} existent aussi dans un fichier précédent : "
        f"ils sont renommés (« {old} » devient « {new} »).",
        field=column,
        value=old,
        count=len(new_ids),
    )


def _distinct_lists(lists: Iterable[list[str]]) -> list[str]:
    ids: list[str] = []
    for number, own in enumerate(lists, start=1):
        new_ids = _renamed(set(own), set(ids), number)
        ids += [new_ids.get(name, name) for name in own]
    return ids


def _first_rows(heights: Iterable[int]) -> list[int]:
    """Give the row at which each part begins."""
    return [0, *accumulate(heights)][:-1]


def _joined(
    tables: Sequence[pl.DataFrame], schema: pl.Schema, references: dict[str, list[int]]
) -> pl.DataFrame:
    """Put tables end to end; each reference is a row number, moved unless it is NONE."""
    moved = [
        table.with_columns(
            pl.when(pl.col(name) == NONE)
            .then(NONE)
            .otherwise(pl.col(name) + first[number])
            .alias(name)
            for name, first in references.items()
        ).cast(schema)
        for number, table in enumerate(tables)
    ]
    return pl.concat(moved).rechunk().select(schema.names())


def _used_services(trips: pl.DataFrame, on_demand: OnDemandTables) -> NDArray[np.int64]:
    """Return the services that a trip or the notice of a booking uses, in the same order."""
    named = [table["service"].to_numpy() for table in (trips, on_demand.trips, on_demand.rules)]
    used = np.unique(np.concatenate(named)).astype(np.int64)
    # Rules that count every day name no service.
    kept: NDArray[np.int64] = used[used != NO_RULE]
    return kept


def _renumbered(table: pl.DataFrame, used: NDArray[np.int64]) -> pl.DataFrame:
    """Return the table with its services numbered among those used."""
    service = table["service"].to_numpy()
    rows = np.where(service == NO_RULE, NO_RULE, np.searchsorted(used, service))
    return table.with_columns(pl.Series("service", rows.astype(np.int32)))

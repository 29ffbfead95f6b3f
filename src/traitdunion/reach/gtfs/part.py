"""One feed once read, before it is joined to the others."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .fares.tables import FareTables
from .on_demand.tables import OnDemandTables


@dataclass(frozen=True)
class Part:
    """The tables of `Feed` for one feed, rows numbered within it.

    `runs` (n_services, days + 2 or 3) starts on the day before the first; a feed of another time
    zone has one day more at the end, for `zones`. Services that no trip uses are still there.
    `first` and `last`: first and last day on which one of its trips runs, wherever they fall,
    within the days the publisher answers for (`feed_info.txt`).
    """

    name: str
    sha256: str
    zone: str
    stops: pl.DataFrame
    routes: pl.DataFrame
    trips: pl.DataFrame
    stop_times: pl.DataFrame
    service_ids: list[str]
    runs: NDArray[np.bool_]
    frequencies: pl.DataFrame
    transfers: pl.DataFrame
    fares: FareTables
    on_demand: OnDemandTables
    first: date | None = None
    last: date | None = None
    covers: tuple[date, date] | None = None

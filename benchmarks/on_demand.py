"""One to all with services on demand, on the embedded demonstration network: what asking costs."""

import csv
import tempfile
from datetime import date
from pathlib import Path

from traitdunion import reach
from traitdunion.demonstration.network import DEMO, write_demo_gtfs

from .measure import Row, paired

ON = date(2025, 3, 4)
MORNING_S = 7 * 3600


def rows(shared: Path) -> list[Row]:
    """From each commune of Haute-Loire, on foot and by asking, against on foot alone."""
    with (shared / "territory/reference_communes_43.csv").open(encoding="utf-8") as file:
        points = [
            reach.Point(float(row["lat_cheflieu"]), float(row["lon_cheflieu"]))
            for row in csv.DictReader(file)
        ]
    with tempfile.TemporaryDirectory() as folder:
        feed = write_demo_gtfs(DEMO, Path(folder) / "demo.zip", start=ON, days=1)
        tt = reach.Timetable.from_gtfs(feed, start=ON, days=1)
    asking = reach.OnDemand()
    reached = [_reached(tt, point, None) for point in points]
    further = [_reached(tt, point, asking) for point in points]
    if any(more < fewer for more, fewer in zip(further, reached, strict=True)):
        raise RuntimeError("asking for a ride lost a stop")

    def with_rides() -> None:
        for point in points:
            _reached(tt, point, asking)

    def on_foot() -> None:
        for point in points:
            _reached(tt, point, None)

    mine_s, other_s, ratio = paired(with_rides, on_foot)
    n = len(points)
    opened = sum(more > fewer for more, fewer in zip(further, reached, strict=True))
    return [
        Row(
            f"One to all with services on demand, 7:00 ({n} communes, {tt.n_stops} stops, "
            f"{len(tt.on_demand.trips)} trips on demand; {opened} communes reach more stops)",
            f"{mine_s / n * 1e3:.2f} ms",
            f"on foot alone {other_s / n * 1e3:.2f} ms, ratio **{ratio:.1f}**",
            "reported",
            None,
        )
    ]


def _reached(tt: reach.Timetable, point: reach.Point, asking: reach.OnDemand | None) -> int:
    """How many stops one is at by ten."""
    access = reach.access_at(tt, point, MORNING_S, on=ON, modes=reach.Modes(on_demand=asking))
    times = reach.earliest_arrivals(tt, access, MORNING_S, on=ON, by_s=MORNING_S + 3 * 3600)
    return int((times <= MORNING_S + 3 * 3600).sum())

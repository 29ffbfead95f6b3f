"""Reads GTFS feeds, checks them as it goes, and joins them."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from .checks.lines import note_lines
from .checks.notes import Notes
from .checks.plausibility import note_far_stops, note_speeds
from .checks.report import FeedError, Report
from .checks.unapplied import UNREAD_FILES
from .fares.reading import FILES as FARES
from .fares.reading import read_fares
from .feed import ROUTES, TRIPS, Feed, FeedSpan
from .merge import Merged
from .on_demand.booking_rules import read_booking_rules
from .on_demand.files import FILES as ON_DEMAND
from .on_demand.reading import read_on_demand
from .part import Part
from .tables.archive import Archive, Limits, open_feed
from .tables.calendars import Services, read_services
from .tables.feed_dates import read_feed_dates
from .tables.frequencies import note_lost_trips, read_frequencies
from .tables.routes import read_agencies, read_routes, time_zone
from .tables.specs import ALL, FREQUENCIES, STOP_TIMES, require_files
from .tables.specs import TRIPS as TRIPS_FILE
from .tables.stop_times import Calls, read_stop_times, without_short_trips
from .tables.stops import note_unplaced, read_stops, split_by_place
from .tables.transfers import read_transfers
from .tables.trips import LEFT_OUT, lookup, read_trips
from .time_zones import margin_days, shifted_to

Progress = Callable[[str, float], None]
"""Called with what is being read (French) and the share done, 0 to 1."""


def read_gtfs(
    paths: Iterable[Path],
    *,
    start: date,
    days: int,
    timezone: str | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Feed:
    """Read zips or folders of GTFS for `days` service days from `start`.

    Only trips whose service runs between the day before `start` (its night runs into it) and the
    day after the last are kept, and only their calls are checked; stops and routes are all kept.
    Times are brought to `timezone`, that of the riders' clocks; None keeps that of the first feed.
    Sound rows load whatever stands beside them: `report` holds what was wrong and left out.

    Raises `FeedError` (in French) if a feed cannot be read at all, `ValueError` if `days` < 1.
    Source: GTFS Schedule reference, https://gtfs.org/documentation/schedule/reference/.
    """
    if days < 1:
        raise ValueError(f"days must be at least 1, not {days}")
    report = Report()
    archives = _open_feeds(paths, limits, report)
    parts: list[Part] = []
    for number, archive in enumerate(archives):
        notes = Notes(report, archive.name)
        steps = _steps(progress, archive.name, number, len(archives))
        zone = timezone or (parts[0].zone if parts else None)
        part = _read_part(archive, notes, start=start, days=days, zone=zone, step=steps)
        parts.append(shifted_to(part, zone or part.zone, start=start, days=days, notes=notes))
    merged = Merged(parts, report)
    if progress:
        progress("Lecture terminée", 1.0)
    return Feed(
        timezone=parts[0].zone,
        start=start,
        days=days,
        stops=merged.stops,
        routes=merged.routes,
        trips=merged.trips,
        stop_times=merged.stop_times,
        services=merged.services,
        service_ids=merged.service_ids,
        frequencies=merged.frequencies,
        transfers=merged.transfers,
        fares=merged.fares,
        on_demand=merged.on_demand,
        inputs=tuple((part.name, part.sha256) for part in parts),
        report=report,
        spans=tuple(_feed_span(part) for part in parts),
    )


def _feed_span(part: Part) -> FeedSpan:
    return FeedSpan(
        name=part.name,
        trips=part.trips.height,
        stops=part.stops.height,
        first=part.first,
        last=part.last,
        covers=part.covers,
    )


def _open_feeds(paths: Iterable[Path], limits: Limits | None, report: Report) -> list[Archive]:
    """Open every feed before reading any; one given twice is read once."""
    archives: dict[str, Archive] = {}
    for path in paths:
        try:
            files = [*(spec.file for spec in (*ALL, *FARES)), *ON_DEMAND, *UNREAD_FILES]
            archive = open_feed(Path(path), files, limits=limits)
        except FeedError as error:
            raise FeedError(str(error), report) from error
        if archive.sha256 in archives:
            Notes(report, archive.name).note(
                "warning",
                "feed_given_twice",
                archive.name,
                f"même contenu que {archives[archive.sha256].name} : lu une seule fois.",
            )
        archives.setdefault(archive.sha256, archive)
    if not archives:
        raise FeedError(
            "Aucun fichier GTFS donné : indiquez au moins un zip ou un dossier.", report
        )
    return list(archives.values())


def _steps(
    progress: Progress | None, name: str, number: int, n_feeds: int
) -> Callable[[str, float], None]:
    def step(what: str, share: float) -> None:
        if progress:
            progress(f"{name} : {what}", (number + share) / n_feeds)

    return step


def _read_part(
    archive: Archive, notes: Notes, *, start: date, days: int, zone: str | None, step: Progress
) -> Part:
    """Read one feed; `zone` is that of the network, None where this feed gives it."""
    try:
        step("calendriers", 0.0)
        require_files(archive, notes)
        agencies = read_agencies(archive, notes)
        own_zone = time_zone(agencies, notes)
        # The day before, whose night runs into the first day, and the day after the last.
        n_days = days + 2 + margin_days(own_zone, zone or own_zone)
        services = read_services(archive, notes, first=start - timedelta(days=1), n_days=n_days)
        part = _read_tables(archive, own_zone, agencies, services, notes, step)
    except FeedError as error:
        raise FeedError(str(error), notes.report) from error
    finally:
        archive.close()
    if part.trips.is_empty() and not part.on_demand:
        _warn_that_nothing_runs(services, start, days, notes)
    return part


def _read_tables(
    archive: Archive,
    zone: str,
    agencies: pl.DataFrame,
    services: Services,
    notes: Notes,
    step: Progress,
) -> Part:
    step("arrêts et lignes", 0.1)
    every_stop = read_stops(archive, notes)
    stops = split_by_place(every_stop, notes)
    note_far_stops(stops.placed, every_stop, notes)
    routes = read_routes(archive, agencies, notes)
    every_trip = read_trips(archive, routes, services, notes)
    trips = every_trip.filter(pl.col("sound") & pl.col("runs"))
    step("horaires", 0.3)
    rules = read_booking_rules(archive, services, notes)
    calls = read_stop_times(archive, lookup(every_trip), stops.rows, rules["rule_id"], notes)
    note_unplaced(stops.unplaced, calls.unplaced, notes)
    on_demand = read_on_demand(archive, calls, trips, stops.rows, stops.placed, rules, notes)
    step("fréquences et correspondances", 0.9)
    frequencies = read_frequencies(archive, lookup(every_trip), notes)
    note_lost_trips(trips, frequencies.lost_trips, notes)
    lost = pl.col("trip").is_in(frequencies.lost_trips.implode())
    notes.report.leave_out(STOP_TIMES.file, calls.rows.filter(lost).height)
    spoken_of = pl.concat([calls.spoken_of, frequencies.lost_trips, on_demand.lost])
    kept, stop_times = without_short_trips(
        trips, calls.rows.filter(~lost), spoken_of, on_demand.trips, notes
    )
    trip_rows = _final_lookup(every_trip, kept)
    _note_lines(trips, kept, routes, stop_times, calls, notes)
    note_speeds(stop_times, kept, routes, stops.placed, notes)
    _note_unread(archive, notes)
    answers_from, answers_to = read_feed_dates(archive, kept, services, notes)
    # Of all sound trips: the span of a feed does not depend on the days read.
    sound = every_trip.filter(pl.col("sound"))["service"].cast(pl.Int64).to_numpy()
    first, last = services.span_of(sound) or (None, None)
    # Trips of other days stay, but what does not run there proves nothing.
    if first is not None and answers_from is not None:
        first = max(first, answers_from)
    if last is not None and answers_to is not None:
        last = min(last, answers_to)
    return Part(
        name=archive.name,
        sha256=archive.sha256,
        zone=zone,
        stops=stops.placed,
        routes=routes.select(ROUTES.names()),
        trips=kept.select(TRIPS.names()),
        stop_times=stop_times,
        service_ids=services.ids,
        runs=services.runs,
        frequencies=_with_final_trips(frequencies.rows, trips, kept, notes),
        transfers=read_transfers(
            archive,
            stops,
            trip_rows,
            routes.select("route_id", pl.int_range(pl.len(), dtype=pl.Int32).alias("route")),
            notes,
        ),
        fares=read_fares(archive, agencies, stops.rows, routes, services, zone, notes),
        on_demand=on_demand.tables,
        first=first,
        last=last,
        covers=services.covers,
    )


def _note_lines(
    trips: pl.DataFrame,
    kept: pl.DataFrame,
    routes: pl.DataFrame,
    stop_times: pl.DataFrame,
    calls: Calls,
    notes: Notes,
) -> None:
    """Note what is particular to each line; `calls` number the trips before some were left out."""
    final = kept.with_row_index("final").select("trip_id", pl.col("final").cast(pl.Int32))
    renumbered = trips.select("trip_id").join(
        final, on="trip_id", how="left", maintain_order="left"
    )["final"]
    hailed, by_driver = (
        renumbered.gather(rows).drop_nulls() for rows in (calls.hailed, calls.by_driver)
    )
    note_lines(kept, routes, stop_times, hailed, by_driver, notes)


def _note_unread(archive: Archive, notes: Notes) -> None:
    for file, message in UNREAD_FILES.items():
        if file in archive:
            notes.note("info", "not_applied", file, message)


def _final_lookup(every_trip: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Give `lookup` again now that some trips were left out for their calls."""
    final = kept.select("trip_id", pl.int_range(pl.len(), dtype=pl.Int32).alias("final"))
    rows = lookup(every_trip).join(final, on="trip_id", how="left", maintain_order="left")
    return rows.select(
        "trip_id",
        pl.when(pl.col("trip") < 0)
        .then(pl.col("trip"))
        .otherwise(pl.col("final").fill_null(LEFT_OUT))
        .alias("trip"),
    )


def _with_final_trips(
    frequencies: pl.DataFrame, trips: pl.DataFrame, kept: pl.DataFrame, notes: Notes
) -> pl.DataFrame:
    """Renumber the trips; the rows of those left out since go with them."""
    new_row = np.full(trips.height, -1, dtype=np.int32)
    is_kept = trips["trip_id"].is_in(kept["trip_id"].implode()).to_numpy()
    new_row[is_kept] = np.arange(kept.height, dtype=np.int32)
    rows = pl.Series("trip", new_row[frequencies["trip"].to_numpy()], dtype=pl.Int32)
    final = frequencies.with_columns(rows).filter(pl.col("trip") >= 0)
    notes.report.leave_out(FREQUENCIES.file, frequencies.height - final.height)
    return final


def _warn_that_nothing_runs(services: Services, start: date, days: int, notes: Notes) -> None:
    end = start + timedelta(days=days - 1)
    covers = (
        f"les calendriers vont du {services.covers[0]:%d/%m/%Y} au {services.covers[1]:%d/%m/%Y}"
        if services.covers
        else "les calendriers sont vides"
    )
    notes.note(
        "warning",
        "nothing_runs",
        TRIPS_FILE.file,
        f"aucune course à lire du {start:%d/%m/%Y} au {end:%d/%m/%Y} ({covers}).",
    )

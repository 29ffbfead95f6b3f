"""Command `traitdunion matrix`: travel times between many places, streamed to Parquet or CSV."""

import csv
import math
import os
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import typer
from django.core.management.base import CommandError
from django_typer.management import TyperCommand
from pyarrow import parquet

from traitdunion import reach
from traitdunion.sources import bounded
from traitdunion.web import arguments
from traitdunion.web.arguments import AsJson, TimetableFile, progress
from traitdunion.web.command_line import os_error
from traitdunion.web.rendering import show, show_json

SCHEMA = pa.schema(
    [
        ("from_id", pa.string()),
        ("to_id", pa.string()),
        ("depart_s", pa.int32()),
        ("travel_s", pa.int32()),
    ]
)


class Command(TyperCommand):
    help = "Temps de trajet entre deux listes de lieux (CSV : id,lat,lon ou id,stop_id)."

    def handle(
        self,
        timetable: TimetableFile,
        from_: Annotated[Path, typer.Option("--from", help="CSV des origines.")],
        to: Annotated[Path, typer.Option("--to", help="CSV des destinations.")],
        on: Annotated[str, typer.Option("--on", help="Jour, 2025-03-04.")],
        depart: Annotated[str, typer.Option(help="07:00-09:00 ou 07:30.")],
        out: Annotated[Path, typer.Option("-o", "--out", help=".parquet ou .csv")],
        step: Annotated[int, typer.Option(min=1, max=240, help="Pas, en minutes.")] = 15,
        threads: Annotated[int, typer.Option(min=1, max=64)] = 2,
        as_json: AsJson = False,
    ) -> None:
        tt = arguments.load_timetable(timetable)
        date = arguments.day(on)
        arguments.covered(tt, date)
        departs = departures(depart, step * 60)
        origins, destinations = places(tt, from_), places(tt, to)
        with progress(not as_json) as report, Writer(out) as writer:
            for first, block in reach.matrix_chunks(
                tt,
                list(origins.values()),
                list(destinations.values()),
                reach.Departures(date, departs),
                run=reach.Run(threads, lambda share: report("Matrice", share)),
            ):
                ids = list(origins)[first : first + len(block)]
                writer.add(ids, list(destinations), departs, block)
        summary = {"out": str(out), "rows": writer.rows, "reached": writer.reached}
        if as_json:
            show_json(self.stdout, summary)
        else:
            show(self.stdout, f"{out} : {writer.rows} lignes, {writer.reached} trajets possibles.")


class Writer:
    """Writer of the matrix, one block at a time; an impossible trip has no travel time."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.rows = self.reached = 0

    def __enter__(self) -> "Writer":
        if self.out.suffix not in (".csv", ".parquet") or self.out.is_dir():
            raise CommandError(f"{self.out} : le nom du fichier finit par .parquet ou .csv.")
        self.partial = self.out.with_name(f".{self.out.name}.{os.getpid()}")
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            if self.out.suffix == ".csv":
                self.file = self.partial.open("w", newline="", encoding="utf-8")
                csv.writer(self.file).writerow(SCHEMA.names)
            else:
                self.file = parquet.ParquetWriter(self.partial, SCHEMA)
        except OSError as wrong:
            raise CommandError(os_error(wrong)) from wrong
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        """Put the file in its place only once it is whole."""
        self.file.close()
        if failure is None:
            self.partial.replace(self.out)
        else:
            self.partial.unlink(missing_ok=True)

    def add(self, ids: list[str], to_ids: list[str], departs: list[int], block: np.ndarray) -> None:
        """Add one block (origins, destinations, departures) of seconds."""
        n_from, n_to, n_departs = block.shape
        flat = block.reshape(-1)
        reached = flat != reach.UNREACHED
        table = pa.table(
            [
                pa.array(ids).take(np.repeat(np.arange(n_from), n_to * n_departs)),
                pa.array(to_ids).take(np.tile(np.repeat(np.arange(n_to), n_departs), n_from)),
                pa.array(np.tile(np.array(departs, np.int32), n_from * n_to)),
                pa.array(flat, mask=~reached),
            ],
            schema=SCHEMA,
        )
        self.rows += len(flat)
        self.reached += int(reached.sum())
        if self.out.suffix == ".csv":
            columns = table.to_pydict()
            for name in SCHEMA.names[:2]:  # the identifiers come from the user's files
                columns[name] = [bounded.neutral(value) for value in columns[name]]
            csv.writer(self.file).writerows(zip(*columns.values(), strict=True))
        else:
            self.file.write_table(table)


PLACES = bounded.Limits(file_bytes=50_000_000, rows=500_000, cells=5_000_000)
"""Every commune of France, or its addresses by the hundred thousand."""


def departures(text: str, step_s: int) -> list[int]:
    """Return the seconds of "07:00-09:00", every step, both ends included."""
    first, _, last = text.partition("-")
    begin, end = arguments.moment(first), arguments.moment(last or first)
    if end < begin:
        raise CommandError(f"Plage illisible : « {text} ». Écrivez par exemple 07:00-09:00.")
    return list(range(begin, end + 1, step_s))


def places(tt: reach.Timetable, path: Path) -> dict[str, reach.Point | int]:
    """Read the places of a CSV by id; an error names its line and field."""
    try:
        content = bounded.file_content(path, limits=PLACES)
        table = bounded.read_csv(content, limits=PLACES)
    except OSError as wrong:
        raise CommandError(os_error(wrong)) from wrong
    except bounded.Unreadable as wrong:
        raise CommandError(f"{path.name} : {wrong.faults[0]}") from wrong
    if table.faults:
        raise CommandError(f"{path.name}, {table.faults[0]}")
    places_by_id: dict[str, reach.Point | int] = {}
    for record in table.records:
        row, where = record.cells, f"{path.name}, ligne {record.line}"
        if row.get("id") in places_by_id:
            raise CommandError(f"{where}, champ id : « {row['id']} » est déjà pris.")
        try:
            if row.get("stop_id"):
                places_by_id[row["id"]] = tt.stop_index(row["stop_id"])
            else:
                lat, lon = float(row["lat"]), float(row["lon"])
                if not (math.isfinite(lat + lon) and abs(lat) <= 90 and abs(lon) <= 180):
                    raise CommandError(f"{where} : coordonnées impossibles ({lat}, {lon}).")
                places_by_id[row["id"]] = reach.Point(lat, lon)
        except KeyError as wrong:
            name = row.get("stop_id")
            if name and "id" in row:
                raise CommandError(f"{where}, champ stop_id : arrêt inconnu « {name} ».") from wrong
            raise CommandError(
                f"{path.name} : il faut les colonnes id,lat,lon ou id,stop_id."
            ) from wrong
        except (TypeError, ValueError) as wrong:
            raise CommandError(
                f"{where} : latitude ou longitude illisible "
                f"(« {row.get('lat')} », « {row.get('lon')} »)."
            ) from wrong
    if not places_by_id:
        raise CommandError(f"{path.name} : aucun lieu.")
    return places_by_id

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
CHUNK = 64


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
        with progress(not as_json) as tell, Writer(out) as writer:
            for first, block in reach.matrix_chunks(
                tt,
                list(origins.values()),
                list(destinations.values()),
                on=date,
                departs_s=departs,
                chunk=CHUNK,
                threads=threads,
                progress=lambda share: tell("Matrice", share),
            ):
                ids = list(origins)[first : first + len(block)]
                writer.add(ids, list(destinations), departs, block)
        told = {"out": str(out), "rows": writer.rows, "reached": writer.reached}
        if as_json:
            show_json(self.stdout, told)
        else:
            show(self.stdout, f"{out} : {writer.rows} lignes, {writer.reached} trajets possibles.")


class Writer:
    """Rows of the matrix, one block at a time; a trip that is not possible has no travel time."""

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
        """One block (origins, destinations, departures) of seconds."""
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
            csv.writer(self.file).writerows(zip(*table.to_pydict().values(), strict=True))
        else:
            self.file.write_table(table)


def departures(text: str, step_s: int) -> list[int]:
    """Seconds of "07:00-09:00", every step, both ends included."""
    first, _, last = text.partition("-")
    begin, end = arguments.moment(first), arguments.moment(last or first)
    if end < begin:
        raise CommandError(f"Plage illisible : « {text} ». Écrivez par exemple 07:00-09:00.")
    return list(range(begin, end + 1, step_s))


def places(tt: reach.Timetable, path: Path) -> dict[str, reach.Point | int]:
    """Places of a CSV by id; a fault is told with its line and field."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as wrong:
        raise CommandError(os_error(wrong)) from wrong
    except (UnicodeDecodeError, csv.Error) as wrong:
        raise CommandError(f"{path} : ce n'est pas un CSV en UTF-8.") from wrong
    found: dict[str, reach.Point | int] = {}
    for line, row in enumerate(rows, 2):
        where = f"{path.name}, ligne {line}"
        if row.get("id") in found:
            raise CommandError(f"{where}, champ id : « {row['id']} » est déjà pris.")
        try:
            if row.get("stop_id"):
                found[row["id"]] = tt.stop_index(row["stop_id"])
            else:
                lat, lon = float(row["lat"]), float(row["lon"])
                if not (math.isfinite(lat + lon) and abs(lat) <= 90 and abs(lon) <= 180):
                    raise CommandError(f"{where} : coordonnées impossibles ({lat}, {lon}).")
                found[row["id"]] = reach.Point(lat, lon)
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
    if not found:
        raise CommandError(f"{path.name} : aucun lieu.")
    return found

"""Command `traitdunion timetable`: compile GTFS feeds into one file, and describe a file."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django_typer.management import TyperCommand, command
from rich.table import Table

from traitdunion import reach
from traitdunion.web.arguments import AsJson, day, load_timetable, progress
from traitdunion.web.command_line import os_error
from traitdunion.web.rendering import show, show_json


class Command(TyperCommand):
    help = "Compiler des horaires GTFS, et lire un horaire compilé."

    @command(name="compile", help="Compiler des GTFS (zip ou dossier) en un fichier.")
    def compile_(
        self,
        out: Annotated[Path, typer.Argument(help="Fichier à écrire.")],
        feeds: Annotated[list[Path], typer.Argument(help="GTFS à lire.")],
        start: Annotated[str, typer.Option(help="Premier jour, 2025-03-03.")],
        days: Annotated[int, typer.Option(min=1, max=400, help="Nombre de jours.")] = 7,
        as_json: AsJson = False,
    ) -> None:
        try:
            with progress(not as_json) as show_step:
                tt = reach.Timetable.from_gtfs(
                    feeds,
                    start=day(start),
                    days=days,
                    timezone=settings.TIME_ZONE,
                    progress=show_step,
                )
            tt.save(out)
        except reach.FeedError as wrong:
            raise CommandError(str(wrong)) from wrong
        except OSError as wrong:
            raise CommandError(os_error(wrong)) from wrong
        report = tt.report
        if as_json:
            show_json(self.stdout, {**facts(tt), "report": report.to_json() if report else {}})
            return
        show(self.stdout, facts_table(tt, out), *(report.lines() if report else []))

    @command(help="Dire ce que contient un horaire compilé.")
    def info(self, file: Path, as_json: AsJson = False) -> None:
        tt = load_timetable(file)
        if as_json:
            show_json(self.stdout, facts(tt))
        else:
            show(self.stdout, facts_table(tt, file))


def facts(tt: reach.Timetable) -> dict[str, object]:
    return {
        "start": tt.start,
        "end": tt.end,
        "days": tt.days,
        "timezone": tt.timezone,
        "stops": tt.n_stops,
        "trips": len(tt.arrays["trip_pattern"]),
        "patterns": len(tt.arrays["pattern_starts"]) - 1,
        "footpaths": len(tt.arrays["footpath_from"]),
        "inputs": tt.header["inputs"],
        "feeds": tt.header.get("feeds", []),
    }


def facts_table(tt: reach.Timetable, file: Path) -> Table:
    table = Table("", "", title=str(file.name), show_header=False)
    table.add_row("Jours couverts", f"du {tt.start:%d/%m/%Y} au {tt.end:%d/%m/%Y}")
    table.add_row("Arrêts", str(tt.n_stops))
    table.add_row("Courses", str(len(tt.arrays["trip_pattern"])))
    table.add_row("Liaisons à pied", str(len(tt.arrays["footpath_from"])))
    table.add_row("Fuseau", tt.timezone)
    for feed in tt.feeds:
        days = (
            f"du {feed.first:%d/%m/%Y} au {feed.last:%d/%m/%Y}"
            if feed.first and feed.last
            else "aucune course"
        )
        table.add_row("Source", f"{feed.name}, horaires {days}")
    return table

"""Command `traitdunion shift`: can a shift be kept between two places, there and back, all week?"""

from typing import Annotated

import typer
from django_typer.management import TyperCommand

from traitdunion import reach
from traitdunion.matching.margins import asked_margins, limits_of
from traitdunion.web import arguments
from traitdunion.web.arguments import (
    AccessMargin,
    AsJson,
    MarginAfter,
    MarginBefore,
    TimetableFile,
    Transfer,
)
from traitdunion.web.rendering import show, show_json, week_json, week_table


class Command(TyperCommand):
    help = "Aller et retour aux heures d'un poste, chaque jour d'une semaine."

    def handle(
        self,
        timetable: TimetableFile,
        from_: Annotated[str, typer.Option("--from", help="stop_id, lat,lon ou commune.")],
        to: Annotated[str, typer.Option("--to", help="stop_id, lat,lon ou commune.")],
        week: Annotated[str, typer.Option(help="Un jour de la semaine, 2025-03-03.")],
        start: Annotated[str, typer.Option(help="Début du poste.")] = "08:00",
        end: Annotated[str, typer.Option(help="Fin ; 29:00 pour 5 h le lendemain.")] = "16:00",
        days: Annotated[str, typer.Option(help="Jours, lun-ven.")] = "mon-fri",
        periods: Annotated[str, typer.Option(help="Poste coupé : 06:00-09:00,17:00-20:00.")] = "",
        margin_before: MarginBefore = None,
        margin_after: MarginAfter = None,
        transfer: Transfer = None,
        access_margin: AccessMargin = None,
        as_json: AsJson = False,
    ) -> None:
        margins = asked_margins(
            before_min=margin_before,
            after_min=margin_after,
            transfer_min=transfer,
            access_percent=access_margin,
        )
        at_work = (margins.before_min, margins.after_min)
        shift = arguments.shift(start, end, days, periods, margins_min=at_work)
        commute = reach.Commute(limits=limits_of(margins.on_the_way))
        tt = arguments.load_timetable(timetable)
        monday = arguments.day(week)
        arguments.covered_week(tt, monday)
        (home, a), (work, b) = arguments.place(tt, from_), arguments.place(tt, to)
        verdict = reach.there_and_back(tt, home, work, shift, week=monday, commute=commute)
        if as_json:
            show_json(self.stdout, week_json(verdict, tt.timezone))
        else:
            show(self.stdout, week_table(f"{a} → {b}", verdict))

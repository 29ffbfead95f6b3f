"""Command `traitdunion journeys`: the Pareto set of journeys between two places on a day."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion import french, reach
from traitdunion.matching.explaining.lines import hours_unknown
from traitdunion.matching.margins import asked_margins, limits_of
from traitdunion.networks.feeds import listed as live_feeds
from traitdunion.networks.feeds import realtime
from traitdunion.networks.versions import current_network
from traitdunion.reach.legs import place_point
from traitdunion.sources.feed_list import FeedListError
from traitdunion.web.arguments import (
    AccessMargin,
    AsJson,
    Transfer,
    covered,
    day,
    load_timetable,
    moment,
    place,
)
from traitdunion.web.rendering import journey_json, journeys_table, show, show_json


class Command(TyperCommand):
    help = "Itinéraires entre deux lieux un jour donné."

    def handle(
        self,
        from_: Annotated[str, typer.Option("--from", help="stop_id, lat,lon ou commune.")],
        to: Annotated[str, typer.Option("--to", help="stop_id, lat,lon ou commune.")],
        on: Annotated[str, typer.Option("--on", help="Jour, 2025-03-04.")],
        depart: Annotated[str, typer.Option(help="Partir à ou après HH:MM.")] = "",
        arrive: Annotated[str, typer.Option(help="Arriver au plus tard à HH:MM.")] = "",
        window: Annotated[int, typer.Option(min=0, max=1440, help="Plage, en minutes.")] = 0,
        timetable: Annotated[
            Path | None, typer.Option(help="Horaire compilé ; sinon, le réseau en service.")
        ] = None,
        realtime_: Annotated[
            bool,
            typer.Option("--realtime", help="Réseau en service, retards d'aujourd'hui compris."),
        ] = False,
        on_demand: Annotated[
            bool, typer.Option("--on-demand", help="Avec les services à réserver.")
        ] = False,
        asked_at: Annotated[
            str,
            typer.Option(
                "--asked-at",
                help="Moment de la demande, 2025-03-03T19:00 ; ce qui n'est plus réservable "
                "alors n'est pas proposé.",
            ),
        ] = "",
        transfer: Transfer = None,
        access_margin: AccessMargin = None,
        as_json: AsJson = False,
    ) -> None:
        if bool(depart) == bool(arrive):
            raise CommandError("Donnez --depart ou --arrive, l'un des deux.")
        if realtime_ and timetable:
            raise CommandError("--realtime est celui du réseau en service : ôtez --timetable.")
        asked = _asked(on_demand, asked_at)
        tt = load_timetable(timetable) if timetable else _in_use(realtime_)
        margins = asked_margins(transfer_min=transfer, access_percent=access_margin)
        date = day(on)
        covered(tt, date)
        (origin, a), (destination, b) = place(tt, from_), place(tt, to)
        journeys = reach.journeys(
            tt,
            origin,
            destination,
            reach.When(
                date,
                depart_s=moment(depart) if depart else None,
                arrive_s=moment(arrive) if arrive else None,
                window_s=window * 60,
            ),
            modes=reach.Modes(on_demand=asked),
            limits=limits_of(margins.on_the_way),
        )
        if as_json:
            show_json(self.stdout, [journey_json(j, tt.timezone) for j in journeys])
        elif journeys:
            show(self.stdout, journeys_table(f"{a} → {b}, {date:%d/%m/%Y}", journeys))
        else:
            show(self.stdout, f"Aucun itinéraire de {a} à {b} le {date:%d/%m/%Y}.")
            ends = (place_point(tt, origin), place_point(tt, destination))
            if unknown := tt.unknown_feeds(date, ends):
                show(self.stdout, f"À vérifier : {french.uncapitalised(hours_unknown(unknown))}.")


def _asked(wanted: bool, moment_: str) -> reach.OnDemand | None:
    """Return how services on demand may be used; a booking moment implies them."""
    if not moment_:
        return reach.OnDemand() if wanted else None
    try:
        return reach.OnDemand(asked_at=datetime.fromisoformat(moment_))
    except ValueError as error:
        raise CommandError(
            f"--asked-at : « {moment_} » n'est pas un moment ; écrivez par exemple "
            "2025-03-03T19:00."
        ) from error


def _in_use(now: bool) -> reach.Timetable:
    """Return the timetable of the network in use, as it runs `now` or as planned."""
    try:
        network = current_network(live_feeds.networks_root())
        if not now:
            return network.timetable
        return realtime.today(
            network, live_feeds.listed(), store=live_feeds.store(), now=timezone.localtime()
        ).timetable
    except (FileNotFoundError, FeedListError) as absent:
        raise CommandError(str(absent)) from absent

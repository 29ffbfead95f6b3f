"""Command `traitdunion sync`: download the feeds, put them in use, report what changed."""

from collections.abc import Sequence
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand
from rich.table import Table

from traitdunion import french, reach
from traitdunion.networks import versions as networks
from traitdunion.networks.feeds import listed as live_feeds
from traitdunion.networks.feeds import realtime
from traitdunion.networks.feeds.addresses import synchronise_addresses
from traitdunion.networks.feeds.store import AlreadyRunningError
from traitdunion.networks.feeds.synchronising import Span, SyncResult, synchronise
from traitdunion.networks.feeds.watching import FeedStatus
from traitdunion.networks.versions import current_network
from traitdunion.sources.bounded import Unreadable
from traitdunion.sources.downloads import DownloadError
from traitdunion.sources.feed_list import FeedList, FeedListError
from traitdunion.territory.home import home_departement
from traitdunion.territory.queries import neighbours_of_home
from traitdunion.web.arguments import AsJson, progress
from traitdunion.web.rendering import show, show_json

MAX_LINES_SHOWN = 40
FAILED, TO_SEE_TO, ALREADY_RUNNING = 1, 2, 3
"""Exit codes: nothing could be put in use; the network answers but see the alerts; wait."""


class Command(TyperCommand):
    help = "Horaires : télécharger les flux, les mettre en service, dire ce qui change."

    def handle(
        self,
        accept: Annotated[
            list[str] | None,
            typer.Option(
                metavar="NOM", help="Prendre l'édition de ce flux même si elle s'effondre."
            ),
        ] = None,
        status: Annotated[
            bool,
            typer.Option("--status", help="État de chaque flux, sans rien télécharger."),
        ] = False,
        realtime_only: Annotated[
            bool, typer.Option("--realtime", help="Retards et alertes d'aujourd'hui seulement.")
        ] = False,
        addresses: Annotated[
            bool,
            typer.Option(
                "--addresses", help="Adresses du département et de ses voisins seulement."
            ),
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        if status + realtime_only + addresses + bool(accept) > 1:
            raise CommandError(
                "--accept, --status, --realtime et --addresses ne vont pas ensemble : "
                "choisissez-en un."
            )
        if addresses:
            self._addresses(as_json)
            return
        feeds = _feeds()
        if realtime_only:
            self._refresh(feeds, as_json)
        elif status:
            self._tell_state(_watched(feeds), as_json)
        else:
            self._synchronise(feeds, accept or [], as_json)

    def _synchronise(self, feeds: FeedList, accepted: Sequence[str], as_json: bool) -> None:
        try:
            with progress(not as_json) as report:
                result = synchronise(
                    feeds,
                    store=live_feeds.store(),
                    networks_root=live_feeds.networks_root(),
                    now=timezone.localtime(),
                    span=Span(
                        settings.TRAITDUNION_NETWORK_DAYS,
                        settings.TRAITDUNION_KEPT_VERSIONS,
                        settings.TIME_ZONE,
                        live_feeds.territory_centre(),
                    ),
                    accepted=accepted,
                    progress=report,
                )
        except AlreadyRunningError as running:
            raise CommandError(str(running), returncode=ALREADY_RUNNING) from running
        except KeyError as unknown:
            names = ", ".join(feed.name for feed in feeds.feeds)
            raise CommandError(
                f"Flux inconnu : « {unknown.args[0]} ». Flux de la liste : {names}."
            ) from unknown
        statuses = _watched(feeds)
        if as_json:
            show_json(self.stdout, {"result": result, "alerts": _alerts(statuses)})
        else:
            self._report(result, statuses)
        _end(result, statuses)

    def _addresses(self, as_json: bool) -> None:
        """Download the addresses that are newer than those indexed."""
        wanted = (home_departement(), *neighbours_of_home())
        try:
            result = synchronise_addresses(
                wanted, settings.TRAITDUNION_DATA_DIR, on=timezone.localdate()
            )
        except (DownloadError, Unreadable) as failed:
            raise CommandError(str(failed), returncode=FAILED) from failed
        if as_json:
            show_json(self.stdout, result)
        elif result.imported is None:
            self.stdout.write("Les adresses indexées sont à jour.")
        else:
            made = result.imported
            self.stdout.write(
                f"{made.addresses} adresses, {made.places} voies et lieux-dits "
                f"({french.listed(result.departements)})."
            )

    def _refresh(self, feeds: FeedList, as_json: bool) -> None:
        """Take the messages of the moment; report what they change in the network in use."""
        now = timezone.localtime()
        try:
            refreshed = realtime.refresh(feeds, store=live_feeds.store(), now=now)
        except AlreadyRunningError as running:
            raise CommandError(str(running), returncode=ALREADY_RUNNING) from running
        lines = _today_lines(feeds)
        failed = [message for message in refreshed if message.wrong]
        if as_json:
            show_json(self.stdout, {"messages": refreshed, "today": lines})
        else:
            for message in failed:
                self.stdout.write(
                    f"{message.title}, {realtime.KIND_NAMES[message.kind]} : {message.wrong}"
                )
            for line in lines or ["Aucun flux n'annonce de temps réel frais."]:
                self.stdout.write(line)
        if failed:
            raise CommandError(
                f"{len(failed)} message(s) de temps réel sur {len(refreshed)} en échec.",
                returncode=TO_SEE_TO,
            )

    def _report(self, result: SyncResult, statuses: Sequence[FeedStatus]) -> None:
        for feed in result.feeds:
            self.stdout.write(f"{feed.title} : {feed.outcome}")
            for line in feed.lines:
                self.stdout.write(f"  - {line}")
        made = result.network
        if made:
            self.stdout.write(f"Réseau {made.version} en service, {made.days} jours.")
            lines = reach.Report.from_json(made.report).lines()
            for line in (*networks.days_known(made), *lines[:MAX_LINES_SHOWN]):
                self.stdout.write(f"  - {line}")
            if len(lines) > MAX_LINES_SHOWN:
                self.stdout.write(f"  - … et {len(lines) - MAX_LINES_SHOWN} autres lignes.")
        elif not result.failure:
            self.stdout.write("Le réseau en service est à jour.")
        lines_of_feeds = {line for feed in result.feeds for line in feed.lines}
        for name, alert in _alerts(statuses).items():
            for message in alert:
                if message not in lines_of_feeds:
                    self.stdout.write(f"À voir, {name} : {message}")

    def _tell_state(self, statuses: Sequence[FeedStatus], as_json: bool) -> None:
        if as_json:
            show_json(self.stdout, statuses)
        else:
            table = Table("Flux", "Mis à jour le", "Couvre jusqu'au", "À voir")
            for status in statuses:
                at, until = status.state.succeeded_at, status.covers_until
                table.add_row(
                    status.feed.title,
                    f"{timezone.localtime(at):%d/%m/%Y %H:%M}" if at else "jamais",
                    f"{until:%d/%m/%Y}" if until else "–",
                    "\n".join(alert.message for alert in status.alerts),
                )
            show(self.stdout, table)
        _raise_if_alerts(statuses)


def _today_lines(feeds: FeedList) -> list[str]:
    """Return what the messages change today, and the alerts; nothing without a network."""
    now, store = timezone.localtime(), live_feeds.store()
    try:
        network = current_network(live_feeds.networks_root())
    except FileNotFoundError:
        return ["Aucun réseau n'est en service : lancez d'abord traitdunion sync."]
    lines = list(realtime.today(network, feeds, store=store, now=now).lines)
    for feed in feeds.feeds:
        alerts = realtime.active_alerts(store, feed.name, now=now)
        lines += [f"{feed.title}, alerte : {alert.header}" for alert in alerts]
    return lines


def _feeds() -> FeedList:
    try:
        return live_feeds.listed()
    except FeedListError as wrong:
        raise CommandError(str(wrong)) from wrong


def _watched(feeds: FeedList) -> list[FeedStatus]:
    return live_feeds.watched(feeds, timezone.localdate())


def _alerts(statuses: Sequence[FeedStatus]) -> dict[str, list[str]]:
    """Return French sentences by title of the feed."""
    return {
        status.feed.title: [alert.message for alert in status.alerts]
        for status in statuses
        if status.alerts
    }


def _end(result: SyncResult, statuses: Sequence[FeedStatus]) -> None:
    """Exit with the code that a scheduler reads."""
    if result.failure:
        raise CommandError(result.failure, returncode=FAILED)
    _raise_if_alerts(statuses)


def _raise_if_alerts(statuses: Sequence[FeedStatus]) -> None:
    concerned = _alerts(statuses)
    if concerned:
        raise CommandError(
            f"{len(concerned)} flux sur {len(statuses)} à voir : {', '.join(concerned)}.",
            returncode=TO_SEE_TO,
        )

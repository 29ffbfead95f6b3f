"""Command `traitdunion sync`: download the feeds, put them in use, tell what changed."""

from collections.abc import Sequence
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand
from rich.table import Table

from traitdunion.matching.feeds import realtime
from traitdunion.matching.feeds.store import AlreadyRunningError
from traitdunion.matching.feeds.synchronising import Span, SyncResult, synchronise
from traitdunion.matching.feeds.watching import FeedStatus
from traitdunion.matching.networks import current_network
from traitdunion.sources.feed_list import FeedList, FeedListError
from traitdunion.web import live_feeds
from traitdunion.web.arguments import AsJson, progress
from traitdunion.web.rendering import show, show_json

FAILED, TO_SEE_TO, ALREADY_RUNNING = 1, 2, 3
"""Exit codes: nothing could be put in use; the network answers but see the alerts; wait."""


class Command(TyperCommand):
    help = "Horaires : télécharger les flux, les mettre en service, dire ce qui change."

    def handle(
        self,
        accepter: Annotated[
            list[str] | None,
            typer.Option(
                metavar="NOM", help="Prendre l'édition de ce flux même si elle s'effondre."
            ),
        ] = None,
        etat: Annotated[
            bool, typer.Option("--etat", help="Dire où en est chaque flux, sans rien télécharger.")
        ] = False,
        temps_reel: Annotated[
            bool, typer.Option("--temps-reel", help="Retards et alertes d'aujourd'hui seulement.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        if etat + temps_reel + bool(accepter) > 1:
            raise CommandError(
                "--accepter, --etat et --temps-reel ne vont pas ensemble : choisissez-en un."
            )
        feeds = _feeds()
        if temps_reel:
            self._refresh(feeds, as_json)
        elif etat:
            self._tell_state(_watched(feeds), as_json)
        else:
            self._synchronise(feeds, accepter or [], as_json)

    def _synchronise(self, feeds: FeedList, accepted: Sequence[str], as_json: bool) -> None:
        try:
            with progress(not as_json) as tell:
                result = synchronise(
                    feeds,
                    store=live_feeds.store(),
                    networks_root=live_feeds.networks_root(),
                    now=timezone.localtime(),
                    span=Span(
                        settings.TRAITDUNION_NETWORK_DAYS, settings.TRAITDUNION_KEPT_VERSIONS
                    ),
                    accepted=accepted,
                    progress=tell,
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
            self._tell(result, statuses)
        _end(result, statuses)

    def _refresh(self, feeds: FeedList, as_json: bool) -> None:
        """Take the messages of the moment; told with what they change in the network in use."""
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

    def _tell(self, result: SyncResult, statuses: Sequence[FeedStatus]) -> None:
        for feed in result.feeds:
            self.stdout.write(f"{feed.title} : {feed.outcome}")
            for line in feed.lines:
                self.stdout.write(f"  - {line}")
        made = result.network
        if made:
            self.stdout.write(f"Réseau {made.version} en service, {made.days} jours.")
        elif not result.failure:
            self.stdout.write("Le réseau en service est à jour.")
        told = {line for feed in result.feeds for line in feed.lines}
        for name, alert in _alerts(statuses).items():
            for message in alert:
                if message not in told:
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
    """What the messages change today, and what riders are told; nothing without a network."""
    now, store = timezone.localtime(), live_feeds.store()
    try:
        network = current_network(live_feeds.networks_root())
    except FileNotFoundError:
        return ["Aucun réseau n'est en service : lancez d'abord traitdunion sync."]
    told = list(realtime.today(network, feeds, store=store, now=now).lines)
    for feed in feeds.feeds:
        alerts = realtime.active_alerts(store, feed.name, now=now)
        told += [f"{feed.title}, alerte : {alert.header}" for alert in alerts]
    return told


def _feeds() -> FeedList:
    try:
        return live_feeds.listed()
    except FeedListError as wrong:
        raise CommandError(str(wrong)) from wrong


def _watched(feeds: FeedList) -> list[FeedStatus]:
    return live_feeds.watched(feeds, timezone.localdate())


def _alerts(statuses: Sequence[FeedStatus]) -> dict[str, list[str]]:
    """French sentences by title of the feed."""
    return {
        status.feed.title: [alert.message for alert in status.alerts]
        for status in statuses
        if status.alerts
    }


def _end(result: SyncResult, statuses: Sequence[FeedStatus]) -> None:
    """End with the code that tells a scheduler how it went."""
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

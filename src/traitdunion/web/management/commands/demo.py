"""Command `traitdunion demo`: set the demonstration up, answer its question, serve the site."""

from collections.abc import Callable
from time import perf_counter
from typing import Annotated

import typer
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.formats import number_format
from django_typer.management import TyperCommand

from traitdunion import reach
from traitdunion.matching.networks import NetworkImportError
from traitdunion.matching.situation import Permis
from traitdunion.web.arguments import AsJson, progress
from traitdunion.web.demonstration import set_up
from traitdunion.web.rendering import answer_json, answer_tables, show, show_json

QUESTION = (
    "Une personne vit à Langeac, sans permis ni voiture. Un poste l'attend au Puy-en-Velay, de 8 h "
    "à 16 h, du lundi au vendredi. Peut-elle y aller, et en revenir ?"
)
ACCOUNTS_TOLD = (
    "Pour suivre des parcours, connectez-vous en conseillere@demo.example ou mms@demo.example ; "
    "pour tenir le catalogue, en editeur@demo.example, contributeur@demo.example ou "
    "admin@demo.example ; mot de passe tiré pour cette fois : {password}"
)
WORTH_TELLING_S = 0.05


class Command(TyperCommand):
    help = "Démonstration : charge la Haute-Loire fictive, répond à une question, ouvre le site."

    def handle(
        self,
        serve: Annotated[
            bool | None,
            typer.Option("--serve/--no-serve", help="Ouvrir le site ; pas avec --json, sauf dit."),
        ] = None,
        port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
        as_json: AsJson = False,
    ) -> None:
        from traitdunion.web.management.commands.answer import ask

        steps = Steps()
        try:
            with progress(not as_json) as tell:
                password = set_up(now=timezone.localtime(), progress=steps.telling(tell))
        except (reach.FeedError, NetworkImportError) as wrong:
            raise CommandError(str(wrong)) from wrong
        steps.finish()
        found = ask("Langeac", "Le Puy-en-Velay", "08:00", "16:00", "lun-ven", permis=Permis.AUCUN)
        if as_json:
            told = {**answer_json(found), "steps_s": steps.seconds, "accounts_password": password}
            show_json(self.stdout, told)
        else:
            show(self.stdout, QUESTION, *answer_tables(found), steps.line())
            if found.network_is_demonstration:
                show(
                    self.stdout, "Horaires, structures et prix de démonstration : tout est fictif."
                )
            else:
                show(self.stdout, f"Horaires : {found.network_label}. Structures et prix fictifs.")
            show(self.stdout, ACCOUNTS_TOLD.format(password=password))
        if (not as_json) if serve is None else serve:
            call_command("serve", port=port)


class Steps:
    """How long each step of the setting up took; the first is the database."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._began = "Base", perf_counter()

    def telling(self, tell: Callable[[str, float], None]) -> Callable[[str, float], None]:
        """The same progress, timed by what stands before the colon of each step."""

        def timed(step: str, share: float) -> None:
            self._turn_to(step.split(" : ")[0])
            tell(step, share)

        return timed

    def finish(self) -> None:
        self._turn_to("")

    def _turn_to(self, name: str) -> None:
        now = perf_counter()
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._began
        self._name, self._began = name, now

    def line(self) -> str:
        told = [
            f"{name} {number_format(seconds, 1)} s"
            for name, seconds in self.seconds.items()
            if seconds >= WORTH_TELLING_S
        ]
        return f"Préparation en {number_format(sum(self.seconds.values()), 1)} s : " + (
            ", ".join(told) + "."
        )

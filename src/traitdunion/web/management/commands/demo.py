"""Command `traitdunion demo`: set the demonstration up, answer its question, serve the site."""

from collections.abc import Callable
from io import StringIO
from time import perf_counter
from typing import Annotated

import typer
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion import french, reach
from traitdunion.accounts.models import Organisation, User
from traitdunion.catalogue.models import Solution
from traitdunion.cooperation.models import Seance
from traitdunion.cooperation.models.committees import Instance
from traitdunion.demonstration.removing import RemovalRefused, remove_demonstration
from traitdunion.demonstration.set_up import set_up
from traitdunion.levers.models import RechercheTerritoire
from traitdunion.matching.situation import Permis
from traitdunion.networks.versions import NetworkImportError
from traitdunion.web.arguments import AsJson, progress
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
        remove: Annotated[
            bool, typer.Option("--remove", help="Retirer la démonstration de ce site.")
        ] = False,
    ) -> None:
        if remove:
            self._remove()
            return
        from traitdunion.web.management.commands.answer import ask

        refuse_real_data()
        steps = Steps()
        try:
            with progress(not as_json) as report:
                password = set_up(now=timezone.localtime(), progress=steps.telling(report))
        except (reach.FeedError, NetworkImportError) as wrong:
            raise CommandError(str(wrong)) from wrong
        steps.finish()
        answer = ask("Langeac", "Le Puy-en-Velay", "08:00", "16:00", "lun-ven", permis=Permis.AUCUN)
        if as_json:
            content = {
                **answer_json(answer),
                "steps_s": steps.seconds,
                "accounts_password": password,
            }
            show_json(self.stdout, content)
        else:
            show(self.stdout, QUESTION, *answer_tables(answer), steps.line())
            if answer.network_is_demonstration:
                show(
                    self.stdout, "Horaires, structures et prix de démonstration : tout est fictif."
                )
            else:
                show(self.stdout, f"Horaires : {answer.network_label}. Structures et prix fictifs.")
            show(self.stdout, ACCOUNTS_TOLD.format(password=password))
        if (not as_json) if serve is None else serve:
            if not RechercheTerritoire.objects.exists():
                call_command("levers", "territory", "--keep", stdout=StringIO())
            # The network was read here, by threads that a fork does not copy.
            call_command("serve", port=port, processes=1)

    def _remove(self) -> None:
        try:
            n_rows = remove_demonstration()
        except RemovalRefused as refused:
            raise CommandError(str(refused)) from refused
        except DatabaseError as absent:
            raise CommandError("Rien à retirer : cette base est vide.") from absent
        self.stdout.write(
            f"Démonstration retirée : {french.counted(n_rows, 'ligne')} et ses horaires. Les "
            "communes restent."
        )


def refuse_real_data() -> None:
    """Raise CommandError where the database holds what is not of the demonstration.

    The demonstration could not be taken out of it afterwards.
    """
    try:
        real = [
            f"{n_rows} {model._meta.verbose_name}"
            for model in (User, Organisation, Solution, Seance, Instance)
            if (n_rows := model.objects.filter(demonstration=False).count())
        ]
    except DatabaseError:
        return  # not migrated: nothing is kept yet
    if real:
        raise CommandError(
            f"Cette base a de vraies données ({', '.join(real)}) : la démonstration s'y mêlerait "
            "sans retour. Donnez-lui un dossier à part : TRAITDUNION_DATA_DIR=essai traitdunion "
            "demo."
        )


class Steps:
    """Duration of each step of the set-up; the first is the database."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._name, self._began = "Base", perf_counter()

    def telling(self, report: Callable[[str, float], None]) -> Callable[[str, float], None]:
        """Wrap a progress function to time what stands before the colon of each step."""

        def timed(step: str, share: float) -> None:
            self._turn_to(step.split(" : ")[0])
            report(step, share)

        return timed

    def finish(self) -> None:
        self._turn_to("")

    def _turn_to(self, name: str) -> None:
        now = perf_counter()
        self.seconds[self._name] = self.seconds.get(self._name, 0.0) + now - self._began
        self._name, self._began = name, now

    def line(self) -> str:
        durations = [
            f"{name} {french.number(seconds, 1)} s"
            for name, seconds in self.seconds.items()
            if seconds >= WORTH_TELLING_S
        ]
        return f"Préparation en {french.number(sum(self.seconds.values()), 1)} s : " + (
            ", ".join(durations) + "."
        )

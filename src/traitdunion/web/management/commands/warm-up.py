"""Command `traitdunion warm-up`: compile the engine's kernels once, before the first answer."""

from time import perf_counter

from django_typer.management import TyperCommand

from traitdunion import reach
from traitdunion.web.arguments import AsJson, progress
from traitdunion.web.rendering import show, show_json


class Command(TyperCommand):
    help = "Compiler le moteur une fois pour toutes."

    def handle(self, as_json: AsJson = False) -> None:
        began = perf_counter()
        with progress(not as_json) as report:
            reach.warm_up(report)
        if as_json:
            show_json(self.stdout, {"seconds": perf_counter() - began})
        else:
            show(self.stdout, "Le moteur est prêt.")

"""Command `traitdunion warm-up`: compile the engine's kernels once, so that nobody waits."""

from django_typer.management import TyperCommand

from traitdunion import reach
from traitdunion.web.arguments import progress


class Command(TyperCommand):
    help = "Compiler le moteur une fois pour toutes."

    def handle(self) -> None:
        with progress() as tell:
            reach.warm_up(tell)
        self.stdout.write("Le moteur est prêt.")

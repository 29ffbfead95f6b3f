"""Command `traitdunion register`: the register of processing of this site."""

from django_typer.management import TyperCommand

from traitdunion.web.register import in_markdown


class Command(TyperCommand):
    help = "Écrire le registre des traitements (art. 30 du RGPD), avec les durées de ce site."

    def handle(self) -> None:
        """Print the treatments in Markdown."""
        self.stdout.write(in_markdown())

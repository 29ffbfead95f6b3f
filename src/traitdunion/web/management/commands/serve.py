"""Command `traitdunion serve`: the site, by waitress, on the address given."""

from typing import Annotated

import typer
import waitress
from django.core.management.base import CommandError
from django_typer.management import TyperCommand

from traitdunion.web.arguments import AsJson
from traitdunion.web.rendering import show_json

THREADS = 8


class Command(TyperCommand):
    help = "Servir le site."

    def handle(
        self,
        host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
        as_json: AsJson = False,
    ) -> None:
        from traitdunion.web.wsgi import application

        try:
            server = waitress.create_server(application, host=host, port=port, threads=THREADS)
        except OSError as taken:
            raise CommandError(
                f"Le port {port} de {host} n'est pas libre ({taken.strerror}). "
                "Choisissez-en un autre : --port 8001."
            ) from taken
        if as_json:
            show_json(self.stdout, {"url": f"http://{host}:{port}"})
        else:
            self.stdout.write(f"Le site répond sur http://{host}:{port} (Ctrl+C pour l'arrêter).")
        self.stdout.flush()
        try:
            server.run()
        finally:
            server.close()

"""Command `traitdunion serve`: the site, by waitress, on the address given."""

import socket
from typing import Annotated

import typer
import waitress
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.web.arguments import AsJson
from traitdunion.web.rendering import show_json

THREADS = 8
# A browser keeps its connection open: a room of two hundred phones has more than the hundred that
# waitress allows unless told otherwise, and the others would wait for minutes.
SERVED = {"threads": THREADS, "connection_limit": 1000, "asyncore_use_poll": True}


class Command(TyperCommand):
    help = "Servir le site."

    def handle(
        self,
        host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
        as_json: AsJson = False,
    ) -> None:
        from traitdunion.web.settling import settle
        from traitdunion.web.wsgi import application

        listening = listen(host, port)
        settle(timezone.now())
        server = waitress.create_server(application, sockets=[listening], **SERVED)
        if as_json:
            show_json(self.stdout, {"url": f"http://{host}:{port}"})
        else:
            self.stdout.write(f"Le site répond sur http://{host}:{port} (Ctrl+C pour l'arrêter).")
        self.stdout.flush()
        try:
            server.run()
        finally:
            server.close()
            listening.close()


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, or the line that says why not.

    Bound here, since waitress leaves its own open when the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as taken:
        raise CommandError(
            f"Le port {port} de {host} n'est pas libre ({taken.strerror}). "
            "Choisissez-en un autre : --port 8001."
        ) from taken

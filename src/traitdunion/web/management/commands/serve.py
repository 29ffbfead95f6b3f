"""Command `traitdunion serve`: the site, by waitress, one process for each core."""

import os
import socket
from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import ip_address
from typing import Annotated, Any

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.web.arguments import AsJson
from traitdunion.web.processes import MOST, Supervisor, can_fork, cores
from traitdunion.web.rendering import show_json
from traitdunion.web.serving import THREADS, serve_on

MIN_THREADS = 4
"""Threads of each of several processes: those of one shared out, each with a connection."""

FIRST_INHERITED = 3
"""The descriptor of the first socket that systemd hands over."""

FORWARDED = {"x-forwarded-for", "x-forwarded-proto"}


class Command(TyperCommand):
    help = "Servir le site."

    def handle(
        self,
        host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=1, max=65_535)] = 8000,
        proxy: Annotated[
            str, typer.Option(help="Adresse du serveur mandataire, s'il est sur une autre machine.")
        ] = "",
        as_json: AsJson = False,
        worker: Annotated[
            bool,
            typer.Option(
                "--worker/--no-worker",
                help="Envoyer aussi les messages et faire les travaux planifiés (voir « worker »).",
            ),
        ] = True,
        processes: Annotated[
            int, typer.Option(min=1, max=MOST, help="Processus ; un par cœur par défaut.")
        ] = cores(),
    ) -> None:
        from ...preload import settle, settle_before_fork

        behind = proxy_options(host, proxy)
        refuse_old_database()
        listening = inherited(os.environ, os.getpid()) or listen(host, port)
        alone = processes == 1 or not can_fork()
        (settle if alone else settle_before_fork)(timezone.now())
        url = settings.TRAITDUNION_SITE or f"http://{host}:{port}"

        def ready() -> None:
            if as_json:
                show_json(self.stdout, {"url": url})
            else:
                self.stdout.write(f"Le site répond sur {url} (Ctrl+C pour l'arrêter).")
            self.stdout.flush()

        try:
            if alone:
                _serve_alone(partial(_serve, listening, ready=ready, **behind), worker=worker)
            else:
                # A connection shared by two processes would mix their answers.
                connections.close_all()
                threads = max(THREADS // processes, MIN_THREADS)
                web = partial(_serve, listening, threads=threads, **behind)
                roles = {
                    f"site {number}": partial(_settled, web) for number in range(1, processes + 1)
                }
                Supervisor({**roles, "messages": _send_messages} if worker else roles).run(ready)
        finally:
            listening.close()


def _serve(listening: socket.socket, **options: Any) -> None:
    from traitdunion.web.wsgi import application

    serve_on(listening, application, **options)


def _settled(serve: Callable[[], None]) -> None:
    """Load what only this process may, then serve."""
    from ...preload import settle

    settle(timezone.now())
    serve()


def _serve_alone(serve: Callable[[], None], *, worker: bool) -> None:
    """Serve from this process, messages and scheduled work in threads beside."""
    from traitdunion.accounts.outbox.worker import Worker

    from ...scheduled_work import scheduled_runner

    outbox, runner = Worker(), scheduled_runner()
    if worker:
        outbox.start()
        runner.start()
    try:
        serve()
    finally:
        runner.ask_to_stop()
        outbox.stop()
        runner.stop()


def _send_messages() -> None:
    """Send messages and run scheduled work until SIGTERM."""
    from traitdunion.accounts.outbox.worker import Worker

    from ...scheduled_work import work_until_stopped

    work_until_stopped(Worker())


def proxy_options(host: str, proxy: str) -> dict[str, Any]:
    """Return the options by which waitress believes the proxy before it, and no other machine.

    Raises CommandError where the listening address contradicts the site's.
    """
    local = _is_loopback(host)
    if not settings.TRAITDUNION_SITE and not local:
        raise CommandError(
            f"Pour répondre à d'autres machines ({host}), le site doit savoir l'adresse que l'on "
            "tape : TRAITDUNION_SITE=https://guichet.exemple.fr."
        )
    if not settings.TRAITDUNION_PROXIES:
        return {}
    if not proxy and not local:
        raise CommandError(
            f"Le site écoute au-delà de sa machine ({host}) : donnez l'adresse du serveur "
            "mandataire, seul cru, par exemple --proxy 10.0.0.2."
        )
    return {
        "trusted_proxy": proxy or ("::1" if ":" in host else "127.0.0.1"),
        "trusted_proxy_count": settings.TRAITDUNION_PROXIES,
        "trusted_proxy_headers": FORWARDED,
        "clear_untrusted_proxy_headers": True,
    }


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_old_database() -> None:
    """Raise CommandError where the database lacks tables or columns that pages read."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise CommandError(
            "La base de données n'est pas celle de cette version du logiciel "
            f"({len(missing)} étapes à passer). Lancez : traitdunion migrate."
        )


def inherited(environ: Mapping[str, str], pid: int) -> socket.socket | None:
    """Return the socket that systemd holds for this process (`traitdunion.socket`), if any."""
    if environ.get("LISTEN_PID") != str(pid) or environ.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=FIRST_INHERITED)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; CommandError where it is taken.

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

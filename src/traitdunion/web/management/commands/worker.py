"""Command `traitdunion worker`: messages and scheduled work, beside the site or instead of it."""

from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.accounts.outbox import queries, worker
from traitdunion.accounts.outbox.delivery import ServerUnreachable
from traitdunion.web.scheduled_work import work_until_stopped


class Command(TyperCommand):
    help = "Envoyer les messages et faire les travaux planifiés (« serve » le fait déjà)."

    def handle(
        self,
        once: Annotated[
            bool, typer.Option("--once", help="Envoyer les messages en attente, puis finir.")
        ] = False,
        claim: Annotated[
            int,
            typer.Option(
                min=1,
                help="Secondes au bout desquelles un autre envoi reprend un message interrompu.",
            ),
        ] = worker.CLAIM_S,
    ) -> None:
        """Run until asked to stop (SIGTERM, Ctrl+C); the message being sent is finished first."""
        if once:
            self._send_once(claim)
            return
        self.stdout.write("Les messages en attente sont envoyés (Ctrl+C pour arrêter).")
        self.stdout.flush()
        work_until_stopped(worker.Worker(claim_s=claim))

    def _send_once(self, claim: int) -> None:
        try:
            worker.drain(claim_s=claim)
        except ServerUnreachable as down:
            raise CommandError(f"Rien n'est parti : {down}.") from down
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        self.stdout.write(str(queries.counts(now=timezone.now())))

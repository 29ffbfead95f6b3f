"""Command `traitdunion roadmap`: what keeps the roadmaps alive, every day."""

from datetime import datetime
from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.cooperation import invitation_reminders, reminders, retention
from traitdunion.desk.management.commands.followup import moment


class Command(TyperCommand):
    help = "Relances et effacement de la coopération : à lancer chaque jour."

    def handle(
        self,
        site: Annotated[
            str, typer.Option(help="Adresse du site, sans le chemin.")
        ] = "http://127.0.0.1:8000",
        now: Annotated[
            datetime | None,
            typer.Option(parser=moment, metavar="MOMENT", help="Instant à la place de maintenant."),
        ] = None,
    ) -> None:
        """Do what is due; run again, it does nothing more. What did not leave does next time."""
        at = now or timezone.now()
        try:
            sent = reminders.run(now=at, site=site.rstrip("/"))
            invited = invitation_reminders.run(now=at, site=site.rstrip("/"))
            forgotten = retention.forget_due(now=at)
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        self.stdout.write(
            f"{sent.n_messages} relance(s) pour {sent.n_actions} action(s), "
            f"{sent.n_failed} non partie(s)."
        )
        if invited.n_messages or invited.n_failed:
            self.stdout.write(
                f"{invited.n_messages} rappel(s) pour {invited.n_invitations} invitation(s), "
                f"{invited.n_failed} non parti(s)."
            )
        if forgotten.total:
            self.stdout.write(
                f"Effacé : {forgotten.guests} invité(s), gardés en nombres ; "
                f"{forgotten.photographs} photo(s), {forgotten.situations} situation(s), "
                f"{forgotten.traces} trace(s) de téléphone ou de bulletin, "
                f"{forgotten.reminders} relance(s), {forgotten.contacts} adresse(s) ou contact(s), "
                f"{forgotten.plans} classeur(s) jamais importé(s)."
            )

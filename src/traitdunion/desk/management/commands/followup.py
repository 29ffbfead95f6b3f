"""Command `traitdunion followup`: what the follow-up does every day."""

from datetime import datetime
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.desk.followup import tasks


def moment(text: str) -> datetime:
    """A moment written in ISO 8601, in the time zone of the site where it names none."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"'{text}' n'est pas un instant ISO 8601.") from wrong
    return told if told.tzinfo else timezone.make_aware(told)


class Command(TyperCommand):
    help = "Relances, expirations, points de suivi, recherches surveillées, fin des parcours."

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
        """Do what is due; run again, it does nothing more. A message that fails is an error."""
        try:
            done = tasks.run(
                now=now or timezone.now(),
                site=site.rstrip("/"),
                kept_days=settings.TRAITDUNION_FILES_KEPT_DAYS,
            )
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        self.stdout.write(
            f"{done.reminded} relance(s), {done.expired} expiration(s), "
            f"{done.asked} point(s) de suivi, {done.appeared} réponse(s) apparue(s), "
            f"{done.anonymised} parcours anonymisé(s), {done.forgotten} ligne(s) effacée(s)."
        )
        if done.failed:
            raise CommandError(
                f"{done.failed} message(s) non parti(s) : voyez TRAITDUNION_SMTP_HOST. "
                "Les relances seront retentées au prochain passage."
            )

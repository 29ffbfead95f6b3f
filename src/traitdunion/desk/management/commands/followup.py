"""Command `traitdunion followup`: what the follow-up does every day."""

from datetime import datetime, timedelta
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.accounts.clock import SuspiciousClock, check_clock, keep_run
from traitdunion.accounts.site import site_address
from traitdunion.desk.followup import tasks
from traitdunion.desk.followup.privacy import check_share_due

MIN_YEAR, MAX_YEAR = 2000, 2200
# The name under which its last run is kept.
RUN = "followup"


def moment(text: str) -> datetime:
    """Return a moment written in ISO 8601, in the time zone of the site where it names none."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"'{text}' n'est pas un instant ISO 8601.") from wrong
    # Beyond, adding or taking away the periods kept leaves the calendar.
    if not MIN_YEAR <= read.year <= MAX_YEAR:
        raise typer.BadParameter(f"'{text}' n'est pas un instant de {MIN_YEAR} à {MAX_YEAR}.")
    return read if read.tzinfo else timezone.make_aware(read)


class Command(TyperCommand):
    help = "Relances, expirations, points de suivi, recherches surveillées, fin des parcours."

    def handle(
        self,
        site: Annotated[
            str, typer.Option(help="Adresse du site, si TRAITDUNION_SITE ne la donne pas.")
        ] = "",
        now: Annotated[
            datetime | None,
            typer.Option(parser=moment, metavar="MOMENT", help="Instant à la place de maintenant."),
        ] = None,
        sure: Annotated[
            bool, typer.Option("--sure", help="Effacer même si l'horloge paraît fausse.")
        ] = False,
    ) -> None:
        """Do what is due and queue the messages; run again, it does nothing more."""
        at = now or timezone.now()
        kept_days = settings.TRAITDUNION_FILES_KEPT_DAYS
        try:
            if not sure:
                check_clock(at, RUN)
                check_share_due(now=at, kept=timedelta(days=kept_days))
            done = tasks.run(now=at, site=site.rstrip("/") or site_address(), kept_days=kept_days)
            keep_run(at, RUN)
        except SuspiciousClock as refused:
            raise CommandError(str(refused)) from refused
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        self.stdout.write(
            f"{done.reminded} relance(s), {done.expired} expiration(s), "
            f"{done.asked} point(s) de suivi, {done.appeared} réponse(s) apparue(s), "
            f"{done.anonymised} parcours anonymisé(s), {done.forgotten} ligne(s) effacée(s)."
        )

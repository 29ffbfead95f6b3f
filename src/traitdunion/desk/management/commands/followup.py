"""Command `traitdunion followup`: what the follow-up does every day."""

from datetime import timedelta

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.accounts.clock import SuspiciousClock, check_clock, keep_run
from traitdunion.accounts.management.arguments import Now, Site, Sure
from traitdunion.accounts.site import site_address
from traitdunion.desk.followup import tasks
from traitdunion.desk.followup.privacy import check_share_due

# The name under which its last run is kept.
RUN = "followup"


class Command(TyperCommand):
    help = "Relances, expirations, points de suivi, recherches surveillées, fin des parcours."

    def handle(
        self,
        site: Site = "",
        now: Now = None,
        sure: Sure = False,
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

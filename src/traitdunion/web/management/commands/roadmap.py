"""Command `traitdunion roadmap`: daily reminders and erasures of the cooperation."""

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.accounts.clock import SuspiciousClock, check_clock, keep_run
from traitdunion.accounts.management.arguments import Now, Site, Sure
from traitdunion.accounts.site import site_address
from traitdunion.cooperation import retention
from traitdunion.cooperation.evaluation import echo
from traitdunion.cooperation.roadmap import due_commitments, reminders
from traitdunion.cooperation.sessions import lifecycle
from traitdunion.cooperation.sessions import reminders as invitation_reminders
from traitdunion.employers import retention as employers_retention
from traitdunion.employers.clubs import reminders as club_reminders
from traitdunion.employers.followup import reminders as followup_reminders
from traitdunion.employers.site_requests import operations as site_requests
from traitdunion.housing import retention as housing_retention
from traitdunion.housing.leases import alerts

# The name under which its last run is kept.
RUN = "roadmap"


class Command(TyperCommand):
    help = "Relances et effacement de la coopération : à lancer chaque jour."

    def handle(
        self,
        site: Site = "",
        now: Now = None,
        sure: Sure = False,
    ) -> None:
        """Do what is due and queue the messages; run again, it does nothing more."""
        at = now or timezone.now()
        try:
            if not sure:
                check_clock(at, RUN)
            sent = reminders.run(now=at, site=site.rstrip("/") or site_address())
            invited = invitation_reminders.run(now=at, site=site.rstrip("/") or site_address())
            promised = due_commitments.run(now=at, site=site.rstrip("/") or site_address())
            given_back = echo.run(now=at, site=site.rstrip("/") or site_address())
            clubs = club_reminders.run(now=at, site=site.rstrip("/") or site_address())
            counts = followup_reminders.run(now=at, site=site.rstrip("/") or site_address())
            asked = site_requests.run(now=at, site=site.rstrip("/") or site_address())
            closed = lifecycle.close_due(now=at)
            forgotten = retention.forget_due(now=at)
            warned = alerts.run(now=at, site=site.rstrip("/") or site_address())
            names = housing_retention.forget_due(now=at)
            of_employers = employers_retention.forget_due(now=at)
            keep_run(at, RUN)
        except SuspiciousClock as refused:
            raise CommandError(str(refused)) from refused
        except DatabaseError as wrong:
            raise CommandError(f"La base refuse ({wrong}) : traitdunion migrate.") from wrong
        self.stdout.write(
            f"{sent.n_messages} relance(s) à envoyer pour {sent.n_actions} action(s)."
        )
        if invited.n_messages:
            self.stdout.write(
                f"{invited.n_messages} rappel(s) à envoyer pour {invited.n_invitations} "
                "invitation(s)."
            )
        if promised:
            self.stdout.write(f"{promised} message(s) à envoyer sur des engagements à échéance.")
        if given_back:
            self.stdout.write(f"{given_back} message(s) à envoyer : nouvelles d'une séance.")
        if clubs:
            self.stdout.write(f"{clubs} message(s) à envoyer sur des rencontres d'employeurs.")
        if counts:
            self.stdout.write(f"{counts} message(s) à envoyer sur des embauches à compter.")
        if asked:
            self.stdout.write(f"{asked} demande(s) aux sites : passées au suivant, ou relancées.")
        if of_employers:
            self.stdout.write(f"Effacé : {of_employers} donnée(s) d'employeurs ou d'intervenants.")
        if warned:
            self.stdout.write(f"{warned} message(s) à envoyer sur des délais de reventes.")
        if closed:
            self.stdout.write(f"{closed} séance(s) dont l'heure est passée : fermée(s).")
        if names.total:
            self.stdout.write(
                f"Effacé : {names.buyers} acquéreur(s), {names.holders} preneur(s) de baux, "
                f"{names.demands} demande(s) de logement, {names.plans} plan(s) clos."
            )
        if forgotten.total:
            self.stdout.write(
                f"Effacé : {forgotten.guests} invité(s), gardés en nombres ; "
                f"{forgotten.photographs} photo(s), {forgotten.situations} situation(s), "
                f"{forgotten.traces} trace(s) de téléphone ou de bulletin, "
                f"{forgotten.reminders} relance(s), {forgotten.contacts} adresse(s) ou contact(s), "
                f"{forgotten.plans} classeur(s) jamais importé(s), "
                f"{forgotten.words} propos masqué(s)."
            )

"""Command `traitdunion setup`: a site for a département, from questions or from options."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.validators import validate_email
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion import french
from traitdunion.accounts.operations import AccountsError
from traitdunion.networks.feeds.listed import networks_root
from traitdunion.networks.versions import version_in_use
from traitdunion.sources import open_feeds
from traitdunion.sources.downloads import DownloadError
from traitdunion.sources.feed_list import FeedListError
from traitdunion.web.arguments import progress
from traitdunion.web.deployment import site_from
from traitdunion.web.upkeep import configuration, setting_up
from traitdunion.web.upkeep.setting_up import SetUpError

DATA_DIR = "donnees"
PROMPTS = {
    "--departement": "Code du département (48, 15, 2A, 974…)",
    "--organisation": "Nom de la première organisation (Guichet mobilité de…)",
    "--administrator": "Adresse électronique de son administrateur",
}


class Command(TyperCommand):
    help = "Installer un site pour un département : réglages, base, communes, premiers comptes."

    def handle(
        self,
        departement: Annotated[str, typer.Option(help="Code du département : 48, 2A, 974.")] = "",
        organisation: Annotated[
            list[str] | None, typer.Option(help="Nom d'une organisation à créer, à répéter.")
        ] = None,
        administrator: Annotated[
            str, typer.Option(help="Adresse de l'administrateur de la première organisation.")
        ] = "",
        site: Annotated[
            str, typer.Option(help="Adresse que l'on tape : https://guichet.exemple.fr.")
        ] = "",
        data_dir: Annotated[
            Path | None, typer.Option(help="Dossier des données ; « donnees » par défaut.")
        ] = None,
        database_url: Annotated[
            str, typer.Option(help="Adresse d'un PostgreSQL ; SQLite sans elle.")
        ] = "",
        feeds: Annotated[
            Path | None, typer.Option(help="Liste des flux d'horaires, en YAML.")
        ] = None,
        find_feeds: Annotated[
            bool,
            typer.Option(
                "--find-feeds", help="Chercher les flux du département dans la liste nationale."
            ),
        ] = False,
        gtfs: Annotated[
            list[Path] | None,
            typer.Option(help="Horaires GTFS à mettre en service tout de suite, à répéter."),
        ] = None,
        sync: Annotated[
            bool, typer.Option("--sync", help="Télécharger les horaires de la liste.")
        ] = False,
        config: Annotated[
            Path, typer.Option(help="Fichier de réglages à écrire.")
        ] = configuration.PLACES[0],
        settled: Annotated[
            bool, typer.Option("--settled", hidden=True, help="Les réglages sont écrits.")
        ] = False,
    ) -> None:
        """Ask for what is missing, write the settings, then fill the site that they describe."""
        departement = _asked("--departement", departement)
        names = organisation or [_asked("--organisation", "")]
        administrator = _asked("--administrator", administrator)
        try:
            validate_email(administrator)
            place = setting_up.departement(departement)
            if site:
                site_from({"TRAITDUNION_SITE": site})
            config.absolute().parent.mkdir(parents=True, exist_ok=True)
            listed, to_fill = setting_up.feeds_of(
                place, given=feeds, folder=config.absolute().parent,
                find=(lambda: self._feeds_listed_for(place)) if find_feeds else None,
            )  # fmt: skip
            given = {
                "site": site,
                "data_dir": str((data_dir or _known_folder()).absolute()),
                "departement": place.code,
                "feeds": str(listed),
                "database_url": database_url,
            }
            given = {key: value for key, value in given.items() if value}
            setting_up.refuse_contradictions(given, os.environ)
            written = setting_up.write_configuration(config, given)
        except ValidationError as wrong:
            raise CommandError(f"« {administrator} » n'est pas une adresse.") from wrong
        except (SetUpError, ImproperlyConfigured, FeedListError) as wrong:
            raise CommandError(str(wrong)) from wrong
        answers = Answers(
            place, tuple(names), administrator, tuple(gtfs or ()), sync, listed, to_fill
        )
        if _are_in_service(given):
            self._fill(answers)
        elif settled:
            raise CommandError(
                f"Les réglages de {config} ne sont pas pris : voyez l'environnement."
            )
        else:
            self.stdout.write(f"Réglages {'écrits' if written else 'lus'} : {config.absolute()}.")
            self.stdout.flush()
            _again_under(config, answers)

    def _feeds_listed_for(self, place: setting_up.Place) -> open_feeds.Found | None:
        """Return the feeds of the national list; None, and why on screen, where it is not had."""
        try:
            national = open_feeds.find_feeds(place.code, on=timezone.localdate())
        except DownloadError as failed:
            self.stdout.write(f"{failed} La liste des flux est à remplir à la main.")
            return None
        self.stdout.write(
            f"Liste nationale : {french.counted(len(national.taken), 'flux', 'flux')} pour "
            f"{place.name}, {french.counted(len(national.left), 'autre')} de côté. "
            "À relire avant traitdunion sync."
        )
        return national

    def _fill(self, answers: "Answers") -> None:
        """Fill the site in service, and print what is left to do."""
        try:
            with progress(sys.stderr.isatty()) as report:
                setting_up.make_database(progress=report)
            made = setting_up.first_people(answers.names, answers.administrator, now=timezone.now())
        except (SetUpError, AccountsError, ValueError) as wrong:
            raise CommandError(str(wrong)) from wrong
        place = answers.place
        self.stdout.write(f"Département {place.of_name} ({place.code}) : communes chargées.")
        for name in made.created:
            self.stdout.write(f"Organisation créée : {name}.")
        if made.link:
            self.stdout.write(
                f"À transmettre à {answers.administrator}, une seule fois : {made.link}"
            )
        self._timetables(answers)
        self.stdout.write("Contrôlez : traitdunion check. Ouvrez le site : traitdunion serve.")

    def _timetables(self, answers: "Answers") -> None:
        """Put timetables in service where they are given or asked for, else print how."""
        if answers.gtfs:
            call_command("network", "import", *map(str, answers.gtfs), stdout=self.stdout)
        elif answers.sync and not answers.to_fill:
            call_command("sync", stdout=self.stdout)
        elif version_in_use(networks_root()) is None:
            first = f"remplissez {answers.listed}, puis " if answers.to_fill else ""
            self.stdout.write(f"Horaires : {first}lancez traitdunion sync.")


@dataclass(frozen=True)
class Answers:
    """What was asked and is no setting; `to_fill`: the list of feeds is a template."""

    place: setting_up.Place
    names: tuple[str, ...]
    administrator: str
    gtfs: tuple[Path, ...]
    sync: bool
    listed: Path
    to_fill: bool


def _asked(option: str, value: str) -> str:
    """Return the value of an option, asked at a terminal where it is not given."""
    if value.strip():
        return value.strip()
    if not sys.stdin.isatty():
        raise CommandError(f"Il manque {option} : {PROMPTS[option]}.")
    return str(typer.prompt(PROMPTS[option])).strip()


def _known_folder() -> Path:
    return Path(os.environ.get("TRAITDUNION_DATA_DIR") or DATA_DIR)


def _are_in_service(given: Mapping[str, str]) -> bool:
    """Return whether this process runs under the settings given."""
    in_service = {
        "site": settings.TRAITDUNION_SITE,
        "data_dir": str(settings.TRAITDUNION_DATA_DIR),
        "departement": settings.TRAITDUNION_DEPARTEMENT,
        "feeds": str(settings.TRAITDUNION_FEEDS),
        "database_url": os.environ.get("TRAITDUNION_DATABASE_URL", ""),
    }
    return all(in_service[key].rstrip("/") == value.rstrip("/") for key, value in given.items())


def _again_under(config: Path, answers: Answers) -> None:
    """Run the rest in a process that reads the file just written."""
    words = [f"--departement={answers.place.code}", f"--administrator={answers.administrator}"]
    words += [f"--organisation={name}" for name in answers.names]
    words += [f"--gtfs={path}" for path in answers.gtfs]
    words += ["--sync"] * answers.sync
    words += [f"--config={config}"]
    words += [] if answers.to_fill else [f"--feeds={answers.listed}"]
    ran = subprocess.run(  # noqa: S603 - this very program
        [sys.executable, "-m", "traitdunion.web.command_line", "setup", "--settled", *words],
        env={**os.environ, configuration.VARIABLE: str(config.absolute())}, check=False,
    )  # fmt: skip
    if ran.returncode:
        raise SystemExit(ran.returncode)

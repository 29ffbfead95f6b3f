"""Command `traitdunion answer`: the desk's question and its whole answer, in the terminal."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion.catalogue.local_rules import rules_in_force
from traitdunion.catalogue.queries import published_around
from traitdunion.matching import networks
from traitdunion.matching.access import first_day
from traitdunion.matching.answer import Answer
from traitdunion.matching.answering import answer
from traitdunion.matching.regular_trips import with_catalogue_trips
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule, coming_monday
from traitdunion.matching.street_maps import streets_over
from traitdunion.web import arguments
from traitdunion.web.arguments import AsJson
from traitdunion.web.rendering import answer_json, answer_tables, show, show_json


class Vehicle(StrEnum):
    """Vehicles in the words of the command line."""

    NONE = "none"
    BIKE = "bike"
    SCOOTER = "scooter"
    CAR = "car"
    UNKNOWN = "unknown"


VEHICLES = dict(zip(Vehicle, Vehicule, strict=True))


class Command(TyperCommand):
    help = "Toutes les façons de tenir un poste, aller et retour, et pourquoi pas les autres."

    def handle(
        self,
        from_: Annotated[str, typer.Option("--from", help="Commune du domicile.")],
        to: Annotated[str, typer.Option("--to", help="Commune du travail.")],
        start: Annotated[str, typer.Option(help="Début du poste.")] = "08:00",
        end: Annotated[str, typer.Option(help="Fin ; 29:00 pour 5 h le lendemain.")] = "16:00",
        days: Annotated[str, typer.Option(help="Jours, lun-ven.")] = "mon-fri",
        licence: Annotated[Permis, typer.Option(help="Permis tenu.")] = Permis.INCONNU,
        no_licence: Annotated[bool, typer.Option("--no-licence", help="Sans permis.")] = False,
        vehicle: Annotated[Vehicle, typer.Option(help="Véhicule à soi.")] = Vehicle.NONE,
        week: Annotated[str, typer.Option(help="Un jour de la semaine ; cette semaine.")] = "",
        as_json: AsJson = False,
    ) -> None:
        found = ask(
            from_,
            to,
            start,
            end,
            days,
            permis=Permis.AUCUN if no_licence else licence,
            vehicule=VEHICLES[vehicle],
            week=arguments.day(week) if week else None,
        )
        if as_json:
            show_json(self.stdout, answer_json(found))
        else:
            show(self.stdout, *answer_tables(found))


def ask(
    from_: str,
    to: str,
    start: str,
    end: str,
    days: str,
    *,
    permis: Permis,
    vehicule: Vehicule = Vehicule.AUCUN,
    week: date | None = None,
) -> Answer:
    """Ask the active network and the published catalogue."""
    shift = arguments.shift(start, end, days)
    try:
        network = networks.current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, networks.NetworkImportError) as none:
        raise CommandError(str(none)) from none
    now = timezone.localtime()
    first, last = network.timetable.start, network.timetable.end
    week = week or min(max(coming_monday(now.date()), first), last)
    arguments.covered_week(network.timetable, week)
    home, work = arguments.commune(from_), arguments.commune(to)
    if home.code_insee == work.code_insee:
        raise CommandError(f"Le domicile et le travail sont tous deux à {home.nom}.")
    situation = Situation(
        home=Place(home.nom, home.lat, home.lon, home.code_insee),
        work=Place(work.nom, work.lat, work.lon, work.code_insee),
        shift=shift,
        week=week - timedelta(week.weekday()),
        permis=permis,
        vehicule=vehicule,
        now=now,
    )
    try:
        around = published_around((home.code_insee, work.code_insee), on=first_day(situation))
        book = rules_in_force()
    except DatabaseError as absent:
        raise CommandError("La base n'est pas prête : lancez traitdunion migrate.") from absent
    timetable = with_catalogue_trips(network.timetable)
    return answer(
        situation,
        timetable=timetable,
        solutions=around.solutions,
        elsewhere=around.elsewhere,
        network=network,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        book=book,
    )

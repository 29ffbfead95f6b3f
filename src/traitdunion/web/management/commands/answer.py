"""Command `traitdunion answer`: the desk's question and its whole answer, in the terminal."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand

from traitdunion import reach
from traitdunion.catalogue.queries import published_around
from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.matching.answer import Answer
from traitdunion.matching.answering import answer
from traitdunion.matching.eligibility.conditions import first_day
from traitdunion.matching.feasibility.rosters import in_week
from traitdunion.matching.margins import AskedMargins, asked_margins
from traitdunion.matching.needs import NO_NEEDS, Needs
from traitdunion.matching.needs_files import NeedsError, read_needs
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule, coming_monday
from traitdunion.networks import versions as networks
from traitdunion.networks.catalogue_trips import with_catalogue_trips
from traitdunion.networks.places import NamedPlace
from traitdunion.networks.streets import streets_over
from traitdunion.reach.calendar_days import monday_of
from traitdunion.web import arguments
from traitdunion.web.arguments import (
    AccessMargin,
    AsJson,
    MarginAfter,
    MarginBefore,
    Transfer,
)
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
        from_: Annotated[
            str, typer.Option("--from", help="Domicile : adresse, commune, arrêt ou « lat,lon ».")
        ],
        to: Annotated[str, typer.Option("--to", help="Travail : site, adresse, commune, arrêt…")],
        start: Annotated[str, typer.Option(help="Début du poste.")] = "08:00",
        end: Annotated[str, typer.Option(help="Fin ; 29:00 pour 5 h le lendemain.")] = "16:00",
        days: Annotated[str, typer.Option(help="Jours, lun-ven.")] = "mon-fri",
        licence: Annotated[Permis, typer.Option(help="Permis tenu.")] = Permis.INCONNU,
        no_licence: Annotated[bool, typer.Option("--no-licence", help="Sans permis.")] = False,
        vehicle: Annotated[Vehicle, typer.Option(help="Véhicule à soi.")] = Vehicle.NONE,
        week: Annotated[str, typer.Option(help="Un jour de la semaine ; cette semaine.")] = "",
        period: Annotated[
            tuple[str, str] | None,
            typer.Option(metavar="FROM TO", help="Premier et dernier jour du contrat."),
        ] = None,
        roster: Annotated[
            Path | None,
            typer.Option(help="Horaires qui changent : un fichier YAML, à la place de --start."),
        ] = None,
        second: Annotated[
            tuple[str, str] | None,
            typer.Option(
                metavar="PLACE HOURS",
                help="Deuxième employeur du même jour, et ses heures : 14:00-18:00.",
            ),
        ] = None,
        needs: Annotated[
            Path | None, typer.Option(help="Besoins de la personne : un fichier YAML.")
        ] = None,
        margin_before: MarginBefore = None,
        margin_after: MarginAfter = None,
        transfer: Transfer = None,
        access_margin: AccessMargin = None,
        as_json: AsJson = False,
    ) -> None:
        answer = ask(
            from_,
            to,
            start,
            end,
            days,
            permis=Permis.AUCUN if no_licence else licence,
            vehicule=VEHICLES[vehicle],
            week=arguments.day(week) if week else None,
            margins=asked_margins(
                before_min=margin_before,
                after_min=margin_after,
                transfer_min=transfer,
                access_percent=access_margin,
            ),
            period=arguments.period(*period) if period else None,
            roster=roster,
            second=second,
            needs=needs,
        )
        if as_json:
            show_json(self.stdout, answer_json(answer))
        else:
            show(self.stdout, *answer_tables(answer))


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
    margins: AskedMargins | None = None,
    period: tuple[date, date] | None = None,
    roster: Path | None = None,
    second: tuple[str, str] | None = None,
    needs: Path | None = None,
) -> Answer:
    """Ask the question of the active network and the published catalogue."""
    margins = margins or asked_margins()
    if second and roster:
        raise CommandError("Un roulement et un deuxième employeur se demandent l'un sans l'autre.")
    then_place, then_hours = second or ("", "")
    shift = arguments.shift(
        start,
        end,
        days,
        f"{start}-{end},{then_hours}" if second else "",
        margins_min=(margins.before_min, margins.after_min),
    )
    try:
        network = networks.current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, networks.NetworkImportError) as none:
        raise CommandError(str(none)) from none
    now = timezone.localtime()
    first, last = network.timetable.start, network.timetable.end
    begins = period[0] if period else coming_monday(now.date())
    week = week or min(max(begins, first), last)
    hours = arguments.roster(roster, margins) if roster else None
    if hours:
        week, shift = in_week(hours, week) or (week, shift)
    arguments.covered_week(network.timetable, week)
    home, work = (_place(network.timetable, text) for text in (from_, to))
    situation = Situation(
        home=home,
        work=work,
        shift=shift,
        week=monday_of(week),
        permis=permis,
        vehicule=vehicule,
        now=now,
        margins=margins.on_the_way,
        roster=hours,
        second_work=_place(network.timetable, then_place) if second else None,
        period=period,
        needs=_needs(network.timetable, needs) if needs else NO_NEEDS,
    )
    if situation.second_work is not None and situation.needs.child is not None:
        raise CommandError("Avec deux employeurs, l'enfant à déposer n'est pas cherché.")
    try:
        around = published_around((home.code_insee, work.code_insee), on=first_day(situation))
        book = rules_in_force()
    except DatabaseError as absent:
        raise CommandError("La base n'est pas prête : lancez traitdunion migrate.") from absent
    timetable = with_catalogue_trips(network.timetable)
    answered = answer(
        situation,
        timetable=timetable,
        solutions=around.solutions,
        network=network,
        streets=streets_over(timetable, settings.TRAITDUNION_DATA_DIR / "streets"),
        book=book,
    )
    return replace(answered, elsewhere=around.elsewhere)


def _needs(timetable: reach.Timetable, path: Path) -> Needs:
    try:
        return read_needs(path, lambda text: _place(timetable, text))
    except NeedsError as wrong:
        raise CommandError(str(wrong)) from wrong


def _place(timetable: reach.Timetable, text: str) -> Place:
    named = arguments.named_place(timetable, text)
    precise = isinstance(named, NamedPlace)
    return Place(named.nom, named.lat, named.lon, named.code_insee, precise)

"""Command `traitdunion housing`: legal clocks, balance of an operation, leases, ledger."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError
from django.utils import timezone
from django_typer.management import TyperCommand, command

from traitdunion.accounts.models import Organisation, User
from traitdunion.french import day, euros
from traitdunion.housing.clocks import clock_rules, count
from traitdunion.housing.errors import HousingError
from traitdunion.housing.feasibility.operation_files import operation_from
from traitdunion.housing.leases.billing import bill_month
from traitdunion.housing.leases.ceilings import ceiling_of
from traitdunion.housing.ledger.accounts import euros_of
from traitdunion.housing.ledger.queries import faults_of
from traitdunion.housing.models import Bail, Ecriture
from traitdunion.housing.money.operations import allocate, operation, sensitivity
from traitdunion.housing.references.files import READERS, read_references
from traitdunion.housing.references.operations import import_rows
from traitdunion.housing.report.assembling import report_of
from traitdunion.housing.report.writing import report_json, report_pdf
from traitdunion.sources.bounded import Unreadable

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


def a_day(text: str) -> date:
    """Return a day written in ISO 8601."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter(f"'{text}' n'est pas un jour : 2026-11-30.") from wrong


ADay = Annotated[date, typer.Option(parser=a_day, metavar="JOUR", help="Jour, 2026-11-30.")]


class Command(TyperCommand):
    help = "Organisme de foncier solidaire : délais, opérations, baux, comptes."

    @command(help="Compter un délai de la loi depuis son événement.")
    def clock(
        self,
        rule: Annotated[str, typer.Argument(help="Délai : preemption, agrement_cession…")],
        from_: Annotated[
            date, typer.Option("--from", parser=a_day, metavar="JOUR", help="Jour de l'événement.")
        ],
        years: Annotated[int | None, typer.Option(min=1, max=99, help="Durée d'un bail.")] = None,
        months: Annotated[int | None, typer.Option(min=1, help="Autre durée prévue.")] = None,
        as_json: AsJson = False,
    ) -> None:
        """Print the strict and the extended date of a clock."""
        if rule not in clock_rules():
            raise CommandError(f"Délai inconnu : « {rule} ». Délais : {', '.join(clock_rules())}.")
        try:
            counted = count(rule, from_, years=years, months=months)
        except (ValueError, OverflowError) as wrong:
            raise CommandError(f"Ce délai ne se compte pas ainsi : {wrong}.") from wrong
        law = counted.rule
        if as_json:
            document = {
                "rule": law.id,
                "label": law.label,
                "article": law.article,
                "event": from_,
                "strict": counted.strict,
                "extended": counted.extended,
                **counted.figures,
                "confidence": law.confidence,
                "to_check": law.to_check,
                "silence": law.silence,
            }
            self.stdout.write(json.dumps(document, default=str, ensure_ascii=False))
            return
        later = "" if counted.extended == counted.strict else f" (ou {day(counted.extended)})"
        check = " À vérifier." if law.to_check else ""
        self.stdout.write(f"{law.label} : {day(counted.strict)}{later}. {law.article}.{check}")

    @command(help="Faire le bilan d'une opération : prix, redevance, ce qui les fait bouger.")
    def operation(
        self,
        file: Annotated[Path, typer.Argument(help="Fichier YAML de l'opération.")],
        as_json: AsJson = False,
    ) -> None:
        """Print the balance of an operation."""
        try:
            inputs, homes = operation_from(file)
            balance = operation(inputs)
            moved = sensitivity(inputs)
        except Unreadable as wrong:
            raise CommandError(f"{file.name} : {wrong}") from wrong
        except (ValueError, ArithmeticError) as wrong:
            raise CommandError(f"{file.name} : ces valeurs ne font pas une opération.") from wrong
        if not as_json:
            self.stdout.write(
                f"Prix : {euros(balance.pv_ttc_m2)} par m² TTC. Redevance : "
                f"{euros(balance.redevance_m2_month)} par m² et par mois."
            )
            return
        document = {
            "price": {name: getattr(balance, name) for name in PRICE},
            "redevance": {name: getattr(balance, name) for name in REDEVANCE},
            "buyer": {name: getattr(balance, name) for name in BUYER},
            "allocation": [
                {"home": home.number, "type": home.kind, "su": home.su, "price_ttc": price}
                for home, price in zip(homes, allocate(balance.pv_ttc, homes), strict=True)
            ],
            "sensitivity": [
                {
                    "input": row.input,
                    "low": row.low,
                    "high": row.high,
                    **{
                        out: {**figures._asdict(), "swing": figures.swing}
                        for out, figures in row.outputs.items()
                    },
                }
                for row in moved
            ],
        }
        self.stdout.write(json.dumps(document, default=_as_text, ensure_ascii=False))

    @command(name="import", help="Importer un fichier publié : zones, plafonds, indices, loyers…")
    def import_(
        self,
        kind: Annotated[str, typer.Argument(help=f"Genre : {', '.join(READERS)}.")],
        file: Annotated[Path, typer.Argument(help="Fichier publié.")],
        as_json: AsJson = False,
    ) -> None:
        """Import a file of references; a second time, nothing is written."""
        try:
            reading = read_references(kind, file)
        except Unreadable as wrong:
            raise CommandError(f"{file.name} : {wrong}") from wrong
        done = import_rows(reading.rows, now=timezone.now())
        if as_json:
            document = {"written": done.written, "same": done.same, "aside": reading.aside}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        self.stdout.write(f"{done.written} valeur(s) écrite(s), {done.same} déjà connue(s).")
        for why, n in sorted(reading.aside.items()):
            self.stdout.write(f"Mis de côté : {n}, {why}.")

    @command(name="resale-ceiling", help="Calculer le prix maximal de revente d'un bail.")
    def resale_ceiling(
        self,
        lease: Annotated[str, typer.Argument(help="Numéro du bail, ou organisme/numéro.")],
        on: ADay,
        as_json: AsJson = False,
    ) -> None:
        """Print the ceiling of a lease on a day, with the index it rests on."""
        ceiling = ceiling_of(_lease(lease), on=on)
        if ceiling is None:
            raise CommandError(f"Le bail {lease} n'est pas encore signé le {day(on)}.")
        rows = {"base": ceiling.base.row, "latest": ceiling.latest.row}
        if as_json:
            document: dict[str, Any] = {
                "lease": lease,
                "on": on,
                "p_max": ceiling.p_max,
                "works_value": ceiling.resale.works_value if ceiling.resale else None,
                "state": ceiling.state,
                "index": {
                    name: row and {"quarter": row.cle, "value": row.valeur, "source": row.source}
                    for name, row in rows.items()
                },
            }
            self.stdout.write(json.dumps(document, default=_as_text, ensure_ascii=False))
            return
        price = "indice non renseigné" if ceiling.p_max is None else euros(ceiling.p_max)
        self.stdout.write(f"Prix maximal le {day(on)} : {price} ({ceiling.state}).")

    @command(help="Appeler les redevances d'un mois ; relancée, elle n'écrit que les écarts.")
    def bill(
        self,
        organisation: Annotated[str, typer.Argument(help="Identifiant de l'organisme.")],
        month: Annotated[date, typer.Option(parser=a_day, metavar="JOUR", help="Un jour du mois.")],
        by: Annotated[str, typer.Option(help="Adresse de la personne qui tient les comptes.")],
    ) -> None:
        """Bill a month in the name of a person who may."""
        person = User.objects.filter(email=by.lower(), is_active=True).first()
        if person is None:
            raise CommandError(f"Personne inconnue : « {by} ».")
        try:
            done = bill_month(
                by=person, organisation=_organisation(organisation), month=month,
                now=timezone.now(),
            )  # fmt: skip
        except PermissionDenied as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"{done.leases} bail(s), {euros(euros_of(done.asked))} appelés, "
            f"{euros(euros_of(done.differences))} d'écarts."
        )
        for numero, quarters in sorted(done.waiting.items()):
            self.stdout.write(f"Bail {numero} : indice à vérifier, {', '.join(quarters)}.")

    @command(help="Assembler le rapport annuel (R.329-11) : données et PDF.")
    def report(
        self,
        year: Annotated[int, typer.Option(min=2015, max=2200, help="Exercice.")],
        out: Annotated[Path, typer.Option("-o", help="Dossier où écrire.")],
        organisation: Annotated[
            str, typer.Option(help="Identifiant de l'organisme, s'il y en a plusieurs.")
        ] = "",
    ) -> None:
        """Write the report of a year in a folder, and list what is missing."""
        keeper = _organisation(organisation)
        try:
            assembled = report_of(keeper, year)
        except HousingError as wrong:
            raise CommandError(str(wrong)) from wrong
        out.mkdir(parents=True, exist_ok=True)
        name = f"rapport-{keeper.pk}-{year}"
        (out / f"{name}.json").write_text(report_json(assembled), "utf-8")
        (out / f"{name}.pdf").write_bytes(report_pdf(assembled))
        self.stdout.write(f"{name}.json et {name}.pdf écrits. À compléter :")
        for lack in assembled.missing:
            self.stdout.write(f"- {lack}")

    @command(help="Vérifier les comptes : ledger check.")
    def ledger(
        self,
        deed: Annotated[str, typer.Argument(help="check")],
        as_json: AsJson = False,
    ) -> None:
        """Check the ledger of each organisation; exit with code 1 where one does not hold."""
        if deed != "check":
            raise CommandError(f"Action inconnue : « {deed} ». Essayez : check.")
        keepers = Organisation.objects.filter(pk__in=Ecriture.objects.values("organisation"))
        faults = {keeper.pk: faults_of(keeper) for keeper in keepers}
        if as_json:
            document = {"entries": Ecriture.objects.count(), "faults": faults}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
        else:
            self.stdout.write(f"{Ecriture.objects.count()} écriture(s).")
        wrong = [f"{keeper} : {fault}" for keeper, rows in faults.items() for fault in rows]
        if wrong:
            raise CommandError(" ; ".join(wrong))


def _lease(name: str) -> Bail:
    """Return a lease by its number, or by "organisation/number". Raises CommandError."""
    keeper, _, numero = name.rpartition("/")
    rows = Bail.objects.select_related("organisation").filter(numero=numero)
    if keeper:
        rows = rows.filter(organisation=keeper)
    leases = list(rows[:2])
    if not leases:
        raise CommandError(f"Bail inconnu : « {name} ».")
    if len(leases) > 1:
        raise CommandError(f"Plusieurs baux {numero} : écrivez organisme/{numero}.")
    return leases[0]


def _organisation(slug: str) -> Organisation:
    """Return the organisation named, or the only one that keeps leases. Raises CommandError."""
    rows = Organisation.objects.filter(pk__in=Bail.objects.values("organisation"))
    keepers = list(rows.filter(pk=slug) if slug else rows[:2])
    if len(keepers) != 1:
        raise CommandError("Nommez l'organisme qui tient des baux : --organisation.")
    return keepers[0]


PRICE = (
    "works", "fees", "other", "carry", "cost_ht", "pv_ht", "pv_ht_m2", "pv_ttc", "pv_ttc_m2",
)  # fmt: skip
REDEVANCE = ("land_annuity", "management", "redevance_m2_month")
BUYER = ("home_price_ttc", "home_redevance_month", "home_month")


def _as_text(value: Any) -> str:
    """Return a figure as text, digits kept: JSON has no decimals."""
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"no text for {value!r}")

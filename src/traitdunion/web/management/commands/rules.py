"""Command `traitdunion rules`: check the rule files and their cases, and list the rules."""

import json
from pathlib import Path
from typing import Annotated

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.table import Column, Table

from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.rules.cases import gaps, read_cases
from traitdunion.rules.lint import lint
from traitdunion.rules.reading import CASES, RULES, check_rules, rule_book
from traitdunion.rules.readings import due
from traitdunion.web import arguments

Folder = Annotated[
    Path, typer.Argument(help="Dossier de règles ; par défaut, celles de Trait d'union.")
]


class Command(TyperCommand):
    help = "Vérifier et lister les règles d'aides et de conditions."

    @command(help="Vérifier les fichiers de règles, leurs cas, et ce qu'aucun cas n'essaie.")
    def lint(
        self,
        folder: Folder = RULES,
        as_json: Annotated[bool, typer.Option("--json", help="Répondre en JSON.")] = False,
    ) -> None:
        """Print every fault of a folder; any is an error."""
        if not folder.is_dir():
            raise CommandError(f"{folder} : dossier introuvable. Vérifiez son nom.")
        book, problems = check_rules(folder)
        cases, wrong = read_cases(folder / CASES, book)
        problems += wrong
        if not problems:
            problems = [difference for case in cases for difference in case.differences(book)]
            problems += gaps(book, cases)
            problems += lint(book, cases)
        if as_json:
            self.stdout.write(json.dumps(problems, ensure_ascii=False, indent=2))
        elif len(problems) > 1:
            self.stderr.write("\n".join(problems))
        if problems:
            raise CommandError(
                problems[0]
                if len(problems) == 1
                else f"{len(problems)} défauts dans {folder} : corrigez-les un à un."
            )
        if not as_json:
            self.stdout.write(f"{len(book.rules)} règles et {len(cases)} cas : tout est bon.")

    @command(
        name="to-read", help="Lister ce qui doit être relu : sources et montants trop anciens."
    )
    def to_read(
        self,
        on: Annotated[str, typer.Option(help="Jour, AAAA-MM-JJ ; aujourd'hui par défaut.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Répondre en JSON.")] = False,
    ) -> None:
        """Print the readings that no *oui* may rest on any more, the oldest first."""
        today = arguments.day(on) if on else timezone.localdate()
        try:
            book = rules_in_force()
        except DatabaseError:
            book = rule_book()
        cases, _ = read_cases(RULES / CASES, rule_book())
        readings = due(book, on=today, cases=cases)
        if as_json:
            rows = [
                {**reading._asdict(), "read_on": str(reading.read_on or "")} for reading in readings
            ]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        if not readings:
            self.stdout.write(
                f"Rien à relire : tout a été lu depuis moins de {book.fresh_days} jours."
            )
            return
        table = Table("Lu le", "Règle ou montant", "Source", "Adresse")
        for reading in readings:
            read_on = f"{reading.read_on:%d/%m/%Y}" if reading.read_on else "inconnu"
            table.add_row(read_on, reading.title, reading.source, reading.url)
        Console(file=self.stdout._out).print(table)

    @command(name="list", help="Lister les règles en vigueur aujourd'hui.")
    def list_(self) -> None:
        """Print the rules, one row each."""
        book, today = rule_book(), timezone.localdate()
        table = Table(Column("Règle", no_wrap=True), "Nom", "Organisme", "Version", "Conflits")
        for name in sorted(book.rules):
            rule = book.rule(name, today)
            table.add_row(
                name,
                rule.nom,
                rule.organisme,
                f"{rule.version}, {rule.valid_from}",
                ", ".join(conflict.code for conflict in rule.conflits),
            )
        Console(file=self.stdout._out).print(table)

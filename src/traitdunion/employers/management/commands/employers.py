"""Command `traitdunion employers`: sites and shifts from a file, who can come to a site."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.table import Table

from traitdunion.disclosure import K
from traitdunion.employers.indicators import report, report_json
from traitdunion.employers.occupations.loading import Loaded, load_needs, load_titles
from traitdunion.employers.operations import import_sites
from traitdunion.employers.site_files import read_sites
from traitdunion.employers.site_reach import seen_from_homes
from traitdunion.employers.site_sheet import rows_of, site_json
from traitdunion.observatory.running.gathering import NothingToCompute
from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.sources.bounded.files import file_content
from traitdunion.sources.occupations import LIMITS
from traitdunion.territory.models import Site

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]


class Command(TyperCommand):
    help = (
        "Employeurs : leurs sites, qui peut y venir sans voiture, et les indicateurs de l'action."
    )

    @command(name="import", help="Charger un CSV de sites et d'équipes ; deux fois ne change rien.")
    def import_(
        self,
        file: Annotated[Path, typer.Argument(help="Fichier CSV : une ligne par équipe.")],
        as_json: AsJson = False,
    ) -> None:
        """Write the sound rows, list the others with their line and column."""
        try:
            rows, faults = read_sites(file_content(file))
            made = import_sites(rows=rows)
        except Unreadable as wrong:
            raise CommandError(f"{file.name} : {wrong}") from wrong
        except DatabaseError as wrong:
            raise CommandError("La base n'est pas prête : traitdunion migrate.") from wrong
        left_out = [*faults, *made.faults]
        if as_json:
            written = {"sites": made.sites, "teams": made.teams}
            self._json({**written, "faults": [str(fault) for fault in left_out]})
            return
        self.stdout.write(f"{made.sites} site(s) et {made.teams} équipe(s) écrits.")
        for fault in left_out:
            self.stderr.write(str(fault))

    @command(help="Montrer qui peut venir à un site, à chaque équipe, et ce qui le changerait.")
    def site(
        self,
        site: Annotated[str, typer.Argument(help="Code du site, ou « Employeur, site ».")],
        as_json: AsJson = False,
    ) -> None:
        """Print people by shift and kind of solution, and what moved hours would change."""
        try:
            reached = seen_from_homes(_named(site), now=timezone.localtime())
        except NothingToCompute as missing:
            raise CommandError(str(missing)) from missing
        except DatabaseError as wrong:
            raise CommandError("La base n'est pas prête : traitdunion migrate.") from wrong
        if as_json:
            self._json(site_json(reached))
            return
        title = f"{reached.site} : {reached.ground.people_label} sans voiture, estimation"
        table = Table(
            "Équipe", "Heures", "Peuvent venir", "À vérifier", "Ce qui change", title=title
        )
        for row in rows_of(reached):
            table.add_row(row.name, row.hours, row.n_people, row.to_check, row.best or "rien")
        Console(file=getattr(self.stdout, "_out", None), width=120).print(table)

    @command(help="Charger les appellations et les codes ROME ; deux fois ne change rien.")
    def titles(
        self,
        titles: Annotated[Path, typer.Argument(help="CSV : code_appellation, libelle, code_rome.")],
        codes: Annotated[Path, typer.Argument(help="CSV : code_rome, libelle.")],
        vintage: Annotated[
            str, typer.Option(help="Millésime que donne le producteur : « v3, 2024-09 ».")
        ] = "millésime non renseigné",
        as_json: AsJson = False,
    ) -> None:
        """Load the titles that forms search, in place of those before."""
        self._loaded(
            lambda: load_titles(
                titles=file_content(titles, limits=LIMITS),
                codes=file_content(codes, limits=LIMITS),
                name=titles.name, vintage=vintage, now=timezone.now(),
            ),
            titles.name, as_json=as_json,
        )  # fmt: skip

    @command(help="Charger l'enquête BMO par bassin et famille ; deux fois ne change rien.")
    def needs(
        self,
        file: Annotated[Path, typer.Argument(help="CSV de l'enquête, une ligne par famille.")],
        as_json: AsJson = False,
    ) -> None:
        """Load the projects of recruitment, in place of those before; hidden figures stay so."""
        self._loaded(
            lambda: load_needs(
                content=file_content(file, limits=LIMITS), name=file.name, now=timezone.now()
            ),
            file.name, as_json=as_json,
        )  # fmt: skip

    def _loaded(self, load: Callable[[], Loaded], name: str, *, as_json: bool) -> None:
        """Load a file and print what was read."""
        try:
            file, is_new, notes = load()
        except Unreadable as wrong:
            raise CommandError(f"{name} : {wrong}") from wrong
        except DatabaseError as wrong:
            raise CommandError("La base n'est pas prête : traitdunion migrate.") from wrong
        if as_json:
            self._json({"lignes": file.lignes, "nouveau": is_new, "notes": notes})
            return
        state = "lignes chargées" if is_new else "lignes, déjà chargées : rien ne change"
        self.stdout.write(f"{file} : {file.lignes} {state}.")
        for note in notes:
            self.stderr.write(note)

    @command(help="Montrer les indicateurs de l'action : parts, comptes, ce qui manque.")
    def indicators(self, as_json: AsJson = False) -> None:
        """Print numerator, denominator and unknown of each indicator."""
        try:
            measured = report(on=timezone.localdate())
        except DatabaseError as wrong:
            raise CommandError("La base n'est pas prête : traitdunion migrate.") from wrong
        if as_json:
            self._json(report_json(measured))
            return
        table = Table("Indicateur", "Part", "Compte", "Non renseigné")
        for indicator in measured.whole:
            few = f"moins de {K}" if indicator.people is None else "trop peu"
            share = f"{indicator.percent} %" if indicator.is_shown else "–"
            count = indicator.words if indicator.is_shown else few
            unknown = few if indicator.unknown_shown is None else str(indicator.unknown_shown)
            table.add_row(indicator.label, share, count, unknown)
        Console(file=getattr(self.stdout, "_out", None), width=120).print(table)

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))


def _named(text: str) -> Site:
    by_code = Site.objects.select_related("commune").filter(code=text).first()
    named = by_code or next(
        (row for row in Site.objects.select_related("commune") if str(row) == text), None
    )
    if named is None:
        known = ", ".join(Site.objects.values_list("code", flat=True)[:10])
        advice = f"Connus : {known}." if known else "Chargez-en : traitdunion employers import."
        raise CommandError(f"Site inconnu : « {text} ». {advice}")
    return named

"""Command `traitdunion observatory`: run, show, publish, load files, see what is missing."""

import json
from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from traitdunion.observatory.enums import Niveau, Source
from traitdunion.observatory.loading import load_file
from traitdunion.observatory.models import Run
from traitdunion.observatory.operations import publish, set_poles
from traitdunion.observatory.presenting import (
    definition_of,
    hours_unknown,
    parameters_of,
    rounded_people,
)
from traitdunion.observatory.queries import LATEST, UnknownRun, figures, run_named
from traitdunion.observatory.running.cluster import ClusterUnusable, cluster
from traitdunion.observatory.running.gathering import NothingToCompute
from traitdunion.observatory.running.parts import computed_here
from traitdunion.observatory.running.profiles import BASE, ProfilesError, read_profiles
from traitdunion.observatory.running.run import RunStopped, prepare, run_observatory
from traitdunion.observatory.running.shifts import BY_CODE
from traitdunion.observatory.setting_up import readiness
from traitdunion.sources.bounded.faults import Unreadable
from traitdunion.territory.queries import UnknownCommune

AsJson = Annotated[bool, typer.Option("--json", help="Répondre en JSON.")]
RunCode = Annotated[str, typer.Argument(help=f"Code du calcul ; « {LATEST} » pour le dernier.")]


class Command(TyperCommand):
    help = "L'observatoire : qui atteint quoi à quelle heure, ce qui manque, et pourquoi."

    @command(help="Calculer tous les indicateurs du département, et garder le calcul.")
    def run(
        self,
        week: Annotated[str, typer.Option(help="Un jour de la semaine ; la prochaine.")] = "",
        profiles: Annotated[
            Path | None,
            typer.Option(help="Fichier YAML de profils ; celui du site, ou ceux du produit."),
        ] = None,
        resume: Annotated[str, typer.Option(help="Code d'un calcul arrêté, à reprendre.")] = "",
        scheduler: Annotated[
            str, typer.Option(help="Ordonnanceur Dask (tcp://machine:8786) ; ici par défaut.")
        ] = "",
        as_json: AsJson = False,
    ) -> None:
        """Compute everything; print the run, its time, its memory and its manifest."""
        now = timezone.localtime()
        try:
            resumed = _stopped(resume) if resume else None
            asked = resumed.week if resumed else _parse_day(week)
            given = read_profiles(profiles) if profiles else None
            prepared = prepare(now=now, week=asked, profiles=given)
            with (
                cluster(scheduler) if scheduler else nullcontext(computed_here) as computing,
                _progress(not as_json) as report,
            ):
                made = run_observatory(
                    prepared, now=now, progress=report, resumed=resumed, computing=computing
                )
        except (ClusterUnusable, NothingToCompute, ProfilesError, RunStopped) as mistake:
            raise CommandError(str(mistake)) from mistake
        except DatabaseError as mistake:
            raise CommandError("La base n'est pas prête : traitdunion migrate.") from mistake
        if as_json:
            self._json(run_json(made))
            return
        self.stdout.write(
            f"Calcul {made.code} : semaine du {made.week:%d/%m/%Y}, {made.seconds:.1f} s, "
            f"{made.memory_mb:.0f} Mo. Pour le publier : traitdunion observatory publish "
            f"{made.code} -o DOSSIER"
        )
        for sentence in hours_unknown(made.manifest["reseau"]["horaires_inconnus"]):
            self.stdout.write(sentence)

    @command(help="Montrer un indicateur d'un calcul, par territoire.")
    def show(
        self,
        run: RunCode,
        indicator: Annotated[str, typer.Option(help="Code de l'indicateur : W1, W2, A2_60…")],
        shift: Annotated[str, typer.Option(help=f"Horaire : {', '.join(BY_CODE)}.")] = "journee",
        territory: Annotated[
            str,
            typer.Option(help="Code d'une commune, d'un EPCI, du département ; « bassin:CODE »."),
        ] = "",
        profile: Annotated[str, typer.Option(help="Code du profil.")] = BASE,
        as_json: AsJson = False,
    ) -> None:
        """Print an indicator; a shift, a profile or a territory that is not known is an error."""
        if shift not in BY_CODE:
            raise CommandError(f"Horaire « {shift} » inconnu. Connus : {', '.join(BY_CODE)}.")
        try:
            made = run_named(run)
            definition = definition_of(indicator)
            niveau, _, code = territory.rpartition(":")
            rows = figures(
                made,
                indicator,
                shift=shift,
                profile=profile,
                niveau=niveau or None,
                code=code or None,
            )
        except (LookupError, FileNotFoundError) as mistake:
            raise CommandError(str(mistake.args[0])) from mistake
        known = [row["code"] for row in made.manifest["profils"]]
        if profile not in known:
            raise CommandError(f"Profil « {profile} » inconnu. Connus : {', '.join(known)}.")
        if code and not niveau:
            # A basin bears the code of its main commune: it is meant where it is named only.
            rows = [row for row in rows if row.niveau != Niveau.BASSIN]
        if territory and not rows:
            raise CommandError(
                f"Rien pour « {territory} » : territoire absent de ce calcul, ou indicateur non "
                "renseigné (traitdunion observatory setup)."
            )
        if as_json:
            self._json(
                {
                    "run": made.code,
                    "week": made.week,
                    "indicator": indicator,
                    "name": definition.nom,
                    "definition": definition.definition,
                    "unit": definition.unite,
                    "kind": definition.kind,
                    "shift": shift if definition.by_shift else None,
                    "profile": profile if definition.by_shift else None,
                    "parameters": parameters_of(made.manifest),
                    "rows": [
                        {
                            "level": row.niveau,
                            "code": row.code,
                            "name": row.nom,
                            "value": row.figure.value,
                            "text": row.figure.text,
                            "estimation": row.figure.estimation,
                            "people": None if row.people is None else rounded_people(row.people),
                        }
                        for row in rows
                    ],
                }
            )
            return
        title = f"{definition.nom} ({definition.code}), estimation"
        table = Table("Niveau", "Code", "Nom", "Valeur", title=title)
        for row in rows:
            table.add_row(Niveau(row.niveau).label, row.code, row.nom, row.figure.text)
        Console(file=getattr(self.stdout, "_out", None), width=120).print(table)

    @command(name="publish", help="Publier un calcul : pages publiques et données ouvertes.")
    def publish_run(
        self,
        run: RunCode,
        out: Annotated[Path, typer.Option("-o", "--out", help="Dossier où copier les fichiers.")],
        as_json: AsJson = False,
    ) -> None:
        """Write the package of open data, and show the run on the public pages."""
        try:
            made = run_named(run)
            names = publish(run=made, now=timezone.now(), out=out)
        except (UnknownRun, FileNotFoundError) as mistake:
            raise CommandError(str(mistake)) from mistake
        if as_json:
            self._json({"run": made.code, "folder": str(out), "files": names})
        else:
            self.stdout.write(f"Calcul {made.code} publié : {', '.join(names)} dans {out}.")

    @command(help="Charger un fichier de données ouvertes, en entier ou pas du tout.")
    def load(
        self,
        source: Annotated[Source, typer.Argument(help="Nature du fichier.")],
        file: Annotated[Path, typer.Argument(help="Fichier CSV.")],
        vintage: Annotated[str, typer.Option(help="Millésime, si le fichier ne le dit pas.")] = "",
        publisher: Annotated[str, typer.Option(help="Producteur ; l'Insee par défaut.")] = "",
        licence: Annotated[str, typer.Option(help="Licence du fichier.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """Load a file in place of the one before of its kind; print what was left aside."""
        try:
            kept = load_file(
                source=Source(source), path=file, now=timezone.now(), vintage=vintage,
                publisher=publisher, licence=licence,
            )  # fmt: skip
        except Unreadable as mistake:
            raise CommandError(" ".join(str(mistake).splitlines())) from mistake
        if as_json:
            self._json(
                {
                    "source": kept.source, "file": kept.nom, "vintage": kept.vintage,
                    "publisher": kept.publisher, "licence": kept.licence, "rows": kept.n_rows,
                    "sha256": kept.sha256, "notes": kept.faults,
                }
            )  # fmt: skip
            return
        self.stdout.write(
            f"{kept.nom} : {kept.n_rows} lignes, millésime {kept.vintage}, {kept.licence}."
        )
        for note in kept.faults:
            self.stdout.write(f"  {note}")

    @command(help="Fixer les pôles d'emploi, à défaut de flux domicile-travail.")
    def poles(
        self,
        communes: Annotated[list[str], typer.Argument(help="Noms ou codes INSEE.")],
        as_json: AsJson = False,
    ) -> None:
        """Set the poles in place of those before."""
        try:
            kept = set_poles(names=communes)
        except UnknownCommune as mistake:
            raise CommandError(str(mistake)) from mistake
        if as_json:
            self._json([{"code": pole.code_insee, "name": pole.nom} for pole in kept])
        else:
            self.stdout.write(f"Pôles d'emploi : {', '.join(pole.nom for pole in kept)}.")

    @command(
        help="Dire, pour chaque indicateur, le fichier qui manque, son producteur, la commande."
    )
    def setup(self, as_json: AsJson = False) -> None:
        """Print what each indicator waits for; none of them is shown as 0 meanwhile."""
        rows = readiness()
        if as_json:
            self._json(
                [
                    {
                        "indicator": row.definition.code,
                        "name": row.definition.nom,
                        "ready": row.is_ready,
                        "missing": [
                            {"what": m.what, "publisher": m.publisher, "command": m.command}
                            for m in row.missing
                        ],
                    }
                    for row in rows
                ]
            )
            return
        table = Table("Indicateur", "État", "Il manque", "Producteur", "Commande")
        for row in rows:
            state = "calculable" if row.is_ready else "non renseigné"
            first, *others = row.missing or (None,)
            table.add_row(
                f"{row.definition.code} {row.definition.nom}", state,
                *((first.what, first.publisher, first.command) if first else ("", "", "")),
            )  # fmt: skip
            for other in others:
                if other is not None:
                    table.add_row("", "", other.what, other.publisher, other.command)
        Console(file=getattr(self.stdout, "_out", None), width=160).print(table)

    def _json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as commands print it."""
    return {
        "run": run.code,
        "week": run.week,
        "departement": run.departement,
        "seconds": run.seconds,
        "memory_mb": run.memory_mb,
        "digest": run.digest,
        "demonstration": run.demonstration,
        "manifest": run.manifest,
    }


def _parse_day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(f"« {text} » n'est pas une date : AAAA-MM-JJ.") from wrong


@contextmanager
def _progress(wanted: bool) -> Any:
    """Show a bar on a terminal; do nothing else."""
    if not wanted:
        yield lambda _step, _share: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Calcul", total=1.0)
        report: Callable[[str, float], None] = lambda step, share: bar.update(  # noqa: E731
            task, description=step, completed=share
        )
        yield report


def _stopped(code: str) -> Run:
    run = Run.objects.filter(pk=code).first()
    if run is None:
        raise CommandError(f"Aucun calcul « {code} ».")
    return run

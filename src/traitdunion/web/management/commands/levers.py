"""Command `traitdunion levers`: what each actor could change, for a person, a site, a territory."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from django_typer.management import TyperCommand, command
from rich.table import Table

from traitdunion import french
from traitdunion.catalogue.rules.operations import rules_in_force
from traitdunion.levers import operations, queries
from traitdunion.levers.changes import Lever
from traitdunion.levers.enums import Acteur
from traitdunion.levers.profiles import PROFILES
from traitdunion.levers.scenarios import ScenarioError, read_scenario
from traitdunion.levers.scenarios.alike import Alike
from traitdunion.levers.scenarios.weighing import weighed
from traitdunion.levers.territory.published import listed_of, published
from traitdunion.levers.territory.search import search, search_each
from traitdunion.matching.margins import asked_margins
from traitdunion.matching.situation import Permis, Place, Situation, Vehicule, coming_monday
from traitdunion.networks import versions as networks
from traitdunion.reach.calendar_days import monday_of
from traitdunion.sources.bounded import Unreadable, yaml_document
from traitdunion.web import arguments
from traitdunion.web.arguments import AsJson
from traitdunion.web.rendering import native_output_aside, show, show_json

ALL_PROFILES = "tous"
SHOWN = 20
"""Changes that a table of the territory shows, the best of each actor among them."""
PERMIS_OF = {"aucun": Permis.AUCUN, "am": Permis.AM, "b": Permis.B}
Start = Annotated[str, typer.Option(help="Début du poste.")]
End = Annotated[str, typer.Option(help="Fin ; 29:00 pour 5 h le lendemain.")]


class Command(TyperCommand):
    help = "Leviers : ce que chaque acteur peut changer pour ouvrir un emploi."

    @command(help="Pour une personne et un poste : le plus petit changement de chaque acteur.")
    def person(
        self,
        from_: Annotated[str, typer.Option("--from", help="Commune du domicile.")],
        to: Annotated[str, typer.Option("--to", help="Commune du travail.")],
        start: Start = "08:00",
        end: End = "16:00",
        days: Annotated[str, typer.Option(help="Jours, lun-ven.")] = "mon-fri",
        facts: Annotated[
            Path | None, typer.Option(help="Faits de la personne, YAML « critère: valeur ».")
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        """Print the levers of a question, verified each by a search of the whole week."""
        network = _network()
        situation = _situation(from_, to, start, end, days, facts, network)
        levers = _ready(lambda: queries.levers_of(situation, network))
        if as_json:
            show_json(self.stdout, {
                "from": situation.home.label, "to": situation.work.label,
                "week": situation.week, "levers": [lever.json() for lever in levers],
                "network": network.label, "demonstration": network.demonstration,
            })  # fmt: skip
        else:
            show(self.stdout, _table(levers))

    @command(help="Pour un lieu de travail (une commune) : ce qui y ouvrirait des postes.")
    def site(
        self,
        site: Annotated[str, typer.Argument(help="Commune du lieu de travail.")],
        as_json: AsJson = False,
    ) -> None:
        """Print the levers that open one place of work to the communes around."""
        network = _network()
        commune = arguments.commune(site)
        place = Place(commune.nom, commune.lat, commune.lon, commune.code_insee)
        territory = queries.territory(network, on=timezone.localdate(), poles=[place])
        searched = search(territory, given=queries.costs_given(),
                       demonstration=network.demonstration)  # fmt: skip
        with native_output_aside():
            result = published(searched) | {"site": place.label}
        self._show(result, as_json)

    @command(help="Pour le territoire : les leviers par acteur, la courbe, un panier.")
    def territory(
        self,
        budget: Annotated[
            float | None, typer.Option(min=0, help="Euros par an que coûte le panier au plus.")
        ] = None,
        actor: Annotated[Acteur | None, typer.Option(help="Un seul acteur.")] = None,
        profile: Annotated[
            str, typer.Option(help=f"Profil : {', '.join(PROFILES)}, ou {ALL_PROFILES}.")
        ] = "a_pied",
        everything: Annotated[
            bool, typer.Option("--all", help="Tous les changements gardés, pas les premiers seuls.")
        ] = False,
        keep: Annotated[bool, typer.Option(help="Garder pour la page du territoire.")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Search the levers of the territory, and keep them for its page where asked."""
        codes = list(PROFILES) if profile == ALL_PROFILES else [profile]
        if not set(codes) <= set(PROFILES):
            known = ", ".join((*PROFILES, ALL_PROFILES))
            raise CommandError(f"Profil inconnu « {profile} » : {known}.")
        network = _network()
        results = {}
        whole = _ready(lambda: queries.territory(network, on=timezone.localdate()))
        with arguments.progress(not as_json) as advance:
            searches = search_each(
                Alike.of(whole, [PROFILES[code] for code in codes]),
                given=queries.costs_given(), demonstration=network.demonstration,
                actor=actor.value if actor else "", progress=advance,
            )  # fmt: skip
        for code, searched in zip(codes, searches, strict=True):
            with native_output_aside():
                results[code] = published(searched, budget_eur=budget) | {"profile": code}
            if keep:
                operations.keep_search(
                    results[code], network=network, now=timezone.now(), profil=code
                )
                if not as_json:
                    n_kept = len(results[code]["levers"])
                    self.stdout.write(
                        f"{n_kept} changement(s) gardé(s) pour la page du territoire."
                    )
        if len(results) > 1 and as_json:
            show_json(self.stdout, {"profiles": results})
            return
        for result in results.values() if as_json or not keep else ():
            self._show(result, as_json, everything=everything)

    @command(help="Comparer un scénario (fichier YAML) à l'existant : gagné, perdu, coût.")
    def scenario(
        self,
        file: Annotated[Path, typer.Argument(help="Fichier du scénario.")],
        as_json: AsJson = False,
    ) -> None:
        """Apply a list of changes in memory, and print what is gained, lost and spent."""
        network = _network()
        territory = _ready(lambda: queries.territory(network, on=timezone.localdate()))
        try:
            document = read_scenario(file)
            compared = weighed(
                territory, document.get("changements", []), given=queries.costs_given(),
                demonstration=network.demonstration,
            )  # fmt: skip
        except ScenarioError as wrong:
            raise CommandError(str(wrong)) from wrong
        result = {"scenario": document.get("titre", file.stem)} | compared.json()
        if as_json:
            show_json(self.stdout, result)
            return
        table = Table(title=str(result["scenario"]))
        for head in ("", "Gagné", "Perdu"):
            table.add_column(head)
        rows = [("Couples commune × poste", compared.opened, compared.lost),
                ("Habitants (estimation)", compared.people_gained, compared.people_worse),
                ("Habitants servis à la fois", compared.people_served, "–"),
                ("Habitants × postes", compared.people_x_jobs_opened,
                 compared.people_x_jobs_lost)]  # fmt: skip
        for name, gained, lost in rows:
            table.add_row(name, str(gained), str(lost))
        show(self.stdout, table)

    def _show(self, result: dict[str, Any], as_json: bool, *, everything: bool = False) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
            return
        kept = result["levers"]
        rows = kept if everything else listed_of(kept, SHOWN)
        left = len(kept) - len(rows) + result["levers_more"]
        table = Table(
            title="Ce que chacun peut changer",
            caption=f"Et {french.counted(left, 'autre')}, plus chers ou pour moins d'habitants."
            if left
            else None,
        )
        for head in ("Acteur", "Changement", "Habitants (estimation)", "€ par personne"):
            table.add_column(head)
        for row in rows:
            each = row["eur_per_person"]
            table.add_row(row["actor_label"], row["sentence"], str(row["people"]),
                          "à demander" if each is None else str(each))  # fmt: skip
        show(self.stdout, table)


def _network() -> Any:
    try:
        return networks.current_network(settings.TRAITDUNION_DATA_DIR / "networks")
    except (FileNotFoundError, networks.NetworkImportError) as none:
        raise CommandError(str(none)) from none


def _ready(ask: Any) -> Any:
    try:
        return ask()
    except DatabaseError as absent:
        raise CommandError("La base n'est pas prête : lancez traitdunion migrate.") from absent


def _situation(
    from_: str, to: str, start: str, end: str, days: str, facts: Path | None, network: Any
) -> Situation:
    margins = asked_margins()
    shift = arguments.shift(start, end, days, margins_min=(margins.before_min, margins.after_min))
    now = timezone.localtime()
    first, last = network.timetable.start, network.timetable.end
    week: date = min(max(coming_monday(now.date()), first), last)
    home, work = arguments.commune(from_), arguments.commune(to)
    known = _facts(facts) if facts is not None else {}
    permis = PERMIS_OF.get(str(known.get("permis", "aucun")), Permis.INCONNU)
    owned = known.get("vehicule", frozenset())
    vehicles = [v for v in Vehicule if isinstance(owned, frozenset) and v.value in owned]
    return Situation(
        home=Place(home.nom, home.lat, home.lon, home.code_insee),
        work=Place(work.nom, work.lat, work.lon, work.code_insee),
        shift=shift, week=monday_of(week), permis=permis,
        vehicule=vehicles[0] if vehicles else Vehicule.AUCUN, now=now, facts=known,
        margins=margins.on_the_way,
    )  # fmt: skip


def _facts(path: Path) -> dict[str, Any]:
    """Return the facts of a file, each read by its criterion; all faults in one line."""
    try:
        written = yaml_document(path)
    except Unreadable as wrong:
        raise CommandError(f"{path} : {wrong}") from wrong
    except (OSError, ValueError, yaml.YAMLError) as unread:
        raise CommandError(f"{path} : ce fichier de faits ne se lit pas.") from unread
    if not isinstance(written, dict):
        raise CommandError(f"{path} : écrivez « critère: valeur », une ligne par fait.")
    book = rules_in_force()
    facts, faults = {}, []
    for name, given in written.items():
        try:
            facts[str(name)] = book.criteria[str(name)].read(given)
        except KeyError:
            faults.append(f"« {name} » n'est pas un critère")
        except ValueError as wrong:
            faults.append(f"{name} : {wrong}")
    if faults:
        raise CommandError(f"{path} : {' ; '.join(faults)}.")
    return facts


def _table(levers: list[Lever]) -> Table:
    table = Table(title="Ce que chacun peut changer")
    for head in ("Acteur", "Changement", "Coût", "Délai", "Confiance"):
        table.add_column(head)
    for lever in levers:
        table.add_row(str(lever.acteur.label), lever.sentence, lever.cost.text, lever.cost.delay,
                      str(lever.confiance.label))  # fmt: skip
    return table

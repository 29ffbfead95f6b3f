"""What a plan would change, before anything is written; writing it in one go; undoing it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.french import number

from ... import operations
from ...enums import EtatAction, RolePilote, UniteBudget, Visibilite
from ...models import (
    Action,
    Axe,
    Evenement,
    Idee,
    Indicateur,
    LigneBudget,
    Partenaire,
    Pilote,
    Seance,
)
from ...models import ImportPlan as Plan
from ...operations import CooperationError
from ...roadmap import operations as roadmap_operations
from ..changes import undo
from ..sheet import official_epci, write_part
from ..titles import axis_key
from .columns import COLUMNS
from .reading import Line

OBJECT = "Budget du plan importé"
QUESTION = "Question à écrire."
COLUMNS_OF_ACTION = (
    "reference", "description", "debut_le", "fin_prevue_le", "etat", "blocage", "deblocage", "epci",
)  # fmt: skip
CREATE, CHANGE, SAME, LEAVE = "creer", "modifier", "identique", "laisser"


@dataclass(frozen=True)
class Change:
    """One value that would change: field, before and after as values."""

    name: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        return COLUMNS[self.name].label

    @property
    def words(self) -> tuple[str, str]:
        return in_words(self.before), in_words(self.after)


def in_words(value: Any) -> str:
    if value in (None, "", []):
        return "rien"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, EtatAction):
        return str(value.label).lower()
    if isinstance(value, list):
        return ", ".join(value)
    return value if isinstance(value, str) else number(value)


@dataclass
class Planned:
    """What would become of a line: `action` is one of CREATE, CHANGE, SAME, LEAVE."""

    line: Line
    action: str
    row: Action | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass
class Preview:
    """`axes`: titles of the axes that would be created."""

    planned: list[Planned]
    axes: list[str]

    def n(self, action: str) -> int:
        return sum(line.action == action for line in self.planned)

    @property
    def counts(self) -> dict[str, int]:
        return {what: self.n(what) for what in (CREATE, CHANGE, SAME, LEAVE)}

    @property
    def changes_something(self) -> bool:
        return self.n(CREATE) + self.n(CHANGE) > 0


def preview(seance: Seance, lines: Sequence[Line], *, axe: Axe | None = None) -> Preview:
    """Compare the lines with the roadmap; `axe` takes the lines that name none."""
    known = _Known(seance, axe)
    planned, axes = [], dict[str, None]()
    for line in lines:
        if line.is_left_out:
            planned.append(Planned(line, LEAVE))
            continue
        if known.axe_of(line) is None:
            axes[title_of(line.axe)] = None
        row = known.action_of(line)
        changes = _changes(line, row)
        kind = CREATE if row is None else CHANGE if changes else SAME
        planned.append(Planned(line, kind, row, changes))
    return Preview(planned, list(axes))


def title_of(axe: str) -> str:
    """Return the title of an axis: « Logement » for « Axe 1 : Logement ».

    Lines of no axis are gathered under « Autres actions ».
    """
    return re.sub(r"(?i)^axe\s*\d*\s*[:.–-]?\s*", "", axe) or axe or "Autres actions"


class _Known:
    """The axes and the actions of a session, found by what a file calls them."""

    def __init__(self, seance: Seance, axe: Axe | None) -> None:
        self.axes = list(seance.axes.all())
        self.default = axe
        self.actions = list(
            Action.objects.filter(axe__seance=seance)
            .select_related("parent", "axe")
            .prefetch_related("pilotes__compte", "partenaires", "budget", "indicateurs")
        )

    def axe_of(self, line: Line) -> Axe | None:
        """Find an axis by number, title, or both: « Axe 1 », « 1 », « Axe 1 : Logement »."""
        if not line.axe:
            return self.default
        title, number_ = axis_key(title_of(line.axe)), slugify(line.axe).removeprefix("axe-")
        for axe in self.axes:
            if axis_key(axe.titre) == title or str(axe.ordre) == number_:
                return axe
        return None

    def action_of(self, line: Line) -> Action | None:
        """Find an action by its reference, else by its title in its axis and its parent."""
        bearing = [
            action
            for action in self.actions
            if action.reference == line.fields.get("reference", " ")
        ]
        if len(bearing) == 1:
            return bearing[0]
        axe = self.axe_of(line)
        for known in self.actions:
            parent = slugify(known.parent.titre) if known.parent else ""
            same = (slugify(known.titre), parent) == (slugify(line.titre), slugify(line.parent))
            if same and axe is not None and known.axe_id == axe.pk:
                return known
        return None


def _changes(line: Line, row: Action | None) -> list[Change]:
    """Return what the file holds and the roadmap does not; what the file leaves out stays."""
    changes = []
    if row is not None and row.titre != line.titre and line.fields.get("reference"):
        changes.append(Change("titre", row.titre, line.titre))
    for name in COLUMNS_OF_ACTION:
        if name in line.fields:
            after = official_epci(line.fields[name]) if name == "epci" else line.fields[name]
            before = getattr(row, name) if row else None
            before = EtatAction(before) if name == "etat" and before else before
            if before != after and not (row is None and after == EtatAction.A_VENIR):
                changes.append(Change(name, before, after))
    return (
        changes + list(_people(line, row)) + list(_amounts(line, row)) + list(_indicator(line, row))
    )


def _people(line: Line, row: Action | None) -> Iterable[Change]:
    pilots = {slugify(str(pilote)) for pilote in row.pilotes.all()} if row else set()
    partners = (
        {slugify(partenaire.organisme) for partenaire in row.partenaires.all()} if row else set()
    )
    for name, there in (("pilotes", pilots), ("copilotes", pilots), ("partenaires", partners)):
        fresh = [person for person in line.fields.get(name, ()) if slugify(person) not in there]
        if fresh:
            yield Change(name, None, fresh)


def budget_year(line: Line) -> int:
    """Return the year of an amount: that of the beginning, else of the end; 0 where unknown."""
    day = line.fields.get("debut_le") or line.fields.get("fin_prevue_le")
    return int(day.year) if day else 0


def _amounts(line: Line, row: Action | None) -> Iterable[Change]:
    for name, column in (
        ("budget_eur", "prevu"),
        ("obtenu_eur", "obtenu"),
        ("budget_etp", "prevu"),
    ):
        if name in line.fields:
            there = _budget_row(row, UniteBudget.ETP if name == "budget_etp" else UniteBudget.EUROS)
            before = getattr(there, column) if there else None
            if before != line.fields[name]:
                yield Change(name, before, line.fields[name])
    if "financeur" in line.fields and "budget_eur" in line.fields:
        there = _budget_row(row, UniteBudget.EUROS)
        if (there.financeur if there else "") != line.fields["financeur"]:
            yield Change("financeur", there.financeur if there else "", line.fields["financeur"])


def _budget_row(row: Action | None, unite: UniteBudget) -> LigneBudget | None:
    lines = row.budget.all() if row else ()
    return next((line for line in lines if line.objet == OBJECT and line.unite == unite), None)


INDICATOR = {"indicateur_unite": "unite", "indicateur_depart": "depart",
             "indicateur_cible": "cible", "indicateur_source": "source"}  # fmt: skip


def _indicator(line: Line, row: Action | None) -> Iterable[Change]:
    definition = line.fields.get("indicateur")
    if not definition:
        return
    there = _indicator_row(row, definition)
    if there is None:
        yield Change("indicateur", None, definition)
    for name, column in INDICATOR.items():
        if name in line.fields:
            before = getattr(there, column) if there else None
            if before != line.fields[name]:
                yield Change(name, before, line.fields[name])


def _indicator_row(row: Action | None, definition: str) -> Indicateur | None:
    rows = row.indicateurs.all() if row else ()
    return next((row for row in rows if slugify(row.definition) == slugify(definition)), None)


# -- writing --------------------------------------------------------------------------------------


@transaction.atomic
def apply(plan: Plan, preview: Preview, *, by: User, now: datetime, axe: Axe | None = None) -> None:
    """Write everything in the preview, or nothing. Raises CooperationError."""
    seance = plan.seance
    check(by, Permission.STEER, seance.organisation)
    if plan.applique_le is not None:
        raise CooperationError("Ce plan est déjà importé.")
    writing = _Writing(seance, axe, by, now)
    for planned in preview.planned:
        if planned.action in (CREATE, CHANGE):
            writing.write(planned)
    plan.applique_le = now
    plan.ecrit = {"axes": writing.axes, "actions": writing.actions, "events": writing.events}
    plan.fichier = None  # nothing of the file is needed any more
    plan.save()


class _Writing:
    def __init__(self, seance: Seance, axe: Axe | None, by: User, now: datetime) -> None:
        self.seance, self.axe, self.by, self.now = seance, axe, by, now
        self.axes: list[int] = []
        self.actions: list[int] = []
        self.events: list[int] = []

    def write(self, planned: Planned) -> None:
        line, row = planned.line, planned.row
        columns = {
            change.name: change.after
            for change in planned.changes
            if change.name in COLUMNS_OF_ACTION
        }
        etat = columns.get("etat")
        if etat == EtatAction.REALISEE:
            ends = line.fields.get("fin_prevue_le") or (row.fin_prevue_le if row else None)
            today = timezone.localdate(self.now)
            columns["fini_le"] = min(ends or today, today)
        if any(change.name == "titre" for change in planned.changes):
            columns["titre"] = line.titre
        if row is None:
            row = self._create(line, columns)
        elif columns:
            values = {"by": self.by, "action": row, "now": self.now}
            self._keep(roadmap_operations.follow(**values, commentaire="Plan importé", **columns))
        self._write_parts(row, line, {change.name for change in planned.changes})

    def _create(self, line: Line, columns: dict[str, Any]) -> Action:
        known = _Known(self.seance, self.axe)
        axe = known.axe_of(line) or self._create_axe(line)
        parent = None
        if line.parent:
            top = Line(line.sheet, line.row, line.axe, line.parent, "")
            parent = known.action_of(top) or self._create(top, {})
            axe = parent.axe
        row = roadmap_operations.create_action(
            by=self.by, axe=axe, titre=line.titre, parent=parent, now=self.now, **columns
        )
        self.actions.append(row.pk)
        return row

    def _create_axe(self, line: Line) -> Axe:
        title = title_of(line.axe)
        last = self.seance.axes.order_by("-ordre").first()
        row = Axe(seance=self.seance, ordre=last.ordre + 1 if last else 1)
        row.titre, row.question = title[:200], QUESTION
        operations.clean(row)
        row.save()
        self.axes.append(row.pk)
        return row

    def _write_parts(self, row: Action, line: Line, names: set[str]) -> None:
        there = {slugify(str(pilote)) for pilote in row.pilotes.all()}
        for name, role in (("pilotes", RolePilote.PILOTE), ("copilotes", RolePilote.COPILOTE)):
            for who in line.fields.get(name, ()):
                if slugify(who) not in there:
                    there.add(slugify(who))
                    self._part(Pilote(action=row, nom=who, role=role))
        partners = {slugify(partenaire.organisme) for partenaire in row.partenaires.all()}
        for who in line.fields.get("partenaires", ()):
            if slugify(who) not in partners:
                self._part(Partenaire(action=row, organisme=who))
        if names & {"budget_eur", "obtenu_eur", "financeur"}:
            amounts = {"prevu": "budget_eur", "obtenu": "obtenu_eur", "financeur": "financeur"}
            self._budget(row, line, UniteBudget.EUROS, amounts)
        if "budget_etp" in names:
            self._budget(row, line, UniteBudget.ETP, {"prevu": "budget_etp"})
        if names & {"indicateur", *INDICATOR}:
            self._write_indicator(row, line)

    def _budget(self, row: Action, line: Line, unite: UniteBudget, values: dict[str, str]) -> None:
        there = _budget_row(row, unite) or LigneBudget(
            action=row, unite=unite, objet=OBJECT,
            annee=budget_year(line) or self.now.year,
        )  # fmt: skip
        for column, name in values.items():
            if name in line.fields:
                setattr(there, column, line.fields[name])
        self._part(there)

    def _write_indicator(self, row: Action, line: Line) -> None:
        definition = line.fields["indicateur"]
        there = _indicator_row(row, definition) or Indicateur(
            action=row, definition=definition, unite="à préciser", source="plan importé"
        )
        for name, column in INDICATOR.items():
            if name in line.fields:
                setattr(there, column, line.fields[name])
        self._part(there)

    def _part(self, row: Any) -> None:
        self._keep(write_part(row, by=self.by, now=self.now))

    def _keep(self, event: Evenement) -> None:
        self.events.append(event.pk)


@transaction.atomic
def publish(row: Plan, *, by: User, visibilite: Visibilite, now: datetime) -> None:
    """Set who reads what a plan would change."""
    check(by, Permission.STEER, row.seance.organisation)
    row.visibilite = visibilite
    row.save(update_fields=["visibilite"])
    record(by=by, organisation=row.seance.organisation, action=Did.PUBLIER, target=row, at=now)


@transaction.atomic
def take_back(plan: Plan, *, by: User, now: datetime) -> None:
    """Put the roadmap back as it was before the plan, or refuse and say what was touched since."""
    check(by, Permission.STEER, plan.seance.organisation)
    if plan.applique_le is None or plan.annule_le is not None:
        raise CooperationError("Il n'y a rien à annuler.")
    created = set(plan.ecrit["actions"])
    _refuse_if_lived(plan, created)
    events = Evenement.objects.in_bulk(plan.ecrit["events"])
    for pk in reversed(plan.ecrit["events"]):
        event = events.get(pk)
        if event is not None and event.action_id not in created:
            undo(event, by=by, now=now)
    for pk in reversed(plan.ecrit["actions"]):
        Action.objects.filter(pk=pk).delete()
    for axe in Axe.objects.filter(pk__in=plan.ecrit["axes"]):
        if not axe.actions.exists() and not Idee.objects.filter(axe=axe).exists():
            axe.delete()
    plan.annule_le = now
    plan.save(update_fields=["annule_le"])


def _refuse_if_lived(plan: Plan, created: set[int]) -> None:
    """Raise CooperationError where what the plan created has lived since: it would go with it."""
    lived = []
    for action in Action.objects.filter(pk__in=created):
        others = action.evenements.exclude(pk__in=plan.ecrit["events"]).count() > 1
        steps = action.sous_actions.exclude(pk__in=created).exists()
        if others or steps or action.engagements.exists() or action.relances.exists():
            lived.append(f"« {action.titre} »")
    if lived:
        raise CooperationError(
            f"Depuis l'import, {', '.join(lived[:5])} a une histoire que l'annulation effacerait. "
            "Corrigez les fiches une à une."
        )

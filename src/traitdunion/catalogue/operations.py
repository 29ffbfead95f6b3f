"""Writes of the catalogue: keyword-only, one transaction, permission checked, trace left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, can, check

from .entries import (
    Change,
    Content,
    Entry,
    EntryError,
    changes_between,
    content_of,
    dangling,
    entry_from,
)
from .enums import EtatProposition, EtatSignalement, NatureSignalement, Statut
from .exchange.yaml_file import CatalogueError, read_catalogue
from .models import Attente, Modele, Proposition, Revision, Signalement, Solution, Structure
from .saving import Merged, merge, save_entry

__all__ = ["CatalogueError", "Loaded", "load_catalogue"]


class EditingError(ValueError):
    """What was asked cannot be done; the message gives why and what to do, in French."""


class StaleVersion(EditingError):
    """Another editor saved in the meantime; `merged` holds both, nothing was written."""

    def __init__(self, current: Solution, merged: Merged, changes: list[Change]) -> None:
        self.current, self.merged, self.changes = current, merged, changes
        super().__init__(
            "Cette fiche a changé pendant que vous écriviez. Rien n'est perdu : relisez ce qui a "
            "changé, puis enregistrez de nouveau."
        )


# -- files ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """What a load changed, in numbers of structures and solutions."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return (
            f"{self.created} fiche(s) créée(s), {self.updated} modifiée(s), "
            f"{self.unchanged} inchangée(s)"
        )


def load_catalogue(path: Path, *, now: datetime | None = None) -> Loaded:
    """Load the structures and solutions of a YAML file: all of them, or none.

    The same file twice changes nothing; what is stored and not in the file is kept. A solution
    without area is kept, and is *à vérifier*. `now`: when given, no real solution may have been
    verified after it. Raises CatalogueError with every fault of the file: which entry, which
    field, why, what to do.
    """
    entries = read_catalogue(path, now=now)
    with transaction.atomic():
        done = [save_structure(row) for row in entries.structures]
        known = Structure.objects.in_bulk([row.pk for row in entries.structures])
        for entry in entries.solutions:
            entry.solution.structure = known[entry.solution.structure_id]
            done.append(save_entry(entry, by=None, at=now))
    return Loaded(*(done.count(what) for what in ("created", "updated", "unchanged")))


def save_structure(row: Structure) -> str:
    """Create or update a structure, except its owner; return what was done."""
    before = Structure.objects.filter(pk=row.pk).first()
    names = [f.attname for f in row._meta.concrete_fields if f.name not in Structure.MANAGED]
    if before is None:
        row.save(force_insert=True)
        return "created"
    if all(getattr(before, name) == getattr(row, name) for name in names):
        return "unchanged"
    row.save(update_fields=[name for name in names if name != "id"])
    return "updated"


@transaction.atomic
def entrust(*, organisation: Organisation, structures: models.QuerySet[Structure]) -> int:
    """Give the entries of structures to an organisation to keep; how many structures changed."""
    return structures.exclude(organisation=organisation).update(organisation=organisation)


# -- editing -------------------------------------------------------------------------------------


@transaction.atomic
def create_solution(*, by: User, content: Content, now: datetime, key: str = "") -> Solution:
    """Create an entry as a draft. `key`: its address; made from its name if not given.

    Raises EntryError where the document is wrong, PermissionDenied where its structure is kept by
    an organisation that `by` does not edit for.
    """
    structure = structure_of(content)
    check(by, Permission.EDIT_CATALOGUE, structure.organisation)
    entry = _sound(key or free_key(content), content)
    entry.solution.structure = structure
    entry.solution.statut = Statut.BROUILLON
    try:
        with transaction.atomic():
            save_entry(entry, by=by, at=now)
    except IntegrityError as taken:
        if not Solution.objects.filter(pk=entry.solution.pk).exists():
            raise
        raise EditingError(
            "Une fiche du même nom vient d'être créée : enregistrez de nouveau, ou ouvrez l'autre."
        ) from taken
    _trace(by, Action.CREER, entry.solution, now)
    return entry.solution


def _sound(key: str, content: Content) -> Entry:
    """Build the rows of a document, or raise EntryError with all that is wrong."""
    entry = entry_from(key, content)
    if problems := dangling(entry):
        raise EntryError(problems)
    return entry


def structure_of(content: Content) -> Structure:
    """Return the structure a document names, or raise EditingError."""
    held_structure = Structure.objects.select_related("organisation").filter(
        pk=content.get("structure") or ""
    )
    structure = held_structure.first()
    if structure is None:
        raise EditingError("Choisissez la structure qui propose cette solution.")
    return structure


def free_key(content: Content) -> str:
    """Return the address made from the name, followed by a number where it is taken."""
    stem = slugify(str(content.get("nom") or ""))[:70].strip("-") or "fiche"
    taken = set(Solution.objects.filter(pk__startswith=stem).values_list("pk", flat=True))
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    return stem if stem not in taken else next(key for key in numbered if key not in taken)


@transaction.atomic
def edit_solution(
    *, by: User, key: str, content: Content, version: int, now: datetime, motif: str = ""
) -> Solution:
    """Replace the content of an entry, unless another was saved since `version` was read.

    Raises StaleVersion (nothing is written, and nothing of either is lost), EntryError,
    PermissionDenied. Saving the same again writes nothing.
    """
    current = _locked(key)
    check(by, Permission.EDIT_CATALOGUE, current.structure.organisation)
    if current.version != version:
        raise _stale(current, version, content)
    structure = structure_of(content)
    if structure != current.structure:
        check(by, Permission.EDIT_CATALOGUE, structure.organisation)
    return _apply(current, content, by, now, Action.MODIFIER, motif)


def _locked(key: str) -> Solution:
    rows = Solution.objects.select_for_update(of=("self",))
    return rows.select_related("structure__organisation").get(pk=key)


def _stale(current: Solution, version: int, mine: Content) -> StaleVersion:
    theirs = content_of(current)
    kept = current.revisions.filter(version=version).first()
    base = kept.content if kept else theirs
    return StaleVersion(current, merge(base, theirs, mine), changes_between(base, theirs))


def _apply(
    current: Solution, content: Content, by: User, now: datetime, action: Action, motif: str
) -> Solution:
    entry = _sound(current.pk, content)
    entry.solution.statut = current.statut
    entry.solution.structure = structure_of(content)
    if save_entry(entry, by=by, at=now, action=action, motif=motif) != "unchanged":
        _trace(by, action, entry.solution, now)
    return entry.solution


@transaction.atomic
def change_statut(
    *, by: User, key: str, statut: Statut, now: datetime, motif: str = ""
) -> Solution:
    """Publish, suspend, archive or take back an entry; what depends on it is kept.

    Raises EditingError where a draft is not ready to be published, with what is missing.
    """
    current = _locked(key)
    check(by, Permission.EDIT_CATALOGUE, current.structure.organisation)
    if statut == Statut.PUBLIE and (missing := missing_to_publish(current)):
        raise EditingError("Avant de publier, renseignez : " + ", ".join(missing) + ".")
    actions = {Statut.PUBLIE: Action.PUBLIER, Statut.ARCHIVE: Action.ARCHIVER}
    entry = entry_from(key, content_of(current))
    entry.solution.statut, entry.solution.structure = statut, current.structure
    action = actions.get(statut, Action.MODIFIER)
    if save_entry(entry, by=by, at=now, action=action, motif=motif) != "unchanged":
        _trace(by, action, entry.solution, now)
    return entry.solution


def missing_to_publish(solution: Solution) -> list[str]:
    """Return what an entry lacks before it is shown: the least that helps a reader."""
    structure = solution.structure
    contact = any(
        (
            solution.telephone,
            solution.courriel,
            solution.lien_mobilisation,
            structure.telephone,
            structure.courriel,
            structure.site,
        )
    )
    values = {
        "une description": solution.description,
        "un contact": contact,
        "la date de vérification": solution.verifie_le,
    }
    return [name for name, value in values.items() if not value]


@transaction.atomic
def confirm(*, by: User, key: str, on: date, now: datetime) -> Solution:
    """Record that everything was checked on a day and still holds."""
    current = _locked(key)
    check(by, Permission.EDIT_CATALOGUE, current.structure.organisation)
    content = content_of(current) | {"verifie_le": on.isoformat()}
    return _apply(current, content, by, now, Action.MODIFIER, "Tout est encore vrai.")


@transaction.atomic
def restore(*, by: User, key: str, version: int, now: datetime) -> Solution:
    """Give an entry its content of an earlier version, as one more version.

    The state (published, archived…) is left as it is. Raises EditingError where that version is
    not in the history.
    """
    current = _locked(key)
    check(by, Permission.EDIT_CATALOGUE, current.structure.organisation)
    kept: Revision | None = current.revisions.filter(version=version).first()
    if kept is None:
        raise EditingError(f"La version {version} n'est pas dans l'historique de cette fiche.")
    motif = f"Retour à la version {version}."
    return _apply(current, kept.content, by, now, Action.ANNULER, motif)


def _trace(by: User | None, action: Action, solution: Solution, now: datetime) -> None:
    record(
        by=by,
        organisation=solution.structure.organisation,
        action=action,
        target=solution,
        at=now,
    )


# -- structures ----------------------------------------------------------------------------------


@transaction.atomic
def create_structure(
    *, by: User, organisation: Organisation, columns: Mapping[str, Any], now: datetime
) -> Structure:
    """Create a structure whose entries the organisation will keep; its key comes from its name."""
    check(by, Permission.EDIT_CATALOGUE, organisation)
    stem = slugify(columns["nom"])[:70].strip("-") or "structure"
    taken = set(Structure.objects.filter(pk__startswith=stem).values_list("pk", flat=True))
    numbered = (f"{stem}-{n}" for n in range(2, len(taken) + 3))
    key = stem if stem not in taken else next(key for key in numbered if key not in taken)
    structure = Structure(id=key, organisation=organisation, **columns)
    structure.save(force_insert=True)
    record(by=by, organisation=organisation, action=Action.CREER, target=structure, at=now)
    return structure


@transaction.atomic
def change_structure(
    *, by: User, structure: Structure, columns: Mapping[str, Any], now: datetime
) -> None:
    """Replace what is known of a structure."""
    check(by, Permission.EDIT_CATALOGUE, structure.organisation)
    for name, value in columns.items():
        setattr(structure, name, value)
    structure.save(update_fields=list(columns))
    record(
        by=by, organisation=structure.organisation, action=Action.MODIFIER, target=structure, at=now
    )  # fmt: skip


# -- drafts, suggestions, templates --------------------------------------------------------------


@transaction.atomic
def keep_draft(
    *,
    by: User,
    organisation: Organisation,
    content: Content,
    now: datetime,
    solution: Solution | None = None,
    draft: Proposition | None = None,
) -> Proposition:
    """Keep what an author is writing, complete or not; only the author sees it."""
    check(by, Permission.SUGGEST, organisation)
    _same_keeper(solution, organisation)
    if draft is None:
        base = content_of(solution) if solution else {}
        draft = Proposition(organisation=organisation, solution=solution, author=by, base=base)
    elif draft.author != by or draft.etat != EtatProposition.BROUILLON:
        raise EditingError("Ce brouillon n'est pas à vous, ou il est déjà envoyé.")
    draft.content, draft.modified_at = content, now
    draft.save()
    return draft


def _same_keeper(solution: Solution | None, organisation: Organisation) -> None:
    if solution is not None and solution.structure.organisation != organisation:
        raise EditingError("Cette fiche est tenue par une autre organisation.")


@transaction.atomic
def suggest(*, by: User, draft: Proposition, now: datetime, message: str = "") -> Proposition:
    """Send a draft to the editors of its organisation.

    Raises EntryError where the document is wrong, EditingError where it changes nothing.
    """
    check(by, Permission.SUGGEST, draft.organisation)
    if draft.author != by or draft.etat != EtatProposition.BROUILLON:
        raise EditingError("Ce brouillon n'est pas à vous, ou il est déjà envoyé.")
    if structure_of(draft.content).organisation != draft.organisation:
        raise EditingError("Cette structure est tenue par une autre organisation.")
    _sound(draft.solution_id or free_key(draft.content), draft.content)
    if not changes_between(draft.base, draft.content):
        raise EditingError("Rien n'a changé : modifiez au moins un champ avant d'envoyer.")
    draft.etat, draft.message, draft.modified_at = EtatProposition.PROPOSEE, message, now
    draft.save()
    record(by=by, organisation=draft.organisation, action=Action.PROPOSER, target=draft, at=now)
    return draft


@transaction.atomic
def accept(*, by: User, suggestion: Proposition, now: datetime, reponse: str = "") -> Solution:
    """Apply what a suggestion changes to the entry as it is now, or create the new entry.

    Raises EditingError where the entry was changed since in the very fields that are suggested.
    """
    check(by, Permission.MODERATE, suggestion.organisation)
    suggestion = Proposition.objects.select_for_update().get(pk=suggestion.pk)
    _still_pending(suggestion)
    if suggestion.solution_id is None:
        solution = create_solution(by=by, content=suggestion.content, now=now)
        suggestion.solution = solution
    else:
        current = _locked(suggestion.solution_id)
        merged = merge(suggestion.base, content_of(current), suggestion.content)
        if merged.conflicts:
            raise EditingError(
                "La fiche a changé depuis, aux mêmes endroits : reprenez la proposition dans le "
                "formulaire, puis enregistrez."
            )
        motif = f"Proposition de {suggestion.author}."
        solution = _apply(current, merged.content, by, now, Action.MODIFIER, motif)
    _decide(suggestion, EtatProposition.ACCEPTEE, by, now, reponse)
    return solution


@transaction.atomic
def refuse(*, by: User, suggestion: Proposition, now: datetime, reponse: str) -> None:
    """Close a suggestion without applying it; its author reads why."""
    check(by, Permission.MODERATE, suggestion.organisation)
    suggestion = Proposition.objects.select_for_update().get(pk=suggestion.pk)
    _still_pending(suggestion)
    if not reponse.strip():
        raise EditingError("Dites pourquoi : la personne qui a proposé le lira.")
    _decide(suggestion, EtatProposition.REFUSEE, by, now, reponse)


def _still_pending(suggestion: Proposition) -> None:
    if suggestion.etat != EtatProposition.PROPOSEE:
        raise EditingError("Cette proposition n'est plus en attente : quelqu'un l'a déjà traitée.")


def _decide(
    suggestion: Proposition, etat: EtatProposition, by: User, now: datetime, reponse: str
) -> None:
    suggestion.etat, suggestion.decided_at, suggestion.decided_by = etat, now, by
    suggestion.reponse = reponse
    suggestion.save()
    action = Action.ACCEPTER if etat == EtatProposition.ACCEPTEE else Action.REFUSER
    record(by=by, organisation=suggestion.organisation, action=action, target=suggestion, at=now)


@transaction.atomic
def drop_draft(*, by: User, draft: Proposition) -> None:
    """Throw one's own draft away."""
    if draft.author != by or draft.etat != EtatProposition.BROUILLON:
        raise EditingError("Ce brouillon n'est pas à vous, ou il est déjà envoyé.")
    draft.delete()


@transaction.atomic
def keep_as_template(
    *, by: User, organisation: Organisation, solution: Solution, nom: str, now: datetime
) -> Modele:
    """Keep an entry as a template of its type; the same name again replaces it."""
    check(by, Permission.EDIT_CATALOGUE, organisation)
    _same_keeper(solution, organisation)
    if not nom.strip():
        raise EditingError("Donnez un nom au modèle.")
    content = {
        name: value
        for name, value in content_of(solution).items()
        if name not in {"nom", "reference", "lien_source", "verifie_le", "demonstration"}
    }
    modele, _ = Modele.objects.update_or_create(
        organisation=organisation,
        type_solution=solution.type_solution,
        nom=nom.strip()[:80],
        defaults={"content": content},
    )
    record(by=by, organisation=organisation, action=Action.CREER, target=modele, at=now)
    return modele


# -- readers' reports, waiting lists -------------------------------------------------------------


@transaction.atomic
def report(
    *, solution: Solution, nature: NatureSignalement, message: str, now: datetime
) -> Signalement:
    """Record an anonymous report that something is wrong."""
    return Signalement.objects.create(
        solution=solution, nature=nature, message=message.strip()[:1000], at=now
    )


@transaction.atomic
def handle_report(
    *, by: User, signalement: Signalement, etat: EtatSignalement, now: datetime
) -> None:
    """Close a report: corrected, or set aside."""
    organisation = signalement.solution.structure.organisation
    check(by, Permission.MODERATE, organisation)
    done = Signalement.objects.open().filter(pk=signalement.pk)
    if not done.update(etat=etat, handled_at=now, handled_by=by):
        raise EditingError("Ce signalement est déjà traité.")
    action = Action.ACCEPTER if etat == EtatSignalement.CORRIGE else Action.REFUSER
    record(by=by, organisation=organisation, action=action, target=signalement, at=now)


@transaction.atomic
def join_waiting_list(*, by: User, solution: Solution, on: date) -> Attente:
    """Add an anonymous wait; only the day is kept."""
    check(by, Permission.EDIT_CATALOGUE, solution.structure.organisation)
    return Attente.objects.create(solution=solution, inscrit_le=on)


@transaction.atomic
def leave_waiting_list(*, by: User, solution: Solution, on: date, served: bool) -> Attente:
    """Record that the first in line was served, or gave up."""
    check(by, Permission.EDIT_CATALOGUE, solution.structure.organisation)
    waiting = solution.attentes.select_for_update().filter(servi_le=None, parti_le=None)
    first = waiting.order_by("inscrit_le", "pk").first()
    if first is None:
        raise EditingError("Personne n'attend : inscrivez d'abord une demande.")
    if served:
        first.servi_le = on
    else:
        first.parti_le = on
    first.save()
    return first


def may_see(person: Any, solution: Solution) -> bool:
    """Check who may see an entry: all if published, else the organisation that owns it."""
    if solution.statut == Statut.PUBLIE:
        return True
    return can(person, Permission.SEE_DRAFTS, solution.structure.organisation)

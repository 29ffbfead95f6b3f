"""Changes of an action sheet, each kept in the thread of the action, and each undoable.

An event keeps the rows that were changed as they stood before and after. To undo it puts them back
as they were, which is one more change; it is refused where a row has changed again since.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from ..kept_rows import Kept, kept
from ..models import (
    Action,
    Evenement,
    Indicateur,
    LigneBudget,
    Partenaire,
    Pilote,
    Releve,
)
from ..operations import CooperationError, clean
from .operations import record_event
from .responsibility import check_may_write

Row = Action | Indicateur | LigneBudget | Partenaire | Pilote | Releve

# Those that others point to come first, so that rows are put back in this order.
TABLES: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (Action, Pilote, Partenaire, LigneBudget, Indicateur, Releve)
}
PILOTS = Pilote._meta.model_name
MOVED_ON = (
    "Ce qui avait changé a changé encore depuis : annulez d'abord le changement le plus récent, "
    "ou corrigez à la main."
)


def with_parts(row: Row) -> list[Kept]:
    """Return a row with those that would go away with it."""
    parts = row.releves.all() if isinstance(row, Indicateur) else ()
    return [kept(row), *(kept(part) for part in parts)]


def action_of(row: Row) -> Action:
    """Return the action a row is about."""
    if isinstance(row, Action):
        return row
    return row.indicateur.action if isinstance(row, Releve) else row.action


def _check(by: User, row: Row) -> None:
    """Raise PermissionDenied unless `by` may write a row; pilots are named by those who steer."""
    action = action_of(row)
    if isinstance(row, Pilote):
        check(by, Permission.STEER, action.axe.seance.organisation)
    check_may_write(by, action)


@transaction.atomic
def write(row: Row, *, by: User, now: datetime, words: str) -> Evenement:
    """Save a row of the sheet, new or changed. Raises CooperationError where it is not sound."""
    action = action_of(row)
    _check(by, row)
    clean(row)
    before = [kept(row)] if row.pk else []
    row.save()
    return _recorded(action, by=by, now=now, words=words, before=before, after=[kept(row)])


@transaction.atomic
def remove(row: Row, *, by: User, now: datetime, words: str) -> Evenement:
    """Take a row off the sheet, with its own parts."""
    action = action_of(row)
    _check(by, row)
    before = with_parts(row)
    row.delete()
    return _recorded(action, by=by, now=now, words=words, before=before, after=[])


@transaction.atomic
def undo(event: Evenement, *, by: User, now: datetime) -> Evenement:
    """Put the rows an event changed back as they were.

    Raises CooperationError where the event cannot be undone, was already, or is no longer the
    last word on its rows.
    """
    if not event.changement or event.action is None:
        raise CooperationError("Cela ne s'annule pas : inscrivez plutôt ce qui est vrai.")
    action = event.action
    check_may_write(by, action)
    if any(name == PILOTS for name, _ in (*_of(event, "avant"), *_of(event, "apres"))):
        check(by, Permission.STEER, action.axe.seance.organisation)
    if Evenement.objects.filter(annule=event).exists():
        raise CooperationError("C'est déjà annulé.")
    before, after = _of(event, "avant"), _of(event, "apres")
    _refuse_if_moved_on(before, after)
    back = {(name, value["id"]) for name, value in before}
    for name, values in reversed(after):
        if (name, values["id"]) not in back:
            TABLES[name]._base_manager.filter(pk=values["id"]).delete()
    for name, values in before:
        _restore(TABLES[name], values)
    action.refresh_from_db()
    words = _undone_in_words(event)
    undone = _recorded(action, by=by, now=now, words=words, before=after, after=before)
    undone.annule = event
    undone.save(update_fields=["annule"])
    return undone


def _undone_in_words(event: Evenement) -> str:
    """Return the words of an undoing: « Annulé : … », or « Rétabli : … » for the undoing of one."""
    what = event.commentaire
    for sign in ("Annulé : ", "Rétabli : "):
        what = what.removeprefix(sign)
    sign = "Rétabli" if event.commentaire.startswith("Annulé : ") else "Annulé"
    return f"{sign} : {what or 'un changement de la fiche'}"


def _of(event: Evenement, side: str) -> list[Kept]:
    return [(name, value) for name, value in event.changement[side]]


def _refuse_if_moved_on(before: Iterable[Kept], after: list[Kept]) -> None:
    for name, values in after:
        row = TABLES[name]._base_manager.filter(pk=values["id"]).first()
        if row is None or kept(row) != (name, values):
            raise CooperationError(MOVED_ON)
    going = {value["id"] for name, value in after if name == "indicateur"}
    going -= {value["id"] for name, value in before if name == "indicateur"}
    with_it = {value["id"] for name, value in after if name == "releve"}
    if Releve.objects.filter(indicateur__in=going).exclude(pk__in=with_it).exists():
        raise CooperationError(MOVED_ON)
    still = {(name, value["id"]) for name, value in after}
    for name, values in before:
        if (name, values["id"]) not in still and TABLES[name]._base_manager.filter(
            pk=values["id"]
        ).exists():
            raise CooperationError(MOVED_ON)


def _restore(table: type[models.Model], values: dict[str, Any]) -> None:
    row = table._base_manager.filter(pk=values["id"]).first() or table()
    for column in table._meta.concrete_fields:
        if column.attname in values:
            setattr(row, column.attname, column.to_python(values[column.attname]))
    clean(row)
    row.save()


def _recorded(
    action: Action, *, by: User, now: datetime, words: str, before: list[Kept], after: list[Kept]
) -> Evenement:
    changed = {"avant": before, "apres": after}
    return record_event(action, by=by, at=now, commentaire=words, changement=changed)


# Columns of an action that say what it is; the others say where it is.
WHAT_IT_IS = {"titre", "reference", "description", "epci"}


def is_edit(event: Evenement) -> bool:
    """Return whether an event only wrote the sheet, without anything happening to the action."""
    if not event.changement:
        return False
    before, after = (dict(map(_keyed, _of(event, side))) for side in ("avant", "apres"))
    for key, values in after.items():
        was = before.get(key, {})
        if key[0] == "action" and {n for n in values if values[n] != was.get(n)} - WHAT_IT_IS:
            return False
    return True


def _keyed(row: Kept) -> tuple[tuple[str, int], dict[str, Any]]:
    return (row[0], row[1]["id"]), row[1]


def last_changes(action: Action, *, at_most: int = 8) -> list[tuple[Evenement, bool]]:
    """Return latest changes of the sheet, the last first, and whether each can still be undone."""
    rows = action.evenements.exclude(changement=None).select_related("annule_par", "par")
    return [(row, _can_be_undone(row)) for row in rows.order_by("-at", "-pk")[:at_most]]


def _can_be_undone(event: Evenement) -> bool:
    if hasattr(event, "annule_par"):
        return False
    try:
        _refuse_if_moved_on(_of(event, "avant"), _of(event, "apres"))
    except CooperationError:
        return False
    return True

"""Changes of an action sheet, each told in the thread of the action, and each undoable.

An event keeps the rows that were changed as they stood before and after. To undo it puts them back
as they were, which is one more change; it is refused where a row has changed again since.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from ..models import Action, Evenement, Indicateur, LigneBudget, Partenaire, Pilote, Releve
from ..operations import CooperationError, clean, happened
from ..rows import Kept, kept

Row = Action | Indicateur | LigneBudget | Partenaire | Pilote | Releve

# Those that others point to come first, so that rows are put back in this order.
TABLES: dict[str, type[models.Model]] = {
    model._meta.model_name or "": model
    for model in (Action, Pilote, Partenaire, LigneBudget, Indicateur, Releve)
}
MOVED_ON = (
    "Ce qui avait changé a changé encore depuis : annulez d'abord le changement le plus récent, "
    "ou corrigez à la main."
)


def with_parts(row: Row) -> list[Kept]:
    """A row with those that would go away with it."""
    parts = row.releves.all() if isinstance(row, Indicateur) else ()
    return [kept(row), *(kept(part) for part in parts)]


def action_of(row: Row) -> Action:
    """The action a row is about."""
    if isinstance(row, Action):
        return row
    return row.indicateur.action if isinstance(row, Releve) else row.action


@transaction.atomic
def write(row: Row, *, by: User, now: datetime, words: str) -> Evenement:
    """Save a row of the sheet, new or changed. Raises CooperationError where it is not sound."""
    action = action_of(row)
    check(by, Permission.STEER, action.axe.seance.organisation)
    clean(row)
    before = [kept(row)] if row.pk else []
    row.save()
    return _told(action, by=by, now=now, words=words, before=before, after=[kept(row)])


@transaction.atomic
def remove(row: Row, *, by: User, now: datetime, words: str) -> Evenement:
    """Take a row off the sheet, with its own parts."""
    action = action_of(row)
    check(by, Permission.STEER, action.axe.seance.organisation)
    before = with_parts(row)
    row.delete()
    return _told(action, by=by, now=now, words=words, before=before, after=[])


@transaction.atomic
def undo(event: Evenement, *, by: User, now: datetime) -> Evenement:
    """Put the rows an event changed back as they were.

    Raises CooperationError where the event cannot be undone, was already, or is no longer the
    last word on its rows.
    """
    if not event.changement or event.action is None:
        raise CooperationError("Cela ne s'annule pas : inscrivez plutôt ce qui est vrai.")
    action = event.action
    check(by, Permission.STEER, action.axe.seance.organisation)
    if Evenement.objects.filter(annule=event).exists():
        raise CooperationError("C'est déjà annulé.")
    before, after = _of(event, "avant"), _of(event, "apres")
    _refuse_if_moved_on(before, after)
    back = {(name, told["id"]) for name, told in before}
    for name, told in reversed(after):
        if (name, told["id"]) not in back:
            TABLES[name]._base_manager.filter(pk=told["id"]).delete()
    for name, told in before:
        _restore(TABLES[name], told)
    action.refresh_from_db()
    words = _undone_in_words(event)
    undone = _told(action, by=by, now=now, words=words, before=after, after=before)
    undone.annule = event
    undone.save(update_fields=["annule"])
    return undone


def _undone_in_words(event: Evenement) -> str:
    """« Annulé : … », or « Rétabli : … » where what is undone was an undoing."""
    what = event.commentaire
    for sign in ("Annulé : ", "Rétabli : "):
        what = what.removeprefix(sign)
    sign = "Rétabli" if event.commentaire.startswith("Annulé : ") else "Annulé"
    return f"{sign} : {what or 'un changement de la fiche'}"


def _of(event: Evenement, side: str) -> list[Kept]:
    return [(name, told) for name, told in event.changement[side]]


def _refuse_if_moved_on(before: Iterable[Kept], after: list[Kept]) -> None:
    for name, told in after:
        row = TABLES[name]._base_manager.filter(pk=told["id"]).first()
        if row is None or kept(row) != (name, told):
            raise CooperationError(MOVED_ON)
    going = {told["id"] for name, told in after if name == "indicateur"}
    going -= {told["id"] for name, told in before if name == "indicateur"}
    with_it = {told["id"] for name, told in after if name == "releve"}
    if Releve.objects.filter(indicateur__in=going).exclude(pk__in=with_it).exists():
        raise CooperationError(MOVED_ON)
    still = {(name, told["id"]) for name, told in after}
    for name, told in before:
        if (name, told["id"]) not in still and TABLES[name]._base_manager.filter(
            pk=told["id"]
        ).exists():
            raise CooperationError(MOVED_ON)


def _restore(table: type[models.Model], told: dict[str, Any]) -> None:
    row = table._base_manager.filter(pk=told["id"]).first() or table()
    for one in table._meta.concrete_fields:
        if one.attname in told:
            setattr(row, one.attname, one.to_python(told[one.attname]))
    clean(row)
    row.save()


def _told(
    action: Action, *, by: User, now: datetime, words: str, before: list[Kept], after: list[Kept]
) -> Evenement:
    changed = {"avant": before, "apres": after}
    return happened(action, by=by, at=now, commentaire=words, changement=changed)


# Columns of an action that say what it is; the others say where it is.
WHAT_IT_IS = {"titre", "reference", "description", "epci"}


def is_edit(event: Evenement) -> bool:
    """Whether an event only wrote the sheet, without anything happening to the action."""
    if not event.changement:
        return False
    before, after = (dict(map(_keyed, _of(event, side))) for side in ("avant", "apres"))
    for key, told in after.items():
        was = before.get(key, {})
        if key[0] == "action" and {n for n in told if told[n] != was.get(n)} - WHAT_IT_IS:
            return False
    return True


def _keyed(row: Kept) -> tuple[tuple[str, int], dict[str, Any]]:
    return (row[0], row[1]["id"]), row[1]


def last_changes(action: Action, *, at_most: int = 8) -> list[tuple[Evenement, bool]]:
    """Latest changes of the sheet, the last first, and whether each can still be undone."""
    rows = action.evenements.exclude(changement=None).select_related("annule_par", "par")
    return [(one, _can_be_undone(one)) for one in rows.order_by("-at", "-pk")[:at_most]]


def _can_be_undone(event: Evenement) -> bool:
    if hasattr(event, "annule_par"):
        return False
    try:
        _refuse_if_moved_on(_of(event, "avant"), _of(event, "apres"))
    except CooperationError:
        return False
    return True

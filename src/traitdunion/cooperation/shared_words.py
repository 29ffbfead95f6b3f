"""Correct and erase words kept outside sessions that others read: proposals, steps, meetings.

A model declares them (`accounts.shared_words`); gestures, reasons and trace are those of the words
of sessions, and the trace keeps no former words.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import can, check
from traitdunion.accounts.shared_words import SharedWords, refusal_of
from traitdunion.levers.models import Proposition

from .enums import PLACEHOLDERS, EtatPropos, Geste
from .models import Engagement
from .operations import CooperationError, clean, lock_rows
from .roadmap.accepted_levers import promised_in
from .roadmap.published_words import record_act, rewrite_commitment
from .sessions.moderation import SUGGESTED_REASONS

ERASED = PLACEHOLDERS[EtatPropos.EFFACE]
REASONS = tuple(SUGGESTED_REASONS.splitlines())


def declared(model: type[models.Model]) -> SharedWords:
    """Return what a model declares of its words that others read."""
    return cast(SharedWords, cast(Any, model).shared_words)


def sharing_models() -> Iterator[type[models.Model]]:
    """Yield the models that keep words read beyond their organisation."""
    return (model for model in apps.get_models() if hasattr(model, "shared_words"))


def rows_of(
    organisation: Organisation, *, by: User
) -> Iterator[tuple[type[models.Model], models.QuerySet[Any]]]:
    """Yield the rows of each model with words that a person may correct, the latest first."""
    for model in sharing_models():
        shared = declared(model)
        if can(by, shared.permission, organisation):
            written = Q()
            for name in shared.columns:
                written |= ~Q(**{f"{name}__in": ["", ERASED]})
            rows = model._default_manager.filter(written, **{shared.organisation: organisation})
            yield model, rows.order_by("-pk")


def find(organisation: Organisation, kind: str, key: int, *, by: User) -> models.Model | None:
    """Return a row that a person may correct, by the name of its table and its key."""
    for model, rows in rows_of(organisation, by=by):
        if model._meta.model_name == kind:
            return cast(models.Model | None, rows.filter(pk=key).first())
    return None


def words_of(row: models.Model) -> dict[str, str]:
    """Return the words of a row that others read, column by column, empty ones left out."""
    words = {name: getattr(row, name) for name in declared(type(row)).columns}
    return {name: value for name, value in words.items() if value}


@transaction.atomic
def correct(*, by: User, row: models.Model, words: Mapping[str, str], now: datetime) -> None:
    """Replace words by others, to mask a name for instance, wherever the site copied them."""
    organisation = _locked(by, row)
    given = {name: words.get(name, "").strip() for name in words_of(row)}
    wanted = {name: value for name, value in given.items() if value}
    for value in wanted.values():
        if refused := refusal_of(value):
            raise CooperationError(refused)
    _put(row, wanted)
    record_act(organisation, row, geste=Geste.CORRIGER, motif="", by=by, now=now)


@transaction.atomic
def erase(*, by: User, row: models.Model, motif: str, now: datetime) -> None:
    """Erase the words of a row wherever the site copied them; the row stays, and is counted."""
    organisation = _locked(by, row)
    if motif not in REASONS:
        raise CooperationError("Choisissez un des motifs.")
    _put(row, dict.fromkeys(words_of(row), ERASED))
    record_act(organisation, row, geste=Geste.EFFACER, motif=motif, by=by, now=now)


def _locked(by: User, row: models.Model) -> Organisation:
    shared = declared(type(row))
    lock_rows(row)
    row.refresh_from_db()
    organisation: Any = row
    for name in shared.organisation.split("__"):
        organisation = getattr(organisation, name)
    check(by, shared.permission, organisation)
    return cast(Organisation, organisation)


def _put(row: models.Model, words: Mapping[str, str]) -> None:
    former = promised_in(row) if isinstance(row, Proposition) else ""
    for name, value in words.items():
        setattr(row, name, value)
    clean(row)
    row.save(update_fields=list(words))
    if isinstance(row, Proposition):
        # The commitment was made of the answer; one corrected since stays as it is.
        for commitment in Engagement.objects.filter(proposition=row.pk, quoi=former):
            rewrite_commitment(commitment, {"quoi": promised_in(row)})

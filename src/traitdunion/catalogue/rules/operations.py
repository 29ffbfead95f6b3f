"""Rules written in the interface: read with those of the product, drafted, published, archived."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.permissions import Permission, check
from traitdunion.rules import (
    Rule,
    RuleBook,
    RulesError,
    rule_book,
    rule_from,
    sentences,
)
from traitdunion.rules.trees import leaves

from ..enums import Statut
from ..models import Regle
from ..offers.version import Held
from . import cases as rule_cases
from .warnings import warnings_of

logger = logging.getLogger(__name__)

DAYS = ("valide_du", "valide_au")


class RuleError(ValueError):
    """What was asked cannot be done; the message gives why and what to do, in French."""


# -- reads ----------------------------------------------------------------------------------------


def rules_in_force() -> RuleBook:
    """Return the rules of the product, and those published here, each until its next version.

    They know how long a reading is trusted here, and which cited pages changed or vanished.

    A rule whose document no longer makes one (a criterion was taken out of the registry) is left
    out and logged: what names it is then *à vérifier*, and no answer is lost.
    """
    return _book.get(settings.TRAITDUNION_RULES_FRESH_DAYS)


def _read_book(fresh_days: int) -> RuleBook:
    rows = Regle.objects.filter(statut=Statut.PUBLIE).order_by("name", "version")
    by_name: dict[str, list[Rule]] = {}
    for row in rows:
        try:
            by_name.setdefault(row.name, []).append(parsed(row))
        except RulesError as wrong:
            logger.error("Règle %s laissée de côté : %s", row, " ".join(wrong.problems))
    local = [rule for versions in by_name.values() for rule in _one_after_another(versions)]
    book = rule_book().with_rules(local)
    shown = [versions[-1] for versions in book.rules.values()]
    return replace(book, warnings=warnings_of(shown), fresh_days=fresh_days)


_book = Held(_read_book)


def conditions_of(name: str, on: date) -> list[str]:
    """Return the conditions of a rule in force, each a sentence; [] for an unknown rule."""
    book = rules_in_force()
    if name not in book.rules:
        return []
    return sentences(book.rule(name, on).conditions, book.parameters, on)


def criteria_of(name: str, on: date) -> set[str]:
    """Return the names of the criteria that a rule in force looks at; none where no rule bears the
    name.
    """
    book = rules_in_force()
    if name not in book.rules:
        return set()
    return {leaf.criterion.name for leaf in leaves(book.rule(name, on).conditions)}


def _one_after_another(versions: Sequence[Rule]) -> list[Rule]:
    ended = [
        replace(version, valid_to=following.valid_from - timedelta(days=1))
        for version, following in pairwise(versions)
    ]
    return [*ended, *versions[-1:]]


def parsed(row: Regle) -> Rule:
    """Return the rule of a row; RulesError where its document no longer makes one."""
    return _parsed(json.dumps(row.document, sort_keys=True), row.read_on)


@lru_cache(maxsize=256)
def _parsed(document: str, read_on: date) -> Rule:
    return rule_from(with_days(json.loads(document)), rule_book(), read_on=read_on)


def with_days(content: dict[str, Any]) -> dict[str, Any]:
    """Return the document with its days as dates, as a file gives them; a day that is none stays
    text.
    """

    def day(value: Any) -> Any:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            return value

    return {**content, **{name: day(content[name]) for name in DAYS if content.get(name)}}


def rules_of(organisation: Organisation) -> list[Regle]:
    """Return the rules of an organisation, the latest version of each."""
    latest: dict[str, Regle] = {}
    for row in organisation.regles.all():
        latest.setdefault(row.name, row)
    return list(latest.values())


# -- writes ---------------------------------------------------------------------------------------


@transaction.atomic
def save_draft(
    *,
    by: User,
    organisation: Organisation,
    content: dict[str, Any],
    now: datetime,
    name: str = "",
    seen_at: datetime | None = None,
    cases: Sequence[dict[str, Any]] = (),
) -> Regle:
    """Write the draft of a rule: the one there is, else a new version, else a new rule.

    `cases` are those it must answer as they say before it is published (`rule_cases`).

    `seen_at`: when the draft being replaced was last written, as its author saw it. Raises
    RuleError where another author wrote it since, or where the name is taken.
    """
    check(by, Permission.EDIT_CATALOGUE, organisation)
    rows = Regle.objects.select_for_update().filter(name=name) if name else Regle.objects.none()
    latest = rows.order_by("-version").first()
    if latest is not None and latest.organisation_id != organisation.pk:
        raise RuleError("Cette règle appartient à une autre organisation.")
    if latest is not None and latest.statut == Statut.BROUILLON:
        if seen_at is not None and latest.at != seen_at:
            raise RuleError(
                f"{latest.by or 'Quelqu’un'} a modifié cette règle pendant que vous l'écriviez. "
                "Votre version est encore à l'écran : copiez ce qui compte, puis rouvrez la règle."
            )
        latest.content, latest.cases, latest.by, latest.at = content, list(cases), by, now
        latest.save()
        return latest
    return Regle.objects.create(
        name=name or _free_name(str(content.get("nom") or "regle")),
        version=latest.version + 1 if latest else 1,
        organisation=organisation,
        content=content,
        cases=list(cases),
        by=by,
        at=now,
    )


def _free_name(nom: str) -> str:
    base = slugify(nom)[:50] or "regle"
    taken = {*rule_book().rules, *Regle.objects.values_list("name", flat=True)}
    names = (base, *(f"{base}-{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


@transaction.atomic
def publish_rule(*, by: User, rule: Regle, now: datetime) -> Regle:
    """Put a draft in force from its first day.

    Raises RuleError with what its document lacks, or the cases that it answers otherwise.
    """
    check(by, Permission.EDIT_CATALOGUE, rule.organisation)
    if rule.statut != Statut.BROUILLON:
        raise RuleError("Seul un brouillon se publie.")
    try:
        ready = parsed(rule)
    except RulesError as wrong:
        raise RuleError(" ".join(wrong.problems)) from wrong
    _check_cases(rule, ready)
    before = Regle.objects.filter(name=rule.name, statut=Statut.PUBLIE).order_by("-version").first()
    if before is not None and parsed(before).valid_from >= ready.valid_from:
        raise RuleError(
            f"La version {before.version} commence le {parsed(before).valid_from:%d/%m/%Y} : "
            "faites commencer celle-ci après."
        )
    rule.statut, rule.by, rule.at = Statut.PUBLIE, by, now
    rule.save()
    return rule


def _check_cases(row: Regle, ready: Rule) -> None:
    """Run the cases kept with a rule; raises RuleError naming each that it answers otherwise."""
    try:
        ran = rule_cases.outcomes(row.cases, ready)
    except RulesError as wrong:
        raise RuleError(" ".join(wrong.problems)) from wrong
    failed = [outcome.sentence for outcome in ran if not outcome.holds]
    if failed:
        raise RuleError(f"{' '.join(failed)} Corrigez la règle, ou le cas.")


@transaction.atomic
def note_reading(*, by: User, rule: Regle, on: date) -> None:
    """Note that the source of a rule was read again on a day and still holds.

    All its published versions rest on the same source: each is noted.
    """
    check(by, Permission.EDIT_CATALOGUE, rule.organisation)
    Regle.objects.filter(name=rule.name, statut=Statut.PUBLIE).update(lue_le=on)


@transaction.atomic
def archive_rule(*, by: User, rule: Regle, now: datetime) -> None:
    """Take a rule out of force: all its versions are kept, none applies."""
    check(by, Permission.EDIT_CATALOGUE, rule.organisation)
    Regle.objects.filter(name=rule.name).update(statut=Statut.ARCHIVE, by=by, at=now)

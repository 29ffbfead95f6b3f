"""The self-diagnosis of a site: questions, result by theme, next steps, change since the last.

The method is shown on the page: two points for yes, one for partly, none for no; what is unknown
counts nowhere and is shown apart. There is no total over the themes: sites are not ranked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.territory.models import Site

from .enums import ReponseDiagnostic
from .errors import EmployersError
from .models import DiagnosticSite

POINTS = {ReponseDiagnostic.OUI: 2, ReponseDiagnostic.EN_PARTIE: 1, ReponseDiagnostic.NON: 0}
MOST = max(POINTS.values())
STEPS = 3
"""Next steps shown first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `step`: what to do where the answer is not yes; `page`: a page that helps."""

    id: str
    text: str
    step: str
    page: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Questions about one thing."""

    name: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ThemeResult:
    """Points of a theme over those of the questions answered; `state` is a word and its tone."""

    name: str
    points: int
    most: int
    n_unknown: int
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer changed since the diagnosis before."""

    text: str
    before: str
    after: str
    is_better: bool


@dataclass(frozen=True)
class Result:
    """What a diagnosis shows. `since`: the diagnosis before, of the same version; None for none."""

    themes: tuple[ThemeResult, ...]
    first_steps: tuple[Question, ...]
    other_steps: tuple[Question, ...]
    unknown: tuple[Question, ...]
    since: DiagnosticSite | None
    changes: tuple[Change, ...]
    is_of_another_version: bool


@cache
def questionnaire() -> tuple[str, tuple[Theme, ...]]:
    """Return the version of the questionnaire and its themes."""
    text = files("traitdunion.data").joinpath("employers/diagnostic.yaml").read_text("utf-8")
    data: Mapping[str, Any] = yaml.safe_load(text)
    return data["version"], tuple(
        Theme(
            theme["nom"],
            tuple(
                Question(row["id"], row["texte"], row["pour"], row.get("page", ""))
                for row in theme["questions"]
            ),
        )
        for theme in data["themes"]
    )


@transaction.atomic
def keep_diagnosis(
    *,
    by: User,
    organisation: Organisation,
    site: Site,
    answers: Mapping[str, str],
    on: date,
    now: datetime,
) -> DiagnosticSite:
    """Keep the answers of a day; those of the same day are replaced. Unknown ones are left out."""
    check(by, Permission.KEEP_SITES, organisation)
    version, themes = questionnaire()
    asked = {question.id for theme in themes for question in theme.questions}
    known = {key: answer for key, answer in answers.items() if answer in POINTS and key in asked}
    if not known:
        raise EmployersError("Aucune réponse : répondez au moins à une question.")
    if on > timezone.localdate(now):
        raise EmployersError("Cette date n'est pas encore venue.")
    row, created = DiagnosticSite.objects.update_or_create(
        site=site, fait_le=on,
        defaults={"organisation": organisation, "version": version, "reponses": known},
    )  # fmt: skip
    did = Action.CREER if created else Action.MODIFIER
    record(by=by, organisation=organisation, action=did, target=row, at=now)
    return row


@transaction.atomic
def remove_diagnosis(
    *, by: User, organisation: Organisation, row: DiagnosticSite, now: datetime
) -> None:
    """Remove a diagnosis."""
    check(by, Permission.KEEP_SITES, organisation)
    record(by=by, organisation=organisation, action=Action.EFFACER, target=row, at=now)
    row.delete()


def result_of(row: DiagnosticSite) -> Result:
    """Return what a diagnosis shows, against the one before it."""
    _, themes = questionnaire()
    questions = [question for theme in themes for question in theme.questions]
    before = DiagnosticSite.objects.filter(site=row.site_id, fait_le__lt=row.fait_le).first()
    same = before if before is not None and before.version == row.version else None
    # Questions answered no come first, in the order of the questionnaire.
    steps = [question for question in questions if _of(row, question) == ReponseDiagnostic.NON]
    steps += [
        question for question in questions if _of(row, question) == ReponseDiagnostic.EN_PARTIE
    ]
    return Result(
        themes=tuple(_theme(row, theme) for theme in themes),
        first_steps=tuple(steps[:STEPS]),
        other_steps=tuple(steps[STEPS:]),
        unknown=tuple(question for question in questions if _of(row, question) is None),
        since=same,
        changes=_changes(same, row, questions) if same else (),
        is_of_another_version=before is not None and same is None,
    )


def _of(row: DiagnosticSite, question: Question) -> ReponseDiagnostic | None:
    """Return the answer to a question; None where it is unknown."""
    answer = row.reponses.get(question.id)
    return ReponseDiagnostic(answer) if answer in POINTS else None


def _theme(row: DiagnosticSite, theme: Theme) -> ThemeResult:
    answers = [_of(row, question) for question in theme.questions]
    known = [answer for answer in answers if answer is not None]
    points, most = sum(POINTS[answer] for answer in known), MOST * len(known)
    if not known:
        state, tone = "non renseigné", "maybe"
    elif points == most:
        state, tone = ("en place", "yes") if len(known) == len(answers) else ("à vérifier", "maybe")
    else:
        state, tone = ("à compléter", "maybe") if points else ("à commencer", "no")
    return ThemeResult(theme.name, points, most, len(answers) - len(known), state, tone)


def _changes(
    before: DiagnosticSite, after: DiagnosticSite, questions: list[Question]
) -> tuple[Change, ...]:
    """Return the questions whose answer changed; those unknown on either day are left out."""
    changes = []
    for question in questions:
        was, now = _of(before, question), _of(after, question)
        if was is not None and now is not None and was != now:
            better = POINTS[now] > POINTS[was]
            changes.append(Change(question.text, str(was.label), str(now.label), better))
    return tuple(changes)

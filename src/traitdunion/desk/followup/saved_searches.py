"""Searches kept for a person and asked again every day, until an answer appears."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.text import Truncator

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import Organisation, User
from traitdunion.matching.answer import Answer

from .. import queries
from ..models import Follower, KeptAnswer, Parcours, SavedSearch
from ..question.forms import QuestionForm
from .operations import FollowUpError, checked, touch, trace
from .snapshots import is_readable

MOST = 10
"""Searches watched at once for a person."""

HasAnswer = Callable[[str, datetime], bool | None]
"""Whether anything answers a question at a moment; None where one cannot tell."""

Digests = dict[tuple[User, Organisation], list[SavedSearch]]


@transaction.atomic
def watch(*, by: User, parcours: Parcours, answer: KeptAnswer, now: datetime) -> SavedSearch:
    """Ask the question of a kept answer again every day."""
    row = checked(by, parcours)
    if row.closed_at is not None:
        raise FollowUpError("Ce parcours est clos : rouvrez-le pour surveiller une recherche.")
    query = question_of(answer)
    if not query or not is_readable(answer.document):
        raise FollowUpError("Cette réponse ne garde pas sa question : posez-la de nouveau.")
    if len(query) > SavedSearch.LONGEST_QUERY:
        raise FollowUpError("Cette question est trop longue pour être surveillée.")
    if row.saved_searches.filter(query=query).exists():
        raise FollowUpError("Cette recherche est déjà surveillée.")
    if row.saved_searches.count() >= MOST:
        raise FollowUpError(f"{MOST} recherches sont surveillées au plus : ôtez-en une.")
    asked = answer.document
    label = (
        f"{asked['home']} – {asked['work']}, {asked['question']['days']}, "
        f"{asked['question']['hours']}"
    )
    saved = SavedSearch.objects.create(
        parcours=row,
        query=query,
        label=Truncator(label).chars(SavedSearch.LONGEST_LABEL),
        saved_at=now,
        saved_by=by,
        answered=bool(asked["options"]),
        checked_at=answer.kept_at,
    )
    touch(row, now)
    trace(by, row, Action.MODIFIER, now)
    return saved


@transaction.atomic
def stop_watching(*, by: User, saved: SavedSearch, now: datetime) -> None:
    """Ask a question no longer."""
    row = checked(by, saved.parcours)
    saved.delete()
    touch(row, now)
    trace(by, row, Action.MODIFIER, now)


@transaction.atomic
def see(*, by: User, saved: SavedSearch, now: datetime) -> None:
    """Record that the answer that appeared was seen."""
    row = checked(by, saved.parcours)
    SavedSearch.objects.filter(pk=saved.pk, seen_at=None).update(seen_at=now)
    trace(by, row, Action.CONSULTER, now)


def question_of(answer: KeptAnswer) -> str:
    """Return the question of a kept answer without its week, "" where it is not kept."""
    asked = parse_qsl(answer.document.get("query", ""))
    return urlencode([(name, value) for name, value in asked if name != "semaine"])


def ask_again(*, now: datetime, has_answer: HasAnswer) -> int:
    """Ask every watched question once more; how many got an answer where there was none."""
    held: dict[str, bool | None] = {}
    appeared = 0
    for saved in SavedSearch.objects.watched():
        if saved.query not in held:
            held[saved.query] = has_answer(saved.query, now)
        answered = held[saved.query]
        if answered is not None:
            appeared += answered and not saved.answered
            _note(saved, answered, now)
    return appeared


def _note(saved: SavedSearch, answered: bool, now: datetime) -> None:
    if answered and not saved.answered:
        saved.appeared_at, saved.told_at, saved.seen_at = now, None, None
    elif not answered:
        saved.appeared_at = None
    saved.answered, saved.checked_at = answered, now
    saved.save()


def has_answer(query: str, now: datetime) -> bool | None:
    """Ask the network and the catalogue in use, in the week the form takes by default."""
    answer = answered_today(query, now)
    return None if answer is None else bool(answer.options)


def answered_today(query: str, now: datetime) -> Answer | None:
    """Return the answer to a question, in the week the form takes by default; None if unknown."""
    try:
        network = queries.active_network()
    except queries.NoNetworkError:
        return None
    covers = queries.covered_dates(network)
    form = QuestionForm(QueryDict(query), covers=covers, today=timezone.localdate(now))
    if not form.is_valid():
        return None
    return queries.find_answer(form.situation(timezone.localtime(now)), network)


def to_announce() -> Digests:
    """Lock and return the searches to announce to each follower, by organisation."""
    rows = SavedSearch.objects.watched().appeared().filter(told_at=None)
    rows = rows.select_for_update(of=("self",))  # of two runs at once, one announces
    digests: Digests = defaultdict(list)
    for saved in rows.select_related("parcours__organisation"):
        following = Follower.objects.filter(
            parcours=saved.parcours, until=None, user__is_active=True
        )
        for follower in following.select_related("user"):
            digests[follower.user, saved.parcours.organisation].append(saved)
    return digests


def mark_announced(rows: list[SavedSearch], *, now: datetime) -> None:
    """Record that the followers of these searches were written to."""
    SavedSearch.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now)

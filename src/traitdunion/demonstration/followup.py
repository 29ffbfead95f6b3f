"""The fictitious people of the demonstration, in every state a follow-up has, counted from today.

Each story runs the operations of an adviser and of a structure, on its own days; no message leaves.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format

from traitdunion.accounts.models import Organisation, User
from traitdunion.catalogue.models import Attente, Solution
from traitdunion.desk import queries
from traitdunion.desk.enums import Courrier, Servi
from traitdunion.desk.followup import checkpoints, operations, orientations, saved_searches
from traitdunion.desk.followup.mails import SUBJECTS
from traitdunion.desk.followup.operations import Person
from traitdunion.desk.followup.replies import Listed, Reply
from traitdunion.desk.followup.snapshots import Document, document_of
from traitdunion.desk.models import Call, CheckPoint, Orientation, Parcours, SavedSearch, SentMail
from traitdunion.desk.phone.counts import WEEK, WEEKS
from traitdunion.desk.question.forms import QuestionForm
from traitdunion.matching.situation import coming_monday
from traitdunion.reach.calendar_days import monday_of

SPACE = UUID("6f0c64a2-5d1e-4f0b-9a34-0d9f2b6c7e55")
NOT_SENT = "démonstration : rien n'est parti"
DAY = timedelta(days=1)
FIRST_LETTER = ord("A")


def load_demonstration(content: dict[str, Any], *, now: datetime) -> int:
    """Load the stories; return how many people, 0 where those of today are there already."""
    stories = list(_stories(content["parcours"]))
    keys = [key for key, _ in stories]
    if Parcours.objects.filter(pk=keys[0], opened_at=_morning_of(stories[0][1], now, 0)).exists():
        return 0
    answers = {name: _answer(query, now) for name, query in content["trajets"].items()}
    with transaction.atomic():
        _forget(keys)
        for key, story in stories:
            _play(key, story, answers[story["trajet"]], now)
        _load_calls(content["appels"], now)
    return len(stories)


def _stories(written: list[dict[str, Any]]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """Yield each person with a stable key; those of one entry opened a day before the other."""
    for place, story in enumerate(written):
        for turn in range(story.get("nombre", 1)):
            person = story | {"il_y_a": story["il_y_a"] + turn, "annee": story["annee"] + turn}
            if "nombre" in story:
                person["initiales"] += chr(FIRST_LETTER + turn)
            yield uuid5(SPACE, f"{place}-{turn}"), person


def _forget(keys: list[UUID]) -> None:
    """Delete the stories of another day, and the waits they left in the catalogue."""
    rows = Orientation.objects.filter(parcours__in=keys)
    Attente.objects.filter(pk__in=list(rows.values_list("attente", flat=True))).delete()
    Parcours.objects.filter(pk__in=keys).delete()


def _morning_of(story: dict[str, Any], now: datetime, jour: int) -> datetime:
    """Return nine o'clock, so many days after the file was opened; never after now."""
    morning = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0)
    return min(morning + (jour - story["il_y_a"]) * DAY, now)


def _answer(query: str, now: datetime) -> Document:
    """Ask the desk a question today, and return its answer as a document."""
    network = queries.active_network()
    covers = queries.covered_dates(network)
    form = QuestionForm(QueryDict(query), covers=covers, today=timezone.localdate(now))
    if not form.is_valid():
        raise ValueError(f"La question de démonstration « {query} » est refusée : {form.errors}")
    answer = queries.find_answer(form.situation(timezone.localtime(now)), network)
    return document_of(answer, form.summary(), form.query())


def _of_that_day(answer: Document, day: datetime) -> Document:
    """Return the same answer, as if it had been asked for the week after that day."""
    week = date_format(coming_monday(timezone.localdate(day)), "j F Y")
    return answer | {
        "asked_at": day.isoformat(),
        "question": answer["question"] | {"week": week},
    }


def _play(key: UUID, story: dict[str, Any], answer: Document, now: datetime) -> None:
    by = User.objects.get(email=story["par"])
    opened_at = _morning_of(story, now, 0)
    parcours = operations.open_parcours(
        by=by,
        organisation=Organisation.objects.get(pk=story["chez"]),
        answer=_of_that_day(answer, opened_at),
        now=opened_at,
        key=key,
        person=Person(
            initiales=story["initiales"],
            annee_naissance=story["annee"],
            situations=story["situations"],
            objectifs=story["objectifs"],
            prioritaire=story.get("prioritaire", False),
        ),
    )
    if story.get("surveille"):
        _watch(by, parcours, opened_at, now)
    if "vers" in story:
        _orient(by, parcours, story, now)


def _watch(by: User, parcours: Parcours, opened_at: datetime, now: datetime) -> None:
    """Watch a search that found nothing on the day it was kept, and something this morning."""
    kept = parcours.answers.get()
    kept.document["options"] = []
    kept.save()
    saved = saved_searches.watch(by=by, parcours=parcours, answer=kept, now=opened_at)
    SavedSearch.objects.filter(pk=saved.pk).update(answered=True, checked_at=now, appeared_at=now)


def _orient(by: User, parcours: Parcours, story: dict[str, Any], now: datetime) -> None:
    solution = Solution.objects.select_related("structure").get(pk=story["vers"])
    if story.get("sans_adresse"):
        solution.structure.courriel = ""
    sent_at = _morning_of(story, now, 0)
    orientation, sent = orientations.orient(
        by=by,
        parcours=parcours,
        solution=solution,
        message=story.get("message", ""),
        now=sent_at,
    )
    if sent is not None:
        _log(orientation, Courrier.ENVOI, orientation.sent_to, sent_at)
    for step in story.get("suite", []):
        _step(by, orientation, step, _morning_of(story, now, step["jour"]))


def _log(orientation: Orientation, kind: Courrier, to: str, at: datetime) -> None:
    subject = f"{SUBJECTS[kind]} (réf. {orientation.parcours.reference})"
    SentMail.objects.create(
        orientation=orientation, kind=kind, to=to, subject=subject, at=at, error=NOT_SENT
    )


def _step(by: User, orientation: Orientation, step: dict[str, Any], at: datetime) -> None:
    """Run one step of a story, on its day."""
    orientation.refresh_from_db()
    comment = step.get("commentaire", "")
    match step["fait"]:
        case "accepter":
            _reply(by, orientation, Reply(True, "", comment), at)
        case "refuser":
            _reply(by, orientation, Reply(False, step["motif"], comment), at)
        case "attendre":
            place_dans = step.get("place_dans")
            day = timezone.localdate(at + place_dans * DAY) if place_dans else None
            _reply(by, orientation, Listed(step.get("rang"), day, comment), at)
        case "relancer":
            Orientation.objects.filter(pk=orientation.pk).update(reminded_at=at)
            _log(orientation, Courrier.RELANCE, orientation.sent_to, at)
        case "expirer":
            orientations.expire(orientation, at)
        case "retirer":
            orientations.withdraw(by=by, orientation=orientation, now=at)
        case "commencer":
            day = timezone.localdate(at)
            checkpoints.start(by=by, orientation=orientation, started_on=day, now=at)
        case "demander":
            CheckPoint.objects.create(orientation=orientation, month=step["mois"], asked_at=at)
        case "point":
            point = orientation.checkpoints.get(month=step["mois"])
            servi, emploi = Servi(step["servi"]), step.get("emploi")
            checkpoints.answer_point(by=by, point=point, servi=servi, en_emploi=emploi, now=at)
        case "clore":
            operations.close(by=by, parcours=orientation.parcours, now=at)
        case unknown:
            raise ValueError(f"« {unknown} » n'arrive à aucune orientation de démonstration.")


def _reply(by: User, orientation: Orientation, reply: Reply | Listed, at: datetime) -> None:
    """Answer for a structure by its link, whose secret was not sent."""
    sent = orientations.send_again(by=by, orientation=orientation, now=at)
    orientations.answer_by_link(token=sent.token, reply=reply, now=at)
    _log(orientation, Courrier.REPONSE, by.email, at)


def _load_calls(written: dict[str, list[dict[str, Any]]], now: datetime) -> None:
    """Replace the calls by those of the last weeks, the one under way included."""
    today = timezone.localdate(now)
    monday = monday_of(today)
    for slug, lines in written.items():
        Call.objects.filter(organisation=slug).delete()
        Call.objects.bulk_create(
            Call(
                organisation_id=slug,
                week=monday - ago * WEEK,
                appelant=line["appelant"],
                issue=line["issue"],
                n_searches=1,
            )
            for ago in range(WEEKS + 1)
            for line in lines
            for _ in range(line["nombre"] + ago * 5 % 4)  # no week is like another
        )

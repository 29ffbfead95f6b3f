"""Reminders of the roadmap: one named person, spaced from the last event, one message for several.

The message is written on the day it is due, to the pilot of that day. Nothing is sent about a
session of demonstration, an action that is over or that is a part of another, or without an
address. The text is `cooperation/templates/cooperation/mails/reminder.txt`, the subject is in
`_queue`.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail
from traitdunion.accounts.shared_words import PERSONAL

from ..dates import day
from ..enums import ACTION_OVER, EtatAction
from ..models import Action, Evenement, Relance
from ..operations import CooperationError
from .operations import alert_blocked, record_event

# Days between the last news of an action and the question; longer without an answer.
SPACING_DAYS = (30, 60, 90)
# Before the planned end of an action, its pilot is asked while there is time to act.
WARNED_BEFORE = timedelta(days=7)
# Longer than the longest spacing: a link opens until the next one has come.
LINK_VALID = timedelta(days=120)
# Least days between two messages to one address, whatever falls due.
REST_DAYS = 7
ANSWERS = {
    "avance": "Ça avance comme prévu",
    "bloque": "C'est bloqué",
    "termine": "C'est terminé",
}


@dataclass(frozen=True)
class Next:
    """When an action will be asked about, and who will be."""

    on: date
    name: str
    address: str


def referent(action: Action) -> tuple[str, str] | None:
    """Return the name and address of the one person asked: the first pilot who can be written to.

    Where the accounts of those who pilot are closed, the organisation of the session is asked.
    """
    for pilote in action.pilotes.all():
        if pilote.compte is not None and pilote.compte.is_active:
            return str(pilote), pilote.compte.email
        if pilote.compte is None and pilote.courriel:
            return str(pilote), pilote.courriel
    if any(pilote.compte is not None for pilote in action.pilotes.all()):
        organisation = action.axe.seance.organisation
        for address in addresses_of(organisation)[:1]:
            return str(organisation), address
    return None


def next_reminder(action: Action) -> Next | None:
    """Return the reminder to come, as the page of the action announces it; None where none is."""
    if action.axe.seance.demonstration or action.parent_id or action.etat in ACTION_OVER:
        return None
    who = referent(action)
    last = _last_event_at(action)
    if who is None or last is None:
        return None
    since = [relance.envoyee_le for relance in action.relances.all() if relance.envoyee_le > last]
    spacing = SPACING_DAYS[min(len(since), len(SPACING_DAYS) - 1)]
    asked_from = day(max([last, *since]))
    due = [on for on in _deadlines(action) if on > asked_from]
    return Next(min([asked_from + timedelta(days=spacing), *due]), *who)


def _deadlines(action: Action) -> list[date]:
    """Return the days on which the planned end of an action is asked about."""
    if action.fin_prevue_le is None:
        return []
    return [action.fin_prevue_le - WARNED_BEFORE, action.fin_prevue_le + timedelta(days=1)]


def _last_event_at(action: Action) -> datetime | None:
    """Return the moment of the last event of the action, its parts or its commitments."""
    events = (
        Evenement.objects.filter(action=action)
        | Evenement.objects.filter(action__parent=action)
        | Evenement.objects.filter(engagement__action=action)
        | Evenement.objects.filter(engagement__action__parent=action)
    )
    last_at: datetime | None = events.aggregate(last=Max("at"))["last"]
    return last_at


@dataclass(frozen=True)
class Done:
    """How many messages were queued, about how many actions."""

    n_messages: int
    n_actions: int


def run(*, now: datetime, site: str) -> Done:
    """Queue what is due; run again the same day, or twice at once, it does nothing more."""
    due = _due(_asked_about(), day(now))
    queued = [_queue(address, actions, now, site) for address, actions in due.items()]
    return Done(sum(n > 0 for n in queued), sum(queued))


def _asked_about() -> QuerySet[Action]:
    rows = Action.objects.filter(parent=None, axe__seance__demonstration=False).exclude(
        etat__in=ACTION_OVER
    )
    rows = rows.select_related("axe__seance__organisation").prefetch_related(
        "pilotes__compte", "relances"
    )
    return rows.order_by("fin_prevue_le", "pk")


def _due(rows: QuerySet[Action], on: date) -> dict[str, list[Action]]:
    """Return the actions due, by the address of the one person asked."""
    by_address: dict[str, list[Action]] = defaultdict(list)
    for action in rows:
        coming = next_reminder(action)
        if coming is not None and coming.on <= on:
            by_address[coming.address.lower()].append(action)
    return by_address


def _rests(address: str, now: datetime) -> bool:
    rested_from = now - timedelta(days=REST_DAYS)
    return Relance.objects.filter(adresse=address, envoyee_le__gt=rested_from).exists()


@transaction.atomic
def _queue(address: str, actions: list[Action], now: datetime, site: str) -> int:
    """Queue one message for all the actions, and replace their former link by its own.

    The actions are locked and read again: of two runs at once, the second finds that the address
    was just written to. Returns how many actions the message is about.
    """
    keys = [action.pk for action in actions]
    locked = _asked_about().filter(pk__in=keys).select_for_update(of=("self",))
    actions = _due(locked, day(now)).get(address, [])
    if not actions or _rests(address, now):
        return 0
    token = secrets.token_urlsafe(24)
    who = referent(actions[0])
    context = {
        "name": who[0] if who else "",
        "actions": [(action, action.is_late(day(now))) for action in actions],
        "url": site + reverse("cooperation:news", kwargs={"token": token}),
        "answers": ANSWERS,
        "next_on": day(now) + timedelta(days=SPACING_DAYS[1]),
    }
    alone = len(actions) == 1
    queue_mail(
        key=f"roadmap:{day(now)}",
        to=address,
        subject="Où en est votre action ?" if alone else f"Où en sont vos {len(actions)} actions ?",
        text=render_to_string("cooperation/mails/reminder.txt", context),
        now=now,
        sender=Sender(organisation=actions[0].axe.seance.organisation),
    )
    Relance.objects.filter(action__in=actions, fermee_le=None).update(fermee_le=now)
    Relance.objects.bulk_create(
        Relance(action=action, adresse=address, empreinte=token_hash(token), envoyee_le=now)
        for action in actions
    )
    return len(actions)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def asked_by(token: str, *, now: datetime) -> list[Relance]:
    """Return what a message asks about; empty where the secret opens nothing, or no longer."""
    rows = Relance.objects.filter(empreinte=token_hash(token), envoyee_le__gt=now - LINK_VALID)
    return list(rows.select_related("action__axe__seance").order_by("pk"))


@transaction.atomic
def give_news(
    *, token: str, action: int, what: str, now: datetime, commentaire: str = ""
) -> Evenement:
    """Record an answer to a message, without an account, as an event of the action.

    Raises CooperationError: unknown secret or answer, already answered, blocked without a reason.
    """
    rows = Relance.objects.select_for_update().filter(
        empreinte=token_hash(token), action_id=action, envoyee_le__gt=now - LINK_VALID
    )
    row = rows.select_related("action__axe").first()
    if row is None or what not in ANSWERS:
        raise CooperationError("Ce lien ne permet pas cette réponse.")
    if row.fermee_le is not None:
        raise CooperationError("Cette question a déjà sa réponse : merci.")
    commentaire = " ".join(commentaire.split())
    if what == "bloque" and not commentaire:
        raise CooperationError("Dites en quelques mots ce qui bloque.")
    if PERSONAL.search(commentaire):
        raise CooperationError("Retirez le numéro ou l'adresse : le fil de l'action est public.")
    _apply(row.action, what, commentaire, day(now))
    if what == "bloque":
        alert_blocked(row.action, now=now)
    row.fermee_le = now
    row.save(update_fields=["fermee_le"])
    text = f"{ANSWERS[what]}. {commentaire}".rstrip()
    return record_event(row.action, by=None, at=now, commentaire=text)


def _apply(action: Action, what: str, commentaire: str, today: date) -> None:
    """Change the action as an answer asks."""
    if what == "termine":
        action.etat, action.fini_le = EtatAction.REALISEE, today
    elif what == "avance":
        action.etat, action.blocage, action.deblocage = EtatAction.EN_COURS, "", ""
    else:
        action.blocage = commentaire[:300]
    action.save()


def coming(actions: Iterable[Action]) -> list[tuple[Action, Next]]:
    """Return reminders to come, the nearest first, for the page of those who steer."""
    to_send = [(action, reminder) for action in actions if (reminder := next_reminder(action))]
    return sorted(to_send, key=lambda pair: (pair[1].on, pair[0].pk))

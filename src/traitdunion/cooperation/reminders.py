"""Reminders of the roadmap: one named person, spaced from the last event, one message for several.

The message is written when it leaves: whoever pilots then gets it. Nothing is sent about a session
of demonstration, an action that is over or that is a part of another, or without an address.
"""

import hashlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.urls import reverse

from .enums import ACTION_OVER, EtatAction
from .models import Action, Evenement, Relance
from .operations import PERSONAL, CooperationError, happened
from .queries import day

logger = logging.getLogger(__name__)

# Days between the last news of an action and the question; longer when nobody answers.
SPACING_DAYS = (30, 60, 90)
# Longer than the longest spacing: a link opens until the next one has come.
LINK_VALID = timedelta(days=120)
# Nobody gets two messages nearer than this, whatever falls due.
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
    """Name and address of the one person asked: the first pilot who can be written to."""
    for one in action.pilotes.all():
        if one.compte is not None and one.compte.is_active:
            return str(one), one.compte.email
        if one.compte is None and one.courriel:
            return str(one), one.courriel
    return None


def next_reminder(action: Action) -> Next | None:
    """The reminder to come, as the page of the action announces it; None where there is none."""
    if action.axe.seance.demonstration or action.parent_id or action.etat in ACTION_OVER:
        return None
    who = referent(action)
    last = _last_event_at(action)
    if who is None or last is None:
        return None
    since = [one.envoyee_le for one in action.relances.all() if one.envoyee_le > last]
    spacing = SPACING_DAYS[min(len(since), len(SPACING_DAYS) - 1)]
    asked_from = max([last, *since])
    return Next(day(asked_from) + timedelta(days=spacing), *who)


def _last_event_at(action: Action) -> datetime | None:
    """Last thing that happened to the action, its parts or its commitments."""
    events = (
        Evenement.objects.filter(action=action)
        | Evenement.objects.filter(action__parent=action)
        | Evenement.objects.filter(engagement__action=action)
        | Evenement.objects.filter(engagement__action__parent=action)
    )
    found: datetime | None = events.aggregate(last=Max("at"))["last"]
    return found


@dataclass(frozen=True)
class Done:
    """How many messages left, about how many actions, and how many could not leave."""

    n_messages: int
    n_actions: int
    n_failed: int


def run(*, now: datetime, site: str) -> Done:
    """Send what is due; twice the same day, the second does nothing. What fails is tried again."""
    left = asked = failed = 0
    for address, actions in _due(day(now)).items():
        if _rests(address, now):
            continue
        if _send(address, actions, now=now, site=site):
            left, asked = left + 1, asked + len(actions)
        else:
            failed += 1
    return Done(left, asked, failed)


def _due(on: date) -> dict[str, list[Action]]:
    """Actions due, by the address of the one person asked."""
    rows = Action.objects.filter(parent=None, axe__seance__demonstration=False).exclude(
        etat__in=ACTION_OVER
    )
    rows = rows.select_related("axe__seance__organisation").prefetch_related(
        "pilotes__compte", "relances"
    )
    found: dict[str, list[Action]] = defaultdict(list)
    for action in rows.order_by("fin_prevue_le", "pk"):
        coming = next_reminder(action)
        if coming is not None and coming.on <= on:
            found[coming.address.lower()].append(action)
    return found


def _rests(address: str, now: datetime) -> bool:
    rested_from = now - timedelta(days=REST_DAYS)
    return Relance.objects.filter(adresse=address, envoyee_le__gt=rested_from).exists()


def _send(address: str, actions: list[Action], *, now: datetime, site: str) -> bool:
    """One message for all the actions; kept only if it left."""
    token = secrets.token_urlsafe(24)
    found = referent(actions[0])
    context = {
        "name": found[0] if found else "",
        "actions": actions,
        "url": site + reverse("cooperation:news", kwargs={"token": token}),
        "next_on": day(now) + timedelta(days=SPACING_DAYS[1]),
    }
    text = render_to_string("cooperation/mails/reminder.txt", context)
    many = f"{len(actions)} actions" if len(actions) > 1 else "votre action"
    try:
        with transaction.atomic():
            Relance.objects.filter(action__in=actions, fermee_le=None).update(fermee_le=now)
            Relance.objects.bulk_create(
                Relance(action=one, adresse=address, empreinte=_print_of(token), envoyee_le=now)
                for one in actions
            )
            send_mail(f"Où en est {many} ?" if len(actions) == 1 else f"Où en sont vos {many} ?",
                      text, None, [address])  # fmt: skip
    except (OSError, SMTPException):
        logger.warning("Relance de %s action(s) non envoyée : elle le sera au passage suivant",
                       len(actions))  # fmt: skip
        return False
    return True


def _print_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def asked_by(token: str, *, now: datetime) -> list[Relance]:
    """What a message asks about; empty where the secret opens nothing, or no longer."""
    rows = Relance.objects.filter(empreinte=_print_of(token), envoyee_le__gt=now - LINK_VALID)
    return list(rows.select_related("action__axe__seance").order_by("pk"))


@transaction.atomic
def give_news(
    *, token: str, action: int, what: str, now: datetime, commentaire: str = ""
) -> Evenement:
    """An answer to a message, without an account: an event of the action, told as such.

    Raises CooperationError: unknown secret or answer, already answered, blocked without saying by
    what.
    """
    rows = Relance.objects.select_for_update().filter(
        empreinte=_print_of(token), action_id=action, envoyee_le__gt=now - LINK_VALID
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
    row.fermee_le = now
    row.save(update_fields=["fermee_le"])
    told = f"{ANSWERS[what]}. {commentaire}".rstrip()
    return happened(row.action, by=None, at=now, commentaire=told)


def _apply(action: Action, what: str, commentaire: str, today: date) -> None:
    """What an answer changes of the action."""
    if what == "termine":
        action.etat, action.fini_le = EtatAction.REALISEE, today
    elif what == "avance":
        action.etat, action.blocage, action.deblocage = EtatAction.EN_COURS, "", ""
    else:
        action.blocage = commentaire[:300]
    action.save()


def coming(actions: Iterable[Action]) -> list[tuple[Action, Next]]:
    """Reminders to come, the nearest first, for the page of those who steer."""
    found = [(action, one) for action in actions if (one := next_reminder(action))]
    return sorted(found, key=lambda pair: (pair[1].on, pair[0].pk))

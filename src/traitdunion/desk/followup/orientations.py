"""Writes of orientations: sent, moderated, answered, withdrawn, reminded, expired.

A status changes by one update that names the status it leaves: of two who act at once, one does.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import hash_of
from traitdunion.accounts.permissions import Permission, check
from traitdunion.catalogue.models import Solution

from ..enums import StatutOrientation
from ..models import AWAITED, AnswerLink, Orientation, Parcours
from . import waiting_lists
from .operations import FollowUpError, checked, touch, trace
from .proposals import why_not
from .replies import LONGEST_TEXT, Answer, Listed, Reply

LINK_VALID = timedelta(days=8)
REMINDED_AFTER = timedelta(days=10)
EXPIRED_AFTER = timedelta(days=30)
RENEWED_AFTER = timedelta(hours=1)

GONE = (
    "Il a déjà servi, a été remplacé ou n'est plus valable. Si l'orientation attend encore votre "
    "réponse, demandez un nouveau lien à la personne qui vous l'a envoyée."
)


class LinkNotValid(FollowUpError):
    """A link that is used, replaced, expired or unknown; the message does not distinguish."""


@dataclass(frozen=True)
class Sent:
    """An orientation to send, and the secret of its link, which is kept nowhere."""

    orientation: Orientation
    token: str


@transaction.atomic
def orient(
    *,
    by: User,
    parcours: Parcours,
    solution: Solution,
    message: str,
    now: datetime,
    token: str | None = None,
) -> tuple[Orientation, Sent | None]:
    """Propose a person to the structure of a solution.

    Where the structure has no e-mail address the orientation waits for a moderator to find one:
    nothing has to be sent then. `token`: the secret, drawn at random if not given.
    """
    row = checked(by, parcours)
    structure = solution.structure
    if why := why_not(solution, timezone.localdate(now)):
        raise FollowUpError(f"{solution.nom} : {why} Choisissez une autre solution.")
    if row.closed_at is not None:
        raise FollowUpError("Ce parcours est clos : rouvrez-le pour orienter.")
    waiting = [StatutOrientation.A_MODERER, *AWAITED]
    if row.orientations.filter(structure=structure, statut__in=waiting).exists():
        raise FollowUpError(
            f"Une orientation vers {structure} attend déjà une réponse : relancez-la plutôt."
        )
    orientation = Orientation.objects.create(
        parcours=row,
        structure=structure,
        solution=solution,
        solution_nom=solution.nom,
        answer=row.answers.first(),
        message=message[:LONGEST_TEXT],
        statut=StatutOrientation.A_MODERER,
        created_by=by,
        created_at=now,
    )
    touch(row, now)
    trace(by, row, Action.ORIENTER, now)
    if not structure.courriel:
        return orientation, None
    return orientation, _open(orientation, structure.courriel, now, token)


def _open(orientation: Orientation, courriel: str, now: datetime, token: str | None) -> Sent:
    _leave(
        orientation,
        [StatutOrientation.A_MODERER],
        statut=StatutOrientation.OUVERTE,
        sent_to=courriel,
        sent_at=now,
    )
    return _new_link(orientation, now, token)


def _leave(orientation: Orientation, left: Sequence[StatutOrientation], /, **changed: Any) -> None:
    """Change an orientation that has one of these statuses, or say that it no longer has."""
    rows = Orientation.objects.filter(pk=orientation.pk, statut__in=left)
    if not rows.update(**changed):
        known = " » ni « ".join(statut.label for statut in left)
        raise FollowUpError(f"Cette orientation n'est plus « {known} » : rien n'a changé.")
    orientation.refresh_from_db()


def _new_link(orientation: Orientation, now: datetime, token: str | None = None) -> Sent:
    """Make a new link and end those sent before."""
    orientation.links.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    token = token or secrets.token_urlsafe(32)
    AnswerLink.objects.create(
        orientation=orientation,
        token_hash=hash_of(token),
        created_at=now,
        expires_at=now + LINK_VALID,
    )
    return Sent(orientation, token)


@transaction.atomic
def moderate(*, by: User, orientation: Orientation, courriel: str, now: datetime) -> Sent:
    """Let an orientation go, to an address that the catalogue did not have."""
    check(by, Permission.MODERATE_ORIENTATIONS, orientation.parcours.organisation)
    sent = _open(orientation, courriel, now, None)
    trace(by, orientation.parcours, Action.ACCEPTER, now)
    return sent


@transaction.atomic
def decline(
    *, by: User, orientation: Orientation, motif: str, commentaire: str, now: datetime
) -> None:
    """Stop an orientation before it goes, for a reason."""
    check(by, Permission.MODERATE_ORIENTATIONS, orientation.parcours.organisation)
    reply = Reply(False, motif, commentaire)
    _leave(orientation, [StatutOrientation.A_MODERER], **reply.fields(now))
    trace(by, orientation.parcours, Action.REFUSER, now)


@transaction.atomic
def send_again(*, by: User, orientation: Orientation, now: datetime) -> Sent:
    """Make a new link for a structure that lost its own, which it ends."""
    check(by, Permission.FOLLOW, orientation.parcours.organisation)
    row = Orientation.objects.select_for_update().awaited().filter(pk=orientation.pk).first()
    if row is None:
        raise FollowUpError("Cette orientation n'attend plus de réponse : rien n'est renvoyé.")
    trace(by, row.parcours, Action.RELANCER, now)
    return _new_link(row, now)


@transaction.atomic
def answer_by_link(*, token: str, reply: Answer, now: datetime) -> Orientation:
    """Use a link, once; raises LinkNotValid, the same whatever is wrong with it."""
    open_ones = AnswerLink.objects.open(now).filter(token_hash=hash_of(token))
    link = open_ones.select_related("orientation__parcours__organisation").first()
    if link is None or not AnswerLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise LinkNotValid(GONE)
    return _answered(link.orientation, reply, None, now)


@transaction.atomic
def answer_signed_in(
    *, by: User, orientation: Orientation, reply: Answer, now: datetime
) -> Orientation:
    """Answer for a structure whose organisation one belongs to."""
    check(by, Permission.ANSWER_ORIENTATIONS, orientation.structure.organisation)
    return _answered(orientation, reply, by, now)


def _answered(
    orientation: Orientation, reply: Answer, by: User | None, now: datetime
) -> Orientation:
    _leave(orientation, AWAITED, **reply.fields(now))
    if isinstance(reply, Listed):
        waiting_lists.join(orientation, now)
    else:
        waiting_lists.leave(orientation, now, served=reply.accepted)
    orientation.links.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    touch(orientation.parcours, now)
    trace(by, orientation.parcours, Action.REPONDRE, now)
    return orientation


@transaction.atomic
def propose_date(*, token: str, at: datetime, words: str, now: datetime) -> Orientation:
    """Note the date that a structure proposes to a person it accepted, by the link it used.

    Raises LinkNotValid where the link no longer opens the request, FollowUpError for a past date.
    """
    link = AnswerLink.objects.readable(now).filter(token_hash=hash_of(token)).first()
    if link is None:
        raise LinkNotValid(GONE)
    row = (
        Orientation.objects.select_for_update()
        .select_related("parcours")
        .get(pk=link.orientation_id)
    )
    return _propose(row, at, words, None, now)


@transaction.atomic
def propose_date_signed_in(
    *, by: User, orientation: Orientation, at: datetime, words: str, now: datetime
) -> Orientation:
    """Note the date proposed by a structure that has an account. Raises FollowUpError."""
    check(by, Permission.ANSWER_ORIENTATIONS, orientation.structure.organisation)
    if orientation.statut != StatutOrientation.ACCEPTEE:
        raise FollowUpError("Acceptez d'abord l'orientation : une date se propose ensuite.")
    return _propose(orientation, at, words, by, now)


def _propose(
    orientation: Orientation, at: datetime, words: str, by: User | None, now: datetime
) -> Orientation:
    if at <= now:
        raise FollowUpError("Proposez une date à venir.")
    orientation.meeting_at, orientation.meeting_words = at, words[:200]
    orientation.save(update_fields=["meeting_at", "meeting_words"])
    touch(orientation.parcours, now)
    trace(by, orientation.parcours, Action.REPONDRE, now)
    return orientation


@transaction.atomic
def renew_link(*, token: str, now: datetime) -> Sent | None:
    """Make a new link for the structure of a link that no longer opens.

    It opens the answer while one is awaited, the request alone once it is accepted. None where
    neither holds, or where a link left within the hour; the caller does not learn which.
    """
    link = AnswerLink.objects.filter(token_hash=hash_of(token)).first()
    rows = Orientation.objects.select_for_update()
    orientation = rows.filter(pk=link.orientation_id).first() if link else None
    if orientation is None or orientation.links.filter(created_at__gt=now - RENEWED_AFTER).exists():
        return None
    is_awaited = orientation.statut in AWAITED
    if not is_awaited and not AnswerLink.objects.readable(now).filter(orientation=orientation):
        return None
    trace(None, orientation.parcours, Action.RELANCER, now)
    sent = _new_link(orientation, now)
    if not is_awaited:
        # The answer is given: the new link only reads.
        orientation.links.filter(token_hash=hash_of(sent.token)).update(used_at=now)
    return sent


@transaction.atomic
def link_after_listing(*, orientation: Orientation, now: datetime) -> Sent:
    """Make the link by which a structure announces that a place is free."""
    return _new_link(orientation, now)


@transaction.atomic
def withdraw(*, by: User, orientation: Orientation, now: datetime) -> Orientation:
    """Take back what is awaited, for a person who found otherwise or gave up."""
    parcours = checked(by, orientation.parcours)
    left = [StatutOrientation.A_MODERER, *AWAITED]
    _leave(orientation, left, statut=StatutOrientation.RETIREE, withdrawn_at=now)
    waiting_lists.leave(orientation, now, served=False)
    orientation.links.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    touch(parcours, now)
    trace(by, parcours, Action.RETIRER, now)
    return orientation


@transaction.atomic
def ask_list(orientation: Orientation, now: datetime) -> Sent | None:
    """Make a fresh link for a structure to say where its waiting list stands; None if not due."""
    rows = Orientation.objects.select_for_update().on_waiting_list()
    row = rows.filter(pk=orientation.pk).first()
    if row is None or not waiting_lists.is_due(row, now):  # done meanwhile
        return None
    trace(None, row.parcours, Action.RELANCER, now)
    return _new_link(row, now)


def due_for_reminder(*, now: datetime) -> list[Orientation]:
    """Return the orientations that have waited for ten days without a reminder."""
    due = Orientation.objects.open().sent_before(now - REMINDED_AFTER)
    return list(due.filter(reminded_at=None, sent_at__gt=now - EXPIRED_AFTER))


@transaction.atomic
def remind(orientation: Orientation, now: datetime) -> Sent | None:
    """Make a new link and end the former one; None where the reminder was made meanwhile."""
    rows = Orientation.objects.open().filter(pk=orientation.pk, reminded_at=None)
    if not rows.update(reminded_at=now):
        return None
    trace(None, orientation.parcours, Action.RELANCER, now)
    return _new_link(orientation, now)


def due_to_expire(*, now: datetime) -> list[Orientation]:
    """Return the orientations that have waited for thirty days."""
    return list(Orientation.objects.open().sent_before(now - EXPIRED_AFTER))


@transaction.atomic
def expire(orientation: Orientation, now: datetime) -> bool:
    """Close an orientation that got no answer; whether it was still open."""
    rows = Orientation.objects.open().filter(pk=orientation.pk)
    if not rows.update(statut=StatutOrientation.EXPIREE):
        return False
    orientation.links.filter(used_at=None, revoked_at=None).update(revoked_at=now)
    trace(None, orientation.parcours, Action.ARCHIVER, now)
    return True

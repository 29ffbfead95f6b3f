"""Reminders of invitations that leave by themselves: spaced, few, one message for an address.

They stop with any answer, and none leaves on the eve of a session or later: by then one calls.
Nothing is sent about a session of demonstration, one that is over, or one where they are stopped.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.outbox.operations import Sender, queue_mail
from traitdunion.accounts.permissions import Permission, check

from ..dates import day
from ..enums import EtatSeance, ReponseInvitation
from ..models import Invite, Seance
from .invitations import agenda_of, mark_reminded, page_of, unchanged

# Days after the last message, for the first reminder and for the second, which is the last.
SPACING_DAYS = (7, 14)
# The last day on which one may leave, before the session.
LAST_BEFORE_DAYS = 2


@dataclass(frozen=True)
class Done:
    """How many messages were queued, about how many invitations."""

    n_messages: int
    n_invitations: int


def next_on(guest: Invite) -> date | None:
    """Return the day on which a guest will be reminded; None where they will not."""
    seance = guest.seance
    stopped = seance.demonstration or not seance.relances_prevues
    if stopped or seance.etat == EtatSeance.CLOSE or not guest.courriel:
        return None
    if guest.reponse != ReponseInvitation.SANS or guest.invite_le is None:
        return None
    if guest.relances >= len(SPACING_DAYS):
        return None
    last = max(at for at in (guest.invite_le, guest.relance_le) if at is not None)
    due = day(last) + timedelta(SPACING_DAYS[guest.relances])
    return due if due <= seance.tenue_le - timedelta(LAST_BEFORE_DAYS) else None


def coming(seance: Seance) -> list[tuple[date, int]]:
    """Return the reminders to come, day by day, as the page of guests announces them."""
    days = Counter(next_on(guest) for guest in seance.invites.select_related("seance"))
    return sorted((on, n) for on, n in days.items() if on is not None)


@transaction.atomic
def stop(*, by: User, seance: Seance, stopped: bool, now: datetime) -> None:
    """Stop the reminders of a session, or take them up again."""
    check(by, Permission.STEER, seance.organisation)
    seance.relances_prevues = not stopped
    seance.save(update_fields=["relances_prevues"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


def run(*, now: datetime, site: str) -> Done:
    """Queue what is due; twice the same day, the second does nothing."""
    queued = [_queue(address, guests, now, site) for address, guests in _due(day(now)).items()]
    return Done(sum(n > 0 for n in queued), sum(queued))


def _due(on: date) -> dict[str, list[Invite]]:
    """What each address is reminded of: all it will be asked about, once one of them is due and
    nothing was sent to it for as long as the first spacing."""
    rows = Invite.objects.filter(seance__tenue_le__gt=on).exclude(courriel="")
    rows = rows.select_related("seance__organisation").order_by("seance__tenue_le", "pk")
    by_address: dict[str, list[Invite]] = defaultdict(list)
    for guest in rows:
        by_address[guest.courriel.lower()].append(guest)
    due_to = {}
    for address, guests in by_address.items():
        waiting = [(due, guest) for guest in guests if (due := next_on(guest)) is not None]
        rested = all(_last_sent_on(guest) + timedelta(SPACING_DAYS[0]) <= on for guest in guests)
        if rested and any(due <= on for due, _ in waiting):
            due_to[address] = [guest for _, guest in waiting]
    return due_to


def _last_sent_on(guest: Invite) -> date:
    sent = [day(at) for at in (guest.invite_le, guest.relance_le) if at is not None]
    return max(sent, default=date.min)


@transaction.atomic
def _queue(address: str, guests: list[Invite], now: datetime, site: str) -> int:
    """Queue one message for all the invitations and mark them; return how many it is about."""
    rows = [row for _, row in unchanged(guests)]
    if len(rows) < len(guests):  # another run, an answer or a reminder by hand came first
        return 0
    context = {
        "invitations": [(guest, page_of(guest, site)) for guest in rows],
        "is_last": all(guest.relances + 1 >= len(SPACING_DAYS) for guest in rows),
    }
    titre = rows[0].seance.titre if len(rows) == 1 else f"{len(rows)} invitations"
    seances = {guest.seance_id: guest.seance for guest in rows}.values()
    queue_mail(
        key=f"session-invitation:{rows[0].pk}:{rows[0].relances + 1}",
        to=address,
        subject=f"Rappel : {titre}",
        text=render_to_string("cooperation/mails/invitation_reminder.txt", context),
        attachments=[agenda_of(seance, now=now) for seance in seances],
        now=now,
        sender=Sender(organisation=rows[0].seance.organisation),
    )
    for guest in rows:
        mark_reminded(guest, now)
    return len(rows)

"""Reminders of invitations that leave by themselves: spaced, few, one message for an address.

They stop with any answer, and none leaves on the eve of a session or later: by then one calls.
Nothing is sent about a session of demonstration, one that is over, or one where they are stopped.
"""

import logging
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .enums import EtatSeance, ReponseInvitation
from .invitations import calendar_of, mark_reminded, page_of
from .models import Invite, Seance
from .queries import day

logger = logging.getLogger(__name__)

# Days after the last message, for the first reminder and for the second, which is the last.
SPACING_DAYS = (7, 14)
# The last day on which one may leave, before the session.
LAST_BEFORE_DAYS = 2


@dataclass(frozen=True)
class Done:
    """How many messages left, about how many invitations, and how many could not leave."""

    n_messages: int
    n_invitations: int
    n_failed: int


def next_on(guest: Invite) -> date | None:
    """The day on which a guest will be reminded if nothing changes; None where they will not."""
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
    """Reminders to come, day by day, as the page of guests announces them."""
    found = Counter(next_on(guest) for guest in seance.invites.select_related("seance"))
    return sorted((on, n) for on, n in found.items() if on is not None)


@transaction.atomic
def stop(*, by: User, seance: Seance, stopped: bool, now: datetime) -> None:
    """Stop the reminders of a session, or take them up again."""
    check(by, Permission.STEER, seance.organisation)
    seance.relances_prevues = not stopped
    seance.save(update_fields=["relances_prevues"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


def run(*, now: datetime, site: str) -> Done:
    """Send what is due; twice the same day, the second does nothing. What fails is tried again."""
    left = asked = failed = 0
    for address, guests in _due(day(now)).items():
        if _send(address, guests, now=now, site=site):
            left, asked = left + 1, asked + len(guests)
        else:
            failed += 1
    return Done(left, asked, failed)


def _due(on: date) -> dict[str, list[Invite]]:
    """What each address is reminded of: all it will be asked about, once one of them is due and
    nothing was sent to it for as long as the first spacing."""
    rows = Invite.objects.filter(seance__tenue_le__gt=on).exclude(courriel="")
    rows = rows.select_related("seance__organisation").order_by("seance__tenue_le", "pk")
    by_address: dict[str, list[Invite]] = defaultdict(list)
    for guest in rows:
        by_address[guest.courriel.lower()].append(guest)
    found = {}
    for address, guests in by_address.items():
        waiting = [(due, guest) for guest in guests if (due := next_on(guest)) is not None]
        rested = all(_last_sent_on(one) + timedelta(SPACING_DAYS[0]) <= on for one in guests)
        if rested and any(due <= on for due, _ in waiting):
            found[address] = [guest for _, guest in waiting]
    return found


def _last_sent_on(guest: Invite) -> date:
    sent = [day(at) for at in (guest.invite_le, guest.relance_le) if at is not None]
    return max(sent, default=date.min)


def _send(address: str, guests: list[Invite], *, now: datetime, site: str) -> bool:
    """One message for all the invitations; they are marked only if it left."""
    told = {
        "invitations": [(guest, page_of(guest, site)) for guest in guests],
        "is_last": all(guest.relances + 1 >= len(SPACING_DAYS) for guest in guests),
    }
    titre = guests[0].seance.titre if len(guests) == 1 else f"{len(guests)} invitations"
    message = EmailMessage(
        " ".join(f"Rappel : {titre}".split()),
        render_to_string("cooperation/mails/invitation_reminder.txt", told),
        None,
        [address],
    )
    for seance in {guest.seance_id: guest.seance for guest in guests}.values():
        event = calendar_of(seance, now=now)
        message.attach(f"{seance.pk}.ics", event.decode(), "text/calendar")
    try:
        with transaction.atomic():
            for guest in guests:
                mark_reminded(guest, now)
            message.send()
    except (OSError, SMTPException):
        logger.warning(
            "Rappel de %s invitation(s) non envoyé : il le sera au passage suivant", len(guests)
        )
        return False
    return True

"""Messages to guests, with the session for their calendar (RFC 5545), and their reminders."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from icalendar import Event

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from .event_files import file_of
from .models import Invite, Seance

FIRST_HOUR, LAST_HOUR = time(9), time(12, 30)


@dataclass
class Sending:
    """What left and what did not, with the reason."""

    sent: list[Invite] = field(default_factory=list)
    failed: list[tuple[Invite, str]] = field(default_factory=list)


def calendar_of(seance: Seance, *, now: datetime, address: str = "") -> bytes:
    """The session as one event; `address`: the page of whoever is invited.

    Hours are those of the programme, or the morning where there is none yet.
    """
    slots = list(seance.creneaux.all())
    begins = slots[0].debut if slots else FIRST_HOUR
    ends = max(slot.fin for slot in slots) if slots else LAST_HOUR
    zone = ZoneInfo(settings.TIME_ZONE)
    event = Event()
    event.add("uid", f"{seance.pk}@trait-d-union")
    event.add("dtstamp", now)
    event.add("dtstart", datetime.combine(seance.tenue_le, begins, zone))
    event.add("dtend", datetime.combine(seance.tenue_le, ends, zone))
    event.add("summary", seance.titre)
    if seance.lieu:
        event.add("location", seance.lieu)
    programme = [f"{slot.debut:%Hh%M} {slot.titre}" for slot in slots]
    event.add("description", "\n".join([*programme, address]).strip())
    if address:
        event.add("url", address)
    return file_of(event, kind="cooperation")


def page_of(guest: Invite, site: str) -> str:
    return site + reverse("cooperation:invitation", kwargs={"token": guest.jeton})


def send(
    *, by: User, seance: Seance, guests: Iterable[Invite], site: str, now: datetime
) -> Sending:
    """Write to guests who have an address: an invitation, or a reminder to whoever had one.

    Each is marked as soon as its message left, so that a breakdown sends nothing twice.
    """
    check(by, Permission.STEER, seance.organisation)
    done = Sending()
    for guest in guests:
        reminds = guest.invite_le is not None
        try:
            message_to(guest, site=site, now=now).send()
        except (SMTPException, OSError) as wrong:
            done.failed.append((guest, str(wrong)))
            continue
        if reminds:
            mark_reminded(guest, now)
        else:
            guest.invite_le = now
            guest.save(update_fields=["invite_le"])
        done.sent.append(guest)
    return done


def mark_reminded(guest: Invite, now: datetime) -> None:
    """Count a reminder that left, whoever sent it."""
    guest.relance_le = now
    guest.relances += 1
    guest.save(update_fields=["relance_le", "relances"])


def message_to(guest: Invite, *, site: str, now: datetime) -> EmailMessage:
    seance = guest.seance
    address = page_of(guest, site)
    context = {"guest": guest, "session": seance, "address": address, "reminds": guest.invite_le}
    subject = f"{'Rappel : ' if guest.invite_le else 'Invitation : '}{seance.titre}"
    message = EmailMessage(
        " ".join(subject.split()),
        render_to_string("cooperation/invitation_mail.txt", context),
        None,
        [guest.courriel],
    )
    event = calendar_of(seance, now=now, address=address)
    message.attach("seance.ics", event.decode(), "text/calendar")
    return message

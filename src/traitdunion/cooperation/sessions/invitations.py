"""Messages to guests, with the session for their calendar (RFC 5545), and their reminders."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from icalendar import Event

from traitdunion import french
from traitdunion.accounts.models import OutgoingMessage, User
from traitdunion.accounts.outbox.operations import Attachment, Sender, queue_mail
from traitdunion.accounts.permissions import Permission, check
from traitdunion.desk.question.forms import JOURS
from traitdunion.desk.sharing.icalendar import file_of

from ..enums import ReponseInvitation
from ..models import Invite, Seance

FIRST_HOUR, LAST_HOUR = time(9), time(12, 30)


def calendar_of(
    seance: Seance,
    *,
    now: datetime,
    address: str = "",
    organiser: str = "",
    cancelled: bool = False,
) -> bytes:
    """Return the session as one event; `address`: the page of the guest.

    A later file of the same session replaces the former in a calendar: same UID, higher SEQUENCE.

    Hours are those of the programme, or the morning where there is none yet.
    """
    slots = list(seance.creneaux.all())
    begins, ends = hours_of(seance)
    zone = ZoneInfo(settings.TIME_ZONE)
    event = Event()
    event.add("uid", f"{seance.pk}@trait-d-union")
    event.add("sequence", seance.sequence)
    event.add("dtstamp", now)
    if organiser:
        event.add("organizer", f"mailto:{organiser}")
    event.add("dtstart", begins.replace(tzinfo=zone))
    event.add("dtend", ends.replace(tzinfo=zone))
    event.add("summary", seance.titre)
    if seance.lieu:
        event.add("location", seance.lieu)
    programme = [f"{french.time_of_day(slot.debut)} {slot.titre}" for slot in slots]
    event.add("description", "\n".join([*programme, address]).strip())
    if address:
        event.add("url", address)
    if cancelled:
        event.add("status", "CANCELLED")
    method = "CANCEL" if cancelled else "PUBLISH"
    return file_of(event, kind="cooperation", method=method)


def hours_of(seance: Seance) -> tuple[datetime, datetime]:
    """Return when a session begins and ends, in local time; the morning without a programme."""
    on, slots = seance.tenue_le, list(seance.creneaux.all())
    if not slots:
        return datetime.combine(on, FIRST_HOUR), datetime.combine(on, LAST_HOUR)
    return slots[0].begins_on(on), max(slot.ends_on(on) for slot in slots)


def way_there(seance: Seance) -> list[tuple[str, str]]:
    """Return the fields of the question that asks how to come and go, but where from.

    Empty where the commune of the session or its programme is not known. The week is left out: a
    session may be planned after the end of the timetables.
    """
    if not seance.commune or not seance.creneaux.exists():
        return []
    begins, ends = hours_of(seance)
    fields = [
        ("travail", seance.commune),
        ("jours", JOURS[begins.weekday()][0]),
        ("debut", f"{begins:%H:%M}"),
        ("fin", f"{ends:%H:%M}"),
    ]
    return [*fields, ("nuit", "1")] if ends.day != begins.day else fields


def page_of(guest: Invite, site: str) -> str:
    """Return the address of the page on which a guest answers."""
    return site + reverse("cooperation:invitation", kwargs={"token": guest.secret})


@transaction.atomic
def send(
    *, by: User, seance: Seance, guests: Iterable[Invite], site: str, now: datetime
) -> list[OutgoingMessage]:
    """Queue an invitation for guests who have an address, or a reminder for those who had one.

    Each guest is marked in the same transaction. A guest written to since `guests` was read, by
    another press of the same button for instance, is left out. An address that answers for several
    guests gets one message.
    """
    check(by, Permission.STEER, seance.organisation)
    groups: dict[tuple[str, bool], list[Invite]] = {}
    for _, row in unchanged(guests):
        groups.setdefault((row.courriel.lower(), row.invite_le is None), []).append(row)
    queued = []
    for rows in groups.values():
        queued.append(_queue(rows, by=by, site=site, now=now))
        for row in rows:
            if row.invite_le is None:
                row.invite_le = now
                row.save(update_fields=["invite_le"])
            else:
                mark_reminded(row, now)
    return queued


def unchanged(guests: Iterable[Invite]) -> list[tuple[Invite, Invite]]:
    """Lock guests; return those neither written to nor heard from since they were read, twice: as
    they were read, and as they are."""
    read = {guest.pk: guest for guest in guests}
    rows = Invite.objects.select_for_update(of=("self",)).filter(pk__in=read)
    return [
        (read[row.pk], row)
        for row in rows.select_related("seance__organisation").order_by("pk")
        if _written(row) == _written(read[row.pk])
    ]


def _written(guest: Invite) -> tuple[object, ...]:
    return guest.invite_le, guest.relances, guest.reponse


def mark_reminded(guest: Invite, now: datetime) -> None:
    """Count a reminder that was queued, by hand or not."""
    guest.relance_le = now
    guest.relances += 1
    guest.save(update_fields=["relance_le", "relances"])


def _queue(guests: Sequence[Invite], *, by: User, site: str, now: datetime) -> OutgoingMessage:
    """Queue one message for guests of one address, all invited or all reminded."""
    guest = guests[0]
    seance = guest.seance
    address = page_of(guest, site)
    context = {
        "guest": guest,
        "session": seance,
        "pages": [(guest, page_of(guest, site)) for guest in guests],
        "reminds": guest.invite_le,
        "says_how_to_come": bool(way_there(seance)),
    }
    number = guest.relances + (guest.invite_le is not None)
    return queue_mail(
        key=f"session-invitation:{guest.pk}:{number}",
        to=guest.courriel,
        subject=f"{'Rappel : ' if guest.invite_le else 'Invitation : '}{seance.titre}",
        text=render_to_string("cooperation/invitation_mail.txt", context),
        attachments=[agenda_of(seance, now=now, address=address)],
        now=now,
        sender=Sender(by=by, organisation=seance.organisation),
    )


def agenda_of(seance: Seance, *, now: datetime, address: str = "") -> Attachment:
    """Return the session as a file for a calendar."""
    return Attachment(
        f"{seance.pk}.ics", calendar_of(seance, now=now, address=address), "text/calendar"
    )


def announce_change(
    *, by: User, seance: Seance, changes: list[str], site: str, now: datetime
) -> int:
    """Write to the guests already invited what changed; return the number of addresses written to.

    Call it in the transaction that changed the session.
    """
    return _announce(by=by, seance=seance, site=site, now=now, changes=changes)


def announce_cancellation(*, by: User, seance: Seance, motif: str, site: str, now: datetime) -> int:
    """Write to the guests already invited that the session is cancelled; count the addresses."""
    return _announce(by=by, seance=seance, site=site, now=now, motif=motif, cancelled=True)


def _announce(
    *,
    by: User,
    seance: Seance,
    site: str,
    now: datetime,
    changes: Sequence[str] = (),
    motif: str = "",
    cancelled: bool = False,
) -> int:
    rows = seance.invites.exclude(courriel="").exclude(invite_le=None)
    rows = rows.exclude(reponse=ReponseInvitation.NON).order_by("pk")
    # An address that answers for several guests gets one message.
    by_address = {row.courriel.lower(): row for row in reversed(rows)}
    subject = f"{'Annulée' if cancelled else 'Changement'} : {seance.titre}"
    for guest in by_address.values():
        address = page_of(guest, site)
        context = {"guest": guest, "session": seance, "address": address, "changes": changes,
                   "motif": motif, "cancelled": cancelled}  # fmt: skip
        event = calendar_of(
            seance, now=now, address=address, organiser=by.email, cancelled=cancelled
        )
        queue_mail(
            key=f"session:{seance.pk}:{seance.sequence}",
            to=guest.courriel,
            subject=subject,
            text=render_to_string("cooperation/mails/session_changed.txt", context),
            attachments=[Attachment("seance.ics", event, "text/calendar")],
            now=now,
            sender=Sender(by=by, organisation=seance.organisation),
        )
    return len(by_address)

"""What is forgotten of a session, and when: names become counts, traces lose what links them.

Periods are those that the register of processing tells (`web/register.py` reads them from here).
Nothing that the bilan or the roadmap counts is changed. Run again, it does nothing more.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from . import attendance
from .enums import ACTION_OVER, ENGAGEMENT_ANSWERED, EtatEngagement
from .models import (
    Action,
    AvisIdee,
    Bulletin,
    Engagement,
    Evenement,
    FeuilleDeTable,
    Gommette,
    Idee,
    ImportPlan,
    Membre,
    Pilote,
    Relance,
    Seance,
    Situation,
)
from .queries import day

# After the day of a session: its guests, photographs, situations and the traces of its phones.
SESSION_KEPT = timedelta(days=365)
# After a reminder left: its address and the print of its secret.
REMINDER_KEPT = timedelta(days=365)
# After the last event of an action or a commitment that is over, and after the end of a mandate:
# addresses and contacts.
CONTACT_KEPT = timedelta(days=365)
# A workbook read and neither taken in nor left.
PLAN_KEPT = timedelta(days=30)
# What begins so was drawn again, and is linked to nothing; neither a voice nor a print does.
CUT = "-"
PILOT = Pilote._meta.model_name


@dataclass(frozen=True)
class Forgotten:
    """How many rows were deleted or cut from what linked them."""

    guests: int = 0
    photographs: int = 0
    situations: int = 0
    traces: int = 0
    reminders: int = 0
    contacts: int = 0
    plans: int = 0

    @property
    def total(self) -> int:
        return sum(vars(self).values())


@transaction.atomic
def forget_due(*, now: datetime) -> Forgotten:
    """Forget what was kept for long enough at a moment."""
    old = list(Seance.objects.filter(tenue_le__lt=day(now) - SESSION_KEPT))
    return Forgotten(
        guests=sum(_forget_guests(seance) for seance in old),
        photographs=_delete(FeuilleDeTable.objects.filter(axe__seance__in=old)),
        situations=_delete(Situation.objects.filter(seance__in=old)),
        traces=_cut_traces(old),
        reminders=_delete(Relance.objects.filter(envoyee_le__lt=now - REMINDER_KEPT)),
        contacts=_forget_addresses(now)
        + _forget_contacts(now)
        + _forget_members(now)
        + _forget_past_addresses(now),
        plans=_delete(ImportPlan.objects.filter(applique_le=None, lu_le__lt=now - PLAN_KEPT)),
    )


def _forget_guests(seance: Seance) -> int:
    attendance.keep_counts(seance)
    return _delete(seance.invites.all())


def _delete(rows: QuerySet[Any]) -> int:
    n = rows.count()
    rows.delete()
    return n


def _cut_traces(seances: list[Seance]) -> int:
    """Draw voices and prints again, one for each row: who gave several opinions is lost."""
    phones = [
        (AvisIdee.objects.filter(idee__axe__seance__in=seances), "voix"),
        (Gommette.objects.filter(idee__axe__seance__in=seances), "voix"),
        (Bulletin.objects.filter(seance__in=seances), "empreinte"),
    ]
    keys = Idee.objects.filter(axe__seance__in=seances).exclude(cle=None)
    return sum(_draw_again(rows, column) for rows, column in phones) + keys.update(cle=None)


def _draw_again(rows: QuerySet[Any], column: str) -> int:
    linked = list(rows.exclude(**{f"{column}__startswith": CUT}))
    for row in linked:
        setattr(row, column, CUT + secrets.token_hex(15))
    rows.model.objects.bulk_update(linked, [column], batch_size=500)
    return len(linked)


def _forget_addresses(now: datetime) -> int:
    """Addresses of pilots whose action has been over for long enough; their name stays."""
    over = Action.objects.filter(etat__in=ACTION_OVER).annotate(last=Max("evenements__at"))
    ended = over.filter(last__lt=now - CONTACT_KEPT)
    return Pilote.objects.filter(action__in=ended).exclude(courriel="").update(courriel="")


def _forget_past_addresses(now: datetime) -> int:
    """Addresses of pilots that old changes of a sheet keep so that they can be undone."""
    n = 0
    for event in Evenement.objects.filter(at__lt=now - CONTACT_KEPT).exclude(changement=None):
        rows = [told for side in event.changement.values() for name, told in side if name == PILOT]
        addressed = [told for told in rows if told.get("courriel")]
        for told in addressed:
            told["courriel"] = ""
        if addressed:
            event.save(update_fields=["changement"])
            n += 1
    return n


def _forget_contacts(now: datetime) -> int:
    """Contacts of commitments that are over, in the row and in its history."""
    states = (*ENGAGEMENT_ANSWERED, EtatEngagement.RETIRE)
    over = Engagement.objects.filter(etat__in=states).annotate(last=Max("evenements__at"))
    found = list(over.filter(last__lt=now - CONTACT_KEPT).exclude(contact=""))
    for commitment in found:
        commitment.contact = ""
        commitment.save(update_fields=["contact"])
        for event in commitment.evenements.all():
            event.contenu = event.contenu | {"contact": ""}
            event.save(update_fields=["contenu"])
    return len(found)


def _forget_members(now: datetime) -> int:
    """Addresses of members whose mandate has been over for long enough; their name stays."""
    limit = day(now) - CONTACT_KEPT
    over = Membre.objects.filter(Q(mandat_au__lt=limit) | Q(vacant_le__lt=limit))
    named = over.exclude(courriel="", courriel_suppleant="")
    return named.update(courriel="", courriel_suppleant="")

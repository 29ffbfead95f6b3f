"""Forget what a session no longer needs: names become counts, traces lose what links them.

Periods are those of the register of processing (`web/register` reads them from here).
Nothing that the bilan or the roadmap counts is changed. Run again, it does nothing more.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from .dates import day
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
    Moderation,
    MotEvaluation,
    Pilote,
    Relance,
    Seance,
    Situation,
    Voix,
)
from .sessions import attendance
from .sessions.on_the_spot import forget_unconfirmed

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
    ballot_words: int = 0
    situations: int = 0
    traces: int = 0
    reminders: int = 0
    contacts: int = 0
    plans: int = 0
    words: int = 0

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
        ballot_words=_delete(MotEvaluation.objects.filter(seance__in=old, montre=False)),
        words=_forget_hidden_words(old) + _forget_traces_without_session(now),
        traces=_cut_traces(old),
        reminders=_delete(Relance.objects.filter(envoyee_le__lt=now - REMINDER_KEPT)),
        contacts=_forget_addresses(now)
        + _forget_contacts(now)
        + _forget_members(now)
        + _forget_past_addresses(now)
        + forget_unconfirmed(now=now),
        plans=_delete(ImportPlan.objects.filter(applique_le=None, lu_le__lt=now - PLAN_KEPT)),
    )


def _forget_guests(seance: Seance) -> int:
    attendance.keep_counts(seance)
    return _delete(seance.invites.all())


def _forget_hidden_words(seances: list[Seance]) -> int:
    """Empty the traces of moderation: what was hidden cannot be shown any more."""
    rows = Moderation.objects.filter(seance__in=seances).exclude(mots={})
    return rows.update(mots={})


def _forget_traces_without_session(now: datetime) -> int:
    """Delete the traces of words of no session, as old as those of a session are when cut."""
    return _delete(Moderation.objects.filter(seance=None, le__lt=now - SESSION_KEPT))


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
    keys = Idee.objects.filter(axe__seance__in=seances).exclude(cle=None, auteur="")
    voices = Voix.objects.filter(seance__in=seances)
    return (
        sum(_draw_again(rows, column) for rows, column in phones)
        + keys.update(cle=None, auteur="")
        + _delete(voices)
    )


def _draw_again(rows: QuerySet[Any], column: str) -> int:
    linked = list(rows.exclude(**{f"{column}__startswith": CUT}))
    for row in linked:
        setattr(row, column, CUT + secrets.token_hex(15))
    rows.model.objects.bulk_update(linked, [column], batch_size=500)
    return len(linked)


def _forget_addresses(now: datetime) -> int:
    """Delete the addresses of pilots whose action has been over for long enough; names stay."""
    over = Action.objects.filter(etat__in=ACTION_OVER).annotate(last=Max("evenements__at"))
    ended = over.filter(last__lt=now - CONTACT_KEPT)
    return Pilote.objects.filter(action__in=ended).exclude(courriel="").update(courriel="")


def _forget_past_addresses(now: datetime) -> int:
    """Delete the addresses of pilots that old changes of a sheet keep to be undone."""
    n = 0
    for event in Evenement.objects.filter(at__lt=now - CONTACT_KEPT).exclude(changement=None):
        rows = [
            columns for side in event.changement.values() for name, columns in side if name == PILOT
        ]
        addressed = [columns for columns in rows if columns.get("courriel")]
        for columns in addressed:
            columns["courriel"] = ""
        if addressed:
            event.save(update_fields=["changement"])
            n += 1
    return n


def _forget_contacts(now: datetime) -> int:
    """Delete the contacts of commitments that are over, in the row and in its history."""
    states = (*ENGAGEMENT_ANSWERED, EtatEngagement.RETIRE)
    over = Engagement.objects.filter(etat__in=states).annotate(last=Max("evenements__at"))
    ended = list(over.filter(last__lt=now - CONTACT_KEPT).exclude(contact="", courriel=""))
    for commitment in ended:
        commitment.contact = commitment.courriel = commitment.empreinte = ""
        commitment.save(update_fields=["contact", "courriel", "empreinte"])
        for event in commitment.evenements.all():
            event.contenu = event.contenu | {"contact": ""}
            event.save(update_fields=["contenu"])
    return len(ended)


def _forget_members(now: datetime) -> int:
    """Delete the addresses of members whose mandate has been over for long enough; names stay."""
    limit = day(now) - CONTACT_KEPT
    over = Membre.objects.filter(Q(mandat_au__lt=limit) | Q(vacant_le__lt=limit))
    named = over.exclude(courriel="", courriel_suppleant="")
    return named.update(courriel="", courriel_suppleant="")

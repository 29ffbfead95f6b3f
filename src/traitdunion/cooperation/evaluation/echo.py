"""News given back to the room: two days after a session what it said, ninety days after what came.

They go to those who came and left an address, once each, where the session was held; not about a
demonstration, nor where those who run it stopped them. The words of the roadmap are given where
everybody may read them; else its figures alone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.outbox.operations import Sender, queue_mail, was_queued
from traitdunion.accounts.permissions import Permission, check

from ..dates import day
from ..enums import EtatAction, EtatEngagement, EtatSeance, Visibilite
from ..models import Idee, Invite, Seance
from ..roadmap.action_lines import state_of
from ..roadmap.roadmap import pledges_in_force, roadmap
from ..sessions.invitations import page_of

DAYS_AFTER = {"parole": 2, "suite": 90}
"""Days after a session on which each kind of news leaves."""
SENT_WITHIN = timedelta(days=14)
"""Later than that after its day, news is not sent: the site was stopped, or the session typed late.
"""
SUBJECTS = {
    "parole": "Ce que la salle a dit : {titre}",
    "suite": "Trois mois après : {titre}",
}


@dataclass(frozen=True)
class News:
    """Figures of a session on a day; `lines` are its actions in words, none where they are private.

    `n_said`: ideas shown to the room that come from no other; `n_kept`: commitments held.
    """

    n_said: int
    n_actions: int
    n_done: int
    n_late: int
    n_commitments: int
    n_kept: int
    lines: tuple[str, ...]


def news_of(seance: Seance, *, on: date) -> News:
    """Return what a session gives back to its room on a day."""
    axes = roadmap(seance, on=on)
    actions = [action for axe in axes for action in axe.actions]
    pledges = pledges_in_force(actions)
    is_public = seance.visibilite_feuille == Visibilite.PUBLIQUE
    return News(
        n_said=Idee.objects.shown().filter(axe__seance=seance, origines=None).count(),
        n_actions=len(actions),
        n_done=sum(action.etat == EtatAction.REALISEE for action in actions),
        n_late=sum(action.is_late for action in actions),
        n_commitments=len(pledges),
        n_kept=sum(pledge.etat == EtatEngagement.TENU for pledge in pledges),
        lines=tuple(f"{action.titre} ({state_of(action)})" for action in actions)
        if is_public
        else (),
    )


def coming(seance: Seance, *, on: date) -> list[tuple[date, int]]:
    """Return the days to come on which news leaves, with how many addresses; none where stopped."""
    if not _is_given_back(seance):
        return []
    n = len(_addresses(seance))
    days = (seance.tenue_le + timedelta(after) for after in DAYS_AFTER.values())
    return [(due, n) for due in days if due >= on]


@transaction.atomic
def stop(*, by: User, seance: Seance, stopped: bool, now: datetime) -> None:
    """Stop the news of a session, or let it leave again."""
    check(by, Permission.STEER, seance.organisation)
    seance.echos_prevus = not stopped
    seance.save(update_fields=["echos_prevus"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


def run(*, now: datetime, site: str) -> int:
    """Queue the news that is due; return how many messages. Run again, it does nothing more."""
    n = 0
    for kind, after in DAYS_AFTER.items():
        last = day(now) - timedelta(after)
        rows = Seance.objects.filter(tenue_le__lte=last, tenue_le__gt=last - SENT_WITHIN)
        for seance in rows.select_related("organisation"):
            if _is_given_back(seance):
                n += _queue(seance, kind, site=site, now=now)
    return n


def _is_given_back(seance: Seance) -> bool:
    return (
        seance.echos_prevus and not seance.demonstration and seance.etat != EtatSeance.ANNULEE
    )  # fmt: skip


def _addresses(seance: Seance) -> list[Invite]:
    """Return a guest for each address of those who came."""
    present = seance.invites.present().exclude(courriel="").order_by("-pk")
    return list({guest.courriel.lower(): guest for guest in present}.values())


@transaction.atomic
def _queue(seance: Seance, kind: str, *, site: str, now: datetime) -> int:
    key = f"session-echo:{kind}:{seance.pk}"
    guests = [row for row in _addresses(seance) if not was_queued(key=key, to=row.courriel)]
    if not guests:
        return 0
    context = {"session": seance, "news": news_of(seance, on=day(now)), **_pages(seance, site)}
    for guest in guests:
        queue_mail(
            key=key,
            to=guest.courriel,
            subject=SUBJECTS[kind].format(titre=seance.titre),
            text=render_to_string(
                f"cooperation/mails/echo_{kind}.txt", {**context, "own_page": page_of(guest, site)}
            ),
            now=now,
            sender=Sender(organisation=seance.organisation),
        )
    return len(guests)


def _pages(seance: Seance, site: str) -> dict[str, str]:
    """Return the addresses of the pages that everybody may read, "" for the others."""
    pages = {
        "bilan": (seance.visibilite, "cooperation:bilan"),
        "roadmap": (seance.visibilite_feuille, "cooperation:roadmap"),
    }
    return {
        name: site + reverse(view, kwargs={"slug": seance.pk})
        if seen == Visibilite.PUBLIQUE
        else ""
        for name, (seen, view) in pages.items()
    }

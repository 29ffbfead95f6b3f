"""What is done from time to time: asking whether links answer, reminding of entries to check.

The network and the messages are arguments: nothing here reaches out by itself.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from traitdunion import french
from traitdunion.accounts.enums import Role
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.outbox.operations import Sender, queue_mail
from traitdunion.sources.downloads import DownloadError, Limits, download

from ..enums import Statut
from ..models import LienVerifie, Solution
from .board import entries_due

LINKS = ("lien_mobilisation", "booking_url", "source_url", "lien_source", "accessibilite_lieu")
LIMITS = Limits(total_s=30, silence_s=10, size_bytes=64 << 20, pauses_s=(5,))

Ask = Callable[[str], str]
"""Asks an address; gives what is wrong with it in French, "" where it answers."""


def ask_web(url: str) -> str:
    """Ask an address on the open web; inner addresses are refused, as any download does."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            download(url, Path(folder) / "page", called=url, check=lambda path: None, limits=LIMITS)
        except DownloadError as failed:
            return failed.reason
    return ""


@dataclass(frozen=True)
class Checked:
    """How many links were asked, and those that do not answer."""

    asked: int
    broken: list[LienVerifie]


def check_links(*, now: datetime, ask: Ask = ask_web) -> Checked:
    """Ask every link of the entries that are shown, each address once, and keep what it answered.

    A link that was corrected or taken away is forgotten.
    """
    answers: dict[str, str] = {}
    kept: list[int] = []
    for solution in Solution.objects.filter(statut__in=[Statut.PUBLIE, Statut.SUSPENDU]):
        for field in LINKS:
            url = getattr(solution, field)
            if not url:
                continue
            if url not in answers:
                answers[url] = ask(url)
            kept.append(_keep(solution, field, url, answers[url], now).pk)
    LienVerifie.objects.exclude(pk__in=kept).delete()
    broken = LienVerifie.objects.filter(works=False).select_related("solution")
    return Checked(len(answers), list(broken))


def _keep(solution: Solution, field: str, url: str, wrong: str, now: datetime) -> LienVerifie:
    """Record what a link answered; the day it broke is kept while it stays broken."""
    before = LienVerifie.objects.filter(solution=solution, champ=field, url=url).first()
    since = before.broken_since if before and before.broken_since else now
    row, _ = LienVerifie.objects.update_or_create(
        solution=solution,
        champ=field,
        defaults={
            "url": url,
            "checked_at": now,
            "works": not wrong,
            "reason": (wrong or "répond")[:120],
            "broken_since": since if wrong else None,
        },
    )
    return row


@dataclass(frozen=True)
class Reminder:
    """A message to the editors of an organisation about entries to check."""

    organisation: Organisation
    to: list[str]
    subject: str
    text: str


def reminders(*, on: date, site: str) -> list[Reminder]:
    """Return one message per organisation that has entries due; `site` is its address, without a
    path.
    """
    return [
        reminder
        for organisation in Organisation.objects.order_by("slug")
        if (reminder := _reminder(organisation, on, site)) is not None
    ]


@transaction.atomic
def remind_editors(*, now: datetime, site: str) -> int:
    """Queue the messages about entries to check, once a day; return how many organisations."""
    on = timezone.localdate(now)
    due = reminders(on=on, site=site)
    for reminder in due:
        for address in reminder.to:
            queue_mail(
                key=f"catalogue:{reminder.organisation.pk}:{on}",
                to=address,
                subject=reminder.subject,
                text=reminder.text,
                now=now,
                sender=Sender(organisation=reminder.organisation),
            )
    return len(due)


def _reminder(organisation: Organisation, on: date, site: str) -> Reminder | None:
    due = entries_due(organisation, on=on)
    editors = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role=Role.EDITEUR
    )
    to = sorted({editor.email for editor in editors})
    if not due or not to:
        return None
    lines = [
        f"- {solution.nom} ({_since(solution)}) : {site}/catalogue/fiches/{solution.pk}/"
        for solution in due
    ]
    count = f"{len(due)} fiche{french.plural(len(due))}"
    text = "\n".join(
        [
            f"Bonjour,\n\n{count} de {organisation.nom} à vérifier :\n",
            *lines,
            "\nSi tout est encore vrai, un bouton de la fiche le dit.",
        ]
    )
    return Reminder(organisation, to, f"{count} à vérifier dans le catalogue", text)


def _since(solution: Solution) -> str:
    if solution.verifie_le is None:
        return "jamais vérifiée"
    return f"vérifiée le {solution.verifie_le:%d/%m/%Y}"

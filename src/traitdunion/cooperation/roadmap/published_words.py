"""Correct and erase words that the roadmap already published: news, comments, commitments.

The history of the roadmap copies words at each event, and the changes of a sheet keep them to be
undone: both are rewritten. The trace (`Moderation`) keeps who did it and why, and no former words.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail
from traitdunion.accounts.permissions import Permission, check

from ..enums import ENGAGEMENT_CONFIRMED, PLACEHOLDERS, EtatEngagement, EtatPropos, Geste
from ..models import Action, Engagement, Evenement, Moderation, Seance
from ..operations import CooperationError, clean, lock_rows, refuse_personal
from .operations import record_event
from .reminders import ANSWERS

ERASED = PLACEHOLDERS[EtatPropos.EFFACE]
# What the site writes by itself: no person chose these words.
AUTOMATIC = (
    "Action créée", "Engagement proposé", "Engagement pris en séance",
    "Confirmé par l'organisation", "Retiré par l'organisation",
)  # fmt: skip
# Columns of a commitment that hold words; the name is that of an organisation without an account.
COMMITMENT_WORDS = ("quoi", "organisation_nom", "unite", "contact", "preuve")


def news_of(seance: Seance) -> QuerySet[Evenement]:
    """Return what people wrote in the threads of the actions of a session, the latest first."""
    rows = Evenement.objects.filter(
        Q(action__axe__seance=seance) | Q(engagement__action__axe__seance=seance)
    )
    rows = rows.exclude(commentaire__in=["", *AUTOMATIC, *ANSWERS.values()])
    return rows.select_related("action", "engagement__action").order_by("-at", "-pk")


@transaction.atomic
def correct_news(*, by: User, event: Evenement, words: str, now: datetime) -> None:
    """Replace the words of a comment everywhere they went; erase them where `words` is empty."""
    action = event.action
    if event.engagement is not None:
        action = event.engagement.action
    if action is None:
        raise TypeError("an event is of an action or of a commitment")
    seance = action.axe.seance
    check(by, Permission.STEER, seance.organisation)
    words = " ".join(words.split())
    refuse_personal(words)
    lock_rows(action)
    event.refresh_from_db()
    geste = Geste.CORRIGER if words else Geste.EFFACER
    words = words or ERASED
    # « C'est bloqué. Plus de car » : what the pilot wrote comes after the answer that was chosen.
    answer, _, rest = event.commentaire.partition(". ")
    by_link = answer in ANSWERS.values()
    former = rest if by_link else event.commentaire
    event.commentaire = f"{answer}. {words}" if by_link else words
    event.save(update_fields=["commentaire"])
    _rewrite(_events_of(action), {former: words, former[:300]: words[:300]})
    Action.objects.filter(pk=action.pk, blocage=former[:300]).update(blocage=words[:300])
    record_act(seance, event, geste=geste, motif="", by=by, now=now)


def published_commitments(seance: Seance) -> QuerySet[Engagement]:
    """Return the commitments of a session that its roadmap shows, the latest first."""
    rows = Engagement.objects.filter(action__axe__seance=seance).published()
    rows = rows.exclude(quoi=ERASED)
    return rows.select_related("action", "organisation").order_by("-pk")


@transaction.atomic
def correct_commitment(
    *, by: User, commitment: Engagement, words: Mapping[str, str], now: datetime
) -> None:
    """Replace words of a commitment, to mask a name for instance, wherever they went."""
    seance, row = _locked_commitment(by, commitment)
    named = [
        name for name in COMMITMENT_WORDS if getattr(row, name) and words.get(name, "").strip()
    ]
    wanted = {name: " ".join(words[name].split()) for name in named}
    refuse_personal(" ".join(wanted.values()))
    rewrite_commitment(row, wanted)
    record_act(seance, row, geste=Geste.CORRIGER, motif="", by=by, now=now)


@transaction.atomic
def erase_commitment(*, by: User, commitment: Engagement, motif: str, now: datetime) -> None:
    """Erase the words of a commitment everywhere and end it; its organisation is written why.

    The row and its events stay, so that past days of the roadmap count it still.
    """
    seance, row = _locked_commitment(by, commitment)
    if motif not in seance.refusal_reasons:
        raise CooperationError("Choisissez un des motifs de refus publiés pour cette séance.")
    _tell_organisation(row, seance, motif=motif, by=by, now=now)
    rewrite_commitment(row, {name: ERASED for name in COMMITMENT_WORDS if getattr(row, name)})
    comments = row.evenements.exclude(commentaire__in=["", *AUTOMATIC])
    comments.update(commentaire=ERASED)
    if row.etat in (EtatEngagement.PROPOSE, *ENGAGEMENT_CONFIRMED):
        row.etat = EtatEngagement.RETIRE
        row.save(update_fields=["etat"])
        record_event(row, by=by, at=now, commentaire="Effacé par l'animation")
    record_act(seance, row, geste=Geste.EFFACER, motif=motif, by=by, now=now)


def _locked_commitment(by: User, commitment: Engagement) -> tuple[Seance, Engagement]:
    seance = commitment.action.axe.seance
    check(by, Permission.STEER, seance.organisation)
    lock_rows(commitment)
    commitment.refresh_from_db()
    return seance, commitment


def rewrite_commitment(row: Engagement, words: Mapping[str, str]) -> None:
    """Write words in the columns of a commitment, and in each copy that its events keep."""
    former = {name: getattr(row, name) for name in words}
    for name, value in words.items():
        setattr(row, name, value)
    clean(row)
    row.save(update_fields=list(words))
    for event in row.evenements.all():
        copies = {
            name: value for name, value in words.items() if event.contenu.get(name) == former[name]
        }
        if copies:
            event.contenu = event.contenu | copies
            event.save(update_fields=["contenu"])


def _tell_organisation(
    row: Engagement, seance: Seance, *, motif: str, by: User, now: datetime
) -> None:
    addresses = addresses_of(row.organisation) if row.organisation else [row.courriel]
    for address in filter(None, addresses):
        queue_mail(
            key=f"commitment-erased:{row.pk}",
            to=address,
            subject=f"Engagement retiré de la feuille de route : {seance.titre}",
            text=render_to_string(
                "cooperation/mails/commitment_erased.txt",
                {"commitment": row, "session": seance, "motif": motif},
            ),
            now=now,
            sender=Sender(by=by, organisation=seance.organisation),
        )


def _events_of(action: Action) -> QuerySet[Evenement]:
    return Evenement.objects.filter(Q(action=action) | Q(engagement__action=action))


def _rewrite(events: QuerySet[Evenement], words: Mapping[str, str]) -> None:
    """Replace each value that is one of these words in what events keep."""
    for event in events:
        content, change = _replaced(event.contenu, words), _replaced(event.changement, words)
        if (content, change) != (event.contenu, event.changement):
            event.contenu, event.changement = content, change
            event.save(update_fields=["contenu", "changement"])


def _replaced(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(inside, words) for name, inside in value.items()}
    if isinstance(value, list):
        return [_replaced(inside, words) for inside in value]
    return words.get(value, value) if isinstance(value, str) and value else value


def record_act(
    owner: Seance | Organisation,
    row: Model,
    *,
    geste: Geste,
    motif: str,
    by: User,
    now: datetime,
) -> None:
    """Keep the trace of words corrected or erased, with the session or organisation they are of."""
    where = {"seance": owner} if isinstance(owner, Seance) else {"organisation": owner}
    Moderation.objects.create(
        **where, sorte=row._meta.model_name or "", numero=row.pk, geste=geste, motif=motif,
        par=by, le=now,
    )  # fmt: skip

"""Writes of the roadmap: actions, events, commitments."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string

from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.outbox.operations import Sender, addresses_of, queue_mail
from traitdunion.accounts.permissions import Permission, check

from ..dates import day
from ..enums import (
    ENGAGEMENT_ANSWERED,
    ENGAGEMENT_CONFIRMED,
    EtatAction,
    EtatEngagement,
    ResultatDecision,
)
from ..kept_rows import kept
from ..models import Action, Axe, Decision, Engagement, Evenement
from ..operations import CooperationError, clean
from .responsibility import check_may_write


def _kept_columns(row: Action | Engagement) -> dict[str, Any]:
    """Return what an event keeps of a row: plain values, as JSON has them."""
    encoder = DjangoJSONEncoder()
    plain = (bool, int, float, str, list, type(None))
    values = {name: getattr(row, name) for name in row.EVENT_FIELDS}
    return {
        name: value if isinstance(value, plain) else encoder.default(value)
        for name, value in values.items()
    }


def record_event(
    row: Action | Engagement,
    *,
    by: User | None,
    at: datetime,
    commentaire: str,
    changement: dict[str, Any] | None = None,
) -> Evenement:
    """Add an event to the life of an action or a commitment, with how it then stands.

    `changement`: the rows it changed, "avant" and "apres", where it can be undone.
    """
    of = {"action": row} if isinstance(row, Action) else {"engagement": row}
    return Evenement.objects.create(
        **of,
        at=at,
        par=by,
        commentaire=commentaire.strip(),
        contenu=_kept_columns(row),
        changement=changement,
    )


def digest_of(token: str) -> str:
    """Return what is kept of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_action(
    *,
    by: User,
    axe: Axe,
    titre: str,
    now: datetime,
    decision: Decision | None = None,
    parent: Action | None = None,
    **columns: Any,
) -> Action:
    """Create an action of the roadmap, from a decision that retains it or as a step of another.

    Those who steer create actions; the pilots of an action create its steps.
    """
    if parent is None:
        check(by, Permission.STEER, axe.seance.organisation)
    else:
        check_may_write(by, parent)
    if decision is not None and decision.resultat != ResultatDecision.RETENUE:
        raise CooperationError("Cette décision ne retient rien : une action n'en peut venir.")
    if parent is not None and parent.parent_id is not None:
        raise CooperationError("Une sous-action n'a pas de sous-action : rattachez-la à l'action.")
    action = Action(axe=axe, titre=titre, decision=decision, parent=parent, **columns)
    clean(action)
    action.save(force_insert=True)
    record_event(action, by=by, at=now, commentaire="Action créée")
    return action


@transaction.atomic
def follow(
    *, by: User, action: Action, now: datetime, commentaire: str = "", **changes: Any
) -> Evenement:
    """Record news of an action, which may change its state, its dates or what blocks it."""
    check_may_write(by, action)
    unknown = set(changes) - set(Action.EVENT_FIELDS)
    if unknown:
        raise TypeError(f"not followed by events: {sorted(unknown)}")
    if not commentaire.strip() and not changes:
        raise CooperationError("Dites ce qui s'est passé, ou ce qui change.")
    for name, value in changes.items():
        setattr(action, name, value)
    if action.etat == EtatAction.REALISEE and action.fini_le is None:
        raise CooperationError("Une action réalisée dit quand : indiquez le jour de fin.")
    clean(action)
    before = kept(action)
    action.save()
    if changes.get("blocage"):
        alert_blocked(action, now=now)
    changed = {"avant": [before], "apres": [kept(action)]} if changes else None
    return record_event(action, by=by, at=now, commentaire=commentaire, changement=changed)


def alert_blocked(action: Action, *, now: datetime) -> None:
    """Queue a message to the organisation that steers: an action is blocked, and by what."""
    seance = action.axe.seance
    if seance.demonstration:
        return
    for address in addresses_of(seance.organisation):
        queue_mail(
            key=f"action-blocked:{action.pk}:{day(now)}",
            to=address,
            subject=f"Action bloquée : {action.titre}",
            text=render_to_string("cooperation/mails/blocked.txt", {"action": action}),
            now=now,
            sender=Sender(organisation=seance.organisation),
        )


@dataclass(frozen=True)
class Pledge:
    """What is promised: how much of what, and by when."""

    quoi: str
    quantite: Decimal
    unite: str
    pour_le: date
    contact: str = ""


@transaction.atomic
def propose_commitment(
    *, by: User, action: Action, organisation: Organisation, pledge: Pledge, now: datetime
) -> Engagement:
    """Propose a commitment to an organisation; it is not in force until confirmed."""
    check_may_write(by, action)
    row = Engagement(
        action=action,
        organisation=organisation,
        quoi=pledge.quoi,
        quantite=pledge.quantite,
        unite=pledge.unite,
        pour_le=pledge.pour_le,
        contact=pledge.contact,
    )
    clean(row)
    row.save(force_insert=True)
    record_event(row, by=by, at=now, commentaire="Engagement proposé")
    return row


@transaction.atomic
def confirm(*, by: User | str, commitment: Engagement, now: datetime) -> Engagement:
    """Confirm a commitment by its organisation: from now on it is in force.

    Here and below, `by` is a member of the organisation, or the address of the mailbox that
    committed, once its link proved it.
    """
    row = _locked(commitment)
    _check_answers(by, row)
    if row.etat != EtatEngagement.PROPOSE:
        raise CooperationError(
            f"Cet engagement est déjà {row.get_etat_display().lower()} : il n'y a rien à confirmer."
        )
    row.etat, row.confirme_par, row.confirme_le = EtatEngagement.CONFIRME, _person(by), now
    row.save()
    record_event(row, by=_person(by), at=now, commentaire="Confirmé par l'organisation")
    return row


@transaction.atomic
def withdraw(*, by: User | str, commitment: Engagement, now: datetime, why: str = "") -> Engagement:
    """Withdraw a commitment by its organisation; it is kept in the history.

    What a mailbox takes back before it is in force was never published: no event tells it.
    """
    row = _locked(commitment)
    _check_answers(by, row)
    if row.etat not in (EtatEngagement.PROPOSE, EtatEngagement.CONFIRME):
        raise CooperationError("Cet engagement a déjà sa réponse : il ne se retire plus.")
    is_unpublished = row.organisation is None and row.etat == EtatEngagement.PROPOSE
    row.etat = EtatEngagement.RETIRE
    if is_unpublished:
        row.confirme_le = None
    row.save()
    if not is_unpublished:
        record_event(row, by=_person(by), at=now, commentaire=why or "Retiré par l'organisation")
    return row


@transaction.atomic
def report_on(
    *,
    by: User | str,
    commitment: Engagement,
    etat: EtatEngagement,
    now: datetime,
    preuve: str = "",
    commentaire: str = "",
) -> Engagement:
    """Record what became of a confirmed commitment; « tenu » needs a proof."""
    row = _locked(commitment)
    _check_answers(by, row)
    if row.etat not in ENGAGEMENT_CONFIRMED:
        raise CooperationError("Cet engagement n'est pas en vigueur : confirmez-le d'abord.")
    if etat not in ENGAGEMENT_ANSWERED:
        raise CooperationError("Dites s'il est tenu, tenu en partie ou non tenu.")
    if etat == EtatEngagement.TENU and not (preuve or row.preuve).strip():
        raise CooperationError("Un engagement tenu se montre : donnez une preuve (lien, compte).")
    row.etat, row.preuve = etat, preuve.strip() or row.preuve
    clean(row)
    row.save()
    record_event(row, by=_person(by), at=now, commentaire=commentaire)
    return row


def _check_answers(by: User | str, row: Engagement) -> None:
    """Raise unless `by` may answer for a commitment."""
    if not isinstance(by, str):
        check(by, Permission.COMMIT, row.organisation)
    elif row.organisation is not None or by.lower() != row.courriel.lower() or not by:
        raise CooperationError("Cet engagement est celui d'une autre adresse.")


def _person(by: User | str) -> User | None:
    return None if isinstance(by, str) else by


def _locked(commitment: Engagement) -> Engagement:
    return (
        Engagement.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=commitment.pk)
    )

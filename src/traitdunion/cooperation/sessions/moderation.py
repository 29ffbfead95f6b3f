"""Read, show, refuse, correct, withdraw and erase the words that people send.

Words that may not be read leave their row for the trace (`models.statements`): what the row then
holds is a placeholder.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from traitdunion.accounts.models import User
from traitdunion.accounts.permissions import Permission, check

from ..enums import PLACEHOLDERS, EtatEngagement, EtatPropos, Geste, Relecture
from ..models import (
    Annonce,
    Decision,
    Filtre,
    Idee,
    Moderation,
    Objection,
    RaisonFiltre,
    Regard,
    Seance,
    Situation,
    Statement,
)
from ..operations import CooperationError, clean, lock_rows, refuse_personal
from ..roadmap.published_words import ERASED, rewrite_commitment
from .names import names_in

SUGGESTED_REASONS = """Injure ou propos discriminatoire
Nomme ou met en cause une personne
Donne un numéro, une adresse ou une information de santé
Ne répond pas à la question posée
Publicité"""


def kind_of(row: Statement) -> str:
    return row._meta.model_name or ""


def words_of(row: Statement) -> dict[str, str]:
    """Return the words of a row, column by column."""
    return {name: getattr(row, name) for name in row.WORDS}


def has_to_wait(seance: Seance, words: Mapping[str, str]) -> bool:
    """Return whether the room may not see words before they are read."""
    if seance.relecture == Relecture.APRES:
        return bool(names_in(" ".join(words.values()), seance=seance))
    return seance.relecture == Relecture.AVANT


def keep_waiting(row: Statement, *, now: datetime) -> None:
    """Move the words of a new row to the trace until they are read, where the session asks it.

    Once the session is over, nobody watches what comes: it waits whatever was chosen. Call it in
    the transaction that wrote the row.
    """
    words = words_of(row)
    if has_to_wait(row.session, words) or not row.session.may_still_run(now):
        _trace(row, Geste.ATTENDRE, mots=words, by=None, now=now)
        _replace(row, EtatPropos.ATTENTE)


def hidden_words(row: Statement) -> dict[str, str]:
    """Return the words that left a row and may be shown again; empty where they were erased."""
    last = Moderation.objects.filter(sorte=kind_of(row), numero=row.pk).exclude(mots={}).last()
    return dict(last.mots) if last is not None else {}


@transaction.atomic
def show(*, by: User, row: Statement, now: datetime) -> None:
    """Show words that waited or were refused."""
    row = _locked(by, row)
    if row.propos not in (EtatPropos.ATTENTE, EtatPropos.REFUSE):
        raise CooperationError("Ces mots ne sont ni en attente ni refusés : rien n'a changé.")
    _trace(row, Geste.MONTRER, by=by, now=now)
    _put_back(row, hidden_words(row))


@transaction.atomic
def refuse(*, by: User, row: Statement, motif: str, now: datetime) -> None:
    """Hide words for one of the reasons that the session published; their author reads which."""
    row = _locked(by, row)
    if motif not in row.session.refusal_reasons:
        raise CooperationError("Choisissez un des motifs de refus publiés pour cette séance.")
    if row.propos in (EtatPropos.RETIRE, EtatPropos.EFFACE):
        raise CooperationError("Ces mots sont déjà retirés : rien n'a changé.")
    words = words_of(row) if row.is_shown else {}
    _trace(row, Geste.REFUSER, motif=motif, mots=words, by=by, now=now)
    _replace(row, EtatPropos.REFUSE, motif=motif)


@transaction.atomic
def correct(*, by: User, row: Statement, words: Mapping[str, str], now: datetime) -> None:
    """Replace words by others, to mask a name for instance, and show them; the trace keeps both."""
    row = _locked(by, row)
    if row.propos in (EtatPropos.RETIRE, EtatPropos.EFFACE):
        raise CooperationError("Ces mots sont retirés : ils ne se corrigent plus.")
    corrected = {name: " ".join(words.get(name, "").split()) for name in row.WORDS}
    refuse_personal(" ".join(corrected.values()))
    former = words_of(row) if row.is_shown else {}
    _replace_in_gate(row, corrected)
    _replace_in_pledge(row, corrected.get("levier", ""))
    _trace(row, Geste.CORRIGER, mots=former, by=by, now=now)
    _put_back(row, corrected)


@transaction.atomic
def erase(*, by: User, row: Statement, motif: str, now: datetime) -> None:
    """Erase words everywhere, the trace included; the row stays, so that it is still counted."""
    row = _locked(by, row)
    _replace_in_gate(row, {"pourquoi": PLACEHOLDERS[EtatPropos.EFFACE]})
    _replace_in_pledge(row, ERASED)
    _erase(row)
    _trace(row, Geste.EFFACER, motif=motif[:300], by=by, now=now)
    _replace(row, EtatPropos.EFFACE)


@transaction.atomic
def withdraw(*, row: Statement, auteur: str, now: datetime) -> None:
    """Erase words at the wish of their author, known by the digest that only their phone gives."""
    lock_rows(row)
    row.refresh_from_db()
    if not auteur or row.auteur != auteur:
        raise CooperationError("Seul le téléphone d'où ces mots sont venus peut les retirer.")
    if row.propos in (EtatPropos.RETIRE, EtatPropos.EFFACE):
        raise CooperationError("Ces mots sont déjà retirés.")
    # Once confirmed, a commitment is that of its organisation, which withdraws it by itself.
    _replace_in_pledge(row, ERASED, only=(EtatEngagement.PROPOSE,))
    _erase(row)
    _trace(row, Geste.RETIRER, by=None, now=now)
    _replace(row, EtatPropos.RETIRE)


def statement(kind: str, key: int, *, seance: Seance) -> Statement | None:
    """Return a statement of a session; None where there is none."""
    rows = rows_of(seance).get(kind)
    return rows.filter(pk=key).first() if rows is not None else None


def rows_of(seance: Seance) -> dict[str, Any]:
    """Return the statements of a session by kind, as queries."""
    return {
        "idee": Idee.objects.filter(axe__seance=seance).select_related("axe__seance"),
        "regard": Regard.objects.filter(situation__seance=seance).select_related(
            "situation__seance"
        ),
        "annonce": Annonce.objects.filter(invite__seance=seance).select_related("invite__seance"),
        "objection": Objection.objects.filter(idee__axe__seance=seance).select_related(
            "idee__axe__seance"
        ),
        "situation": Situation.objects.filter(seance=seance).select_related("seance"),
        "decision": Decision.objects.filter(seance=seance).select_related("seance"),
        "raisonfiltre": RaisonFiltre.objects.filter(decision__seance=seance).select_related(
            "decision__seance"
        ),
    }


def waiting(seance: Seance) -> list[tuple[Statement, dict[str, str]]]:
    """Return what waits to be read, the oldest first, with its words."""
    return _with_words(seance, EtatPropos.ATTENTE)


def refused(seance: Seance) -> list[tuple[Statement, dict[str, str]]]:
    """Return what was refused, with its words, which may still be shown."""
    return _with_words(seance, EtatPropos.REFUSE)


def _with_words(seance: Seance, state: EtatPropos) -> list[tuple[Statement, dict[str, str]]]:
    words: dict[tuple[str, int], dict[str, str]] = {}
    for act in seance.moderations.exclude(mots={}):
        words[act.sorte, act.numero] = act.mots
    return [
        (row, words.get((kind, row.pk), {}))
        for kind, rows in rows_of(seance).items()
        for row in rows.filter(propos=state).order_by("pk")
    ]


def _locked(by: User, row: Statement) -> Statement:
    check(by, Permission.STEER, row.session.organisation)
    lock_rows(row)
    row.refresh_from_db()
    return row


def _trace(
    row: Statement,
    geste: Geste,
    *,
    by: User | None,
    now: datetime,
    motif: str = "",
    mots: Mapping[str, str] | None = None,
) -> None:
    Moderation.objects.create(
        seance=row.session,
        sorte=kind_of(row),
        numero=row.pk,
        geste=geste,
        motif=motif,
        mots=dict(mots or {}),
        par=by,
        le=now,
    )


def _replace(row: Statement, state: EtatPropos, *, motif: str = "") -> None:
    # Empty columns stay empty: a look without a lever must not seem to have one.
    for name in row.WORDS:
        if getattr(row, name):
            setattr(row, name, PLACEHOLDERS[state])
    row.propos, row.motif_refus = state, motif
    row.save_words()


def _put_back(row: Statement, words: Mapping[str, str]) -> None:
    for name, value in words.items():
        setattr(row, name, value)
    row.propos, row.motif_refus = EtatPropos.MONTRE, ""
    clean(row)
    row.save_words()


def _erase(row: Statement) -> None:
    Moderation.objects.filter(sorte=kind_of(row), numero=row.pk).update(mots={})


def _replace_in_gate(row: Statement, words: Mapping[str, str]) -> None:
    """Replace words that a decision froze in the gate itself, where they still stand."""
    if not isinstance(row, RaisonFiltre):
        return
    former = words_of(row) if row.is_shown else hidden_words(row)
    gate = Filtre.objects.filter(idee=row.idee_id, critere=row.critere, **former)
    if former:
        gate.update(pourquoi=words["pourquoi"])


def _replace_in_pledge(
    row: Statement, lever: str, *, only: Collection[EtatEngagement] = tuple(EtatEngagement)
) -> None:
    """Replace the lever of a look in the commitment that it became, where its words still stand."""
    if not isinstance(row, Regard) or row.engagement is None or row.engagement.etat not in only:
        return
    former = words_of(row) if row.is_shown else hidden_words(row)
    if former and row.engagement.quoi == former["levier"]:
        rewrite_commitment(row.engagement, {"quoi": lever or ERASED})

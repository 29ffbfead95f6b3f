"""Writes of a session as it runs: ideas, opinions, gates, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import (
    Avis,
    CollegeDeclare,
    Critere,
    Lien,
    Reponse,
    ResultatDecision,
    RoleSalle,
    Source,
)
from ..models import AccesSalle, AvisIdee, Axe, Decision, Filiation, Filtre, Idee, Seance
from ..operations import CooperationError, clean, lock_rows, refuse_personal
from . import moderation
from .deliberation import carry_dots, keep_reasons, sheet_of
from .room_links import check_room

MAX_LINES = 200


@transaction.atomic
def add_idea(
    *, axe: Axe, texte: str, now: datetime, cle: str | None = None, auteur: str = ""
) -> Idee:
    """Record an anonymous idea sent from a phone. Raises CooperationError.

    `cle`: drawn by the phone; an idea sent twice with it is kept once. `auteur`: digest of the
    phone, by which it follows what becomes of its words.
    """
    _refuse_if_closed(axe.seance, now)
    known = Idee.objects.filter(cle=cle).first() if cle else None
    if known is not None:
        return known
    try:
        with transaction.atomic():
            idea = _idea(axe, texte, Source.TELEPHONE, now, cle=cle or None, auteur=auteur)
            moderation.keep_waiting(idea, now=now)
            return idea
    except IntegrityError:
        # Sent twice at once: the other one was kept while this one waited.
        return Idee.objects.get(cle=cle)


@transaction.atomic
def note_table(
    *,
    by: User | AccesSalle,
    axe: Axe,
    table: int | None,
    lines: Sequence[str],
    now: datetime,
) -> list[Idee]:
    """Record the ideas of a table as its scribe takes them, one a line; all of them or none.

    A line already noted for this axe and this table is left out: sending twice changes nothing.
    """
    check_room(by, RoleSalle.SCRIBE, axe.seance, now=now)
    texts = [" ".join(line.split()) for line in lines if line.strip()]
    if not texts:
        raise CooperationError("Aucune idée à enregistrer : écrivez-en une par ligne.")
    if len(texts) > MAX_LINES:
        raise CooperationError(
            f"{len(texts)} lignes d'un coup : envoyez-en {MAX_LINES} au plus à la fois."
        )
    lock_rows(axe)
    known = set(axe.idees.filter(table=table).values_list("texte", flat=True))
    fresh = [line for line in dict.fromkeys(texts) if line not in known]
    return [_idea(axe, line, Source.TABLE, now, table) for line in fresh]


def _idea(
    axe: Axe,
    texte: str,
    source: Source,
    now: datetime,
    table: int | None = None,
    cle: str | None = None,
    auteur: str = "",
) -> Idee:
    texte = " ".join(texte.split())
    refuse_personal(texte)
    idea = Idee(axe=axe, texte=texte, source=source, table=table, dite_le=now, auteur=auteur)
    clean(idea)
    idea.cle = cle
    idea.save(force_insert=True)
    return idea


def _refuse_if_closed(seance: Seance, now: datetime) -> None:
    if not seance.is_open_at(now):
        raise CooperationError("Cette séance ne prend pas de contribution en ce moment.")


@transaction.atomic
def give_opinion(
    *, idea: Idee, voix: str, college: CollegeDeclare, avis: Avis, now: datetime
) -> AvisIdee:
    """Record the opinion of a voice on an idea; the last one given replaces the former."""
    _refuse_if_closed(idea.axe.seance, now)
    if not voix:
        raise CooperationError(
            "Ce téléphone n'a pas de voix : il n'y en a pas plus que de présents. Voyez l'accueil."
        )
    if not idea.is_shown:
        raise CooperationError("Cette idée n'est pas montrée : rechargez la page.")
    if idea.suites.exists():
        raise CooperationError("Cette idée en est devenue une autre : donnez votre avis sur elle.")
    row, _ = AvisIdee.objects.update_or_create(
        idee=idea, voix=voix, defaults={"college": college, "avis": avis}
    )
    return row


@transaction.atomic
def merge_ideas(*, by: User, ideas: Sequence[Idee], texte: str, now: datetime) -> Idee:
    """Merge ideas of one axe into one that replaces them; they are kept."""
    if len({idea.pk for idea in ideas}) < 2:
        raise CooperationError("Choisissez au moins deux idées à regrouper.")
    axe = ideas[0].axe
    if any(idea.axe_id != axe.pk for idea in ideas):
        raise CooperationError("Ces idées sont de plusieurs axes : regroupez-les axe par axe.")
    return _born_of(by, axe, ideas, [texte], Lien.FUSION, now)[0]


@transaction.atomic
def split_idea(*, by: User, idea: Idee, texts: Sequence[str], now: datetime) -> list[Idee]:
    """Split an idea into several that replace it; it is kept."""
    texts = [text for text in texts if text.strip()]
    if len(texts) < 2:
        raise CooperationError("Pour séparer une idée, écrivez-en au moins deux, une par ligne.")
    return _born_of(by, idea.axe, [idea], texts, Lien.SCISSION, now)


def _born_of(
    by: User, axe: Axe, parents: Sequence[Idee], texts: Sequence[str], lien: Lien, now: datetime
) -> list[Idee]:
    check(by, Permission.STEER, axe.seance.organisation)
    lock_rows(*parents)
    if any(not parent.is_shown for parent in parents):
        raise CooperationError("Une de ces idées n'est pas montrée : relisez-la d'abord.")
    if Filiation.objects.filter(parent__in=[parent.pk for parent in parents]).exists():
        raise CooperationError(
            "Une de ces idées en est déjà devenue une autre : rechargez la page."
        )
    born = [_idea(axe, text, Source.REGROUPEMENT, now) for text in texts]
    for child in born:
        for parent in parents:
            Filiation.objects.create(enfant=child, parent=parent, lien=lien)
    carry_dots(parents=parents, children=born, lien=lien)
    return born


@transaction.atomic
def assess(
    *, by: User, idea: Idee, answers: Mapping[Critere, tuple[Reponse, str]], now: datetime
) -> None:
    """Record how an idea passes the gates: answer and reason, which only « oui » does without."""
    check(by, Permission.STEER, idea.axe.seance.organisation)
    mute = [
        critere.label
        for critere, (reponse, why) in answers.items()
        if reponse != Reponse.OUI and not why.strip()
    ]
    if mute:
        raise CooperationError(f"Dites pourquoi : {', '.join(mute)}.")
    for critere, (reponse, why) in answers.items():
        Filtre.objects.update_or_create(
            idee=idea, critere=critere, defaults={"reponse": reponse, "pourquoi": why.strip()}
        )
    record(
        by=by, organisation=idea.axe.seance.organisation, action=Did.MODIFIER, target=idea, at=now
    )


@dataclass(frozen=True)
class Taken:
    """What was decided: in which words, how and by whom, and when it is looked at again.

    `remplace`: the decision of the same session that this one replaces.
    """

    texte: str
    methode: str
    par: str
    resultat: ResultatDecision
    prise_le: date
    revue_le: date | None = None
    remplace: Decision | None = None


@transaction.atomic
def decide(
    *, by: User, seance: Seance, ideas: Sequence[Idee], taken: Taken, now: datetime
) -> Decision:
    """Record a decision about ideas of a session; frozen from then on, with what carried it."""
    check(by, Permission.STEER, seance.organisation)
    if not ideas:
        raise CooperationError("Une décision porte sur au moins une idée : choisissez-la.")
    if any(idea.axe.seance_id != seance.pk for idea in ideas):
        raise CooperationError("Une de ces idées est d'une autre séance.")
    if any(not idea.is_shown for idea in ideas):
        raise CooperationError("Une de ces idées n'est pas montrée : relisez-la d'abord.")
    if taken.remplace is not None and taken.remplace.seance_id != seance.pk:
        raise CooperationError("La décision à remplacer est d'une autre séance.")
    row = Decision(
        seance=seance,
        texte=taken.texte,
        methode=taken.methode,
        par=taken.par,
        resultat=taken.resultat,
        prise_le=taken.prise_le,
        revue_le=taken.revue_le,
        remplace=taken.remplace,
        fiche=sheet_of(seance, ideas),
    )
    clean(row)
    row.save(force_insert=True)
    row.idees.set(ideas)
    keep_reasons(row, ideas)
    record(by=by, organisation=seance.organisation, action=Did.CREER, target=row, at=now)
    return row

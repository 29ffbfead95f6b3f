"""Writes of cooperation: keyword-only, one transaction, permission checked, trace left."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from .enums import (
    ENGAGEMENT_ANSWERED,
    Avis,
    CollegeDeclare,
    Critere,
    EtatAction,
    EtatEngagement,
    EtatSeance,
    Lien,
    Reponse,
    ResultatDecision,
    Source,
)
from .models import (
    Action,
    AvisIdee,
    Axe,
    Decision,
    Engagement,
    Evenement,
    Filiation,
    Filtre,
    Idee,
    Seance,
)
from .rows import kept

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
MOST_LINES = 200
# What looks like a telephone number, an e-mail address or a social-security number.
PERSONAL = re.compile(r"(?:\d[ .-]?){9,}|[\w.+-]+@[\w-]+\.\w+")


class CooperationError(ValueError):
    """What was asked cannot be done; the message says why and what to do, in French."""


def draw_code() -> str:
    """A code that one can read aloud: no letter or figure looks like another."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def hold(*rows: models.Model) -> None:
    """Have whoever changes these rows at the same time wait for the end of this transaction.

    SQLite has one writer at a time; PostgreSQL has many, which do not see what the others write.
    """
    for row in sorted(rows, key=lambda one: one.pk):
        type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)


@transaction.atomic
def change_state(*, by: User, seance: Seance, etat: EtatSeance, now: datetime) -> None:
    """Prepare, open or end a session; only an open one takes ideas and opinions."""
    check(by, Permission.STEER, seance.organisation)
    seance.etat = etat
    seance.save(update_fields=["etat"])
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)


# -- ideas and opinions --------------------------------------------------------------------------


@transaction.atomic
def say(*, axe: Axe, texte: str, now: datetime, cle: str | None = None) -> Idee:
    """An idea from a phone, by nobody in particular. Raises CooperationError.

    `cle`: drawn by the phone; an idea sent twice with it is kept once.
    """
    _refuse_if_closed(axe.seance)
    known = Idee.objects.filter(cle=cle).first() if cle else None
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _idea(axe, texte, Source.TELEPHONE, now, cle=cle or None)
    except IntegrityError:
        # Sent twice at once: the other one was kept while this one waited.
        return Idee.objects.get(cle=cle)


@transaction.atomic
def note_table(
    *, by: User, axe: Axe, table: int | None, lines: Sequence[str], now: datetime
) -> list[Idee]:
    """Ideas of a table as its scribe takes them, one a line; all of them or none.

    A line already noted for this axe and this table is left out: sending twice changes nothing.
    """
    check(by, Permission.STEER, axe.seance.organisation)
    said = [" ".join(line.split()) for line in lines if line.strip()]
    if not said:
        raise CooperationError("Aucune idée à enregistrer : écrivez-en une par ligne.")
    if len(said) > MOST_LINES:
        raise CooperationError(
            f"{len(said)} lignes d'un coup : envoyez-en {MOST_LINES} au plus à la fois."
        )
    hold(axe)
    known = set(axe.idees.filter(table=table).values_list("texte", flat=True))
    fresh = [line for line in dict.fromkeys(said) if line not in known]
    return [_idea(axe, line, Source.TABLE, now, table) for line in fresh]


def _idea(
    axe: Axe,
    texte: str,
    source: Source,
    now: datetime,
    table: int | None = None,
    cle: str | None = None,
) -> Idee:
    texte = " ".join(texte.split())
    refuse_personal(texte)
    idea = Idee(axe=axe, texte=texte, source=source, table=table, dite_le=now)
    clean(idea)
    idea.cle = cle
    idea.save(force_insert=True)
    return idea


def refuse_personal(texte: str) -> None:
    """Raise CooperationError where a text holds a telephone number, an address or the like."""
    if PERSONAL.search(texte):
        raise CooperationError(
            f"« {texte[:60]} » contient un numéro ou une adresse. Retirez ce qui désigne une "
            "personne, puis envoyez de nouveau."
        )


def clean(row: Any) -> None:
    """Refuse what the columns or the constraints of a row refuse. Raises CooperationError."""
    try:
        row.full_clean(validate_constraints=True)
    except ValidationError as wrong:
        raise CooperationError(" ".join(wrong.messages)) from wrong


def _refuse_if_closed(seance: Seance) -> None:
    if not seance.is_open:
        raise CooperationError("Cette séance ne prend pas de contribution en ce moment.")


@transaction.atomic
def give_opinion(*, idea: Idee, voix: str, college: CollegeDeclare, avis: Avis) -> AvisIdee:
    """Opinion of a phone on an idea; the last one given replaces the former."""
    _refuse_if_closed(idea.axe.seance)
    if idea.suites.exists():
        raise CooperationError("Cette idée en est devenue une autre : donnez votre avis sur elle.")
    row, _ = AvisIdee.objects.update_or_create(
        idee=idea, voix=voix, defaults={"college": college, "avis": avis}
    )
    return row


@transaction.atomic
def merge_ideas(*, by: User, ideas: Sequence[Idee], texte: str, now: datetime) -> Idee:
    """One idea made of several, of one axe, which it replaces; they are kept."""
    if len({idea.pk for idea in ideas}) < 2:
        raise CooperationError("Choisissez au moins deux idées à regrouper.")
    axe = ideas[0].axe
    if any(idea.axe_id != axe.pk for idea in ideas):
        raise CooperationError("Ces idées sont de plusieurs axes : regroupez-les axe par axe.")
    return _born_of(by, axe, ideas, [texte], Lien.FUSION, now)[0]


@transaction.atomic
def split_idea(*, by: User, idea: Idee, texts: Sequence[str], now: datetime) -> list[Idee]:
    """Several ideas made of one, which they replace; it is kept."""
    texts = [text for text in texts if text.strip()]
    if len(texts) < 2:
        raise CooperationError("Pour séparer une idée, écrivez-en au moins deux, une par ligne.")
    return _born_of(by, idea.axe, [idea], texts, Lien.SCISSION, now)


def _born_of(
    by: User, axe: Axe, parents: Sequence[Idee], texts: Sequence[str], lien: Lien, now: datetime
) -> list[Idee]:
    check(by, Permission.STEER, axe.seance.organisation)
    hold(*parents)
    if Filiation.objects.filter(parent__in=[parent.pk for parent in parents]).exists():
        raise CooperationError(
            "Une de ces idées en est déjà devenue une autre : rechargez la page."
        )
    born = [_idea(axe, text, Source.REGROUPEMENT, now) for text in texts]
    for child in born:
        for parent in parents:
            Filiation.objects.create(enfant=child, parent=parent, lien=lien)
    return born


@transaction.atomic
def assess(
    *, by: User, idea: Idee, answers: Mapping[Critere, tuple[Reponse, str]], now: datetime
) -> None:
    """How an idea passes the gates: answer and why, which only « oui » does without."""
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


@transaction.atomic
def decide(
    *,
    by: User,
    seance: Seance,
    ideas: Sequence[Idee],
    texte: str,
    methode: str,
    par: str,
    resultat: ResultatDecision,
    prise_le: date,
    now: datetime,
    revue_le: date | None = None,
    remplace: Decision | None = None,
) -> Decision:
    """Record what was decided about ideas of a session; frozen from then on.

    `remplace`: the decision of this session that this one replaces.
    """
    check(by, Permission.STEER, seance.organisation)
    if not ideas:
        raise CooperationError("Une décision porte sur au moins une idée : choisissez-la.")
    if any(idea.axe.seance_id != seance.pk for idea in ideas):
        raise CooperationError("Une de ces idées est d'une autre séance.")
    if remplace is not None and remplace.seance_id != seance.pk:
        raise CooperationError("La décision à remplacer est d'une autre séance.")
    row = Decision(
        seance=seance,
        texte=texte,
        methode=methode,
        par=par,
        resultat=resultat,
        prise_le=prise_le,
        revue_le=revue_le,
        remplace=remplace,
    )
    clean(row)
    row.save(force_insert=True)
    row.idees.set(ideas)
    record(by=by, organisation=seance.organisation, action=Did.CREER, target=row, at=now)
    return row


# -- actions and commitments ---------------------------------------------------------------------


def _told(row: Action | Engagement) -> dict[str, Any]:
    """What an event keeps of a row: plain values, as JSON has them."""
    encoder = DjangoJSONEncoder()
    plain = (bool, int, float, str, list, type(None))
    values = {name: getattr(row, name) for name in row.TOLD}
    return {
        name: value if isinstance(value, plain) else encoder.default(value)
        for name, value in values.items()
    }


def happened(
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
        contenu=_told(row),
        changement=changement,
    )


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
    """A new action of the roadmap; it comes from a decision that retains it, or from another."""
    check(by, Permission.STEER, axe.seance.organisation)
    if decision is not None and decision.resultat != ResultatDecision.RETENUE:
        raise CooperationError("Cette décision ne retient rien : une action n'en peut venir.")
    if parent is not None and parent.parent_id is not None:
        raise CooperationError("Une sous-action n'a pas de sous-action : rattachez-la à l'action.")
    action = Action(axe=axe, titre=titre, decision=decision, parent=parent, **columns)
    clean(action)
    action.save(force_insert=True)
    happened(action, by=by, at=now, commentaire="Action créée")
    return action


@transaction.atomic
def follow(
    *, by: User, action: Action, now: datetime, commentaire: str = "", **changes: Any
) -> Evenement:
    """Something happened to an action, which may change its state, its dates or what blocks it."""
    check(by, Permission.STEER, action.axe.seance.organisation)
    unknown = set(changes) - set(Action.TOLD)
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
    changed = {"avant": [before], "apres": [kept(action)]} if changes else None
    return happened(action, by=by, at=now, commentaire=commentaire, changement=changed)


@transaction.atomic
def propose_commitment(
    *,
    by: User,
    action: Action,
    organisation: Organisation,
    quoi: str,
    quantite: Decimal,
    unite: str,
    pour_le: date,
    now: datetime,
    contact: str = "",
) -> Engagement:
    """A commitment proposed to an organisation by those who steer; it is not in force."""
    check(by, Permission.STEER, action.axe.seance.organisation)
    row = Engagement(
        action=action,
        organisation=organisation,
        quoi=quoi,
        quantite=quantite,
        unite=unite,
        pour_le=pour_le,
        contact=contact,
    )
    clean(row)
    row.save(force_insert=True)
    happened(row, by=by, at=now, commentaire="Engagement proposé")
    return row


@transaction.atomic
def confirm(*, by: User, commitment: Engagement, now: datetime) -> Engagement:
    """The organisation itself takes the commitment: from now on it is in force."""
    row = _locked(commitment)
    check(by, Permission.COMMIT, row.organisation)
    if row.etat != EtatEngagement.PROPOSE:
        raise CooperationError(
            f"Cet engagement est déjà {row.get_etat_display().lower()} : il n'y a rien à confirmer."
        )
    row.etat, row.confirme_par, row.confirme_le = EtatEngagement.CONFIRME, by, now
    row.save()
    happened(row, by=by, at=now, commentaire="Confirmé par l'organisation")
    return row


@transaction.atomic
def withdraw(*, by: User, commitment: Engagement, now: datetime, why: str = "") -> Engagement:
    """The organisation does not, or no longer, take the commitment; it is kept in the history."""
    row = _locked(commitment)
    check(by, Permission.COMMIT, row.organisation)
    if row.etat not in (EtatEngagement.PROPOSE, EtatEngagement.CONFIRME):
        raise CooperationError("Cet engagement a déjà sa réponse : il ne se retire plus.")
    row.etat = EtatEngagement.RETIRE
    row.save()
    happened(row, by=by, at=now, commentaire=why or "Retiré par l'organisation")
    return row


@transaction.atomic
def report_on(
    *,
    by: User,
    commitment: Engagement,
    etat: EtatEngagement,
    now: datetime,
    preuve: str = "",
    commentaire: str = "",
) -> Engagement:
    """What became of a confirmed commitment, told by its organisation; « tenu » needs a proof."""
    row = _locked(commitment)
    check(by, Permission.COMMIT, row.organisation)
    if row.confirme_le is None or row.etat == EtatEngagement.RETIRE:
        raise CooperationError("Cet engagement n'est pas en vigueur : confirmez-le d'abord.")
    if etat not in ENGAGEMENT_ANSWERED:
        raise CooperationError("Dites s'il est tenu, tenu en partie ou non tenu.")
    if etat == EtatEngagement.TENU and not (preuve or row.preuve).strip():
        raise CooperationError("Un engagement tenu se montre : donnez une preuve (lien, compte).")
    row.etat, row.preuve = etat, preuve.strip() or row.preuve
    clean(row)
    row.save()
    happened(row, by=by, at=now, commentaire=commentaire)
    return row


def _locked(commitment: Engagement) -> Engagement:
    return (
        Engagement.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=commitment.pk)
    )

"""Writes of the statutory meetings; nothing changes once the minutes are approved."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from traitdunion import french
from traitdunion.accounts.checks import full_clean
from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import Visibilite
from ..models.committees import (
    Choix,
    Instance,
    Membre,
    NatureInstance,
    Occupant,
    Pouvoir,
    Presence,
    ProcesVerbal,
    Reunion,
    Scrutin,
    Suffrage,
)
from ..models.roadmap import Action
from ..operations import CooperationError, lock_rows
from ..roadmap.operations import record_event
from . import deliberation
from . import queries as committees
from .deliberation import Attendance
from .rules import RuleNotInForce, value_of

Came = tuple[Membre, Occupant, bool]


@transaction.atomic
def create_committee(
    *, by: User, organisation: Organisation, nature: NatureInstance, nom: str, now: datetime,
    slug: str = "", arrete: str = "", demonstration: bool = False,
) -> Instance:  # fmt: skip
    """Create a committee, whose secretariat an organisation holds. Raises CooperationError."""
    check(by, Permission.STEER, organisation)
    slug = slug or _free_slug(nom)
    row = Instance(
        slug=slug, nature=nature, nom=nom, organisation=organisation, arrete=arrete,
        demonstration=demonstration,
    )  # fmt: skip
    return _kept(row, by, organisation, Did.CREER, now)


@transaction.atomic
def publish(*, by: User, instance: Instance, visibilite: Visibilite, now: datetime) -> None:
    """Set who sees a committee."""
    check(by, Permission.STEER, instance.organisation)
    instance.visibilite = visibilite
    instance.save(update_fields=["visibilite"])
    record(by=by, organisation=instance.organisation, action=Did.PUBLIER, target=instance, at=now)


@transaction.atomic
def seat(*, by: User, instance: Instance, now: datetime, **fields: Any) -> Membre:
    """Create a seat, whose mandate is no longer than R5311-36 allows. Raises CooperationError."""
    check(by, Permission.STEER, instance.organisation)
    row = Membre(instance=instance, **fields)
    _refuse_wrong_mandate(row)
    return _kept(row, by, instance.organisation, Did.CREER, now)


@transaction.atomic
def change_seat(*, by: User, member: Membre, now: datetime, **fields: Any) -> None:
    """Correct a seat. What a vote counted does not change: a new holder is named from a day on."""
    check(by, Permission.STEER, member.instance.organisation)
    counted = [name for name in COUNTED if name in fields and fields[name] != getattr(member, name)]
    if counted and member.presences.exists():
        raise CooperationError(
            "Ce siège a déjà été compté dans une réunion : son collège, ses voix et le début du "
            "mandat ne changent plus. Nommez plutôt un successeur à partir d'un jour."
        )
    for name, value in fields.items():
        setattr(member, name, value)
    _refuse_wrong_mandate(member)
    _clean(member)
    member.save()
    _record_seat(by, member, Did.MODIFIER, now)


COUNTED = ("college", "voix", "preside", "preponderante", "mandat_du")


@transaction.atomic
def end_mandate(*, by: User, member: Membre, vacant_le: date, now: datetime) -> None:
    """Record that a seat falls vacant before the end of its term (R5311-36).

    Raises CooperationError.
    """
    check(by, Permission.STEER, member.instance.organisation)
    if member.mandat_au is None:
        raise CooperationError(
            "Ce siège va avec une fonction, sans mandat : changez le nom de qui l'occupe."
        )
    if vacant_le > member.mandat_au:
        raise CooperationError(f"Le mandat finit de lui-même le {member.mandat_au:%d/%m/%Y}.")
    sat = member.presences.filter(reunion__tenue_le__gte=vacant_le).exists()
    if sat:
        raise CooperationError("Ce siège a été compté dans une réunion tenue ce jour-là ou après.")
    member.vacant_le = vacant_le
    _clean(member)
    member.save()
    _record_seat(by, member, Did.MODIFIER, now)


@transaction.atomic
def name_successor(
    *, by: User, member: Membre, mandat_du: date, now: datetime, **fields: Any
) -> Any:
    """Create the seat of a successor for what is left of the term: same college and votes.

    Raises CooperationError where the seat is not vacant, or already has a successor.
    """
    check(by, Permission.STEER, member.instance.organisation)
    if member.vacant_le is None:
        raise CooperationError("Dites d'abord depuis quel jour ce siège est vacant.")
    if Membre.objects.filter(succede_a=member).exists():
        raise CooperationError("Un successeur est déjà nommé pour ce siège.")
    if not member.vacant_le <= mandat_du <= member.mandat_au:
        raise CooperationError(
            f"Le successeur siège entre le {member.vacant_le:%d/%m/%Y}, jour de la vacance, et le "
            f"{member.mandat_au:%d/%m/%Y}, fin du mandat à courir (R5311-36)."
        )
    kept = {name: getattr(member, name) for name in ("instance", "college", "siege", "voix")}
    row = Membre(
        **kept, **fields, mandat_du=mandat_du, mandat_au=member.mandat_au, succede_a=member
    )
    return _kept(row, by, member.instance.organisation, Did.CREER, now)


def _refuse_wrong_mandate(row: Membre) -> None:
    if row.mandat_au is not None and row.mandat_du is None:
        raise CooperationError("Un mandat qui finit a un début : dites depuis quel jour.")
    if row.mandat_du is not None:
        _refuse_too_long(row)


def _refuse_too_long(row: Membre) -> None:
    begun = row.mandat_du
    try:
        n_years = int(value_of("duree_du_mandat_annees", on=begun))
    except RuleNotInForce:
        return
    month, day = begun.month, begun.day
    if (month, day) == (2, 29):
        month, day = 3, 1
    last = date(begun.year + n_years, month, day)
    if row.mandat_au is None or row.mandat_au > last:
        raise CooperationError(
            f"Un mandat dure {n_years} ans, renouvelable (R5311-36) : celui-ci finit au plus tard "
            f"le {last:%d/%m/%Y}."
        )


@transaction.atomic
def call_meeting(
    *, by: User, instance: Instance, now: datetime, actions: Sequence[Action] = (), **columns: Any
) -> Reunion:
    """Create a meeting with its agenda, on which actions of the roadmap may stand.

    Raises CooperationError.
    """
    check(by, Permission.STEER, instance.organisation)
    titles = [line.strip() for line in columns.pop("ordre_du_jour", "").splitlines()]
    titles += [str(action) for action in actions if str(action) not in titles]
    row = Reunion(instance=instance, ordre_du_jour="\n".join(titles), **columns)
    if not row.points:
        raise CooperationError("Une convocation porte un ordre du jour : un point par ligne.")
    meeting: Reunion = _kept(row, by, instance.organisation, Did.CREER, now)
    meeting.actions.set(actions)
    return meeting


@transaction.atomic
def call_again(*, by: User, first: Reunion, now: datetime, **columns: Any) -> Reunion:
    """Create the second meeting of one that met no quorum: same agenda, no quorum asked.

    Raises CooperationError unless the first was held, its attendance noted and its quorum missed:
    R5311-40 asks for a quorum that "is not reached", which no one knows before.
    """
    check(by, Permission.STEER, first.instance.organisation)
    if not _has_begun(first, now):
        raise CooperationError(
            "Cette réunion n'a pas encore eu lieu : on convoque de nouveau une fois le quorum "
            "manqué."
        )
    if first.presences_notees_le is None:
        raise CooperationError(
            "Notez d'abord les présences de cette réunion, même si personne n'est venu."
        )
    if committees.quorum_of(first).deliberates:
        raise CooperationError("Cette réunion délibère : il n'y a pas à convoquer de nouveau.")
    if Reunion.objects.filter(premiere=first).exists():
        raise CooperationError("Cette réunion a déjà été convoquée de nouveau.")
    if columns["tenue_le"] <= first.tenue_le:
        raise CooperationError("La seconde réunion se tient après la première.")
    row = Reunion(
        instance=first.instance, premiere=first, ordre_du_jour=first.ordre_du_jour,
        sans_quorum_annonce=True, **columns,
    )  # fmt: skip
    meeting: Reunion = _kept(row, by, first.instance.organisation, Did.CREER, now)
    meeting.actions.set(first.actions.all())
    return meeting


def _has_begun(meeting: Reunion, now: datetime) -> bool:
    return meeting.tenue_le <= timezone.localdate(now)


@transaction.atomic
def note_attendance(
    *, by: User, meeting: Reunion, came: Sequence[Came], proxies: Mapping[Membre, Membre],
    now: datetime,
) -> None:  # fmt: skip
    """Replace who is there and the proxies; all or nothing.

    People arrive and leave between votes: a vote keeps who was there when it was taken, so that a
    later change leaves its result alone. Refuses, all at once and in French, what R5311-43 does
    not allow, and a meeting still to come.
    """
    _may_write(by, meeting)
    _refuse_before(meeting, now)
    _refuse_strangers(meeting, [seat for seat, _, _ in came])
    mute = [seat.siege for seat, who, _ in came if who == Occupant.SUPPLEANT and not seat.suppleant]
    if mute:
        raise CooperationError(f"Aucun suppléant n'est nommé pour {', '.join(mute)}.")
    kept_proxies = {str(giver.pk): str(holder.pk) for giver, holder in proxies.items()}
    there = {
        who: frozenset(str(seat.pk) for seat, present_as, _ in came if present_as == who)
        for who in Occupant
    }
    attendance = Attendance(there[Occupant.TITULAIRE], there[Occupant.SUPPLEANT], kept_proxies)
    refused = deliberation.refused_proxies(
        committees.seats_of(meeting), attendance, on=meeting.tenue_le
    )
    if refused:
        names = {str(proxy.pk): proxy.siege for proxy in proxies}
        raise CooperationError(
            " ".join(f"Pouvoir de {names[giver]} : {why}." for giver, why in refused)
        )
    meeting.presences.all().delete()
    meeting.pouvoirs.all().delete()
    for member, who, remote in dict.fromkeys(came):
        Presence.objects.create(reunion=meeting, membre=member, occupant=who, a_distance=remote)
    for giver, holder in proxies.items():
        Pouvoir.objects.create(reunion=meeting, donne_par=giver, porte_par=holder)
    meeting.presences_notees_le = now
    meeting.save(update_fields=["presences_notees_le"])
    _record(by, meeting, meeting, Did.MODIFIER, now)


@transaction.atomic
def record_vote(
    *,
    by: User,
    meeting: Reunion,
    question: str,
    ballots: Mapping[Membre, Choix],
    now: datetime,
    action: Action | None = None,
) -> Scrutin:
    """Record a vote with its ballots, one for each seat that votes.

    action: the action of the agenda that the vote adopts; its thread keeps the result.
    Raises CooperationError.
    """
    _may_write(by, meeting)
    _refuse_before(meeting, now)
    quorum = committees.quorum_of(meeting)
    if not quorum.deliberates:
        raise CooperationError(f"{quorum.why} ({quorum.rule.article})")
    if action is not None and not meeting.actions.filter(pk=action.pk).exists():
        raise CooperationError("Cette action n'est pas à l'ordre du jour de la réunion.")
    sheet = committees.sheet_of(committees.attendance_of(meeting))
    row = Scrutin(reunion=meeting, question=question, action=action, feuille=sheet)
    return _recorded(row, by, ballots, now)


@transaction.atomic
def correct_vote(
    *, by: User, vote: Scrutin, ballots: Mapping[Membre, Choix], why: str, now: datetime
) -> Scrutin:
    """Replace the ballots of a vote typed wrong, until the minutes are approved.

    The wrong vote stays, cancelled with its reason; the new one counts those who were there then.
    Raises CooperationError.
    """
    cancel_vote(by=by, vote=vote, why=why, now=now)
    row = Scrutin(
        reunion=vote.reunion, question=vote.question, action=vote.action, feuille=vote.feuille,
        remplace=vote,
    )  # fmt: skip
    return _recorded(row, by, ballots, now)


@transaction.atomic
def cancel_vote(*, by: User, vote: Scrutin, why: str, now: datetime) -> None:
    """Cancel a vote, with a reason that the minutes state. Raises CooperationError."""
    _may_write(by, vote.reunion)
    vote.refresh_from_db()
    if vote.annule_le is not None:
        raise CooperationError("Ce vote est déjà annulé : rechargez la page.")
    vote.annule_le, vote.annule_pour = now, why.strip()
    if not vote.annule_pour:
        raise CooperationError("Dites pourquoi ce vote est annulé : le procès-verbal le reprend.")
    _clean(vote)
    vote.save()
    if vote.action is not None:
        is_public = vote.reunion.instance.visibilite == Visibilite.PUBLIQUE
        words = f"Vote annulé : {vote.annule_pour}" if is_public else "Vote d'un comité : annulé."
        record_event(vote.action, by=by, at=now, commentaire=words)
    _record(by, vote.reunion, vote, Did.MODIFIER, now)


def _recorded(row: Scrutin, by: User, ballots: Mapping[Membre, Choix], now: datetime) -> Scrutin:
    """Save a vote and its ballots, and the result in the thread of its action."""
    meeting = row.reunion
    allowed = {member.pk for member in committees.voters(meeting, committees.attendance_at(row))}
    others = [member.siege for member in ballots if member.pk not in allowed]
    if others:
        raise CooperationError(f"Sans voix ou absents, ils ne votent pas : {', '.join(others)}.")
    if not ballots:
        raise CooperationError("Notez au moins un vote.")
    _clean(row)
    row.save(force_insert=True)
    for member, choix in ballots.items():
        Suffrage.objects.create(scrutin=row, membre=member, choix=choix)
    if row.action is not None:
        record_event(row.action, by=by, at=now, commentaire=_in_the_thread(row))
    _record(by, meeting, row, Did.CREER, now)
    return row


def _in_the_thread(vote: Scrutin) -> str:
    """Return the words on a vote for the thread of its action, which may be public.

    Only a public committee is named there, with its counts: the roadmap may be published later.
    """
    result = committees.result_of(vote)
    if vote.reunion.instance.visibilite != Visibilite.PUBLIQUE:
        return f"Vote d'un comité : {committees.verdict_in_words(result)}."
    return f"{vote.reunion} : {committees.result_in_words(result)}"


def _refuse_before(meeting: Reunion, now: datetime) -> None:
    """Raise CooperationError where the day of a meeting has not come."""
    if not _has_begun(meeting, now):
        raise CooperationError(
            f"La réunion est le {french.day(meeting.tenue_le)} : présences et votes se notent à "
            "partir de ce jour."
        )


@transaction.atomic
def write_minutes(*, by: User, meeting: Reunion, texte: str, now: datetime) -> ProcesVerbal:
    """Write the draft of the minutes, as often as needed until they are approved."""
    _may_write(by, meeting)
    row = ProcesVerbal.objects.filter(reunion=meeting).first() or ProcesVerbal(reunion=meeting)
    row.texte, row.redige_le = texte, now
    _clean(row)
    row.save()
    _record(by, meeting, row, Did.MODIFIER, now)
    return row


@transaction.atomic
def approve_minutes(
    *, by: User, meeting: Reunion, approuve_le: date, approuve_par: str, now: datetime
) -> ProcesVerbal:
    """Approve the minutes: they keep what was computed, and nothing changes any more."""
    _may_write(by, meeting)
    row = ProcesVerbal.objects.filter(reunion=meeting).first()
    if row is None:
        raise CooperationError("Écrivez le procès-verbal avant de l'approuver.")
    if not meeting.tenue_le <= approuve_le <= timezone.localdate(now):
        raise CooperationError("L'approbation est d'un jour entre la réunion et aujourd'hui.")
    row.approuve_le, row.approuve_par = approuve_le, approuve_par
    row.constats = committees.record_in_words(meeting)
    _clean(row)
    row.save()
    _record(by, meeting, row, Did.MODIFIER, now)
    return row


def _may_write(by: User, meeting: Reunion) -> None:
    check(by, Permission.STEER, meeting.instance.organisation)
    lock_rows(meeting)
    if ProcesVerbal.objects.filter(reunion=meeting).exclude(approuve_le=None).exists():
        raise CooperationError("Le procès-verbal est approuvé : cette réunion ne change plus.")
    if meeting.annulee_le is not None:
        raise CooperationError("Cette réunion est annulée : rien ne s'y note.")


def _refuse_strangers(meeting: Reunion, members: Sequence[Membre]) -> None:
    known = {member.pk for member in committees.members_on(meeting.instance, meeting.tenue_le)}
    others = [member.siege for member in members if member.pk not in known]
    if others:
        raise CooperationError(f"Sans mandat ce jour-là dans ce comité : {', '.join(others)}.")


def _clean(row: Any) -> None:
    try:
        full_clean(row)
    except ValidationError as wrong:
        raise CooperationError(" ".join(wrong.messages)) from wrong


def _kept(row: Any, by: User, organisation: Organisation, did: Did, now: datetime) -> Any:
    _clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=organisation, action=did, target=row, at=now)
    return row


def _free_slug(nom: str) -> str:
    stem = slugify(nom)[:54] or "comite"
    n = 1
    while Instance.objects.filter(pk=stem if n == 1 else f"{stem}-{n}").exists():
        n += 1
    return stem if n == 1 else f"{stem}-{n}"


def _record_seat(by: User, member: Membre, did: Did, now: datetime) -> None:
    record(by=by, organisation=member.instance.organisation, action=did, target=member, at=now)


def _record(by: User, meeting: Reunion, target: Any, did: Did, now: datetime) -> None:
    record(by=by, organisation=meeting.instance.organisation, action=did, target=target, at=now)

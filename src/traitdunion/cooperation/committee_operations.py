"""Writes of the statutory meetings; nothing changes once the minutes are approved."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from . import committees, deliberation
from .committee_rules import RuleNotInForce, value_of
from .deliberation import Attendance
from .models.committees import (
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
from .operations import CooperationError, hold

Came = tuple[Membre, Occupant, bool]


@transaction.atomic
def create_committee(
    *, by: User, organisation: Organisation, nature: NatureInstance, nom: str, now: datetime,
    slug: str = "", arrete: str = "", demonstration: bool = False,
) -> Instance:  # fmt: skip
    """A committee, whose secretariat an organisation holds. Raises CooperationError."""
    check(by, Permission.STEER, organisation)
    slug = slug or _free_slug(nom)
    row = Instance(
        slug=slug, nature=nature, nom=nom, organisation=organisation, arrete=arrete,
        demonstration=demonstration,
    )  # fmt: skip
    return _kept(row, by, organisation, Did.CREER, now)


@transaction.atomic
def seat(*, by: User, instance: Instance, now: datetime, **told: Any) -> Membre:
    """A new seat; a mandate does not run longer than R5311-36 says. Raises CooperationError."""
    check(by, Permission.STEER, instance.organisation)
    row = Membre(instance=instance, **told)
    _refuse_wrong_mandate(row)
    return _kept(row, by, instance.organisation, Did.CREER, now)


@transaction.atomic
def change_seat(*, by: User, member: Membre, now: datetime, **told: Any) -> None:
    """Correct a seat. What a vote counted does not change: a new holder is named from a day on."""
    check(by, Permission.STEER, member.instance.organisation)
    counted = [name for name in COUNTED if name in told and told[name] != getattr(member, name)]
    if counted and member.presences.exists():
        raise CooperationError(
            "Ce siège a déjà été compté dans une réunion : son collège, ses voix et le début du "
            "mandat ne changent plus. Nommez plutôt un successeur à partir d'un jour."
        )
    for name, value in told.items():
        setattr(member, name, value)
    _refuse_wrong_mandate(member)
    _clean(member)
    member.save()
    _tell_of(by, member, Did.MODIFIER, now)


COUNTED = ("college", "voix", "preside", "preponderante", "mandat_du")


@transaction.atomic
def end_mandate(*, by: User, member: Membre, vacant_le: date, now: datetime) -> None:
    """The seat falls vacant before the end of its term (R5311-36). Raises CooperationError."""
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
    _tell_of(by, member, Did.MODIFIER, now)


@transaction.atomic
def name_successor(*, by: User, member: Membre, mandat_du: date, now: datetime, **told: Any) -> Any:
    """Who sits after a vacancy, for what is left of the term: the same seat, college and votes.

    Raises CooperationError where the seat is not vacant, or somebody was named already.
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
    row = Membre(**kept, **told, mandat_du=mandat_du, mandat_au=member.mandat_au, succede_a=member)
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
def call_meeting(*, by: User, instance: Instance, now: datetime, **told: Any) -> Reunion:
    """A first notice, with its agenda. Raises CooperationError."""
    check(by, Permission.STEER, instance.organisation)
    row = Reunion(instance=instance, **told)
    if not row.points:
        raise CooperationError("Une convocation porte un ordre du jour : un point par ligne.")
    return _kept(row, by, instance.organisation, Did.CREER, now)


@transaction.atomic
def call_again(*, by: User, first: Reunion, now: datetime, **told: Any) -> Reunion:
    """The second notice of a meeting that met no quorum: same agenda, no quorum asked."""
    check(by, Permission.STEER, first.instance.organisation)
    if committees.quorum_of(first).deliberates:
        raise CooperationError("Cette réunion délibère : il n'y a pas à convoquer de nouveau.")
    if Reunion.objects.filter(premiere=first).exists():
        raise CooperationError("Cette réunion a déjà été convoquée de nouveau.")
    if told["tenue_le"] <= first.tenue_le:
        raise CooperationError("La seconde réunion se tient après la première.")
    row = Reunion(
        instance=first.instance, premiere=first, ordre_du_jour=first.ordre_du_jour,
        sans_quorum_annonce=True, **told,
    )  # fmt: skip
    return _kept(row, by, first.instance.organisation, Did.CREER, now)


@transaction.atomic
def note_attendance(
    *, by: User, meeting: Reunion, came: Sequence[Came], proxies: Mapping[Membre, Membre],
    now: datetime,
) -> None:  # fmt: skip
    """Who is there and the proxies, instead of what was noted; all or nothing.

    Refuses, all at once and in French, what R5311-43 does not allow, and a change of attendance
    after a vote, which would change its result.
    """
    _may_write(by, meeting)
    if meeting.scrutins.exists():
        raise CooperationError("Un vote est noté : les présences et les pouvoirs ne changent plus.")
    _refuse_strangers(meeting, [one for one, _, _ in came])
    mute = [one.siege for one, who, _ in came if who == Occupant.SUPPLEANT and not one.suppleant]
    if mute:
        raise CooperationError(f"Aucun suppléant n'est nommé pour {', '.join(mute)}.")
    told = {str(giver.pk): str(holder.pk) for giver, holder in proxies.items()}
    there = {
        who: frozenset(str(one.pk) for one, said, _ in came if said == who) for who in Occupant
    }
    attendance = Attendance(there[Occupant.TITULAIRE], there[Occupant.SUPPLEANT], told)
    refused = deliberation.refused_proxies(
        committees.seats_of(meeting), attendance, on=meeting.tenue_le
    )
    if refused:
        names = {str(one.pk): one.siege for one in proxies}
        raise CooperationError(
            " ".join(f"Pouvoir de {names[giver]} : {why}." for giver, why in refused)
        )
    meeting.presences.all().delete()
    meeting.pouvoirs.all().delete()
    for member, who, remote in dict.fromkeys(came):
        Presence.objects.create(reunion=meeting, membre=member, occupant=who, a_distance=remote)
    for giver, holder in proxies.items():
        Pouvoir.objects.create(reunion=meeting, donne_par=giver, porte_par=holder)
    _tell(by, meeting, meeting, Did.MODIFIER, now)


@transaction.atomic
def record_vote(
    *, by: User, meeting: Reunion, question: str, ballots: Mapping[Membre, Choix], now: datetime
) -> Scrutin:
    """A vote with its ballots, one for each seat that votes. Raises CooperationError."""
    _may_write(by, meeting)
    told = committees.quorum_of(meeting)
    if not told.deliberates:
        raise CooperationError(f"{told.why} ({told.rule.article})")
    allowed = {one.pk for one in committees.voters(meeting)}
    others = [one.siege for one in ballots if one.pk not in allowed]
    if others:
        raise CooperationError(f"Sans voix ou absents, ils ne votent pas : {', '.join(others)}.")
    if not ballots:
        raise CooperationError("Notez au moins un vote.")
    row = Scrutin(reunion=meeting, question=question)
    _clean(row)
    row.save(force_insert=True)
    for member, choix in ballots.items():
        Suffrage.objects.create(scrutin=row, membre=member, choix=choix)
    _tell(by, meeting, row, Did.CREER, now)
    return row


@transaction.atomic
def write_minutes(*, by: User, meeting: Reunion, texte: str, now: datetime) -> ProcesVerbal:
    """The draft of the minutes, as often as one wants until they are approved."""
    _may_write(by, meeting)
    row = ProcesVerbal.objects.filter(reunion=meeting).first() or ProcesVerbal(reunion=meeting)
    row.texte, row.redige_le = texte, now
    _clean(row)
    row.save()
    _tell(by, meeting, row, Did.MODIFIER, now)
    return row


@transaction.atomic
def approve_minutes(
    *, by: User, meeting: Reunion, approuve_le: date, approuve_par: str, now: datetime
) -> ProcesVerbal:
    """Approve the minutes: what was computed is written in them, and nothing changes any more."""
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
    _tell(by, meeting, row, Did.MODIFIER, now)
    return row


def _may_write(by: User, meeting: Reunion) -> None:
    check(by, Permission.STEER, meeting.instance.organisation)
    hold(meeting)
    if ProcesVerbal.objects.filter(reunion=meeting).exclude(approuve_le=None).exists():
        raise CooperationError("Le procès-verbal est approuvé : cette réunion ne change plus.")


def _refuse_strangers(meeting: Reunion, members: Sequence[Membre]) -> None:
    known = {one.pk for one in committees.members_on(meeting.instance, meeting.tenue_le)}
    others = [one.siege for one in members if one.pk not in known]
    if others:
        raise CooperationError(f"Sans mandat ce jour-là dans ce comité : {', '.join(others)}.")


def _clean(row: Any) -> None:
    try:
        row.full_clean(validate_constraints=True)
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


def _tell_of(by: User, member: Membre, did: Did, now: datetime) -> None:
    record(by=by, organisation=member.instance.organisation, action=did, target=member, at=now)


def _tell(by: User, meeting: Reunion, target: Any, did: Did, now: datetime) -> None:
    record(by=by, organisation=meeting.instance.organisation, action=did, target=target, at=now)

"""Writes of the clubs: a club, its meetings, what was recorded and promised there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import Organisation, User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check
from traitdunion.cooperation.operations import CooperationError, clean
from traitdunion.cooperation.roadmap.operations import Pledge
from traitdunion.cooperation.sessions.on_the_spot import wait_for_mailbox

from ..enums import UNITES, Bloc, Categorie, TypeEngagement
from ..errors import EmployersError
from ..models import Club, EngagementEmployeur, Rencontre
from .calendar_files import ReadMeeting
from .kit import DUREES_MIN

ANNOUNCED = ("titre", "tenue_le", "heure", "lieu", "publique")
"""A change of one of these is announced again to calendars that subscribe."""


@dataclass(frozen=True, slots=True)
class Record:
    """What an organiser records after a meeting. `minutes`: None where unknown."""

    held: bool
    minutes: int | None = None
    spoke: Sequence[Categorie] = ()
    ideas: str = ""


@transaction.atomic
def create_club(
    *,
    by: User,
    organisation: Organisation,
    nom: str,
    now: datetime,
    demonstration: bool = False,
    **columns: Any,
) -> Club:
    """Create a club, kept by its organisation."""
    check(by, Permission.KEEP_CLUBS, organisation)
    row = Club(
        slug=_free_slug(nom),
        nom=" ".join(nom.split()),
        organisation=organisation,
        demonstration=demonstration or organisation.demonstration,
        **columns,
    )
    _clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=organisation, action=Did.CREER, target=row, at=now)
    return row


@transaction.atomic
def correct_club(*, by: User, club: Club, values: Mapping[str, Any], now: datetime) -> Club:
    """Correct what a club says of itself, and the action that takes its commitments."""
    check(by, Permission.KEEP_CLUBS, club.organisation)
    for name, value in values.items():
        setattr(club, name, value)
    _clean(club)
    club.save()
    record(by=by, organisation=club.organisation, action=Did.MODIFIER, target=club, at=now)
    return club


@transaction.atomic
def announce(*, by: User, club: Club, now: datetime, **columns: Any) -> Rencontre:
    """Announce a meeting of a club."""
    check(by, Permission.KEEP_CLUBS, club.organisation)
    row = Rencontre(club=club, **columns)
    _clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=club.organisation, action=Did.CREER, target=row, at=now)
    return row


@transaction.atomic
def import_meetings(
    *, by: User, club: Club, meetings: Sequence[ReadMeeting], now: datetime
) -> tuple[int, int]:
    """Write the meetings of a calendar file, private until the club announces them.

    A meeting known by its identifier follows the file unless it was recorded or cancelled here.
    Return how many were created, and how many changed; the same file again writes nothing.
    """
    check(by, Permission.KEEP_CLUBS, club.organisation)
    Club.objects.select_for_update(of=("self",)).get(pk=club.pk)
    known = {row.uid: row for row in club.rencontres.exclude(uid="")}
    created = changed = 0
    for read in meetings:
        row = known.get(read.uid)
        values = {"titre": read.title, "tenue_le": read.on, "heure": read.at, "lieu": read.place}
        if row is None:
            if read.is_cancelled:
                continue
            row = Rencontre(club=club, uid=read.uid, **values)
            created += 1
        elif row.is_recorded or row.annulee_le is not None:
            continue
        else:
            same = all(getattr(row, name) == value for name, value in values.items())
            if same and not read.is_cancelled:
                continue
            for name, value in values.items():
                setattr(row, name, value)
            row.annulee_le = now if read.is_cancelled else None
            row.sequence += 1
            changed += 1
        _clean(row)
        row.save()
    if created or changed:
        record(by=by, organisation=club.organisation, action=Did.IMPORTER, target=club, at=now)
    return created, changed


@transaction.atomic
def correct_meeting(
    *, by: User, meeting: Rencontre, values: Mapping[str, Any], now: datetime
) -> Rencontre:
    """Correct a meeting; calendars that subscribe get its new version."""
    check(by, Permission.KEEP_CLUBS, meeting.club.organisation)
    row = _locked(meeting)
    _refuse_cancelled(row)
    changed = any(getattr(row, name) != values.get(name, getattr(row, name)) for name in ANNOUNCED)
    for name, value in values.items():
        setattr(row, name, value)
    row.sequence += changed
    _clean(row)
    row.save()
    record(by=by, organisation=row.club.organisation, action=Did.MODIFIER, target=row, at=now)
    return row


@transaction.atomic
def cancel(*, by: User, meeting: Rencontre, now: datetime) -> Rencontre:
    """Cancel a meeting; it stays in the calendar, marked so."""
    check(by, Permission.KEEP_CLUBS, meeting.club.organisation)
    row = _locked(meeting)
    _refuse_cancelled(row)
    if row.is_recorded:
        raise EmployersError("Cette rencontre a son compte rendu : elle ne s'annule plus.")
    row.annulee_le, row.sequence = now, row.sequence + 1
    row.save(update_fields=["annulee_le", "sequence"])
    record(by=by, organisation=row.club.organisation, action=Did.ANNULER, target=row, at=now)
    return row


@transaction.atomic
def plan_block(*, meeting: Rencontre, minutes: int | None, now: datetime) -> Rencontre:
    """Record by the link of the organiser that the item is on the agenda; None: not this time."""
    row = _locked(meeting)
    _refuse_cancelled(row)
    if row.tenue_le < timezone.localdate(now) or row.is_recorded:
        raise EmployersError("Cette rencontre est passée : dites plutôt ce qui s'y est fait.")
    if minutes is not None and minutes not in DUREES_MIN:
        raise EmployersError("Le temps dure 10, 20 ou 45 minutes.")
    row.bloc = Bloc.NON_PREVU if minutes is None else Bloc.PREVU
    row.duree_bloc = minutes
    row.save(update_fields=["bloc", "duree_bloc"])
    return row


@transaction.atomic
def record_meeting(*, meeting: Rencontre, outcome: Record, now: datetime) -> Rencontre:
    """Record by the link of the organiser what happened; again, it corrects what was recorded."""
    row = _locked(meeting)
    _refuse_cancelled(row)
    if row.tenue_le > timezone.localdate(now):
        raise EmployersError("Cette rencontre n'a pas encore eu lieu.")
    row.bloc = Bloc.TENU if outcome.held else Bloc.NON
    row.minutes = outcome.minutes if outcome.held else None
    row.paroles = sorted({category.value for category in outcome.spoke}) if outcome.held else []
    row.idees = outcome.ideas.strip()
    row.enregistree_le = now
    _clean(row)
    row.save()
    return row


@transaction.atomic
def promise(
    *,
    meeting: Rencontre,
    nature: TypeEngagement,
    entreprise: str,
    courriel: str,
    quantite: int,
    pour_le: date,
    site: str,
    now: datetime,
) -> EngagementEmployeur:
    """Write a commitment of an employer, which its mailbox confirms before it is published."""
    row = _locked(meeting)
    _refuse_cancelled(row)
    if row.club.action is None:
        raise EmployersError(
            "Le club n'a pas encore choisi l'action de la feuille de route qui reçoit les "
            "engagements : demandez à qui le tient."
        )
    if pour_le < timezone.localdate(now):
        raise EmployersError("L'échéance est passée : choisissez un jour à venir.")
    try:
        commitment = wait_for_mailbox(
            action=row.club.action,
            organisation=entreprise,
            courriel=courriel,
            where=str(row),
            site=site,
            now=now,
            pledge=Pledge(
                quoi=nature.label, quantite=Decimal(quantite), unite=UNITES[nature], pour_le=pour_le
            ),
        )
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused
    return EngagementEmployeur.objects.create(engagement=commitment, rencontre=row, nature=nature)


def _locked(meeting: Rencontre) -> Rencontre:
    rows = Rencontre.objects.select_for_update(of=("self",))
    return rows.select_related("club__organisation", "club__action").get(pk=meeting.pk)


def _refuse_cancelled(row: Rencontre) -> None:
    if row.annulee_le is not None:
        raise EmployersError("Cette rencontre est annulée : elle ne change plus.")


def _clean(row: Any) -> None:
    try:
        clean(row)
    except CooperationError as refused:
        raise EmployersError(str(refused)) from refused


def _free_slug(nom: str) -> str:
    slug = slugify(nom)[:50] or "club"
    taken = set(Club.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    free = (f"{slug}-{n}" for n in range(2, len(taken) + 3))
    return slug if slug not in taken else next(name for name in free if name not in taken)

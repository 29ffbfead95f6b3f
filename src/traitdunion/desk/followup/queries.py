"""Reads of the follow-up: the files of an organisation, who opened one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Q, When
from django.shortcuts import get_object_or_404

from traitdunion.accounts.models import Access, Organisation, User
from traitdunion.accounts.operations import hash_of

from ..enums import StatutOrientation
from ..models import AWAITED, AnswerLink, Orientation, Parcours, ParcoursQuerySet, SentMail

HEXADECIMAL = frozenset("0123456789ABCDEF")
LONGEST_REFERENCE = 8
LONGEST_INITIALS = Parcours._meta.get_field("initiales").max_length or 0
MAILS_SHOWN = 200
CLOSED_SHOWN = 100


@dataclass(frozen=True)
class Wanted:
    """Which files are looked for; `text` is initials or a reference, "" filters nothing."""

    text: str = ""
    mine: bool = False
    orphan: bool = False
    closed: bool = False


def files_of(organisation: Organisation, wanted: Wanted, *, user: User) -> ParcoursQuerySet:
    """Return the files of an organisation with their orientations, the last touched first."""
    rows = Parcours.objects.of(organisation).filter(closed_at__isnull=not wanted.closed)
    if wanted.mine:
        rows = rows.followed_by(user)
    if wanted.orphan:
        rows = rows.without_adviser()
    if text := _plain(wanted.text):
        named = Q(initiales=text) | Q(libelle__icontains=wanted.text.strip())
        rows = rows.filter(named if _are_initials(text) else named | _referenced(text))
    return rows.prefetch_related("followers__user", "orientations")


def files_by_reference(organisation: Organisation, text: str) -> ParcoursQuerySet:
    """Return the files whose reference begins so, without what identifies a person."""
    rows = Parcours.objects.of(organisation)
    if plain := _plain(text):
        rows = rows.filter(_referenced(plain))
    return rows.only("id", "opened_at", "touched_at", "closed_at")


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).upper()


def _are_initials(text: str) -> bool:
    """Return whether a text is initials and not the beginning of a reference: few letters alone."""
    return text.isalpha() and len(text) <= LONGEST_INITIALS


def _referenced(text: str) -> Q:
    """Filter keys that begin so: a range, which both databases find by their index."""
    if len(text) > LONGEST_REFERENCE or not set(text) <= HEXADECIMAL:
        return Q(pk__in=[])
    first, last = (UUID(text.ljust(32, sign)) for sign in "0F")
    return Q(pk__gte=first, pk__lte=last)


def organisation_of(pk: UUID, **_: object) -> Organisation:
    """Return the organisation that keeps the file of an address."""
    return get_object_or_404(Parcours.objects.select_related("organisation"), pk=pk).organisation


def accesses_to(parcours: Parcours) -> Sequence[Access]:
    """Return who opened or changed a file, the latest first."""
    rows = Access.objects.filter(target_type="parcours", target_id=str(parcours.pk))
    return list(rows.select_related("user"))


def orientation_of(pk: UUID, **_: object) -> Organisation:
    """Return the organisation that follows the person of an orientation."""
    rows = Orientation.objects.select_related("parcours__organisation")
    return get_object_or_404(rows, pk=pk).parcours.organisation


def addressee_of(pk: UUID, **_: object) -> Organisation:
    """Return the organisation of the structure that an orientation is addressed to."""
    rows = Orientation.objects.select_related("structure__organisation")
    row = get_object_or_404(rows.exclude(structure__organisation=None), pk=pk)
    return row.structure.organisation


def orientation_named(token: str, *, now: datetime) -> Orientation | None:
    """Return the orientation of a link that may still answer it."""
    links = AnswerLink.objects.open(now).filter(token_hash=hash_of(token))
    link = links.select_related(
        "orientation__parcours__organisation", "orientation__answer"
    ).first()
    return link.orientation if link else None


def accepted_request(token: str, *, now: datetime) -> Orientation | None:
    """Return the request that a structure accepted by this link, while it is useful to read."""
    links = AnswerLink.objects.readable(now).filter(token_hash=hash_of(token))
    link = links.select_related(
        "orientation__parcours__organisation", "orientation__structure", "orientation__answer"
    ).first()
    return link.orientation if link else None


def received_by(organisation: Organisation) -> tuple[list[Orientation], list[Orientation]]:
    """Return the orientations received by an organisation: those that wait, the latest others.

    Requests that were never sent are in neither.
    """
    rows = Orientation.objects.filter(structure__organisation=organisation)
    rows = rows.exclude(sent_at=None).filter(parcours__anonymised_at=None)
    rows = rows.select_related("parcours__organisation", "structure")
    open_first = Case(When(statut=StatutOrientation.OUVERTE, then=0), default=1)
    waiting = rows.awaited().order_by(open_first, "sent_at")
    others = rows.exclude(statut__in=AWAITED).order_by("-sent_at")[:CLOSED_SHOWN]
    return list(waiting), list(others)


def to_answer(organisation: Organisation) -> list[Orientation]:
    """Return the requests that the structures of an organisation have not answered yet."""
    rows = Orientation.objects.open().filter(structure__organisation=organisation)
    rows = rows.filter(parcours__anonymised_at=None)
    return list(rows.select_related("parcours__organisation").order_by("sent_at", "pk"))


def mails_of(organisation: Organisation) -> Sequence[SentMail]:
    """Return the latest messages sent about the files of an organisation."""
    of_one = Q(orientation__parcours__organisation=organisation)
    rows = SentMail.objects.filter(of_one | Q(organisation=organisation))
    return list(rows.select_related("orientation__parcours", "message")[:MAILS_SHOWN])


def to_moderate(organisation: Organisation) -> Sequence[Orientation]:
    """Return the orientations that wait for a moderator."""
    rows = Orientation.objects.filter(parcours__organisation=organisation)
    rows = rows.filter(statut=StatutOrientation.A_MODERER)
    return list(rows.select_related("parcours", "structure", "created_by"))

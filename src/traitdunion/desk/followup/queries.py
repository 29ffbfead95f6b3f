"""Reads of the follow-up: the files of an organisation, who opened one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404

from traitdunion.accounts.models import Access, Organisation, User

from ..models import Parcours, ParcoursQuerySet

HEXADECIMAL = frozenset("0123456789ABCDEF")
LONGEST_REFERENCE = 8


@dataclass(frozen=True)
class Wanted:
    """Which files are looked for; `text` is initials or a reference, "" filters nothing."""

    text: str = ""
    mine: bool = False
    closed: bool = False


def files_of(organisation: Organisation, wanted: Wanted, *, user: User) -> ParcoursQuerySet:
    """Files of an organisation, the last touched first."""
    rows = Parcours.objects.of(organisation).filter(closed_at__isnull=not wanted.closed)
    if wanted.mine:
        rows = rows.followed_by(user)
    if text := _plain(wanted.text):
        rows = rows.filter(Q(initiales=text) | _referenced(text))
    return rows.prefetch_related("followers__user")


def files_by_reference(organisation: Organisation, text: str) -> ParcoursQuerySet:
    """Files of an organisation whose reference begins so, and nothing of the people in them."""
    rows = Parcours.objects.of(organisation)
    if plain := _plain(text):
        rows = rows.filter(_referenced(plain))
    return rows.only("id", "opened_at", "touched_at", "closed_at")


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum()).upper()


def _referenced(text: str) -> Q:
    """Keys that begin so: a range, which both databases find by their index."""
    if len(text) > LONGEST_REFERENCE or not set(text) <= HEXADECIMAL:
        return Q(pk__in=[])
    first, last = (UUID(text.ljust(32, sign)) for sign in "0F")
    return Q(pk__gte=first, pk__lte=last)


def organisation_of(pk: UUID, **_: object) -> Organisation:
    """Organisation that keeps the file of an address."""
    return get_object_or_404(Parcours.objects.select_related("organisation"), pk=pk).organisation


def accesses_to(parcours: Parcours) -> Sequence[Access]:
    """Who opened or changed a file, the latest first."""
    rows = Access.objects.filter(target_type="parcours", target_id=str(parcours.pk))
    return list(rows.select_related("user"))

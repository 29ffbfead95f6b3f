"""Compose and keep the tables of a session, for those awaited then for those present."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q

from traitdunion.accounts.enums import Action as Did
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..enums import ReponseInvitation, Voisinage
from ..models import Contrainte, Invite, Place, Seance
from ..operations import CooperationError, clean
from .composition import Constraints, Guest, Mixing, compose, in_order, mixing, replan


@dataclass(frozen=True)
class Quality:
    """The mixing of a plan beside that of the list of guests cut in pieces, for the same people."""

    before: Mixing
    after: Mixing


@dataclass(frozen=True)
class Table:
    """A table at a round: who facilitates it, and who sits there."""

    number: int
    host: Invite | None
    guests: list[Invite]


def to_seat(seance: Seance, *, present_only: bool) -> list[Invite]:
    """Return those for whom a seat is kept, or those who came, in the order of the list."""
    rows = seance.invites.all()
    return list(rows.present() if present_only else rows.expected())


def as_guest(row: Invite) -> Guest:
    return Guest(str(row.pk), row.domaine or row.get_college_display(), row.college)


def constraints_of(seance: Seance) -> Constraints:
    """Return pairs kept apart or together; the facilitator of a table stays there."""
    rows = Contrainte.objects.filter(un__seance=seance)
    pairs = {
        sorte: tuple((str(row.un_id), str(row.autre_id)) for row in rows if row.sorte == sorte)
        for sorte in Voisinage
    }
    hosts = seance.invites.exclude(anime=None)
    return Constraints(
        apart=pairs[Voisinage.SEPARES],
        together=pairs[Voisinage.ENSEMBLE],
        fixed={str(row.pk): row.anime - 1 for row in hosts if row.anime is not None},
    )


@transaction.atomic
def compose_session(
    *,
    by: User,
    seance: Seance,
    rng: np.random.Generator,
    now: datetime,
    n_done: int = 0,
    present_only: bool = False,
) -> Quality:
    """Compose and keep the tables; the first `n_done` rounds took place and stay as they were.

    Raises CooperationError or CompositionError.
    """
    check(by, Permission.STEER, seance.organisation)
    rows = to_seat(seance, present_only=present_only)
    if not rows:
        raise CooperationError(
            "Personne n'est arrivé." if present_only else "Personne n'a répondu « oui »."
        )
    guests, constraints = [as_guest(row) for row in rows], constraints_of(seance)
    sizes: dict[str, Any] = {"n_tables": seance.n_tables, "rng": rng, "constraints": constraints}
    known = kept_rounds(seance)
    if known and len(known) == seance.n_manches:
        rounds = replan(known, present=guests, n_done=n_done, **sizes)
    else:
        rounds = compose(guests, n_rounds=seance.n_manches, **sizes)
    _keep(seance, rounds)
    record(by=by, organisation=seance.organisation, action=Did.MODIFIER, target=seance, at=now)
    return quality(guests, rounds, seance)


def quality(guests: list[Guest], rounds: list[dict[str, int]], seance: Seance) -> Quality:
    before = in_order(guests, n_tables=min(seance.n_tables, len(guests)), n_rounds=len(rounds))
    return Quality(mixing(guests, before), mixing(guests, rounds))


def quality_kept(seance: Seance) -> Quality | None:
    """Return the mixing of the plan that is kept; None where there is none."""
    rounds = kept_rounds(seance)
    if not rounds:
        return None
    seated = {key for seating in rounds for key in seating}
    guests = [as_guest(row) for row in seance.invites.filter(pk__in=seated)]
    return quality(guests, rounds, seance)


def kept_rounds(seance: Seance) -> list[dict[str, int]]:
    """Return the plan that is kept: tables from 0, guests by their key."""
    rounds: dict[int, dict[str, int]] = {}
    for guest, manche, table in Place.objects.filter(invite__seance=seance).values_list(
        "invite", "manche", "table"
    ):
        rounds.setdefault(manche, {})[str(guest)] = table - 1
    return [rounds[n] for n in sorted(rounds)]


def _keep(seance: Seance, rounds: Iterable[dict[str, int]]) -> None:
    Place.objects.filter(invite__seance=seance).delete()
    Place.objects.bulk_create(
        Place(invite_id=int(key), manche=n, table=table + 1)
        for n, seating in enumerate(rounds, start=1)
        for key, table in seating.items()
    )


def plan(seance: Seance) -> list[tuple[int, list[Table]]]:
    """Return each round with its tables, in order."""
    hosts = {row.anime: row for row in seance.invites.exclude(anime=None)}
    rounds: dict[int, dict[int, list[Invite]]] = {}
    for place in Place.objects.filter(invite__seance=seance).select_related("invite"):
        rounds.setdefault(place.manche, {}).setdefault(place.table, []).append(place.invite)
    return [
        (n, [Table(t, hosts.get(t), rounds[n][t]) for t in sorted(rounds[n])])
        for n in sorted(rounds)
    ]


def unseated(seance: Seance) -> list[Invite]:
    """Return those who come and are not in the plan, and those in it who do not come."""
    seated = Place.objects.filter(invite__seance=seance).values("invite")
    if not seated.exists():
        return []
    coming = Q(reponse=ReponseInvitation.OUI) | ~Q(arrive_le=None)
    lost = (coming & ~Q(pk__in=seated)) | (Q(pk__in=seated) & ~coming)
    return list(seance.invites.filter(lost))


@transaction.atomic
def constrain(*, by: User, un: Invite, autre: Invite, sorte: Voisinage) -> Contrainte:
    """Keep two guests of a session apart, or together."""
    check(by, Permission.STEER, un.seance.organisation)
    if un.seance_id != autre.seance_id:
        raise CooperationError("Ces deux personnes ne sont pas de la même séance.")
    first, second = sorted((un, autre), key=lambda row: row.pk)
    Contrainte.objects.filter(un=first, autre=second).delete()
    row = Contrainte(un=first, autre=second, sorte=sorte)
    clean(row)
    row.save(force_insert=True)
    return row

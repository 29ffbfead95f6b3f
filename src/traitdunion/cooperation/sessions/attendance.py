"""Count the people present by group: on the guests while they are named, then kept.

`present_by` counts, for those who run the session; `shown_of` is what others read: nothing while
people arrive, then counts that no correction moves by one to ten people.

A group is one of the domain, the college or the EPCI of a guest. Groups are never crossed, so that
no figure describes fewer people than one of these lists does.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from django.utils import timezone

from traitdunion.disclosure import is_small

from ..enums import CollegeDeclare
from ..models import PresenceComptee, PresencesPubliees, Seance
from ..models.guests import GroupePresence

UNTOLD = {
    GroupePresence.DOMAINE: "Domaine non renseigné",
    GroupePresence.COLLEGE: "Collège non renseigné",
    GroupePresence.EPCI: "Intercommunalité non renseignée",
}


def present_by(seance: Seance, groupe: GroupePresence) -> list[tuple[str, int]]:
    """Return the people present by domain, college or EPCI, the most numerous first."""
    counts = Counter(_named(seance, groupe))
    for row in seance.presences_comptees.all():
        if row.groupe == groupe:
            counts[row.nom] += row.nombre
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def n_present(seance: Seance) -> int:
    """Return the number of people present, named or already counted."""
    return sum(n for _, n in present_by(seance, GroupePresence.COLLEGE))


Counts = Mapping[str, Mapping[str, int]]
# Groups shown outside the room; the EPCI of people is not.
SHOWN_GROUPS = (GroupePresence.DOMAINE, GroupePresence.COLLEGE)


def shown_of(seance: Seance, *, on: date) -> Counts | None:
    """Return the counts by group that may be read on a day; None before the session is over.

    They are still to be protected: a group may count fewer than eleven people.
    """
    return read_of(seance) if seance.is_over(on) else None


def read_of(seance: Seance) -> Counts:
    """Return the counts by group that are read once the session is over."""
    kept = PresencesPubliees.objects.filter(seance=seance).first()
    return kept.comptes if kept is not None else _all_counts(seance)


@contextmanager
def corrected(seance: Seance, *, now: datetime) -> Iterator[None]:
    """Keep what is read as it was, around a change of arrivals once the session is over.

    What is read follows once no group differs by one to ten people.
    """
    if not seance.is_over(timezone.localdate(now)):
        yield
        return
    before = _all_counts(seance)
    row, _ = PresencesPubliees.objects.get_or_create(seance=seance, defaults={"comptes": before})
    yield
    after = _all_counts(seance)
    if all(_moves_by_elevens(row.comptes[group], after[group]) for group in SHOWN_GROUPS):
        row.comptes = after
        row.save(update_fields=["comptes"])


def _all_counts(seance: Seance) -> dict[str, dict[str, int]]:
    return {group.value: dict(present_by(seance, group)) for group in SHOWN_GROUPS}


def _moves_by_elevens(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """Return whether all groups grow, or all shrink, by no one or by eleven people at least."""
    moves = [after.get(name, 0) - before.get(name, 0) for name in set(before) | set(after)]
    one_way = all(n >= 0 for n in moves) or all(n <= 0 for n in moves)
    return one_way and not is_small(*map(abs, moves))


def is_counted(seance: Seance) -> bool:
    """Whether the names have gone and only counts are left."""
    return seance.presences_comptees.exists()


def _named(seance: Seance, groupe: GroupePresence) -> list[str]:
    values = seance.invites.present().values_list(groupe.value, flat=True)
    names = dict(CollegeDeclare.choices) if groupe == GroupePresence.COLLEGE else {}
    return [str(names.get(value, value)) or UNTOLD[groupe] for value in values]


def keep_counts(seance: Seance) -> None:
    """Write the counts of those still named; called in the transaction that deletes their names."""
    for groupe in GroupePresence:
        for nom, n in Counter(_named(seance, groupe)).items():
            row, is_new = PresenceComptee.objects.get_or_create(
                seance=seance, groupe=groupe, nom=nom, defaults={"nombre": n}
            )
            if not is_new:
                row.nombre += n
                row.save(update_fields=["nombre"])

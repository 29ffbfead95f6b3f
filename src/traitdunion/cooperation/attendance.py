"""How many people were present, by group: counted on the guests while they are named, then kept.

A group is one of the domain, the college or the EPCI of a guest. Groups are never crossed, so that
no figure tells of fewer people than one of these lists does.
"""

from collections import Counter

from .enums import CollegeDeclare
from .models import PresenceComptee, Seance
from .models.guests import GroupePresence

UNTOLD = {
    GroupePresence.DOMAINE: "Domaine non renseigné",
    GroupePresence.COLLEGE: "Collège non renseigné",
    GroupePresence.EPCI: "Intercommunalité non renseignée",
}


def present_by(seance: Seance, groupe: GroupePresence) -> list[tuple[str, int]]:
    """People present by domain, college or EPCI, the most numerous first."""
    found = Counter(_named(seance, groupe))
    for row in seance.presences_comptees.all():
        if row.groupe == groupe:
            found[row.nom] += row.nombre
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def n_present(seance: Seance) -> int:
    """People present, named or already counted."""
    return sum(n for _, n in present_by(seance, GroupePresence.COLLEGE))


def is_counted(seance: Seance) -> bool:
    """Whether the names have gone and only counts are left."""
    return seance.presences_comptees.exists()


def _named(seance: Seance, groupe: GroupePresence) -> list[str]:
    told = seance.invites.present().values_list(groupe.value, flat=True)
    names = dict(CollegeDeclare.choices) if groupe == GroupePresence.COLLEGE else {}
    return [str(names.get(one, one)) or UNTOLD[groupe] for one in told]


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

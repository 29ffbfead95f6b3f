"""What a convention opens, to whom, on which day: nothing else lets another organisation read."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils import timezone

from traitdunion.accounts.models import Membership, Organisation, User
from traitdunion.accounts.permissions import ROLES_OF, Permission

from ..enums import Acces
from ..models import Convention

NEEDS = {Acces.VIVIER: Permission.KEEP_SPEAKERS, Acces.DEMANDES: Permission.ASK_SITES}
"""What a reader has to be able to do in their own organisation."""
OPENS = {
    Acces.VIVIER: "statut, métiers, thèmes et jours de ceux qui acceptent d'être sollicités",
    Acces.DEMANDES: "nature, métier, jour et état des demandes, site par site",
}
CLOSED = {
    Acces.VIVIER: "nom choisi, commune, voiture, accords, lien, rencontres, témoignages",
    Acces.DEMANDES: "référence de la personne, précision, adresse du contact",
}


def convention_for(
    person: Any, organisation: Organisation, acces: Acces, *, on: date
) -> Convention | None:
    """Return the convention by which a person reads what another organisation keeps; else None.

    The person has to hold, in the organisation that received it, the permission that their own
    people need for the same thing.
    """
    if not isinstance(person, User) or not person.is_active:
        return None
    theirs = Membership.objects.filter(user=person, role__in=ROLES_OF[NEEDS[acces]])
    rows = Convention.objects.in_force(on).filter(
        de=organisation, acces=acces, vers__in=theirs.values("organisation")
    )
    return rows.order_by("pk").first()


def opened(acces: Acces) -> Callable[..., bool]:
    """Return the test of a page: whether a convention opens it to a person today."""

    def by_convention(person: Any, organisation: str, **_: object) -> bool:
        row = Organisation.objects.filter(pk=organisation).first()
        today = timezone.localdate()
        return row is not None and convention_for(person, row, acces, on=today) is not None

    return by_convention


def conventions_in_markdown() -> str:
    """Return the table of what each convention opens, for the page of the permissions."""
    lines = [
        "| Une convention sur | il faut, chez le lecteur | se lit | jamais |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {acces.label} | {NEEDS[acces].label} | {OPENS[acces]} | {CLOSED[acces]} |"
        for acces in Acces
    ]
    return "\n".join(lines)

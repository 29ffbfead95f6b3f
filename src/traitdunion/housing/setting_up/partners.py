"""Read the partners of a project and what they bring: pledged, signed, paid."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from ..enums import EtatApport
from ..ledger.accounts import euros_of
from ..models import Apport, PartenaireOfs, Projet


def partners_of(projet: Projet) -> QuerySet[PartenaireOfs]:
    """Return the partners with what they bring."""
    return projet.partenaires.prefetch_related("apports")


def totals_of(projet: Projet, partenaire: PartenaireOfs | None = None) -> list[tuple[str, Decimal]]:
    """Return the amounts pledged, signed and paid; what has no amount is in none."""
    rows = Apport.objects.filter(partenaire__projet=projet)
    if partenaire is not None:
        rows = rows.filter(partenaire=partenaire)
    sums = dict(rows.values_list("etat").annotate(n=Sum("montant_centimes")).order_by())
    return [(state.label, euros_of(sums.get(state.value) or 0)) for state in EtatApport]

"""Events of a lease outside a resale: recorded with their proof, each with the clock it starts.

Death and heirs (L.255-14), end of the lease and compensation (R.255-5), sale by an operator
(L.255-10-1, L.255-11-1), sale of premises for an activity (L.256-12, L.256-15), follow-up of
occupancy, insurance and letting (R.329-11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from traitdunion.accounts.enums import Action
from traitdunion.accounts.models import User
from traitdunion.accounts.operations import record
from traitdunion.accounts.permissions import Permission, check

from ..clocks import ClockRule, Counted, clock_rules, count
from ..enums import NatureBail, NatureFait
from ..errors import HousingError
from ..models import Bail, FaitBail
from .operations import clean
from .resales import rules_version

F = NatureFait
# Each clock: the event that starts it, those that stop it.
CLOCKS: tuple[tuple[str, NatureFait, tuple[NatureFait, ...]], ...] = (
    ("heritier", F.DECES, (F.CONJOINT, F.HERITIER_ELIGIBLE, F.HERITIER_VEND)),
    ("indemnisation", F.FIN, (F.INDEMNITE,)),
    ("info_avant_contrat", F.AVANT_CONTRAT, (F.TRANSMIS,)),
    ("agrement_operateur", F.TRANSMIS, (F.AGREE, F.REFUSE)),
    ("brsa_agrement", F.ACTIVITE_TRANSMISE, (F.ACTIVITE_AGREEE, F.ACTIVITE_REFUSEE)),
    ("brsa_designation", F.ACTIVITE_DEMANDE, (F.ACTIVITE_ACCORD,)),
)
NEEDS: dict[NatureFait, NatureFait] = {
    F.CONJOINT: F.DECES,
    F.HERITIER_ELIGIBLE: F.DECES,
    F.HERITIER_VEND: F.DECES,
    F.INDEMNITE: F.FIN,
    F.TRANSMIS: F.AVANT_CONTRAT,
    F.AGREE: F.TRANSMIS,
    F.REFUSE: F.TRANSMIS,
    F.ACTIVITE_AGREEE: F.ACTIVITE_TRANSMISE,
    F.ACTIVITE_REFUSEE: F.ACTIVITE_TRANSMISE,
    F.ACTIVITE_DEMANDE: F.ACTIVITE_REFUSEE,
    F.ACTIVITE_ACCORD: F.ACTIVITE_DEMANDE,
}
OF_OPERATORS = (F.AVANT_CONTRAT, F.TRANSMIS, F.AGREE, F.REFUSE)
OPERATORS = (NatureBail.ACCESSION, NatureBail.LOCATIF)
OF_ACTIVITY = (
    F.ACTIVITE_TRANSMISE, F.ACTIVITE_AGREEE, F.ACTIVITE_REFUSEE, F.ACTIVITE_DEMANDE,
    F.ACTIVITE_ACCORD,
)  # fmt: skip
OURS = frozenset({"indemnisation", "agrement_operateur", "brsa_agrement", "brsa_designation"})
"""Clocks that the organisme answers itself."""


@dataclass(frozen=True, slots=True)
class FactClock:
    """A clock of a lease; `stopped`: the event that answered it, None while it runs."""

    rule: str
    counted: Counted
    stopped: FaitBail | None

    @property
    def law(self) -> ClockRule:
        return clock_rules()[self.rule]

    @property
    def is_ours(self) -> bool:
        return self.rule in OURS


def clocks_of_facts(facts: Sequence[FaitBail]) -> list[FactClock]:
    """Return the clock that the last event of each kind started, with what answered it."""
    lines = []
    for rule, starts, stops in CLOCKS:
        begun = max((row for row in facts if row.nature == starts), key=_order, default=None)
        if begun is None:
            continue
        after = [row for row in facts if row.nature in stops and _order(row) > _order(begun)]
        lines.append(FactClock(rule, count(rule, begun.le), min(after, key=_order, default=None)))
    return lines


def _order(row: FaitBail) -> tuple[date, int]:
    return row.le, row.pk


@transaction.atomic
def record_fact(
    *, by: User, bail: Bail, nature: NatureFait, le: date, preuve: str, now: datetime
) -> FaitBail:
    """Record an event of a lease with its proof.

    Raises HousingError where what must come first is not recorded, is already answered, or where
    the lease is not that of an operator.
    """
    check(by, Permission.KEEP_LEASES, bail.organisation)
    Bail.objects.select_for_update(no_key=True).get(pk=bail.pk)
    if le > timezone.localdate(now):
        raise HousingError("Cette date n'est pas encore venue.")
    if nature in OF_OPERATORS and bail.nature not in OPERATORS:
        raise HousingError("Ce bail n'est pas celui d'un opérateur.")
    if nature in OF_ACTIVITY and bail.nature != NatureBail.ACTIVITE:
        raise HousingError("Ce bail n'est pas celui d'un local d'activité.")
    facts = list(FaitBail.objects.filter(bail=bail))
    if any(row.nature == nature and row.le == le for row in facts):
        raise HousingError(f"« {nature.label} » est déjà inscrit à cette date ; rien ne s'efface.")
    needed = NEEDS.get(nature)
    if needed is not None:
        _refuse_disorder(facts, nature, needed, le)
    row = FaitBail(
        bail=bail, nature=nature, le=le, preuve=preuve.strip(), regles=rules_version(), par=by,
        ecrit_le=now,
    )  # fmt: skip
    clean(row)
    row.save(force_insert=True)
    record(by=by, organisation=bail.organisation, action=Action.CREER, target=row, at=now)
    return row


def _refuse_disorder(
    facts: list[FaitBail], nature: NatureFait, needed: NatureFait, le: date
) -> None:
    begun = max((row for row in facts if row.nature == needed), key=_order, default=None)
    if begun is None:
        raise HousingError(f"Il manque d'abord : {needed.label.lower()}.")
    if le < begun.le:
        raise HousingError(f"Cette date précède « {needed.label.lower()} ».")
    answered = next(
        (line.stopped for line in clocks_of_facts(facts)
         if line.stopped is not None and line.stopped.nature in _rivals(nature)), None,
    )  # fmt: skip
    if answered is not None:
        raise HousingError(f"« {answered.get_nature_display()} » est déjà inscrit.")


def _rivals(nature: NatureFait) -> tuple[NatureFait, ...]:
    """Return the events of which one alone answers the same clock."""
    return next((stops for _, _, stops in CLOCKS if nature in stops), ())

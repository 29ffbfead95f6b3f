"""What weighs on a way to try because of the person: licence, zone, loan, conditions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..answer import Filtre, Finding, Verdict
from ..feasibility.candidates import FEMININE, Candidate
from ..feasibility.travels import VEHICLES, End
from ..offers import Offer
from ..situation import Situation, Vehicule
from . import needs
from .aids import Eligibility
from .conditions import EpciOf, asking_findings, loan_findings, permis_findings
from .limits import km_findings

SAME_COMMUNE = Finding(
    Verdict.SOUS_CONDITION,
    "Domicile et travail dans une même commune : le trajet est à mesurer d'une adresse à l'autre.",
    Filtre.ALLER,
)
PARKING = Finding(Verdict.SOUS_CONDITION, "Voiture à garer près de l'arrêt.", Filtre.CAPACITE)


OWN = {
    Vehicule.VELO: ("velo",),
    Vehicule.DEUX_ROUES: ("scooter",),
    Vehicule.VOITURE: ("voiture",),
    Vehicule.INCONNU: ("velo", "voiture"),
    Vehicule.AUCUN: (),
}
"""Vehicles that one has, or may have."""


@dataclass(frozen=True)
class Weighed(Candidate):
    """A way to try, with what weighs on it for a person whatever the hours."""

    findings: tuple[Finding, ...] = ()

    @cached_property
    def blocked(self) -> Finding | None:
        """Return the first that forbids it, whatever the hours."""
        forbids = [finding for finding in self.findings if finding.verdict == Verdict.NON]
        return min(forbids, key=lambda finding: finding.filtre.rank, default=None)


def owned(vehicule: Vehicule) -> tuple[str, ...]:
    """Return the vehicles that one is known to have."""
    return () if vehicule == Vehicule.INCONNU else OWN[vehicule]


def _with(candidate: Candidate, findings: Iterable[Finding]) -> Weighed:
    return Weighed(**vars(candidate), findings=tuple(findings))


def judged(
    candidates: Iterable[Candidate],
    situation: Situation,
    epci_of: EpciOf,
    eligibility: Eligibility,
) -> Iterator[Weighed]:
    """Yield candidates with what weighs on them for a person.

    A loan that the person cannot have is tried for the whole way alone: its reason is given once.
    """
    of_offers: dict[str, tuple[Finding, ...]] = {}
    everywhere: tuple[Finding, ...] = (SAME_COMMUNE,) if situation.is_within_one_commune else ()
    everywhere += needs.night_work(situation)
    for candidate in candidates:
        if needs.is_left_out(candidate, situation.needs):
            continue
        if candidate.offer is None:
            yield _with(candidate, (*_own_findings(candidate, situation), *everywhere))
            continue
        key = str(candidate.offer.id)
        if key not in of_offers:
            own = _findings_of(candidate, candidate.offer, situation, epci_of, eligibility)
            of_offers[key] = (*own, *everywhere)
        findings = of_offers[key]
        if candidate.travel.end == End.WHOLE and not candidate.is_asked:
            one_way = eligibility.rough.get("distance_aller_km")
            findings += tuple(km_findings(candidate.offer, situation, one_way))
        weighed = _with(candidate, findings)
        if not (
            weighed.blocked and candidate.travel.is_joined and candidate.travel.end != End.WHOLE
        ):
            yield weighed


def _findings_of(
    candidate: Candidate,
    offer: Offer,
    situation: Situation,
    epci_of: EpciOf,
    eligibility: Eligibility,
) -> list[Finding]:
    if candidate.is_asked or candidate.vehicle is None:
        return asking_findings(offer, situation, epci_of, eligibility)
    needed = str(offer.permis_requis or candidate.vehicle.permis)
    return loan_findings(offer, needed, situation, epci_of, eligibility)


def _own_findings(candidate: Candidate, situation: Situation) -> Iterator[Finding]:
    """Yield the licence that one's own vehicle takes, whether one has it, where it is left."""
    yield from needs.own_findings(candidate, situation.needs)
    if candidate.vehicle is None:
        return
    suspended = situation.needs.licence_suspended
    yield from permis_findings(candidate.vehicle.permis, situation.permis, suspended)
    if not candidate.certain and candidate.vehicle is not VEHICLES["marche"]:
        a = "une" if candidate.vehicle.name in FEMININE else "un"
        text = f"La personne a-t-elle {a} {candidate.vehicle.name} ?"
        yield Finding(Verdict.A_VERIFIER, text, Filtre.ELIGIBILITE)
    if candidate.parks:
        yield PARKING

"""The ways to try for a situation: one's own, public transport, lent vehicles, both joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from traitdunion import reach

from .access import EpciOf, asking_findings, loan_findings, permis_findings
from .aids import Eligibility
from .answer import Filtre, Finding, Verdict
from .offers import Offer, key_of, lends, routes_on_demand
from .situation import Permis, Situation, Vehicule
from .travels import TO_A_STOP, VEHICLES, End, Travel, Vehicle, vehicle

HALF = 0.5
FEMININE = frozenset({"voiture", "voiturette"})
OWN = {
    Vehicule.VELO: ("velo",),
    Vehicule.DEUX_ROUES: ("scooter",),
    Vehicule.VOITURE: ("voiture",),
    Vehicule.INCONNU: ("velo", "voiture"),
    Vehicule.AUCUN: (),
}
OWN_TITLES = {
    "marche": "À pied",
    "velo": "À vélo",
    "scooter": "En deux-roues motorisé",
    "voiture": "En voiture",
}


@dataclass(frozen=True)
class Candidate:
    """One way to try; `findings` weigh on it whatever the hours.

    `offer` lends the vehicle; without one it is the person's own. `certain`: worth a word when
    it fails (a vehicle that the person may not even have is not). `parks`: one's car, left at a
    stop to drive less, whatever the time.
    """

    key: str
    travel: Travel
    vehicle: Vehicle | None = None
    offer: Offer | None = None
    findings: tuple[Finding, ...] = ()
    certain: bool = True
    parks: bool = False

    @property
    def vehicle_label(self) -> str:
        """Name of the leg made by the vehicle: "Vélo prêté", "À vélo"."""
        if self.vehicle is None:
            return ""
        if self.offer is None:
            return self.vehicle.by[:1].upper() + self.vehicle.by[1:]
        lent = "prêtée" if self.vehicle.name in FEMININE else "prêté"
        return f"{self.vehicle.name[:1].upper()}{self.vehicle.name[1:]} {lent}"

    @property
    def fixed_title(self) -> str:
        """Title, where it does not depend on the lines taken."""
        if self.travel.is_public:
            return ""
        if self.offer is not None:
            return self.offer.nom
        return OWN_TITLES[self.key]

    @property
    def is_asked(self) -> bool:
        """True where the offer comes when it is asked for."""
        return bool(self.travel.routes)

    @property
    def blocked(self) -> Finding | None:
        """The first that forbids it, whatever the hours."""
        forbids = [found for found in self.findings if found.verdict == Verdict.NON]
        return min(forbids, key=lambda found: found.filtre.rank, default=None)


def own_ways(situation: Situation) -> Iterator[Candidate]:
    """On foot, and by the vehicle one has, or may have."""
    yield Candidate("marche", Travel(VEHICLES["marche"].mode, End.WHOLE), VEHICLES["marche"],
                    certain=False)  # fmt: skip
    certain = situation.vehicule != Vehicule.INCONNU
    for code in OWN[situation.vehicule]:
        yield _own(code, End.WHOLE, certain, situation.permis)


def public_ways(situation: Situation) -> Iterator[Candidate]:
    """Public transport on foot, then by one's own bicycle, to the stop or aboard."""
    yield Candidate("transports", Travel())
    if situation.vehicule == Vehicule.VELO:
        yield _own("velo", End.HOME, True, situation.permis)
        yield _own("velo", End.BOTH, True, situation.permis)


def parked_ways(situation: Situation, whole_m: float) -> Iterator[Candidate]:
    """One's car left at a stop within the first half of the way by road, of `whole_m` metres."""
    if situation.vehicule == Vehicule.VOITURE:
        own = _own("voiture", End.HOME, True, situation.permis)
        mode = replace(VEHICLES["voiture"].mode, max_m=whole_m * HALF)
        parking = Finding(
            Verdict.SOUS_CONDITION, "Voiture à garer près de l'arrêt.", Filtre.CAPACITE
        )
        yield replace(
            own,
            travel=replace(own.travel, mode=mode),
            findings=(*own.findings, parking),
            parks=True,
        )


def _own(code: str, end: End, certain: bool, permis: Permis) -> Candidate:
    known = VEHICLES[code]
    findings = permis_findings(known.permis, permis)
    if not certain:
        text = f"Dispose-t-on d'une {known.name} ?" if code in FEMININE else (
            f"Dispose-t-on d'un {known.name} ?")  # fmt: skip
        findings = [*findings, Finding(Verdict.A_VERIFIER, text, Filtre.ELIGIBILITE)]
    key = {End.WHOLE: code, End.BOTH: f"{code}-a-bord"}.get(end, f"{code}+transports")
    return Candidate(key, Travel(known.mode, end), known, None, tuple(findings), certain)


def lent_ways(
    offers: Sequence[Offer], situation: Situation, epci_of: EpciOf, eligibility: Eligibility
) -> Iterator[Candidate]:
    """Each vehicle lent, the whole way; then to a stop at either end where that makes sense."""
    for offer in filter(lends, offers):
        code = str(offer.mode)
        lent = vehicle(code, offer.distance_max_km)
        needed = str(offer.permis_requis or lent.permis)
        findings = tuple(loan_findings(offer, needed, situation, epci_of, eligibility))
        whole = Candidate(key_of(offer), Travel(lent.mode, End.WHOLE), lent, offer, findings)
        yield whole
        if code in TO_A_STOP and not whole.blocked:
            for end in (End.HOME, End.WORK):
                key = f"{key_of(offer)}+transports-{end.value}"
                yield Candidate(key, Travel(lent.mode, end), lent, offer, findings)


def asked_ways(
    offers: Sequence[Offer],
    situation: Situation,
    timetable: reach.Timetable,
    epci_of: EpciOf,
    eligibility: Eligibility,
) -> Iterator[Candidate]:
    """Each service on demand whose zones and windows the timetable knows, joined to the lines."""
    for offer in offers:
        routes = routes_on_demand(offer, timetable)
        if routes:
            findings = asking_findings(offer, situation, epci_of, eligibility)
            yield Candidate(key_of(offer), Travel(routes=routes), None, offer, tuple(findings))

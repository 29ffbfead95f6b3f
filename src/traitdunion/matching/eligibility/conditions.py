"""Whether this person may use this solution: zone, licence, delay, conditions; three-valued."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from traitdunion import french
from traitdunion.catalogue.areas import holds
from traitdunion.reach.calendar_days import monday_of

from ..answer import Filtre, Finding, Verdict
from ..offers import Offer, kind_of
from ..situation import Permis, Place, Situation
from . import availability, limits, needs
from .aids import Eligibility

EpciOf = Callable[[str], str | None]

SEVERITY = (Verdict.POSSIBLE, Verdict.SOUS_CONDITION, Verdict.A_VERIFIER, Verdict.NON)
LICENCES = {"aucun": 0, "am": 1, "b": 2}
HELD = {Permis.AUCUN: 0, Permis.AM: 1, Permis.B: 2}


SUSPENDED_B = Finding(Verdict.NON, "Permis suspendu ou retiré.", Filtre.BESOINS)
SUSPENDED_AM = Finding(
    Verdict.A_VERIFIER,
    "Permis suspendu ou retiré : la décision dit si ce véhicule reste permis.",
    Filtre.BESOINS,
)


def worst(findings: Sequence[Finding]) -> Verdict:
    """Return the gravest verdict; POSSIBLE when nothing weighs."""
    return max(
        (finding.verdict for finding in findings), key=SEVERITY.index, default=Verdict.POSSIBLE
    )


def loan_findings(
    offer: Offer,
    permis_needed: str,
    situation: Situation,
    epci_of: EpciOf,
    eligibility: Eligibility,
) -> list[Finding]:
    """Return all that weighs on a loan, gravest first."""
    findings = [
        *zone_findings(offer, situation, epci_of),
        *permis_findings(permis_needed, situation.permis, situation.needs.licence_suspended),
        *needs.offer_findings(offer, situation),
        *late_findings(offer, situation),
        Finding(Verdict.SOUS_CONDITION, availability.loan_text(offer), Filtre.CAPACITE),
        *availability.findings_of(offer, situation),
        *lasting_findings(offer),
        *limits.findings_of(offer, situation, None),
        *condition_findings(offer, eligibility, asked=licence_asked(permis_needed, situation)),
    ]
    return sorted(findings, key=lambda finding: -SEVERITY.index(finding.verdict))


def asking_findings(
    offer: Offer, situation: Situation, epci_of: EpciOf, eligibility: Eligibility
) -> list[Finding]:
    """Return all that weighs on a service that comes when asked, gravest first.

    Its zones and notice are the timetable's; that the home may use it is the catalogue's.
    """
    findings = [
        *zone_findings(offer, situation, epci_of, work_may_do=False),
        *permis_findings(offer.permis_requis, situation.permis, situation.needs.licence_suspended),
        *needs.offer_findings(offer, situation),
        *_asking(offer),
        *limits.findings_of(
            offer, situation, eligibility.rough.get("distance_aller_km"), timed=True
        ),
        *availability.findings_of(offer, situation),
        *condition_findings(offer, eligibility),
    ]
    return sorted(findings, key=lambda finding: -SEVERITY.index(finding.verdict))


def _asking(offer: Offer) -> list[Finding]:
    """Return what asking for it takes; a shuttle comes at its hours for anyone."""
    if kind_of(offer) == "navette":
        return []
    if kind_of(offer) == "covoiturage":
        text = f"Trajet régulier d'un conducteur : à convenir avec lui, {_seats(offer)}."
        return [Finding(Verdict.SOUS_CONDITION, text, Filtre.CAPACITE)]
    return [Finding(Verdict.SOUS_CONDITION, "Chaque trajet est à réserver.", Filtre.PREAVIS)]


def _seats(offer: Offer) -> str:
    seats = offer.places_covoiturage
    if not seats:
        return "selon ses places"
    return "une place déclarée" if seats == 1 else f"{seats} places déclarées"


def zone_findings(
    offer: Offer, situation: Situation, epci_of: EpciOf, *, work_may_do: bool = True
) -> list[Finding]:
    """Return whether the home is served; a lender of the place of work alone is worth a call."""
    served = covers(offer, situation.home, epci_of)
    held = is_held(offer, situation.home, epci_of)
    if held and offer.destination_dans_zone and is_outside(offer, situation.work, epci_of):
        text = "Lieu de travail hors de la zone, que ce service ne quitte pas."
        return [Finding(Verdict.NON, text, Filtre.ZONE)]
    if served is not False and drawn_around(offer, situation.home) is False:
        return [Finding(Verdict.NON, "Domicile hors de la zone desservie.", Filtre.ZONE)]
    if held:
        return []
    if served is None:
        return [Finding(Verdict.A_VERIFIER, "Zone desservie inconnue : à vérifier.", Filtre.ZONE)]
    if work_may_do and covers(offer, situation.work, epci_of):
        text = "Le service couvre le lieu de travail et non le domicile : à vérifier avec lui."
        return [Finding(Verdict.A_VERIFIER, text, Filtre.ZONE)]
    return [Finding(Verdict.NON, "Domicile hors de la zone du service.", Filtre.ZONE)]


def is_held(offer: Offer, home: Place, epci_of: EpciOf) -> bool:
    """Return True where its communes are known to hold a home, or else the areas drawn for it."""
    served = covers(offer, home, epci_of)
    return bool(served or (served is None and drawn_around(offer, home)))


def is_outside(offer: Offer, work: Place, epci_of: EpciOf) -> bool:
    """Return True where a place is known to lie outside its communes, or the areas drawn for it."""
    return covers(offer, work, epci_of) is False or drawn_around(offer, work) is False


def drawn_around(offer: Offer, place: Place) -> bool | None:
    """Return whether one of the areas drawn for the service holds a place.

    None where none is drawn.
    """
    if not offer.zones_service:
        return None
    return any(holds(geojson, place.lat, place.lon) for geojson in offer.zones_service)


def covers(offer: Offer, place: Place, epci_of: EpciOf) -> bool | None:
    """Return whether its areas hold a place.

    None if unknown, as is the région of a commune here.
    """
    if offer.zone_libre:
        return True
    areas, code = offer.zones, place.code_insee
    if not areas:
        return None
    if ("france", "FR") in areas:
        return True
    if not code:
        return None
    if areas & {("commune", code), ("departement", departement_of(code))}:
        return True
    epci = epci_of(code) if any(nature == "epci" for nature, _ in areas) else ""
    if ("epci", epci) in areas:
        return True
    in_doubt = epci is None or any(nature == "region" for nature, _ in areas)
    return None if in_doubt else False


def departement_of(code_insee: str) -> str:
    """Return the code of the département of a commune: "43112" → "43", "97411" → "974"."""
    return code_insee[:3] if code_insee.startswith("97") else code_insee[:2]


def permis_findings(needed: str, held: Permis, suspended: bool = False) -> list[Finding]:
    """Return the licence missing; `suspended`: none may be used, by a decision.

    Who was born before 1988 needs no AM licence (Code de la route, R. 211-2).
    """
    level = LICENCES.get(str(needed), 0)
    if level and suspended:
        return [SUSPENDED_B if level > 1 else SUSPENDED_AM]
    if level == 0 or HELD.get(held, -1) >= level:
        return []
    if held == Permis.INCONNU:
        return [
            Finding(
                Verdict.A_VERIFIER, f"Permis {str(needed).upper()} à confirmer.", Filtre.ELIGIBILITE
            )
        ]
    if level == 1:
        text = "Il faut le permis AM (ancien BSR), sauf pour qui est né avant 1988 : à vérifier."
        return [Finding(Verdict.A_VERIFIER, text, Filtre.ELIGIBILITE)]
    return [Finding(Verdict.NON, "Il faut le permis B.", Filtre.ELIGIBILITE)]


def late_findings(offer: Offer, situation: Situation) -> list[Finding]:
    """Return a delay that ends after the first day of work."""
    days = availability.delay_days(offer, situation.now.date())
    if not days:
        return []
    ready = situation.now.date() + timedelta(days=days)
    first = first_day(situation)
    if ready <= first:
        return []
    text = (
        f"Délai de {days} jour{french.plural(days)} : pas avant le {french.day(ready)}, "
        f"après le premier jour demandé ({french.day(first)})."
    )
    return [Finding(Verdict.SOUS_CONDITION, text, Filtre.CAPACITE)]


def first_day(situation: Situation) -> date:
    """Return the first day of the shift in the week asked for."""
    monday = monday_of(situation.week)
    return monday + timedelta(days=min(situation.shift.days))


def lasting_findings(offer: Offer) -> list[Finding]:
    """Return how long it may be kept."""
    if not offer.duree_max_jours:
        return []
    text = f"Prêt limité à {offer.duree_max_jours} jours : prévoir la suite."
    return [Finding(Verdict.SOUS_CONDITION, text, Filtre.CAPACITE)]


def booking_findings(offer: Offer) -> list[Finding]:
    """Notice to give before each trip (`booking_rules.txt` of GTFS-Flex)."""
    if offer.prior_notice_last_day is not None:
        when = offer.prior_notice_last_day
        day = {0: "le jour même", 1: "la veille"}.get(when, f"{when} jours avant")
        hour = offer.prior_notice_last_time
        at = f" à {french.clock(hour.hour * 3600 + hour.minute * 60)}" if hour else ""
        text = f"À réserver au plus tard {day}{at}."
    elif offer.prior_notice_duration_min:
        text = f"À réserver {french.duration_s(offer.prior_notice_duration_min * 60)} avant."
    else:
        return []
    return [Finding(Verdict.A_VERIFIER, text, Filtre.PREAVIS)]


def licence_asked(needed: str, situation: Situation) -> str:
    """Return "permis" where the licence is asked for already: its rule does not ask again."""
    is_asked = LICENCES.get(str(needed), 0) and situation.permis == Permis.INCONNU
    return "permis" if is_asked else ""


def condition_findings(offer: Offer, eligibility: Eligibility, *, asked: str = "") -> list[Finding]:
    """Return what its rule gives for the person.

    Without one, its conditions as the catalogue words them. `asked`: a criterion that is asked for
    already.
    """
    if offer.regle:
        return eligibility.findings(offer, asked=asked)
    text = (offer.conditions_acces or "").strip()
    if not text:
        return []
    return [Finding(Verdict.SOUS_CONDITION, f"Conditions d'accès : {text}", Filtre.ELIGIBILITE)]

"""Whether this person may use this solution: zone, licence, delay, conditions; three-valued."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from . import openness, wording
from .aids import Eligibility
from .answer import Filtre, Finding, Verdict
from .offers import Offer, areas_of, kind_of
from .situation import Permis, Place, Situation

EpciOf = Callable[[str], str | None]

SEVERITY = (Verdict.POSSIBLE, Verdict.SOUS_CONDITION, Verdict.A_VERIFIER, Verdict.NON)
LICENCES = {"aucun": 0, "am": 1, "b": 2}
HELD = {Permis.AUCUN: 0, Permis.AM: 1, Permis.B: 2}


def worst(findings: Sequence[Finding]) -> Verdict:
    """The gravest verdict; POSSIBLE when nothing weighs."""
    return max((found.verdict for found in findings), key=SEVERITY.index, default=Verdict.POSSIBLE)


def loan_findings(
    offer: Offer,
    permis_needed: str,
    situation: Situation,
    epci_of: EpciOf,
    eligibility: Eligibility,
) -> list[Finding]:
    """All that weighs on a loan, gravest first."""
    found = [
        *zone_findings(offer, situation, epci_of),
        *permis_findings(permis_needed, situation.permis),
        *late_findings(offer, situation),
        Finding(Verdict.SOUS_CONDITION, openness.loan_text(offer), Filtre.CAPACITE),
        *openness.findings_of(offer, situation),
        *lasting_findings(offer),
        *condition_findings(offer, eligibility),
    ]
    return sorted(found, key=lambda finding: -SEVERITY.index(finding.verdict))


def asking_findings(
    offer: Offer, situation: Situation, epci_of: EpciOf, eligibility: Eligibility
) -> list[Finding]:
    """All that weighs on a service that comes when asked, gravest first.

    Its zones and notice are the timetable's; that the home may use it is the catalogue's.
    """
    found = [
        *zone_findings(offer, situation, epci_of, work_may_do=False),
        *permis_findings(offer.permis_requis, situation.permis),
        *_asking(offer),
        *openness.findings_of(offer, situation),
        *condition_findings(offer, eligibility),
    ]
    return sorted(found, key=lambda finding: -SEVERITY.index(finding.verdict))


def _asking(offer: Offer) -> list[Finding]:
    """What asking for it takes; a shuttle comes at its hours whoever asks."""
    if kind_of(offer) == "navette":
        return []
    if kind_of(offer) == "covoiturage":
        text = f"Trajet régulier d'un conducteur : à convenir avec lui, {_seats(offer)}."
        return [Finding(Verdict.SOUS_CONDITION, text, Filtre.CAPACITE)]
    return [Finding(Verdict.SOUS_CONDITION, "Chaque trajet est à réserver.", Filtre.PREAVIS)]


def _seats(offer: Offer) -> str:
    seats = getattr(getattr(offer, "covoiturage", None), "places", None)
    if not seats:
        return "selon ses places"
    return "une place déclarée" if seats == 1 else f"{seats} places déclarées"


def zone_findings(
    offer: Offer, situation: Situation, epci_of: EpciOf, *, work_may_do: bool = True
) -> list[Finding]:
    """Whether the home is served; a lender of the place of work alone is worth a call."""
    served = covers(offer, situation.home, epci_of)
    if served is not False and drawn_around(offer, situation.home) is False:
        return [Finding(Verdict.NON, "Domicile hors de la zone desservie.", Filtre.ZONE)]
    if served or (served is None and drawn_around(offer, situation.home)):
        return []
    if served is None:
        return [Finding(Verdict.A_VERIFIER, "Zone desservie inconnue : à vérifier.", Filtre.ZONE)]
    if work_may_do and covers(offer, situation.work, epci_of):
        text = "Le service couvre le lieu de travail et non le domicile : à vérifier avec lui."
        return [Finding(Verdict.A_VERIFIER, text, Filtre.ZONE)]
    return [Finding(Verdict.NON, "Domicile hors de la zone du service.", Filtre.ZONE)]


def drawn_around(offer: Offer, place: Place) -> bool | None:
    """Whether one of the areas drawn for the service holds a place; None where none is drawn."""
    rows = getattr(offer, "zones_service", None)
    drawn = [] if rows is None else list(rows.all())
    if not drawn:
        return None
    from traitdunion.catalogue.areas import holds

    return any(holds(row.geojson, place.lat, place.lon) for row in drawn)


def covers(offer: Offer, place: Place, epci_of: EpciOf) -> bool | None:
    """Whether its areas hold a place; None if unknown, as is the région of a commune here."""
    if offer.zone_libre:
        return True
    areas, code = areas_of(offer), place.code_insee
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
    """Code of the département of a commune: "43112" → "43", "97411" → "974"."""
    return code_insee[:3] if code_insee.startswith("97") else code_insee[:2]


def permis_findings(needed: str, held: Permis) -> list[Finding]:
    """Licence; born before 1988, one needs none for what takes AM (Code de la route, R. 211-2)."""
    level = LICENCES.get(str(needed), 0)
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
    """A delay that ends after the first day of work."""
    if not offer.delai_jours:
        return []
    ready = situation.now.date() + timedelta(days=offer.delai_jours)
    first = first_day(situation)
    if ready <= first:
        return []
    text = (
        f"Délai de {offer.delai_jours} jours : pas avant le {wording.on_date(ready)}, "
        f"après le premier jour demandé ({wording.on_date(first)})."
    )
    return [Finding(Verdict.SOUS_CONDITION, text, Filtre.CAPACITE)]


def first_day(situation: Situation) -> date:
    """First day of the shift in the week asked for."""
    monday = situation.week - timedelta(days=situation.week.weekday())
    return monday + timedelta(days=min(situation.shift.days))


def lasting_findings(offer: Offer) -> list[Finding]:
    """How long it may be kept."""
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
        at = f" à {wording.clock(hour.hour * 3600 + hour.minute * 60)}" if hour else ""
        text = f"À réserver au plus tard {day}{at}."
    elif offer.prior_notice_duration_min:
        text = f"À réserver {wording.duration(offer.prior_notice_duration_min * 60)} avant."
    else:
        return []
    return [Finding(Verdict.A_VERIFIER, text, Filtre.PREAVIS)]


def condition_findings(offer: Offer, eligibility: Eligibility) -> list[Finding]:
    """What its rule says of the person; without one, its conditions as the catalogue words them."""
    if offer.regle:
        return eligibility.findings(offer)
    text = (offer.conditions_acces or "").strip()
    if not text:
        return []
    return [Finding(Verdict.SOUS_CONDITION, f"Conditions d'accès : {text}", Filtre.ELIGIBILITE)]

"""Shared cars and bicycles as GBFS 3.0, where an entry has stations and an address to write to.

Files: https://gbfs.org; only what the catalogue knows is published, and nothing is estimated. How
many vehicles stand at each station now is not known here: there is no `station_status`.
"""

from datetime import datetime
from typing import Any

from ..enums import ModePrete, TypeSolution
from ..models import Solution
from ..public import contacts

TTL_S = 3600
FORMS = {
    ModePrete.VELO: ("bicycle", "human"),
    ModePrete.VAE: ("bicycle", "electric_assist"),
    ModePrete.SCOOTER: ("moped", "combustion"),
    ModePrete.VOITURETTE: ("car", "electric"),
    ModePrete.VOITURE: ("car", "combustion"),
}
SHARED = frozenset({TypeSolution.AUTOPARTAGE})
FEEDS = ("system_information", "vehicle_types", "station_information", "system_pricing_plans")


def missing(solution: Solution) -> str:
    """Return what GBFS requires that an entry lacks, in French; "" where it has a feed."""
    if solution.type_solution not in SHARED or not solution.arrets.all():
        return "ce n'est pas une flotte partagée en stations"
    if not contacts(solution)["courriel"]:
        return "il faut une adresse électronique"
    propulsion = _vehicle(solution)[1]
    if propulsion != "human" and _range_m(solution, propulsion) is None:
        return "un véhicule à moteur dit jusqu'où il va : remplissez la distance la plus longue"
    return ""


def gbfs_files(solution: Solution, *, base_url: str, now: datetime) -> dict[str, dict[str, Any]]:
    """Return the files of one system, by name; `base_url` ends with a slash."""
    form, propulsion = _vehicle(solution)
    asked = contacts(solution)
    files: dict[str, dict[str, Any]] = {
        "gbfs": {
            "feeds": [{"name": name, "url": f"{base_url}{name}.json"} for name in FEEDS],
        },
        "system_information": _without_empty(
            {
                "system_id": solution.pk,
                "languages": ["fr"],
                "name": _text(solution.nom),
                "opening_hours": solution.horaires_service or "24/7",
                "operator": _text(solution.structure.nom),
                "url": asked["lien"],
                "phone_number": _e164(asked["telephone"]),
                "email": asked["courriel"],
                "feed_contact_email": asked["courriel"],
                "timezone": "Europe/Paris",
            }
        ),
        "vehicle_types": {
            "vehicle_types": [
                _without_empty(
                    {
                        "vehicle_type_id": "vehicule",
                        "form_factor": form,
                        "propulsion_type": propulsion,
                        "max_range_meters": _range_m(solution, propulsion),
                        "return_constraint": "roundtrip_station",
                        "default_pricing_plan_id": "tarif",
                    }
                )
            ]
        },
        "station_information": {
            "stations": [
                {
                    "station_id": f"{solution.pk}-{i}",
                    "name": _text(stop.nom),
                    "lat": stop.lat,
                    "lon": stop.lon,
                }
                for i, stop in enumerate(solution.arrets.all())
            ]
        },
        "system_pricing_plans": {"plans": [_plan(solution)]},
    }
    stamp = now.isoformat(timespec="seconds")
    return {
        name: {"last_updated": stamp, "ttl": TTL_S, "version": "3.0", "data": data}
        for name, data in files.items()
    }


def _vehicle(solution: Solution) -> tuple[str, str]:
    form, propulsion = FORMS[ModePrete(solution.mode or ModePrete.VOITURE)]
    detail = getattr(solution, "pret", None)
    return form, (detail.propulsion if detail and detail.propulsion else propulsion)


def _range_m(solution: Solution, propulsion: str) -> int | None:
    """Return how far a vehicle goes, where the entry has it."""
    if propulsion == "human" or solution.distance_max_km is None:
        return None
    return round(1000 * solution.distance_max_km)


def _plan(solution: Solution) -> dict[str, Any]:
    """Return the price plan of a trip; what is paid once to join is in the description."""
    plan: dict[str, Any] = {
        "plan_id": "tarif",
        "name": _text("Tarif"),
        "currency": "EUR",
        "price": float(solution.par_trajet_eur or 0),
        "is_taxable": False,
        "description": _text(_plan_in_words(solution)),
    }
    if solution.par_km_eur is not None:
        rate = float(solution.par_km_eur)
        plan["per_km_pricing"] = [{"start": 0, "rate": rate, "interval": 1}]
    if solution.par_heure_eur is not None:
        rate = float(solution.par_heure_eur)
        plan["per_min_pricing"] = [{"start": 0, "rate": rate, "interval": 60}]
    return plan


def _plan_in_words(solution: Solution) -> str:
    once = solution.forfait_eur
    joining = f"Adhésion : {once:.2f} €.".replace(".", ",", 1) if once else ""
    return " ".join(filter(None, [solution.tarif_precisions, joining])) or "Tarif à demander."


def _text(text: str) -> list[dict[str, str]]:
    return [{"text": text, "language": "fr"}]


def _e164(phone: str) -> str:
    digits = "".join(sign for sign in phone if sign.isdigit())
    return f"+33{digits[1:]}" if len(digits) == 10 and digits[0] == "0" else ""


def _without_empty(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in (None, "", [])}

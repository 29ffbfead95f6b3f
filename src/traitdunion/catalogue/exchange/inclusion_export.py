"""Solutions as services of data·inclusion v1, and what that format cannot carry.

What has a column there goes into it; what can be written goes into a text of precisions; the rest
is lost, and listed (schema: `data-inclusion-schema`, https://data-inclusion.gouv.fr).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from traitdunion.territory.models import Commune, Departement

from .. import wording
from ..entries import content_of, label_of
from ..enums import Frais, ListeCodes, NatureZone, TypeSolution
from ..models import AMOUNTS, Solution, Structure
from ..vocabulary import PUBLISHED_AS

OURS = "trait-d-union"
Record = dict[str, Any]

# What goes into a text (the column it is added to), and what has no place at all.
SAID_IN = {
    "tranches": "frais_precisions",
    **dict.fromkeys(AMOUNTS, "frais_precisions"),
    "permis_requis": "conditions_acces",
    "pieces": "conditions_acces",
    "booking_type": "mobilisation_precisions",
    "prior_notice_duration_min": "mobilisation_precisions",
    "prior_notice_last_day": "mobilisation_precisions",
    "prior_notice_last_time": "mobilisation_precisions",
    "amenagements": "publics_precisions",
    "accueil": "publics_precisions",
}
LOST = (
    "mode", "distance_max_km", "trajets_max_mois", "destination_dans_zone",
    "horaires_service", "exceptions", "fermetures", "zones_service",
    "paires", "arrets", "lignes", "gtfs_agency", "delai_jours", "duree_max_jours", "renouvelable",
    "capacite_unites", "capacite_disponibles", "attente_personnes", "cumuls", "subsidiaire",
    "motifs", "seances", "valide_du", "valide_au", "prior_notice_duration_max",
    "prior_notice_start_day", "prior_notice_start_time", "booking_url", "delai_reponse_jours",
    "parent", "accessibilite_lieu", "source_url", "source_citation",
)  # fmt: skip
CARRIED_DETAIL = ("heures_par_semaine", "semaines")


@dataclass(frozen=True)
class Exported:
    """A record, the fields that became text in it, and those it lost, by their French names."""

    record: Record
    as_text: list[str]
    lost: list[str]


def identifier(row: Solution | Structure) -> str:
    """Return the identifier of a row: that of the publisher it came from, else ours."""
    return row.reference or f"{OURS}--{row.pk}"


def updated_on(solution: Solution) -> date | None:
    """Return the day an entry was last known to be right; None where unknown."""
    changed = timezone.localdate(solution.modified_at) if solution.modified_at else None
    return solution.verifie_le or changed or solution.structure.maj_le


def structure_record(
    structure: Structure, on: date, communes: Mapping[str, Commune] | None = None
) -> Record:
    """Return a structure as the schema has it; `on` stands for an unknown date.

    communes: those that `communes_of` read for a whole list.
    """
    record = {
        "source": identifier(structure).split("--")[0],
        "id": identifier(structure),
        "nom": structure.nom.rstrip("."),
        "date_maj": (structure.maj_le or on).isoformat(),
        "description": structure.description if len(structure.description) >= 5 else None,
        "lien_source": structure.lien_source,
        "siret": structure.siret,
        **_place(structure.adresse, structure.code_postal, structure.commune,
                 structure.lat, structure.lon, communes),
        "complement_adresse": structure.complement_adresse,
        "telephone": structure.telephone,
        "courriel": structure.courriel,
        "site_web": structure.site,
        "horaires_accueil": structure.horaires_accueil,
        "accessibilite_lieu": structure.accessibilite_lieu,
        "reseaux_porteurs": [row.code for row in structure.reseaux.all()],
    }  # fmt: skip
    return _without_empty_values(record)


def communes_of(solutions: Iterable[Solution]) -> dict[str, Commune]:
    """Return the communes where solutions or their structures are, by code, in one query."""
    codes = {
        code for row in solutions for code in (row.retrait_commune, row.structure.commune) if code
    }
    return Commune.objects.defer("boundary").in_bulk(codes)


def exported(solution: Solution, communes: Mapping[str, Commune] | None = None) -> Exported:
    """Return a solution as a service, and what was lost. Raises ValueError where it has no date.

    communes: those that `communes_of` read for a whole list.
    """
    when = updated_on(solution)
    if when is None:
        raise ValueError("data·inclusion demande une date de mise à jour : vérifiez cette fiche.")
    content = content_of(solution)
    detail = content.get("detail") or {}
    thematique, kind = PUBLISHED_AS[TypeSolution(solution.type_solution)]
    public = solution.contact_public
    structure = solution.structure
    at_own_place = bool(solution.retrait_adresse or solution.retrait_commune)
    place = (
        _place(solution.retrait_adresse, solution.retrait_code_postal, solution.retrait_commune,
               solution.retrait_lat, solution.retrait_lon, communes)
        if at_own_place
        else _place(structure.adresse, structure.code_postal, structure.commune,
                    structure.lat, structure.lon, communes)
    )  # fmt: skip
    record = {
        "source": identifier(solution).split("--")[0],
        "structure_id": identifier(structure),
        "id": identifier(solution),
        "nom": solution.nom.rstrip("."),
        "description": _description(solution),
        "lien_source": solution.lien_source,
        "date_maj": when.isoformat(),
        "type": solution.type_service or kind.value,
        "thematiques": content.get(ListeCodes.THEMATIQUES) or [thematique.value],
        "frais": _frais(solution),
        "frais_precisions": _sentences([*wording.prices(solution), solution.tarif_precisions]),
        "publics": content.get(ListeCodes.PUBLICS),
        "publics_precisions": _publics(solution),
        "conditions_acces": "\n".join(wording.conditions(solution, when)),
        **place,
        "telephone": (solution.telephone or structure.telephone) if public else None,
        "courriel": (solution.courriel or structure.courriel) if public else None,
        "modes_accueil": content.get(ListeCodes.MODES_ACCUEIL),
        "zone_eligibilite": _zone(solution),
        "contact_nom_prenom": solution.contact_nom if public else None,
        "lien_mobilisation": solution.lien_mobilisation,
        "modes_mobilisation": content.get(ListeCodes.MODES_MOBILISATION),
        "mobilisable_par": content.get(ListeCodes.MOBILISABLE_PAR),
        "mobilisation_precisions": _sentences(
            [solution.mobilisation_precisions, wording.booking(solution)]
        ),
        "volume_horaire_hebdomadaire": _float_or_none(detail.get("heures_par_semaine")),
        "nombre_semaines": detail.get("semaines"),
        "horaires_accueil": solution.horaires_accueil,
    }
    values = {name for name, value in content.items() if value not in (None, "", [])}
    lost = [label_of(name) for name in LOST if name in values]
    lost += [
        label_of(f"detail.{name}")
        for name, value in detail.items()
        if value not in (None, "") and name not in CARRIED_DETAIL
    ]
    as_text = [label_of(name) for name in SAID_IN if name in values]
    return Exported(_without_empty_values(record), as_text, lost)


def _without_empty_values(record: Record) -> Record:
    return {name: value for name, value in record.items() if value not in (None, "", [])}


def _float_or_none(text: str | None) -> float | None:
    return None if text is None else float(text)


def _sentences(texts: list[str]) -> str:
    sentences = [text.strip() for text in texts if text and text.strip()]
    return " ; ".join(sentences)


def _description(solution: Solution) -> str:
    """Return the description; the name of the type where it is too short for the schema."""
    if len(solution.description) >= 5:
        return solution.description
    return f"{TypeSolution(solution.type_solution).label} : {solution.nom}"


def _publics(solution: Solution) -> str:
    rows = [row.label for row in solution.codes.all() if row.liste == ListeCodes.AMENAGEMENTS]
    parts = [
        solution.publics_precisions,
        solution.get_accueil_display() if solution.accueil else "",
        f"Aménagements : {', '.join(rows)}" if rows else "",
    ]
    return _sentences(parts)


def _frais(solution: Solution) -> str | None:
    """Return "free" where every price is nought, "paying" where one is not, else as declared."""
    if solution.frais:
        return solution.frais
    amounts = [tier.montant_eur for tier in solution.tranches.all()]
    amounts += [value for name in AMOUNTS if (value := getattr(solution, name)) is not None]
    if not amounts:
        return None
    return Frais.PAYANT.value if any(amounts) else Frais.GRATUIT.value


def _place(
    adresse: str,
    code_postal: str,
    commune: str,
    lat: float | None,
    lon: float | None,
    communes: Mapping[str, Commune] | None,
) -> Record:
    if communes is None:
        communes = Commune.objects.defer("boundary").in_bulk([commune] if commune else [])
    town = communes.get(commune)
    if not code_postal and town and len(town.codes_postaux) == 1:
        code_postal = town.codes_postaux[0]
    return {
        "adresse": adresse,
        "code_postal": code_postal,
        "code_insee": commune,
        "commune": town.nom if town else None,
        "latitude": lat,
        "longitude": lon,
    }


def _zone(solution: Solution) -> list[str] | None:
    """Return the codes of the areas; régions are replaced by their départements."""
    codes: dict[str, None] = {}
    for zone in solution.zones.all():
        if zone.nature == NatureZone.FRANCE:
            return ["france"]
        if zone.nature == NatureZone.REGION:
            inside = Departement.objects.filter(region=zone.code).order_by("code")
            codes |= dict.fromkeys(inside.values_list("code", flat=True))
        else:
            codes[zone.code] = None
    if solution.zone_libre and not codes:
        return ["france"]
    return list(codes) or None

"""Services of data·inclusion v1 as entries; a record of ours changes only what it says anew."""

import json
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from ..entries import Content
from ..enums import ListeCodes, NatureZone, Thematique, TypeService, TypeSolution
from ..models import Solution, Structure
from ..opening_hours import validate_opening_hours
from ..queries import with_parts
from .batch import Batch, FileError, Read, Row
from .inclusion_export import OURS, exported

FRANCE = ("france", "99100")
LISTS = {
    "thematiques": ListeCodes.THEMATIQUES,
    "publics": ListeCodes.PUBLICS,
    "modes_accueil": ListeCodes.MODES_ACCUEIL,
    "modes_mobilisation": ListeCodes.MODES_MOBILISATION,
    "mobilisable_par": ListeCodes.MOBILISABLE_PAR,
}
TEXTS = {
    "nom": "nom",
    "description": "description",
    "lien_source": "lien_source",
    "frais": "frais",
    "frais_precisions": "tarif_precisions",
    "publics_precisions": "publics_precisions",
    "conditions_acces": "conditions_acces",
    "adresse": "retrait_adresse",
    "code_postal": "retrait_code_postal",
    "code_insee": "retrait_commune",
    "telephone": "telephone",
    "courriel": "courriel",
    "contact_nom_prenom": "contact_nom",
    "lien_mobilisation": "lien_mobilisation",
    "mobilisation_precisions": "mobilisation_precisions",
    "type": "type_service",
}
NUMBERS = {"latitude": "retrait_lat", "longitude": "retrait_lon"}
BY_WORD = (
    (re.compile(r"v[ée]lo|vae|cycl", re.I), TypeSolution.LOCATION_VELO),
    (re.compile(r"covoitur|auto-?stop", re.I), TypeSolution.COVOITURAGE),
    (re.compile(r"\bdemande\b|\btad\b", re.I), TypeSolution.TAD),
    (re.compile(r"solidaire|b[ée]n[ée]vol", re.I), TypeSolution.TRANSPORT_SOLIDAIRE),
)


def read_inclusion(text: bytes, *, default: TypeSolution | None = None) -> Batch:
    """Structures and services of a file {"structures": […], "services": […]}.

    A service that is neither of mobility nor of housing is left aside, unless `default` gives the
    type to file it under. Raises FileError with every record that the schema refuses.
    """
    content = _parsed(text)
    problems = [
        *_refused("structures", content.get("structures", [])),
        *_refused("services", content.get("services", [])),
    ]
    if problems:
        raise FileError(problems)
    keys = {one["id"]: structure_key(one["id"]) for one in content.get("structures", [])}
    stored = {identifier_of(row): row for row in with_parts()}
    solutions = [
        _read(i, record, keys, stored.get(record["id"]), default)
        for i, record in enumerate(content.get("services", []), start=1)
    ]
    structures = [_structure(record, keys) for record in content.get("structures", [])]
    ours = Structure.objects.filter(pk__in=keys.values()).values_list("pk", flat=True)
    # Our own structures come back as they went; what they say here is already known.
    known = {key for key in ours if f"{OURS}--{key}" in keys}
    return Batch([one for one in structures if one["id"] not in known], solutions)


def identifier_of(row: Solution) -> str:
    return row.reference or f"{OURS}--{row.pk}"


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, UnicodeDecodeError) as wrong:
        raise FileError([f"Ce n'est pas du JSON lisible ({wrong})."]) from wrong
    if not isinstance(content, dict) or not isinstance(content.get("services"), list):
        raise FileError(['Il faut un objet avec les listes "structures" et "services".'])
    return content


def _refused(section: str, records: list[Any]) -> list[str]:
    """What the published schema says against each record."""
    from data_inclusion.schema.v1 import Service
    from data_inclusion.schema.v1 import Structure as StructureSchema
    from pydantic import ValidationError as SchemaError

    schema = Service if section == "services" else StructureSchema
    told = []
    for i, record in enumerate(records, start=1):
        try:
            schema.model_validate(record)
        except SchemaError as wrong:
            for one in wrong.errors():
                where = ".".join(str(part) for part in one["loc"])
                told.append(f"{section}, n° {i}, champ « {where} » : {one['msg']}.")
    return told


def structure_key(identifier: str) -> str:
    """Key of a structure: ours as it is, another made from its identifier."""
    found = Structure.objects.filter(reference=identifier).first()
    if found is not None:
        return found.pk
    source, _, rest = identifier.partition("--")
    return rest if source == OURS else slugify(identifier)[:80]


def _structure(record: dict[str, Any], keys: dict[str, str]) -> Row:
    texts = {
        "nom": "nom", "description": "description", "telephone": "telephone",
        "courriel": "courriel", "site_web": "site", "siret": "siret", "adresse": "adresse",
        "complement_adresse": "complement_adresse", "code_postal": "code_postal",
        "code_insee": "commune", "horaires_accueil": "horaires_accueil",
        "accessibilite_lieu": "accessibilite_lieu", "lien_source": "lien_source",
    }  # fmt: skip
    row: Row = {ours: record.get(theirs) or "" for theirs, ours in texts.items()}
    return row | {
        "id": keys[record["id"]],
        "reference": record["id"],
        "lat": record.get("latitude"),
        "lon": record.get("longitude"),
        "maj_le": record["date_maj"],
        "reseaux": sorted(record.get("reseaux_porteurs") or []),
    }


def _read(
    number: int,
    record: dict[str, Any],
    keys: dict[str, str],
    current: Solution | None,
    default: TypeSolution | None,
) -> Read:
    place = f"service n° {number}"
    content = content_of_record(record, keys)
    if current is not None:
        # What went out in this very form says nothing new, even where it was put into words.
        before = content_of_record(exported(current).record, keys)
        given = [n for n in content.keys() | before.keys() if content.get(n) != before.get(n)]
        given = [name for name in given if name != "structure"]
        return Read(place, current.pk, content, sorted(given))
    kind = kind_of(record, default)
    if kind is None:
        why = "ce service n'est ni de mobilité ni de logement : choisissez un type pour le classer."
        return Read(place, "", content, [], skipped=why)
    content["type_solution"] = kind.value
    content["reference"] = record["id"]
    return Read(place, "", content, sorted(content))


def content_of_record(record: dict[str, Any], keys: dict[str, str]) -> Content:
    """The document that a service tells; what it leaves out is unknown."""
    content: Content = {ours: record.get(theirs) or "" for theirs, ours in TEXTS.items()}
    content |= {ours: record.get(theirs) for theirs, ours in NUMBERS.items()}
    content["structure"] = keys.get(record["structure_id"], structure_key(record["structure_id"]))
    content["verifie_le"] = record["date_maj"]
    for theirs, liste in LISTS.items():
        content[liste.value] = sorted(record.get(theirs) or [])
    codes = record.get("zone_eligibilite") or []
    content["zones"] = [_zone(code) for code in codes]
    content["zone_libre"] = any(code in FRANCE for code in codes)
    content["horaires_accueil"] = _hours(record.get("horaires_accueil") or "")
    return content


def _zone(code: str) -> dict[str, str]:
    if code in FRANCE:
        return {"nature": NatureZone.FRANCE.value, "code": "FR"}
    natures = {5: NatureZone.COMMUNE, 9: NatureZone.EPCI}
    return {"nature": natures.get(len(code), NatureZone.DEPARTEMENT).value, "code": code}


def _hours(text: str) -> str:
    """Hours that we understand; others stay with the publisher."""
    try:
        validate_opening_hours(text)
    except ValidationError:
        return ""
    return text


def kind_of(record: dict[str, Any], default: TypeSolution | None) -> TypeSolution | None:
    """Type of a service, from its thematics, its kind and its name."""
    themes, kind = set(record.get("thematiques") or []), record.get("type")
    money = kind == TypeService.AIDE_FINANCIERE
    if Thematique.ENTRETENIR in themes:
        return TypeSolution.AIDE_VEHICULE if money else TypeSolution.GARAGE
    if Thematique.PERMIS in themes:
        return TypeSolution.AIDE_PERMIS if money else TypeSolution.PERMIS_AUTO_ECOLE
    if Thematique.FINANCER in themes:
        return TypeSolution.AIDE_DEPLACEMENT
    by_word = next((k for word, k in BY_WORD if word.search(record["nom"])), None)
    if Thematique.VEHICULE in themes:
        if money:
            return TypeSolution.AIDE_VEHICULE
        velo = by_word == TypeSolution.LOCATION_VELO
        return TypeSolution.LOCATION_VELO if velo else TypeSolution.LOCATION_VOITURE
    if Thematique.PARTAGEE in themes:
        return by_word or TypeSolution.TC_LIGNE
    if Thematique.PARCOURS in themes:
        atelier = kind == TypeService.ATELIER
        return TypeSolution.ATELIER if atelier else TypeSolution.DIAGNOSTIC
    if any(theme.startswith("logement-hebergement--") for theme in themes):
        return TypeSolution.RAPPROCHEMENT_LOGEMENT
    return default

"""Services of data·inclusion v1 as entries; of a record of ours, only what differs is changed."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.text import slugify

from traitdunion.sources.bounded import parse_json

from ..entries import Content
from ..enums import ListeCodes, NatureZone, Thematique, TypeService, TypeSolution
from ..models import Solution, Structure
from ..opening_hours import is_readable
from ..queries import with_parts
from .batch import Batch, FileError, Read, Row, reader
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


@reader("ce fichier data·inclusion")
def read_inclusion(content: bytes, *, default: TypeSolution | None = None) -> Batch:
    """Read the structures and services of a file {"structures": […], "services": […]}.

    A service that is neither of mobility nor of housing is left aside, unless `default` gives the
    type to file it under. Records that the schema refuses are listed and left out. Raises FileError
    where the file has no such lists.
    """
    document = parse_json(content)
    if not isinstance(document, dict) or not isinstance(document.get("services"), list):
        raise FileError(['Il faut un objet avec les listes "structures" et "services".'])
    structures = document.get("structures") or []
    if not isinstance(structures, list):
        raise FileError(['"structures" doit être une liste.'])
    batch = Batch()
    sound = dict(_sound("structures", structures, batch.refused))
    keys = {record["id"]: structure_key(record["id"]) for record in sound.values()}
    stored = {identifier_of(row): row for row in with_parts()}
    wrong: list[str] = []
    services = dict(_sound("services", document["services"], wrong))
    batch.solutions = [
        _read_service(number, record, keys, stored.get(record["id"]), default)
        for number, record in services.items()
    ]
    batch.refused += wrong
    # Our own structures come back as they went: what the file has of them is already known.
    own = Structure.objects.filter(pk__in=keys.values()).values_list("pk", flat=True)
    known = {key for key in own if f"{OURS}--{key}" in keys}
    rows = [_structure(record, keys) for record in sound.values()]
    batch.structures = [row for row in rows if row["id"] not in known]
    batch.notes += [
        f"Structure « {row['nom']} » : ses heures (« {row['horaires_accueil'][:100]} ») ne se "
        "lisent pas, elles restent à vérifier."
        for row in batch.structures
        if row["horaires_accueil"] and not is_readable(row["horaires_accueil"])
    ]
    return batch


def identifier_of(row: Solution) -> str:
    """Return the identifier of an entry among the publishers of data·inclusion."""
    return row.reference or f"{OURS}--{row.pk}"


def _sound(
    section: str, records: list[Any], refused: list[str]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the records that the published schema accepts, with their number from 1.

    What is wrong with the others goes to `refused`, field by field; so does a second record of the
    same identifier.
    """
    from data_inclusion.schema.v1 import Service
    from data_inclusion.schema.v1 import Structure as StructureSchema
    from pydantic import ValidationError as SchemaError

    schema = Service if section == "services" else StructureSchema
    seen: dict[str, int] = {}
    for number, record in enumerate(records, start=1):
        name = _name_of(record)
        try:
            schema.model_validate(record)
        except SchemaError as wrong:
            for error in wrong.errors():
                where = ".".join(str(part) for part in error["loc"])
                named = f", champ « {where} »" if where else ""
                refused.append(f"{section}, n° {number}{name}{named} : {_in_french(error)}")
            continue
        first = seen.setdefault(record["id"], number)
        if first != number:
            why = f"« {record['id']} » est déjà au n° {first} : gardez un seul des deux."
            refused.append(f"{section}, n° {number}{name} : {why}")
            continue
        yield number, record


SCHEMA_MESSAGES = {
    "missing": "il manque.",
    "string_type": "ce n'est pas un texte.",
    "string_too_short": "ce texte est trop court.",
    "string_too_long": "ce texte est trop long.",
    "string_pattern_mismatch": "ce texte n'a pas la forme attendue.",
    "list_type": "ce n'est pas une liste.",
    "set_type": "ce n'est pas une liste.",
    "model_type": "ce n'est pas un objet.",
    "model_attributes_type": "ce n'est pas un objet.",
    "enum": "ce code n'est pas dans la liste.",
    "literal_error": "ce code n'est pas dans la liste.",
    "extra_forbidden": "le schéma n'a pas ce champ.",
    "float_type": "ce n'est pas un nombre.",
    "float_parsing": "ce n'est pas un nombre.",
    "date_from_datetime_parsing": "ce n'est pas une date AAAA-MM-JJ.",
    "date_from_datetime_inexact": "ce n'est pas une date AAAA-MM-JJ.",
    "date_parsing": "ce n'est pas une date AAAA-MM-JJ.",
    "date_type": "ce n'est pas une date AAAA-MM-JJ.",
    "date_past": "cette date est à venir.",
}
"""Messages of the library that checks the schema, in French, by their type."""


def _in_french(error: Any) -> str:
    value = error.get("input")
    shown = f" (« {value[:60]} »)" if isinstance(value, str) and value else ""
    return SCHEMA_MESSAGES.get(error["type"], f"le schéma le refuse : {error['msg']}.") + shown


def _name_of(record: Any) -> str:
    name = record.get("nom") if isinstance(record, dict) else None
    return f" (« {str(name)[:60]} »)" if name else ""


def structure_key(identifier: str) -> str:
    """Return the key of a structure: ours as it is, another made from its identifier."""
    structure = Structure.objects.filter(reference=identifier).first()
    if structure is not None:
        return structure.pk
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


def _read_service(
    number: int,
    record: dict[str, Any],
    keys: dict[str, str],
    current: Solution | None,
    default: TypeSolution | None,
) -> Read:
    place = f"service n° {number}"
    content = content_of_record(record, keys)
    notes = []
    if (hours := record.get("horaires_accueil")) and not is_readable(hours):
        notes.append(
            f"horaires_accueil : « {hours[:100]} » ne se lit pas, les heures restent inconnues. "
            "Écrivez-les dans la fiche."
        )
    if current is not None:
        # What went out in this very form is no change, even where it was put into words.
        try:
            before = content_of_record(exported(current).record, keys)
        except ValueError:  # never dated, so it never went out
            before = {}
        given = [n for n in content.keys() | before.keys() if content.get(n) != before.get(n)]
        given = [name for name in given if name != "structure"]
        return Read(place, current.pk, content, sorted(given), notes=notes)
    kind = kind_of(record, default)
    if kind is None:
        why = "ce service n'est ni de mobilité ni de logement : choisissez un type pour le classer."
        return Read(place, "", content, [], skipped=why)
    content["type_solution"] = kind.value
    content["reference"] = record["id"]
    return Read(place, "", content, sorted(content), notes=notes)


def content_of_record(record: dict[str, Any], keys: dict[str, str]) -> Content:
    """Return the document of a service; what it leaves out is unknown."""
    content: Content = {ours: record.get(theirs) or "" for theirs, ours in TEXTS.items()}
    content |= {ours: record.get(theirs) for theirs, ours in NUMBERS.items()}
    content["structure"] = keys.get(record["structure_id"], structure_key(record["structure_id"]))
    content["verifie_le"] = record["date_maj"]
    for theirs, liste in LISTS.items():
        content[liste.value] = sorted(record.get(theirs) or [])
    codes = record.get("zone_eligibilite") or []
    content["zones"] = [_zone(code) for code in codes]
    content["zone_libre"] = any(code in FRANCE for code in codes)
    hours = record.get("horaires_accueil") or ""
    content["horaires_accueil"] = hours if is_readable(hours) else ""
    return content


def _zone(code: str) -> dict[str, str]:
    if code in FRANCE:
        return {"nature": NatureZone.FRANCE.value, "code": "FR"}
    natures = {5: NatureZone.COMMUNE, 9: NatureZone.EPCI}
    return {"nature": natures.get(len(code), NatureZone.DEPARTEMENT).value, "code": code}


def kind_of(record: dict[str, Any], default: TypeSolution | None) -> TypeSolution | None:
    """Return the type of a service, from its thematics, its kind and its name."""
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

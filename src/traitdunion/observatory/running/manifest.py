"""What makes a run reproducible: hashes of its inputs, the code, the parameters."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from traitdunion.catalogue.enums import Statut
from traitdunion.catalogue.models import Regle
from traitdunion.reach.commutes import MAX_TRIP_S
from traitdunion.rules.reading import RULES

from .computing import CUTOFFS_MIN, DUAL_JOBS, ROAD_DETOUR
from .gathering import ground_digest
from .ground import MAIN_POLES
from .local_facts import site_posts
from .program import code_digest
from .question import Question


def manifest_of(question: Question, network: Any) -> dict[str, Any]:
    """Return the manifest of a run: the same inputs and code give the same one."""
    ground = question.ground
    arrays = question.timetable.arrays
    posts = site_posts()
    return {
        "code": {"version": _version(), "sha256": code_digest()},
        "reseau": {
            "version": network.version,
            "nom": network.label,
            "demonstration": network.demonstration,
            "sha256": digest_of({name: arrays[name] for name in sorted(arrays)}),
            "du": str(question.timetable.start),
            "jours": question.timetable.days,
            "horaires_inconnus": feeds_unknown(question),
        },
        "rues": {"nature": type(question.streets).__name__},
        "catalogue": {
            "solutions": len(question.offers),
            "demonstration": any(offer.demonstration for offer in question.offers),
            "sha256": digest_of(question.offers),
        },
        "regles": {"date": str(question.week), "sha256": _rules_digest()},
        "territoire": {
            "departement": ground.departement,
            "communes": len(ground.communes),
            "lieux_de_travail": len(ground.sites),
            "poles_par": "flux" if ground.flows is not None else "poles fixes",
            "poles": [
                site.label for site, kept in zip(ground.sites, ground.is_pole, strict=True) if kept
            ],
            "population": ground.people_label,
            "domiciles": "carreaux" if ground.by_cells else "chef-lieu de chaque commune",
            "emplois": bool((ground.jobs == ground.jobs).any()),
            "sha256": ground_digest(ground),
        },
        "gravite": question.gravity.written if question.gravity else None,
        "fichiers": list(ground.files),
        "postes_d_employeurs": {"equipes": len(posts), "sha256": digest_of(posts)},
        "profils": [dict(profile.written) for profile in question.profiles],
        "horaires": [
            {"code": named.code, "nom": named.nom, "heures": named.hours}
            for named in question.shifts
        ],
        "parametres": {
            "semaine": str(question.week),
            "duree_max_min": MAX_TRIP_S // 60,
            "arrivee_avant_le_poste_min": question.shifts[0].shift.margin_before_s // 60,
            "depart_apres_le_poste_min": question.shifts[0].shift.margin_after_s // 60,
            "poles_par_domicile": MAIN_POLES,
            "seuils_min": list(CUTOFFS_MIN),
            "acces_dual_emplois": list(DUAL_JOBS),
            "detour_routier": ROAD_DETOUR,
        },
    }


def feeds_unknown(question: Question) -> list[dict[str, str]]:
    """Return the feeds whose hours do not cover Monday to Friday: name, first and last day known.

    Many a feed has no trip of Saturday or Sunday, and its last day is a Friday.
    """
    days = [question.week + timedelta(day) for day in range(5)]
    return [
        {"nom": feed.name.removesuffix(".zip"), "du": str(feed.first), "au": str(feed.last)}
        for feed in question.timetable.feeds
        if not all(map(feed.knows, days))
    ]


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value, whatever the order of its sets."""
    digest = hashlib.sha256()
    _write(digest, value)
    return digest.hexdigest()


def _write(digest: Any, value: Any) -> None:
    if hasattr(value, "tobytes") and hasattr(value, "dtype"):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(value.tobytes())
    elif is_dataclass(value):
        for column in fields(value):
            digest.update(column.name.encode())
            _write(digest, getattr(value, column.name))
    elif isinstance(value, Mapping):
        for key in sorted(value, key=str):
            digest.update(str(key).encode())
            _write(digest, value[key])
    elif isinstance(value, set | frozenset):
        digest.update(repr(sorted(map(repr, value))).encode())
    elif isinstance(value, tuple | list):
        digest.update(f"[{len(value)}]".encode())
        for part in value:
            _write(digest, part)
    else:
        digest.update(repr(value).encode() + b"\n")


def _rules_digest() -> str:
    """Return the SHA-256 of the rules of the product and of those published here."""
    digest = hashlib.sha256()
    for path in sorted(RULES.rglob("*.yaml")):
        digest.update(path.read_bytes())
    rows = Regle.objects.filter(statut=Statut.PUBLIE).order_by("name", "version")
    for row in rows.values_list("name", "version", "content"):
        digest.update(json.dumps(row, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _version() -> str:
    try:
        return version("traitdunion")
    except PackageNotFoundError:
        return "sans version"

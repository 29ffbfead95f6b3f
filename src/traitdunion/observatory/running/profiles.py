"""Profiles: the people that a run asks for, read from a YAML file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from traitdunion.matching.bulk import Profile
from traitdunion.matching.feasibility.candidates import own_ways, public_ways
from traitdunion.matching.feasibility.travels import VEHICLES, Travel
from traitdunion.matching.situation import Permis
from traitdunion.rules import Value, rule_book
from traitdunion.sources.bounded.yaml_files import yaml_document

from .households import UNKNOWN_HOUSEHOLD, Household, read_household

PROFILES = Path(__file__).parents[2] / "data" / "observatory" / "profils.yaml"
BASE = "sans_permis"
"""Neither licence nor car nor anything known: what a white zone is strictly judged by."""

KEYS = {"code", "nom", "permis", "vehicules", "faits", "budget_mois_eur", "menage"}


class ProfilesError(ValueError):
    """The file of profiles cannot be used; the French message names each fault."""


@dataclass(frozen=True)
class NamedProfile:
    """A profile with its code and name; `vehicules` are those it owns, `household` its budget."""

    code: str
    nom: str
    known: Profile
    vehicules: tuple[str, ...] = ()
    budget_eur: float = inf
    household: Household = UNKNOWN_HOUSEHOLD
    written: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def own_travels(self) -> tuple[Travel, ...]:
        """Return the ways it needs no offer for: lines on foot, a whole walk, its vehicles."""
        ways = [*public_ways(self.vehicules), *own_ways(self.vehicules, certain=True)]
        return tuple(dict.fromkeys(way.travel for way in ways))


def profiles_path() -> Path:
    """Return the file of profiles of this site where there is one, else that of the product."""
    own: Path = settings.TRAITDUNION_DATA_DIR / PROFILES.name
    return own if own.is_file() else PROFILES


def read_profiles(path: Path = PROFILES) -> list[NamedProfile]:
    """Read the profiles of a file; raise `ProfilesError` with all its faults."""
    try:
        rows = yaml_document(path)
    except (OSError, ValueError, yaml.YAMLError) as wrong:
        why = " ".join(str(wrong).split())
        raise ProfilesError(f"{path} : fichier illisible ({why}).") from wrong
    if not isinstance(rows, list) or not rows:
        raise ProfilesError(f"{path} : une liste de profils est attendue.")
    faults: list[str] = []
    profiles = [_profile(n, row, faults) for n, row in enumerate(rows, 1)]
    codes = [profile.code for profile in profiles if profile]
    faults += [f"code « {code} » donné deux fois" for code in codes if codes.count(code) > 1][:1]
    if BASE not in codes:
        faults.append(f"il manque le profil « {BASE} », qui définit les zones blanches")
    if faults:
        raise ProfilesError(f"{path} : {' ; '.join(faults)}.")
    return [profile for profile in profiles if profile]


def _profile(n: int, row: Any, faults: list[str]) -> NamedProfile | None:
    before = len(faults)
    if not isinstance(row, dict) or not isinstance(row.get("code"), str) or not row.get("nom"):
        faults.append(f"profil {n} : « code » et « nom » sont attendus")
        return None
    where = f"profil « {row['code']} »"
    faults += [f"{where} : « {key} » inconnu" for key in sorted(set(row) - KEYS)]
    permis = str(row.get("permis", "inconnu"))
    if permis not in list(Permis):
        faults.append(f"{where} : permis « {permis} » inconnu")
    vehicules = tuple(row.get("vehicules") or ())
    faults += [f"{where} : véhicule « {v} » inconnu" for v in vehicules if v not in VEHICLES]
    budget = row.get("budget_mois_eur")
    if budget is not None and (not isinstance(budget, int | float) or budget < 0):
        faults.append(f"{where} : budget « {budget} », un nombre positif est attendu")
    household = read_household(row.get("menage") or {}, faults, where=where)
    facts = _facts(where, row.get("faits") or {}, faults)
    if len(faults) > before:
        return None
    return NamedProfile(
        row["code"],
        str(row["nom"]),
        Profile(Permis(permis), facts),
        vehicules,
        inf if budget is None else float(budget),
        household,
        row,
    )


def _facts(where: str, given: Any, faults: list[str]) -> Mapping[str, Value]:
    if not isinstance(given, dict):
        faults.append(f"{where} : « faits » est une liste de critères")
        return {}
    criteria = rule_book().criteria
    facts: dict[str, Value] = {}
    for name, value in given.items():
        if name not in criteria:
            faults.append(f"{where} : critère « {name} » inconnu")
            continue
        read = _value(value, criteria[name].values)
        if read is None:
            faults.append(f"{where} : {name} = {value!r} n'est pas admis")
        else:
            facts[name] = read
    return facts


def _value(value: Any, known: Mapping[str, str]) -> Value | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    codes: Sequence[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(code, str) and (not known or code in known) for code in codes):
        return None
    return frozenset(codes) if isinstance(value, list) else str(value)

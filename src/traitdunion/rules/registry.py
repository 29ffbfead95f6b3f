"""Reads the criteria and the dated parameters from their two files."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation

from .criteria import DEDUCED, Criterion, Nature
from .faults import Faults
from .marked_yaml import Marked
from .parameters import Dated, Parameter

CONFIANCES = ("A", "B", "C")
CRITERION_KEYS = (
    "nom", "question", "aide", "nature", "valeurs", "valeurs_libres", "unite", "pas", "deduit_de",
    "demande", "sensible", "ordonne", "a_venir", "familles", "si_oui", "si_non",
)  # fmt: skip
WITH_CODES = (Nature.CHOIX, Nature.PLUSIEURS)


def read_criteria(content: Marked, faults: Faults) -> dict[str, Criterion]:
    """Return the criteria by name; faults are recorded."""
    criteria: dict[str, Criterion] = {}
    for name, given in content.items():
        entry = faults.entry(given, content.lines[name], name)
        if entry is not None:
            criteria[name] = _criterion(name, entry, faults)
    for name, criterion in criteria.items():
        source = criterion.deduit_de
        if source and (source not in criteria or name not in DEDUCED):
            line = content[name].line_of("deduit_de")
            faults.add(line, "deduit_de", f"« {name} » ne se déduit pas de « {source} ».")
            criteria[name] = replace(criterion, deduit_de="")
    return criteria


def _criterion(name: str, entry: Marked, faults: Faults) -> Criterion:
    faults.unknown_keys(entry, CRITERION_KEYS)
    nature = Nature(faults.one_of(entry, "nature", [nature.value for nature in Nature]))
    values = entry.get("valeurs") or {}
    if not isinstance(values, dict):
        faults.add(entry.lines["valeurs"], "valeurs", "écrivez « code: libellé ».")
        values = {}
    if nature in WITH_CODES and not values and not faults.boolean(entry, "valeurs_libres", False):
        faults.add(entry.line, "valeurs", "il manque.", "Un choix a des valeurs.")
    if nature is Nature.NOMBRE:
        faults.text(entry, "unite")
    return Criterion(
        name=name,
        nom=faults.text(entry, "nom"),
        question=faults.text(entry, "question"),
        aide=faults.text(entry, "aide"),
        nature=nature,
        values={str(code): str(label) for code, label in values.items()},
        unite=faults.text(entry, "unite", needed=False),
        si_oui=faults.text(entry, "si_oui", needed=False),
        si_non=faults.text(entry, "si_non", needed=False),
        pas=number(entry, "pas", faults) or Decimal(1),
        deduit_de=faults.text(entry, "deduit_de", needed=False),
        asked=faults.one_of(entry, "demande", ("oui", "jamais"), "oui") == "oui",
        sensible=faults.boolean(entry, "sensible", False),
        ordered=faults.boolean(entry, "ordonne", False),
        to_come=faults.boolean(entry, "a_venir", False),
        families=faults.boolean(entry, "familles", False),
    )


def read_parameters(content: Marked, faults: Faults) -> dict[str, Parameter]:
    """Return the dated parameters by name; faults are recorded."""
    parameters = {}
    for name, given in content.items():
        entry = faults.entry(given, content.lines[name], name)
        if entry is None:
            continue
        faults.unknown_keys(entry, ("nom", "unite", "valeurs"))
        values = [_dated(value, faults) for value in faults.entries(entry, "valeurs")]
        known = tuple(value for value in values if value is not None)
        if not known:
            faults.add(entry.line, "valeurs", "il manque au moins une valeur datée.")
        if list(known) != sorted(known, key=lambda row: row.valid_from):
            faults.add(
                entry.line_of("valeurs"), "valeurs", "les dates ne se suivent pas.",
                "Rangez-les de la plus ancienne à la plus récente.",
            )  # fmt: skip
        parameters[name] = Parameter(
            name, faults.text(entry, "nom"), faults.text(entry, "unite"), known
        )
    return parameters


def _dated(entry: Marked, faults: Faults) -> Dated | None:
    faults.unknown_keys(entry, ("depuis", "valeur", "reference", "confiance", "lu_le"))
    since = day(entry, "depuis", faults)
    if since is None:
        if "depuis" not in entry:
            faults.add(entry.line, "depuis", "il manque.", "Écrivez une date AAAA-MM-JJ.")
        return None
    value = None if entry.get("valeur") == "inconnue" else number(entry, "valeur", faults)
    if value is None and entry.get("valeur") is None:
        faults.add(entry.line, "valeur", "il manque.", "Écrivez un nombre, ou « inconnue ».")
    return Dated(
        valid_from=since,
        value=value,
        reference=faults.text(entry, "reference"),
        confiance=faults.one_of(entry, "confiance", CONFIANCES),
        lu_le=day(entry, "lu_le", faults),
    )


def number(entry: Marked, key: str, faults: Faults) -> Decimal | None:
    """Return a decimal, None where absent; a fault is recorded where it is no number."""
    given = entry.get(key)
    if given is None:
        return None
    try:
        value = Decimal(str(given))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        faults.add(entry.lines[key], key, f"« {given} » n'est pas un nombre.", "Écrivez 12.5.")
        return None
    return value


def day(entry: Marked, key: str, faults: Faults) -> date | None:
    """Return a day, None where absent; a fault is recorded where it is no date."""
    given = entry.get(key)
    if given is None or type(given) is date:
        return given
    faults.add(entry.lines[key], key, f"« {given} » n'est pas une date.", "Écrivez AAAA-MM-JJ.")
    return None


def confidence(entry: Marked, faults: Faults, default: str) -> str:
    """Return the confidence of an entry: A, B or C."""
    return faults.one_of(entry, "confiance", CONFIANCES, default)

"""Read an operation written as YAML: every figure as text, so that none passes by a float."""

from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from traitdunion.sources.bounded import BoundedLoader, Unreadable, yaml_document

from ..money.exact import decimal
from ..money.operations import Home, OperationInputs

NEEDED = frozenset(
    field.name for field in fields(OperationInputs) if field.name not in ("subsidies", "sample_m2")
)
KNOWN = frozenset(field.name for field in fields(OperationInputs))
YEARS = ("term", "buyer_years")


class _TextLoader(BoundedLoader):
    """A bounded loader that leaves every scalar as text."""


_TextLoader.yaml_implicit_resolvers = {}


def operation_from(path: Path) -> tuple[OperationInputs, tuple[Home, ...]]:
    """Return the inputs of an operation and its homes (none where only their number is given).

    Raises Unreadable naming each fault, and OSError.
    """
    try:
        document = yaml_document(path, loader=_TextLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as wrong:
        raise Unreadable.of(f"ce n'est pas du YAML : {wrong}") from wrong
    if not isinstance(document, dict):
        raise Unreadable.of("on attend des clés : su, works_per_m2, homes…", "Voir le guide.")
    typed = document.get("inputs", document)
    if not isinstance(typed, dict):
        raise Unreadable.of("« inputs » n'a pas de clés.")
    given = {**typed, **{k: v for k, v in document.items() if k == "homes"}}
    homes = _homes(given.get("homes"))
    faults = [f"{name} manque" for name in sorted(NEEDED - set(given))]
    faults += [f"{name} n'est pas connu" for name in sorted(set(given) - KNOWN)]
    if faults:
        raise Unreadable.of(" ; ".join(faults) + ".")
    figures: dict[str, Any] = {}
    for name, value in given.items():
        if name == "homes":
            figures[name] = len(homes) or _whole(name, value)
        else:
            figures[name] = _whole(name, value) if name in YEARS else _figure(name, value)
    inputs = OperationInputs(**figures)
    surface = sum((home.su for home in homes), Decimal(0))
    if homes and surface != inputs.su:
        raise Unreadable.of(f"les logements font {surface} m², l'opération {inputs.su} m².")
    return inputs, homes


def _homes(homes: Any) -> tuple[Home, ...]:
    if not isinstance(homes, list):
        return ()
    if not all(isinstance(home, dict) and "su" in home for home in homes):
        raise Unreadable.of("chaque logement donne « su », et « type » s'il est connu.")
    return tuple(
        Home(n, str(home.get("type", "")), _figure("su", home["su"]))
        for n, home in enumerate(homes, 1)
    )


def _figure(name: str, value: Any) -> Decimal:
    try:
        return decimal(str(value))
    except ValueError as wrong:
        raise Unreadable.of(f"{name} : « {value} » n'est pas un nombre.") from wrong


def _whole(name: str, value: Any) -> int:
    figure = _figure(name, value)
    if figure != int(figure):
        raise Unreadable.of(f"{name} : « {value} » n'est pas un nombre entier.")
    return int(figure)

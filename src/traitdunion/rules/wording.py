"""Literals, values and things to do in plain French."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from traitdunion import french

from .criteria import NOT_YET, Criterion, Nature, Value
from .durations import Duration
from .kleene import Truth
from .parameters import Operand
from .trees import AllOf, AnyOf, Leaf, Node, Not, Op, World, compared, pushed

ONE = {
    "ans": "an", "enfants": "enfant", "nuits": "nuit", "salariés": "salarié",
    "allers-retours": "aller-retour",
}  # fmt: skip
"""Units that take their plural from two on."""

OF_THRESHOLDS = {
    Op.AU_MOINS: "au moins {}",
    Op.MOINS_DE: "moins de {}",
    Op.PLUS_DE: "plus de {}",
    Op.AU_PLUS: "{} au plus",
    Op.EST: "{}",
    Op.N_EST_PAS: "autre que {}",
}
THE_ONE = {"jours": "le jour", "semaines": "la semaine", "mois": "le mois", "ans": "l'année"}
OF_DATES = {
    Op.AVANT: "avant le {}",
    Op.A_PARTIR_DU: "à partir du {}",
    Op.DEPUIS_AU_MOINS: "depuis au moins {}",
    Op.DEPUIS_MOINS_DE: "depuis moins de {}",
    Op.DEMANDE_DANS: "demande faite avant, ou dans les {} qui suivent",
    Op.DEMANDE_APRES: "demande faite plus de {} après",
    Op.DEMANDE_AVANT: "demande faite avant",
    Op.DEMANDE_PAS_AVANT: "demande faite le même jour ou après",
}
OF_CODES = {
    Op.EST: "{}",
    Op.N_EST_PAS: "autre que {}",
    Op.PARMI: "{}",
    Op.HORS_DE: "ni {}",
    Op.COMPREND: "{}",
    Op.NE_COMPREND_PAS: "ni {}",
    Op.COMPREND_TOUS: "{}",
    Op.NE_COMPREND_PAS_TOUS: "pas {}",
    Op.AU_MOINS: "{} ou plus",
    Op.MOINS_DE: "moins que {}",
    Op.PLUS_DE: "plus que {}",
    Op.AU_PLUS: "{} ou moins",
}


def literal(leaf: Leaf, parameters: Mapping[str, Any], on: date) -> str:
    """Return what a leaf asks for: "distance aller-retour : plus de 60 km"."""
    if leaf.texte:
        return leaf.texte
    if leaf.criterion.nature is Nature.OUI_NON:
        wanted = leaf.value if leaf.op is Op.EST else not leaf.value
        words = leaf.criterion.si_oui if wanted else leaf.criterion.si_non
        return words or f"{leaf.criterion.nom} : {'oui' if wanted else 'non'}"
    return f"{leaf.criterion.nom} : {_wanted(leaf, parameters, on)}"


def _wanted(leaf: Leaf, parameters: Mapping[str, Any], on: date) -> str:
    criterion, op, wanted = leaf.criterion, leaf.op, leaf.value
    if isinstance(wanted, Operand):
        return OF_THRESHOLDS[op].format(_operand(wanted, parameters, on))
    if op is Op.DEMANDE_DANS and isinstance(wanted, Duration) and wanted.count == 1:
        return f"demande faite avant, ou dans {THE_ONE[wanted.unit]} qui suit"
    if criterion.nature is Nature.DATE:
        return OF_DATES[op].format("" if wanted is None else value(criterion, wanted))
    if criterion.nature in (Nature.NOMBRE, Nature.DUREE) and wanted is not None:
        return OF_THRESHOLDS[op].format(value(criterion, wanted))
    last = "et" if op in (Op.COMPREND_TOUS, Op.NE_COMPREND_PAS_TOUS) else "ou"
    if op in (Op.HORS_DE, Op.NE_COMPREND_PAS):
        last = "ni"
    return OF_CODES[op].format(_codes(criterion, wanted, last))


def _operand(operand: Operand, parameters: Mapping[str, Any], on: date) -> str:
    parameter = parameters[operand.parameter]
    amount = operand.amount(on, parameters)
    named = (
        parameter.nom
        if operand.times == 1
        else f"{french.number(operand.times)} fois {parameter.nom}"
    )
    if amount is None:
        return f"{named} (montant du {french.day(on)} inconnu de l'outil)"
    return f"{with_unit(amount, parameter.unite)} ({named})"


def _codes(criterion: Criterion, given: Value | None, last: str) -> str:
    codes = given if isinstance(given, frozenset) else [str(given)]
    order = list(criterion.values)
    ranked = sorted(codes, key=lambda code: order.index(code) if code in order else -1)
    return french.listed([criterion.label(code) for code in ranked], last)


def value(criterion: Criterion, given: Value) -> str:
    """Return a fact, or the value of a leaf, in words."""
    if isinstance(given, bool):
        return "oui" if given else "non"
    if isinstance(given, Decimal):
        return with_unit(given, criterion.unite)
    if isinstance(given, date):
        return "pas encore" if given == NOT_YET else french.day(given)
    if isinstance(given, Duration):
        return str(given).replace(" ", french.NBSP)
    if isinstance(given, frozenset):
        return _codes(criterion, given, "et") if given else "rien"
    return criterion.label(given)


def sentences(node: Node, parameters: Mapping[str, Any], on: date) -> list[str]:
    """Return a tree in French, one sentence for each thing that must hold."""
    tree = pushed(node)
    parts = tree.nodes if isinstance(tree, AllOf) else (tree,)
    texts = [_tree_in_words(part, parameters, on) for part in parts]
    return [f"{text[:1].upper()}{text[1:]}." for text in texts]


def _tree_in_words(node: Node, parameters: Mapping[str, Any], on: date) -> str:
    if isinstance(node, Leaf):
        return literal(node, parameters, on)
    if isinstance(node, Not):
        raise TypeError("negations are pushed before")
    parts = [
        f"({_tree_in_words(part, parameters, on)})"
        if isinstance(node, AnyOf) and isinstance(part, AllOf)
        else _tree_in_words(part, parameters, on)
        for part in node.nodes
    ]
    return (" ; et " if isinstance(node, AllOf) else ", ou ").join(parts)


def explained(leaf: Leaf, world: World) -> str:
    """Return a missing literal, with what is known instead: "plus de 60 km (ici : 42 km)"."""
    words = literal(leaf, world.parameters, world.on)
    fact = world.facts.get(leaf.criterion.name)
    if not leaf.is_in_force(world.on):
        return f"{words} (règle à relire : elle n'est vérifiée que {_validity_in_words(leaf)})"
    if fact is None:
        return words
    if leaf.confiance == "C" and compared(leaf, world) is not Truth.FALSE:
        return f"{words} (source unique : à confirmer auprès de l'organisme)"
    if leaf.criterion.name == "demande_le" or _are_places(leaf.criterion, fact):
        return words
    return f"{words} (ici : {value(leaf.criterion, fact)})"


def _are_places(criterion: Criterion, fact: Value) -> bool:
    return isinstance(fact, frozenset) and not criterion.values


def _validity_in_words(leaf: Leaf) -> str:
    began = f"à partir du {french.day(leaf.valid_from)}" if leaf.valid_from else ""
    ended = f"jusqu'au {french.day(leaf.valid_to)}" if leaf.valid_to else ""
    return " et ".join(filter(None, [began, ended]))


def with_unit(number: Decimal, unit: str) -> str:
    """Return a number and its unit: "60 km", "32,13 € par jour"."""
    if unit.startswith("€"):
        return f"{french.amount(number)}{french.NBSP}{unit}"
    if abs(number) < 2:
        unit = ONE.get(unit, unit)
    return f"{french.number(number)}{french.NBSP}{unit}".rstrip()

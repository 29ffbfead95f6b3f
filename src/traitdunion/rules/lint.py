"""What the files of rules lack as a whole, beyond the faults of each."""

from collections.abc import Iterable, Iterator, Sequence

from .aids import Rule, RuleBook
from .cases import Case
from .criteria import Criterion
from .parameters import Operand
from .trees import leaves

CEILING = "plafond"
"""Part of the name of a parameter that bounds an amount."""


def lint(book: RuleBook, cases: Sequence[Case]) -> list[str]:
    """Return one French sentence for each lack."""
    return [
        *unread_parameters(book),
        *idle_ceilings(book),
        *untried_families(book, cases),
        *undated(book, cases),
    ]


def _rules(book: RuleBook) -> Iterator[Rule]:
    return (rule for name in sorted(book.rules) for rule in book.rules[name])


def _in_conditions(rule: Rule) -> set[str]:
    """Return the names of the parameters that conditions compare with."""
    return {
        leaf.value.parameter
        for tree in rule.trees
        for leaf in leaves(tree)
        if isinstance(leaf.value, Operand)
    }


def _in_amounts(rule: Rule) -> set[str]:
    return {name for formula in rule.formulas for name in formula.names}


def unread_parameters(book: RuleBook) -> list[str]:
    """Return the parameters that no rule reads."""
    read = {name for rule in _rules(book) for name in _in_conditions(rule) | _in_amounts(rule)}
    return [
        f"parametres.yaml, champ « {name} » : aucune règle ne lit ce paramètre. "
        "Employez-le dans une condition ou un calcul, ou retirez-le."
        for name in book.parameters
        if name not in read
    ]


def idle_ceilings(book: RuleBook) -> list[str]:
    """Return the ceilings that are compared with, but that no amount passes through."""
    bounding = {name for rule in _rules(book) for name in _in_amounts(rule)}
    return [
        f"parametres.yaml, champ « {name} » : aucun montant ne passe par ce plafond. "
        "Employez-le dans un « calcul » ou dans les « plafonds » de la règle."
        for name in book.parameters
        if CEILING in name and name not in bounding
    ]


def untried_families(book: RuleBook, cases: Sequence[Case]) -> list[str]:
    """Return the values of a family (of contracts, of employers) that no case of a rule tries."""
    return [
        f"{rule.file} : aucun cas où « {criterion.nom} » est « {criterion.label(code)} » ({code}). "
        f"Ajoutez-en un dans cas/{rule.name}.yaml, ou une ligne « chaque: {criterion.name} »."
        for rule in _rules(book)
        for criterion in _families(rule)
        for code in criterion.values
        if not any(
            case.rule == rule.name and case.facts.get(criterion.name) == code for case in cases
        )
    ]


def _families(rule: Rule) -> list[Criterion]:
    """Return the criteria of families that a rule looks at, in the order of its file."""
    criteria = (leaf.criterion for tree in rule.trees for leaf in leaves(tree))
    return list({fault.name: fault for fault in criteria if fault.families}.values())


def undated(book: RuleBook, cases: Iterable[Case]) -> list[str]:
    """Return the sources, amounts and files of cases without the day they were last read."""
    advice = "Ajoutez « lu_le: AAAA-MM-JJ », le jour où le texte a été lu."
    faults = [
        f"{rule.file}, champ « {source.id} » : sans jour de lecture. {advice}"
        for rule in _rules(book)
        for source in rule.sources.values()
        if source.lu_le is None
    ]
    faults += [
        f"parametres.yaml, champ « {parameter.name} », valeur du {value.valid_from} : "
        f"sans jour de lecture. {advice}"
        for parameter in book.parameters.values()
        for value in parameter.values
        if value.lu_le is None
    ]
    files = {case.rule: None for case in cases if case.read_on is None}
    return faults + [f"cas/{name}.yaml : sans jour de lecture. {advice}" for name in files]

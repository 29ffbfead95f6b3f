"""Reads a leaf: `{critere: age, au_moins: 18, source: f1719, citation: "…"}`."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .criteria import Criterion, Nature, Value
from .durations import parse_duration
from .faults import Faults, meant
from .marked_yaml import Marked
from .parameters import Operand, Parameter
from .registry import confidence, day, number
from .trees import DEADLINES, NEEDS_NO_VALUE, Leaf, Op, Source

LEAF_KEYS = ("critere", "source", "citation", "valide_du", "valide_au", "confiance", "texte",
             "a_faire")  # fmt: skip
LONGEST_CITATION = 200
ORDERED = (Op.AU_MOINS, Op.MOINS_DE, Op.PLUS_DE, Op.AU_PLUS)
OF_NATURE: Mapping[Nature, tuple[Op, ...]] = {
    Nature.OUI_NON: (Op.EST, Op.N_EST_PAS),
    Nature.NOMBRE: (*ORDERED, Op.EST, Op.N_EST_PAS),
    Nature.CHOIX: (Op.EST, Op.N_EST_PAS, Op.PARMI, Op.HORS_DE),
    Nature.PLUSIEURS: (
        Op.COMPREND,
        Op.NE_COMPREND_PAS,
        Op.COMPREND_TOUS,
        Op.NE_COMPREND_PAS_TOUS,
    ),
    Nature.DATE: (
        Op.AVANT,
        Op.A_PARTIR_DU,
        Op.DEPUIS_AU_MOINS,
        Op.DEPUIS_MOINS_DE,
        Op.DEMANDE_AVANT,
        Op.DEMANDE_PAS_AVANT,
        Op.DEMANDE_DANS,
        Op.DEMANDE_APRES,
    ),
    Nature.DUREE: ORDERED,
}
OF_SETS = frozenset(
    {
        Op.PARMI,
        Op.HORS_DE,
        Op.COMPREND,
        Op.NE_COMPREND_PAS,
        Op.COMPREND_TOUS,
        Op.NE_COMPREND_PAS_TOUS,
    }
)
OF_DURATIONS = frozenset(
    {Op.DEPUIS_AU_MOINS, Op.DEPUIS_MOINS_DE, Op.DEMANDE_DANS, Op.DEMANDE_APRES}
)
Span = tuple[date | None, date | None]


class LeafReader:
    """Reads the leaves of one file; `span` is the validity a leaf has unless it states its own."""

    def __init__(
        self,
        criteria: Mapping[str, Criterion],
        parameters: Mapping[str, Parameter],
        sources: Mapping[str, Source],
        span: Span,
        faults: Faults,
    ) -> None:
        self.criteria, self.parameters = criteria, parameters
        self.sources, self.span, self.faults = sources, span, faults

    def leaf(self, entry: Marked) -> Leaf:
        """Read a leaf; where something is wrong a fault is recorded, and the leaf is unknown."""
        faults = self.faults
        ops = [key for key in entry if key in list(Op)]
        faults.unknown_keys(entry, (*LEAF_KEYS, *Op))
        criterion = self._criterion(entry)
        op = self._op(entry, ops, criterion)
        source, known = self._source(entry), criterion.name in self.criteria
        citation = faults.text(entry, "citation", needed=False)
        if len(citation) > LONGEST_CITATION:
            faults.add(
                entry.lines["citation"], "citation", f"{len(citation)} signes.",
                f"Gardez-en {LONGEST_CITATION} au plus.",
            )  # fmt: skip
        a_faire = faults.text(entry, "a_faire", needed=op in DEADLINES)
        return Leaf(
            criterion=criterion,
            op=op,
            value=self._value(entry, op, criterion) if op in ops and known else None,
            source=source,
            citation=citation,
            valid_from=day(entry, "valide_du", faults) or self.span[0],
            valid_to=day(entry, "valide_au", faults) or self.span[1],
            confiance=confidence(entry, faults, source.confiance if source else "C"),
            texte=faults.text(entry, "texte", needed=False),
            a_faire=a_faire,
            line=entry.line,
        )

    def _criterion(self, entry: Marked) -> Criterion:
        name = self.faults.text(entry, "critere")
        if name in self.criteria:
            return self.criteria[name]
        if name:
            self.faults.add(
                entry.lines["critere"], "critere", f"« {name} » n'est pas au registre.",
                meant(name, self.criteria),
            )  # fmt: skip
        return Criterion(name, name, "", "", Nature.OUI_NON, {})

    def _op(self, entry: Marked, ops: list[str], criterion: Criterion) -> Op:
        if len(ops) != 1:
            why = "il manque une comparaison." if not ops else f"{len(ops)} comparaisons."
            accepted = ", ".join(self._accepted(criterion))
            self.faults.add(entry.line, "critere", why, f"Écrivez-en une : {accepted}.")
            return Op.EST
        op = Op(ops[0])
        if criterion.name in self.criteria and op not in self._accepted(criterion):
            self.faults.add(
                entry.lines[op], op, f"« {criterion.name} » ne se compare pas ainsi.",
                f"Au choix : {', '.join(self._accepted(criterion))}.",
            )  # fmt: skip
        return op

    def _accepted(self, criterion: Criterion) -> tuple[Op, ...]:
        ordered = ORDERED if criterion.ordered else ()
        return (*OF_NATURE[criterion.nature], *ordered)

    def _source(self, entry: Marked) -> Source | None:
        name = self.faults.text(entry, "source")
        if name and name not in self.sources:
            self.faults.add(
                entry.lines["source"], "source", f"« {name} » n'est pas dans « sources ».",
                meant(name, self.sources),
            )  # fmt: skip
        return self.sources.get(name)

    def _value(self, entry: Marked, op: Op, criterion: Criterion) -> Value | Operand | None:
        given = entry[op]
        if isinstance(given, Marked):
            return self._operand(given, op)
        if op in NEEDS_NO_VALUE:
            return None
        try:
            return _reader(op, criterion)(given)
        except ValueError as wrong:
            self.faults.add(entry.lines[op], op, f"{wrong}.", _advice(op, criterion))
            return None

    def _operand(self, given: Marked, op: Op) -> Operand | None:
        faults = self.faults
        faults.unknown_keys(given, ("parametre", "fois"))
        name = faults.text(given, "parametre")
        if name not in self.parameters:
            if name:
                faults.add(
                    given.line, "parametre", f"« {name} » n'est pas un paramètre.",
                    meant(name, self.parameters),
                )  # fmt: skip
            return None
        if op not in ORDERED:
            faults.add(given.line, "parametre", "un paramètre est un montant.",
                       f"Comparez par {', '.join(ORDERED)}.")  # fmt: skip
        return Operand(name, number(given, "fois", faults) or Decimal(1))


def _reader(op: Op, criterion: Criterion) -> Callable[[Any], Value]:
    if op in OF_DURATIONS:
        return parse_duration
    if op in OF_SETS and criterion.nature is Nature.CHOIX:
        return lambda given: frozenset(criterion.read(value) for value in _listed(given))  # type: ignore[misc]
    return criterion.read


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise ValueError(f"« {given} » n'est pas une liste")
    return given


def _advice(op: Op, criterion: Criterion) -> str:
    if op in OF_DURATIONS or criterion.nature is Nature.DUREE:
        return ""
    examples = {
        Nature.OUI_NON: "Écrivez oui ou non.",
        Nature.NOMBRE: "Écrivez par exemple 12.5.",
        Nature.DATE: "",
    }
    return examples.get(criterion.nature, f"Au choix : {', '.join(criterion.values)}.")

"""Read rule files into a `RuleBook`; a fault names its file, line, field, why, and what to do."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from .aids import AmountLine, Ceiling, Conflict, Couvre, Excluded, Periode, Rule, RuleBook
from .aids import Nature as SumNature
from .criteria import Criterion
from .faults import Faults, meant
from .formulas import Formula, parse_formula
from .leaf_reading import LeafReader
from .marked_yaml import Marked, RulesError, marked, read_marked
from .parameters import Parameter
from .registry import confidence, day, number, read_criteria, read_parameters
from .trees import AllOf, AnyOf, Node, Not, Source

RULES = Path(__file__).resolve().parents[1] / "data" / "rules"
CRITERIA, PARAMETERS, CASES = "criteres.yaml", "parametres.yaml", "cas"
NOT_RULES = (CRITERIA, PARAMETERS, "bareme.yaml")

RULE_KEYS = (
    "regle", "version", "nom", "resume", "organisme", "telephone", "lien", "usage", "valide_du",
    "valide_au", "sources", "conditions", "montants", "plafonds", "a_faire", "conflits",
    "exclusif", "subsidiaire",
)  # fmt: skip
NODES = ("tous", "un_de", "non")
DEEPEST = 12


@cache
def rule_book() -> RuleBook:
    """Return the rules that come with the product."""
    return read_rules(RULES)


def read_rules(folder: Path) -> RuleBook:
    """Return every rule of a folder; raises RulesError with all the faults of all the files."""
    book, problems = check_rules(folder)
    if problems:
        raise RulesError(problems)
    return book


def check_rules(folder: Path) -> tuple[RuleBook, list[str]]:
    """Return the rules of a folder, and the faults found on the way."""
    problems: list[str] = []
    criteria = _registry(folder / CRITERIA, read_criteria, problems)
    parameters = _registry(folder / PARAMETERS, read_parameters, problems)
    rules: list[Rule] = []
    for path in sorted(folder.rglob("*.yaml")):
        if path.name not in NOT_RULES and path.parent != folder / CASES:
            faults = Faults(path.name)
            content = _marked(path, problems)
            if content is not None:
                rules.append(_RuleReader(content, criteria, parameters, faults).rule())
            problems.extend(faults.messages)
    versions: dict[str, tuple[Rule, ...]] = {}
    for rule in sorted(rules, key=lambda row: (row.valid_from, row.version)):
        versions[rule.name] = (*versions.get(rule.name, ()), rule)
    problems.extend(_between_files(versions))
    return RuleBook(criteria, parameters, versions), problems


def rule_from(document: Mapping[str, Any], book: RuleBook, *, read_on: date | None = None) -> Rule:
    """Return the rule of a document shaped like a file, days as dates.

    It may use the criteria and the parameters of `book`. `read_on` is when its sources were last
    read, unless they say it themselves. Raises RulesError with all its faults.
    """
    faults = Faults(f"{document.get('regle', '')}.yaml")
    rule = _RuleReader(marked(document), book.criteria, book.parameters, faults, read_on).rule()
    if faults.messages:
        raise RulesError(faults.messages)
    return rule


def _marked(path: Path, problems: list[str]) -> Marked | None:
    try:
        return read_marked(path)
    except RulesError as wrong:
        problems.extend(wrong.problems)
        return None


def _registry(path: Path, read: Any, problems: list[str]) -> dict[str, Any]:
    content, faults = _marked(path, problems), Faults(path.name)
    document: dict[str, Any] = {} if content is None else read(content, faults)
    problems.extend(faults.messages)
    return document


def _between_files(versions: Mapping[str, tuple[Rule, ...]]) -> list[str]:
    """Return the faults that two files make together."""
    faults = []
    for rules in versions.values():
        for rule, following in pairwise(rules):
            if rule.version == following.version or rule.valid_from == following.valid_from:
                faults.append(
                    f"{following.file} : même version ou même date de début que {rule.file}. "
                    "Donnez à chaque version d'une règle son numéro et son jour."
                )
            elif rule.valid_to is None or rule.valid_to >= following.valid_from:
                faults.append(
                    f"{rule.file}, champ « valide_au » : la version {following.version} commence "
                    f"le {following.valid_from}. Finissez celle-ci la veille."
                )
        for barred in rules[-1].exclusif:
            if barred.other not in versions:
                advice = meant(barred.other, versions)
                why = f"pas de règle « {barred.other} ». {advice}"
                faults.append(f"{rules[-1].file}, champ « exclusif » : {why}")
    return faults


class _RuleReader:
    """Reads one file."""

    def __init__(
        self,
        content: Marked,
        criteria: Mapping[str, Criterion],
        parameters: Mapping[str, Parameter],
        faults: Faults,
        read_on: date | None = None,
    ) -> None:
        self.content, self.faults, self.read_on = content, faults, read_on
        self.criteria, self.parameters = criteria, parameters
        self.sources: dict[str, Source] = {}

    def rule(self) -> Rule:
        content, faults = self.content, self.faults
        faults.unknown_keys(content, RULE_KEYS)
        begins = day(content, "valide_du", faults)
        ends = day(content, "valide_au", faults)
        if begins is None:
            faults.add(content.line, "valide_du", "il manque.", "Écrivez une date AAAA-MM-JJ.")
        elif ends is not None and ends < begins:
            faults.add(
                content.lines["valide_au"], "valide_au", "il est avant « valide_du ».",
                "Inversez-les.",
            )  # fmt: skip
        self.sources = self._sources()
        self.leaves = LeafReader(
            self.criteria, self.parameters, self.sources, (begins, ends), faults
        )
        return Rule(
            name=self._name(),
            version=int(number(content, "version", faults) or 1),
            nom=faults.text(content, "nom"),
            resume=faults.text(content, "resume"),
            organisme=faults.text(content, "organisme"),
            telephone=faults.text(content, "telephone", needed=False),
            lien=faults.text(content, "lien", needed=False),
            is_aid=faults.one_of(content, "usage", ("aide", "acces"), "aide") == "aide",
            valid_from=begins or date.min,
            valid_to=ends,
            conditions=self._node(content.get("conditions"), content.line_of("conditions"), 0),
            montants=tuple(self._sum(entry) for entry in faults.entries(content, "montants")),
            plafonds=tuple(self._ceiling(entry) for entry in faults.entries(content, "plafonds")),
            a_faire=faults.texts(content, "a_faire"),
            conflits=tuple(self._conflict(entry) for entry in faults.entries(content, "conflits")),
            exclusif=tuple(self._excluded(entry) for entry in faults.entries(content, "exclusif")),
            subsidiaire=faults.boolean(content, "subsidiaire", False),
            sources=self.sources,
            file=faults.file,
        )

    def _name(self) -> str:
        name = self.faults.text(self.content, "regle")
        stem = self.faults.file.removesuffix(".yaml")
        if name and stem != name and not stem.startswith(f"{name}-v"):
            self.faults.add(
                self.content.lines["regle"], "regle", f"le fichier s'appelle « {stem} ».",
                f"Nommez-le {name}.yaml, ou {name}-v1.yaml pour une ancienne version.",
            )  # fmt: skip
        return name

    def _sources(self) -> dict[str, Source]:
        faults = self.faults
        given = self.content.get("sources")
        section = faults.entry(given, self.content.line_of("sources"), "sources")
        sources = {}
        for name, fields in (section or Marked()).items():
            entry = faults.entry(fields, section.lines[name], name) if section is not None else None
            if entry is None:
                continue
            faults.unknown_keys(entry, ("titre", "url", "lu_le", "confiance"))
            url = faults.text(entry, "url", needed=False)
            if url and not url.startswith(("https://", "http://")):
                faults.add(entry.lines["url"], "url", "ce n'est pas une adresse.",
                           "Commencez par https://.")  # fmt: skip
            sources[name] = Source(
                id=name,
                titre=faults.text(entry, "titre"),
                url=url,
                lu_le=day(entry, "lu_le", faults) or self.read_on,
                confiance=confidence(entry, faults, ""),
            )
        return sources

    def _node(self, given: Any, line: int, depth: int) -> Node:
        entry = self.faults.entry(given, line, "conditions")
        if entry is None:
            return AllOf(())
        heads = [key for key in NODES if key in entry]
        if not heads:
            return self.leaves.leaf(entry)
        if len(entry) > 1:
            self.faults.add(
                entry.line, heads[0], "il est écrit avec d'autres champs.",
                "Un groupe « tous », « un_de » ou « non » va seul.",
            )  # fmt: skip
        if depth >= DEEPEST:
            self.faults.add(entry.line, heads[0], f"plus de {DEEPEST} niveaux.", "Simplifiez.")
            return AllOf(())
        return self._group(heads[0], entry, depth + 1)

    def _group(self, head: str, entry: Marked, depth: int) -> Node:
        line = entry.lines[head]
        if head == "non":
            return Not(self._node(entry[head], line, depth))
        parts: Sequence[Any] = entry[head] if isinstance(entry[head], list) else []
        if not parts:
            self.faults.add(line, head, "il faut une liste de conditions.", "Commencez par « - ».")
        nodes = tuple(self._node(part, line, depth) for part in parts)
        return AllOf(nodes) if head == "tous" else AnyOf(nodes)

    def _sum(self, entry: Marked) -> AmountLine:
        faults = self.faults
        faults.unknown_keys(
            entry, ("libelle", "nature", "periode", "couvre", "calcul", "si", "jusqu_a")
        )
        condition = entry.get("si")
        return AmountLine(
            libelle=faults.text(entry, "libelle"),
            nature=SumNature(
                faults.one_of(entry, "nature", [nature.value for nature in SumNature], "aide")
            ),
            periode=Periode(
                faults.one_of(entry, "periode", [periode.value for periode in Periode])
            ),
            couvre=Couvre(
                faults.one_of(entry, "couvre", [couvre.value for couvre in Couvre], "transport")
            ),
            calcul=self._formula(entry),
            si=None if condition is None else self._node(condition, entry.lines["si"], 0),
            jusqu_a=faults.boolean(entry, "jusqu_a", False),
            line=entry.line,
        )

    def _ceiling(self, entry: Marked) -> Ceiling:
        """Read a ceiling; the sums it names must be those of the rule."""
        faults = self.faults
        faults.unknown_keys(entry, ("montants", "calcul"))
        known = {amount.get("libelle") for amount in self.content.get("montants") or ()}
        named = faults.texts(entry, "montants")
        for label in named:
            if label not in known:
                faults.add(entry.lines["montants"], "montants", f"pas de montant « {label} ».",
                           meant(label, [str(row) for row in known]))  # fmt: skip
        return Ceiling(named, self._formula(entry), entry.line)

    def _formula(self, entry: Marked) -> Formula:
        line = entry.line_of("calcul")
        try:
            formula = parse_formula(self.faults.text(entry, "calcul") or "0")
        except ValueError as wrong:
            self.faults.add(line, "calcul", f"{wrong}.")
            return parse_formula("0")
        known = [
            *self.parameters,
            *(name for name, criterion in self.criteria.items() if criterion.unite),
        ]
        for name in formula.names:
            if name not in known:
                self.faults.add(line, "calcul", f"« {name} » n'est ni un paramètre ni un nombre du "
                                "registre.", meant(name, known))  # fmt: skip
        return formula

    def _conflict(self, entry: Marked) -> Conflict:
        self.faults.unknown_keys(entry, ("code", "note", "traitement"))
        return Conflict(*(self.faults.text(entry, key) for key in ("code", "note", "traitement")))

    def _excluded(self, entry: Marked) -> Excluded:
        faults = self.faults
        faults.unknown_keys(entry, ("regle", "source"))
        name = faults.text(entry, "source")
        if name and name not in self.sources:
            faults.add(entry.lines["source"], "source", f"« {name} » n'est pas dans les sources.",
                       meant(name, self.sources))  # fmt: skip
        source = self.sources.get(name) or Source(name, "", "", None, "C")
        return Excluded(faults.text(entry, "regle"), source)

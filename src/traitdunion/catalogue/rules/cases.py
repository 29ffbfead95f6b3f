"""Cases kept with a rule on its page: a person, and what the rule must answer for them.

They have the shape of the files of `data/rules/cas`, and are run before the rule is published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from traitdunion.rules import Reponse, Rule, RuleBook, Value, entitlement, rule_book
from traitdunion.rules.cases import Case, cases_from, gaps_of, written
from traitdunion.sources.bounded import parse_json

MAX_CASES = 30
LONGEST_NAME = 80
KEYS = {"nom", "le", "avec", "reponse"}


@dataclass(frozen=True)
class Outcome:
    """A case, and what the rule answers for it."""

    nom: str
    wanted: Reponse
    given: Reponse
    person: str

    @property
    def holds(self) -> bool:
        return self.wanted is self.given

    @property
    def sentence(self) -> str:
        """Return what it expects, and what it gets."""
        wanted, given = self.wanted.label.lower(), self.given.label.lower()
        return f"Le cas « {self.nom} » attend « {wanted} », la règle répond « {given} »."


def kept_case(
    nom: str, reponse: str, facts: Mapping[str, Value], *, on: date, number: int
) -> dict[str, Any]:
    """Return the case of a person tried on a day, as JSON holds it; ValueError for an unknown
    answer.
    """
    return {
        "nom": " ".join(nom.split())[:LONGEST_NAME] or f"Cas {number}",
        "le": on.isoformat(),
        "avec": {name: written(value) for name, value in facts.items()},
        "reponse": Reponse(reponse).value,
    }


def posted_cases(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the cases that a page sends back as it got them; what is not one is left out."""
    posted = []
    for text in texts[:MAX_CASES]:
        try:
            case = parse_json(text.encode())
        except ValueError:
            continue
        if isinstance(case, dict) and set(case) == KEYS and _is_sound(case):
            posted.append(case)
    return posted


def _is_sound(case: Mapping[str, Any]) -> bool:
    try:
        cases_from(_document("essai", [case]), _with_name("essai"))
    except (ValueError, AttributeError, TypeError):
        return False
    return True


def _with_name(name: str) -> RuleBook:
    """Return the rules of the product, one of which bears a name: enough to read its cases."""
    book = rule_book()
    return RuleBook(book.criteria, book.parameters, {name: next(iter(book.rules.values()))})


def _document(name: str, cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "regle": name,
        "cas": [{**case, "le": date.fromisoformat(case["le"])} for case in cases],
    }


def outcomes(cases: Sequence[Mapping[str, Any]], rule: Rule) -> list[Outcome]:
    """Return what a rule answers for each case; RulesError where one can no longer be read."""
    book = rule_book().with_rules([rule])
    return [_outcome(case, rule, book) for case in _cases_from(cases, rule, book)]


def untried(cases: Sequence[Mapping[str, Any]], rule: Rule) -> list[str]:
    """Return the conditions that no case sees decide both ways, at their threshold, each a
    sentence.
    """
    book = rule_book().with_rules([rule])
    lines = [text for _, text in gaps_of(rule, _cases_from(cases, rule, book), book)]
    return [f"{text[:1].upper()}{text[1:]}, elle seule en décidant." for text in lines]


def _cases_from(cases: Sequence[Mapping[str, Any]], rule: Rule, book: RuleBook) -> list[Case]:
    return cases_from(_document(rule.name, cases), book) if cases else []


def _outcome(case: Case, rule: Rule, book: RuleBook) -> Outcome:
    reponse = entitlement(rule, case.facts, on=case.on, book=book).reponse
    person = ", ".join(
        f"{book.criteria[name].nom} : {_value_in_words(name, value, book)}"
        for name, value in case.facts.items()
    )
    return Outcome(case.nom, case.reponse, reponse, person)


def _value_in_words(name: str, value: Value, book: RuleBook) -> str:
    plain = written(value)
    codes = plain if isinstance(plain, list) else [plain]
    criterion = book.criteria[name]
    labels = ", ".join(criterion.label(code) for code in codes) or "rien"
    return f"{labels} {criterion.unite}".rstrip()

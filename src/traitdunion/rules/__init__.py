"""Eligibility in three values, dated amounts, aids, things to do, questions, monthly budgets.

The rules are the YAML files of `data/rules`; nothing here knows of Django.
"""

from .aids import Entitlement, Periode, Reponse, Rule, RuleBook, Sum, ToDo, entitlement
from .budget import Budget, Month, monthly_budget
from .criteria import NOT_YET, Criterion, Facts, Value
from .exclusions import exclusions_of
from .kleene import Truth
from .marked_yaml import RulesError
from .parameters import Operand
from .questions import Question, leaves_by_criterion, next_questions, signature
from .reading import read_rules, rule_book, rule_from
from .trees import AllOf, Leaf, Node, Op, Source, World, may_be_true, with_leaves
from .wording import explained, literal, sentences

__all__ = [
    "NOT_YET",
    "AllOf",
    "Budget",
    "Criterion",
    "Entitlement",
    "Facts",
    "Leaf",
    "Month",
    "Node",
    "Op",
    "Operand",
    "Periode",
    "Question",
    "Reponse",
    "Rule",
    "RuleBook",
    "RulesError",
    "Source",
    "Sum",
    "ToDo",
    "Truth",
    "Value",
    "World",
    "entitlement",
    "exclusions_of",
    "explained",
    "leaves_by_criterion",
    "literal",
    "may_be_true",
    "monthly_budget",
    "next_questions",
    "read_rules",
    "rule_book",
    "rule_from",
    "sentences",
    "signature",
    "with_leaves",
]

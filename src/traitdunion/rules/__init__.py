"""Eligibility in three values, dated amounts, aids, things to do, questions, monthly budgets.

The rules are the YAML files of `data/rules`; nothing here knows of Django.
"""

from .aids import Entitlement, Periode, Reponse, Rule, RuleBook, Sum, ToDo, entitlement
from .budget import Budget, Month, monthly_budget
from .criteria import NOT_YET, Criterion, Facts, Value
from .exclusions import exclusions_of
from .kleene import Truth
from .marked_yaml import RulesError
from .questions import Question, next_questions
from .reading import read_rules, rule_book, rule_from
from .trees import AllOf, Node, Source, may_be_true
from .wording import explained, literal, sentences

__all__ = [
    "NOT_YET",
    "AllOf",
    "Budget",
    "Criterion",
    "Entitlement",
    "Facts",
    "Month",
    "Node",
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
    "entitlement",
    "exclusions_of",
    "explained",
    "literal",
    "may_be_true",
    "monthly_budget",
    "next_questions",
    "read_rules",
    "rule_book",
    "rule_from",
    "sentences",
]

"""An answer as it was given, kept as a document: what was read that day, whatever changes since.

The document is plain JSON. What was told of the person for their aids (income, age…) and the budget
made of it are left out: only what was answered is kept.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from traitdunion.matching.answer import Aid, Answer, Help, Option, Verdict
from traitdunion.rules import Reponse

from ..cards import reasons_of

VERSION = 1
Document = dict[str, Any]


def document_of(answer: Answer, summary: Mapping[str, str], query: str = "") -> Document:
    """Document of an answer; `summary` and `query` are the question, in words and in an address."""
    asked = answer.situation
    return {
        "version": VERSION,
        "asked_at": asked.now.isoformat(),
        "home": asked.home.label,
        "work": asked.work.label,
        "question": dict(summary),
        "query": query,
        "network": answer.network_label,
        "demonstration": answer.network_is_demonstration,
        "options": [_option(one) for one in answer.options],
        "helps": [_help(one) for one in answer.helps],
        "aids": [_aid(one) for one in answer.aids if one.reponse is not Reponse.NON],
        "excluded": [
            {"title": one.title, "reasons": list(reasons_of(one))} for one in answer.excluded
        ],
    }


def _option(option: Option) -> Document:
    cost = option.monthly_cost_eur
    return {
        "key": option.key,
        "title": option.title,
        "summary": option.summary,
        "verdict": option.verdict.value,
        "feasible_days": option.feasible_days,
        "asked_days": option.asked_days,
        "minutes_out": option.minutes_out,
        "minutes_back": option.minutes_back,
        "monthly_cost_eur": None if cost is None else str(cost),
        "reasons": list(option.reasons),
        "next_step": option.next_step,
        "contact_name": option.contact_name,
        "telephone": option.telephone,
        "solutions": list(option.solutions),
    }


def _help(one: Help) -> Document:
    return {
        "key": one.key,
        "title": one.title,
        "contact_name": one.contact_name,
        "telephone": one.telephone,
    }


def _aid(aid: Aid) -> Document:
    return {
        "title": aid.title,
        "reponse": aid.reponse.label,
        "sums": list(aid.sums),
        "solutions": list(aid.solutions),
    }


def options_of(document: Document) -> list[Document]:
    """Options of a document, with what a page draws: verdict in words, cost as a sum."""
    return [
        one
        | {
            "verdict": Verdict(one["verdict"]),
            "monthly_cost_eur": None
            if one["monthly_cost_eur"] is None
            else Decimal(one["monthly_cost_eur"]),
        }
        for one in document["options"]
    ]


def solutions_of(document: Document) -> list[str]:
    """Keys of the solutions of the catalogue that an answer names, each once, in its order."""
    named = [key for one in document["options"] for key in one["solutions"]]
    named += [one["key"] for one in document["helps"]]
    named += [key for one in document["aids"] for key in one["solutions"]]
    return list(dict.fromkeys(named))

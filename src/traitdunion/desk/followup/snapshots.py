"""An answer as it was given, kept as a document: what was read that day, whatever changes since.

The document is plain JSON. The facts given for the aids of the person (income, age…) and the budget
made of them are left out: only the answer is kept.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from traitdunion import french
from traitdunion.matching.answer import Aid, Answer, Help, Option, Verdict
from traitdunion.rules import Reponse

from ..question.cards import reasons_of

VERSION = 1
Document = dict[str, Any]


def document_of(
    answer: Answer, summary: Mapping[str, str], query: str = "", *, home: str = ""
) -> Document:
    """Return the document of an answer; `summary` and `query` hold the question.

    `home`: the commune where the question has an address, which a file does not keep.
    """
    asked = answer.situation
    return {
        "version": VERSION,
        "asked_at": asked.now.isoformat(),
        "home": home or asked.home.label,
        "work": asked.work.label,
        "question": dict(summary),
        "query": query,
        "network": answer.network_label,
        "demonstration": answer.network_is_demonstration,
        "options": [_option(option) for option in answer.options],
        "helps": [_help(help_) for help_ in answer.helps],
        "aids": [_aid(aid) for aid in answer.aids if aid.reponse is not Reponse.NON],
        "excluded": [
            {"title": option.title, "reasons": list(reasons_of(option))}
            for option in answer.excluded
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


def _help(help_: Help) -> Document:
    return {
        "key": help_.key,
        "title": help_.title,
        "contact_name": help_.contact_name,
        "telephone": help_.telephone,
    }


def _aid(aid: Aid) -> Document:
    return {
        "title": aid.title,
        "reponse": aid.reponse.label,
        "sums": list(aid.sums),
        "solutions": list(aid.solutions),
    }


def is_readable(document: Document) -> bool:
    """Return whether a document has the form that pages read.

    One that another version of the product wrote is to be asked for again.
    """
    return document.get("version") == VERSION


def options_of(document: Document) -> list[Document]:
    """Return the options of a document, with what a page draws of them; none of an old form."""
    if not is_readable(document):
        return []
    return [
        option
        | {
            "verdict": Verdict(option["verdict"]),
            "monthly_cost_eur": None
            if option["monthly_cost_eur"] is None
            else Decimal(option["monthly_cost_eur"]),
        }
        for option in document["options"]
    ]


def aids_of(document: Document, *, kept_on: date, today: date, fresh_days: int) -> list[Document]:
    """Return the aids of a document; an old "oui" becomes to be checked."""
    if not is_readable(document):
        return []
    old = today > kept_on + timedelta(days=fresh_days)
    to_check = french.uncapitalised(Reponse.A_VERIFIER.label)
    return [
        aid | {"reponse": f"{to_check} : oui le {french.day(kept_on)}"}
        if old and aid["reponse"] == Reponse.OUI.label
        else aid
        for aid in document["aids"]
    ]


def solutions_of(document: Document) -> list[str]:
    """Return the keys of the solutions that an answer names, each once, in its order."""
    if not is_readable(document):
        return []
    named = [key for option in document["options"] for key in option["solutions"]]
    named += [help_["key"] for help_ in document["helps"]]
    named += [key for aid in document["aids"] for key in aid["solutions"]]
    return list(dict.fromkeys(named))

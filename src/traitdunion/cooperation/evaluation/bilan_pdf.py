"""The bilan of a session as a document of one or two pages, by Typst."""

from datetime import date
from typing import Any

from ..dates import day_in_words
from ..printing.layout_pdf import compile_layout
from ..sessions.printed_sheets import session_head
from .bilan import Bilan
from .publication import Result, Share


def bilan_pdf(bilan: Bilan, *, on: date, with_roadmap: bool = True) -> bytes:
    """Compile the bilan of a day as PDF, to print and to join to minutes.

    with_roadmap: whether the reader sees the roadmap too; otherwise actions are only counted.
    """
    headlines = bilan.evaluation.headlines if bilan.evaluation else []
    results = bilan.evaluation.results if bilan.evaluation else ()
    content = {
        "on": day_in_words(on),
        "demonstration": bilan.seance.demonstration,
        "present": bilan.n_present,
        "n_domains": bilan.n_domains,
        "shown_domains": [list(domain) for domain in bilan.shown_domains],
        "headlines": [_result_for_print(headline) for headline in headlines],
        "n_retained": len(bilan.retained),
        "retained": [
            {"titre": action.titre, "axe": action.axe.titre}
            for action in (bilan.retained if with_roadmap else ())
        ],
        "over": bilan.evaluation is not None,
        "any_ballot": bilan.evaluation is not None and bilan.evaluation.has_ballots,
        "ballots": bilan.evaluation and bilan.evaluation.n_ballots,
        "rate": _share(bilan.response_rate),
        "results": [_result_for_print(result) for result in results],
        "answered": _share(bilan.cooperation.answered),
        "held": _share(bilan.cooperation.held_in_time),
        "median_days": _french_number(bilan.cooperation.median_days),
    }
    return compile_layout("bilan", session_head(bilan.seance), content)


def _share(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    low, high = share.interval_percent
    return {"n": share.n, "d": share.d, "percent": share.percent, "low": low, "high": high}


def _result_for_print(result: Result) -> dict[str, Any]:
    return {
        "texte": result.question.texte,
        "dit": result.question.dit,
        "source": result.question.source,
        "has_answers": result.has_answers,
        "percent": result.percent,
        "favourable": _share(result.favourable),
        "counts": [{"label": label, "n": n, "percent": s.percent} for label, n, s in result.counts],
    }


def _french_number(value: float | None) -> str | None:
    """Format « 3 » or « 3,5 »."""
    return None if value is None else f"{value:g}".replace(".", ",")

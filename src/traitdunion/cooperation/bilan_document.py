"""The bilan of a session as a document of one or two pages, by Typst."""

from datetime import date
from typing import Any

from .bilan import Bilan
from .days import day_in_words
from .evaluation import Result, Share
from .printing import compile_layout, session_head


def bilan_pdf(found: Bilan, *, on: date) -> bytes:
    """What the page of the bilan tells on a day, to print and to join to minutes."""
    told = {
        "on": day_in_words(on),
        "demonstration": found.seance.demonstration,
        "present": found.n_present,
        "domains": [list(one) for one in found.domains],
        "headlines": [_told(one) for one in found.evaluation.headlines],
        "retained": [{"titre": one.titre, "axe": one.axe.titre} for one in found.retained],
        "ballots": found.evaluation.n_ballots,
        "rate": _share(found.response_rate),
        "results": [_told(one) for one in found.evaluation.results],
        "answered": _share(found.cooperation.answered),
        "held": _share(found.cooperation.held_in_time),
        "median_days": _number(found.cooperation.median_days),
    }
    return compile_layout("bilan", session_head(found.seance), told)


def _share(one: Share | None) -> dict[str, Any] | None:
    if one is None:
        return None
    low, high = one.interval_percent
    return {"n": one.n, "d": one.d, "percent": one.percent, "low": low, "high": high}


def _told(one: Result) -> dict[str, Any]:
    return {
        "texte": one.question.texte,
        "dit": one.question.dit,
        "source": one.question.source,
        "n_answers": one.n_answers,
        "favourable": _share(one.favourable),
        "counts": [{"label": label, "n": n, "percent": s.percent} for label, n, s in one.counts],
    }


def _number(value: float | None) -> str | None:
    """« 3 » or « 3,5 »."""
    return None if value is None else f"{value:g}".replace(".", ",")

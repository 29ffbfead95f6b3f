"""What needs weigh on a way: equipment asked for, age, suspended licence, night work of minors."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from traitdunion import reach
from traitdunion.catalogue.enums import Amenagement
from traitdunion.rules.marked_yaml import read_marked

from ..answer import Filtre, Finding, Verdict
from ..feasibility.candidates import Candidate
from ..needs import WHEELCHAIR, AgeBand, Needs
from ..offers import Offer, contact_of, lends
from ..situation import Situation

DAY_S = 86_400
AGES = {AgeBand.UNDER_16: (0, 15), AgeBand.MINOR: (16, 17), AgeBand.ADULT: (18, 200)}
"""Ages of each band, both included."""

MODES = frozenset({"bike", "ebike", "scooter"})
"""Vehicles that carry no wheelchair."""


class _Night(NamedTuple):
    from_s: int
    to_s: int
    article: str


@cache
def _nights() -> dict[str, _Night]:
    read = read_marked(Path(str(files("traitdunion") / "data/work/night_work.yaml")))
    return {
        band: _Night(_seconds(night["de"]), _seconds(night["a"]), night["article"])
        for band, night in read.items()
    }


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def is_left_out(candidate: Candidate, needs: Needs) -> bool:
    """Return whether a way is not to be offered at all."""
    mode = candidate.travel.mode
    if mode is None:
        return False
    if mode.code in needs.vehicles_left_out:
        return True
    # A stop on the way with a vehicle left at a station is not searched.
    return needs.child is not None and candidate.travel.is_joined


def own_findings(candidate: Candidate, needs: Needs) -> Iterator[Finding]:
    """Yield what needs weigh on a way made by one's own means."""
    if not needs.wheelchair:
        return
    if candidate.travel.mode is not None and candidate.travel.mode.code in MODES:
        yield Finding(Verdict.NON, "Non accessible en fauteuil.", Filtre.BESOINS)


def offer_findings(offer: Offer, situation: Situation) -> Iterator[Finding]:
    """Yield what needs weigh on a solution: each equipment asked for, then the age it takes."""
    needs = situation.needs
    for code in sorted(needs.ask_for):
        finding = _equipment(offer, code)
        if finding is not None:
            yield finding
    if needs.age is not None and offer.age_min is not None:
        least, most = AGES[needs.age]
        if most < offer.age_min:
            text = f"Il faut avoir {offer.age_min} ans."
            yield Finding(Verdict.NON, text, Filtre.BESOINS)
        elif least < offer.age_min:
            text = f"Il faut avoir {offer.age_min} ans : à vérifier."
            yield Finding(Verdict.A_VERIFIER, text, Filtre.BESOINS)


def _equipment(offer: Offer, code: str) -> Finding | None:
    """Return what one equipment weighs: nothing where it is there, doubt where it is not known."""
    if code in offer.amenagements:
        return None
    named = dict(Amenagement.choices).get(code, code)
    is_wheelchair = code == WHEELCHAIR
    if is_wheelchair and offer.accessible is not None:
        if offer.accessible:
            return None
        return Finding(Verdict.NON, "Non accessible en fauteuil.", Filtre.BESOINS)
    if is_wheelchair and lends(offer) and offer.mode in ("velo", "vae", "scooter"):
        return Finding(Verdict.NON, "Non accessible en fauteuil.", Filtre.BESOINS)
    contact = contact_of(offer)
    whom = contact["telephone"] or contact["contact_name"] or "service"
    call = f"appeler le {whom}" if contact["telephone"] else f"demander à {whom}"
    what = "Accessibilité non renseignée" if is_wheelchair else f"{named} : non renseigné"
    return Finding(Verdict.A_VERIFIER, f"{what} : {call} avant de partir.", Filtre.BESOINS)


def night_work(situation: Situation) -> tuple[Finding, ...]:
    """Return the warning about hours at which a minor may not work, without a dispensation."""
    age = situation.needs.age
    night = _nights().get(age.value) if age is not None else None
    roster = situation.roster
    shifts = (situation.shift,) if roster is None else (situation.shift, *roster.distinct)
    if night is None or age is None or not any(_works_by_night(s, night) for s in shifts):
        return ()
    clock = f"{night.from_s // 3600} h – {night.to_s // 3600} h"
    who = "à 16 et 17 ans" if age == AgeBand.MINOR else "avant 16 ans"
    text = (
        f"Travail de nuit ({clock}) interdit {who}, sauf dérogation "
        f"(Code du travail, {night.article})."
    )
    return (Finding(Verdict.A_VERIFIER, text, Filtre.BESOINS),)


def _works_by_night(shift: reach.Shift, night: _Night) -> bool:
    spans = shift.periods or ((shift.start_s, shift.end_s),)
    dark = [(night.from_s + day * DAY_S, night.to_s + (day + 1) * DAY_S) for day in (-1, 0, 1)]
    return any(start < last and first < end for start, end in spans for first, last in dark)

"""A distribution of votes as it is tried on a page: what it breaks, and shares by audience."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .deliberation import College
from .models.committees import Instance, NatureInstance
from .vote_shares import (
    BrokenRule,
    CdpeVotes,
    CleVotes,
    TiedAverages,
    employers_shares,
    highest_averages,
)

AUDIENCE = re.compile(r"^(?P<name>.+?)[\s:;]+(?P<share>\d+(?:[.,]\d+)?)\s*%?$")
EMPLOYERS = re.compile(
    r"^(?P<name>.+?)[\s:;]+(?P<firms>\d+(?:[.,]\d+)?)\s*%?[\s;/]+(?P<employees>\d+(?:[.,]\d+)?)\s*%?$"
)
MOST_LINES = 30


class WrongAudience(ValueError):
    """Lines that cannot be read; the message tells them all, in French."""


@dataclass(frozen=True)
class Shared:
    """Votes of each organisation by the highest averages, or why they cannot be told."""

    votes: Mapping[str, int]
    why_not: str = ""


def broken_by(nature: str, votes: Mapping[str, int], *, on: date) -> list[BrokenRule]:
    """Rules of R5311-38 (departmental) or -39 (local) that votes by college do not keep."""
    told = {name: votes.get(name, 0) for name in College}
    wide = told[College.ETAT], told[College.REGION], told[College.DEPARTEMENT]
    if nature == NatureInstance.CDPE:
        near = told[College.COMMUNES] + told[College.EPCI]
        partners = told[College.SYNDICATS], told[College.EMPLOYEURS]
        return CdpeVotes(*wide, near, *partners).broken(on=on)
    return CleVotes(*wide, told[College.EPCI], told[College.COMMUNES]).broken(on=on)


def votes_of(instance: Instance, on: date) -> dict[str, int]:
    """Votes of a committee by college on a day, without those of its presidents."""
    votes: dict[str, int] = {}
    for one in instance.membres.all():
        if one.sits_on(on) and not one.preside and one.has_vote:
            votes[one.college] = votes.get(one.college, 0) + one.voix
    return votes


def read_audience(text: str) -> dict[str, Fraction]:
    """Unions with their audience, one a line: « Syndicat A 30 ». Raises WrongAudience."""
    found = _read(text, AUDIENCE, "Syndicat A 26,6")
    return {name: share for name, (share,) in found.items()}


def read_employers(text: str) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Shares of firms and of their employees, one a line: « Organisation X 30 65 »."""
    found = _read(text, EMPLOYERS, "Organisation X 30 65")
    firms = {name: share for name, (share, _) in found.items()}
    return firms, {name: share for name, (_, share) in found.items()}


def _read(text: str, line: re.Pattern[str], example: str) -> dict[str, tuple[Fraction, ...]]:
    found: dict[str, tuple[Fraction, ...]] = {}
    wrong = []
    lines = [told.strip() for told in text.splitlines() if told.strip()]
    if len(lines) > MOST_LINES:
        raise WrongAudience(f"{len(lines)} lignes : {MOST_LINES} au plus.")
    for n, told in enumerate(lines, start=1):
        read = line.match(told)
        if read is None:
            wrong.append(f"Ligne {n}, « {told[:40]} » : écrivez « {example} ».")
        elif read["name"].strip() in found:
            wrong.append(f"Ligne {n} : « {read['name'].strip()[:40]} » est là deux fois.")
        else:
            numbers = [value for key, value in read.groupdict().items() if key != "name"]
            shares = (Fraction(one.replace(",", ".")) for one in numbers)
            found[read["name"].strip()] = tuple(shares)
    if wrong:
        raise WrongAudience(" ".join(wrong))
    return found


def share_unions(audience: Mapping[str, Fraction], n_votes: int) -> Shared:
    """Votes of the unions, proportional to their audience (R5311-38, 3°)."""
    return _shared(audience, n_votes)


def share_employers(
    firms: Mapping[str, Fraction], employees: Mapping[str, Fraction], n_votes: int, *, on: date
) -> Shared:
    """Votes of the employers' organisations, 30 % by firms and 70 % by employees (R5311-38, 4°)."""
    return _shared(employers_shares(firms, employees, on=on), n_votes)


def _shared(shares: Mapping[str, Fraction], n_votes: int) -> Shared:
    if not any(shares.values()):
        return Shared({}, "Aucune audience n'est dite.")
    try:
        return Shared(highest_averages(shares, n_votes))
    except TiedAverages as tie:
        return Shared({}, str(tie))

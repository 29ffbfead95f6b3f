"""A distribution of votes as it is tried on a page: what it breaks, and shares by audience."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ..enums import College
from ..models.committees import Instance, NatureInstance
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
MAX_LINES = 30


class WrongAudience(ValueError):
    """Lines that cannot be read; the message lists them all, in French."""


@dataclass(frozen=True)
class Shared:
    """Votes of each organisation by the highest averages, or why they cannot be shared."""

    votes: Mapping[str, int]
    why_not: str = ""


def broken_by(nature: str, votes: Mapping[str, int], *, on: date) -> list[BrokenRule]:
    """Return rules of R5311-38 (departmental) or -39 (local) that votes by college do not keep."""
    voices = {name: votes.get(name, 0) for name in College}
    wide = voices[College.ETAT], voices[College.REGION], voices[College.DEPARTEMENT]
    if nature == NatureInstance.CDPE:
        near = voices[College.COMMUNES] + voices[College.EPCI]
        partners = voices[College.SYNDICATS], voices[College.EMPLOYEURS]
        return CdpeVotes(*wide, near, *partners).broken(on=on)
    return CleVotes(*wide, voices[College.EPCI], voices[College.COMMUNES]).broken(on=on)


def votes_of(instance: Instance, on: date) -> dict[str, int]:
    """Return votes of a committee by college on a day, without those of its presidents."""
    votes: dict[str, int] = {}
    for membre in instance.membres.all():
        if membre.sits_on(on) and not membre.preside and membre.has_vote:
            votes[membre.college] = votes.get(membre.college, 0) + membre.voix
    return votes


def read_audience(text: str) -> dict[str, Fraction]:
    """Read unions with their audience, one a line: « Syndicat A 30 ». Raises WrongAudience."""
    shares = _shares_by_name(text, AUDIENCE, "Syndicat A 26,6")
    return {name: share for name, (share,) in shares.items()}


def read_employers(text: str) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Read shares of firms and of their employees, one a line: « Organisation X 30 65 »."""
    shares = _shares_by_name(text, EMPLOYERS, "Organisation X 30 65")
    firms = {name: share for name, (share, _) in shares.items()}
    return firms, {name: share for name, (_, share) in shares.items()}


def _shares_by_name(
    text: str, line: re.Pattern[str], example: str
) -> dict[str, tuple[Fraction, ...]]:
    by_name: dict[str, tuple[Fraction, ...]] = {}
    wrong = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise WrongAudience(f"{len(lines)} lignes : {MAX_LINES} au plus.")
    for n, text_line in enumerate(lines, start=1):
        read = line.match(text_line)
        if read is None:
            wrong.append(f"Ligne {n}, « {text_line[:40]} » : écrivez « {example} ».")
        elif read["name"].strip() in by_name:
            wrong.append(f"Ligne {n} : « {read['name'].strip()[:40]} » est là deux fois.")
        else:
            numbers = [value for key, value in read.groupdict().items() if key != "name"]
            shares = (Fraction(number.replace(",", ".")) for number in numbers)
            by_name[read["name"].strip()] = tuple(shares)
    if wrong:
        raise WrongAudience(" ".join(wrong))
    return by_name


def share_unions(audience: Mapping[str, Fraction], n_votes: int) -> Shared:
    """Share the votes of the unions in proportion to their audience (R5311-38, 3°)."""
    return _shared(audience, n_votes)


def share_employers(
    firms: Mapping[str, Fraction], employees: Mapping[str, Fraction], n_votes: int, *, on: date
) -> Shared:
    """Share the votes of employers by firms (30 %) and employees (70 %), R5311-38, 4°."""
    return _shared(employers_shares(firms, employees, on=on), n_votes)


def _shared(shares: Mapping[str, Fraction], n_votes: int) -> Shared:
    if not any(shares.values()):
        return Shared({}, "Aucune audience n'est dite.")
    try:
        return Shared(highest_averages(shares, n_votes))
    except TiedAverages as tie:
        return Shared({}, str(tie))

"""A statutory meeting: who sits, proxies, quorum, votes (code du travail, R5311-37 to -43)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from .committee_rules import rule_named, value_of


class College(StrEnum):
    """Category of a member; the last four sit without a vote (R5311-37)."""

    ETAT = "etat"
    REGION = "region"
    DEPARTEMENT = "departement"
    COMMUNES = "communes"
    EPCI = "epci"
    SYNDICATS = "syndicats"
    EMPLOYEURS = "employeurs"
    EMPLOYEURS_MULTIPROFESSIONNELS = "employeurs_multiprofessionnels"
    FRANCE_TRAVAIL = "france_travail"
    MISSIONS_LOCALES = "missions_locales"
    CAP_EMPLOI = "cap_emploi"


WITHOUT_VOTE = frozenset(
    {
        College.EMPLOYEURS_MULTIPROFESSIONNELS,
        College.FRANCE_TRAVAIL,
        College.MISSIONS_LOCALES,
        College.CAP_EMPLOI,
    }
)


class Ballot(StrEnum):
    POUR = "pour"
    CONTRE = "contre"
    ABSTENTION = "abstention"


@dataclass(frozen=True)
class Seat:
    """A seat of the committee, with its votes; `casting`: that of the State's president."""

    key: str
    college: College
    votes: int = 1
    presides: bool = False
    casting: bool = False

    @property
    def is_voting(self) -> bool:
        return self.presides or self.college not in WITHOUT_VOTE


@dataclass(frozen=True)
class Attendance:
    """Who is there: `members` and `substitutes` are seats, in the room or at a distance.

    A seat held by both counts once. `proxies`: seat that gives → seat that votes in its place.
    """

    members: frozenset[str] = frozenset()
    substitutes: frozenset[str] = frozenset()
    proxies: Mapping[str, str] = field(default_factory=dict)

    @property
    def sitting(self) -> frozenset[str]:
        return self.members | self.substitutes


@dataclass(frozen=True)
class Convocation:
    """A notice of meeting; the second names the same agenda and says no quorum is asked."""

    agenda: tuple[str, ...]
    no_quorum_told: bool = False


@dataclass(frozen=True)
class Quorum:
    """`counted` voting members there or represented, of the `n_voting`; `least`: those needed."""

    counted: int
    n_voting: int
    least: int

    @property
    def is_met(self) -> bool:
        return self.counted >= self.least


@dataclass(frozen=True)
class Result:
    """Votes for, against and blank; `adopted` is None where a tie was not resolved."""

    votes_for: int
    votes_against: int
    abstentions: int
    adopted: bool | None
    by_casting_vote: bool = False


def refused_proxies(
    seats: Sequence[Seat], attendance: Attendance, *, on: date
) -> list[tuple[str, str]]:
    """Proxies that R5311-43 does not allow: the seat that gives, and why in French."""
    article = rule_named("mandats_par_membre", on=on).article
    by_key = {seat.key: seat for seat in seats}
    found = []
    for giver, holder in attendance.proxies.items():
        if giver not in by_key or holder not in by_key:
            why = "siège inconnu du comité"
        elif giver in attendance.members:
            why = "le titulaire est présent : il vote lui-même"
        elif giver in attendance.substitutes:
            why = "son suppléant siège : il vote à sa place"
        elif by_key[giver].college != by_key[holder].college:
            why = "le mandat se donne à un membre du même collège"
        elif holder not in attendance.sitting:
            why = "celui qui le porte n'est pas là"
        else:
            continue
        found.append((giver, f"{why} ({article})"))
    return found


def represented(seats: Sequence[Seat], attendance: Attendance, *, on: date) -> frozenset[str]:
    """Seats there or validly represented, each once."""
    refused = {giver for giver, _ in refused_proxies(seats, attendance, on=on)}
    known = {seat.key for seat in seats}
    return (attendance.sitting & known) | (frozenset(attendance.proxies) - refused)


def quorum(seats: Sequence[Seat], attendance: Attendance, *, on: date) -> Quorum:
    """Members with a vote, counted by head and not by votes (R5311-40)."""
    voting = {seat.key for seat in seats if seat.is_voting}
    needed = value_of("quorum", on=on) * len(voting)
    least = -(-needed.numerator // needed.denominator)
    return Quorum(len(voting & represented(seats, attendance, on=on)), len(voting), least)


def may_deliberate(found: Quorum, *, first: Convocation, second: Convocation | None = None) -> bool:
    """Whether a meeting is valid: quorum, or a second notice that says none is asked.

    `second`: the notice of this meeting where a first one met no quorum.
    """
    if found.is_met:
        return True
    return second is not None and second.no_quorum_told and second.agenda == first.agenda


def count_votes(
    seats: Iterable[Seat], ballots: Mapping[str, Ballot], attendance: Attendance, *, on: date
) -> Result:
    """Result of weighted votes; abstentions are not votes cast (R5311-41).

    Ballots of seats without a vote, absent or badly represented are left out. A tie is resolved by
    the ballot of the seat that has the casting vote.
    """
    seats = list(seats)
    there = represented(seats, attendance, on=on)
    cast = {
        seat: ballots[seat.key]
        for seat in seats
        if seat.is_voting and seat.key in there and seat.key in ballots
    }
    totals = {one: sum(s.votes for s, b in cast.items() if b == one) for one in Ballot}
    votes_for, votes_against = totals[Ballot.POUR], totals[Ballot.CONTRE]
    expressed = votes_for + votes_against
    tied = votes_for == votes_against
    adopted: bool | None = votes_for > value_of("majorite", on=on) * expressed
    if tied:
        adopted = _casting(cast)
    return Result(
        votes_for, votes_against, totals[Ballot.ABSTENTION], adopted, tied and adopted is not None
    )


def _casting(cast: Mapping[Seat, Ballot]) -> bool | None:
    """What the casting vote says; None where whoever holds it did not choose."""
    said = next((ballot for seat, ballot in cast.items() if seat.casting), Ballot.ABSTENTION)
    return None if said == Ballot.ABSTENTION else said == Ballot.POUR

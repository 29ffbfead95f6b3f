"""A statutory meeting: who sits, proxies, quorum, votes (code du travail, R5311-37 to -43)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ..enums import WITHOUT_VOTE, College
from .rules import rule_named, value_of


class Ballot(StrEnum):
    POUR = "pour"
    CONTRE = "contre"
    ABSTENTION = "abstention"


@dataclass(frozen=True)
class Seat:
    """A seat of the committee, with its votes.

    casting: the seat of the State's president, whose vote breaks a tie (R5311-41).
    group: seats among which a proxy may be given (R5311-43); by default those of the college.
    """

    key: str
    college: College
    votes: int = 1
    presides: bool = False
    casting: bool = False
    group: str = ""

    @property
    def proxy_group(self) -> str:
        """Return the name of the group within which this seat may give or carry a proxy."""
        return self.group or self.college

    @property
    def is_voting(self) -> bool:
        """Return whether the seat has a vote (R5311-37)."""
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
    """A notice of meeting; the second has the same agenda and announces that no quorum is asked."""

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
    """Votes for, against and blank; `adopted` is None where a tie was not resolved.

    casting_in_doubt: the tie would be broken by a casting vote that its holder did not give in
    person, which R5311-41 does not settle.
    """

    votes_for: int
    votes_against: int
    abstentions: int
    adopted: bool | None
    by_casting_vote: bool = False
    casting_in_doubt: bool = False


def refused_proxies(
    seats: Sequence[Seat], attendance: Attendance, *, on: date
) -> list[tuple[str, str]]:
    """Return proxies that R5311-43 does not allow: the seat that gives, and why in French."""
    article = rule_named("mandats_par_membre", on=on).article
    by_key = {seat.key: seat for seat in seats}
    refused = []
    for giver, holder in attendance.proxies.items():
        if giver not in by_key or holder not in by_key:
            why = "siège inconnu du comité"
        elif giver in attendance.members:
            why = "le titulaire est présent : il vote lui-même"
        elif giver in attendance.substitutes:
            why = "son suppléant siège : il vote à sa place"
        elif by_key[giver].proxy_group != by_key[holder].proxy_group:
            why = "le mandat se donne à un membre du même collège"
        elif holder not in attendance.sitting:
            why = "celui qui le porte n'est pas là"
        else:
            continue
        refused.append((giver, f"{why} ({article})"))
    return refused


def represented(seats: Sequence[Seat], attendance: Attendance, *, on: date) -> frozenset[str]:
    """Return seats there or validly represented, each once."""
    refused = {giver for giver, _ in refused_proxies(seats, attendance, on=on)}
    known = {seat.key for seat in seats}
    return (attendance.sitting & known) | (frozenset(attendance.proxies) - refused)


def quorum(seats: Sequence[Seat], attendance: Attendance, *, on: date) -> Quorum:
    """Count the voting members there or represented, by head and not by votes (R5311-40)."""
    voting = {seat.key for seat in seats if seat.is_voting}
    needed = value_of("quorum", on=on) * len(voting)
    least = -(-needed.numerator // needed.denominator)
    return Quorum(len(voting & represented(seats, attendance, on=on)), len(voting), least)


def may_deliberate(
    quorum: Quorum, *, first: Convocation, second: Convocation | None = None
) -> bool:
    """Return whether a meeting is valid: by its quorum, or by a second notice that waives it.

    `second`: the notice of this meeting where a first one met no quorum.
    """
    if quorum.is_met:
        return True
    return second is not None and second.no_quorum_told and second.agenda == first.agenda


def count_votes(
    seats: Iterable[Seat], ballots: Mapping[str, Ballot], attendance: Attendance, *, on: date
) -> Result:
    """Count weighted votes; abstentions are not votes cast (R5311-41).

    Ballots of seats without a vote, absent or badly represented are left out. A tie is resolved by
    the casting vote, where its holder is present in person: by a substitute or a proxy, R5311-41
    leaves it in doubt.
    """
    seats = list(seats)
    there = represented(seats, attendance, on=on)
    cast = {
        seat: ballots[seat.key]
        for seat in seats
        if seat.is_voting and seat.key in there and seat.key in ballots
    }
    totals = {ballot: sum(s.votes for s, b in cast.items() if b == ballot) for ballot in Ballot}
    votes_for, votes_against = totals[Ballot.POUR], totals[Ballot.CONTRE]
    expressed = votes_for + votes_against
    tied = votes_for == votes_against
    adopted: bool | None = votes_for > value_of("majorite", on=on) * expressed
    casting = _casting(cast)
    in_person = any(seat.casting and seat.key in attendance.members for seat in cast)
    if tied:
        adopted = casting if in_person else None
    return Result(
        votes_for,
        votes_against,
        totals[Ballot.ABSTENTION],
        adopted,
        by_casting_vote=tied and adopted is not None,
        casting_in_doubt=tied and casting is not None and not in_person,
    )


def _casting(cast: Mapping[Seat, Ballot]) -> bool | None:
    """Return the side of the casting vote; None where its holder did not choose one."""
    ballot = next((ballot for seat, ballot in cast.items() if seat.casting), Ballot.ABSTENTION)
    return None if ballot == Ballot.ABSTENTION else ballot == Ballot.POUR

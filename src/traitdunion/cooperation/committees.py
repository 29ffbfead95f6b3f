"""A committee as its records tell it on a day: seats, notice, quorum, votes, mandates ending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from traitdunion.accounts.models import Organisation

from . import deliberation
from .committee_rules import CommitteeRule, RuleNotInForce, rule_named, value_of
from .deliberation import Attendance, Ballot, College, Quorum, Result, Seat
from .models.committees import (
    Instance,
    Membre,
    NatureInstance,
    Occupant,
    Presence,
    Reunion,
    Scrutin,
)
from .vote_calculator import broken_by, votes_of
from .vote_shares import BrokenRule

ENDING_SOON = timedelta(days=90)
CAPPED = {
    NatureInstance.CDPE: (
        "membres_nommes_du_cdpe",
        {"etat", "region", "departement", "communes", "epci", "syndicats", "employeurs",
         "employeurs_multiprofessionnels"},
    ),
    NatureInstance.LOCAL: (
        "membres_nommes_du_comite_local", {"etat", "region", "departement", "communes"},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Notice:
    """Whether a notice is in order, why in French, and the rule it was held against."""

    in_order: bool
    why: str
    rule: CommitteeRule


@dataclass(frozen=True)
class QuorumTold:
    """A quorum with its formula in French; `deliberates`: the meeting is valid, by it or not."""

    found: Quorum
    formula: str
    rule: CommitteeRule
    deliberates: bool
    why: str


def last_meeting_of(organisation: Organisation, *, before: date) -> Reunion | None:
    """The latest meeting of a committee kept by an organisation, before a day."""
    return Reunion.objects.filter(instance__organisation=organisation, tenue_le__lt=before).first()


def members_on(instance: Instance, on: date) -> list[Membre]:
    """Members whose mandate runs on a day."""
    return [one for one in instance.membres.all() if one.sits_on(on)]


def seat_of(member: Membre) -> Seat:
    return Seat(
        str(member.pk), College(member.college), member.voix, member.preside, member.preponderante
    )


def seats_of(meeting: Reunion) -> list[Seat]:
    """Seats of the committee on the day of a meeting."""
    return [seat_of(one) for one in members_on(meeting.instance, meeting.tenue_le)]


def attendance_of(meeting: Reunion) -> Attendance:
    """Who is there, and proxies."""
    there: dict[str, set[str]] = {one: set() for one in Occupant.values}
    for row in meeting.presences.all():
        there[row.occupant].add(str(row.membre_id))
    proxies = {str(one.donne_par_id): str(one.porte_par_id) for one in meeting.pouvoirs.all()}
    return Attendance(
        frozenset(there[Occupant.TITULAIRE]), frozenset(there[Occupant.SUPPLEANT]), proxies
    )


def voters(meeting: Reunion) -> list[Membre]:
    """Members with a vote who are there or represented."""
    there = deliberation.represented(seats_of(meeting), attendance_of(meeting), on=meeting.tenue_le)
    return [
        one
        for one in members_on(meeting.instance, meeting.tenue_le)
        if str(one.pk) in there and seat_of(one).is_voting
    ]


def notice_of(meeting: Reunion) -> Notice:
    """Whether the notice left in time and, called again, whether it says what it must."""
    on = meeting.tenue_le
    rule = rule_named("delai_de_convocation_jours", on=on)
    least = int(value_of(rule.name, on=on))
    if meeting.convoquee_le is None:
        return Notice(False, "La convocation n'est pas notée comme envoyée.", rule)
    n_days = (on - meeting.convoquee_le).days
    if n_days < least and not meeting.urgence:
        return Notice(
            False, f"Envoyée {n_days} jour(s) avant la réunion : il en faut {least}, sauf urgence "
            "motivée.", rule,
        )  # fmt: skip
    if meeting.premiere is not None:
        wrong = _wrong_second(meeting, meeting.premiere)
        if wrong:
            return Notice(False, wrong, rule_named("quorum", on=on))
    told = f"Envoyée {n_days} jours avant la réunion : il en faut {least}."
    if n_days < least:
        told = f"Envoyée {n_days} jour(s) avant, en urgence : {meeting.urgence}"
    return Notice(True, told, rule)


def _wrong_second(meeting: Reunion, first: Reunion) -> str:
    if meeting.points != first.points:
        return "Seconde convocation : l'ordre du jour n'est pas celui de la première."
    if not meeting.sans_quorum_annonce:
        return "Seconde convocation : elle ne dit pas qu'aucun quorum ne sera exigé."
    return ""


def quorum_of(meeting: Reunion) -> QuorumTold:
    """The quorum of a meeting, its formula, and whether it may deliberate."""
    on = meeting.tenue_le
    found = deliberation.quorum(seats_of(meeting), attendance_of(meeting), on=on)
    first, own = meeting.premiere or meeting, _convocation(meeting)
    second = own if meeting.premiere and not quorum_was_met(meeting.premiere) else None
    deliberates = deliberation.may_deliberate(found, first=_convocation(first), second=second)
    rule = rule_named("quorum", on=on)
    formula = (
        f"{rule.value} × {found.n_voting} membres ayant voix délibérative, arrondi au-dessus "
        f"= {found.least}. Présents ou représentés : {found.counted}."
    )
    if found.is_met:
        why = "Le quorum est atteint."
    elif deliberates:
        why = "Quorum non atteint, mais seconde convocation : aucun quorum n'est exigé."
    else:
        why = "Le quorum n'est pas atteint : il faut convoquer de nouveau, au même ordre du jour."
    return QuorumTold(found, formula, rule, deliberates, why)


def quorum_was_met(meeting: Reunion) -> bool:
    return deliberation.quorum(
        seats_of(meeting), attendance_of(meeting), on=meeting.tenue_le
    ).is_met


def _convocation(meeting: Reunion) -> deliberation.Convocation:
    return deliberation.Convocation(meeting.points, meeting.sans_quorum_annonce)


def result_of(vote: Scrutin) -> Result:
    """Result of a vote, computed from its ballots."""
    meeting = vote.reunion
    ballots = {str(one.membre_id): Ballot(one.choix) for one in vote.bulletins.all()}
    return deliberation.count_votes(
        seats_of(meeting), ballots, attendance_of(meeting), on=meeting.tenue_le
    )


def result_in_words(result: Result) -> str:
    """« Adopté : 12 voix pour, 8 contre, 2 abstentions. »"""
    counted = (
        f"{result.votes_for} voix pour, {result.votes_against} contre, "
        f"{result.abstentions} en abstention"
    )
    if result.adopted is None:
        return f"Partage égal, non départagé : {counted}."
    verdict = "Adopté" if result.adopted else "Rejeté"
    tie = ", par la voix prépondérante du représentant de l'État" if result.by_casting_vote else ""
    return f"{verdict}{tie} : {counted}."


def mandates_ending(members: Sequence[Membre], on: date) -> list[Membre]:
    """Mandates over, or over within three months, the first to end first; a seat that fell vacant
    is told by `vacant_seats`."""
    running = [one for one in members if one.vacant_le is None]
    dated = [(one.mandat_au, one) for one in running if one.mandat_au is not None]
    ending = [(day, one) for day, one in dated if day <= on + ENDING_SOON]
    return [one for _, one in sorted(ending, key=lambda pair: (pair[0], pair[1].pk))]


def vacant_seats(members: Sequence[Membre], on: date) -> list[Membre]:
    """Seats vacant on a day whose term still runs and for which nobody was named."""
    followed = {one.succede_a_id for one in members}
    return [
        one
        for one in members
        if one.vacant_le is not None
        and one.mandat_au is not None
        and one.vacant_le <= on <= one.mandat_au
        and one.pk not in followed
    ]


def broken_rules(instance: Instance, on: date) -> list[BrokenRule]:
    """What the composition and the votes do not keep on a day, with its article."""
    members = [one for one in members_on(instance, on) if not one.preside]
    try:
        found = broken_by(instance.nature, votes_of(instance, on), on=on)
        return [*_too_many(instance, members, on), *found]
    except RuleNotInForce as why:
        return [BrokenRule("à vérifier", str(why))]


def _too_many(instance: Instance, members: Sequence[Membre], on: date) -> list[BrokenRule]:
    name, colleges = CAPPED[NatureInstance(instance.nature)]
    rule, most = rule_named(name, on=on), value_of(name, on=on)
    n = sum(one.college in colleges for one in members)
    return [BrokenRule(rule.article, f"{rule.nom} : {n}, {most} au plus.")] if n > most else []


def record_in_words(meeting: Reunion) -> str:
    """What minutes state: notice, attendance, proxies, quorum and votes, a line each."""
    rows = meeting.presences.select_related("membre")
    lines = [f"Convocation : {notice_of(meeting).why}"]
    lines += [f"Ordre du jour : {' ; '.join(meeting.points)}."]
    lines += [f"Présent : {_present_in_words(row)}." for row in rows]
    lines += [
        f"Pouvoir : {one.donne_par} à {one.porte_par}."
        for one in meeting.pouvoirs.select_related("donne_par", "porte_par")
    ]
    told = quorum_of(meeting)
    lines += [f"Quorum ({told.rule.article}) : {told.formula} {told.why}"]
    lines += [f"Vote : « {vote.question} ». {result_in_words(result_of(vote))}"
              for vote in meeting.scrutins.all()]  # fmt: skip
    return "\n".join(lines)


def _present_in_words(row: Presence) -> str:
    where = ", à distance" if row.a_distance else ""
    return f"{row.membre} ({_who(row)}{where})"


def _who(row: Presence) -> str:
    member = row.membre
    if row.occupant == Occupant.SUPPLEANT:
        return f"{member.suppleant}, suppléant"
    return str(member.titulaire)

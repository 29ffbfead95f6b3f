"""A committee as its records show it on a day: seats, notice, quorum, votes, mandates ending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from traitdunion import french
from traitdunion.accounts.models import Organisation

from ..enums import College, EtatAction
from ..models.committees import (
    CollegeMembre,
    Instance,
    Membre,
    NatureInstance,
    Occupant,
    Presence,
    Reunion,
    Scrutin,
)
from ..models.roadmap import Action
from . import deliberation
from .deliberation import Attendance, Ballot, Quorum, Result, Seat
from .rules import CommitteeRule, RuleNotInForce, rule_named, value_of
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
class QuorumInWords:
    """A quorum with its formula in French; `deliberates`: the meeting is valid, by it or not."""

    quorum: Quorum
    formula: str
    rule: CommitteeRule
    deliberates: bool
    why: str


def last_meeting_of(
    organisation: Organisation, *, before: date, among: QuerySet[Instance]
) -> Reunion | None:
    """Return the latest meeting, before a day, of the committees that an organisation keeps."""
    kept = among.filter(organisation=organisation)
    return Reunion.objects.filter(instance__in=kept, tenue_le__lt=before).first()


def actions_to_put(instance: Instance) -> QuerySet[Action]:
    """Return the actions, neither done nor given up, of the organisation that keeps a committee."""
    over = (EtatAction.REALISEE, EtatAction.ABANDONNEE)
    rows = Action.objects.filter(axe__seance__organisation=instance.organisation, parent=None)
    return rows.exclude(etat__in=over).order_by("axe__ordre", "pk")


def members_on(instance: Instance, on: date) -> list[Membre]:
    """Return members whose mandate runs on a day."""
    return [membre for membre in instance.membres.all() if membre.sits_on(on)]


def seat_of(member: Membre) -> Seat:
    """Return the seat of a member, as votes and quorum count it."""
    return Seat(
        str(member.pk),
        College(member.college),
        member.voix,
        member.preside,
        member.preponderante,
        group=_proxy_group(member),
    )


def _proxy_group(member: Membre) -> str:
    """Return the group within which a proxy is given.

    R5311-23 4° makes one category of communes and their groupings in the departmental committee;
    R5311-32 4° and 5° part them in a local one.
    """
    local_block = (CollegeMembre.COMMUNES, CollegeMembre.EPCI)
    if member.instance.nature == NatureInstance.CDPE and member.college in local_block:
        return str(CollegeMembre.COMMUNES)
    return member.college


def may_give_proxy(giver: Membre, holder: Membre) -> bool:
    """Return whether a seat may give its proxy to another (R5311-43)."""
    return giver != holder and seat_of(giver).proxy_group == seat_of(holder).proxy_group


def seats_of(meeting: Reunion) -> list[Seat]:
    """Return seats of the committee on the day of a meeting."""
    return [seat_of(member) for member in members_on(meeting.instance, meeting.tenue_le)]


def attendance_of(meeting: Reunion) -> Attendance:
    """Return who is there and the proxies, as last noted."""
    there: dict[str, set[str]] = {value: set() for value in Occupant.values}
    for row in meeting.presences.all():
        there[row.occupant].add(str(row.membre_id))
    proxies = {
        str(pouvoir.donne_par_id): str(pouvoir.porte_par_id) for pouvoir in meeting.pouvoirs.all()
    }
    return Attendance(
        frozenset(there[Occupant.TITULAIRE]), frozenset(there[Occupant.SUPPLEANT]), proxies
    )


def voters(meeting: Reunion, attendance: Attendance | None = None) -> list[Membre]:
    """Return the members with a vote who are there or represented.

    attendance: at the moment of a vote; by default, the one last noted.
    """
    there = deliberation.represented(
        seats_of(meeting), attendance or attendance_of(meeting), on=meeting.tenue_le
    )
    return [
        member
        for member in members_on(meeting.instance, meeting.tenue_le)
        if str(member.pk) in there and seat_of(member).is_voting
    ]


def notice_of(meeting: Reunion) -> Notice:
    """Return whether the notice left in time and, for a second meeting, holds what it must."""
    on = meeting.tenue_le
    rule = rule_named("delai_de_convocation_jours", on=on)
    least = int(value_of(rule.name, on=on))
    if meeting.convoquee_le is None:
        return Notice(False, "La convocation n'est pas notée comme envoyée.", rule)
    n_days = (on - meeting.convoquee_le).days
    if n_days < least and not meeting.urgence:
        return Notice(
            False, f"Envoyée {french.counted(n_days, 'jour')} avant la réunion : il en faut "
            f"{least}, sauf urgence motivée.", rule,
        )  # fmt: skip
    if meeting.premiere is not None:
        wrong = _wrong_second(meeting, meeting.premiere)
        if wrong:
            return Notice(False, wrong, rule_named("quorum", on=on))
    text = f"Envoyée {n_days} jours avant la réunion : il en faut {least}."
    if n_days < least:
        text = f"Envoyée {french.counted(n_days, 'jour')} avant, en urgence : {meeting.urgence}"
    return Notice(True, text, rule)


def _wrong_second(meeting: Reunion, first: Reunion) -> str:
    if meeting.points != first.points:
        return "Seconde convocation : l'ordre du jour n'est pas celui de la première."
    if not meeting.sans_quorum_annonce:
        return "Seconde convocation : elle ne dit pas qu'aucun quorum ne sera exigé."
    return ""


def quorum_of(meeting: Reunion) -> QuorumInWords:
    """Return the quorum of a meeting, its formula, and whether it may deliberate."""
    on = meeting.tenue_le
    quorum = deliberation.quorum(seats_of(meeting), attendance_of(meeting), on=on)
    first, own = meeting.premiere or meeting, _convocation(meeting)
    second = own if meeting.premiere and not quorum_was_met(meeting.premiere) else None
    deliberates = deliberation.may_deliberate(quorum, first=_convocation(first), second=second)
    rule = rule_named("quorum", on=on)
    formula = (
        f"{rule.value} × {quorum.n_voting} membres ayant voix délibérative, arrondi au-dessus "
        f"= {quorum.least}. Présents ou représentés : {quorum.counted}."
    )
    if quorum.is_met:
        why = "Le quorum est atteint."
    elif deliberates:
        why = "Quorum non atteint, mais seconde convocation : aucun quorum n'est exigé."
    else:
        why = "Le quorum n'est pas atteint : il faut convoquer de nouveau, au même ordre du jour."
    return QuorumInWords(quorum, formula, rule, deliberates, why)


def quorum_was_met(meeting: Reunion) -> bool:
    return deliberation.quorum(
        seats_of(meeting), attendance_of(meeting), on=meeting.tenue_le
    ).is_met


def _convocation(meeting: Reunion) -> deliberation.Convocation:
    return deliberation.Convocation(meeting.points, meeting.sans_quorum_annonce)


def sheet_of(attendance: Attendance) -> dict[str, Any]:
    """Return an attendance as a vote keeps it."""
    return {
        "titulaires": sorted(attendance.members),
        "suppleants": sorted(attendance.substitutes),
        "pouvoirs": dict(sorted(attendance.proxies.items())),
    }


def attendance_at(vote: Scrutin) -> Attendance:
    """Return the attendance at the moment of a vote."""
    sheet = vote.feuille
    if not sheet:
        return attendance_of(vote.reunion)
    return Attendance(
        frozenset(sheet["titulaires"]), frozenset(sheet["suppleants"]), sheet["pouvoirs"]
    )


def quorum_at(vote: Scrutin) -> Quorum:
    """Return the quorum at the moment of a vote: people arrive and leave between votes."""
    meeting = vote.reunion
    return deliberation.quorum(seats_of(meeting), attendance_at(vote), on=meeting.tenue_le)


def read_at_once(meeting: Reunion) -> None:
    """Read the members, who is there and the proxies once, for all the votes of a page."""
    prefetch_related_objects([meeting], "instance__membres", "presences", "pouvoirs")


def valid_votes(meeting: Reunion) -> list[Scrutin]:
    """Return the votes of a meeting that were not cancelled, in order, with their ballots."""
    rows = meeting.scrutins.filter(annule_le=None).select_related("action")
    return list(rows.prefetch_related("bulletins__membre"))


def absent_members(meeting: Reunion) -> list[Membre]:
    """Return the members neither there nor represented when the attendance was last noted."""
    there = deliberation.represented(seats_of(meeting), attendance_of(meeting), on=meeting.tenue_le)
    return [
        member
        for member in members_on(meeting.instance, meeting.tenue_le)
        if str(member.pk) not in there
    ]


def result_of(vote: Scrutin) -> Result:
    """Return the result of a vote, computed from its ballots and who was there."""
    meeting = vote.reunion
    ballots = {str(bulletin.membre_id): Ballot(bulletin.choix) for bulletin in vote.bulletins.all()}
    return deliberation.count_votes(
        seats_of(meeting), ballots, attendance_at(vote), on=meeting.tenue_le
    )


def verdict_in_words(result: Result) -> str:
    """Return what a vote settled, without its counts: « adopté », « rejeté », « partage égal »."""
    if result.adopted is None or result.casting_in_doubt:
        return "partage égal, non départagé"
    return "adopté" if result.adopted else "rejeté"


def result_in_words(result: Result) -> str:
    """Return a result in a sentence: « Adopté : 12 voix pour, 8 contre, 2 abstentions. »"""
    counted = (
        f"{result.votes_for} voix pour, {result.votes_against} contre, "
        f"{result.abstentions} en abstention"
    )
    if result.casting_in_doubt:
        return (
            f"Partage égal, non départagé : {counted}. La voix prépondérante est celle du "
            "représentant de l'État en personne (R5311-41) : portée par un autre, à vérifier."
        )
    if result.adopted is None:
        return f"Partage égal, non départagé : {counted}."
    verdict = "Adopté" if result.adopted else "Rejeté"
    tie = ", par la voix prépondérante du représentant de l'État" if result.by_casting_vote else ""
    return f"{verdict}{tie} : {counted}."


def mandates_ending(members: Sequence[Membre], on: date) -> list[Membre]:
    """Return the mandates over, or over within three months, the first to end first.

    Seats that fell vacant are left to `vacant_seats`.
    """
    running = [member for member in members if member.vacant_le is None]
    dated = [(member.mandat_au, member) for member in running if member.mandat_au is not None]
    ending = [(day, member) for day, member in dated if day <= on + ENDING_SOON]
    return [member for _, member in sorted(ending, key=lambda pair: (pair[0], pair[1].pk))]


def vacant_seats(members: Sequence[Membre], on: date) -> list[Membre]:
    """Return the seats vacant on a day whose term still runs and that have no successor."""
    followed = {member.succede_a_id for member in members}
    return [
        member
        for member in members
        if member.vacant_le is not None
        and member.mandat_au is not None
        and member.vacant_le <= on <= member.mandat_au
        and member.pk not in followed
    ]


def broken_rules(instance: Instance, on: date) -> list[BrokenRule]:
    """Return the rules that the composition and the votes break on a day, with their articles."""
    members = [member for member in members_on(instance, on) if not member.preside]
    try:
        broken = broken_by(instance.nature, votes_of(instance, on), on=on)
        return [*_too_many(instance, members, on), *broken]
    except RuleNotInForce as why:
        return [BrokenRule("à vérifier", str(why))]


def _too_many(instance: Instance, members: Sequence[Membre], on: date) -> list[BrokenRule]:
    name, colleges = CAPPED[NatureInstance(instance.nature)]
    rule, most = rule_named(name, on=on), value_of(name, on=on)
    n = sum(member.college in colleges for member in members)
    return [BrokenRule(rule.article, f"{rule.nom} : {n}, {most} au plus.")] if n > most else []


def record_in_words(meeting: Reunion) -> str:
    """Return what minutes state, a line each: notice, agenda, attendance, quorum, votes."""
    read_at_once(meeting)
    rows = meeting.presences.select_related("membre")
    lines = [f"Convocation : {notice_of(meeting).why}"]
    lines += [f"Ordre du jour : {' ; '.join(meeting.points)}."]
    lines += [f"Présent : {_present_in_words(row)}." for row in rows]
    lines += [
        f"Pouvoir : {row.donne_par} à {row.porte_par}."
        for row in meeting.pouvoirs.select_related("donne_par", "porte_par")
    ]
    absent = absent_members(meeting)
    if absent:
        lines.append(f"Absents : {', '.join(member.siege for member in absent)}.")
    quorum = quorum_of(meeting)
    lines += [f"Quorum ({quorum.rule.article}) : {quorum.formula} {quorum.why}"]
    return "\n".join(lines + _votes_in_words(meeting))


def _votes_in_words(meeting: Reunion) -> list[str]:
    """Return a line for each vote, with its quorum, and for who came or left before it."""
    names = {str(member.pk): member.siege for member in meeting.instance.membres.all()}
    lines: list[str] = []
    before: Attendance | None = None
    for vote in meeting.scrutins.select_related("action").prefetch_related("bulletins"):
        attendance = attendance_at(vote)
        if before is not None:
            lines += _movements(before, attendance, names)
        before = attendance
        if vote.annule_le is not None:
            lines.append(f"Vote annulé : « {vote.question} ». {vote.annule_pour}")
            continue
        counted = quorum_at(vote)
        cited = f" Action : {vote.action}." if vote.action else ""
        lines.append(
            f"Vote : « {vote.question} ».{cited} {result_in_words(result_of(vote))} Présents ou "
            f"représentés : {counted.counted} sur {counted.n_voting}."
        )
    return lines


def _movements(before: Attendance, after: Attendance, names: Mapping[str, str]) -> list[str]:
    """Return who arrived and who left between two votes."""
    came, left = after.sitting - before.sitting, before.sitting - after.sitting
    return [
        f"{label} : {french.listed(sorted(names[key] for key in keys))}."
        for label, keys in (("Arrivée", came), ("Départ", left))
        if keys
    ]


def _present_in_words(row: Presence) -> str:
    where = ", à distance" if row.a_distance else ""
    return f"{row.membre} ({_who(row)}{where})"


def _who(row: Presence) -> str:
    member = row.membre
    if row.occupant == Occupant.SUPPLEANT:
        return f"{member.suppleant}, suppléant"
    return str(member.titulaire)

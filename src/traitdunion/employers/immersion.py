"""Check a period of immersion (PMSMP) before it is proposed (Code du travail, L5135-1 to D5135-8).

Each finding names its article. An answer that is unknown is to be checked, never allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from traitdunion.rules.legal_days import add_months

MAX_DAYS = 60
MAX_AGREEMENTS = 2


class Purpose(StrEnum):
    """The one purpose of an agreement (L5135-1)."""

    DISCOVER = "decouvrir"
    CONFIRM = "confirmer"
    RECRUIT = "initier"


class Post(StrEnum):
    """What the person would do (L5135-7)."""

    OBSERVED = "immersion"
    PERMANENT = "permanent"
    SURGE = "accroissement"
    SEASONAL = "saisonnier"
    REPLACEMENT = "remplacement"


class Answer(StrEnum):
    """Whether a check lets the immersion be."""

    YES = "oui"
    TO_CHECK = "a_verifier"
    NO = "non"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A period agreed or asked, both days included; `renews`: the same purpose, prolonged."""

    starts_on: date
    ends_on: date
    purpose: Purpose
    renews: bool = False

    @property
    def n_days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its answer, the French sentence, the article."""

    answer: Answer
    text: str
    article: str


def check_immersion(
    asked: Agreement,
    *,
    post: Post | None,
    before: Sequence[Agreement] | None,
    collective_transport: bool | None = None,
) -> tuple[Finding, ...]:
    """Return the findings on an immersion asked, the most serious first.

    `before`: the agreements of the same person with the same firm; None where unknown.
    """
    findings = [_of_post(post), _of_length(asked), *_of_past(asked, before)]
    if collective_transport:
        text = "La personne a droit aux transports collectifs de l'entreprise."
        findings.append(Finding(Answer.YES, text, "L5135-3"))
    order = (Answer.NO, Answer.TO_CHECK, Answer.YES)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.answer)))


_REFUSED = {
    Post.PERMANENT: "les tâches régulières d'un poste permanent",
    Post.SURGE: "un surcroît d'activité",
    Post.SEASONAL: "un emploi saisonnier",
    Post.REPLACEMENT: "un remplacement",
}


def _of_post(post: Post | None) -> Finding:
    if post is None:
        text = "Dites ce que la personne fera : une immersion ne pourvoit jamais un poste."
        return Finding(Answer.TO_CHECK, text, "L5135-7")
    if post in _REFUSED:
        text = f"Une immersion ne couvre pas {_REFUSED[post]}."
        return Finding(Answer.NO, text, "L5135-7")
    return Finding(Answer.YES, "La personne observe et s'essaie, sans tenir un poste.", "L5135-7")


def _of_length(asked: Agreement) -> Finding:
    last = add_months(asked.starts_on, 1) - timedelta(days=1)
    if asked.ends_on < asked.starts_on:
        return Finding(Answer.NO, "La fin précède le début : corrigez les dates.", "D5135-3")
    if asked.ends_on > last:
        text = f"Un mois au plus : finissez le {last:%d/%m/%Y} au plus tard."
        return Finding(Answer.NO, text, "D5135-3")
    return Finding(Answer.YES, f"{asked.n_days} jours, un mois au plus.", "D5135-3")


def _of_past(asked: Agreement, before: Sequence[Agreement] | None) -> list[Finding]:
    if before is None:
        text = "Vérifiez les immersions déjà faites dans cette entreprise depuis douze mois."
        return [Finding(Answer.TO_CHECK, text, "D5135-3")]
    since = add_months(asked.ends_on, -12)
    recent = [agreement for agreement in before if agreement.ends_on > since]
    findings = [_of_total(asked, recent, since)]
    if asked.renews:
        findings.append(_of_renewal(asked, recent))
    else:
        findings.append(_of_count(asked, recent))
    return findings


def _of_total(asked: Agreement, recent: Sequence[Agreement], since: date) -> Finding:
    """Count the days after `since`: of an agreement begun before it, those within the year."""
    first = since + timedelta(days=1)
    n_days = asked.n_days + sum(
        (agreement.ends_on - max(agreement.starts_on, first)).days + 1 for agreement in recent
    )
    text = f"{n_days} jours sur douze mois, {MAX_DAYS} au plus."
    return Finding(Answer.YES if n_days <= MAX_DAYS else Answer.NO, text, "D5135-3")


def _of_renewal(asked: Agreement, recent: Sequence[Agreement]) -> Finding:
    same = [agreement for agreement in recent if agreement.purpose is asked.purpose]
    if not any(not agreement.renews for agreement in same):
        text = "Rien à renouveler : aucune immersion de même objet depuis douze mois."
        return Finding(Answer.NO, text, "D5135-3")
    if any(agreement.renews for agreement in same):
        return Finding(Answer.NO, "Une immersion se renouvelle une seule fois.", "D5135-3")
    text = "Un renouvellement suppose que les objectifs n'ont pas été atteints : dites lesquels."
    return Finding(Answer.TO_CHECK, text, "D5135-3")


def _of_count(asked: Agreement, recent: Sequence[Agreement]) -> Finding:
    firsts = [agreement for agreement in recent if not agreement.renews]
    if len(firsts) >= MAX_AGREEMENTS:
        text = "Deux conventions au plus en douze mois dans la même entreprise."
        return Finding(Answer.NO, text, "D5135-3")
    if any(agreement.purpose is asked.purpose for agreement in firsts):
        text = "Une deuxième convention suppose un autre objet, ou d'autres objectifs."
        return Finding(Answer.TO_CHECK, text, "D5135-3")
    return Finding(Answer.YES, "Le nombre de conventions est respecté.", "D5135-3")

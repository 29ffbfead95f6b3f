"""Judge an operation: reasons, each yes, condition or no, and the verdict that follows.

A figure that is missing, or that no administrator checked, blocks a favourable verdict: the
operation is then « à vérifier », whatever else is good.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from traitdunion.french import capitalised, euros, number, plural

from ..money.exact import exactly
from ..money.operations import Operation, OperationInputs, operation

# Works that rise by this much: the operation has to stay under the market.
WORKS_RISE = Decimal("0.15")
# The highest redevance published, €/m²/month (Lyon); past it, none was seen to hold.
HIGHEST_REDEVANCE = Decimal(3)


class Answer(StrEnum):
    """`CONDITION`: not yet; `TO_CHECK`: a figure of law is missing or was not checked."""

    YES = "yes"
    CONDITION = "condition"
    TO_CHECK = "to_check"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure and whether it may decide; `value` None: « non renseigné »."""

    value: Decimal | None = None
    verified: bool = False
    source: str = ""

    @property
    def usable(self) -> bool:
        return self.value is not None and self.verified

    @property
    def state(self) -> str:
        if self.value is None:
            return "non renseigné"
        return "vérifié" if self.verified else "à vérifier"


@dataclass(frozen=True, slots=True)
class Market:
    """What an operation is compared with; amounts per m², rents and ceilings with their evidence.

    `households`: eligible households known, None where nobody counted them.
    """

    price_m2: Evidence
    rent_m2: Evidence
    ceiling_ht_m2: Evidence
    zone: str
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: what is judged (`claim`), why (`text`), the answer; `blocking`: a no stops all."""

    key: str
    claim: str
    text: str
    answer: Answer
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """`title`: the verdict in French; `competitive` None where the market price is not known."""

    title: str
    answer: Answer
    competitive: bool | None
    reasons: tuple[Reason, ...]
    balance: Operation


@exactly
def judge(inputs: OperationInputs, market: Market) -> Verdict:
    """Return the verdict of an operation against its market, its ceiling and its households."""
    balance = operation(inputs)
    reasons = (
        _against_market(balance, market.price_m2),
        _against_rent(inputs, balance, market.rent_m2),
        _redevance(inputs, balance),
        _under_ceiling(balance, market),
        _households(inputs, market.households),
        _holds(inputs, market.price_m2),
    )
    competitive = None
    if market.price_m2.value is not None:
        competitive = balance.pv_ttc_m2 < market.price_m2.value
    answer, title = _title(reasons, competitive)
    return Verdict(title, answer, competitive, reasons, balance)


def _title(reasons: tuple[Reason, ...], competitive: bool | None) -> tuple[Answer, str]:
    refused = [r for r in reasons if r.answer is Answer.NO and r.blocking]
    unsure = [r for r in reasons if r.answer is Answer.TO_CHECK]
    conditions = [r for r in reasons if r.answer is Answer.CONDITION]
    if unsure:
        dear = ", et plus cher que le marché" if competitive is False else ""
        return Answer.TO_CHECK, f"À vérifier{dear}"
    if refused:
        return Answer.NO, f"Non : {refused[0].text}"
    if conditions:
        n = len(conditions)
        return Answer.CONDITION, f"Oui, à {NUMBERS.get(n, str(n))} condition{plural(n)}"
    return Answer.YES, "Oui"


NUMBERS = {1: "une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq"}


def _against_market(balance: Operation, market: Evidence) -> Reason:
    claim = "Moins cher que le marché"
    if market.value is None or market.value <= 0:
        return Reason("market", claim, "prix du marché non renseigné", Answer.TO_CHECK)
    gap = number(abs(1 - balance.pv_ttc_m2 / market.value) * 100, 0)
    if balance.pv_ttc_m2 >= market.value:
        return Reason("market", claim, f"plus cher de {gap} %", Answer.NO)
    text = f"de {gap} %, pour le même bien"
    if not market.verified:
        return Reason("market", claim, f"{text} ; prix du marché à vérifier", Answer.TO_CHECK)
    return Reason("market", claim, text, Answer.YES)


def _against_rent(inputs: OperationInputs, balance: Operation, rent: Evidence) -> Reason:
    """Compare what a buyer pays each month (loan and redevance) with the rent of the same home."""
    claim = "Mensualité face au loyer"
    if rent.value is None:
        return Reason("rent", claim, "loyer du secteur non renseigné", Answer.CONDITION, False)
    monthly = rent.value * inputs.sample_m2
    text = f"{_whole(balance.home_month)} par mois, contre {_whole(monthly)} de loyer"
    answer = Answer.YES if balance.home_month <= monthly else Answer.NO
    return Reason("rent", claim, text, answer, blocking=False)


def _redevance(inputs: OperationInputs, balance: Operation) -> Reason:
    text = (
        f"{_whole(balance.home_redevance_month)} par mois pour {number(inputs.sample_m2)} m², "
        "gestion comprise"
    )
    good = balance.redevance_m2_month <= HIGHEST_REDEVANCE
    return Reason("redevance", "Redevance tenable", text, Answer.YES if good else Answer.NO)


def _under_ceiling(balance: Operation, market: Market) -> Reason:
    claim, ceiling = "Sous le plafond de prix", market.ceiling_ht_m2
    where = f"zone {market.zone}" if market.zone else "zone non renseignée"
    if ceiling.value is None:
        text = f"plafond non renseigné ({where}), à saisir"
        return Reason("ceiling", claim, text, Answer.TO_CHECK)
    shown = f"{euros(balance.pv_ht_m2)} HT par m², plafond {euros(ceiling.value)} ({where})"
    if balance.pv_ht_m2 > ceiling.value:
        return Reason("ceiling", claim, shown, Answer.NO)
    if not ceiling.verified:
        return Reason("ceiling", claim, f"{shown} ; à vérifier", Answer.TO_CHECK)
    return Reason("ceiling", claim, shown, Answer.YES)


def _households(inputs: OperationInputs, known: int | None) -> Reason:
    claim = "Preneurs"
    homes = f"{inputs.homes} logement{plural(inputs.homes)}"
    if known is None:
        return Reason("households", claim, f"ménages non comptés pour {homes}", Answer.CONDITION)
    text = (
        f"{known} ménage{'s' if known > 1 else ''} éligible{'s' if known > 1 else ''} pour {homes}"
    )
    return Reason(
        "households", claim, text, Answer.YES if known >= inputs.homes else Answer.CONDITION
    )


def _holds(inputs: OperationInputs, market: Evidence) -> Reason:
    claim = f"Résiste à + {number(WORKS_RISE * 100, 0)} % de travaux"
    if market.value is None:
        return Reason("works", claim, "prix du marché non renseigné", Answer.CONDITION, False)
    dearer = operation(replace(inputs, works_per_m2=inputs.works_per_m2 * (1 + WORKS_RISE)))
    if dearer.pv_ttc_m2 < market.value:
        return Reason("works", claim, "oui, sous le marché", Answer.YES, False)
    text = "non, le prix passerait au-dessus du marché"
    return Reason("works", claim, text, Answer.NO, blocking=False)


def _whole(amount: Decimal) -> str:
    return euros(amount.quantize(Decimal(1)))


def sentence(reason: Reason) -> str:
    """Return a reason as one line: claim, then why."""
    return f"{capitalised(reason.claim)} : {reason.text}"

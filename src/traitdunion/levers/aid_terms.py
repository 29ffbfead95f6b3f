"""Terms of loans and aids: the threshold that closes a loan to a person, an amount too small.

A threshold is moved as little as lets the person in, by round steps, in the rule itself: the offer
is then judged by the whole rule, and the week searched. An amount is what a month of the cheapest
way lacks, its price and aids those of the answer given to the person.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, NamedTuple

from traitdunion import french, rules
from traitdunion.matching.answer import Option, Verdict
from traitdunion.matching.answering import answer
from traitdunion.matching.offers import lends

from .changes import Lever
from .enums import Acteur, Confiance, Nature

if TYPE_CHECKING:
    from .person import PersonSearch

STEP_EUR = Decimal(50)
"""Thresholds in euros are moved to a multiple of it; others to a whole number."""

AMOUNT_STEP_EUR = Decimal(10)
MONTHS_A_YEAR = 12
ACTORS = (
    ("france travail", Acteur.FRANCE_TRAVAIL),
    ("région", Acteur.REGION),
    ("communauté", Acteur.EPCI),
    ("agglomération", Acteur.EPCI),
)
"""Who can change the rules of a body whose name holds a text; else the Département."""


class Named(NamedTuple):
    """The network of an answer, where its name is not shown."""

    label: str
    demonstration: bool


class Opened(NamedTuple):
    """A rule whose thresholds were moved, and the leaves that hold them, before and after."""

    rule: rules.Rule
    before: tuple[rules.Leaf, ...]
    after: tuple[rules.Leaf, ...]


def thresholds(search: "PersonSearch") -> Iterator[Lever]:
    """Yield the thresholds that alone close a loan which would hold the job every day."""
    book, now = search.around.book, search.on
    for offer in search.around.solutions:
        if not lends(offer) or offer.regle not in book.rules:
            continue
        opened = opened_rule(search, book.rule(offer.regle, now))
        if opened is None:
            continue
        if search.holds(search.days_with(offer, book.with_rules([opened.rule]))):
            yield _threshold_lever(search, offer.nom, opened)


def opened_rule(search: "PersonSearch", rule: rules.Rule) -> Opened | None:
    """Return a rule with the thresholds that the person fails moved.

    None where it fails something else, or does not answer *non*.
    """
    book, now, known = search.around.book, search.on, search.situation.facts
    asked = rules.entitlement(rule, known, on=now, book=book)
    facts = book.world(known, now).facts
    moved = {}
    for leaf in asked.missing if asked.reponse is rules.Reponse.NON else ():
        fact = facts.get(leaf.criterion.name)
        if leaf.op not in OUTWARD or not isinstance(fact, Decimal):
            return None
        step = STEP_EUR if leaf.criterion.unite.startswith("€") else Decimal(1)
        moved[leaf.key] = replace(leaf, value=OUTWARD[leaf.op](fact, step), texte="")
    if not moved:
        return None
    conditions = rules.with_leaves(rule.conditions, lambda leaf: moved.get(leaf.key, leaf))
    return Opened(replace(rule, conditions=conditions), asked.missing, tuple(moved.values()))


def _threshold_lever(search: "PersonSearch", nom: str, opened: Opened) -> Lever:
    book, now = search.around.book, search.on

    def threshold(leaf: rules.Leaf) -> Decimal:
        """Return the number that a leaf compares with, 0 where it is not known."""
        value = leaf.value
        if isinstance(value, rules.Operand):
            value = value.amount(now, book.parameters)
        return value if isinstance(value, Decimal) else Decimal()

    terms, shares, detail = [], [], {}
    for old, new in zip(opened.before, opened.after, strict=True):
        wanted = [
            rules.literal(replace(leaf, texte=""), book.parameters, now).partition(" : ")[2]
            for leaf in (new, old)
        ]
        terms.append(f"{new.criterion.nom}, {wanted[0]}, et non {wanted[1]}")
        shares.append(abs(threshold(new) - threshold(old)) / max(threshold(old), Decimal(1)))
        detail[new.criterion.name] = float(threshold(new))
    key = ",".join(f"{name}={value:g}" for name, value in detail.items())
    return search.lever(
        _actor(opened.rule.organisme), Nature.RELEVER_PLAFOND,
        f"{Nature.RELEVER_PLAFOND}:{opened.rule.name}:{key}",
        f"Changez le seuil de « {nom} » : {' ; '.join(terms)}.", float(max(shares)),
        confiance=Confiance.ESTIME, detail=detail,
    )  # fmt: skip


def _up(fact: Decimal, step: Decimal) -> Decimal:
    return (fact / step).to_integral_value(ROUND_CEILING) * step


def _down(fact: Decimal, step: Decimal) -> Decimal:
    return (fact / step).to_integral_value(ROUND_FLOOR) * step


OUTWARD: Mapping[rules.Op, Callable[[Decimal, Decimal], Decimal]] = {
    rules.Op.AU_PLUS: _up,
    rules.Op.MOINS_DE: lambda fact, step: _down(fact, step) + step,
    rules.Op.AU_MOINS: _down,
    rules.Op.PLUS_DE: lambda fact, step: _up(fact, step) - step,
}
"""The first round threshold that lets a fact in, by how it is compared."""


def _actor(organisme: str) -> Acteur:
    name = organisme.lower()
    return next((actor for text, actor in ACTORS if text in name), Acteur.DEPARTEMENT)


def amounts(search: "PersonSearch") -> Iterator[Lever]:
    """Yield what an aid to trips lacks a month where each way held costs more than is left.

    What is left: resources less fixed charges, both given. Nothing where a way has no known price,
    nor where even free trips would leave nothing.
    """
    if {"ressources_mois_eur", "charges_mois_eur"} - search.situation.facts.keys():
        return
    around = search.around
    reply = answer(
        search.situation, timetable=around.timetable, solutions=around.solutions,
        network=Named("", around.demonstration), epci_of=around.epci_of, streets=around.streets,
        book=around.book,
    )  # fmt: skip
    held = [option for option in reply.options if is_held(option)]
    short = [shortfall_eur(option) for option in held]
    known = [eur for eur in short if eur is not None]
    if not known or len(known) < len(short) or min(known) <= 0:
        return
    # An aid to trips pays no more than the trips cost.
    payable = [
        eur for option in held
        if option.budget and (eur := shortfall_eur(option)) and eur <= option.budget.next.after_eur
    ]  # fmt: skip
    if payable:
        yield _amount_lever(search, _up(min(payable), AMOUNT_STEP_EUR))


def is_held(option: Option) -> bool:
    """Return whether a way is sure and keeps every day."""
    return option.verdict != Verdict.A_VERIFIER and option.feasible_days == option.asked_days


def shortfall_eur(option: Option) -> Decimal | None:
    """Return the euros that a month of a way lacks, negative where some are left; None unknown."""
    left = option.budget.next.left_eur if option.budget else None
    return None if left is None else -left


def _amount_lever(search: "PersonSearch", eur: Decimal) -> Lever:
    lever = search.lever(
        Acteur.DEPARTEMENT, Nature.MONTANT_AIDE, f"{Nature.MONTANT_AIDE}:{eur}",
        f"Aidez les trajets de {french.euros(eur)} de plus par mois : une fois les charges fixes "
        "et les trajets payés, les ressources suffisent.",
        float(eur), confiance=Confiance.ESTIME, detail={"more_eur_month": float(eur)},
    )  # fmt: skip
    if lever.cost.eur is not None:
        return lever
    cost = replace(lever.cost, eur=MONTHS_A_YEAR * eur, unite="€ par an et par personne")
    return replace(lever, cost=cost)

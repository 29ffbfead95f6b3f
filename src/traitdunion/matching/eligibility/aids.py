"""Rules met with a situation: aids, conditions of a solution, the questions worth asking.

A distance or a duration known only within bounds is given to a rule where the rule answers the same
throughout; elsewhere it is unknown, and asked for. Bodies measure durations by road, people travel
as they can: a duration lies between the two.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from traitdunion import french, rules
from traitdunion.rules import Entitlement, Reponse, Rule, RuleBook, Truth, Value
from traitdunion.rules.trees import fold, leaf_truth, pushed

from ..answer import (
    Aid,
    Apart,
    Budget,
    Filtre,
    Finding,
    NotCounted,
    Option,
    Task,
    Verdict,
)
from ..offers import NO_CONTACT, Offer, contact_of
from ..situation import Person
from .exclusions import Cumulation
from .facts import Priced, facts_of_option

ESTIMATED_SHARE = Decimal("0.2")
"""A distance by the detour model is true within this share, more or less."""

STREETS_SHARE = Decimal("0.05")
"""Along real streets, the shortest way and the quickest differ by about as much."""


class Rough(NamedTuple):
    """An amount known within bounds."""

    least: Decimal
    most: Decimal

    @classmethod
    def within(cls, value: Decimal, share: Decimal) -> "Rough":
        """Return a value, more or less a share of itself."""
        return cls(value * (1 - share), value * (1 + share))

    @property
    def middle(self) -> Decimal:
        return (self.least + self.most) / 2

    def reaching(self, value: Decimal) -> "Rough":
        """Return the bounds moved apart to hold a value."""
        return Rough(min(self.least, value), max(self.most, value))


Facts = Mapping[str, Value]
ORDER = {Reponse.OUI: 0, Reponse.A_VERIFIER: 1, Reponse.NON: 2}
MONTHLY = frozenset({rules.Periode.MOIS, rules.Periode.PREMIER_MOIS, rules.Periode.AN})


class Eligibility:
    """The rules asked about one situation, on the day of the question.

    `rough`: facts known within bounds, by criterion. `cumulation`: which offers exclude which.
    `applying`: the aids, those of other areas than the home's left out.
    """

    def __init__(
        self,
        situation: Person,
        rough: Mapping[str, Rough] | None = None,
        book: RuleBook | None = None,
        cumulation: Cumulation | None = None,
    ) -> None:
        self.book = book or rules.rule_book()
        self.situation = situation
        self.on: date = situation.now.date()
        self.cumulation = cumulation or Cumulation(())
        self.applying = self.book.aids(self.on, situation.facts)
        aids = self.applying
        self.exclusions = {
            **self.cumulation.between({rule.name for rule in aids}),
            **rules.exclusions_of(aids),
        }
        self.rough = {
            name: value for name, value in (rough or {}).items() if name not in situation.facts
        }
        self._findings: dict[tuple[str, str], list[Finding]] = {}
        self._entitlements: dict[Hashable, Sequence[Entitlement]] = {}
        self._budgets: dict[Hashable, Budget] = {}

    def asked(self, name: str, more: Facts | None = None) -> Entitlement:
        """Return what a rule answers; `more` are facts of one way to go."""
        rule = self.book.rule(name, self.on)
        rough, sure = self._bounds(more or {})
        facts = {**sure, **self.situation.facts}
        middle = self._asked(
            rule, {name: estimate.middle for name, estimate in rough.items()}, facts
        )
        if all(corner.reponse is middle.reponse for corner in self._corners(rule, rough, facts)):
            return middle
        return self._asked(rule, {}, facts)

    def _asked(self, rule: Rule, estimates: Facts, facts: Facts) -> Entitlement:
        known = {**estimates, **facts}
        read = self.book.reads(rule) & known.keys()
        key = rule.name, self.on, frozenset((name, known[name]) for name in read)
        return self.book.kept.get(
            key, lambda: rules.entitlement(rule, known, on=self.on, book=self.book)
        )

    def _corners(
        self, rule: Rule, rough: Mapping[str, Rough], facts: Facts
    ) -> Iterator[Entitlement]:
        """Yield what the rule answers at the bounds of what it looks at."""
        names = sorted(rough.keys() & rule.looks_at)
        for bounds in product(*(rough[name] for name in names)) if names else ():
            yield self._asked(rule, dict(zip(names, bounds, strict=True)), facts)

    def _bounds(self, more: Facts) -> tuple[dict[str, Rough], Facts]:
        """Return the bounds of what is rough for one way to go, and what is sure of it."""
        rough = {
            name: estimate.reaching(value)
            if isinstance(value := more.get(name), Decimal)
            else estimate
            for name, estimate in self.rough.items()
        }
        return rough, {name: value for name, value in more.items() if name not in rough}

    # -- conditions of a solution -------------------------------------------------------------

    def findings(self, offer: Offer, *, asked: str = "") -> list[Finding]:
        """Return what the rule of a solution weighs, worked out once for all that share it.

        Nothing where it is met, doubt where it is gone. `asked`: a criterion whose doubt is stated
        apart.
        """
        key = offer.regle, asked
        if key not in self._findings:
            self._findings[key] = self._findings_of(*key)
        return self._findings[key]

    def _findings_of(self, regle: str, asked: str) -> list[Finding]:
        if regle not in self.book.rules:
            text = "Conditions à vérifier : la règle de cette solution n'est plus en vigueur."
            return [Finding(Verdict.A_VERIFIER, text, Filtre.ELIGIBILITE)]
        entitlement = self.asked(regle)
        if entitlement.reponse is Reponse.OUI:
            return []
        verdict = Verdict.NON if entitlement.reponse is Reponse.NON else Verdict.A_VERIFIER
        opening = "Il faut" if verdict == Verdict.NON else "À vérifier"
        return [
            Finding(verdict, f"{opening} : {text}.", Filtre.ELIGIBILITE)
            for text in self._missing(entitlement, asked)
        ]

    def _missing(self, entitlement: Entitlement, asked: str = "") -> tuple[str, ...]:
        world = self.book.world(self.situation.facts, self.on)
        missing = tuple(
            rules.explained(leaf, world)
            for leaf in entitlement.missing
            if leaf.criterion.name != asked
        )
        return (*missing, entitlement.doubt) if entitlement.doubt else missing

    # -- aids ---------------------------------------------------------------------------------

    def aids(self, option: Option | None, offers: Sequence[Offer]) -> tuple[Aid, ...]:
        """Return every aid, the surest first.

        `option` is the way one would go, `offers` give contacts.
        """
        more = facts_of_option(option) if option else {}
        by_rule = {offer.regle: offer for offer in reversed(offers) if offer.regle}
        aids = [
            self._aid(self.asked(rule.name, more), more, by_rule.get(rule.name))
            for rule in self.applying
        ]
        return tuple(sorted(aids, key=_surest_first))

    def _is_rough(self, due: rules.Sum) -> bool:
        """Return True where a sum rests on an estimate, itself or what follows from it."""
        criteria = self.book.criteria
        names = [name for name in due.line.calcul.names if name in criteria]
        return any({name, criteria[name].deduit_de} & self.rough.keys() for name in names)

    def _may_be(self, rule: Rule, more: Facts) -> bool:
        world = self.book.world({**self._bounds(more)[1], **self.situation.facts}, self.on)
        return rules.may_be_true(rule.conditions, world)

    def _aid(self, entitlement: Entitlement, more: Facts, offer: Offer | None) -> Aid:
        rule = entitlement.rule
        contact = contact_of(offer) if offer else NO_CONTACT
        return Aid(
            key=rule.name,
            title=rule.nom,
            summary=rule.resume,
            reponse=entitlement.reponse,
            doubtful=entitlement.reponse is Reponse.A_VERIFIER
            and (bool(entitlement.doubt) or not self._may_be(rule, more)),
            missing=self._missing(entitlement),
            sums=tuple(
                sum_text(due, about=self._is_rough(due))
                for due in entitlement.sums
                if due.eur and due.eur > 0
            ),
            to_do=tuple(Task(task.text, task.before) for task in entitlement.to_do),
            conflicts=tuple(f"{conflict.note} {conflict.traitement}" for conflict in rule.conflits),
            sources=tuple((source.titre, source.url) for source in rule.sources.values()),
            contact_name=contact.get("contact_name") or rule.organisme,
            telephone=contact.get("telephone") or rule.telephone,
            lien=contact.get("lien") or rule.lien,
            solutions=(str(offer.id),) if offer else (),
            apart=tuple(self._apart(rule, offer)),
        )

    def _apart(self, rule: Rule, offer: Offer | None) -> Iterator[Apart]:
        """Yield what an aid may not be had with: other aids, then solutions that are none."""
        for pair, source in self.exclusions.items():
            if rule.name in pair:
                (other,) = pair - {rule.name}
                yield Apart(self.book.rule(other, self.on).nom, source.titre, source.url)
        for excluded, source in self.cumulation.against(offer) if offer else ():
            if not any(excluded.regle in pair for pair in self.exclusions):
                yield Apart(excluded.nom, source.titre, source.url)

    def may_be_sure(self, free: Collection[str]) -> bool:
        """Return whether some aid paid by the month may be a "oui", whatever the facts named are.

        False spares asking the rules for each of many ways to go.
        """
        criteria = self.book.criteria
        known = {name: value for name, value in self.situation.facts.items() if name not in free}
        world = self.book.world(known, self.on)

        def best(leaf: rules.Leaf) -> Truth:
            name = leaf.criterion.name
            while name and name not in free:
                name = criteria[name].deduit_de if name in criteria else ""
            if not name:
                return leaf_truth(leaf, world)
            return Truth.TRUE if leaf.is_vouched_for(world) else Truth.UNKNOWN

        return any(
            fold(pushed(rule.conditions), best) is Truth.TRUE
            for rule in self.applying
            if any(line.periode in MONTHLY for line in rule.montants)
        )

    def with_aids(self, option: Option) -> Option:
        """The option with its month before and after the aids that depend on it or pay it."""
        budget = self.budget_of(option)
        return option if budget is None else replace(option, budget=budget)

    def budget_of(self, option: Priced) -> Budget | None:
        """Return a month before and after the aids that depend on a way to go, or pay it.

        None where its price or its duration is not known.
        """
        if option.monthly_cost_eur is None or option.minutes_out is None:
            return None
        more = facts_of_option(option)
        entitlements = self._monthly(more)
        used = self.cumulation.named(option.solutions)
        apart = {
            entitlement.rule.name: excluding
            for entitlement in entitlements
            if (excluding := self._against_way(entitlement, used))
        }
        travel_min = option.minutes_out + (option.minutes_onward or 0) + (option.minutes_back or 0)
        # Many loans of one vehicle cost as much and take as long: they have one budget.
        key = frozenset(more.items()), option.monthly_cost_eur, travel_min, tuple(apart.items())
        if key not in self._budgets:
            self._budgets[key] = self._budget(
                option.monthly_cost_eur, travel_min, entitlements, apart
            )
        return self._budgets[key]

    def _monthly(self, more: Facts) -> Sequence[Entitlement]:
        """Return what the aids of a month answer, worked out once for the ways alike."""
        key = frozenset(more.items())
        if key not in self._entitlements:
            self._entitlements[key] = [
                self.asked(rule.name, more)
                for rule in self.applying
                if any(line.periode in MONTHLY for line in rule.montants)
            ]
        return self._entitlements[key]

    def _budget(
        self,
        month_eur: Decimal,
        travel_min: int,
        entitlements: Sequence[Entitlement],
        apart: Mapping[str, Apart],
    ) -> Budget:
        """Return a month before and after the aids; `apart`: those that the way itself excludes."""
        facts = self.situation.facts
        budget = rules.monthly_budget(
            month_eur,
            [entitlement for entitlement in entitlements if entitlement.rule.name not in apart],
            travel_min_a_day=travel_min,
            days_a_month=number(facts, "allers_retours_mois") or Decimal(0),
            income_eur=number(facts, "ressources_mois_eur"),
            charges_eur=number(facts, "charges_mois_eur"),
            exclusions=self.exclusions,
        )
        lost = tuple(
            NotCounted(entitlement.rule.nom, apart[entitlement.rule.name])
            for entitlement in entitlements
            if entitlement.rule.name in apart and entitlement.reponse is not Reponse.NON
        )
        return _budget_for_answer(budget, lost)

    def _against_way(self, aid: Entitlement, used: Sequence[Offer]) -> Apart | None:
        """Return the solution of a way that excludes an aid, no matter who gives it.

        None where none does.
        """
        givers = self.cumulation.by_rule.get(aid.rule.name, [])
        if not givers or any(self.cumulation.goes_with_all(giver, used) for giver in givers):
            return None
        return next(
            Apart(other.nom, source.titre, source.url)
            for other in used
            if (source := self.cumulation.source(givers[0], other)) is not None
        )

    # -- questions ----------------------------------------------------------------------------

    def questions(
        self, option: Option | None, offers: Sequence[Offer]
    ) -> tuple[rules.Question, ...]:
        """Return the questions that would decide most rules that may still be *oui*, best first."""
        rough, sure = self._bounds(facts_of_option(option) if option else {})
        facts = {**self._sure_estimates(rough, sure), **sure, **self.situation.facts}
        names = {rule.name for rule in self.applying}
        names |= {offer.regle for offer in offers if offer.regle in self.book.rules}
        world = self.book.world(facts, self.on)
        skipped = frozenset(self.situation.skipped)
        asked = len(skipped) + sum(
            self.book.criteria[name].asked and name not in INFERRED for name in self.situation.facts
        )
        deciding = "trees", self.on, tuple(sorted(names))
        trees, leaves = self.book.kept.get(deciding, lambda: self._deciding(deciding[2]))
        # Facts of many people differ where rules do not: the same questions are worth the same.
        return self.book.kept.get(
            ("questions", *deciding, skipped, asked, rules.signature(leaves, world)),
            lambda: self._next_questions(trees, world, asked),
        )

    def _deciding(
        self, names: Iterable[str]
    ) -> tuple[tuple[rules.Node, ...], Mapping[str, tuple[rules.Leaf, ...]]]:
        trees = tuple(tree for name in names for tree in _trees(self.book.rule(name, self.on)))
        return trees, rules.leaves_by_criterion(trees)

    def _next_questions(
        self, trees: Iterable[rules.Node], world: rules.World, asked: int
    ) -> tuple[rules.Question, ...]:
        open_trees = [tree for tree in trees if rules.may_be_true(tree, world)]
        return tuple(
            rules.next_questions(
                open_trees, world, self.book.criteria,
                skipped=self.situation.skipped, asked=asked,
            )
        )  # fmt: skip

    def _sure_estimates(self, rough: Mapping[str, Rough], sure: Facts) -> dict[str, Value]:
        """Return the estimates within whose bounds every aid answers the same.

        None where one does not.
        """
        facts = {**sure, **self.situation.facts}
        for rule in self.applying:
            if len({corner.reponse for corner in self._corners(rule, rough, facts)}) > 1:
                return {}
        return {name: estimate.middle for name, estimate in rough.items()}


def _trees(rule: Rule) -> list[rules.Node]:
    """Return the trees that decide a rule.

    Whether it holds, and which of its monthly sums are due.
    """
    due = [line.si for line in rule.montants if line.si and line.periode in MONTHLY]
    return [rule.conditions, *(rules.AllOf((rule.conditions, tree)) for tree in due)]


def _surest_first(aid: Aid) -> tuple[int, bool, int]:
    return ORDER[aid.reponse], aid.doubtful, len(aid.missing)


def _budget_for_answer(budget: rules.Budget, lost: Sequence[NotCounted] = ()) -> Budget:
    """Return the budget with what may come on top in words.

    `lost` may not be had with the way itself.
    """
    return Budget(
        first=budget.first,
        next=budget.next,
        travel_h=budget.travel_h,
        once_eur=budget.once_eur,
        to_check=tuple(sum_text(due) for due in budget.to_check if due.eur and due.eur > 0),
        not_counted=(
            *lost,
            *(
                NotCounted(
                    left.aid.rule.nom,
                    Apart(left.other.rule.nom, left.source.titre, left.source.url),
                )
                for left in budget.left_out
            ),
        ),
    )


INFERRED = frozenset(
    {"action", "permis", "vehicule", "residence", "lieu_activite", "allers_retours_mois",
     "ressources_mois_eur", "charges_mois_eur"}
)  # fmt: skip
"""Facts that follow from the desk's question or belong to the budget: nobody was asked for them."""


def number(facts: Facts, name: str) -> Decimal | None:
    """Return a fact that is a number, None where it is not known."""
    value = facts.get(name)
    return value if isinstance(value, Decimal) else None


def sum_text(due: rules.Sum, *, about: bool = False) -> str:
    """Return a sum in words: "Trajets du premier mois : jusqu'à 349,37 € le premier mois"."""
    line = due.line
    most = ("jusqu'à " if line.jusqu_a else "") + ("environ " if about else "")
    doubt = "" if due.sure else ", à confirmer"
    kind = {"pret": " (à rembourser)", "exoneration": " (sans impôt, ou déjà déduit)"}
    amount = french.euros(due.eur or Decimal(0))
    return f"{line.libelle} : {most}{amount} {line.periode.label}{kind.get(line.nature, '')}{doubt}"

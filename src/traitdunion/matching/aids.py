"""Rules met with a situation: aids, conditions of a solution, the questions worth asking.

A distance or a duration known only within bounds is given to a rule where the rule answers the same
throughout; elsewhere it is unknown, and asked for. Bodies measure durations by road, people travel
as they can: a duration lies between the two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from traitdunion import rules
from traitdunion.rules import Entitlement, Reponse, Rule, RuleBook, Value

from .answer import Aid, Apart, Budget, Filtre, Finding, NotCounted, Option, Task, Verdict
from .cumulation import Cumulation
from .facts import facts_of_option
from .offers import Offer, contact_of
from .situation import Situation

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
        """A value, more or less a share of itself."""
        return cls(value * (1 - share), value * (1 + share))

    @property
    def middle(self) -> Decimal:
        return (self.least + self.most) / 2

    def reaching(self, value: Decimal) -> "Rough":
        """The bounds moved apart to hold a value."""
        return Rough(min(self.least, value), max(self.most, value))


Facts = Mapping[str, Value]
ORDER = {Reponse.OUI: 0, Reponse.A_VERIFIER: 1, Reponse.NON: 2}
MONTHLY = frozenset({rules.Periode.MOIS, rules.Periode.PREMIER_MOIS, rules.Periode.AN})


class Eligibility:
    """The rules asked about one situation, on the day of the question.

    `rough`: facts known within bounds, by criterion. `cumulation`: which offers exclude which.
    """

    def __init__(
        self,
        situation: Situation,
        rough: Mapping[str, Rough] | None = None,
        book: RuleBook | None = None,
        cumulation: Cumulation | None = None,
    ) -> None:
        self.book = book or rules.rule_book()
        self.situation = situation
        self.on: date = situation.now.date()
        self.cumulation = cumulation or Cumulation(())
        aids = self.book.aids(self.on)
        self.exclusions = {
            **self.cumulation.between({rule.name for rule in aids}),
            **rules.exclusions_of(aids),
        }
        self.rough = {
            name: value for name, value in (rough or {}).items() if name not in situation.facts
        }

    def asked(self, name: str, more: Facts | None = None) -> Entitlement:
        """What a rule answers; `more` are facts of one way to go."""
        rule = self.book.rule(name, self.on)
        rough, sure = self._bounds(more or {})
        facts = {**sure, **self.situation.facts}
        middle = self._asked(rule, {name: one.middle for name, one in rough.items()}, facts)
        if all(found.reponse is middle.reponse for found in self._corners(rule, rough, facts)):
            return middle
        return self._asked(rule, {}, facts)

    def _asked(self, rule: Rule, estimates: Facts, facts: Facts) -> Entitlement:
        return rules.entitlement(rule, {**estimates, **facts}, on=self.on, book=self.book)

    def _corners(
        self, rule: Rule, rough: Mapping[str, Rough], facts: Facts
    ) -> Iterator[Entitlement]:
        """What the rule answers at the bounds of what it looks at."""
        names = sorted(rough.keys() & rule.looks_at)
        for bounds in product(*(rough[name] for name in names)) if names else ():
            yield self._asked(rule, dict(zip(names, bounds, strict=True)), facts)

    def _bounds(self, more: Facts) -> tuple[dict[str, Rough], Facts]:
        """Bounds of what is rough for one way to go, and what is sure of it."""
        rough = {
            name: one.reaching(value) if isinstance(value := more.get(name), Decimal) else one
            for name, one in self.rough.items()
        }
        return rough, {name: value for name, value in more.items() if name not in rough}

    # -- conditions of a solution -------------------------------------------------------------

    def findings(self, offer: Offer) -> list[Finding]:
        """What the rule of a solution weighs: nothing where it is met, doubt where it is gone."""
        if offer.regle not in self.book.rules:
            text = "Conditions à vérifier : la règle de cette solution n'est plus en vigueur."
            return [Finding(Verdict.A_VERIFIER, text, Filtre.ELIGIBILITE)]
        found = self.asked(offer.regle)
        if found.reponse is Reponse.OUI:
            return []
        verdict = Verdict.NON if found.reponse is Reponse.NON else Verdict.A_VERIFIER
        said = "Il faut" if verdict == Verdict.NON else "À vérifier"
        return [
            Finding(verdict, f"{said} : {text}.", Filtre.ELIGIBILITE)
            for text in self._missing(found)
        ]

    def _missing(self, found: Entitlement) -> tuple[str, ...]:
        world = self.book.world(self.situation.facts, self.on)
        return tuple(rules.explained(leaf, world) for leaf in found.missing)

    # -- aids ---------------------------------------------------------------------------------

    def aids(self, option: Option | None, offers: Sequence[Offer]) -> tuple[Aid, ...]:
        """Every aid, the surest first; `option` is the way one would go, `offers` give contacts."""
        more = facts_of_option(option) if option else {}
        by_rule = {offer.regle: offer for offer in reversed(offers) if offer.regle}
        found = [
            self._aid(self.asked(rule.name, more), more, by_rule.get(rule.name))
            for rule in self.book.aids(self.on)
        ]
        return tuple(sorted(found, key=_surest_first))

    def _is_rough(self, one: rules.Sum) -> bool:
        """True where a sum rests on an estimate, itself or what follows from it."""
        criteria = self.book.criteria
        names = [name for name in one.line.calcul.names if name in criteria]
        return any({name, criteria[name].deduit_de} & self.rough.keys() for name in names)

    def _may_be(self, rule: Rule, more: Facts) -> bool:
        world = self.book.world({**self._bounds(more)[1], **self.situation.facts}, self.on)
        return rules.may_be_true(rule.conditions, world)

    def _aid(self, found: Entitlement, more: Facts, offer: Offer | None) -> Aid:
        rule = found.rule
        contact = contact_of(offer) if offer else {}
        return Aid(
            key=rule.name,
            title=rule.nom,
            summary=rule.resume,
            reponse=found.reponse,
            doubtful=found.reponse is Reponse.A_VERIFIER and not self._may_be(rule, more),
            missing=self._missing(found),
            sums=tuple(
                sum_text(one, about=self._is_rough(one))
                for one in found.sums
                if one.eur and one.eur > 0
            ),
            to_do=tuple(Task(one.text, one.before) for one in found.to_do),
            conflicts=tuple(f"{one.note} {one.traitement}" for one in rule.conflits),
            sources=tuple((source.titre, source.url) for source in rule.sources.values()),
            contact_name=contact.get("contact_name") or rule.organisme,
            telephone=contact.get("telephone") or rule.telephone,
            lien=contact.get("lien") or rule.lien,
            solutions=(str(offer.id),) if offer else (),
            apart=tuple(self._apart(rule, offer)),
        )

    def _apart(self, rule: Rule, offer: Offer | None) -> Iterator[Apart]:
        """What an aid may not be had with: other aids, then solutions that are none."""
        for pair, said in self.exclusions.items():
            if rule.name in pair:
                (other,) = pair - {rule.name}
                yield Apart(self.book.rule(other, self.on).nom, said.titre, said.url)
        for found, said in self.cumulation.against(offer) if offer else ():
            if not any(found.regle in pair for pair in self.exclusions):
                yield Apart(found.nom, said.titre, said.url)

    def with_aids(self, option: Option) -> Option:
        """The option with its month before and after the aids that depend on it or pay it."""
        if option.monthly_cost_eur is None or option.minutes_out is None:
            return option
        more = facts_of_option(option)
        found = [
            self.asked(rule.name, more)
            for rule in self.book.aids(self.on)
            if any(line.periode in MONTHLY for line in rule.montants)
        ]
        used = self.cumulation.named(option.solutions)
        apart = {one.rule.name: said for one in found if (said := self._against_way(one, used))}
        facts = self.situation.facts
        budget = rules.monthly_budget(
            option.monthly_cost_eur,
            [one for one in found if one.rule.name not in apart],
            travel_min_a_day=option.minutes_out + (option.minutes_back or 0),
            days_a_month=number(facts, "allers_retours_mois") or Decimal(0),
            income_eur=number(facts, "ressources_mois_eur"),
            charges_eur=number(facts, "charges_mois_eur"),
            exclusions=self.exclusions,
        )
        lost = tuple(
            NotCounted(one.rule.nom, apart[one.rule.name])
            for one in found
            if one.rule.name in apart and one.reponse is not Reponse.NON
        )
        return replace(option, budget=_told(budget, lost))

    def _against_way(self, aid: Entitlement, used: Sequence[Offer]) -> Apart | None:
        """The solution of a way that excludes an aid, whoever gives it; None where none does."""
        givers = self.cumulation.by_rule.get(aid.rule.name, [])
        if not givers or any(self.cumulation.goes_with_all(one, used) for one in givers):
            return None
        return next(
            Apart(other.nom, said.titre, said.url)
            for other in used
            if (said := self.cumulation.source(givers[0], other)) is not None
        )

    # -- questions ----------------------------------------------------------------------------

    def questions(
        self, option: Option | None, offers: Sequence[Offer]
    ) -> tuple[rules.Question, ...]:
        """Questions that would tell most of the rules that may still say *oui*, best first."""
        rough, sure = self._bounds(facts_of_option(option) if option else {})
        facts = {**self._sure_estimates(rough, sure), **sure, **self.situation.facts}
        names = {rule.name for rule in self.book.aids(self.on)}
        names |= {offer.regle for offer in offers if offer.regle in self.book.rules}
        world = self.book.world(facts, self.on)
        trees = [
            tree
            for name in sorted(names)
            for tree in _trees(self.book.rule(name, self.on))
            if rules.may_be_true(tree, world)
        ]
        skipped = self.situation.skipped
        asked = len(skipped) + sum(
            self.book.criteria[name].asked and name not in INFERRED for name in self.situation.facts
        )
        found = rules.next_questions(trees, world, self.book.criteria, skipped=skipped, asked=asked)
        return tuple(found)

    def _sure_estimates(self, rough: Mapping[str, Rough], sure: Facts) -> dict[str, Value]:
        """Estimates within whose bounds every aid answers the same; none where one does not."""
        facts = {**sure, **self.situation.facts}
        for rule in self.book.aids(self.on):
            if len({found.reponse for found in self._corners(rule, rough, facts)}) > 1:
                return {}
        return {name: one.middle for name, one in rough.items()}


def _trees(rule: Rule) -> list[rules.Node]:
    """What there is to know of a rule: whether it holds, and which of its monthly sums are due."""
    due = [line.si for line in rule.montants if line.si and line.periode in MONTHLY]
    return [rule.conditions, *(rules.AllOf((rule.conditions, tree)) for tree in due)]


def _surest_first(aid: Aid) -> tuple[int, bool, int]:
    return ORDER[aid.reponse], aid.doubtful, len(aid.missing)


def _told(budget: rules.Budget, lost: Sequence[NotCounted] = ()) -> Budget:
    """The budget with what may come on top in words; `lost` may not be had with the way itself."""
    return Budget(
        first=budget.first,
        next=budget.next,
        travel_h=budget.travel_h,
        once_eur=budget.once_eur,
        to_check=tuple(sum_text(one) for one in budget.to_check if one.eur and one.eur > 0),
        not_counted=(
            *lost,
            *(
                NotCounted(
                    one.aid.rule.nom, Apart(one.other.rule.nom, one.source.titre, one.source.url)
                )
                for one in budget.left_out
            ),
        ),
    )


INFERRED = frozenset(
    {"action", "permis", "vehicule", "residence", "lieu_activite", "allers_retours_mois",
     "ressources_mois_eur", "charges_mois_eur"}
)  # fmt: skip
"""Facts that follow from the desk's question or belong to the budget: nobody was asked for them."""


def number(facts: Facts, name: str) -> Decimal | None:
    """A fact that is a number, None where it is not known."""
    value = facts.get(name)
    return value if isinstance(value, Decimal) else None


def sum_text(one: rules.Sum, *, about: bool = False) -> str:
    """A sum in words: "Trajets du premier mois : jusqu'à 349,37 € le premier mois"."""
    line = one.line
    most = ("jusqu'à " if line.jusqu_a else "") + ("environ " if about else "")
    doubt = "" if one.sure else ", à confirmer"
    kind = {"pret": " (à rembourser)", "exoneration": " (sans impôt, ou déjà déduit)"}
    amount = rules.euros(one.eur or Decimal(0))
    return f"{line.libelle} : {most}{amount} {line.periode.label}{kind.get(line.nature, '')}{doubt}"

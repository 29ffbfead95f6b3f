"""Judge a household by the rules engine: three values, and the facts still missing.

The ceiling of income is by category (arrêté of 29 July 1993 as amended, annex; BoRiS): a category
is not a household size. The tree states, for some category k, « the household is of category k or
more, and its income is under the ceiling of k »: ceilings grow with k, so that an unknown fact
leaves a doubt only where it matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traitdunion.accounts.models import Organisation
from traitdunion.french import day, euros
from traitdunion.rules import AllOf, Criterion, Facts, Node, Truth, Value, explained
from traitdunion.rules.criteria import Nature
from traitdunion.rules.missing import to_lift, to_settle
from traitdunion.rules.parameters import Dated, Operand, Parameter
from traitdunion.rules.trees import AnyOf, Leaf, Op, World, evaluate
from traitdunion.territory.models import Commune

from ..enums import NatureReference
from ..references.queries import Found, in_force

LARGEST = 6
"""Categories of the table; beyond, an amount is added for each person."""
SURE, DOUBTFUL = "A", "C"


def _criterion(
    name: str, nom: str, nature: Nature, si_oui: str = "", si_non: str = "", unite: str = ""
) -> Criterion:
    return Criterion(name, nom, nom, "", nature, {}, unite, si_oui, si_non)


PERSONNES = _criterion("personnes", "personnes dans le logement", Nature.NOMBRE)
A_CHARGE = _criterion("a_charge", "personnes à charge", Nature.NOMBRE)
ADULTES = _criterion("adultes", "adultes", Nature.NOMBRE)
JEUNE = _criterion(
    "jeune_menage", "jeune ménage", Nature.OUI_NON,
    "être un couple dont les âges font 55 ans ou moins",
)  # fmt: skip
HANDICAP = _criterion(
    "handicap", "carte mobilité inclusion invalidité", Nature.OUI_NON,
    "compter une personne titulaire de la carte d'invalidité",
)  # fmt: skip
RFR = _criterion("rfr_n2", "revenu fiscal de référence", Nature.NOMBRE, unite="€")
PROPRIETAIRE = _criterion(
    "proprietaire", "propriétaire d'un logement adapté", Nature.OUI_NON,
    si_non="ne pas posséder de logement adapté à ses besoins (R.255-1-1)",
)  # fmt: skip
RESIDENCE = _criterion(
    "residence_principale", "résidence principale", Nature.OUI_NON,
    "y habiter toute l'année, en résidence principale (L.255-1)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Household:
    """What a household gives of itself; None where it did not answer. Amounts in euros."""

    adultes: int | None = None
    a_charge: int | None = None
    jeune_menage: bool | None = None
    handicap: bool | None = None
    rfr: Decimal | None = None
    proprietaire: bool | None = None
    residence_principale: bool | None = None

    @property
    def personnes(self) -> int | None:
        if self.adultes is None or self.a_charge is None:
            return None
        return self.adultes + self.a_charge

    @property
    def facts(self) -> Facts:
        """Return what is known, by criterion; what is not known is absent."""
        given: dict[str, bool | int | Decimal | None] = {
            "adultes": self.adultes,
            "a_charge": self.a_charge,
            "personnes": self.personnes,
            "jeune_menage": self.jeune_menage,
            "handicap": self.handicap,
            "rfr_n2": self.rfr,
            "proprietaire": self.proprietaire,
            "residence_principale": self.residence_principale,
        }
        facts: dict[str, Value] = {}
        for name, value in given.items():
            if value is not None:
                facts[name] = value if isinstance(value, bool) else Decimal(value)
        return facts


def category_tree(rank: int) -> Node:
    """Return what puts a household in a category or a higher one."""
    ways: list[Node] = [Leaf(PERSONNES, Op.AU_MOINS, Decimal(rank))]
    if rank >= 2:
        # One person with a disability counts for two, two for three…
        ways.append(
            AllOf((Leaf(HANDICAP, Op.EST, True), Leaf(PERSONNES, Op.AU_MOINS, Decimal(rank - 1))))
        )
    if rank >= 3:
        alone = Leaf(ADULTES, Op.EST, Decimal(1))
        ways.append(AllOf((alone, Leaf(A_CHARGE, Op.AU_MOINS, Decimal(rank - 2)))))
    if rank <= 3:
        ways.append(AllOf((Leaf(ADULTES, Op.AU_MOINS, Decimal(2)), Leaf(JEUNE, Op.EST, True))))
    return AnyOf(tuple(ways))


@dataclass(frozen=True, slots=True)
class Category:
    """The category that is sure; `is_exact` False while a missing fact could raise it."""

    rank: int
    is_exact: bool


def category_of(household: Household, *, on: date) -> Category | None:
    """Return the category of a household; None where its size is not known."""
    if household.personnes is None:
        return None
    world = World(household.facts, on, {})
    highest = max(household.personnes + 2, 3)
    truths = {rank: evaluate(category_tree(rank), world) for rank in range(1, highest + 1)}
    sure = max((rank for rank, value in truths.items() if value is Truth.TRUE), default=1)
    return Category(sure, Truth.UNKNOWN not in truths.values())


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: `truth`, why not, what is missing, the ceiling where one category is sure."""

    truth: Truth
    lifts: tuple[str, ...]
    missing: tuple[str, ...]
    category: Category | None
    zone: str
    ceiling: Decimal | None
    ceiling_state: str
    year: int

    @property
    def answer(self) -> str:
        """Return `yes`, `to_check` or `no`, as badges name them."""
        return {Truth.TRUE: "yes", Truth.UNKNOWN: "to_check", Truth.FALSE: "no"}[self.truth]

    @property
    def title(self) -> str:
        if self.truth is Truth.TRUE:
            return "Oui, d'après vos réponses"
        if self.truth is Truth.FALSE:
            return "Non, d'après vos réponses"
        return "Peut-être : il reste à vérifier"


def judge(
    household: Household, *, commune: Commune, organisation: Organisation, on: date
) -> Verdict:
    """Return whether a household may buy or rent under a bail réel solidaire in a commune.

    A ceiling or a zone that no administrator checked never makes a yes.
    """
    zone = in_force(NatureReference.ZONE_ABC, commune.code_insee, on=on, organisation=organisation)
    letter = zone.row.valeur if zone.row is not None else ""
    ranks = range(1, max(LARGEST, (household.personnes or 0) + 2) + 1)
    parameters, founds = _ceilings(letter, ranks, zone, on, organisation)
    income = AnyOf(
        tuple(
            AllOf((category_tree(rank), Leaf(RFR, Op.AU_PLUS, Operand(f"plafond_{rank}"))))
            for rank in ranks
        )
    )
    housed = Leaf(RESIDENCE, Op.EST, True)
    owner = Leaf(PROPRIETAIRE, Op.EST, False)
    world = World(household.facts, on, parameters)
    tree = AllOf((income, owner, housed))
    truth = evaluate(tree, world)
    category = category_of(household, on=on)
    category_ceiling = founds.get(category.rank if category else 0)
    lifts = _why_not(household, world, income, owner, housed) if truth is Truth.FALSE else ()
    missing = _missing(household, world, tree, letter, founds, on)
    return Verdict(
        truth,
        lifts,
        missing if truth is Truth.UNKNOWN else (),
        category,
        letter,
        category_ceiling[0] if category_ceiling else None,
        category_ceiling[1] if category_ceiling else "non renseigné",
        on.year - 2,
    )


Ceiling = tuple[Decimal, str]


def _ceilings(
    zone: str, ranks: range, where: Found, on: date, organisation: Organisation
) -> tuple[Mapping[str, Parameter], dict[int, Ceiling]]:
    """Return the ceilings of a zone as parameters of the engine; unknown ones have no value."""
    kind = NatureReference.PLAFOND_RESSOURCES
    more = in_force(kind, f"{zone}/+", on=on, organisation=organisation)
    last = in_force(kind, f"{zone}/{LARGEST}", on=on, organisation=organisation)
    parameters: dict[str, Parameter] = {}
    founds: dict[int, Ceiling] = {}
    for rank in ranks:
        ceiling, value = last, None
        if rank <= LARGEST:
            ceiling = in_force(kind, f"{zone}/{rank}", on=on, organisation=organisation)
            value = ceiling.figure
        elif last.figure is not None and more.figure is not None:
            value = last.figure + (rank - LARGEST) * more.figure
        checked = ceiling.verified and where.verified and (rank <= LARGEST or more.verified)
        since = ceiling.row.depuis if ceiling.row else on
        dated = Dated(since, value, ceiling.source, SURE if checked else DOUBTFUL)
        name = f"plafond_{rank}"
        parameters[name] = Parameter(name, f"plafond, catégorie {rank}", "€", (dated,))
        if value is not None:
            founds[rank] = value, "vérifié" if checked else "à vérifier"
    return parameters, founds


def _why_not(
    household: Household, world: World, income: Node, owner: Leaf, housed: Leaf
) -> tuple[str, ...]:
    """Return what fails, in French."""
    reasons = []
    if evaluate(income, world) is Truth.FALSE:
        rfr = household.rfr or Decimal(0)
        category = category_of(household, on=world.on)
        ceiling = None
        if category is not None:
            ceiling = world.parameters[f"plafond_{category.rank}"].at(world.on)
        over = ""
        if ceiling is not None and ceiling.value is not None:
            over = f" (plafond de votre catégorie : {euros(ceiling.value)})"
        reasons.append(f"Revenu fiscal de référence de {euros(rfr)}, au-dessus du plafond{over}.")
    reasons += [
        f"Il faut {explained(leaf, world)}."
        for node in (owner, housed)
        for leaf in to_lift(node, world)
    ]
    return tuple(reasons)


def _missing(
    household: Household,
    world: World,
    tree: Node,
    zone: str,
    founds: Mapping[int, Ceiling],
    on: date,
) -> tuple[str, ...]:
    """Return what would settle the answer: facts of the household, then figures to check."""
    lacks = []
    if not zone:
        lacks.append("La zone de la commune n'est pas renseignée : l'organisme la saisit.")
    elif not founds:
        lacks.append(f"Le plafond de ressources de {on.year} n'est pas renseigné (zone {zone}).")
    leaves = {leaf.criterion.name for leaf in to_settle(tree, world)}
    for name, text in ASKED.items():
        if name not in world.facts and (name in leaves or name in ALWAYS):
            lacks.append(text.format(year=on.year - 2))
    category = category_of(household, on=on)
    if category is not None and not category.is_exact:
        for name in ("jeune_menage", "handicap"):
            if name not in world.facts and name not in leaves:
                lacks.append(ASKED[name])
    if zone and founds and any(state != "vérifié" for _, state in founds.values()):
        lacks.append(
            f"Les plafonds du {day(on)} sont à vérifier par l'organisme : rien n'est promis."
        )
    return tuple(dict.fromkeys(lacks))


ALWAYS = frozenset({"rfr_n2", "adultes", "a_charge", "proprietaire", "residence_principale"})
ASKED = {
    "rfr_n2": "Votre revenu fiscal de référence de {year}, sur l'avis d'impôt de l'année suivante.",
    "adultes": "Le nombre d'adultes.",
    "a_charge": "Le nombre de personnes à charge.",
    "jeune_menage": "Si vous êtes en couple : vos deux âges font-ils 55 ans ou moins ?",
    "handicap": "Une personne du logement a-t-elle la carte d'invalidité ?",
    "proprietaire": "Possédez-vous déjà un logement ?",
    "residence_principale": "Ce logement serait-il votre résidence principale ?",
}

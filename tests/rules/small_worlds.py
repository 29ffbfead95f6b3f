"""Small criteria, trees drawn at random, and worlds to look at them in."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from traitdunion.rules.criteria import NOT_YET, Criterion, Nature
from traitdunion.rules.durations import Duration
from traitdunion.rules.parameters import Dated, Operand, Parameter
from traitdunion.rules.trees import AllOf, AnyOf, Leaf, Not, Op, World

TODAY = date(2026, 5, 15)

YES = Criterion("ok", "accord", "D'accord ?", "", Nature.OUI_NON, {})
AGE = Criterion("age", "âge", "Quel âge ?", "", Nature.NOMBRE, {}, unite="ans")
MONEY = Criterion("paie", "paie", "Quelle paie ?", "", Nature.NOMBRE, {}, unite="€",
                  pas=Decimal("0.01"))  # fmt: skip
STATE = Criterion("etat", "état", "Quel état ?", "", Nature.CHOIX, {"a": "A", "b": "B", "c": "C"},
                  ordered=True)  # fmt: skip
HELD = Criterion("biens", "biens", "Quels biens ?", "", Nature.PLUSIEURS, {"x": "X", "y": "Y"})
DAY = Criterion("jour", "jour", "Quel jour ?", "", Nature.DATE, {})
LENGTH = Criterion("duree", "durée", "Combien ?", "", Nature.DUREE, {})
CRITERIA = {criterion.name: criterion for criterion in (YES, AGE, MONEY, STATE, HELD, DAY, LENGTH)}

PARAMETERS = {
    "plafond": Parameter(
        "plafond",
        "plafond",
        "€",
        (
            Dated(date(2026, 1, 1), Decimal("20"), "loi", "A"),
            Dated(date(2027, 1, 1), None, "inconnu", "C"),
        ),
    ),
    "douteux": Parameter(
        "douteux", "montant douteux", "€", (Dated(date(2026, 1, 1), Decimal("20"), "page", "C"),)
    ),
}

VALUES = {
    "ok": st.booleans(),
    "age": st.sampled_from([Decimal(17), Decimal(18), Decimal(19)]),
    "paie": st.sampled_from([Decimal("19.99"), Decimal("20"), Decimal("20.01")]),
    "etat": st.sampled_from(["a", "b", "c"]),
    "biens": st.frozensets(st.sampled_from(["x", "y"])),
    "jour": st.sampled_from([date(2026, 5, 7), date(2026, 5, 8), TODAY, NOT_YET]),
    "duree": st.sampled_from([Duration(27, "jours"), Duration(90, "jours"), Duration(3, "mois")]),
}
NUMBERS = (Op.AU_MOINS, Op.MOINS_DE, Op.PLUS_DE, Op.AU_PLUS)
SETS = (Op.COMPREND, Op.NE_COMPREND_PAS, Op.COMPREND_TOUS, Op.NE_COMPREND_PAS_TOUS)


def leaf(criterion, op, value=None, *, confiance="A", **more):
    return Leaf(criterion, op, value, confiance=confiance, **more)


def _drawn(criterion, ops, values):
    return st.builds(
        leaf,
        st.just(criterion),
        st.sampled_from(ops),
        values,
        confiance=st.sampled_from("AAABC"),
        valid_to=st.sampled_from([None, None, None, date(2026, 1, 1)]),
    )


LEAVES = st.one_of(
    _drawn(YES, (Op.EST, Op.N_EST_PAS), st.booleans()),
    _drawn(AGE, NUMBERS, st.just(Decimal(18))),
    _drawn(MONEY, NUMBERS, st.sampled_from([Operand("plafond"), Operand("douteux")])),
    _drawn(STATE, (Op.EST, Op.N_EST_PAS, *NUMBERS), st.sampled_from(["a", "b"])),
    _drawn(STATE, (Op.PARMI, Op.HORS_DE), st.frozensets(st.sampled_from(["a", "b", "c"]))),
    _drawn(HELD, SETS, st.frozensets(st.sampled_from(["x", "y"]), min_size=1)),
    _drawn(DAY, (Op.DEMANDE_DANS, Op.DEMANDE_APRES), st.just(Duration(7, "jours"))),
    _drawn(DAY, (Op.DEMANDE_AVANT, Op.DEMANDE_PAS_AVANT), st.none()),
    _drawn(LENGTH, NUMBERS, st.sampled_from([Duration(28, "jours"), Duration(3, "mois")])),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=7,
)
FACTS = st.fixed_dictionaries({}, optional=VALUES)
COMPLETE_FACTS = st.fixed_dictionaries(VALUES)


def world(facts, on=TODAY):
    return World(facts, on, PARAMETERS)

"""What an aid answers: who, how much, what to do and until when, in plain French."""

from datetime import date
from decimal import Decimal

import pytest

from traitdunion.rules.aids import Reponse, entitlement
from traitdunion.rules.criteria import NOT_YET
from traitdunion.rules.durations import Duration
from traitdunion.rules.reading import rule_book, rule_from
from traitdunion.rules.wording import explained, literal, sentences

ON = date(2026, 5, 15)
BOOK = rule_book()
HIRED = {
    "de_inscrit": True,
    "de_categorie": "1",
    "de_indemnisation": "non_indemnise",
    "distance_aller_retour_km": Decimal(70),
    "deja_percu_12_mois_eur": Decimal(0),
    "action": "embauche",
    "contrat": "cdi",
    "contrat_debut": date(2026, 5, 18),
    "allers_retours_mois": Decimal("21.7"),
    "residence": frozenset({"departement:43", "region:84"}),
}


def asked(name, facts, on=ON):
    return entitlement(BOOK.rule(name, on), facts, on=on, book=BOOK)


def said(found_aids, facts, on=ON):
    world = BOOK.world(facts, on)
    return [explained(leaf, world).replace("\u00a0", " ") for leaf in found_aids.missing]


def test_seventy_kilometres_there_and_back_are_16_euros_10():
    """0.23 × 70 = 16.10; over 21.7 days 349.37."""
    answer = asked("aide-mobilite", HIRED)
    assert answer.reponse is Reponse.OUI
    sums = {amount.line.libelle: amount.eur for amount in answer.sums}
    assert sums["Un aller-retour"] == Decimal("16.10")
    assert sums["Trajets du premier mois"] == Decimal("349.37")


def test_a_non_says_what_is_missing_and_what_is_known_instead():
    facts = {
        **HIRED,
        "distance_aller_retour_km": Decimal(42),
        "duree_aller_retour_min": Decimal(60),
    }
    answer = asked("aide-mobilite", facts)
    assert answer.reponse is Reponse.NON
    assert said(answer, facts) == ["plus de 60 km aller-retour par la route (ici : 42 km)"]
    assert answer.sums == ()
    assert answer.to_do == ()


def test_an_a_verifier_says_the_fewest_things_to_learn():
    facts = {
        name: value for name, value in HIRED.items() if name not in ("contrat", "de_categorie")
    }
    answer = asked("aide-mobilite", facts)
    assert answer.reponse is Reponse.A_VERIFIER
    assert [leaf.criterion.name for leaf in answer.missing] == ["de_categorie", "contrat"]


def test_the_to_do_list_holds_the_deadlines_of_the_branches_that_may_hold():
    answer = asked("aide-mobilite", HIRED)
    first = answer.to_do[0]
    assert (
        first.text == "Demander l'aide à la mobilité au plus tard un mois après le début du poste."
    )
    assert first.before == date(2026, 6, 18)
    assert [step.before for step in answer.to_do[1:]] == [None, None]
    nothing_known = asked("aide-mobilite", {})
    assert [step.leaf.value for step in nothing_known.to_do if step.leaf] == [
        Duration(7, "jours"),
        Duration(1, "mois"),
        Duration(1, "mois"),
    ]


def test_the_licence_aid_comes_before_the_driving_school():
    facts = {"auto_ecole_inscription_le": date(2026, 5, 20)}
    answer = asked("aide-permis-france-travail", facts)
    assert answer.to_do[0].text == "Demander l'aide au permis avant l'inscription à l'auto-école."
    assert answer.to_do[0].before == date(2026, 5, 19)
    not_yet = asked("aide-permis-france-travail", {"auto_ecole_inscription_le": NOT_YET})
    assert not_yet.to_do[0].before is None


@pytest.mark.parametrize("rule", sorted(BOOK.rules))
def test_with_nothing_known_an_aid_is_a_verifier_or_closed(rule):
    answer = asked(rule, {})
    assert answer.reponse is not Reponse.OUI
    if answer.reponse is Reponse.NON:
        assert [leaf.criterion.name for leaf in answer.missing] == ["demande_le"]


@pytest.mark.parametrize("rule", sorted(BOOK.rules))
def test_every_literal_is_said_in_french(rule):
    from traitdunion.rules.trees import leaves, pushed

    for tree in BOOK.rules[rule][-1].trees:
        for leaf in leaves(pushed(tree)):
            text = literal(leaf, BOOK.parameters, ON)
            assert "{" not in text
            assert "frozenset" not in text
            assert len(text) > 5


def test_rules_of_one_page_never_say_oui():
    """Every rule all of whose sources are of confidence C."""
    doubtful = [
        name
        for name, versions in BOOK.rules.items()
        if {source.confiance for source in versions[-1].sources.values()} == {"C"}
    ]
    assert {"adie-mobilite", "visale", "illico-liberte-jeunes", "pch-vehicule"} <= set(doubtful)
    facts = {"credit_refuse": True, "logement_loue": True, "age": Decimal(17), "pch": True,
             "rqth": True, "contrat": "interim", "permis": "b",
             "residence": frozenset({"region:84"})}  # fmt: skip
    assert all(asked(name, facts).reponse is not Reponse.OUI for name in doubtful)


@pytest.mark.parametrize(
    ("rule", "facts", "text"),
    [
        ("aide-garde-enfants", {"contrat_duree": Duration(27, "jours"), "contrat": "cdd",
                                "action": "embauche", "formation_heures": Decimal(3)},
         "durée du contrat : au moins 28 jours (ici : 27 jours)"),
        ("microcredit", {"remboursement_possible": False},
         "pouvoir rembourser une petite somme chaque mois (ici : non)"),
        ("permis-1-euro", {"age": Decimal(26)}, "âge : 25 ans au plus (ici : 26 ans)"),
        ("aide-permis-france-travail", {"permis": "b"},
         "ne pas avoir de permis B, ni le seul code à repasser (ici : permis B)"),
        ("mobili-jeune", {"contrat": "cdi"},
         "contrat : apprentissage ou contrat de professionnalisation (ici : CDI)"),
        ("adie-mobilite", {"credit_refuse": True},
         "ne pas pouvoir obtenir un crédit bancaire ordinaire (source unique : à confirmer "
         "auprès de l'organisme)"),
    ],
)  # fmt: skip
def test_sentences(rule, facts, text):
    assert text in said(asked(rule, facts), facts)


def test_places_where_one_lives_are_not_listed_after_the_one_that_is_asked():
    facts = {"residence": frozenset({"departement:48", "region:76"})}
    lines = [line for line in said(asked("aide-permis-region", facts), facts) if "habiter" in line]
    assert len(lines) == 1
    assert "ici" not in lines[0]


def test_conditions_are_told_one_sentence_each():
    def told(name):
        rule = BOOK.rule(name, ON)
        return [
            text.replace("\u00a0", " ") for text in sentences(rule.conditions, BOOK.parameters, ON)
        ]

    assert told("location-solidaire") == [
        "Quotient familial de moins de 750 €.",
        "Être orienté par un professionnel.",
        "Avoir le permis B.",
    ]
    mobility = told("aide-mobilite")
    assert mobility[3] == (
        "Plus de 60 km aller-retour par la route, ou plus de 2 h de trajet aller-retour, "
        "ou (habiter outre-mer ; et plus de 20 km aller-retour par la route)."
    )
    assert "(démarche à faire : reprise d'emploi ; et " in mobility[5]


def test_an_unknown_amount_is_said():
    on = date(2026, 11, 25)
    facts = {**HIRED, "de_indemnisation": "are", "are_jour_eur": Decimal(30),
             "contrat_debut": on}  # fmt: skip
    answer = asked("aide-mobilite", facts, on)
    assert said(answer, facts, on) == [
        "allocation de chômage par jour : ARE minimale (montant du 25 novembre 2026 inconnu de "
        "l'outil) au plus (ici : 30 € par jour)"
    ]


def test_outside_its_dates_a_rule_is_a_verifier():
    answer = asked("aide-mobilite", {**HIRED, "contrat_debut": date(2024, 1, 2)}, date(2024, 1, 2))
    assert answer.reponse is Reponse.A_VERIFIER


DEADLINES = {
    "un_de": [
        {"tous": [
            {"critere": "age", "au_moins": 18, "source": "t"},
            {"critere": "contrat_debut", "demande_dans": "7 jours", "a_faire": "Vite",
             "source": "t"},
        ]},
        {"critere": "action_le", "demande_avant": "7 jours", "a_faire": "Avant",
         "source": "t"},
    ]
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        # Of a choice where a branch holds, the deadlines of that branch alone.
        ({"age": Decimal(30), "contrat_debut": date(2026, 5, 14)}, ["Vite"]),
        # Where none holds yet, those of each branch that may.
        ({"age": Decimal(30)}, ["Vite", "Avant"]),
        # A branch that is ruled out has no deadline left.
        ({"age": Decimal(17)}, ["Avant"]),
    ],
)
def test_the_deadlines_of_a_choice_are_those_the_answer_rests_on(facts, steps):
    written = {
        "regle": "prime", "version": 1, "nom": "Prime", "resume": "r", "organisme": "o",
        "valide_du": date(2026, 1, 1), "conditions": DEADLINES,
        "sources": {"t": {"titre": "Un texte", "lu_le": ON, "confiance": "A"}},
        "montants": [{"libelle": "Somme", "periode": "mois", "calcul": "10"}],
    }  # fmt: skip
    rule = rule_from(written, BOOK)
    right = entitlement(rule, facts, on=ON, book=BOOK.with_rules([rule]))
    assert [step.text for step in right.to_do if step.leaf is not None] == steps

"""The monthly budget: before and after aids, the first month and the next, what is left."""

from datetime import date
from decimal import Decimal

from traitdunion.rules.aids import entitlement
from traitdunion.rules.budget import monthly_budget
from traitdunion.rules.reading import rule_book

ON = date(2026, 5, 15)
BOOK = rule_book()
FACTS = {
    "de_inscrit": True, "de_categorie": "1", "de_indemnisation": "non_indemnise",
    "distance_aller_retour_km": Decimal(70), "deja_percu_12_mois_eur": Decimal(0),
    "action": "embauche", "contrat": "cdi", "contrat_debut": date(2026, 5, 18),
    "allers_retours_mois": Decimal(4), "repas_mois": Decimal(0), "nuits_mois": Decimal(0),
    "moyen": frozenset({"transport_public"}), "abonnement_mois_eur": Decimal(78),
    "employeur_secteur": "prive", "contrat_heures_semaine": Decimal(35),
    "enfants_moins_12": Decimal(1), "garde_deja_percue_12_mois": False,
}  # fmt: skip


def budget(cost, facts, names, **more):
    asked = [entitlement(BOOK.rule(name, ON), facts, on=ON, book=BOOK) for name in names]
    return monthly_budget(
        Decimal(cost), asked, travel_min_a_day=100, days_a_month=Decimal("21.7"), **more
    )


def test_first_month_and_the_next_ones():
    """78 € a month: the employer pays 39; the first month 4 × 16.10 = 64.40 more, but no more
    than the cost. 100 min × 21.7 days = 36.2 h."""
    spending = budget(78, FACTS, ["employeur-abonnement", "aide-mobilite"])
    assert (spending.next.before_eur, spending.next.aids_eur, spending.next.after_eur) == (
        78,
        39,
        39,
    )
    assert (spending.first.aids_eur, spending.first.after_eur) == (78, 0)
    assert spending.travel_h == Decimal("36.2")
    dearer = budget(150, FACTS, ["employeur-abonnement", "aide-mobilite"])
    assert dearer.first.aids_eur == Decimal("103.40")
    assert dearer.first.after_eur == Decimal("46.60")


def test_what_is_left_to_live_on():
    spending = budget(
        78, FACTS, ["employeur-abonnement"], income_eur=Decimal(1400), charges_eur=Decimal(700)
    )
    assert spending.next.left_eur == Decimal("661.00")
    assert budget(78, FACTS, [], income_eur=Decimal(1400)).next.left_eur is None


def test_money_for_child_care_meals_or_nights_pays_no_transport():
    """Ten meals and four nights bring 62.50 and 124.80 €: the trips alone, 64.40 €, spare."""
    facts = {**FACTS, "repas_mois": Decimal(10), "nuits_mois": Decimal(4)}
    spending = budget(500, facts, ["aide-garde-enfants", "aide-mobilite"])
    assert (spending.first.aids_eur, spending.next.aids_eur, spending.once_eur) == (
        Decimal("64.40"),
        0,
        0,
    )
    assert spending.to_check == ()


def test_a_doubtful_aid_is_told_and_never_taken_off():
    facts = {name: value for name, value in FACTS.items() if name != "contrat"}
    spending = budget(78, facts, ["employeur-abonnement", "aide-mobilite"])
    assert spending.next.aids_eur == 0
    assert {aid.line.libelle for aid in spending.to_check} >= {"La moitié de l'abonnement"}


def test_a_ceiling_and_a_loan_are_never_taken_off():
    facts = {"credit_refuse": True, "remboursement_possible": True, "suivi": frozenset({"ccas"}),
             "rqth": True}  # fmt: skip
    spending = budget(78, facts, ["microcredit", "agefiph-trajets"])
    assert (spending.next.aids_eur, spending.once_eur) == (0, 0)
    assert [aid.line.libelle for aid in spending.to_check] == ["Trajets adaptés"]


def test_a_yearly_sum_is_spread_over_the_months():
    facts = {
        "employeur_fmd": True,
        "moyen": frozenset({"velo"}),
        "employeur_fmd_an_eur": Decimal(300),
    }
    spending = budget(40, facts, ["forfait-mobilites-durables"])
    assert spending.next.aids_eur == Decimal("25.00")

"""What a fare product buys, told by its columns or by its name, or not at all."""

import pytest

from traitdunion.reach.gtfs.fares.validity import DAY, MONTH, OTHER, RIDE, WEEK, validity


@pytest.mark.parametrize(
    ("name", "valid", "rides"),
    [
        ("", RIDE, 1),
        ("Ticket unité", RIDE, 1),
        ("Abonnement mensuel", MONTH, 1),
        ("Pass 31 jours", MONTH, 1),
        ("Forfait hebdomadaire", WEEK, 1),
        ("Titre journée", DAY, 1),
        ("Ticket 24h", DAY, 1),
        ("Carnet de 10 tickets", RIDE, 10),
        ("Carnet", OTHER, 1),
        ("Abonnement annuel", OTHER, 1),
        ("Pass 3 jours", OTHER, 1),
        ("Aller-retour", OTHER, 1),
    ],
)
def test_a_name_that_says_it_outright_is_believed(name, valid, rides):
    assert validity(name, "", "", "")[:2] == (valid, rides)


@pytest.mark.parametrize(
    ("bundle", "amount", "unit", "valid", "rides"),
    [
        ("10", "", "", RIDE, 10),
        ("", "60", "1", RIDE, 1),
        ("", "24", "2", DAY, 1),
        ("", "1", "4", WEEK, 1),
        ("", "1", "5", MONTH, 1),
        ("", "2", "5", OTHER, 1),
    ],
)
def test_columns_go_before_the_name(bundle, amount, unit, valid, rides):
    assert validity("Abonnement annuel", bundle, amount, unit)[:2] == (valid, rides)

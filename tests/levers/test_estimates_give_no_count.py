"""No figure beside an estimate gives back how many people stand behind it.

Modelled people are shown to ten, "moins de 10" under: a sum, a price for each or a product shown
beside it may depend on them only through what is shown of them.
"""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.http import QueryDict

from traitdunion import french
from traitdunion.levers.models import VersionDeScenario
from traitdunion.levers.scenarios.presenting import result_of
from traitdunion.levers.territory.note import note_values
from traitdunion.levers.territory.page import page_context
from traitdunion.levers.territory.published import _each, rounded

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
PEOPLE = range(1, 120)


def by_shown(write):
    """Return what is written of each number of people, by how that number is shown."""
    written = defaultdict(set)
    for n in PEOPLE:
        written[french.modelled_people(n)].add(repr(write(n)))
    assert len(written) == 13
    return written


@pytest.mark.parametrize("pairs", [1, 7])
def test_a_scenario_shows_its_people_to_ten_and_nothing_finer(pairs):
    def write(n):
        result = {
            "gained": {"people": n, "people_served": n, "pairs": pairs, "people_x_jobs": n * pairs,
                       "communes_opened": ["Langeac"]},
            "lost": {"people": n, "pairs": pairs, "people_x_jobs": n * pairs,
                     "communes_closed": ["Langeac"], "communes_closed_hidden": 0},
            "cost": {"eur_year": 12_000.0, "eur_per_person": round(12_000 / n, 2)},
        }  # fmt: skip
        return result_of(VersionDeScenario(resultat=result, profil="a_pied"))

    assert all(len(texts) == 1 for texts in by_shown(write).values())


def kept_search(n):
    """Return a search of the territory whose one lever opens to `n` people and closes to `n`."""
    lost = {"pairs": 3, "people": n}
    lever = {
        "key": "a", "actor": "employeur", "kind": "decaler_poste", "sentence": "Décalez.",
        "people": rounded(n), "people_text": french.modelled_people(n), "cost_text": "12 000 €",
        "cost_eur_year": 12_000.0, "eur_per_person": round(12_000 / n, 2),
        "each_text": _each(Decimal(12_000), n, None),
        "delay": "4 semaines", "delay_weeks": 4, "confidence": "sur", "bars": 3, "change": {},
        "compared": {"lost": lost},
    }  # fmt: skip
    point = {
        "budget_eur": 12_000.0, "levers": ["a"], "people_rounded": rounded(n),
        "people_least": rounded(n), "people_text": french.modelled_people(n),
        "least_text": french.modelled_people(n), "cost_eur_year": 12_000.0, "gap": 0.0,
        "compared": {"lost": lost},
    }  # fmt: skip
    result = {"levers": [lever], "levers_more": 0, "curve": [point], "candidates": 1}
    return SimpleNamespace(resultat=result)


def test_the_page_of_the_territory_shows_people_to_ten_and_nothing_finer():
    def write(n):
        context = page_context(kept_search(n), QueryDict("budget=12000"))
        row, point = context["rows"][0], context["curve"].here
        return row.people, row.each, row.worse, context["left_without"], point

    assert all(len(texts) == 1 for texts in by_shown(write).values())


def test_the_printed_note_shows_the_same():
    def write(n):
        kept = kept_search(n)
        kept.resultat["poles"], kept.profil, kept.reseau = ["Mende"], "a_pied", "essai"
        kept.calculee_le, kept.demonstration = NOW, False
        return note_values(kept, [], QueryDict("budget=12000"), territory="Lozère", on=NOW.date())

    assert all(len(texts) == 1 for texts in by_shown(write).values())


def test_the_price_for_each_is_that_of_the_people_shown():
    assert french.cost_each(12_000, 37) == "300\xa0€"
    assert french.cost_each(12_000, 9) == french.cost_each(12_000, 1) == "plus de 1\xa0200\xa0€"
    assert french.cost_each(0, 4) == french.cost_each(0, 40) == "0\xa0€"
    assert french.cost_each(100, 24) == "5\xa0€"
    # Vehicles lent are counted, not modelled.
    assert _each(Decimal(600), 2, 3) == "200\xa0€"
    assert _each(None, 40, None) == "à demander"

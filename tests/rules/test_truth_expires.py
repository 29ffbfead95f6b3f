"""A *oui* rests on what was read less than 90 days ago, and on pages that still say it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from traitdunion.rules import Reponse, entitlement, rule_book, rule_from
from traitdunion.rules.parameters import Dated, Parameter
from traitdunion.rules.readings import due

READ = date(2026, 6, 1)
LAST_DAY = READ + timedelta(days=90)
FACTS = {"age": Decimal(30), "are_jour_eur": Decimal(10)}


def written(**more):
    return {
        "regle": "prime", "version": 1, "nom": "Prime", "resume": "r", "organisme": "o",
        "valide_du": date(2026, 1, 1),
        "sources": {"texte": {"titre": "Un texte", "lu_le": READ, "confiance": "A"}},
        "conditions": {"critere": "age", "au_moins": 18, "source": "texte"},
        "montants": [{"libelle": "Somme", "periode": "mois", "calcul": "10"}],
        **more,
    }  # fmt: skip


def amount(value, read_on):
    values = (Dated(date(2026, 1, 1), Decimal(value), "loi", "A", read_on),)
    return Parameter("are_minimum_jour_eur", "ARE", "€", values)


def book_of(rule, *, parameter_read_on=READ):
    book = rule_book().with_rules([rule])
    amounts = {"are_minimum_jour_eur": amount(20, parameter_read_on)}
    return replace(book, parameters={**book.parameters, **amounts})


def asked(on, *, book=None, facts=FACTS, **more):
    rule = rule_from(written(**more), rule_book())
    book = book or book_of(rule)
    return entitlement(book.rule("prime", on), facts, on=on, book=book)


def test_the_last_day_of_a_reading_still_makes_a_oui():
    answer = asked(LAST_DAY)
    assert (answer.reponse, answer.doubt) == (Reponse.OUI, "")
    assert answer.sums[0].sure


def test_the_day_after_it_is_to_be_checked_and_names_the_day_of_the_reading():
    answer = asked(LAST_DAY + timedelta(days=1))
    assert answer.reponse is Reponse.A_VERIFIER
    assert answer.doubt == "règle lue le 1er juin 2026 : à relire avant de promettre"
    assert not answer.sums[0].sure
    assert answer.missing == ()


def test_a_non_stays_a_non():
    assert asked(date(2030, 1, 1), facts={"age": Decimal(17)}).reponse is Reponse.NON


def test_a_source_of_unknown_reading_makes_no_oui():
    answer = asked(READ, sources={"texte": {"titre": "Un texte", "confiance": "A"}})
    assert answer.reponse is Reponse.A_VERIFIER
    assert "on ne sait pas quel jour" in answer.doubt


def test_the_limit_is_a_setting_of_the_book():
    rule = rule_from(written(), rule_book())
    book = replace(book_of(rule), fresh_days=10)
    assert asked(READ + timedelta(days=10), book=book).reponse is Reponse.OUI
    assert asked(READ + timedelta(days=11), book=book).reponse is Reponse.A_VERIFIER


def test_a_stale_amount_in_a_condition_makes_no_oui():
    more = {"conditions": {"critere": "are_jour_eur",
                           "au_plus": {"parametre": "are_minimum_jour_eur"},
                           "source": "texte"}}  # fmt: skip
    rule = rule_from(written(**more), rule_book())
    old = book_of(rule, parameter_read_on=date(2026, 1, 1))
    assert asked(READ, book=book_of(rule), **more).reponse is Reponse.OUI
    assert asked(READ, book=old, **more).reponse is Reponse.A_VERIFIER


def test_a_stale_amount_in_a_sum_leaves_the_oui_and_no_sure_sum():
    more = {"montants": [{"libelle": "Somme", "periode": "mois",
                          "calcul": "are_minimum_jour_eur"}]}  # fmt: skip
    rule = rule_from(written(**more), rule_book())
    answer = asked(READ, book=book_of(rule, parameter_read_on=date(2026, 1, 1)), **more)
    assert answer.reponse is Reponse.OUI
    assert [(amount.eur, amount.sure) for amount in answer.sums] == [(20, False)]


@pytest.mark.parametrize(("confidence", "sure"), [("A", True), ("B", True), ("C", False)])
def test_an_amount_of_doubtful_source_makes_no_sure_sum(confidence, sure):
    more = {"montants": [{"libelle": "Somme", "periode": "mois",
                          "calcul": "are_minimum_jour_eur"}]}  # fmt: skip
    rule = rule_from(written(**more), rule_book())
    values = (Dated(date(2026, 1, 1), Decimal(20), "loi", confidence, READ),)
    doubtful = Parameter("are_minimum_jour_eur", "ARE", "€", values)
    book = book_of(rule)
    book = replace(book, parameters={**book.parameters, doubtful.name: doubtful})
    answer = asked(READ, book=book, **more)
    assert [(amount.eur, amount.sure) for amount in answer.sums] == [(20, sure)]


def test_a_warning_forbids_the_oui_whatever_was_read():
    rule = rule_from(written(), rule_book())
    book = replace(book_of(rule), warnings={"prime": "la page citée a changé"})
    answer = asked(READ, book=book)
    assert (answer.reponse, answer.doubt) == (Reponse.A_VERIFIER, "la page citée a changé")


def test_what_must_be_read_again_is_listed_oldest_first():
    rule = rule_from(written(), rule_book())
    book = replace(
        book_of(rule, parameter_read_on=date(2026, 5, 1)), rules={"prime": (rule,)},
    )  # fmt: skip
    book = replace(book, parameters={"are": book.parameters["are_minimum_jour_eur"]})
    assert due(book, on=LAST_DAY - timedelta(days=31)) == []
    later = due(book, on=LAST_DAY + timedelta(days=1))
    assert [(citation.title, citation.read_on) for citation in later] == [
        ("ARE", date(2026, 5, 1)), ("Prime", READ),
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(rule_book().rules))
def test_no_rule_of_the_product_answers_oui_when_nothing_has_been_read_for_years(name):
    book, on = rule_book(), date(2040, 1, 1)
    assert book.doubt_of(book.rule(name, on), on)

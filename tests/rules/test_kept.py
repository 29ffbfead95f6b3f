"""What is worked out of a rule book is kept with it, up to a bound."""

from dataclasses import replace

from traitdunion.rules import rule_book
from traitdunion.rules.kept import Kept


def test_a_value_is_made_once_and_the_least_used_is_forgotten():
    kept, made = Kept(most=2), []

    def value(key):
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [value(key) for key in "abacb"] == ["A", "B", "A", "C", "B"]
    assert made == ["a", "b", "c", "b"]


def test_a_value_that_failed_is_made_again():
    kept = Kept()
    for value in (None, "fait"):
        try:
            assert kept.get("clé", lambda value=value: value.upper()) == "FAIT"
        except AttributeError:
            assert value is None


def test_another_book_begins_with_nothing():
    book = rule_book()
    book.kept.get("essai", lambda: 1)
    for other in (book.with_rules([]), replace(book, fresh_days=book.fresh_days + 1)):
        assert other.kept.get("essai", lambda: 2) == 2
    assert book.kept.get("essai", lambda: 3) == 1

"""What must be read again: sources and amounts whose last reading is too old to rest on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from .aids import Rule, RuleBook
from .cases import Case
from .trees import Source


class Due(NamedTuple):
    """One thing to read again; `read_on` is None where no one noted the day."""

    title: str
    source: str
    url: str
    read_on: date | None


def due(book: RuleBook, *, on: date, cases: Iterable[Case] = ()) -> list[Due]:
    """Return what is stale on a day, the oldest reading first; only rules in force count."""
    dues = [
        due
        for due in {*_sources(book, on), *_amounts(book, on), *_cases(cases)}
        if book.is_stale(due.read_on, on)
    ]
    return sorted(dues, key=lambda row: (row.read_on or date.min, row.title, row.source))


def _sources(book: RuleBook, on: date) -> Iterator[Due]:
    for rule in _in_force(book, on):
        for source in rule.cited:
            yield _due(rule, source)


def _in_force(book: RuleBook, on: date) -> Sequence[Rule]:
    return [book.rule(name, on) for name in book.rules]


def _due(rule: Rule, source: Source) -> Due:
    return Due(rule.nom, source.titre, source.url, source.lu_le)


def _amounts(book: RuleBook, on: date) -> Iterator[Due]:
    for parameter in book.parameters.values():
        value = parameter.at(on)
        if value is not None:
            yield Due(parameter.nom, value.reference, "", value.lu_le)


def _cases(cases: Iterable[Case]) -> Iterator[Due]:
    for case in cases:
        yield Due(f"Cas d'essai de {case.rule}", f"cas/{case.rule}.yaml", "", case.read_on)

"""Compare today's home with another for one job, without the name of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traitdunion.desk import queries
from traitdunion.desk.question.addresses_form import AddressesForm
from traitdunion.desk.question.comparisons import Line, homes_compared
from traitdunion.desk.question.forms import QuestionForm
from traitdunion.matching.what_if import outcome_of

from .scoring import CommuneScore, Siting


@dataclass(frozen=True, slots=True)
class Compared:
    """A home: rent or instalment and redevance, travel, days kept, and the posts around it."""

    line: Line
    score: CommuneScore | None


def living(
    form: QuestionForm,
    addresses: AddressesForm,
    network: Any,
    siting: Siting | None,
    *,
    now: datetime,
) -> Sequence[Compared]:
    """Return the home as asked, then the others; the comparison is that of the desk."""
    asked = form.situation(now)
    before = outcome_of(queries.find_answer(asked, network))
    lines = homes_compared(form, addresses, asked, before, network)
    codes = [asked.home.code_insee, *(commune.code_insee for commune, _ in addresses.homes())]
    return [
        Compared(line, siting.of(code) if siting is not None and code else None)
        for line, code in zip(lines, codes, strict=True)
    ]

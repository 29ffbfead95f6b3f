"""Write the letter of a clock: its dates, its article, what waits. It is a draft until signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from traitdunion.french import day, listed
from traitdunion.printing.typst import compile_pdf

from ..clocks import Counted
from ..errors import HousingError
from ..models import Bail, FaitBail, Revente
from .ceilings import ceiling_of
from .facts import FactClock, clocks_of_facts
from .resales import ClockLine, clocks_of

LAYOUT = Path(__file__).parents[1] / "report" / "layouts" / "letter.typ"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: subject and paragraphs, in French; `to_check`: the article was not read."""

    rule: str
    subject: str
    paragraphs: tuple[str, ...]
    article: str
    to_check: bool


@cache
def models_of_letters() -> Mapping[str, Mapping[str, Any]]:
    """Return the model of a letter by the id of its clock."""
    text = files("traitdunion.data").joinpath("housing/lettres.yaml").read_text("utf-8")
    return {row["delai"]: row for row in yaml.safe_load(text)}


def letter_of(revente: Revente, rule: str, *, on: date) -> Letter:
    """Return the letter of a clock of a resale on a day.

    Raises HousingError where the clock is not one of this resale, or its start is not proven:
    no proof, no date.
    """
    line = next((line for line in clocks_of(revente) if line.rule == rule), None)
    model = models_of_letters().get(rule)
    if line is None or model is None:
        raise HousingError("Ce délai n'est pas celui de cette revente.")
    if line.counted is None:
        raise HousingError("Le départ de ce délai n'est pas prouvé : pas de date, pas de lettre.")
    return _letter(line, line.counted, model, {"verifications": _checks(revente, on)})


def letter_of_fact(bail: Bail, rule: str) -> Letter:
    """Return the letter of a clock of a lease outside a resale.

    Raises HousingError where no event of this lease started the clock.
    """
    lines = clocks_of_facts(list(FaitBail.objects.filter(bail=bail)))
    line = next((line for line in lines if line.rule == rule), None)
    model = models_of_letters().get(rule)
    if line is None or model is None:
        raise HousingError("Aucun événement inscrit à ce bail n'ouvre ce délai.")
    return _letter(line, line.counted, model, {})


def _letter(
    line: ClockLine | FactClock,
    counted: Counted,
    model: Mapping[str, Any],
    more: Mapping[str, str],
) -> Letter:
    words = {
        "evenement": day(counted.event),
        "strict": day(counted.strict),
        "etendu": day(counted.extended),
        "eteint": day(counted.over_from),
        **more,
    }
    paragraphs = [text.format(**words) for text in model["texte"]]
    if line.stopped is not None:
        paragraphs.append(f"Réponse inscrite le {day(line.stopped.le)}.")
    article = counted.rule.article
    return Letter(line.rule, model["objet"], tuple(paragraphs), article, line.law.to_check)


def _checks(revente: Revente, on: date) -> str:
    """Return what was checked of a buyer, as one phrase."""
    states = {True: "vérifié", False: "non conforme", None: "à vérifier"}
    ceiling = ceiling_of(revente.bail, on=on)
    parts = [
        f"ressources : {states[revente.ressources_verifiees]}",
        f"plan de financement : {states[revente.financement_verifie]}",
        f"déclaration de non-propriétaire : {states[revente.non_proprietaire]}",
        f"prix maximal : {ceiling.state if ceiling else 'non renseigné'}",
    ]
    return listed(parts)


def letter_pdf(revente: Revente, rule: str, *, on: date) -> bytes:
    """Return the letter of a clock of a resale as PDF, to be signed."""
    return _pdf(letter_of(revente, rule, on=on), revente.bail, on)


def fact_letter_pdf(bail: Bail, rule: str, *, on: date) -> bytes:
    """Return the letter of a clock of a lease outside a resale as PDF, to be signed."""
    return _pdf(letter_of_fact(bail, rule), bail, on)


def _pdf(letter: Letter, bail: Bail, on: date) -> bytes:
    return compile_pdf(
        LAYOUT,
        {
            "organisation": bail.organisation.nom,
            "lease": f"Bail {bail.numero}, {bail.logement}, {bail.commune.nom}",
            "on": day(on),
            "subject": letter.subject,
            "paragraphs": list(letter.paragraphs),
            "article": letter.article,
            "to_check": letter.to_check,
        },
    )

"""The screens of the question in the language in use, one question each, and its answers.

French is the source, as for the sheet; the other languages are in `desk/locale`. Names of places,
lines and services stay in French.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from traitdunion.matching.answer import Answer, Award, Option, Verdict

from ..question.forms import JOURS
from ..sheet.amounts import duration, hour, hour_of_arrival
from ..sheet.lines import Line, price_words

STEPS = ("domicile", "travail", "jours", "heures", "permis", "velo")
"""Screens, in order; each is named by the field it asks, the hours by both."""

MAX_WAYS = 4
"""Ways on the page of answers: more would not be read."""


class Choice(NamedTuple):
    """One answer to tick."""

    value: str
    label: str | Promise
    checked: bool = False


@dataclass(frozen=True)
class Screen:
    """One question: `kind` is place, days, hours or choices; `given` its answer so far."""

    name: str
    title: str
    kind: str
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)


def screen_of(name: str, given: Mapping[str, list[str]]) -> Screen:
    """Return the screen of a step, with what was already answered."""
    first = {key: values[0] for key, values in given.items() if values}
    if name in ("domicile", "travail"):
        title = _("Où habitez-vous ?") if name == "domicile" else _("Où est le travail ?")
        return Screen(name, title, "place", _("Écrivez le nom de la commune."), given=first)
    if name == "jours":
        asked = given.get("jours") or ["lun", "mar", "mer", "jeu", "ven"]
        days = tuple(
            Choice(value, WEEKDAYS[number], value in asked)
            for number, (value, _name) in enumerate(JOURS)
        )
        return Screen(name, _("Quels jours travaillez-vous ?"), "days", choices=days)
    if name == "heures":
        hours = {"debut": "08:00", "fin": "16:00"} | first
        return Screen(name, _("À quelles heures travaillez-vous ?"), "hours", given=hours)
    answer = first.get(name, "inconnu")
    if name == "permis":
        options = (
            ("b_voiture", _("Oui, et j'ai une voiture")),
            ("b", _("Oui, sans voiture")),
            ("aucun", _("Non")),
            ("inconnu", _("Je ne sais pas")),
        )
        title = _("Avez-vous le permis de conduire ?")
    else:
        options = (("oui", _("Oui")), ("non", _("Non")), ("inconnu", _("Je ne sais pas")))
        title = _("Avez-vous un vélo ?")
    choices = tuple(Choice(value, label, value == answer) for value, label in options)
    return Screen(name, title, "choices", choices=choices)


def words() -> dict[str, str]:
    """Return what every screen says beside its question."""
    return {
        "title": _("Votre trajet pour le travail"),
        "next": _("Suivant"),
        "back": _("Retour"),
        "search": _("Chercher"),
        "change": _("Changer mes réponses"),
        "unknown": _("Cette commune n'est pas connue. Choisissez, ou écrivez autrement."),
        "start": _("Vous commencez à"),
        "end": _("Vous finissez à"),
        "see": _("Voir le trajet"),
        "call": _("Appeler"),
        "nothing_kept": _("Vos réponses ne sont pas gardées."),
        "on_this_device": _("Ces pages restent sur cet appareil, pour les relire sans réseau."),
        "erase": _("Effacer"),
        "erased": _("C'est effacé."),
        "no_day": _("Choisissez un jour au moins."),
        "no_answer": _("Cette question n'a pas de réponse. Changez vos réponses."),
    }


class Way(NamedTuple):
    """One way of the answer: its name and contact stay in French."""

    option: Option
    awards: tuple[str, ...]
    doubt: str
    price: SafeString
    day: tuple[Line, ...] = ()


def heading(answer: Answer) -> str:
    """Return how many ways there are, those to check apart."""
    sure = sum(option.verdict != Verdict.A_VERIFIER for option in answer.options)
    if sure:
        sentence = ngettext("Il y a {count} solution.", "Il y a {count} solutions.", sure)
        return sentence.format(count=sure)
    if answer.options:
        return _("Il y a peut-être une solution. Montrez cette page à votre conseiller.")
    return _("Nous n'avons pas trouvé de solution. Montrez cette page à votre conseiller.")


def ways_of(answer: Answer) -> list[Way]:
    """Return the ways to show: those that hold an award first, then the surest."""
    award_words = {
        Award.CHEAPEST: _("Le moins cher"),
        Award.FASTEST: _("Le plus rapide"),
        Award.SIMPLEST: _("Le plus simple"),
    }
    ranked = sorted(answer.options, key=lambda option: not option.awards)[:MAX_WAYS]
    doubt = _("Cette solution est à vérifier avec votre conseiller.")
    return [
        Way(
            option,
            tuple(award_words[award] for award in option.awards),
            "" if option.verdict == Verdict.POSSIBLE else doubt,
            price_words(option),
            tuple(_day(option)),
        )
        for option in ranked
    ]


def _day(option: Option) -> Iterator[Line]:
    """Yield when one leaves home and is home again on a day that works, and for how long."""
    plan = next((plan for plan in option.days if plan.feasible and plan.out and plan.back), None)
    if plan is None or plan.leave_s is None or plan.home_s is None:
        return
    leave, home = hour(plan.leave_s), hour_of_arrival(plan.home_s)
    yield Line("home", format_html(_("Vous partez à {hour}."), hour=leave))
    yield Line("home", format_html(_("Vous rentrez à {hour}."), hour=home))
    if option.minutes_out is not None and option.minutes_back is not None:
        out, back = duration(option.minutes_out), duration(option.minutes_back)
        sentence = _("Aller : {out}. Retour : {back}.")
        yield Line("wait", format_html(sentence, out=out, back=back))

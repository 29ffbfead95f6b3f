"""The text of the sheet, one idea a line, in the language in use.

French is the source; the other languages are in `desk/locale`. Names of places and lines stay in
French; hours, sums and numbers are isolated, so that a page read from the right keeps their order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from traitdunion.french import at_place
from traitdunion.matching.answer import Answer, DayPlan, Option, Step, Verdict

from .amounts import hour, hour_of_arrival, isolated, length, money

if TYPE_CHECKING:
    from traitdunion.reach import Shift

LANGUAGES = {"fr": "Français", "en": "English", "ar": "العربية", "uk": "Українська"}
"""Languages of the sheet, each by its own name."""

VEHICLES = ("bike", "ebike", "scooter", "car", "carpool")


@dataclass(frozen=True)
class Line:
    """One idea, and the pictogram beside it."""

    icon: str
    text: SafeString


@dataclass(frozen=True)
class Part:
    """Some lines under a title; on paper the way out and the way back stand side by side."""

    title: str
    lines: tuple[Line, ...]
    is_way: bool = False


@dataclass(frozen=True)
class Sheet:
    """The whole sheet, in one language."""

    title: str
    lead: tuple[Line, ...]
    parts: tuple[Part, ...]
    notes: tuple[SafeString, ...]


def sheet_of(answer: Answer, option: Option, plan: DayPlan | None, *, on: date) -> Sheet:
    """Return the sheet of an option; `plan` is the day it describes, None if unknown."""
    parts = [Part(_("Votre travail"), tuple(_job(answer)))]
    for way, days in _ways(answer, option, plan):
        parts += [
            Part(_("Pour aller au travail") + days, tuple(_way(way.out, "work")), is_way=True),
            Part(
                _("Pour aller au deuxième travail") + days,
                tuple(_way(way.onward, "work")) if way.onward else (),
                is_way=True,
            ),
            Part(_("Pour rentrer chez vous") + days, tuple(_way(way.back, "home")), is_way=True),
        ]
    parts += [
        Part(_("À savoir"), tuple(_to_know(option))),
        Part(_("À faire"), tuple(_to_do(option))),
    ]
    return Sheet(
        title=_("Votre trajet pour le travail"),
        lead=(Line("yes", _format(_("Votre solution : {name}."), name=french(option.title))),),
        parts=tuple(part for part in parts if part.lines),
        notes=tuple(_notes(answer, on)),
    )


def _ways(
    answer: Answer, option: Option, plan: DayPlan | None
) -> Iterator[tuple[DayPlan, SafeString]]:
    """Yield the ways to describe: one, or where hours differ those of each, with its days."""
    if plan is None:
        return
    if answer.situation.roster is None:
        yield plan, mark_safe("")
        return
    alike: dict[object, list[DayPlan]] = {}
    for day in option.days:
        if day.feasible and day.out:
            alike.setdefault(day.steps, []).append(day)
    for days in alike.values():
        yield days[0], _format(" ({days})", days=_days(day.on.weekday() for day in days))


def _job(answer: Answer) -> Iterator[Line]:
    asked = answer.situation
    yield Line("home", _at(_("Vous habitez à {place}."), asked.home.label))
    yield Line("work", _at(_("Vous travaillez à {place}."), asked.work.label))
    if asked.second_work is not None:
        yield Line("work", _at(_("Ensuite, vous travaillez à {place}."), asked.second_work.label))
    weeks = asked.roster.shifts if asked.roster else ((asked.shift,),)
    for number, week in enumerate(weeks, start=1):
        if len(weeks) > 1:
            yield Line("days", _format(_("Semaine {number} :"), number=isolated(str(number))))
        for shift in week:
            yield from _hours_worked(shift)


def _hours_worked(shift: "Shift") -> Iterator[Line]:
    yield Line("days", _format(_("Vous travaillez ces jours : {days}."), days=_days(shift.days)))
    for start_s, end_s in tuple(shift.periods) or ((shift.start_s, shift.end_s),):
        sentence = _("Vous travaillez de {start} à {end}.")
        yield Line("wait", _format(sentence, start=hour(start_s), end=hour(end_s)))


def _way(steps: tuple[Step, ...], end: str) -> Iterator[Line]:
    yield Line("wait", _format(_("Vous partez à {hour}."), hour=hour(steps[0].departure_s)))
    for step in steps:
        yield from _step(step)
    arrived = hour_of_arrival(steps[-1].arrival_s)
    yield Line(end, _format(_("Vous arrivez à {hour}."), hour=arrived))


def _step(step: Step) -> Iterator[Line]:
    if step.kind == "walk":
        yield Line("walk", _walk(step))
        return
    if step.kind in VEHICLES:
        yield Line(step.kind, _format(_("Vous prenez : {line}."), line=french(step.label)))
        yield Line(
            step.kind, _format(_("Vous allez jusqu'à : {place}."), place=french(step.to_name))
        )
        if step.distance_m:
            far = length(step.distance_m)
            yield Line(step.kind, _format(_("La distance est de {length}."), length=far))
        return
    if step.booking:
        yield Line("phone", _format(_("Il faut réserver. {how}"), how=french(step.booking)))
    at = hour(step.departure_s)
    yield Line(step.kind, _format(_("Vous prenez : {line}."), line=french(step.label)))
    yield Line(
        "stop", _format(_("Vous montez à cet arrêt : {place}."), place=french(step.from_name))
    )
    yield Line("wait", _format(_("Le départ est à {hour}."), hour=at))
    yield Line(
        "stop", _format(_("Vous descendez à cet arrêt : {place}."), place=french(step.to_name))
    )


def _walk(step: Step) -> SafeString:
    minutes = max(1, -(-(step.arrival_s - step.departure_s) // 60))
    sentence = ngettext("Vous marchez {count} minute.", "Vous marchez {count} minutes.", minutes)
    return _format(sentence, count=isolated(str(minutes)))


def _to_know(option: Option) -> Iterator[Line]:
    lost = [day.on.weekday() for day in option.days if not day.feasible]
    if lost:
        sentence = _("Ce trajet ne marche pas ces jours : {days}.")
        yield Line("no", _format(sentence, days=_days(lost)))
    yield Line("price", price_words(option))


def price_words(option: Option) -> SafeString:
    """Return what a month costs before any aid, in one sentence."""
    cost = option.monthly_cost_eur
    if cost is None:
        return _format(_("Le prix n'est pas connu. Demandez le prix."))
    if cost == 0:
        return _format(_("C'est gratuit."))
    return _format(_("Le prix est de {sum} par mois."), sum=money(cost))


def _to_do(option: Option) -> Iterator[Line]:
    if option.verdict != Verdict.POSSIBLE:
        yield Line("maybe", _format(_("Cette solution est à vérifier avec votre conseiller.")))
    for reason in option.reasons:
        yield Line("maybe", french(reason))
    if option.next_step:
        yield Line("next", _format(_("Prochaine étape : {step}"), step=french(option.next_step)))
    if option.contact_name:
        yield Line("person", _format(_("Le contact : {name}."), name=french(option.contact_name)))
    if option.telephone:
        sentence = _("Le numéro de téléphone : {number}.")
        yield Line("phone", _format(sentence, number=isolated(option.telephone)))


def _notes(answer: Answer, on: date) -> Iterator[SafeString]:
    yield _format(_("Les horaires peuvent changer. Vérifiez les horaires avant de partir."))
    yield _format(_("Si vous ne comprenez pas, montrez cette fiche à votre conseiller."))
    yield _format(_("Cette fiche est du {date}."), date=isolated(f"{on:%d/%m/%Y}"))
    if answer.network_is_demonstration:
        yield _format(_("Attention : les horaires sont un exemple."))
    if get_language() != "fr":
        yield _format(_("Traduction à vérifier par une personne qui parle cette langue."))


def _at(sentence: str, place: str) -> SafeString:
    """Return a sentence with a place; French contracts: « au Puy-en-Velay »."""
    if get_language() == "fr":
        # The name alone stays isolated from what stands around it.
        preposition, name = at_place(place).split(" ", 1)
        return _format(
            sentence.replace("à {place}", f"{preposition} {{place}}"), place=french(name)
        )
    return _format(sentence, place=french(place))


def _format(sentence: str, **names: SafeString) -> SafeString:
    """Format a sentence with its names."""
    return format_html(sentence, **names) if names else mark_safe(sentence)  # noqa: S308 (ours)


def french(text: str) -> SafeString:
    """Mark a text as French, whatever stands around it."""
    return format_html('<bdi lang="fr" dir="ltr">{}</bdi>', text.removesuffix("."))


def _days(days: Iterable[int]) -> SafeString:
    names = [str(WEEKDAYS[day]) for day in sorted(days)]
    return mark_safe(_(", ").join(names))  # noqa: S308 (names of days, from Django's catalogue)

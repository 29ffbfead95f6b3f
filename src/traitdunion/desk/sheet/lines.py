"""What the sheet says, one idea a line, in the language in use.

French is the source; the other languages are in `desk/locale`. Names of places and lines stay in
French; hours, sums and numbers are isolated, so that a page read from the right keeps their order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from traitdunion.matching.answer import Answer, DayPlan, Option, Step, Verdict

from ..wording import DAY_S, clock, euros, fine

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
    """The sheet of an option of an answer; `plan` is the day it tells, None where none is known."""
    parts = [Part(_("Votre travail"), tuple(_job(answer)))]
    if plan is not None:
        parts += [
            Part(_("Pour aller au travail"), tuple(_way(plan.out, "work")), is_way=True),
            Part(_("Pour rentrer chez vous"), tuple(_way(plan.back, "home")), is_way=True),
        ]
    parts += [
        Part(_("À savoir"), tuple(_to_know(option))),
        Part(_("À faire"), tuple(_to_do(option))),
    ]
    return Sheet(
        title=_("Votre trajet pour le travail"),
        lead=(Line("yes", _say(_("Votre solution : {name}."), name=french(option.title))),),
        parts=tuple(part for part in parts if part.lines),
        notes=tuple(_notes(answer, on)),
    )


def _job(answer: Answer) -> Iterator[Line]:
    asked = answer.situation
    shift = asked.shift
    yield Line("home", _say(_("Vous habitez à {place}."), place=french(asked.home.label)))
    yield Line("work", _say(_("Vous travaillez à {place}."), place=french(asked.work.label)))
    yield Line("days", _say(_("Vous travaillez ces jours : {days}."), days=_days(shift.days)))
    for start_s, end_s in tuple(shift.periods) or ((shift.start_s, shift.end_s),):
        yield Line("wait", _say(_("Vous commencez à {hour}."), hour=hour(start_s)))
        yield Line("wait", _say(_("Vous finissez à {hour}."), hour=hour(end_s)))


def _way(steps: tuple[Step, ...], end: str) -> Iterator[Line]:
    yield Line("wait", _say(_("Vous partez à {hour}."), hour=hour(steps[0].departure_s)))
    for step in steps:
        yield from _step(step)
    arrived = hour(-(-steps[-1].arrival_s // 60) * 60)
    yield Line(end, _say(_("Vous arrivez à {hour}."), hour=arrived))


def _step(step: Step) -> Iterator[Line]:
    if step.kind == "walk":
        yield Line("walk", _walk(step))
        return
    if step.kind in VEHICLES:
        yield Line(step.kind, _say(_("Vous prenez : {line}."), line=french(step.label)))
        yield Line(step.kind, _say(_("Vous allez jusqu'à : {place}."), place=french(step.to_name)))
        return
    if step.booking:
        yield Line("phone", _say(_("Il faut réserver. {how}"), how=french(step.booking)))
    at = hour(step.departure_s)
    yield Line(step.kind, _say(_("Vous prenez : {line}."), line=french(step.label)))
    yield Line("stop", _say(_("Vous montez à cet arrêt : {place}."), place=french(step.from_name)))
    yield Line("wait", _say(_("Le départ est à {hour}."), hour=at))
    yield Line("stop", _say(_("Vous descendez à cet arrêt : {place}."), place=french(step.to_name)))


def _walk(step: Step) -> SafeString:
    minutes = max(1, -(-(step.arrival_s - step.departure_s) // 60))
    said = ngettext("Vous marchez {count} minute.", "Vous marchez {count} minutes.", minutes)
    return _say(said, count=isolated(str(minutes)))


def _to_know(option: Option) -> Iterator[Line]:
    lost = [day.on.weekday() for day in option.days if not day.feasible]
    if lost:
        said = _("Ce trajet ne marche pas ces jours : {days}.")
        yield Line("no", _say(said, days=_days(lost)))
    cost = option.monthly_cost_eur
    if cost is None:
        yield Line("price", _say(_("Le prix n'est pas connu. Demandez le prix.")))
    elif cost == 0:
        yield Line("price", _say(_("C'est gratuit.")))
    else:
        yield Line("price", _say(_("Le prix est de {sum} par mois."), sum=isolated(_sum(cost))))


def _to_do(option: Option) -> Iterator[Line]:
    if option.verdict != Verdict.POSSIBLE:
        yield Line("maybe", _say(_("Cette solution est à vérifier avec votre conseiller.")))
    for reason in option.reasons:
        yield Line("maybe", french(reason))
    if option.next_step:
        yield Line("next", _say(_("Prochaine étape : {step}"), step=french(option.next_step)))
    if option.contact_name:
        yield Line("person", _say(_("Le contact : {name}."), name=french(option.contact_name)))
    if option.telephone:
        said = _("Le numéro de téléphone : {number}.")
        yield Line("phone", _say(said, number=isolated(option.telephone)))


def _notes(answer: Answer, on: date) -> Iterator[SafeString]:
    yield _say(_("Les horaires peuvent changer. Vérifiez les horaires avant de partir."))
    yield _say(_("Si vous ne comprenez pas, montrez cette fiche à votre conseiller."))
    yield _say(_("Cette fiche est du {date}."), date=isolated(f"{on:%d/%m/%Y}"))
    if answer.network_is_demonstration:
        yield _say(_("Attention : les horaires sont un exemple."))
    if get_language() != "fr":
        yield _say(_("Traduction à vérifier par une personne qui parle cette langue."))


def _say(said: str, **names: SafeString) -> SafeString:
    """A sentence of ours with its names; French gets the spaces of its punctuation."""
    said = fine(said) if get_language() == "fr" else said
    return format_html(said, **names) if names else mark_safe(said)  # noqa: S308 (ours)


def french(text: str) -> SafeString:
    """A text that stays in French, whatever stands around it."""
    return format_html('<bdi lang="fr" dir="ltr">{}</bdi>', fine(text.removesuffix(".")))


def isolated(text: str) -> SafeString:
    """A number or an hour that no direction of writing turns round, nor any line breaks."""
    return format_html('<bdi dir="ltr">{}</bdi>', text.replace(" ", "\u00a0"))


def hour(seconds: int) -> SafeString:
    """An hour as the language writes it, with the day before or after where it is not the same."""
    day, rest = divmod(seconds, DAY_S)
    if get_language() == "fr":
        return isolated(clock(seconds))
    told = isolated(f"{rest // 3600}:{rest % 3600 // 60:02d}")
    if day == 0:
        return told
    said = _("{hour}, le lendemain") if day > 0 else _("{hour}, la veille")
    return format_html(said, hour=told)


def _sum(amount: object) -> str:
    if get_language() == "fr":
        return euros(amount)
    whole = amount == int(amount)
    return f"{number_format(amount, 0 if whole else 2)} €"


def _days(days: Iterable[int]) -> SafeString:
    names = [str(WEEKDAYS[day]) for day in sorted(days)]
    return mark_safe(_(", ").join(names))  # noqa: S308 (names of days, from Django's catalogue)

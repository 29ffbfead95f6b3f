"""The page that gives an answer out, and a way as a file that a calendar opens."""

from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from traitdunion.accounts.site import site_address
from traitdunion.french import arrival, clock
from traitdunion.matching.answer import DayPlan, Option
from traitdunion.matching.situation import Situation

from ..question.asking import answer_to, facts_form, option_named, question_form
from ..question.verdicts import verdict_words
from ..sheet.sms import link_of, without_home
from .qr_codes import qr_svg

NOON_S = 43_200


@require_safe
def share(request: HttpRequest) -> HttpResponse:
    """Show how to give an answer out: nothing is sent from here, and nothing is kept."""
    asked = question_form(request)
    form, network = asked["form"], asked["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    facts, now = facts_form(request), timezone.localtime()
    own = answer_to(form, network, facts, now)
    given = form.given_out()
    if not given.is_valid():
        raise Http404("La commune de ce domicile n'est pas connue.")
    answer = own if given is form else answer_to(given, network, facts, now)
    address = f"{site_address(request)}{reverse('desk:question')}?{given.query()}"
    home, work = answer.situation.home.label, answer.situation.work.label
    question = f"{home} – {work}, {form.summary()['days']}, {form.summary()['hours']}"
    words = f"{verdict_words(answer)}. {question} : {address}"
    return render(
        request,
        "desk/share.html",
        {
            "question": question,
            "verdict": verdict_words(answer),
            "address": address,
            "qr": qr_svg(address),
            "sms": link_of(words),
            "mail": f"mailto:?subject={quote(f'Trajet {home} – {work}')}&body={quote(words)}",
            "commune": "" if given is form else home,
            "own_verdict": verdict_words(own),
            "options": [option for option in own.options if option.feasible_days],
            "question_query": form.query(),
            "back": f"{reverse('desk:question')}?{form.query()}",
        },
    )


@never_cache
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Return the days of a way as events: the way out, then the way back."""
    asked = question_form(request)
    form, network = asked["form"], asked["network"]
    if not (network and form.is_bound and form.is_valid()):
        return redirect(f"{reverse('desk:question')}?{request.GET.urlencode()}")
    answer = answer_to(form, network, facts_form(request), timezone.localtime())
    option = option_named(answer, request.GET.get("option", ""))
    days = [plan for plan in option.days if plan.feasible and plan.out and plan.back]
    if not days:
        raise Http404("Cette solution n'a pas d'heures à mettre dans un agenda.")
    written = calendar_file(option, days, answer.situation, now=answer.situation.now)
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="trajet.ics"'
    return response


def calendar_file(
    option: Option, days: list[DayPlan], situation: Situation, *, now: datetime
) -> bytes:
    """Return the ways out and back of some days (RFC 5545), without who takes them."""
    made = Calendar()
    made.add("prodid", "-//Trait d'union//Trajet//FR")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    for plan in days:
        for title, steps in (
            (f"Aller au travail : {option.title}", plan.out),
            (f"Vers le deuxième travail : {option.title}", plan.onward),
            (f"Retour du travail : {option.title}", plan.back),
        ):
            if not steps:
                continue
            event = Event()
            event.add("uid", f"{plan.on:%Y%m%d}-{steps[0].departure_s}@traitdunion.invalid")
            event.add("summary", title)
            event.add("dtstamp", now)
            event.add("dtstart", moment(plan, steps[0].departure_s))
            event.add("dtend", moment(plan, steps[-1].arrival_s))
            lines = [
                f"{clock(step.departure_s)} {step.label}, {without_home(step.from_name)}"
                for step in steps
                if step.from_name or step.label
            ]
            lines.append(f"{arrival(steps[-1].arrival_s)} {without_home(steps[-1].to_name)}")
            event.add("description", "\n".join(lines))
            made.add_component(event)
    made.add_missing_timezones()
    written: bytes = made.to_ical()
    return written


def moment(plan: DayPlan, seconds: float) -> datetime:
    """Return the moment of seconds of the service day, which count from noon less twelve hours."""
    zone = ZoneInfo(settings.TIME_ZONE)
    noon = datetime(plan.on.year, plan.on.month, plan.on.day, 12, tzinfo=zone)
    return (noon.astimezone(ZoneInfo("UTC")) + timedelta(seconds=seconds - NOON_S)).astimezone(zone)

"""Journeys, weeks and answers as tables for people and as JSON for machines."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from traitdunion import french, reach
from traitdunion.desk.question.calendars import site_calendar
from traitdunion.desk.question.strips import week_strip
from traitdunion.matching.answer import Alternative, Answer, DayPlan, Option
from traitdunion.matching.explaining import bookings
from traitdunion.matching.explaining.lines import not_for_all
from traitdunion.matching.explaining.margins import margins_kept
from traitdunion.rules import Reponse

REASONS = {
    reach.Reason.NO_TRIP_OUT: "aucun trajet n'arrive à temps",
    reach.Reason.NO_TRIP_BETWEEN: "aucun trajet entre les deux lieux de travail",
    reach.Reason.NO_TRIP_BACK: "aucun trajet de retour",
    reach.Reason.TOO_LONG: "trop long",
    reach.Reason.NOTICE: "préavis dépassé",
    reach.Reason.LONG_WAIT: "attente trop longue",
    reach.Reason.NOT_OPEN_YET: "l'enfant ne peut pas encore être déposé",
    reach.Reason.CLOSED_ALREADY: "l'enfant ne peut plus être repris",
    reach.Reason.OUTSIDE_TIMETABLE: "hors des dates couvertes",
}
MODES = {"walk": "à pied", "bike": "à vélo", "ebike": "en vélo électrique", "scooter": "en scooter"}


@contextmanager
def native_output_aside() -> Iterator[None]:
    """Send what native code writes on the standard output to the error output meanwhile.

    HiGHS writes a line there for some problems, whatever its settings: JSON would no longer be
    read. Nothing of ours may be written within.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def clock(seconds: int | None) -> str:
    """Return 07:30, with +1 on the next day, -1 on the day before."""
    if seconds is None:
        return "–"
    days, rest = divmod(seconds, 86_400)
    return f"{rest // 3600:02}:{rest // 60 % 60:02}" + (f" ({days:+d} j)" if days else "")


def duration(seconds: int | None) -> str:
    """Return 49 min, 1 h 05; a dash where it is unknown."""
    return french.duration_s(seconds)


def show(out: OutputWrapper, *tables: Table | str) -> None:
    """Print tables and lines, coloured on a terminal."""
    stream = getattr(out, "_out", out)
    console = Console(file=stream, width=None if stream.isatty() else 120, highlight=False)
    for table in tables:
        # Brackets of a sentence ("[avertissement]") are no colours.
        console.print(escape(table) if isinstance(table, str) else table)


def show_json(out: OutputWrapper, value: Any) -> None:
    out.write(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """Convert for JSON: dates in ISO, amounts and enumerations as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def iso(on: date, seconds: int | None, timezone: str) -> str | None:
    """Return the ISO 8601 moment of seconds of the service day (noon minus 12 h)."""
    if seconds is None:
        return None
    noon = datetime.combine(on, time(12), ZoneInfo(timezone)).astimezone(ZoneInfo("UTC"))
    moment = noon + timedelta(seconds=int(seconds) - 43_200)
    return moment.astimezone(ZoneInfo(timezone)).isoformat()


def journey_json(journey: reach.Journey | None, timezone: str) -> Any:
    """Return a journey; `*_s` are seconds of the service day `on`, `*_at` ISO moments."""
    if journey is None:
        return None
    return {
        "on": journey.on.isoformat(),
        "departure_s": journey.departure_s,
        "arrival_s": journey.arrival_s,
        "departure": clock(journey.departure_s),
        "arrival": clock(journey.arrival_s),
        "departure_at": iso(journey.on, journey.departure_s, timezone),
        "arrival_at": iso(journey.on, journey.arrival_s, timezone),
        "duration_s": journey.duration_s,
        "rides": journey.rides,
        "walk_m": round(journey.walk_m),
        "waiting_s": journey.waiting_s,
        "estimated": journey.estimated,
        "legs": [
            {
                **plain(leg),
                "departure_at": iso(journey.on, leg.departure_s, timezone),
                "arrival_at": iso(journey.on, leg.arrival_s, timezone),
            }
            for leg in journey.legs
        ],
    }


def leg_text(leg: reach.Leg, on: date) -> str:
    by = leg.route_name if leg.kind in ("ride", "on_demand") else MODES.get(leg.kind, leg.kind)
    ends = " → ".join(name for name in (leg.from_name, leg.to_name) if name)
    booking = bookings.in_general(leg, on)
    text = f"{clock(leg.departure_s)}–{clock(leg.arrival_s)} {by} {ends}".strip()
    asks = [booking, not_for_all(leg)]
    return "\n  ".join(filter(None, [text, *asks]))


def journeys_table(title: str, journeys: Iterable[reach.Journey]) -> Table:
    table = Table("Départ", "Arrivée", "Durée", "Véhicules", "Marche", "Étapes", title=title)
    for j in journeys:
        table.add_row(
            clock(j.departure_s),
            clock(j.arrival_s),
            duration(j.duration_s),
            str(j.rides),
            f"{round(j.walk_m)} m" + (" (estimé)" if j.estimated else ""),
            "\n".join(leg_text(leg, j.on) for leg in j.legs),
        )
    return table


def week_json(verdict: reach.WeekVerdict, timezone: str) -> Any:
    return {
        "feasible_days": verdict.feasible_days,
        "asked_days": verdict.asked_days,
        "days": [
            {
                "on": d.on.isoformat(),
                "feasible": d.feasible,
                "reason": d.reason.value if d.reason else None,
                "away_s": d.away_s,
                "wait_before_s": d.wait_before_s,
                "wait_after_s": d.wait_after_s,
                "margin_before_s": d.margin_before_s,
                "margin_after_s": d.margin_after_s,
                "out": journey_json(d.out, timezone),
                "onward": journey_json(d.onward, timezone),
                "back": journey_json(d.back, timezone),
                "between": [journey_json(j, timezone) for j in d.between or ()],
            }
            for d in verdict.days
        ],
    }


def week_table(title: str, verdict: reach.WeekVerdict) -> Table:
    table = Table("Jour", "Aller", "Retour", "Absence", "Verdict", title=title)
    for d in verdict.days:
        table.add_row(
            f"{french.DAYS[d.on.weekday()]} {d.on:%d/%m}",
            "–" if d.reason == reach.Reason.NO_TRIP_OUT else _ends(d.out),
            "–" if d.reason == reach.Reason.NO_TRIP_BACK else _ends(d.back),
            duration(d.away_s if d.feasible else None),
            _verdict(d),
        )
    table.caption = f"{verdict.feasible_days} jour(s) sur {verdict.asked_days}"
    return table


def _verdict(day: reach.DayVerdict) -> str:
    if day.reason is not None:
        return REASONS[day.reason]
    if day.between is None:
        return "oui"
    home, back = day.between
    return f"oui, chez soi de {clock(home.arrival_s)} à {clock(back.departure_s)}"


def _ends(journey: reach.Journey | None) -> str:
    if journey is None:
        return "–"
    return f"{clock(journey.departure_s)} → {clock(journey.arrival_s)}"


def answer_json(answer: Answer) -> Any:
    """Return all that the answer holds, under its own names, with ISO moments of its steps."""
    content = plain(answer)
    # Needs leave with the answer: no export holds them.
    del content["situation"]["needs"]
    for option in content["options"] + content["excluded"]:
        for plan in option["days"]:
            on = date.fromisoformat(plan["on"])
            for name in ("leave", "arrive", "leave_work", "home"):
                plan[f"{name}_at"] = iso(on, plan[f"{name}_s"], settings.TIME_ZONE)
            for step in plan["out"] + plan["onward"] + plan["back"]:
                step["departure_at"] = iso(on, step["departure_s"], settings.TIME_ZONE)
                step["arrival_at"] = iso(on, step["arrival_s"], settings.TIME_ZONE)
    content["alternatives"] = [alternative_json(alternative) for alternative in answer.alternatives]
    return content


def alternative_json(alternative: Alternative) -> Any:
    """Return an alternative, its price as a number; null where a part of it is not known."""
    eur = alternative.monthly_cost_eur
    return {
        **plain(alternative),
        "failing_days": [
            {"on": day.on.isoformat(), "cause": day.cause} for day in alternative.failing_days
        ],
        "monthly_cost_eur": None if eur is None else float(eur),
    }


def answer_tables(answer: Answer) -> list[Table | str]:
    """Return tables of the options, of the day of the best one, and of why the others fail."""
    asked = answer.situation
    title = f"{asked.home.label} → {asked.work.label}, {answer.network_label}"
    options = Table(
        "Solution", "Verdict", "Jours", "Aller", "Retour", "Par mois", "Délai", title=title
    )
    for option in answer.options:
        options.add_row(
            option.title + (" (estimé)" if option.estimated else ""),
            "\n".join([option.verdict.label, *(award.label for award in option.awards)]),
            f"{option.feasible_days}/{option.asked_days}" if option.days else "–",
            french.duration(option.minutes_out),
            french.duration(option.minutes_back),
            french.price(option.monthly_cost_eur),
            french.lead_time(option.lead_time_days),
        )
    shown: list[Table | str] = [options]
    if asked.period or asked.roster:
        shown.append(_weeks_table(answer))
    if answer.options and (best := _best_day(answer.options[0])):
        shown.append(_day_table(answer.options[0], best))
    if unsure := [option for option in answer.options if option.reasons]:
        check = Table("À vérifier ou à savoir", "")
        for option in unsure:
            check.add_row(option.title, " ".join(option.reasons))
        shown.append(check)
    if granted := [aid for aid in answer.aids if aid.reponse is not Reponse.NON]:
        aids = Table("Aide", "Réponse", "Reste à vérifier")
        for aid in granted:
            aids.add_row(aid.title, aid.reponse.label, " ; ".join(aid.missing))
        shown.append(aids)
    if answer.helps:
        helps = Table("Ce qui peut aider", "")
        for help_of_answer in answer.helps:
            helps.add_row(help_of_answer.title, help_of_answer.summary)
        shown.append(helps)
    if answer.excluded:
        why = Table("Pourquoi pas ?", "Raison")
        for option in answer.excluded:
            why.add_row(option.title, " ".join(option.reasons))
        shown.append(why)
    if not answer.options:
        shown[0] = f"{title} : aucune solution trouvée."
    shown.append(f"Marges : {margins_kept(asked)}.")
    shown.append(f"Calculé en {answer.computed_ms:.0f} ms.")
    return shown


def _weeks_table(answer: Answer) -> Table:
    """Return how each way holds the weeks of the contract, and the days that it does not."""
    table = Table("Solution", "Sur le contrat", "Jours qui ne tiennent pas")
    calendar = site_calendar()
    for option in answer.options:
        if strip := week_strip(option.weeks, calendar):
            table.add_row(option.title, strip.words, "\n".join(strip.fails) or "aucun")
    return table


def _best_day(option: Option) -> DayPlan | None:
    return next((plan for plan in option.days if plan.feasible), None)


def _day_table(option: Option, plan: DayPlan) -> Table:
    table = Table("", "Départ", "Arrivée", "Étape", title=f"{option.title}, {plan.on:%d/%m/%Y}")
    ways = (("Aller", plan.out), ("Deuxième emploi", plan.onward), ("Retour", plan.back))
    for way, steps in ways:
        for i, step in enumerate(steps):
            ends = " → ".join(name for name in (step.from_name, step.to_name) if name)
            table.add_row(
                way if i == 0 else "",
                clock(step.departure_s),
                clock(step.arrival_s),
                "\n  ".join(filter(None, [step.label, ends, step.booking])),
            )
    return table

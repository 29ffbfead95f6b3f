"""Gather what the page of a lease shows: next decision, delays drawn along the months, checks."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from traitdunion.french import day, month

from ..clocks import Status, status
from ..clocks.rules import Kind
from ..enums import EvenementRevente, NatureReference
from ..ledger.accounts import euros_of
from ..ledger.queries import arrears_of
from ..models import Bail, FaitBail, Revente
from ..references.queries import series
from .ceilings import LeaseCeiling, ceiling_of
from .facts import clocks_of_facts
from .forms import ChecksForm, EventForm
from .resales import ClockLine, clocks_of
from .terms import terms_of, version_on

ONE_DAY = timedelta(days=1)
CLOSED = (EvenementRevente.ACTE, EvenementRevente.REFUS, EvenementRevente.PREEMPTION)


@dataclass(frozen=True, slots=True)
class Bar:
    """A clock drawn along the months: percent of the width; `tone` names its state."""

    line: ClockLine
    x: str
    width: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The clocks of a resale; `ticks`: first days of months; `today` in percent, None outside."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[str, str], ...]
    today: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """A verification of a buyer: `tone` is yes, maybe or no."""

    label: str
    text: str
    tone: str


def lease_page(bail: Bail, *, on: date) -> dict[str, Any]:
    """Return the context of the page."""
    versions = sorted(bail.versions.all(), key=lambda row: row.depuis)
    version = version_on(versions, on)
    kinds = {NatureReference(row.indice) for row in versions}
    indices = {kind.value: series(kind, bail.organisation) for kind in kinds}
    terms = terms_of(versions, indices, until=on)
    resales = list(bail.reventes.prefetch_related("evenements"))
    resale = resales[0] if resales else None
    facts = list(FaitBail.objects.filter(bail=bail))
    context: dict[str, Any] = {
        "bail": bail,
        "version": version,
        "versions": versions,
        "redevance": terms.segments[-1].amount if terms.segments else None,
        "revised_on": terms.segments[-1].until + ONE_DAY
        if terms.segments and terms.segments[-1].until
        else None,
        "waiting": terms.waiting,
        "arrears": arrears_of(bail, as_of=on),
        "ceiling": ceiling_of(bail, on=on),
        "revente": resale,
        "facts": facts,
        "fact_clocks": clocks_of_facts(facts),
        "today": on,
    }
    if resale is not None:
        asked = euros_of(resale.prix_centimes)
        events = {row.nature for row in resale.evenements.all()}
        clocks = clocks_of(resale)
        context |= {
            "events": list(resale.evenements.all()),
            "closed": any(nature in events for nature in CLOSED),
            "clocks": [(line, _state(line, on)) for line in clocks],
            "drawing": _drawing(clocks, on),
            "checks": _checks(resale, ceiling_of(bail, on=on, asked=asked)),
            "next": _next(clocks, on),
            "asked": asked,
            "event_form": EventForm(),
            "checks_form": ChecksForm(
                initial={
                    "ressources": _word(resale.ressources_verifiees),
                    "financement": _word(resale.financement_verifie),
                    "non_proprietaire": _word(resale.non_proprietaire),
                }
            ),
        }
    return context


def _word(value: bool | None) -> str:
    return "" if value is None else "oui" if value else "non"


def _next(clocks: list[ClockLine], on: date) -> tuple[ClockLine, int] | None:
    """Return the decision that waits for the OFS, and the days left (negative once late)."""
    for line in clocks:
        if line.is_ours and line.counted is not None and line.stopped is None:
            return line, (line.counted.strict - on).days
    return None


def _state(line: ClockLine, on: date) -> str:
    """Return where a clock stands on a day, in French; silence is never an agreement."""
    if line.counted is None:
        return "date de départ non établie"
    if line.stopped is not None:
        return f"fait le {day(line.stopped.le)}"
    until = day(line.counted.strict)
    kind = line.counted.rule.kind
    if kind is Kind.MINIMUM:
        return f"jusqu'au {until} au moins"
    if kind is Kind.NOT_BEFORE:
        return f"acceptable à partir du {until}"
    where = status(line.counted, on)
    if where is Status.LATE:
        return f"passé depuis le {until}, sans réponse inscrite"
    if where is Status.DOUBTFUL:
        return f"douteux : {until}, ou {day(line.counted.extended)}"
    return f"avant la fin du {until}"


def _drawing(clocks: list[ClockLine], on: date) -> Drawing | None:
    known = [line for line in clocks if line.counted is not None]
    if not known:
        return None
    days = [d for line in known if line.counted for d in (line.counted.event, line.counted.strict)]
    first = min(days).replace(day=1)
    last = (max(days).replace(day=28) + 5 * ONE_DAY).replace(day=1)
    whole = (last - first).days

    def across(at: date) -> float:
        return 100 * min(max((at - first).days / whole, 0), 1)

    bars = []
    for line in known:
        if line.counted is None:
            continue
        end = line.counted.strict
        if line.stopped is not None:
            end = max(line.stopped.le, line.counted.event)
        left = across(line.counted.event)
        bars.append(
            Bar(
                line, f"{left:.2f}", f"{max(across(end) - left, 0.6):.2f}", _state(line, on),
                _tone(line),
            )
        )  # fmt: skip
    ticks, at = [], first
    while at < last:
        ticks.append((f"{across(at):.2f}", month(at)))
        at = (at.replace(day=28) + 5 * ONE_DAY).replace(day=1)
    today = f"{across(on):.2f}" if first <= on <= last else None
    return Drawing(tuple(bars), tuple(ticks), today)


def _tone(line: ClockLine) -> str:
    if line.stopped is not None:
        return "done"
    if line.is_ours:
        return "ours"
    is_right = line.counted is not None and line.counted.rule.kind is Kind.RIGHT
    return "right" if is_right else "running"


def _checks(resale: Revente, ceiling: LeaseCeiling | None) -> list[Check]:
    """Return the three checks of the agrément, and the declaration of the buyer."""
    rows = [_check("Ressources", resale.ressources_verifiees, "sous le plafond", "au-dessus")]
    if ceiling is None or ceiling.resale is None:
        rows.append(Check("Prix", "indice non renseigné", "maybe"))
    else:
        allowed = ceiling.resale.allowed_by_lease
        tone = "no" if not allowed else "yes" if ceiling.is_checked else "maybe"
        state = "" if ceiling.is_checked else ", indice à vérifier"
        rows.append(
            Check("Prix", f"sous le maximum permis{state}" if allowed else "trop élevé", tone)
        )
    rows.append(_check("Financement", resale.financement_verifie, "accordé", "refusé"))
    rows.append(
        _check(
            "Non-propriétaire", resale.non_proprietaire, "déclaration reçue", "déjà propriétaire"
        )
    )
    return rows


def _check(label: str, value: bool | None, good: str, bad: str) -> Check:
    if value is None:
        return Check(label, "pas encore vérifié", "maybe")
    return Check(label, good if value else bad, "yes" if value else "no")


def household_page(bail: Bail, *, on: date) -> dict[str, Any]:
    """Return what a household reads of its own lease; neither IBAN nor resale of others."""
    versions = sorted(bail.versions.all(), key=lambda row: row.depuis)
    kinds = {NatureReference(row.indice) for row in versions}
    indices = {kind.value: series(kind, bail.organisation) for kind in kinds}
    terms = terms_of(versions, indices, until=on)
    return {
        "bail": bail,
        "version": version_on(versions, on),
        "redevance": terms.segments[-1].amount if terms.segments else None,
        "arrears": arrears_of(bail, as_of=on),
        "ceiling": ceiling_of(bail, on=on),
        "works": [(row, euros_of(row.montant_centimes)) for row in bail.travaux.all()],
        "today": on,
    }

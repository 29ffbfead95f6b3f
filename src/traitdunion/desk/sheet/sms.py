"""A way to work and back in one text message: 160 signs of the GSM alphabet (3GPP TS 23.038)."""

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from traitdunion.matching.answer import DayPlan, Option, Step

LONGEST = 160
ONE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Signs of the basic table: one septet each."""

TWO = frozenset("^{}\\[~]|€\f")
"""Signs of the extension table: an escape, then the sign."""

PLAIN = {"œ": "oe", "Œ": "OE", "’": "'", "–": "-", "—": "-", "…": "...", "«": '"', "»": '"'}
DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
DAY_S = 86_400
HOME = "Domicile"


def septets(text: str) -> int:
    """Count the septets of a text; raises ValueError on a sign outside the alphabet."""
    if unknown := sorted(set(text) - ONE - TWO):
        raise ValueError(f"Signes absents de l'alphabet GSM : {' '.join(unknown)}")
    return sum(2 if sign in TWO else 1 for sign in text)


def in_gsm(text: str) -> str:
    """Convert a text to the GSM alphabet: accents it lacks are dropped, other signs left out."""
    return "".join(_signs(text))


def _signs(text: str) -> Iterator[str]:
    for sign in unicodedata.normalize("NFC", text):
        known = ONE | TWO
        if sign in known:
            yield sign
        elif sign in PLAIN:
            yield PLAIN[sign]
        else:
            bare = unicodedata.normalize("NFKD", sign)
            yield "".join(letter for letter in bare if letter in known)


def text_of(option: Option, plan: DayPlan | None) -> str:
    """Return one message for a way: in full if it fits, else without stops, then without days.

    The way out comes first, then the way back, and the number to call wherever one is known.
    """
    call = f" Tel {option.telephone}" if option.telephone else ""
    room = LONGEST - septets(in_gsm(call))
    for version in _versions(option, plan):
        text = in_gsm(version)
        if septets(text) <= room:
            return text + in_gsm(call)
    return cut(text, room) + in_gsm(call)


def _versions(option: Option, plan: DayPlan | None) -> Iterator[str]:
    """Yield the same way in fewer and fewer words."""
    if plan is None:
        yield f"{option.title}. {option.next_step}"
        yield option.title
        return
    days = " ".join(DAYS[day.on.weekday()] for day in option.days if day.feasible)
    for stops, labels, when in ((1, 1, days), (1, 1, ""), (0, 1, days), (0, 1, ""), (0, 0, days)):
        out = _way(plan.out, stops=bool(stops), labels=bool(labels))
        onward = _way(plan.onward, stops=bool(stops), labels=bool(labels)) if plan.onward else ""
        then = f" Puis {onward}." if onward else ""
        back = _way(plan.back, stops=bool(stops), labels=bool(labels))
        yield f"{f'{when}. ' if when else ''}Aller {out}.{then} Retour {back}."


def _way(steps: tuple[Step, ...], *, stops: bool, labels: bool) -> str:
    """Return the hours at the door, at each vehicle, and at the end."""
    rides = [step for step in steps if step.kind != "walk"]
    boardings = [_boarding(step, stops=stops) for step in rides] if labels else []
    return ", ".join(
        [_hour(steps[0].departure_s), *boardings, f"arr {_hour(_rounded_up(steps[-1].arrival_s))}"]
    )


def _boarding(step: Step, *, stops: bool) -> str:
    where = f" ({without_home(step.from_name)})" if stops else ""
    return f"{step.label.partition(' vers ')[0].partition(',')[0]} {_hour(step.departure_s)}{where}"


def without_home(name: str) -> str:
    """Return the name of an end of a step, the home without where it is."""
    return HOME if name.startswith(f"{HOME}, ") else name


def _rounded_up(seconds: int) -> int:
    """Round an arrival up: it is never announced too early."""
    return -(-seconds // 60) * 60


def _hour(seconds: int) -> str:
    return f"{seconds % DAY_S // 3600}h{seconds % 3600 // 60:02d}"


def cut(text: str, room: int) -> str:
    """Cut a text after the last whole word that fits in so many septets."""
    kept = ""
    for word in text.split():
        longer = f"{kept} {word}" if kept else word
        if septets(longer) > room:
            break
        kept = longer
    return kept


def link_of(text: str) -> str:
    """Return the address that opens a text message with this text, without receiver (RFC 5724)."""
    return f"sms:?body={quote(text)}"

"""Weekly hours as people write them, read into `opening_hours` (OpenStreetMap) and written back.

« du lundi au vendredi de 6h30 à 19h, samedi 9h-12h » is "Mo-Fr 06:30-19:00; Sa 09:00-12:00". What a
reader would have to guess is refused with the words at fault: a day named twice, an hour without
its end, hours without their days, a word that is not known.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise

from traitdunion import french

HOLIDAY = 7
"""Number of the public holidays, after Sunday (6)."""

Span = tuple[int, int]
"""Minutes after midnight; the end may pass 1 440 (23:00 to 01:00 is (1380, 1500))."""

Week = Mapping[int, tuple[Span, ...]]
"""Spans of each day that is named; a day without a span is closed."""

CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
DAY_MIN = 24 * 60
_WORDS = {
    word: frozenset({n})
    for n, words in enumerate(
        ("lundi lun lu", "mardi mar ma", "mercredi mer me", "jeudi jeu je", "vendredi ven ve",
         "samedi sam sa", "dimanche dim di")
    )
    for word in words.split()
}  # fmt: skip
_WORDS |= {f"{french.DAYS[n]}s": frozenset({n}) for n in range(7)}
_PHRASES = (
    (r"24 ?(?:h|heures?)? ?(?:/|sur) ?24 ?(?:h|heures?)?", "0h-24h"),
    (r"7 ?(?:j|jours?)? ?(?:/|sur) ?7 ?(?:j|jours?)?|tous les jours|toute la semaine|tlj", "@tous"),
    (r"(?:les )?jours? feries?|feries?", "@ferie"),
    (r"week[ -]?ends?|fins? de semaine", "@weekend"),
    (r"en semaine|jours? ouvres?|jours? de semaine", "@semaine"),
    (r"jours? ouvrables?", "@ouvrables"),
    (r"fermee?s?|ferme", "@ferme"),
    (r"sauf|hors|excepte", "@sauf"),
    (r"des(?= ?\d)|a partir de", "@des"),
    (r"midi", "12h"),
    (r"minuit", "24h"),
)
_GROUPS = {
    "@tous": frozenset(range(7)),
    "@ferie": frozenset({HOLIDAY}),
    "@weekend": frozenset({5, 6}),
    "@semaine": frozenset(range(5)),
    "@ouvrables": frozenset(range(6)),
}
_SILENT = {"de", "du", "des", "le", "les", "la", "l", "d", "ouvert", "ouverte", "toujours", "entre"}
_CLOSED_OR_NEXT = {"@ferme": "closed", ";": ";", ".": ";"}
_TO, _AND = {"a", "au", "-", "jusqu"}, {"et", ",", "puis", "/", "ainsi", "que"}
# « 8h 12h » is two hours; « 8 h 12 » is one.
_TIME = r"\d{1,2} ?(?:h(?:eures?)?|:) ?(?:[0-5]\d(?!\d| ?[h:]))?"
_TOKEN = re.compile(rf"{_TIME}|\d+|@\w+|[a-z]+|[-,;/.]|\S")
_OSM_RULE = re.compile(r"([A-Z][A-Za-z, -]*?) (off|[0-9:, -]+)")


class HoursError(ValueError):
    """Hours that cannot be read without a guess; the message is for the person who typed them."""


def read(text: str) -> Week:
    """Return the spans of each day named in French; raises HoursError."""
    pieces = list(_tokens(text))
    if not pieces:
        raise HoursError("Il manque les jours et les heures.")
    days: set[int] = set()
    spans: list[Span] = []
    week: dict[int, tuple[Span, ...]] = {}
    hours_first, closed = isinstance(pieces[0], tuple), False
    for piece in [*pieces, None]:
        complete = bool(days) and (bool(spans) or closed)
        is_hours = isinstance(piece, tuple) or piece == "closed"
        starts_new = is_hours if hours_first else isinstance(piece, frozenset)
        starts_new = starts_new or (piece == "closed" and bool(spans))
        if piece is None or piece == ";" or (complete and starts_new):
            if days or spans or closed:
                _add(week, days, tuple(sorted(spans)), closed=closed)
            days, spans, closed = set(), [], False
        if isinstance(piece, frozenset):
            days |= piece
        elif isinstance(piece, tuple):
            spans.append(piece)
        elif piece == "closed":
            closed = True
    return week


def understood(text: str) -> str:
    """Return hours typed in French in the grammar of OpenStreetMap; raises HoursError."""
    return to_opening_hours(read(text))


def read_one_day(text: str) -> str:
    """Return the hours of a day that is known, "08:00-12:00" or "off"; raises HoursError."""
    return to_opening_hours(read(f"lundi {text}")).removeprefix(f"{CODES[0]} ")


def _add(
    week: dict[int, tuple[Span, ...]], days: set[int], spans: tuple[Span, ...], *, closed: bool
) -> None:
    if not days:
        raise HoursError("Quels jours ? Écrivez par exemple « du lundi au vendredi 8h30-17h ».")
    if closed and spans:
        raise HoursError("Fermé, ou ouvert ? Séparez les jours par un point-virgule.")
    if not spans and not closed:
        raise HoursError("À quelles heures ?")
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        raise HoursError("Deux plages du même jour se recouvrent.")
    for day in sorted(days):
        if day in week:
            raise HoursError(f"« {_name(day)} » est donné deux fois : réunissez ses heures.")
        week[day] = spans


def _tokens(text: str) -> Iterator[frozenset[int] | Span | str]:
    """Yield sets of days, spans of hours, "closed" and ";"."""
    words = [word for word in _TOKEN.findall(_plain(text)) if word not in _SILENT]
    at, excluding = 0, False
    days: frozenset[int] = frozenset()
    while at < len(words):
        word = words[at]
        if _is_day(word):
            named, at = _days_from(words, at)
            days = days - named if excluding else days | named
            continue
        if word == "@sauf":
            if not days:
                raise HoursError("Écrivez « sauf » juste après les jours.")
            excluding, at = True, at + 1
            continue
        if word in _AND:
            at += 1
            continue
        if days:
            yield days
        days, excluding = frozenset(), False
        if _is_hour(word):
            span, at = _span_from(words, at)
            yield span
        elif word in _CLOSED_OR_NEXT:
            yield _CLOSED_OR_NEXT[word]
            at += 1
        else:
            raise HoursError(f"« {word.lstrip('@')} » ne se comprend pas ici.")
    if days:
        yield days


def _plain(text: str) -> str:
    """Return the text in small letters without accents, its set phrases replaced by signs."""
    folded = unicodedata.normalize("NFKD", text.strip().lower())
    folded = "".join(sign for sign in folded if not unicodedata.combining(sign))
    folded = re.sub(r"[\u2010-\u2015\u2212]", "-", folded).replace("\n", " ; ")
    folded = re.sub(r"\s+", " ", folded.replace("'", " ").replace("\u2019", " "))
    for pattern, sign in _PHRASES:
        folded = re.sub(rf"(?<![a-z\d])(?:{pattern})(?![a-z\d])", sign, folded)
    return re.sub(r"\b(lu|lun|ma|mar|me|mer|je|jeu|ve|ven|sa|sam|di|dim)\.", r"\1", folded)


def _is_day(word: str) -> bool:
    return word in _WORDS or word in _GROUPS


def _days_from(words: list[str], at: int) -> tuple[frozenset[int], int]:
    """Return the days named from a place on (« lundi », « lundi au jeudi »), and what follows."""
    word = words[at]
    if word in _GROUPS:
        return _GROUPS[word], at + 1
    (first,) = _WORDS[word]
    if at + 2 < len(words) and words[at + 1] in _TO and words[at + 2] in _WORDS:
        (last,) = _WORDS[words[at + 2]]
        n_days = (last - first) % 7 + 1
        return frozenset((first + n) % 7 for n in range(n_days)), at + 3
    return _WORDS[word], at + 1


def _is_hour(word: str) -> bool:
    return word[0].isdigit()


def _span_from(words: list[str], at: int) -> tuple[Span, int]:
    """Return the span that begins at a place, and what follows; raises HoursError."""
    start = _minutes(words[at])
    end_at = at + 1
    while end_at < len(words) and words[end_at] in _TO:
        end_at += 1
    if end_at == at + 1 or end_at >= len(words) or not _is_hour(words[end_at]):
        raise HoursError(f"« {words[at]} » : jusqu'à quelle heure ? Écrivez « 8h30-12h ».")
    end = _minutes(words[end_at])
    start = 0 if start == DAY_MIN else start
    if end == start:
        raise HoursError(f"« {words[at]} » : la fin est égale au début.")
    return (start, end if end > start else end + DAY_MIN), end_at + 1


def _minutes(word: str) -> int:
    figures = re.findall(r"\d+", word)
    hour, minute = int(figures[0]), int(figures[1]) if len(figures) > 1 else 0
    if hour > 24 or (hour == 24 and minute):
        raise HoursError(f"« {word.strip()} » n'est pas une heure de la journée.")
    return hour * 60 + minute


def _name(day: int) -> str:
    return "jours fériés" if day == HOLIDAY else french.DAYS[day]


# -- writing ---------------------------------------------------------------------------------------


def to_opening_hours(week: Week) -> str:
    """Return hours in the grammar of OpenStreetMap: "Mo-Fr 06:30-19:00; PH off"."""
    return "; ".join(
        f"{_codes(days)} {','.join(_osm_span(span) for span in spans) or 'off'}"
        for days, spans in _alike(week)
    )


def from_opening_hours(text: str) -> Week | None:
    """Return the week of plain rules of days and hours; None where the text has more than those."""
    if text.strip() == "24/7":
        return dict.fromkeys(range(7), ((0, DAY_MIN),))
    week: dict[int, tuple[Span, ...]] = {}
    for rule in text.split(";"):
        match = _OSM_RULE.fullmatch(rule.strip())
        days = _days_of_codes(match[1]) if match else None
        spans = _spans_of_osm(match[2]) if match else None
        # A later rule replaces an earlier one: rarely what was meant, so it is not rewritten.
        if days is None or spans is None or days & week.keys():
            return None
        week |= dict.fromkeys(days, spans)
    return week


def in_words(week: Week) -> str:
    """Return hours in French: "du lundi au vendredi de 6 h 30 à 19 h ; fermé le dimanche"."""
    parts = []
    for days, spans in _alike(week):
        hours = french.listed(f"de {_hour(start)} à {_hour(end)}" for start, end in spans)
        parts.append(f"{_named(days)} {hours}" if spans else f"fermé {_named(days)}")
    return " ; ".join(parts)


def written(text: str) -> str:
    """Return `opening_hours` in French; text with more than days and hours is left as it is."""
    week = from_opening_hours(text) if text else None
    return text if week is None else in_words(week)


def _alike(week: Week) -> list[tuple[list[int], tuple[Span, ...]]]:
    """Return the days that have the same spans together, in the order of their first day."""
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day in sorted(week):
        groups.setdefault(tuple(week[day]), []).append(day)
    return [(days, spans) for spans, days in groups.items()]


def _runs(days: list[int]) -> Iterator[list[int]]:
    """Yield the days that follow one another; public holidays stand alone."""
    for _, run in groupby(
        enumerate(days), key=lambda item: (item[1] == HOLIDAY, item[1] - item[0])
    ):
        yield [day for _, day in run]


def _codes(days: list[int]) -> str:
    return ",".join(
        f"{CODES[run[0]]}-{CODES[run[-1]]}" if len(run) > 2 else ",".join(CODES[n] for n in run)
        for run in _runs(days)
    )


def _named(days: list[int]) -> str:
    names = []
    for run in _runs(days):
        if run == [HOLIDAY]:
            names.append("les jours fériés")
        elif len(run) == 7:
            names.append("tous les jours")
        elif len(run) > 2:
            names.append(french.days_of_week(run))
        else:
            names += [f"le {french.DAYS[n]}" for n in run]
    return french.listed(names)


def _days_of_codes(text: str) -> set[int] | None:
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first not in CODES or (last and last not in CODES[:HOLIDAY]):
            return None
        begin, end = CODES.index(first), CODES.index(last or first)
        days |= (
            {begin} if begin == HOLIDAY else {(begin + n) % 7 for n in range((end - begin) % 7 + 1)}
        )
    return days


def _spans_of_osm(text: str) -> tuple[Span, ...] | None:
    if text == "off":
        return ()
    spans = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", part.strip())
        if match is None:
            return None
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if start >= DAY_MIN or start == end or int(match[2]) > 59 or int(match[4]) > 59:
            return None
        spans.append((start, end if end > start else end + DAY_MIN))
    return tuple(spans)


def _osm_span(span: Span) -> str:
    return "-".join(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in _on_the_clock(span))


def _on_the_clock(span: Span) -> Span:
    """Return both ends as a clock shows them; midnight as an end is 24:00."""
    start, end = span
    return start, end if end <= DAY_MIN else end - DAY_MIN


def _hour(minutes: int) -> str:
    return "minuit" if minutes == DAY_MIN else french.clock(60 * (minutes % DAY_MIN))

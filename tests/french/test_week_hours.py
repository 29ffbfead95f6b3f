"""Weekly hours as people write them: what is understood, what is refused, and back again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.catalogue.opening_hours import windows_on
from traitdunion.french.week_hours import (
    HOLIDAY,
    HoursError,
    from_opening_hours,
    in_words,
    read,
    to_opening_hours,
    written,
)

MONDAY = date(2026, 11, 16)

UNDERSTOOD = {
    "du lundi au vendredi de 6h30 à 19h": "Mo-Fr 06:30-19:00",
    "lundi au vendredi 8h30-12h et 13h30-17h30": "Mo-Fr 08:30-12:00,13:30-17:30",
    "lun-ven 8h30 - 12h ; sam 9h à 12h": "Mo-Fr 08:30-12:00; Sa 09:00-12:00",
    "lundi 9h-12h, mardi et jeudi 14h-17h": "Mo 09:00-12:00; Tu,Th 14:00-17:00",
    "le mercredi et le samedi de 14 à 18 heures": "We,Sa 14:00-18:00",
    "tous les jours 23h00 - 1h00": "Mo-Su 23:00-01:00",
    "7j/7 24h/24": "Mo-Su 00:00-24:00",
    "tous les jours sauf le dimanche de 8h à midi": "Mo-Sa 08:00-12:00",
    "en semaine de 5 h 30 à minuit, fermé les jours fériés": "Mo-Fr 05:30-24:00; PH off",
    "de 8h à 12h du lundi au jeudi": "Mo-Th 08:00-12:00",
    "week-end 10:00-18:00": "Sa,Su 10:00-18:00",
    "vendredi au lundi 22h à 5h": "Mo,Fr-Su 22:00-05:00",
    "Lu, Ma, Je 8H30–11H30": "Mo,Tu,Th 08:30-11:30",
    "lundi 8h-12h\nmardi 9h-12h": "Mo 08:00-12:00; Tu 09:00-12:00",
    "ouvert du mardi au samedi, de 9h à 12h puis de 14h à 19h": "Tu-Sa 09:00-12:00,14:00-19:00",
    "fermé le samedi et le dimanche ; lundi 9h-12h": "Mo 09:00-12:00; Sa,Su off",
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_what_people_write_is_understood(text):
    assert to_opening_hours(read(text)) == UNDERSTOOD[text]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Il manque"),
        ("8h30", "jusqu'à quelle heure"),
        ("lundi dès 8h30", "« des »"),
        ("23h00 - 1h00", "Quels jours"),
        ("du lundi au vendredi", "À quelles heures"),
        ("lundi 8h-12h, lundi 14h-17h", "« lundi » est donné deux fois"),
        ("lundi 8h-12h et 11h-13h", "se recouvrent"),
        ("lundi 8h-8h", "égale au début"),
        ("lundi 25h-26h", "n'est pas une heure"),
        ("lundi 9h-12h hors vacances scolaires", "juste après les jours"),
        ("sauf dimanche 9h-12h", "juste après les jours"),
        ("sur rendez-vous", "« sur »"),
    ],
)
def test_what_would_be_a_guess_is_refused(text, why):
    with pytest.raises(HoursError, match=why):
        read(text)


def test_hours_are_written_in_words():
    week = read("du lundi au vendredi de 6h30 à 12h et de 14h à 19h, fermé le dimanche")
    assert in_words(week).replace("\u00a0", " ") == (
        "du lundi au vendredi de 6 h 30 à 12 h et de 14 h à 19 h ; fermé le dimanche"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Mo-Fr 09:00-17:00 || Sa",
        "SH 09:00-12:00",
        "Mo 08:00+",
        "Mo-Fr 9-12; Mo off",
        "n'importe",
        "",
    ],
)
def test_more_than_days_and_hours_is_left_as_it_is(text):
    assert written(text) == text


@st.composite
def weeks(draw):
    """Draw spans for some days: one or two a day, the last of which may pass midnight."""
    days = draw(st.sets(st.integers(0, HOLIDAY), min_size=1))
    week = {}
    for day in days:
        ends = sorted(draw(st.sets(st.integers(0, 4 * 24 - 1), min_size=2, max_size=4)))
        spans = [(15 * ends[n], 15 * ends[n + 1]) for n in range(0, len(ends) - len(ends) % 2, 2)]
        if draw(st.booleans()):
            spans[-1] = (spans[-1][0], 1440 + 15 * draw(st.integers(0, spans[0][0] // 15)))
        if spans[-1][1] == spans[-1][0] + 1440:
            spans[-1] = (spans[-1][0], 1440)
        week[day] = tuple(spans) if draw(st.integers(0, 5)) else ()
    return week


@given(weeks())
def test_what_is_written_is_read_back(week):
    """The sentence shown means the hours kept, and so do those of OpenStreetMap."""
    assert read(in_words(week)) == week
    assert from_opening_hours(to_opening_hours(week)) == week


@given(weeks())
def test_the_library_reads_the_same_hours(week):
    """Days before one that passes midnight are drawn too: their windows are their own."""
    text = to_opening_hours({day: spans for day, spans in week.items() if day != HOLIDAY})
    if not text:
        return
    for day in range(7):
        spans = tuple((60 * start, 60 * end) for start, end in week.get(day, ()))
        windows = windows_on(text, MONDAY + timedelta(day))
        assert windows is not None
        if all(end <= 1440 for every in week.values() for _, end in every):
            assert _joined(windows.spans) == _joined(spans)


def _joined(spans):
    """Join spans that touch: the library gives them as one."""
    joined = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined

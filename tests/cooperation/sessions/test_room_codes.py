"""Codes of a room: too many to be guessed, so that no wrong one has to stop a room (ADR 46)."""

from datetime import UTC, datetime

from django.test import Client

from traitdunion.cooperation.room_codes import (
    CODE_LENGTH,
    CODE_LETTERS,
    draw_code,
    in_groups,
    typed_code,
)
from traitdunion.cooperation.sessions.preparing import create_session

GUESSES_PER_S = 500  # 175 were measured on two processors that did other work too
A_DAY_S = 24 * 3600


def chance(*, sessions, seconds):
    """Return the chance that one guess at least finds one of the codes in use."""
    n_codes = len(set(CODE_LETTERS)) ** CODE_LENGTH
    return 1 - (1 - sessions / n_codes) ** (GUESSES_PER_S * seconds)


def test_guessing_without_a_pause_finds_no_session():
    assert len(set(CODE_LETTERS)) == len(CODE_LETTERS) == 32
    assert chance(sessions=1, seconds=8 * 3600) < 1.4e-5
    assert chance(sessions=1, seconds=90 * A_DAY_S) < 0.004
    assert chance(sessions=20, seconds=30 * A_DAY_S) < 0.024


def test_codes_are_drawn_over_all_of_them():
    codes = {draw_code() for _ in range(2_000)}
    assert len(codes) == 2_000
    for place in range(CODE_LENGTH):
        assert {code[place] for code in codes} == set(CODE_LETTERS)


def test_a_code_is_shown_in_groups_and_read_as_typed():
    assert in_groups("ABCD2345") == "ABCD 2345"
    assert in_groups("VELAY2") == "VELAY2"
    for typed in ("ABCD2345", "abcd 2345", " abcd-2345 ", "ABCD\xa02345"):
        assert typed_code(typed) == "ABCD2345"


def test_a_session_gets_such_a_code(half_day):
    now = datetime(2026, 6, 1, tzinfo=UTC)
    prepared = create_session(
        by=half_day.steerer, organisation=half_day.steering, now=now, titre="Demain",
        tenue_le=now.date(), aims=[], slots=[],
    )  # fmt: skip
    assert len(prepared.code) == CODE_LENGTH


def test_wrong_codes_stop_neither_the_room_nor_the_next_phone(half_day):
    """A room has one address: what is guessed from it closes nothing to the others."""
    guesser = Client()
    for _ in range(150):
        assert guesser.post("/participer/", {"code": draw_code()}).status_code == 422
        assert guesser.get(f"/participer/{draw_code()}/").status_code == 404
    for phone in (Client(), guesser):
        entered = phone.post("/participer/", {"code": in_groups(half_day.seance.code)})
        assert entered.url == f"/participer/{half_day.seance.code}/"
        assert phone.get(entered.url).status_code == 200

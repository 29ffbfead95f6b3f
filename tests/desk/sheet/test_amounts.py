"""Hours, durations, lengths and sums in each language of the sheet."""

from decimal import Decimal

import pytest
from django.utils.html import strip_tags
from django.utils.translation import override

from traitdunion.desk.sheet.amounts import duration, hour, hour_of_arrival, length, money

H = 3600
WRITTEN = {
    "fr": ("6 h 25", "1 h 25", "5 min", "850 m", "4,2 km", "46,50 €", "84 €"),
    "en": ("6:25", "1 hr 25 mins", "5 mins", "850 m", "4.2 km", "€46.50", "€84"),
    "ar": ("6:25", "1 س 25 د", "5 د", "850 مترًا", "4.2 كم", "46.50 €", "84 €"),
    "uk": ("6:25", "1 год 25 хв", "5 хв", "850 м", "4,2 км", "46,50 €", "84 €"),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_each_language_writes_them_its_own_way(language):
    with override(language):
        written = (
            hour(6 * H + 25 * 60 + 59), duration(85), duration(5), length(846), length(4_180),
            money(Decimal("46.50")), money(Decimal(84)),
        )  # fmt: skip
    assert tuple(strip_tags(text).replace("\u00a0", " ") for text in written) == WRITTEN[language]


@pytest.mark.parametrize("language", WRITTEN)
def test_none_is_cut_at_the_end_of_a_line(language):
    with override(language):
        for text in (duration(85), length(4_180), money(Decimal("46.50"))):
            assert " " not in strip_tags(text)
            assert text.startswith("<bdi")


def test_an_arrival_is_never_announced_too_early():
    with override("en"):
        assert strip_tags(hour_of_arrival(7 * H + 22 * 60 + 1)) == "7:23"
        assert "next day" in strip_tags(hour_of_arrival(25 * H))

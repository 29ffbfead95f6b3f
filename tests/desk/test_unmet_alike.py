"""Questions like the one asked, over the last quarter: hidden under 11, never given back."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.cache import caches

from traitdunion import reach
from traitdunion.desk import unmet
from traitdunion.desk.models import Search

H = 3600
ON = date(2026, 11, 30)
MONDAY = date(2026, 9, 7)


@pytest.fixture
def searches(db, monkeypatch):
    """Questions towards two areas: 14 in the morning and 12 by day, then 3 in the morning."""
    caches["memory"].clear()
    monkeypatch.setattr(unmet, "area_of", lambda place: place)
    for area, horaire, n in (("A", "matin", 14), ("A", "journee", 12), ("B", "matin", 3)):
        for _ in range(n):
            Search.objects.create(
                week=MONDAY, home_area="H", work_area=area, horaire=horaire, n_days=5,
                permis="aucun", vehicule="aucun", n_sure=0, n_to_check=0, filtre="",
            )  # fmt: skip


def asked(samples, area, start_h):
    situation = samples.sample_answer().situation
    return replace(situation, work=area, shift=reach.Shift(start_h * H, (start_h + 8) * H))


def test_the_quarter_is_the_last_that_ended():
    assert unmet.last_quarter(ON) == (date(2026, 7, 1), date(2026, 9, 30))
    assert unmet.last_quarter(date(2026, 1, 5)) == (date(2025, 10, 1), date(2025, 12, 31))


@pytest.mark.usefixtures("searches")
def test_a_count_of_eleven_or_more_is_shown_and_a_small_one_is_not(samples):
    """The 3 of B are hidden, and a partner with them: 17 in the morning would give them back."""
    kept = [unmet.unmet_alike(asked(samples, "A", start), on=ON) for start in (5, 8)]
    assert unmet.unmet_alike(asked(samples, "B", 5), on=ON) is None
    assert all(n in (14, 12, None) for n in kept)


@pytest.mark.usefixtures("searches")
def test_what_was_met_another_quarter_or_a_demonstration_is_not_counted(samples):
    Search.objects.filter(work_area="B").delete()
    assert unmet.unmet_alike(asked(samples, "A", 5), on=ON) == 14
    assert unmet.unmet_alike(asked(samples, "A", 5), on=date(2026, 6, 30)) is None
    caches["memory"].clear()
    Search.objects.filter(work_area="A", horaire="matin").update(demonstration=True)
    assert unmet.unmet_alike(asked(samples, "A", 5), on=ON) is None
    caches["memory"].clear()
    Search.objects.update(demonstration=False, n_sure=1)
    assert unmet.unmet_alike(asked(samples, "A", 5), on=ON) is None

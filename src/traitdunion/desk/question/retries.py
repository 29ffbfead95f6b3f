"""Other questions worth one click when nothing is possible: the same job, hours moved a little."""

from collections.abc import Iterator

from traitdunion.french import clock

from .forms import DAY_S, QuestionForm

SHIFT_S = 1800


def retries(form: QuestionForm) -> list[dict[str, str]]:
    """Return links to the same question with its start or end moved by half an hour."""
    if form.cleaned_data.get("roster") or form.second:
        return []  # an employer moves one shift: not a roster, nor the hours of another employer
    return list(_moved(form, form.cleaned_data["debut"], form.cleaned_data["fin"]))


def _moved(form: QuestionForm, start_s: int, end_s: int) -> Iterator[dict[str, str]]:
    moves = (
        ("debut", "Commencer", start_s, -SHIFT_S),
        ("debut", "Commencer", start_s, SHIFT_S),
        ("fin", "Finir", end_s, -SHIFT_S),
        ("fin", "Finir", end_s, SHIFT_S),
    )
    for field, verb, from_s, by_s in moves:
        moved_s = (from_s + by_s) % DAY_S
        yield {
            "label": f"{verb} à {clock(moved_s)}",
            "url": form.link(**{field: f"{moved_s // 3600:02d}:{moved_s % 3600 // 60:02d}"}),
        }

"""Values of entries in words, for templates."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from traitdunion import french
from traitdunion.catalogue.entries import COLUMNS, PART_BY_NAME
from traitdunion.catalogue.enums import CODES_OF, ListeCodes
from traitdunion.catalogue.models import DETAIL_OF
from traitdunion.catalogue.opening_hours import UNREADABLE, is_readable
from traitdunion.catalogue.zone_lines import labels_of
from traitdunion.french.week_hours import written

register = template.Library()
register.filter("oclock", french.time_of_day, expects_localtime=True)


@register.filter
def euros(value: Any) -> str:
    """Write 3.5 as "3,50 €", 8 as "8 €"; nothing for what is not known."""
    if value is None:
        return ""
    return french.euros(Decimal(value))


@register.filter
def field_text(value: Any, field: str = "") -> str:
    """Return the value of a field of a document, as one reads it."""
    if value in (None, "", []):
        return "non renseigné"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if field == "zones":
        return ", ".join(labels_of(value))
    if isinstance(value, list):
        return " ; ".join(row_text(field, row) for row in value)
    return str(_choices(field).get(value, value))


def row_text(field: str, row: Any) -> str:
    """Return one line of a list in words."""
    if not isinstance(row, dict):
        return str(_choices(field).get(row, row))
    columns = {c.name: c for c in PART_BY_NAME[field].columns()}
    lines = []
    for name, value in row.items():
        if value in (None, "") or name not in columns:
            continue
        labels = dict(columns[name].flatchoices) if columns[name].choices else {}
        lines.append(str(labels.get(value, value if len(str(value)) < 80 else "contour")))
    return ", ".join(lines)


def _choices(field: str) -> dict[Any, Any]:
    if field in ListeCodes.values:
        return dict(CODES_OF[ListeCodes(field)].choices)
    column = COLUMNS.get(field)
    if field.startswith("detail."):
        every = (c for model in DETAIL_OF.values() for c in model.columns())
        column = next((c for c in every if f"detail.{c.name}" == field and c.choices), None)
    return dict(column.flatchoices) if column is not None and column.choices else {}


@register.filter
def hours_or_doubt(text: str) -> str:
    """Return hours in French, or as they are stored with a warning where they cannot be read."""
    if not text or is_readable(text):
        return written(text)
    return f"{text} ({UNREADABLE})"


@register.filter
def plain_day(value: date | str | None) -> str:
    """Write 2026-11-23 as "23/11/2026"."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return french.day_in_figures(day)

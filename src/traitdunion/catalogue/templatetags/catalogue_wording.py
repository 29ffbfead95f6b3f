"""Values of entries in words, for templates."""

from datetime import date, time
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format

from traitdunion.catalogue.entries import COLUMNS, PART_BY_NAME
from traitdunion.catalogue.enums import CODES_OF, ListeCodes
from traitdunion.catalogue.models import DETAIL_OF
from traitdunion.catalogue.zone_lines import labels_of

register = template.Library()


@register.filter
def euros(value: Any) -> str:
    """3.5 as "3,50 €", 8 as "8 €"; nothing for what is not known."""
    if value is None:
        return ""
    amount = Decimal(value)
    places = 0 if amount == amount.to_integral_value() else 2
    return f"{number_format(amount, places)} €"


@register.filter
def said(value: Any, field: str = "") -> str:
    """Value of a field of a document, as one reads it."""
    if value in (None, "", []):
        return "non renseigné"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if field == "zones":
        return ", ".join(labels_of(value))
    if isinstance(value, list):
        return " ; ".join(said_row(field, one) for one in value)
    return str(_choices(field).get(value, value))


def said_row(field: str, row: Any) -> str:
    """One line of a list in words."""
    if not isinstance(row, dict):
        return str(_choices(field).get(row, row))
    columns = {c.name: c for c in PART_BY_NAME[field].columns()}
    told = []
    for name, value in row.items():
        if value in (None, "") or name not in columns:
            continue
        labels = dict(columns[name].flatchoices) if columns[name].choices else {}
        told.append(str(labels.get(value, value if len(str(value)) < 80 else "contour")))
    return ", ".join(told)


def _choices(field: str) -> dict[Any, Any]:
    if field in ListeCodes.values:
        return dict(CODES_OF[ListeCodes(field)].choices)
    column = COLUMNS.get(field)
    if field.startswith("detail."):
        every = (c for model in DETAIL_OF.values() for c in model.columns())
        column = next((c for c in every if f"detail.{c.name}" == field and c.choices), None)
    return dict(column.flatchoices) if column is not None and column.choices else {}


@register.filter
def plain_day(value: date | str | None) -> str:
    """2026-11-23 as "23/11/2026"."""
    if not value:
        return ""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day:%d/%m/%Y}"


@register.filter
def oclock(value: time | None) -> str:
    """18:30 as "18 h 30", 18:00 as "18 h"."""
    if value is None:
        return ""
    return f"{value.hour} h" + (f" {value.minute:02}" if value.minute else "")

"""Write the annual report: its data in JSON, its pages in PDF."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from traitdunion.french import day
from traitdunion.printing.typst import compile_pdf

from .assembling import Report, lines_for_print

LAYOUTS = Path(__file__).parent / "layouts"


def report_json(report: Report) -> str:
    """Return the report as JSON; amounts are text, digits kept."""
    return json.dumps(asdict(report), default=_text, ensure_ascii=False, indent=1)


def _text(value: Any) -> str:
    if isinstance(value, Decimal | date):
        return str(value)
    raise TypeError(f"no text for {value!r}")


def report_pdf(report: Report) -> bytes:
    """Return the report as PDF."""
    values = {
        "organisation": report.organisation,
        "year": report.year,
        "due_region": day(report.due_region),
        "due_departements": day(report.due_departements),
        "missing": report.missing,
        "items": [
            {"rank": item.rank, "title": item.title, "lines": lines_for_print(item),
             "missing": item.missing}
            for item in report.items
        ],
    }  # fmt: skip
    return compile_pdf(LAYOUTS / "annual_report.typ", values)
